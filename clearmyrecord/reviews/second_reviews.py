"""Blind second reviews: who is drawn, who decides again, and how a disagreement is settled.

Drawn by a hash of run and conviction, so that reloading, undoing or deciding again draws no kinder sample. A higher
share later keeps everybody whom a lower one drew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from clearmyrecord.among import among
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office import access
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Role, User
from clearmyrecord.reviews import overriding, queries
from clearmyrecord.reviews import second_review_queries as second
from clearmyrecord.reviews.models import Override, Review, SecondReview
from clearmyrecord.runs.models import Run

_PARTS = 2**32
_DRAW = """
INSERT INTO reviews_secondreview (conviction_id, run_id, drawn_at, first_outcome, first_reason, outcome, reason,
                                  settled_outcome, settled_reason)
SELECT r.conviction_id, d.run_id, %(now)s, '', '', '', '', '', ''
  FROM reviews_review r JOIN runs_determination d ON d.id = r.determination_id
 WHERE r.conviction_id = ANY(%(convictions)s) AND r.state IN ('accepted', 'overridden') AND NOT r.needs_confirmation
   AND ('x' || encode(substring(sha256(convert_to(d.run_id || ':' || r.conviction_id, 'UTF8')) FOR 4), 'hex'))
       ::bit(32)::bigint < %(below)s
 ORDER BY r.conviction_id
    ON CONFLICT DO NOTHING
"""


def _below(share: Decimal) -> int:
    """How many of the 2^32 numbers a share of so many percent draws."""
    return int(share * _PARTS / 100)


def is_drawn(run_id: int, conviction_id: int, share: Decimal) -> bool:
    """Whether a share of so many percent draws this conviction; what the database does, for whoever wants to check."""
    digest = hashlib.sha256(f"{run_id}:{conviction_id}".encode()).digest()
    return int.from_bytes(digest[:4]) < _below(share)


def draw(conviction_ids: Iterable[int]) -> None:
    """Draw the office's share of those of these convictions that are decided. In the transaction of the decision."""
    found = office.office()
    if found is None or not found.second_review_share:
        return
    below = _below(found.second_review_share)
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"now": timezone.now(), "convictions": list(conviction_ids), "below": below})


@transaction.atomic
def take(*, actor: User) -> int | None:
    """Take the next conviction that waits for a second review and that the actor may decide blind; its review's id.

    What the actor has taken already comes first; None if nothing is left. Of two who take at once neither waits, and
    each gets another one.
    """
    _require_reviewer(actor)
    free = second.waiting_for(actor).order_by("drawn_at", "pk").select_for_update(of=("self",), skip_locked=True)
    found = free.filter(taken_by=actor).first() or free.first()
    if found is None:
        return None
    found.taken_by, found.taken_at = actor, timezone.now()
    found.save(update_fields=["taken_by", "taken_at"])
    audit.record(actor=actor, verb="second_review.taken", target=found)
    return found.pk


@transaction.atomic
def answer(*, actor: User, second_review_id: int, determination_id: int, outcome: str, reason: str) -> SecondReview:
    """Decide a conviction again without having seen the first decision. The standing outcome stays as it is.

    Raises NotAllowed for whoever took part in the first decision, Conflict if it is not theirs, was answered, or if the
    determination or the first decision stands no more, Invalid for an outcome that doesn't fit or without a reason
    where it is not the engine's.
    """
    _require_reviewer(actor)
    row, found = _locked(second_review_id)
    if found.at is not None:
        raise Conflict("This second review has been made.")
    if found.taken_by_id != actor.pk:
        raise Conflict("You have not taken this one, or somebody else has since. Take the next one.")
    if row is None or row.pk != determination_id:
        raise Conflict("What the run found was changed while you had it open. Reload to see it.")
    _require_blind(actor, found, row)
    if outcome not in second.outcomes_of(row):
        raise Invalid("Choose one of the offered outcomes.")
    if outcome != row.outcome and not reason.strip():
        raise Invalid("Say why, since you decide otherwise than the engine.")
    found.determination_id, found.first_outcome = row.pk, row.standing_outcome
    found.first_reason, found.first_by_id = row.override_reason, _first_decider(row)
    found.outcome, found.reason, found.by, found.at = outcome, reason.strip(), actor, timezone.now()
    found.agrees = outcome == row.standing_outcome
    found.save()
    audit.record(
        actor=actor,
        verb="second_review.answered",
        target=found,
        subjects=[row.conviction.subject_id],
        detail={"outcome": outcome, "agrees": found.agrees},
    )
    return found


def _first_decider(row: Any) -> int | None:
    """Who made what stands: the override's author, else who accepted."""
    if row.override_id:
        return Override.objects.get(pk=row.override_id).author_id
    by: int | None = row.conviction.review.by_id
    return by


def _require_blind(actor: User, found: SecondReview, row: Any) -> None:
    """Only somebody who had no part in the first decision and has not seen it."""
    if row.question_kind == "law" and not actor.is_attorney:
        raise NotAllowed("This is a question of law: an attorney must decide it.")
    if not second.blind_for(actor).filter(pk=found.pk).exists():
        raise Conflict(
            "You decided this conviction before, or opened it after it was decided, or the first decision stands no"
            " more: it can't be reviewed blind by you. Take the next one."
        )


def _locked(second_review_id: int) -> tuple[Any, SecondReview]:
    """What stands for the conviction in the current run (None: nothing), and its second review, held until commit.

    The run is locked first, as every decision does, so that no first decision changes meanwhile.
    """
    run = Run.objects.select_for_update(no_key=True).filter(is_current=True).first()
    found = SecondReview.objects.select_for_update(of=("self",)).filter(pk=second_review_id).first()
    if found is None:
        raise NotFound("There is no such second review.")
    rows = queries.standing(run) if run is not None else queries.standing()
    return rows.select_related("conviction__review").filter(conviction=found.conviction_id).first(), found


@transaction.atomic
def uphold(*, actor: User, second_review_id: int, reason: str) -> SecondReview:
    """Settle a disagreement by letting the first decision stand. Attorneys and supervisors who took no part in it.

    The other way to settle is an ordinary override or acceptance; see `settle`. Raises Conflict if there is none to
    settle or the first decision stands no more, Invalid without a reason.
    """
    access.require_attorney_or(actor, Role.SUPERVISOR)
    row, found = _locked(second_review_id)
    if found.agrees is not False or found.settled_at is not None:
        raise Conflict("There is no disagreement to settle.")
    if not second.may_settle(actor, found):
        raise NotAllowed("You took part in it. Another attorney or supervisor must settle it.")
    if row is None or row.review_state == "open" or row.standing_outcome != found.first_outcome:
        raise Conflict("The first decision stands no more. Decide the conviction on its own page.")
    if row.question_kind == "law" and not actor.is_attorney:
        raise NotAllowed("This is a question of law: an attorney must decide it.")
    if not reason.strip():
        raise Invalid("Say why the first decision stands.")
    _settled(found, actor, row.standing_outcome, reason.strip())
    audit.record(
        actor=actor,
        verb="second_review.upheld",
        target=found,
        subjects=[row.conviction.subject_id],
        detail={"outcome": row.standing_outcome},
    )
    return found


def settle(conviction_ids: Iterable[int]) -> None:
    """Disagreements on these are settled where an attorney or supervisor who took no part has decided since.

    In the transaction of the decision, whose event says who and what.
    """
    open_ones = SecondReview.objects.filter(
        conviction__in=among(conviction_ids), agrees=False, settled_at=None, at__lt=F("conviction__review__at")
    ).select_related("conviction__review__by", "conviction__review__determination")
    for found in open_ones:
        review = found.conviction.review
        decided = review.state != Review.State.OPEN and not review.needs_confirmation
        if decided and review.by is not None and second.may_settle(review.by, found):
            override = found.conviction.overrides.filter(superseded_at=None).first()
            outcome = override.outcome if override is not None else review.determination.outcome
            _settled(found, review.by, outcome, override.reason if override is not None else "")


def _settled(found: SecondReview, actor: User, outcome: str, reason: str) -> None:
    found.settled_by, found.settled_at = actor, timezone.now()
    found.settled_outcome, found.settled_reason = outcome, reason
    found.save(update_fields=["settled_by", "settled_at", "settled_outcome", "settled_reason"])


def _require_reviewer(actor: User) -> None:
    if not overriding.reviews(actor):
        raise NotAllowed("Your role may not review.")
