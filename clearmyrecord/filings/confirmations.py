"""What must be answered before a filing is filed: whether the court still has the record (H&S § 11361.5).

Migrations 0004 and 0008 hold the database to it: no filing and no omnibus motion of which this is open, or answered
with no, becomes filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from clearmyrecord.batches import court_records, omnibus
from clearmyrecord.errors import Conflict
from clearmyrecord.filings.models import Filing, OmnibusMotion

OPEN: Final = "confirm that the court still has the record"
GONE: Final = "the court no longer has the record"


def before_filing(filings: Sequence[Filing]) -> dict[int, str]:
    """By filing id, what keeps it from being filed; nothing for one that may be."""
    batches = {filing.batch_id: filing.batch for filing in filings}
    records = court_records.in_several(batches.values(), [filing.case_number for filing in filings])
    asking = {
        (batch, *record.case): record for batch, own in records.items() for record in own if not record.is_confirmed
    }
    found = {}
    for filing in filings:
        record = asking.get((filing.batch_id, filing.subject_id, filing.court_id, filing.case_number))
        if record is not None:
            found[filing.pk] = OPEN if record.answer is None else GONE
    return found


def mark(filings: Iterable[Filing]) -> None:
    """Give each filing of a list `to_confirm`: what keeps it from being filed, or nothing."""
    listed = list(filings)
    kept = before_filing(listed)
    for filing in listed:
        filing.to_confirm = kept.get(filing.pk, "")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    """A row of an omnibus motion's exhibit that keeps it from being filed."""

    number: int
    case_number: str
    code_section: str
    why: str


def rows_before_filing(motion: OmnibusMotion) -> list[Row]:
    """The rows of the exhibit that keep an omnibus motion from being filed, as it numbers them."""
    asking = [record for record in court_records.in_frozen(motion.batch) if not record.is_confirmed]
    places = omnibus.exhibit_rows(motion.batch) if asking else {}
    rows = [
        Row(places[conviction], record.case_number, section, OPEN if record.answer is None else GONE)
        for record in asking
        for conviction, (section, _) in zip(record.conviction_ids, record.sections, strict=True)
    ]
    return sorted(rows, key=lambda row: row.number)


def require_rows_confirmed(motion: OmnibusMotion) -> None:
    """For the service that files: raises Conflict with the rows of which the answer is missing."""
    if rows := rows_before_filing(motion):
        named = ", ".join(f"{row.number:,} ({row.case_number})" for row in rows[:20])
        raise Conflict(f"Before filing, {OPEN}: row{'s' if len(rows) > 1 else ''} {named}.")


def require_confirmed(filings: Sequence[Filing]) -> None:
    """For services that file: raises Conflict with the case numbers of which the answer is missing."""
    kept = before_filing(filings)
    if kept:
        numbers = sorted({filing.case_number for filing in filings if filing.pk in kept})
        raise Conflict(f"Before filing, {OPEN}: {', '.join(numbers[:20])}.")
