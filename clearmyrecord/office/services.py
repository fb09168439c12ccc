"""What changes the office, its courts, its accounts, and who is signed in. Only these functions write those tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import CLEAN_SLATE, Court, CourtText, Office, Release, Role, SignInAttempt, User

REFUSED = "That name and password don't match an account that may sign in."
"""The same for a wrong password, an unknown name and a locked account: it tells a guesser nothing."""


def check_password(*, username: str, password: str, address: str | None, notice: int | None = None) -> User | None:
    """The user who may sign in, or None. Five wrong attempts within 15 minutes lock the account (CJIS AC-7).

    Attempts stand in PostgreSQL, and the account's row is locked while they are counted, so attempts at the same
    instant can't slip past the limit. An administrator releases a locked account. `notice` is the version of the
    system use notification that was acknowledged just before; None where a session was open already.
    """
    with transaction.atomic():
        known = User.objects.select_for_update().filter(username=username).first()
        user = authenticate(username=username, password=password)
        if isinstance(user, User) and user.locked_at is None:
            SignInAttempt.objects.filter(username=username).delete()
            if notice is None:
                audit.record(actor=user, verb="account.password_confirmed", target=user)
            else:
                audit.record(actor=user, verb="account.signed_in", target=user, detail={"notice": notice})
            return user
        SignInAttempt.objects.create(username=username[:150], address=address)
        since = timezone.now() - timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS)
        wrong = SignInAttempt.objects.filter(username=username, at__gte=since).count()
        if known is not None and known.locked_at is None and wrong >= settings.SIGN_IN_ATTEMPTS:
            known.locked_at = timezone.now()
            known.save(update_fields=["locked_at"])
            audit.record(actor=None, verb="account.locked", target=known, outcome="refused")
        else:
            audit.record(actor=None, verb="account.sign_in", target=known, outcome="refused")
        return None


def change_password(*, actor: User, present: str, new: str, address: str | None) -> User | None:
    """Give one's own account a new password, already checked by the form; None if `present` is wrong.

    A wrong one counts like a wrong sign-in. Sessions elsewhere end, since they were opened with the old password.
    """
    user = check_password(username=actor.username, password=present, address=address)
    if user is not None:
        with transaction.atomic():
            user = _user(user.pk)
            user.set_password(new)
            user.save(update_fields=["password"])
            audit.record(actor=user, verb="account.password_changed", target=user)
    return user


def signed_out(*, actor: User) -> None:
    """Note that somebody signed out."""
    audit.record(actor=actor, verb="account.signed_out", target=actor)


def dismiss_first_steps(*, actor: User) -> None:
    """Offer the first steps no longer on one's own home page; nothing the second time."""
    with transaction.atomic():
        user = _user(actor.pk)
        if user.first_steps_dismissed_at is None:
            user.first_steps_dismissed_at = timezone.now()
            user.save(update_fields=["first_steps_dismissed_at"])
            audit.record(actor=actor, verb="account.first_steps_dismissed", target=user)


def release_account(*, actor: User, user_id: int, reason: str) -> User:
    """Unlock an account; administrators only. Raises NotFound, Conflict unless it is locked, Invalid without reason."""
    access.require(actor, Role.ADMINISTRATOR)
    if not reason.strip():
        raise Invalid("Say why this account may be used again.")
    with transaction.atomic():
        user = _user(user_id)
        if user.locked_at is None:
            raise Conflict("This account is not locked.")
        user.locked_at = None
        user.save(update_fields=["locked_at"])
        SignInAttempt.objects.filter(username=user.username).delete()
        release = Release.objects.create(account=user, by=actor, reason=reason.strip())
        audit.record(actor=actor, verb="account.released", target=user, detail={"release": release.pk})
    return user


def save_user(*, actor: User, user_id: int | None, values: dict[str, Any], password: str = "") -> User:
    """Make or change an account; administrators only. Nobody changes their own role or activity.

    `values` are columns of User. A change of role or the end of an account ends its sessions at once.
    """
    access.require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        user = _user(user_id) if user_id else User()
        if user.pk == actor.pk and (values["role"] != actor.role or not values["is_active"]):
            raise Conflict("You can't change your own role or close your own account. Ask another administrator.")
        before = {name: getattr(user, name) for name in ("role", "is_attorney", "is_active")} if user.pk else {}
        for name, value in values.items():
            setattr(user, name, value)
        if password:
            user.set_password(password)
        user.save()
        after = {name: getattr(user, name) for name in ("role", "is_attorney", "is_active")}
        if before and (before != after or password):
            _end_sessions(user)
        verb = "account.changed" if before else "account.made"
        detail = {"before": before, "after": after, "password_set": bool(password)}
        audit.record(actor=actor, verb=verb, target=user, detail=detail)
    return user


def _end_sessions(user: User) -> None:
    for session in Session.objects.filter(expire_date__gte=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _user(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).exclude(username=CLEAN_SLATE).first()
    if user is None:
        raise NotFound("There is no such account.")
    return user


def clean_slate_account() -> User:
    """The account in whose name schedules act, made when it is first needed. It never has a password."""
    return User.objects.get_or_create(
        username=CLEAN_SLATE,
        defaults={
            "first_name": "Clean-slate",
            "last_name": "schedule",
            "role": Role.ANALYST,
            "password": make_password(None),
        },
    )[0]


def save_office(*, actor: User, values: dict[str, Any]) -> Office:
    """Fill or change the office page; administrators only."""
    access.require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        office = Office.objects.select_for_update().first() or Office()
        changed = sorted(name for name, value in values.items() if getattr(office, name) != value)
        for name, value in values.items():
            setattr(office, name, value)
        office.save()
        audit.record(actor=actor, verb="office.changed", target=office, detail={"fields": changed})
    return office


def save_court(*, actor: User, court_id: int | None, values: dict[str, Any]) -> Court:
    """Add or change a court or branch; administrators only."""
    access.require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        court = Court.objects.select_for_update().filter(pk=court_id).first() if court_id else Court()
        if court is None:
            raise NotFound("There is no such court.")
        for name, value in values.items():
            setattr(court, name, value)
        court.save()
        audit.record(actor=actor, verb="court.saved", target=court)
    return court


def map_court_text(*, actor: User, text_id: int, court_id: int | None) -> CourtText:
    """Say which court a record file's text means; no court: none where this office files. Administrators only."""
    access.require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        text = CourtText.objects.select_for_update().filter(pk=text_id).first()
        if text is None or (court_id and not Court.objects.filter(pk=court_id).exists()):
            raise NotFound("There is no such court.")
        text.court_id, text.not_ours = court_id, court_id is None
        text.save(update_fields=["court", "not_ours"])
        audit.record(actor=actor, verb="court_text.mapped", target=text, detail={"court": court_id})
    return text


def note_court_texts(*, texts: Iterable[str]) -> dict[str, int]:
    """Make sure that each text has its row; returns text -> id. Called while a record file is read."""
    wanted = {text for text in texts if text}
    CourtText.objects.bulk_create([CourtText(text=text) for text in sorted(wanted)], ignore_conflicts=True)
    return dict(CourtText.objects.filter(text__in=wanted).values_list("text", "id"))
