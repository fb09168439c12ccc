"""What somebody looks for in the queue, and filters under a name, kept on the server. Whoever reads records may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import User
from clearmyrecord.reviews.models import SavedFilter, Search

SEARCH_HOURS = 12
"""As long as a session lasts."""


def search(*, actor: User, text: str) -> Search:
    """Keep what somebody looks for, so that the address need not say it; what they looked for earlier is forgotten.

    No event of its own: what it finds is logged when it is shown. Raises Invalid for an empty one.
    """
    access.require(actor, *access.READERS)
    if not text.strip():
        raise Invalid("Enter a name, a case number or a CII number.")
    Search.objects.filter(user=actor, made_at__lt=timezone.now() - timedelta(hours=SEARCH_HOURS)).delete()
    return Search.objects.create(user=actor, text=text.strip()[:200])


@transaction.atomic
def save_filter(*, actor: User, name: str, values: Mapping[str, str]) -> SavedFilter:
    """Keep a filter under a name; one of the same name is replaced. Whoever reads records may."""
    access.require(actor, *access.READERS)
    name = name.strip()[:60]
    if not name:
        raise Invalid("A saved filter needs a name.")
    kept = {field: value for field, value in values.items() if field != "search"}
    saved, _ = SavedFilter.objects.update_or_create(user=actor, name=name, defaults={"coded": kept})
    audit.record(actor=actor, verb="filter.saved", target=saved)
    return saved


@transaction.atomic
def forget_filter(*, actor: User, saved_id: int) -> None:
    """Take a saved filter of one's own away. Raises NotFound if there is none."""
    saved = SavedFilter.objects.filter(pk=saved_id, user=actor).first()
    if saved is None:
        raise NotFound("There is no such saved filter.")
    audit.record(actor=actor, verb="filter.forgotten", target=saved)
    saved.delete()
