"""What the courts did, entered by hand: for one conviction, some, or a whole filing. Superseded, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.filings import rejections
from clearmyrecord.filings.models import Filing, Matter, OmnibusMotion, Receipt
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User
from clearmyrecord.relief import asking, writing
from clearmyrecord.relief.models import FINAL, Asked, CourtAnswer, Relief
from clearmyrecord.relief.writing import New, Told

WHO = (Role.ANALYST, Role.SUPERVISOR)
Decision = CourtAnswer.Decision
MOST_IN_DEPARTMENT, MOST_IN_REASON = 40, 2000


def fault(told: Told, *, filed_on: date | None, today: date) -> str:
    """Why this can't be what the court did; empty if it can. `filed_on` is None for papers that are only signed."""
    if told.decision not in Decision.values:
        return "Choose what the court did."
    if told.decision == Decision.HEARING:
        if told.hearing_on is None:
            return "Enter the day of the hearing."
        if filed_on and told.hearing_on < filed_on:
            return "The hearing lies before the day it was filed."
    elif told.decided_on is None:
        return "Enter the day of the order."
    if told.decided_on and told.decided_on > today:
        return "The day of the order lies in the future."
    if told.decided_on and filed_on and told.decided_on < filed_on:
        return "The day of the order lies before the day it was filed."
    if told.decision in (Decision.DENIED, Decision.REJECTED) and not told.reason:
        return "Enter the reason that was given."
    if told.decision == Decision.GRANTED and told.granted_as and told.granted_as not in Relief.values:
        return "Choose what the court ordered."
    if len(told.department) > MOST_IN_DEPARTMENT or len(told.reason) > MOST_IN_REASON:
        return "The department or the reason is too long."
    return ""


@transaction.atomic
def answer(*, actor: User, item_ids: Sequence[int], told: Told) -> int:
    """What the court did with some convictions of one filing or motion; how many are new. Analysts and supervisors.

    The same said twice changes nothing. A grant without `granted_as` is as asked. Raises NotAllowed, NotFound,
    Invalid for what can't be, Conflict where one is not filed, objected to, withdrawn, or decided otherwise already.
    """
    require(actor, *WHO)
    asked = _locked(item_ids)
    told = _of_one_matter(asked, told)
    standing = _standing(asked)
    new = [each for each in asked if not _says(standing.get(each.item_id), of_item(told, each))]
    for each in new:
        _require_open(each)
    if not new:
        return 0
    at = timezone.now()
    writing.write(actor, at, [New(each.item_id, each.filing_id, each.motion_id, of_item(told, each)) for each in new])
    _event(actor, "answer.entered", new, {"decision": told.decision, "convictions": len(new)})
    return len(new)


@transaction.atomic
def correct(*, actor: User, item_id: int, told: Told, reason: str) -> CourtAnswer:
    """Another answer in place of the standing one of a conviction, which stays in its history. As `answer`."""
    require(actor, *WHO)
    (asked,) = _locked([item_id])
    before = _to_correct(asked, reason)
    told = of_item(_checked(told, asked), asked)
    if told.decision == Decision.REJECTED:
        raise Invalid("A clerk rejects a whole filing. Take this answer back, then enter that.")
    if _says(before, told):
        raise Invalid("This is what is entered already.")
    at = timezone.now()
    writing.take_back(
        actor, at, [before], how=CourtAnswer.Superseded.CORRECTED, reason=reason.strip(),
        still_denied=told.decision == Decision.DENIED,
    )  # fmt: skip
    asked.refresh_from_db()
    _require_open(asked)
    writing.write(actor, at, [New(asked.item_id, asked.filing_id, asked.motion_id, told)])
    after = CourtAnswer.objects.get(item=item_id, superseded_at=None)
    _event(actor, "answer.corrected", [asked], {"before": before.pk, "answer": after.pk, "decision": told.decision})
    return after


@transaction.atomic
def undo(*, actor: User, item_id: int, reason: str) -> None:
    """Take the standing answer of a conviction back; what stood before it stands again. Analysts and supervisors.

    Raises Invalid without a reason, Conflict where nothing stands or something was built upon it.
    """
    require(actor, *WHO)
    (asked,) = _locked([item_id])
    before = _to_correct(asked, reason)
    writing.take_back(actor, timezone.now(), [before], how=CourtAnswer.Superseded.UNDONE, reason=reason.strip())
    _event(actor, "answer.undone", [asked], {"before": before.pk})


def _to_correct(asked: Asked, reason: str) -> CourtAnswer:
    if not reason.strip():
        raise Invalid("Say why it is changed.")
    before = CourtAnswer.objects.filter(item=asked.item_id, superseded_at=None).first()
    if before is None:
        raise Conflict("No answer stands for this conviction any more. Reload to see it.")
    if before.decision == Decision.REJECTED:
        raise Conflict("The clerk sent the whole filing back. Take that back at the filing.")
    return before


@transaction.atomic
def reject(*, actor: User, told: Told, filing_id: int | None = None, motion_id: int | None = None) -> int:
    """The clerk sent a filing or an omnibus motion back: it is unsigned again; how many convictions. As `answer`.

    Raises Conflict unless it is signed or filed, or where the court decided some of it already.
    """
    require(actor, *WHO)
    if told.decision != Decision.REJECTED:
        raise Invalid("This is for what the clerk rejected.")
    model: type[Filing] | type[OmnibusMotion] = Filing if motion_id is None else OmnibusMotion
    matters = rejections.locked(model, [motion_id if motion_id is not None else filing_id or 0])
    if not matters:
        raise NotFound("There are no such papers.")
    asked = reject_matters(actor, matters, {matters[0].pk: (told, None, None)})
    _event(actor, "answer.rejected", asked, {"convictions": len(asked)}, matters[0])
    return len(asked)


def reject_matters(
    actor: User, matters: Sequence[Filing | OmnibusMotion], told: Mapping[int, tuple[Told, int | None, int | None]]
) -> list[Asked]:
    """Reject locked matters of one kind. `told`: by matter what the clerk said, in which response and row.

    For the services of this app: no event of the trail.
    """
    today = office.today()
    asking.ask(matters)
    owner = "motion" if isinstance(matters[0], OmnibusMotion) else "filing"
    found = Asked.objects.filter(**{f"{owner}__in": [matter.pk for matter in matters]})
    locked = writing.lock(found.values_list("item_id", flat=True))
    asked = [each for each in locked if each.state != Asked.State.WITHDRAWN]
    if any(each.state in FINAL for each in asked):
        raise Conflict("The court decided some of it already. Take that back before you enter a rejection.")
    receipts = Receipt.objects.filter(**{f"{owner}__in": [matter.pk for matter in matters]}, undone_at=None)
    filed = dict(receipts.values_list(f"{owner}_id", "filed_on"))
    for matter in matters:
        if why := fault(told[matter.pk][0], filed_on=filed.get(matter.pk), today=today):
            raise Invalid(why)
    rejections.reject(actor=actor, matters=matters)
    new = [_rejected(each, told[getattr(each, f"{owner}_id")]) for each in asked]
    writing.write(actor, timezone.now(), new)
    gone = [matter.pk for matter in matters if matter.batch.state != Batch.State.APPROVED]
    writing.release([each.item_id for each in asked if getattr(each, f"{owner}_id") in gone])
    return asked


def _rejected(asked: Asked, of: tuple[Told, int | None, int | None]) -> New:
    told, response_id, row = of
    return New(asked.item_id, asked.filing_id, asked.motion_id, told, response_id, row)


@transaction.atomic
def undo_rejection(*, actor: User, reason: str, filing_id: int | None = None, motion_id: int | None = None) -> None:
    """The clerk did not send it back after all: signed, and filed if it was. Analysts and supervisors.

    Raises Invalid without a reason, Conflict once it was signed anew or withdrawn.
    """
    require(actor, *WHO)
    if not reason.strip():
        raise Invalid("Say why it is changed.")
    model: type[Filing] | type[OmnibusMotion] = Filing if motion_id is None else OmnibusMotion
    matters = rejections.locked(model, [motion_id if motion_id is not None else filing_id or 0])
    owner = "motion" if motion_id is not None else "filing"
    rejected = CourtAnswer.objects.filter(**{f"{owner}__in": matters}, decision=Decision.REJECTED, superseded_at=None)
    if not matters or not rejected.exists():
        raise Conflict("No rejection stands for these papers any more. Reload to see them.")
    asked = writing.lock(rejected.values_list("item_id", flat=True))
    rejections.take_back(actor=actor, matters=matters)
    undone = CourtAnswer.Superseded.UNDONE
    writing.take_back(actor, timezone.now(), list(rejected), how=undone, reason=reason.strip())
    asking.ask_no_more([matter for matter in matters if filed_on(matter) is None])  # it was sent back before filing
    _event(actor, "answer.rejection_undone", asked, {"convictions": len(asked)}, matters[0])


def filed_on(matter: Matter) -> date | None:
    """The day of the standing receipt; None for papers that are only signed."""
    day: date | None = matter.receipts.filter(undone_at=None).values_list("filed_on", flat=True).first()  # type: ignore[attr-defined]
    return day


def _locked(item_ids: Sequence[int]) -> list[Asked]:
    asked = writing.lock(item_ids)
    if not asked or len(asked) != len(set(item_ids)):
        raise NotFound("These convictions are not filed with a court, or not any more.")
    return asked


def to_enter(asked: Sequence[Asked], told: Told) -> Told:
    """What can be entered for these locked convictions, for the services of this app; raises as `answer` does."""
    told = _of_one_matter(asked, told)
    for each in asked:
        _require_open(each)
    return told


def _of_one_matter(asked: Sequence[Asked], told: Told) -> Told:
    if told.decision == Decision.REJECTED:
        raise Invalid("A clerk rejects a whole filing. Enter it as that.")
    if len({(each.filing_id, each.motion_id) for each in asked}) > 1:
        raise Invalid("Choose convictions of one filing.")
    return _checked(told, asked[0])


def _require_open(asked: Asked) -> None:
    """Raises Conflict unless the court can answer it as things stand."""
    why = {
        Asked.State.OBJECTED: "An objection to it is open: an attorney resolves that first.",
        Asked.State.WITHDRAWN: "The office withdrew it, so the court decides nothing about it.",
        Asked.State.REJECTED: "The clerk sent it back, so it is not filed.",
        Asked.State.GRANTED: "It is entered as granted already. Correct that instead.",
        Asked.State.DENIED: "It is entered as denied already. Correct that instead.",
    }.get(Asked.State(asked.state))
    if why:
        raise Conflict(why)


def _checked(told: Told, asked: Asked) -> Told:
    """Plain spaces; raises Invalid for what can't be."""
    matter: Any = asked.filing or asked.motion
    told = Told(
        told.decision,
        told.granted_as if told.decision == Decision.GRANTED else "",
        told.decided_on,
        told.hearing_on if told.decision == Decision.HEARING else None,
        " ".join(told.department.split()),
        told.reason.strip(),
    )
    if why := fault(told, filed_on=filed_on(matter), today=office.today()):
        raise Invalid(why)
    return told


def of_item(told: Told, asked: Asked) -> Told:
    """Of one conviction: a grant that says nothing else is as asked."""
    if told.decision != Decision.GRANTED or told.granted_as:
        return told
    return Told(told.decision, asked.relief, told.decided_on, None, told.department, told.reason)


def _standing(asked: Sequence[Asked]) -> dict[int, CourtAnswer]:
    found = CourtAnswer.objects.filter(item__in=[each.item_id for each in asked], superseded_at=None)
    return {each.item_id: each for each in found}


def _says(standing: CourtAnswer | None, told: Told) -> bool:
    """Whether a standing answer says just this."""
    return standing is not None and told == Told(
        standing.decision, standing.granted_as, standing.decided_on, standing.hearing_on, standing.department,
        standing.reason,
    )  # fmt: skip


def _event(
    actor: User, verb: str, asked: Sequence[Asked], detail: dict[str, Any], target: Matter | None = None
) -> None:
    target = target or asked[0].filing or asked[0].motion
    audit.record(actor=actor, verb=verb, target=target, detail=detail, subjects={each.subject_id for each in asked})
