"""How answers are written, one or fifty thousand alike: earlier ones superseded, what a denial frees, the new state.

Called by services, inside their transactions, with the rows of `Asked` locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from clearmyrecord.among import among
from clearmyrecord.batches.models import BatchItem
from clearmyrecord.errors import Conflict
from clearmyrecord.office.models import User
from clearmyrecord.records.copying import copy, take_ids
from clearmyrecord.relief import asking, signals
from clearmyrecord.relief.models import Asked, CourtAnswer, DojConfirmation

How = CourtAnswer.Superseded
COLUMNS = (
    "id", "item_id", "filing_id", "motion_id", "decision", "granted_as", "decided_on", "hearing_on", "department",
    "reason", "response_id", "row", "entered_by_id", "entered_at", "follows_id", "superseded_how", "superseded_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the court did, as somebody entered it or a row of its response says."""

    decision: str
    granted_as: str = ""
    decided_on: date | None = None
    hearing_on: date | None = None
    department: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class New:
    """An answer about to be written."""

    item_id: int
    filing_id: int | None
    motion_id: int | None
    told: Told
    response_id: int | None = None
    row: int | None = None


def lock(item_ids: Iterable[int]) -> list[Asked]:
    """The rows of these items, locked in one order; two people who answer at once take turns."""
    found = Asked.objects.select_for_update(of=("self",)).filter(item__in=among(item_ids))
    return list(found.order_by("pk"))


def write(actor: User, at: datetime, answers: Sequence[New]) -> None:
    """Supersede what stood as followed, write these, free what was denied, settle the states."""
    items = [answer.item_id for answer in answers]
    standing = CourtAnswer.objects.filter(item__in=among(items), superseded_at=None)
    before = dict(standing.values_list("item_id", "pk"))
    standing.update(superseded_at=at, superseded_by=actor, superseded_how=How.FOLLOWED)
    copy(
        CourtAnswer,
        COLUMNS,
        (
            (
                pk, new.item_id, new.filing_id, new.motion_id, new.told.decision, new.told.granted_as,
                new.told.decided_on, new.told.hearing_on, new.told.department, new.told.reason, new.response_id,
                new.row, actor.pk, at, before.get(new.item_id), "", "",
            )
            for pk, new in zip(take_ids(CourtAnswer, len(answers)), answers, strict=True)
        ),
    )  # fmt: skip
    release([new.item_id for new in answers if new.told.decision == CourtAnswer.Decision.DENIED])
    asking.settle(items)


def release(item_ids: Sequence[int]) -> None:
    """Their convictions are free for another batch."""
    BatchItem.objects.filter(pk__in=among(item_ids), holds=True).update(holds=False)


def take_back(
    actor: User, at: datetime, answers: Sequence[CourtAnswer], *, how: str, reason: str, still_denied: bool = False
) -> None:
    """Supersede these standing answers; what a denial had freed is held again, and what stood before stands again.

    `still_denied`: a denial is only corrected, so its conviction stays free. Raises Conflict where something was built
    upon one: the DOJ's confirmation, another batch, whatever receivers know.
    """
    ids, items = [answer.pk for answer in answers], [answer.item_id for answer in answers]
    if DojConfirmation.objects.filter(answer__in=among(ids)).exclude(state="refused").exists():
        raise Conflict("The DOJ's record was confirmed to follow this order. Refuse that confirmation first.")
    signals.taking_back.send(sender=CourtAnswer, answer_ids=ids)
    CourtAnswer.objects.filter(pk__in=among(ids)).update(
        superseded_at=at, superseded_by=actor, superseded_how=how, superseded_reason=reason
    )
    if not still_denied:
        _hold_again([answer.item_id for answer in answers if answer.decision == CourtAnswer.Decision.DENIED])
    if how == How.UNDONE:
        _stands_again(actor, at, [answer.follows_id for answer in answers if answer.follows_id])
    asking.settle(items)


def _hold_again(item_ids: Sequence[int]) -> None:
    try:
        with transaction.atomic():
            BatchItem.objects.filter(pk__in=among(item_ids), holds=False).update(holds=True)
    except IntegrityError as taken:
        raise Conflict("Since the denial another batch holds this conviction. Leave it out there first.") from taken


STANDS_AGAIN = """
INSERT INTO relief_courtanswer
    (item_id, filing_id, motion_id, decision, granted_as, decided_on, hearing_on, department, reason, response_id, row,
     entered_by_id, entered_at, superseded_how, superseded_reason)
SELECT item_id, filing_id, motion_id, decision, granted_as, decided_on, hearing_on, department, reason, response_id,
       row, %s, %s, '', ''
  FROM relief_courtanswer WHERE id = ANY(%s)
"""


def _stands_again(actor: User, at: datetime, ids: Sequence[int]) -> None:
    """What a taken-back answer had followed, such as a hearing, written anew: the old row stays as it was."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(STANDS_AGAIN, [actor.pk, at, list(ids)])
