"""A court's receipt list read as CSV: its headings, its rows, and which column is likely which."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clearmyrecord.errors import Invalid

MOST_BYTES = 5_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 100
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y")
"""How courts of this country write days. Two-digit years are asked about, not guessed."""

FIELDS = {
    "case_number": ("Case number", r"\bcase\b|docket"),
    "filed_on": ("Day it was filed", r"\b(date|day|filed|accepted)\b"),
    "number": ("Court’s number or receipt", r"receipt|envelope|transaction|confirmation|filing (id|no|number|#)"),
    "reference": ("Our reference, if the court repeats it", r"reference|\bref\b|matter"),
}
REQUIRED = ("case_number", "filed_on", "number")


@dataclass(frozen=True)
class Rows:
    """Headings, and the cells of each row. Every row is as long as the headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def read(content: bytes) -> Rows:
    """The list. Raises Invalid with what is wrong and what to do."""
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise Invalid("This is a spreadsheet file. Open it and save it as CSV, then upload that.")
    if len(content) > MOST_BYTES:
        raise Invalid("This list is larger than 5 MB. Upload it in parts.")
    text = decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Invalid(f"This can't be read as CSV: {error}.") from error
    if len(table) < 2:
        raise Invalid("This list has no rows below its headings.")
    if len(table) > MOST_ROWS + 1:
        raise Invalid(f"This list has more than {MOST_ROWS:,} rows. Upload it in parts.")
    names = headings(table[0])
    if len(names) < len(REQUIRED):
        raise Invalid("A receipt list needs a column each for the case number, the day, and the court's number.")
    too_long = next(
        (n for n, row in enumerate(table[1:], start=1) if any(cell.strip() for cell in row[len(names) :])), 0
    )
    if too_long:
        raise Invalid(f"Row {too_long} has more cells than there are headings. Look for a comma that is no separator.")
    width = len(names)
    return Rows(names, [[cell.strip() for cell in (row + [""] * width)[:width]] for row in table[1:]])


def decoded(content: bytes) -> str:
    """The text of a CSV file. Raises Invalid for what is none."""
    if b"\x00" in content:
        raise Invalid("This is no text file. Save the list as CSV (UTF-8), then upload that.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def headings(row: Sequence[str]) -> list[str]:
    """Each column by its own name: an empty or repeated heading is told apart by its place."""
    named: list[str] = []
    for place, cell in enumerate(row, start=1):
        name = " ".join(cell.split())[:100] or f"Column {place}"
        named.append(name if name not in named else f"{name} ({place})")
    if len(named) > MOST_COLUMNS:
        raise Invalid(f"This list has more than {MOST_COLUMNS} columns.")
    return named


def likely(headings: Sequence[str]) -> dict[str, str]:
    """Which column is likely which field; every column at most once."""
    found: dict[str, str] = {}
    for name in ("reference", "number", "case_number", "filed_on"):  # the most telling words first
        pattern = re.compile(FIELDS[name][1], re.IGNORECASE)
        free = [heading for heading in headings if heading not in found.values()]
        if fits := [heading for heading in free if pattern.search(heading)]:
            found[name] = fits[0]
    return found


def day(text: str) -> date | None:
    """The day a cell names; a time of day after it is passed over. None where it can't be told for sure."""
    plain = re.sub(r"[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?(Z|[+-]\d{2}:?\d{2})?$", "", text.strip())
    for form in DAYS:
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    return None


def plain_number(text: str) -> str:
    """A case number as far as courts agree how to write it: letters and digits."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())
