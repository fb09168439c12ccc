"""The trail: append-only, chained, and written in the same transaction as what it tells of."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from clearmyrecord.audit import queries, services
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.models import User
from onemachine.services import Database


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
        superuser.execute("UPDATE audit_auditevent SET verb = 'test.other' WHERE verb = 'test.done' AND detail = '{\"n\": 1}'")
    assert queries.first_break() is not None
    with pytest.raises(CommandError, match="was changed"):
        call_command("verify_trail")
    assert second.verb == "test.done"


def test_the_chain_of_an_untouched_trail_verifies(ana: User, capsys: pytest.CaptureFixture[str]) -> None:
    write(ana)
    call_command("verify_trail")
    assert "The trail is whole" in capsys.readouterr().out


def test_a_refused_act_leaves_no_event_when_it_is_rolled_back(ana: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(ana)
        raise ZeroDivisionError
    assert not AuditEvent.objects.exists()


def _write_many(url: str, number: int) -> None:
    with psycopg.connect(url, autocommit=True) as writer:
        for _ in range(number):
            writer.execute(
                "INSERT INTO audit_auditevent (at, role, session_hash, verb, kind, target_type, subjects, subject_count,"
                " outcome, reason, detail, prev_hash, hash)"
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
