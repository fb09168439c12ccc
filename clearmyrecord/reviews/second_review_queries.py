"""Reads of blind second reviews: which wait for whom, how often people agree, and where they don't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from clearmyrecord.errors import Conflict, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import Role, User
from clearmyrecord.reviews import overriding, queries
from clearmyrecord.reviews.models import Opening, Override, Review, SecondReview
from clearmyrecord.runs import queries as runs

TAKEN_MINUTES = 30
"""After so long what somebody took and did not answer may be taken by another."""


def waiting() -> QuerySet[SecondReview]:
    """Drawn and not answered, of convictions that are decided as things stand."""
    return SecondReview.objects.filter(
        Exists(runs.standing_in_use().filter(conviction=OuterRef("conviction"))),
        at=None,
        conviction__review__state__in=(Review.State.ACCEPTED, Review.State.OVERRIDDEN),
        conviction__review__needs_confirmation=False,
    )


def blind_for(user: User) -> QuerySet[SecondReview]:
    """Of those waiting the ones whose first decision this user neither made, nor overrode before, nor saw."""
    opened = Opening.objects.filter(
        conviction=OuterRef("conviction"), user=user, at__gte=OuterRef("conviction__review__at")
    )
    overrode = Override.objects.filter(conviction=OuterRef("conviction"), author=user)
    return waiting().filter(~Q(conviction__review__by=user), ~Exists(overrode), ~Exists(opened))


def waiting_for(user: User) -> QuerySet[SecondReview]:
    """What this user may take now."""
    if not overriding.reviews(user):
        return SecondReview.objects.none()
    since = timezone.now() - timedelta(minutes=TAKEN_MINUTES)
    free = Q(taken_by=None) | Q(taken_by=user) | Q(taken_at__lt=since)
    found = blind_for(user).filter(free)
    if user.is_attorney:
        return found
    law = runs.standing_in_use().filter(conviction=OuterRef("conviction"), question_kind="law")
    return found.filter(~Exists(law))


def taken(user: User, pk: int) -> Any:
    """The determination to be decided again in a second review that the user has taken.

    The determination is the engine's alone: nothing that a person decided is looked up with it. Raises NotFound,
    Conflict where it is another's or the user can't be blind to it any more.
    """
    found = SecondReview.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such second review.")
    if found.taken_by_id != user.pk or not waiting_for(user).filter(pk=pk).exists():
        raise Conflict("This second review is not yours to make, or was made. Take the next one.")
    return (
        runs.standing_in_use()
        .select_related("run__policy", "reading__file_subject__file", "conviction__subject", "conviction__court_text")
        .get(conviction=found.conviction_id)
    )


def outcomes_of(row: Any) -> dict[str, str]:
    """The outcomes that the second reviewer may choose: the engine's first, then those that fit section and route."""
    stated = overriding.stated_of([row.conviction_id])[row.conviction_id]
    offered = {
        outcome: words
        for outcome, words in overriding.OUTCOMES.items()
        if overriding.new_offense(row, outcome, stated) is not None
        and not (outcome == "resentence" and row.route != "serving")
        and not (outcome == "redesignate" and row.route == "serving")
    }
    own = {row.outcome: offered.get(row.outcome, overriding.OUTCOMES.get(row.outcome, ""))}
    return offered if row.outcome == "hand_review" else own | offered


def may_settle(user: User, found: SecondReview) -> bool:
    """Attorneys and supervisors settle disagreements in which they had no part."""
    authorised = user.is_active and (user.role == Role.SUPERVISOR or access.is_attorney(user))
    return authorised and user.pk not in (found.first_by_id, found.by_id)


@dataclass(frozen=True)
class Agreement:
    """How often the second reviewer came to the first one's outcome, by the rule that decided; all rules: empty."""

    rule: str
    reason: str
    number: int
    agree: int

    @property
    def rate(self) -> float | None:
        return 100 * self.agree / self.number if self.number else None


def agreement() -> tuple[Agreement, list[Agreement]]:
    """Overall and by rule, the least agreed on first."""
    counted = (
        SecondReview.objects.exclude(at=None)
        .order_by()
        .values_list("determination__rule", "determination__reason")
        .annotate(number=Count("pk"), agree=Count("pk", filter=Q(agrees=True)))
    )
    by_rule = [Agreement(*line) for line in counted]
    overall = Agreement("", "", sum(each.number for each in by_rule), sum(each.agree for each in by_rule))
    return overall, sorted(by_rule, key=lambda each: (each.rate or 0, -each.number, each.reason))


def disagreements() -> QuerySet[SecondReview]:
    """Second reviews that came to another outcome; those not settled first, the newest first."""
    found = SecondReview.objects.filter(agrees=False).select_related(
        "conviction__subject", "determination", "first_by", "by", "settled_by"
    )
    return found.order_by(F("settled_at").desc(nulls_first=True), "-at")


def to_settle(user: User) -> QuerySet[SecondReview]:
    """Disagreements that this user may settle."""
    if not (user.role == Role.SUPERVISOR or access.is_attorney(user)):
        return SecondReview.objects.none()
    found = SecondReview.objects.filter(~Q(first_by=user), ~Q(by=user), agrees=False, settled_at=None)
    return found if user.is_attorney else found.exclude(determination__question_kind="law")


def disagreement_or_404(pk: int) -> SecondReview:
    """Raises NotFound."""
    found = disagreements().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such disagreement.")
    return found


def standing_beside(found: Sequence[SecondReview]) -> dict[int, Any]:
    """What stands now for the convictions of these, by conviction."""
    rows = queries.standing().filter(conviction_id__in=[each.conviction_id for each in found])
    return {row.conviction_id: row for row in rows}
