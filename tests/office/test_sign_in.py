"""Signing in, being locked out, being locked while idle."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office import services
from clearmyrecord.office.middleware import LAST_ACT, PASSWORD_AT
from clearmyrecord.office.models import Release, User
from tests.cast import PASSWORD, signed_in


def try_password(username: str, password: str) -> User | None:
    return services.check_password(username=username, password=password, address="127.0.0.1")


def acknowledged() -> Client:
    client = Client()
    client.post("/sign-in/", {"acknowledge": "yes"})
    return client


def test_the_notice_comes_before_the_form(db: None) -> None:
    assert "Restricted system" in Client().get("/sign-in/").content.decode()
    assert 'name="password"' in acknowledged().get("/sign-in/").content.decode()


def test_no_password_is_taken_before_the_notice_is_acknowledged(ana: User) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "ana", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_the_right_password_signs_in_with_a_new_session(ana: User) -> None:
    client = acknowledged()
    before = client.session.session_key
    assert client.post("/sign-in/", {"username": "ana", "password": PASSWORD}).status_code == 302
    assert client.session["_auth_user_id"] == str(ana.pk)
    assert client.session.session_key != before
    assert AuditEvent.objects.filter(verb="account.signed_in", actor=ana).count() == 1


def test_five_wrong_passwords_lock_the_account_and_no_other(ana: User, sam: User) -> None:
    for _ in range(5):
        assert try_password("ana", "wrong") is None
    assert try_password("ana", PASSWORD) is None
    assert try_password("sam", PASSWORD) == sam
    assert AuditEvent.objects.filter(verb="account.locked").count() == 1


def test_unknown_names_are_told_the_same(ana: User) -> None:
    pages = [
        acknowledged().post("/sign-in/", {"username": name, "password": "wrong"}).content.decode()
        for name in ("ana", "nobody")
    ]
    assert all(services.REFUSED.replace("'", "&#x27;") in page for page in pages)


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_instant_stop_at_five(ana: User) -> None:
    barrier = threading.Barrier(8)

    def attempt() -> None:
        barrier.wait()
        try_password("ana", "wrong")
        connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert try_password("ana", PASSWORD) is None
    assert AuditEvent.objects.filter(verb="account.locked").count() == 1


def test_an_administrator_releases_with_a_reason(ana: User, adam: User, sam: User) -> None:
    for _ in range(5):
        try_password("ana", "wrong")
    with pytest.raises(NotAllowed):
        services.release_account(actor=sam, user_id=ana.pk, reason="asked in person")
    with pytest.raises(Invalid):
        services.release_account(actor=adam, user_id=ana.pk, reason=" ")
    services.release_account(actor=adam, user_id=ana.pk, reason="asked in person")
    assert try_password("ana", PASSWORD) == ana
    release = Release.objects.get(account=ana, reason="asked in person")
    event = AuditEvent.objects.get(verb="account.released")
    assert (event.reason, event.detail) == ("", {"release": release.pk})
    with pytest.raises(Conflict):
        services.release_account(actor=adam, user_id=ana.pk, reason="again")


@pytest.mark.parametrize(("idle", "locked"), [(29 * 60 + 50, False), (30 * 60, True)])
def test_thirty_idle_minutes_lock_the_page(adam: User, idle: int, locked: bool) -> None:
    client = signed_in(adam)
    client.get("/office/")
    session = client.session
    session[LAST_ACT] -= idle
    session.save()
    response = client.get("/office/courts/")
    assert (response.status_code == 302 and response["Location"].startswith("/unlock/")) is locked


def test_polling_does_not_keep_a_page_open(adam: User) -> None:
    client = signed_in(adam)
    client.get("/office/")
    before = client.session[LAST_ACT]
    client.get("/office/courts/", headers={"X-Background": "yes"})
    assert client.session[LAST_ACT] == before


def test_twelve_hours_after_the_password_it_is_asked_for_again(adam: User) -> None:
    client = signed_in(adam)
    client.get("/office/")
    session = client.session
    session[PASSWORD_AT] -= 12 * 3600
    session.save()
    assert client.get("/office/courts/")["Location"].startswith("/unlock/")


def test_a_locked_page_part_sends_the_browser_to_the_lock_page(adam: User) -> None:
    client = signed_in(adam)
    client.get("/office/")
    session = client.session
    session[LAST_ACT] -= settings.IDLE_LOCK_SECONDS
    session.save()
    response = client.get("/office/courts/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"].startswith("/unlock/")
    assert not response.content


class TestChangePassword:
    new = "seven slow green boats"

    def change(self, client: Client, **fields: str) -> int:
        posted = {"present": PASSWORD, "new": self.new, "again": self.new} | fields
        return client.post("/password/", posted).status_code

    def test_one_goes_on_here_and_other_sessions_end(self, adam: User) -> None:
        here, elsewhere = signed_in(adam), signed_in(adam)
        assert self.change(here) == 302
        assert here.get("/office/").status_code == 200
        assert elsewhere.get("/office/").status_code == 302
        assert try_password("adam", self.new) == adam
        assert AuditEvent.objects.filter(verb="account.password_changed").count() == 1

    @pytest.mark.parametrize(
        "fields", [{"present": "wrong"}, {"again": "another long one"}, {"new": "short", "again": "short"}]
    )
    def test_a_wrong_entry_changes_nothing(self, adam: User, fields: dict[str, str]) -> None:
        assert self.change(signed_in(adam), **fields) == 422
        assert try_password("adam", PASSWORD) == adam

    def test_guessing_the_present_one_locks_the_account(self, adam: User) -> None:
        client = signed_in(adam)
        for _ in range(5):
            self.change(client, present="wrong")
        assert try_password("adam", PASSWORD) is None


def test_the_password_unlocks_and_leads_back(adam: User) -> None:
    client = signed_in(adam)
    client.get("/office/")
    session = client.session
    session[LAST_ACT] -= settings.IDLE_LOCK_SECONDS
    session.save()
    assert client.get("/office/courts/").status_code == 302
    assert client.post("/unlock/", {"password": "wrong"}).status_code == 422
    back = client.post("/unlock/", {"password": PASSWORD, "next": "/office/courts/"})
    assert back["Location"] == "/office/courts/"
    assert client.get("/office/courts/").status_code == 200


def test_sign_in_never_leads_to_another_site(ana: User) -> None:
    client = acknowledged()
    there = {"username": "ana", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert "elsewhere" not in client.post("/sign-in/", there)["Location"]
