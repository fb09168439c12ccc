"""What each row of a court's receipt list means for our filings. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery, TextChoices

from clearmyrecord.filings import confirmations, receipt_rows
from clearmyrecord.filings.models import Filing, Receipt, ReceiptList, Signature
from clearmyrecord.filings.receipt_rows import Rows

State = Filing.State


class Kind(TextChoices):
    """What a row means."""

    MATCH = "match", "To be recorded"
    KNOWN = "known", "Recorded already"
    REPEATED = "repeated", "Repeats another row"
    DIFFERS = "differs", "Says something else"
    SEVERAL = "several", "Fits several cases"
    NOT_SIGNED = "not_signed", "Not signed"
    TO_CONFIRM = "to_confirm", "To be confirmed first"
    UNUSABLE = "unusable", "Can't be used"
    UNKNOWN = "unknown", "Unknown case"


TROUBLE = (Kind.DIFFERS, Kind.SEVERAL, Kind.NOT_SIGNED, Kind.TO_CONFIRM, Kind.UNUSABLE, Kind.UNKNOWN)


@dataclass(frozen=True)
class Line:
    """One row, and what it means."""

    row: int  # counted from 1, headings not counted
    case_number: str
    day: str  # as written
    number: str
    kind: Kind
    why: str = ""
    filing: Filing | None = None
    filed_on: date | None = None


def lines(of: ReceiptList, rows: Rows, *, today: date) -> list[Line]:
    """What every row means, as filings stand now."""
    known = _filings(of)
    place = {name: rows.headings.index(heading) for name, heading in of.columns.items()}
    read = [_line(number, row, place, known, today) for number, row in enumerate(rows.rows, start=1)]
    return _once(read)


def matches_hash(found: Sequence[Line]) -> str:
    """SHA-256 over what would be recorded: what exactly the page showed."""
    text = "\n".join(
        f"{line.filing.pk} {line.filed_on} {line.number}"
        for line in found
        if line.kind == Kind.MATCH and line.filing is not None
    )
    return hashlib.sha256(text.encode()).hexdigest()


def counts(found: Sequence[Line]) -> dict[str, int]:
    """How many rows of each kind."""
    return dict(Counter(line.kind.value for line in found))


def _filings(of: ReceiptList) -> dict[str, list[Any]]:
    """The court's filings by case number, with their standing signature and receipt."""
    signed = Signature.objects.filter(filing=OuterRef("pk"), fallen_at=None)
    received = Receipt.objects.filter(filing=OuterRef("pk"), undone_at=None)
    found: dict[str, list[Any]] = defaultdict(list)
    filings = Filing.objects.filter(court=of.court_id).annotate(
        signed_on=Subquery(signed.values("signed_on")),
        filed_on=Subquery(received.values("filed_on")),
        court_number=Subquery(received.values("number")),
    )
    confirmations.mark([filing for filing in filings if filing.state == State.SIGNED])
    for filing in filings:
        found[receipt_rows.plain_number(filing.case_number)].append(filing)
    return found


def _line(number: int, row: Sequence[str], place: dict[str, int], known: dict[str, list[Any]], today: date) -> Line:
    cell = {name: row[index] for name, index in place.items()}
    line = Line(number, cell["case_number"], cell["filed_on"], cell["number"][:61], Kind.UNKNOWN)
    of_case = known.get(receipt_rows.plain_number(line.case_number), [])
    if not line.case_number or not of_case:
        return replace(line, why="No batch has papers for this case number at this court.")
    if reference := cell.get("reference", ""):
        of_case = [filing for filing in of_case if filing.reference == reference.upper()]
        if not of_case:
            return replace(line, kind=Kind.DIFFERS, why=f"Our reference {reference} belongs to another case.")
    return _of_filing(line, of_case, today)


def _of_filing(line: Line, of_case: Sequence[Any], today: date) -> Line:
    """Which of the case's filings a row means. Only signed papers can have been filed; more is not guessed."""
    could_be = [filing for filing in of_case if filing.state in (State.SIGNED, State.FILED)]
    if not could_be:
        withdrawn = all(filing.state == State.WITHDRAWN for filing in of_case)
        why = "Its batch was withdrawn." if withdrawn else "Its papers are not signed, so they can't have been filed."
        return replace(line, kind=Kind.NOT_SIGNED, why=why)
    filed_on = receipt_rows.day(line.day)
    same = [each for each in could_be if (each.filed_on, each.court_number) == (filed_on, line.number)]
    if same:
        return replace(line, kind=Kind.KNOWN, filing=same[0], filed_on=filed_on)
    if len(could_be) > 1:
        references = ", ".join(f"{filing.reference} ({filing.route})" for filing in could_be)
        why = f"This case number has {len(could_be)} filings: {references}. Enter it by hand at the right one."
        return replace(line, kind=Kind.SEVERAL, why=why)
    return _checked(line, could_be[0], filed_on, today)


def _checked(line: Line, filing: Any, filed_on: date | None, today: date) -> Line:
    line = replace(line, filing=filing, filed_on=filed_on)
    if why := fault(filed_on, line.number, signed_on=filing.signed_on, today=today):
        return replace(line, kind=Kind.UNUSABLE, why=why)
    if filing.state == State.FILED:
        why = f"It is entered as filed on {filing.filed_on:%B} {filing.filed_on.day}, {filing.filed_on.year}, number {filing.court_number}."  # noqa: E501
        return replace(line, kind=Kind.DIFFERS, why=why)
    if filing.to_confirm:
        return replace(line, kind=Kind.TO_CONFIRM, why=f"Before it counts as filed, {filing.to_confirm}.")
    return replace(line, kind=Kind.MATCH)


def fault(filed_on: date | None, number: str, *, signed_on: date, today: date) -> str:
    """Why a day and number can't be those of a filing; empty if they can."""
    if filed_on is None:
        return "The day can't be read. Write it as 11/24/2026 or 2026-11-24."
    if filed_on > today:
        return "The day lies in the future."
    if filed_on < signed_on:
        return "The day lies before the papers were signed."
    if not number.strip():
        return "The court's number is missing."
    if len(number) > 60:
        return "The court's number is longer than 60 characters."
    return ""


def _once(found: Sequence[Line]) -> list[Line]:
    """Rows that mean the same filing: the first counts if all say the same, none if they differ."""
    of_filing: dict[int, list[Line]] = defaultdict(list)
    for line in found:
        if line.kind == Kind.MATCH and line.filing is not None:
            of_filing[line.filing.pk].append(line)
    changed: dict[int, Line] = {}
    for several in of_filing.values():
        if len({(line.filed_on, line.number) for line in several}) > 1:
            named = ", ".join(str(line.row) for line in several)
            why = f"Rows {named} give this case different days or numbers."
            changed |= {line.row: replace(line, kind=Kind.DIFFERS, why=why) for line in several}
        else:
            why = f"The same as row {several[0].row}."
            changed |= {line.row: replace(line, kind=Kind.REPEATED, why=why) for line in several[1:]}
    return [changed.get(line.row, line) for line in found]
