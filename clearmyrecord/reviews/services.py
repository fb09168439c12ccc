"""The verbs of review. Analysts, and supervisors with the attorney's mark, decide; questions of law only attorneys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from clearmyrecord.among import among
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office import access
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Role, User
from clearmyrecord.reviews import attachments, overriding, queries, reasons, selection, signals
from clearmyrecord.reviews.models import (
    Assignment,
    Attachment,
    Comment,
    Confirmation,
    Opening,
    Override,
    Review,
)
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs.models import Determination, Run

LOOKED_AT_ONCE = 50
"""Of the list, when the next one that nobody has is looked for."""
CHANGED = "What the run found was changed, or another run was put to use, while you had it open. Reload to see it."
DECIDED = "Somebody decided some of these while you had the numbers open. These are the numbers now."
OF_LAW = "This is a question of law: an attorney must decide it. You may comment on it."


def require_reviewer(actor: User) -> None:
    if not overriding.reviews(actor):
        raise NotAllowed("Your role may not review.")


def locked(determination_ids: Sequence[int]) -> list[Any]:
    """These rows of `standing`, held until commit. Raises Conflict unless every one still stands in the current run.

    The current run is locked first and the determinations after it, so that neither another run comes into use nor a
    stated fact replaces a determination between what was shown and what is written.
    """
    wanted = set(determination_ids)
    run = Run.objects.select_for_update(no_key=True).filter(is_current=True).first()
    held = Determination.objects.select_for_update(no_key=True).order_by("pk")
    found = list(held.filter(pk__in=among(wanted), run=run, superseded_at=None).values_list("pk", flat=True))
    rows = list(queries.lean(queries.standing(run)).filter(pk__in=among(found)).order_by("pk")) if run else []
    if not wanted or len(rows) != len(wanted):
        raise Conflict(CHANGED)
    return rows


def mark(rows: Iterable[Any], *, state: Review.State, actor: User, singly: bool) -> None:
    """Where work on these convictions stands. Having been looked at singly once is kept."""
    now = timezone.now()
    Review.objects.bulk_create(
        [
            Review(
                conviction_id=row.conviction_id,
                determination_id=row.pk,
                state=state,
                needs_confirmation=False,
                changed="",
                looked_at_singly=singly or row.looked_at_singly,
                by=actor,
                at=now,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["conviction"],
        update_fields=["determination", "state", "needs_confirmation", "changed", "looked_at_singly", "by", "at"],
        batch_size=1000,
    )


def finish(rows: Sequence[Any], *, actor: User, verb: str, detail: dict[str, Any]) -> None:
    """Tell who hangs on the standing outcome, then write the trail: one event, last."""
    signals.standing_changed.send(sender=Review, conviction_ids=[row.conviction_id for row in rows])
    _record(rows, actor=actor, verb=verb, detail=detail)


def _record(rows: Sequence[Any], *, actor: User, verb: str, detail: dict[str, Any]) -> None:
    """One event: the act, how many convictions, and of several the hash that tells which (see `hash_of`)."""
    many = len(rows) > 1
    audit.record(
        actor=actor,
        verb=verb,
        target=rows[0].run if many else rows[0],
        detail=detail | {"convictions": len(rows)} | ({"ids_sha256": hash_of(rows)} if many else {}),
        subjects=[row.conviction.subject_id for row in rows],
    )


def hash_of(rows: Iterable[Any]) -> str:
    """SHA-256 of the determinations' ids, ascending and joined by commas: which ones an act was done to."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(row.pk for row in rows)).encode()).hexdigest()


@transaction.atomic
def accept(*, actor: User, determination_ids: Sequence[int], singly: bool = False) -> int:
    """Accept what the current run found for these convictions; returns how many.

    `singly`: somebody had this one conviction's page open. Raises Conflict if one was decided or changed meanwhile,
    Invalid for a hand review, which can't be accepted.
    """
    require_reviewer(actor)
    rows = locked(determination_ids)
    if any(row.outcome == "hand_review" for row in rows):
        raise Invalid("A hand review can't be accepted. Decide it by an override.")
    if any(row.review_state != "open" for row in rows):
        raise Conflict(DECIDED if not singly else "Somebody decided this already. Reload to see it.")
    mark(rows, state=Review.State.ACCEPTED, actor=actor, singly=singly)
    finish(rows, actor=actor, verb="review.accepted", detail={"singly": singly})
    return len(rows)


@transaction.atomic
def override(
    *,
    actor: User,
    determination_ids: Sequence[int],
    outcome: str,
    reason: str = "",
    listed: str = "",
    basis: str = "policy",
    attachment: UploadedFile[bytes] | None = None,
    singly: bool = False,
    seen: str | None = None,
) -> int:
    """Put a person's outcome in place of the run's for these convictions; returns how many.

    `listed` is the code of a reason of the list, `reason` what is said in own words: one of them is needed. New section
    and severity come from the law's table; route and sealing stay computed. Where it takes two people (see
    `overriding.takes_two`) it waits for the second. `seen`: what was decided on them when they were shown
    (`selection.seen_hash`). Raises NotAllowed on a question of law without the attorney's mark, Invalid if outcome,
    basis, reason or attachment doesn't fit a conviction, Conflict if one changed meanwhile.
    """
    require_reviewer(actor)
    if outcome not in overriding.OUTCOMES or basis not in overriding.BASES:
        raise Invalid("Choose one of the offered outcomes and bases.")
    words = _whole_reason(listed, reason)
    rows = locked(determination_ids)
    if seen is not None and seen != selection.seen_hash(rows):
        raise Conflict(DECIDED)
    stated = overriding.stated_of(row.conviction_id for row in rows)
    wanted = overriding.Wanted(outcome, basis, listed)
    for row in rows:
        if refused := overriding.refusal(row, wanted, actor, stated[row.conviction_id]):
            error = NotAllowed if row.question_kind == "law" and not actor.is_attorney else Invalid
            raise error(f"This can't be overridden: {refused}.")
    document = attachments.keep(actor=actor, upload=attachment) if attachment is not None else None
    supersede_overrides(rows)
    made = [_override_of(row, wanted, stated[row.conviction_id], actor, words, document) for row in rows]
    Override.objects.bulk_create(made, batch_size=1000)
    mark(rows, state=Review.State.OVERRIDDEN, actor=actor, singly=singly)
    detail = {"outcome": outcome, "basis": basis, "singly": singly}
    detail |= {"reason_code": listed} if listed else {}
    detail |= {"attachment": document.pk} if document is not None else {}
    finish(rows, actor=actor, verb="review.overridden", detail=detail)
    return len(rows)


def _whole_reason(listed: str, reason: str) -> str:
    """The listed reason's words and those of the person. Raises Invalid if there are none, or it is not on offer."""
    chosen = [each.says for each in reasons.offered(office.today()) if each.code == listed]
    if listed and not chosen:
        raise Invalid("Choose one of the offered reasons.")
    words = " ".join(filter(None, [*chosen, reason.strip()]))
    if not words:
        raise Invalid("An override needs a reason.")
    return words


def _override_of(
    row: Any,
    wanted: overriding.Wanted,
    stated: overriding.Stated,
    actor: User,
    reason: str,
    document: Attachment | None,
) -> Override:
    section, severity = overriding.new_offense(row, wanted.outcome, stated) or ("", "")
    return Override(
        conviction_id=row.conviction_id,
        determination_id=row.pk,
        outcome=wanted.outcome,
        basis="" if wanted.outcome == "not_eligible" else wanted.basis,
        new_section=section,
        new_severity=severity,
        reason=reason,
        listed=wanted.listed,
        attachment=document,
        author=actor,
        replaced_id=row.override_id,
    )


def supersede_overrides(rows: Iterable[Any]) -> None:
    """End the overrides of these rows, each with what a second person said to it."""
    now, ids = timezone.now(), [row.override_id for row in rows if row.override_id]
    Override.objects.filter(pk__in=among(ids), superseded_at=None).update(superseded_at=now)
    Confirmation.objects.filter(override__in=among(ids), superseded_at=None).update(superseded_at=now)


@transaction.atomic
def confirm_override(*, actor: User, determination_id: int) -> None:
    """Let an override stand although what the run found has changed. Raises Conflict if it doesn't ask for that.

    A second person's earlier word was on other facts and ends. Where it takes two now and the actor isn't the author,
    this is the second person's word as well; else it waits for one.
    """
    require_reviewer(actor)
    (row,) = rows = locked([determination_id])
    _require_attorney_on_law(actor, row)
    if not row.needs_confirmation:
        raise Conflict("This override needs no confirmation.")
    if row.override_outcome == "resentence" and row.route != "serving":
        raise Invalid("The sentence is not being served any more: decide again.")
    if row.override_outcome == "redesignate" and row.route == "serving":
        raise Invalid("The sentence is still being served: decide again.")
    Confirmation.objects.filter(override=row.override_id, superseded_at=None).update(superseded_at=timezone.now())
    second = overriding.takes_two(row, row.override_outcome) and actor.pk != row.override_author
    if second:
        confirmed_by(actor, row)
    mark(rows, state=Review.State.OVERRIDDEN, actor=actor, singly=True)
    detail = {"outcome": row.override_outcome, "second_person": second}
    finish(rows, actor=actor, verb="review.override_confirmed", detail=detail)


def confirmed_by(actor: User, row: Any) -> Confirmation:
    """The word of a second person for the override of this row, in the caller's transaction."""
    return Confirmation.objects.create(
        conviction_id=row.conviction_id,
        override_id=row.override_id,
        determination_id=row.pk,
        verdict=Confirmation.Verdict.CONFIRMED,
        by=actor,
    )


@transaction.atomic
def withdraw_override(*, actor: User, determination_id: int, reason: str) -> None:
    """Take an override back: what the run found stands again and is open. Raises Conflict if there is none."""
    require_reviewer(actor)
    if not reason.strip():
        raise Invalid("Say why the override is withdrawn.")
    (row,) = rows = locked([determination_id])
    _require_attorney_on_law(actor, row)
    if not row.override_id:
        raise Conflict("There is no override to withdraw.")
    supersede_overrides(rows)
    mark(rows, state=Review.State.OPEN, actor=actor, singly=True)
    add_comment(row, actor, f"Override withdrawn: {reason.strip()}")
    finish(rows, actor=actor, verb="review.override_withdrawn", detail={"outcome": row.override_outcome})


@transaction.atomic
def undo(*, actor: User, determination_id: int) -> None:
    """Take back what the actor decided last on this determination, as if it had not been: it is open again.

    Raises Conflict if somebody decided since, if what the run found has changed, or if it took the place of an earlier
    decision, which is not brought back: decide again instead.
    """
    require_reviewer(actor)
    (row,) = rows = locked([determination_id])
    _require_attorney_on_law(actor, row)
    review = queries.review_of(row.conviction_id)
    if review is None or review.state == Review.State.OPEN or review.determination_id != row.pk:
        raise Conflict("There is nothing to undo here.")
    if review.by_id != actor.pk:
        raise Conflict("Somebody else decided this since. Look at it again.")
    if Confirmation.objects.filter(override=row.override_id, superseded_at=None).exists():
        raise Conflict("A second person confirmed it since. Withdraw it with a reason instead.")
    if Override.objects.filter(pk=row.override_id, replaced__isnull=False).exists():
        raise Conflict("It took the place of an earlier override, which is not brought back. Decide again instead.")
    supersede_overrides(rows)
    mark(rows, state=Review.State.OPEN, actor=actor, singly=True)
    finish(rows, actor=actor, verb="review.undone", detail={"undone": review.state})


def _require_attorney_on_law(actor: User, row: Any) -> None:
    if row.question_kind == "law" and not actor.is_attorney:
        raise NotAllowed(OF_LAW)


def add_comment(row: Any, actor: User, text: str) -> Comment:
    return Comment.objects.create(conviction_id=row.conviction_id, text=text, author=actor)


@transaction.atomic
def comment(*, actor: User, conviction_id: int, text: str) -> Comment:
    """Leave a note on a conviction; analysts and supervisors may, also on questions of law."""
    access.require(actor, Role.ANALYST, Role.SUPERVISOR)
    if not text.strip():
        raise Invalid("A comment needs a text.")
    row = queries.standing_of(conviction_id)
    noted = add_comment(row, actor, text.strip())
    subjects = [row.conviction.subject_id]
    audit.record(actor=actor, verb="review.commented", target=row.conviction, subjects=subjects)
    return noted


@transaction.atomic
def assign(*, actor: User, determination_ids: Sequence[int], to: User | None) -> int:
    """Give these convictions to somebody to look at, or to nobody; returns how many. Reviewers and supervisors.

    Raises Invalid if `to` may not review, Conflict if one of them stands no more.
    """
    access.require(actor, Role.ANALYST, Role.SUPERVISOR)
    if to is not None and not overriding.reviews(to):
        raise Invalid("Choose somebody who may review.")
    rows = locked(determination_ids)
    _assign(rows, actor=actor, to=to)
    _record(rows, actor=actor, verb="review.assigned", detail={"to": to.pk if to else "nobody"})
    return len(rows)


def _assign(rows: Iterable[Any], *, actor: User, to: User | None) -> None:
    now = timezone.now()
    Assignment.objects.bulk_create(
        [Assignment(conviction_id=row.conviction_id, to=to, by=actor, at=now) for row in rows],
        update_conflicts=True,
        unique_fields=["conviction"],
        update_fields=["to", "by", "at"],
        batch_size=1000,
    )


@transaction.atomic
def take_next(*, actor: User, values: Mapping[str, str]) -> int | None:
    """Assign to the actor the first conviction of the filter that waits for a decision and that nobody else has.

    Returns its id; None if nothing is left. Takers wait for each other, so no two get the same one.
    """
    require_reviewer(actor)
    run = Run.objects.select_for_update(no_key=True).filter(is_current=True).first()
    row = _first_left(run, values, actor) if run is not None else None
    if row is None:
        return None
    _assign([row], actor=actor, to=actor)
    _record([row], actor=actor, verb="review.taken", detail={})
    return int(row.conviction_id)


def _first_left(run: Run, values: Mapping[str, str], actor: User) -> Any:
    """The first of the list that `left_to_take` leaves. The tally knows nothing of who has what open."""
    listed = tally(run, queries.search_of(actor, values.get("search", "")))
    free = listed.free(values, of_law=actor.is_attorney).determination.tolist()
    for start in range(0, len(free), LOOKED_AT_ONCE):
        some = free[start : start + LOOKED_AT_ONCE]
        left = queries.left_to_take(queries.standing(run).filter(pk__in=some), actor).in_bulk()
        if left:
            return next(left[pk] for pk in some if pk in left)
    return None


def opened(*, actor: User, conviction_id: int) -> None:
    """Remember that somebody has a conviction's page open. The view itself writes the trail."""
    Opening.objects.bulk_create(
        [Opening(conviction_id=conviction_id, user=actor, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["conviction", "user"],
        update_fields=["at"],
    )
