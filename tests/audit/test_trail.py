"""The trail: append-only, chained, and written in the same transaction as what it tells of."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.core.files import storage
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.test import RequestFactory

from clearmyrecord.audit import queries, services
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.models import User
from onemachine.services import Database
from tests.cast import signed_in


def write(actor: User, number: int = 3) -> list[AuditEvent]:
    return [services.record(actor=actor, verb="test.done", subjects=[n], detail={"n": n}) for n in range(number)]


def test_events_are_chained_in_order(ana: User) -> None:
    write(ana)
    events = list(AuditEvent.objects.order_by("id"))
    assert [event.prev_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    assert queries.first_break() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET verb = 'x'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent CASCADE",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_no_change",
        "DROP TABLE audit_auditevent",
    ],
)
def test_the_application_can_only_add_to_the_trail(ana: User, statement: str) -> None:
    write(ana)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_changed_event_is_named(ana: User, database: Database) -> None:
    second = write(ana)[1]
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE audit_auditevent SET verb = 'test.other' WHERE verb = 'test.done' AND detail = '{\"n\": 1}'"
        )
    assert queries.first_break() is not None
    with pytest.raises(CommandError, match="was changed"):
        call_command("verify_trail")
    assert second.verb == "test.done"


def test_the_chain_of_an_untouched_trail_verifies(ana: User, capsys: pytest.CaptureFixture[str]) -> None:
    write(ana)
    call_command("verify_trail")
    assert "The trail is whole" in capsys.readouterr().out


def test_a_refused_act_leaves_no_event_when_it_is_rolled_back(ana: User) -> None:
    with transaction.atomic():
        write(ana)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_events_are_numbered_without_a_gap_also_after_a_rollback(ana: User) -> None:
    first = write(ana)[0].pk
    with transaction.atomic():
        write(ana)
        transaction.set_rollback(True)
    write(ana)
    assert list(AuditEvent.objects.values_list("pk", flat=True)) == [first + n for n in range(6)]


def _write_many(url: str, number: int) -> None:
    with psycopg.connect(url, autocommit=True) as writer:
        for _ in range(number):
            writer.execute(
                "INSERT INTO audit_auditevent (at, role, session_hash, verb, kind, target_type, subjects,"
                " subject_count, outcome, reason, detail, prev_hash, hash)"
                " VALUES (now(), '', '', 'test.raced', '', '', '{}', 0, 'done', '', '{}', '', '')"
            )


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_unbroken_chain(database: Database) -> None:
    writers = [threading.Thread(target=_write_many, args=(database.app, 50)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert AuditEvent.objects.filter(verb="test.raced").count() == 200
    assert queries.first_break() is None


def test_who_saw_a_subject_is_found(ana: User, ivy: User) -> None:
    services.record(actor=ana, verb="subject.viewed", subjects=[7, 8], kind="list")
    services.record(actor=ivy, verb="subject.viewed", subjects=[9], kind="page")
    assert [event.actor for event in queries.events(subject_id=8)] == [ana]


def test_a_large_download_keeps_its_people_beside_the_event(ivy: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = ivy
    services.viewed(request, range(5000, 6001), "download")
    services.viewed(request, [1], "page")
    event = queries.events(subject_id=5700).get()
    assert (event.subject_count, event.subjects) == (1001, [])
    assert not queries.events(subject_id=7000).exists()
    storage.default_storage.delete(services.subjects_file(event.detail["subjects_sha256"]))
    assert queries.events(subject_id=7000).get() == event, "without its list it may have held anybody"


@pytest.mark.parametrize("kind", ["download", "list"])
def test_the_list_beside_an_event_is_verified_with_the_trail(
    ivy: User, rf: RequestFactory, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    request = rf.get("/")
    request.user = ivy
    services.viewed(request, range(8000, 9001), kind)
    call_command("verify_trail")
    assert "The trail is whole" in capsys.readouterr().out
    event = AuditEvent.objects.get()
    name = services.subjects_file(event.detail["subjects_sha256"])
    storage.default_storage.delete(name)
    storage.default_storage.save(name, ContentFile(b"[8000]"))
    with pytest.raises(CommandError, match=f"beside event {event.pk}"):
        call_command("verify_trail")
    storage.default_storage.delete(name)


def test_a_response_that_shows_nobody_is_no_view_of_a_person(ivy: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = ivy
    services.viewed(request, [], "list")
    assert not AuditEvent.objects.exists()


def test_the_address_is_what_the_proxy_saw_and_a_client_cannot_choose_it(rf: RequestFactory, settings: Any) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.7"}, REMOTE_ADDR="127.0.0.1")
    settings.SECURE = True
    assert services.address_of(request) == "192.0.2.7"
    settings.SECURE = False
    assert services.address_of(request) == "127.0.0.1"
    assert services.address_of(rf.get("/", REMOTE_ADDR="")) is None


def test_the_trails_page_checks_the_last_events_and_all_on_request(ivy: User, ana: User) -> None:
    write(ana)
    page = signed_in(ivy)
    assert "nothing was changed" in page.get("/trail/?check=all").content.decode()
    assert page.get(f"/trail/?subject_id={10**30}").status_code == 200
    assert "test.done" in page.get(f"/trail/?verb=test.done&actor_id={ana.pk}&subject_id=2").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_break_before_the_events_looked_at_is_left_to_the_whole_check(ana: User, database: Database) -> None:
    first, _, third = write(ana)
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE audit_auditevent SET verb = 'test.other' WHERE id = %s", [first.pk])
    assert queries.first_break() == first.pk
    assert queries.first_break(third.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_removed_event_is_noticed(ana: User, database: Database) -> None:
    _, second, third = write(ana)
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM audit_auditevent WHERE id = %s", [second.pk])
    assert queries.first_break(third.pk) == third.pk
