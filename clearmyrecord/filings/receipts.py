"""What the clerk took: entered one by one or from the court's own list, undone with a reason, never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.filings import confirmations, omnibus, receipt_rows, signals
from clearmyrecord.filings import receipt_matching as matching
from clearmyrecord.filings.models import Filing, Matter, OmnibusMotion, Receipt, ReceiptList
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Court, Role, User
from clearmyrecord.records.storage import written_whole

WHO = (Role.ANALYST, Role.SUPERVISOR)
MOST_IN_NUMBER = 60


@transaction.atomic
def enter(*, actor: User, filing_id: int, filed_on: date, number: str) -> Receipt:
    """The clerk took one case's signed papers. Analysts and supervisors.

    Raises NotAllowed, NotFound, Invalid for a day or number that can't be, Conflict unless it is signed and not filed.
    """
    require(actor, *WHO)
    filing = _locked([filing_id])[0]
    if filing.state != Filing.State.SIGNED:
        raise Conflict(_not_signed(filing, "case"))
    confirmations.require_confirmed([filing])
    receipt = _entered(actor, filing, filed_on=filed_on, number=number)
    _turn([filing], Filing.State.FILED)
    _told(actor, "filing.filed", filing, {"receipt": receipt.pk})
    return receipt


@transaction.atomic
def enter_motion(*, actor: User, batch_id: int, filed_on: date, number: str, assigned_number: str) -> Receipt:
    """The clerk took a batch's signed omnibus motion and gave it a case number of its own. Analysts and supervisors.

    Raises as `enter` does; Conflict also while it is open for a row of the exhibit whether the court has the record.
    """
    require(actor, *WHO)
    motion = _locked_motion(batch_id)
    if motion.state != OmnibusMotion.State.SIGNED:
        raise Conflict(_not_signed(motion, "motion"))
    confirmations.require_rows_confirmed(motion)
    receipt = _entered(actor, motion, filed_on=filed_on, number=number, assigned_number=assigned_number)
    _turn([motion], OmnibusMotion.State.FILED)
    _told(actor, "filing.filed", motion, {"receipt": receipt.pk})
    return receipt


def _not_signed(matter: Matter, called: str) -> str:
    if matter.state == Matter.State.FILED:
        return f"This {called} is entered as filed already. Open it again to correct that."
    return "Only signed papers can be filed. These are not signed, or their batch was withdrawn."


def _entered(
    actor: User, matter: Filing | OmnibusMotion, *, filed_on: date, number: str, assigned_number: str = ""
) -> Receipt:
    number, assigned_number = " ".join(number.split()), " ".join(assigned_number.split())
    signed_on = matter.signatures.get(fallen_at=None).signed_on
    if why := matching.fault(filed_on, number, signed_on=signed_on, today=office.today()):
        raise Invalid(why)
    if isinstance(matter, OmnibusMotion) and not 0 < len(assigned_number) <= MOST_IN_NUMBER:
        raise Invalid(f"Enter the case number that the court gave the motion, up to {MOST_IN_NUMBER} characters.")
    told = {"filed_on": filed_on, "number": number, "assigned_number": assigned_number}
    receipt: Receipt = matter.receipts.create(**told, entered_by=actor)
    return receipt


def _told(actor: User, verb: str, matter: Filing | OmnibusMotion, detail: dict[str, Any]) -> None:
    """For the trail: whose papers it was, of an omnibus motion everybody's."""
    people = omnibus.people_of(matter.batch) if isinstance(matter, OmnibusMotion) else [matter.subject_id]
    audit.record(actor=actor, verb=verb, target=matter, detail=detail, subjects=people)


@transaction.atomic
def correct(*, actor: User, filing_id: int, filed_on: date, number: str, reason: str) -> Receipt:
    """Another day or number for a filed case; the earlier ones stay in its history. Analysts and supervisors."""
    require(actor, *WHO)
    return _correct(actor, _locked([filing_id])[0], reason, filed_on=filed_on, number=number)


@transaction.atomic
def correct_motion(
    *, actor: User, batch_id: int, filed_on: date, number: str, assigned_number: str, reason: str
) -> Receipt:
    """Another day or number for a filed omnibus motion. As `correct`."""
    require(actor, *WHO)
    told = {"filed_on": filed_on, "number": number, "assigned_number": assigned_number}
    return _correct(actor, _locked_motion(batch_id), reason, **told)


def _correct(actor: User, matter: Filing | OmnibusMotion, reason: str, **told: Any) -> Receipt:
    before = _to_undo(matter)
    _undo(actor, [before], reason)
    after = _entered(actor, matter, **told)
    _told(actor, "filing.corrected", matter, {"before": before.pk, "receipt": after.pk})
    return after


@transaction.atomic
def undo(*, actor: User, filing_id: int, reason: str) -> None:
    """Take back that a case is filed. Analysts and supervisors.

    Raises Invalid without a reason, Conflict if it is not filed or only filed cases of its batch stand.
    """
    require(actor, *WHO)
    _undo_one(actor, _locked([filing_id])[0], reason)


@transaction.atomic
def undo_motion(*, actor: User, batch_id: int, reason: str) -> None:
    """Take back that an omnibus motion is filed. As `undo`."""
    require(actor, *WHO)
    _undo_one(actor, _locked_motion(batch_id), reason)


def _undo_one(actor: User, matter: Filing | OmnibusMotion, reason: str) -> None:
    receipt = _to_undo(matter)
    _take_back(actor, [matter], [receipt], reason)
    _told(actor, "filing.filed_undone", matter, {"receipt": receipt.pk})


def _to_undo(matter: Filing | OmnibusMotion) -> Receipt:
    receipt: Receipt | None = matter.receipts.filter(undone_at=None).first()
    if receipt is None:
        raise Conflict("This is not filed any more. Reload to see it.")
    return receipt


def _take_back(
    actor: User, matters: Sequence[Filing | OmnibusMotion], receipts: Sequence[Receipt], reason: str
) -> None:
    if any(matter.batch.state != Batch.State.APPROVED for matter in matters):
        raise Conflict(
            "The batch was withdrawn and only what is filed of it stands: correct the day or number instead."
        )
    _undo(actor, receipts, reason)
    _turn(matters, Matter.State.SIGNED)


def _undo(actor: User, receipts: Sequence[Receipt], reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why it is changed.")
    Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts]).update(
        undone_by=actor, undone_at=timezone.now(), undone_reason=reason.strip()
    )


def _turn(matters: Sequence[Filing | OmnibusMotion], state: Matter.State) -> None:
    """All of one kind, to filed or back to signed."""
    ids = [matter.pk for matter in matters]
    type(matters[0])._default_manager.filter(pk__in=ids).update(state=state)
    told = signals.filed if state == Matter.State.FILED else signals.unfiled
    told.send(sender=type(matters[0]), matters=matters)


def _locked_motion(batch_id: int) -> OmnibusMotion:
    """A batch's omnibus motion, locked after the batch, so that withdrawing waits or was first. Raises NotFound."""
    list(Batch.objects.select_for_update().filter(pk=batch_id))
    found = OmnibusMotion.objects.select_for_update(of=("self",)).select_related("batch").filter(batch=batch_id).first()
    if found is None:
        raise NotFound("This batch has no omnibus motion.")
    return found


def _locked(filing_ids: Iterable[int]) -> list[Filing]:
    """The filings, locked after their batches, so that withdrawing waits or was first. Raises NotFound for none."""
    found = Filing.objects.filter(pk__in=list(filing_ids))
    batch_ids = set(found.order_by().values_list("batch_id", flat=True))
    list(Batch.objects.select_for_update().filter(pk__in=batch_ids).order_by("pk"))
    locked = list(found.select_for_update(of=("self",)).select_related("batch").order_by("pk"))
    if not locked:
        raise NotFound("There are no such papers.")
    return locked


def upload(*, actor: User, court: Court, name: str, content: bytes) -> ReceiptList:
    """Keep a court's receipt list; the same list is known again. Analysts and supervisors.

    Nothing is recorded yet: the columns are chosen and the rows looked at first. Raises Invalid if it can't be read.
    """
    require(actor, *WHO)
    rows = receipt_rows.read(content)
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"receipts/{sha256}"
    with written_whole(key) as stream:
        stream.write(content)
    with transaction.atomic():
        kept, is_new = ReceiptList.objects.get_or_create(
            court=court,
            sha256=sha256,
            defaults={
                "name": "".join(letter for letter in name if letter.isprintable())[-200:] or "list.csv",
                "size": len(content),
                "storage_key": key,
                "uploaded_by": actor,
            },
        )
        if is_new:
            detail = {"rows": len(rows.rows), "bytes": len(content)}
            audit.record(actor=actor, verb="receipt_list.uploaded", target=kept, detail=detail)
    return kept


def rows_of(of: ReceiptList) -> receipt_rows.Rows:
    """The list's headings and rows, read from its bytes."""
    with default_storage.open(of.storage_key) as stored:
        return receipt_rows.read(bytes(stored.read()))


@transaction.atomic
def choose_columns(*, actor: User, list_id: int, columns: dict[str, str]) -> ReceiptList:
    """Say which column holds what. Analysts and supervisors. Raises Invalid if one is missing or used twice."""
    require(actor, *WHO)
    of = _list(list_id)
    chosen = {name: heading for name, heading in columns.items() if heading and name in receipt_rows.FIELDS}
    if any(name not in chosen for name in receipt_rows.REQUIRED):
        raise Invalid("Choose a column each for the case number, the day and the court's number.")
    if len(set(chosen.values())) < len(chosen) or set(chosen.values()) - set(rows_of(of).headings):
        raise Invalid("Choose a different column of this list for each.")
    ReceiptList.objects.filter(pk=of.pk).update(columns=chosen)
    audit.record(actor=actor, verb="receipt_list.columns_chosen", target=of)
    of.refresh_from_db()
    return of


@transaction.atomic
def record(*, actor: User, list_id: int, seen_hash: str) -> int:
    """Record every row that fits one signed case; how many. Analysts and supervisors.

    `seen_hash` names the matches that were shown. Raises Conflict if they are others now, Invalid if there are none.
    """
    require(actor, *WHO)
    of = _list(list_id)
    if not of.columns:
        raise Conflict("Say first which column holds what.")
    rows, today = rows_of(of), office.today()
    first = _matches(matching.lines(of, rows, today=today))
    if not first:
        raise Invalid("No row of this list fits a signed case that is not filed.")
    locked = {filing.pk: filing for filing in _locked(line.filing.pk for line in first if line.filing)}
    found = matching.lines(of, rows, today=today)  # again: what stood before the locks may have changed
    if matching.matches_hash(found) != seen_hash:
        raise Conflict("What this list means has changed while you had it open. Look at it again.")
    matches = _matches(found)
    Receipt.objects.bulk_create(
        [
            Receipt(
                filing=line.filing,
                filed_on=line.filed_on,
                number=line.number,
                receipt_list=of,
                list_row=line.row,
                entered_by=actor,
            )
            for line in matches
            if line.filed_on
        ],
        batch_size=1000,
    )
    filings = [locked[line.filing.pk] for line in matches if line.filing]
    _turn(filings, Filing.State.FILED)
    ReceiptList.objects.filter(pk=of.pk).update(recorded_by=actor, recorded_at=timezone.now())
    people = {filing.subject_id for filing in filings}
    detail = {"filings": len(filings)} | matching.counts(found)
    audit.record(actor=actor, verb="receipt_list.recorded", target=of, detail=detail, subjects=people)
    return len(filings)


def _matches(found: Sequence[matching.Line]) -> list[matching.Line]:
    return [line for line in found if line.kind == matching.Kind.MATCH]


@transaction.atomic
def undo_list(*, actor: User, list_id: int, reason: str) -> int:
    """Take back everything that still stands from a list; how many cases. Analysts and supervisors."""
    require(actor, *WHO)
    of = _list(list_id)
    filing_ids = Receipt.objects.filter(receipt_list=of, undone_at=None).values_list("filing_id", flat=True)
    if not filing_ids:
        raise Conflict("Nothing from this list stands any more. Reload to see it.")
    filings = _locked(filing_ids)
    receipts = list(Receipt.objects.filter(receipt_list=of, undone_at=None))
    standing = {receipt.filing_id for receipt in receipts}
    filings = [filing for filing in filings if filing.pk in standing]
    _take_back(actor, filings, receipts, reason)
    people = {filing.subject_id for filing in filings}
    audit.record(actor=actor, verb="receipt_list.undone", target=of, detail={"filings": len(filings)}, subjects=people)
    return len(filings)


def _list(list_id: int) -> ReceiptList:
    """The list, locked: two people recording it at once take turns."""
    found = ReceiptList.objects.select_for_update(of=("self",)).select_related("court").filter(pk=list_id).first()
    if found is None:
        raise NotFound("There is no such receipt list.")
    return found
