"""Reads of the office that other apps share."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone

from clearmyrecord.errors import NotFound
from clearmyrecord.office.models import CLEAN_SLATE, Court, CourtText, Office, Role, User


def office() -> Office | None:
    """The office of this installation, or None before the administrator has entered it."""
    return Office.objects.first()


def office_or_error() -> Office:
    """The office; raises NotFound with what to do while there is none."""
    found = office()
    if found is None:
        raise NotFound("The office page is still empty. Ask an administrator to fill it in first.")
    return found


def today() -> date:
    """Today in the office's time zone."""
    return timezone.localdate()


def courts() -> QuerySet[Court]:
    return Court.objects.annotate(text_count=Count("texts"))


def court_texts() -> QuerySet[CourtText]:
    """How record files name courts; those not mapped yet first."""
    return CourtText.objects.select_related("court").order_by(
        Case(When(court=None, not_ours=False, then=0), default=1), "text"
    )


def unmapped_court_texts() -> QuerySet[CourtText]:
    return CourtText.objects.filter(court=None, not_ours=False)


def users() -> QuerySet[User]:
    """The accounts of people."""
    return User.objects.exclude(username=CLEAN_SLATE).order_by("-is_active", "last_name", "first_name")


def locked_users() -> QuerySet[User]:
    return users().exclude(locked_at=None)


def attorneys() -> QuerySet[User]:
    """Who may be named to sign papers."""
    return User.objects.filter(Q(role=Role.ANALYST) | Q(role=Role.SUPERVISOR), is_attorney=True, is_active=True)


def supervisors() -> QuerySet[User]:
    """Who may approve batches that others prepared."""
    return User.objects.filter(role=Role.SUPERVISOR, is_active=True)


def defenders() -> QuerySet[User]:
    """Public defenders to whom batches can be given."""
    return User.objects.filter(role=Role.PUBLIC_DEFENDER, is_active=True)
