"""What the clerk took: entered one by one or from the court's own list, undone with a reason, never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.filings import confirmations, receipt_rows
from clearmyrecord.filings import receipt_matching as matching
from clearmyrecord.filings.models import Filing, Receipt, ReceiptList, Signature
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Court, Role, User
from clearmyrecord.records.storage import written_whole

WHO = (Role.ANALYST, Role.SUPERVISOR)


@transaction.atomic
def enter(*, actor: User, filing_id: int, filed_on: date, number: str) -> Receipt:
    """The clerk took one case's signed papers. Analysts and supervisors.

    Raises NotAllowed, NotFound, Invalid for a day or number that can't be, Conflict unless it is signed and not filed.
    """
    require(actor, *WHO)
    filing = _locked([filing_id])[0]
    if filing.state != Filing.State.SIGNED:
        raise Conflict(_not_signed(filing))
    confirmations.require_confirmed([filing])
    receipt = _entered(actor, filing, filed_on=filed_on, number=number)
    _turn([filing], Filing.State.FILED)
    audit.record(
        actor=actor, verb="filing.filed", target=filing, detail={"receipt": receipt.pk}, subjects=[filing.subject_id]
    )
    return receipt


def _not_signed(filing: Filing) -> str:
    if filing.state == Filing.State.FILED:
        return "This case is entered as filed already. Open it again to correct that."
    return "Only signed papers can be filed. These are not signed, or their batch was withdrawn."


def _entered(actor: User, filing: Filing, *, filed_on: date, number: str) -> Receipt:
    number = " ".join(number.split())
    signed_on = Signature.objects.get(filing=filing, fallen_at=None).signed_on
    if why := matching.fault(filed_on, number, signed_on=signed_on, today=office.today()):
        raise Invalid(why)
    return Receipt.objects.create(filing=filing, filed_on=filed_on, number=number, entered_by=actor)


@transaction.atomic
def correct(*, actor: User, filing_id: int, filed_on: date, number: str, reason: str) -> Receipt:
    """Another day or number for a filed case; the earlier ones stay in its history. Analysts and supervisors."""
    require(actor, *WHO)
    filing = _locked([filing_id])[0]
    (before,) = _standing([filing]) or (None,)
    if before is None:
        raise Conflict("This case is not filed any more. Reload to see it.")
    _undo(actor, [before], reason)
    after = _entered(actor, filing, filed_on=filed_on, number=number)
    detail = {"before": before.pk, "receipt": after.pk}
    audit.record(actor=actor, verb="filing.corrected", target=filing, detail=detail, subjects=[filing.subject_id])
    return after


@transaction.atomic
def undo(*, actor: User, filing_id: int, reason: str) -> None:
    """Take back that a case is filed. Analysts and supervisors.

    Raises Invalid without a reason, Conflict if it is not filed or only filed cases of its batch stand.
    """
    require(actor, *WHO)
    filing = _locked([filing_id])[0]
    receipts = _standing([filing])
    if not receipts:
        raise Conflict("This case is not filed any more. Reload to see it.")
    _take_back(actor, [filing], receipts, reason)
    detail = {"receipt": receipts[0].pk}
    audit.record(actor=actor, verb="filing.filed_undone", target=filing, detail=detail, subjects=[filing.subject_id])


def _take_back(actor: User, filings: Sequence[Filing], receipts: Sequence[Receipt], reason: str) -> None:
    if any(filing.batch.state != Batch.State.APPROVED for filing in filings):
        raise Conflict("The batch was withdrawn and only filed cases of it stand: correct the day or number instead.")
    _undo(actor, receipts, reason)
    _turn(filings, Filing.State.SIGNED)


def _undo(actor: User, receipts: Sequence[Receipt], reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why it is changed.")
    Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts]).update(
        undone_by=actor, undone_at=timezone.now(), undone_reason=reason.strip()
    )


def _turn(filings: Sequence[Filing], state: Filing.State) -> None:
    Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(state=state)


def _standing(filings: Sequence[Filing]) -> list[Receipt]:
    return list(Receipt.objects.filter(filing__in=filings, undone_at=None))


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
