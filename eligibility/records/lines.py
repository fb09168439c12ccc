"""One record by itself, read by rules of our own: where pyarrow refuses a line, or a record spans several."""

import csv
import functools
import io
import re
from dataclasses import dataclass

from eligibility.records.layout import COLUMNS, POSITION, WIDTH
from eligibility.records.problems import ROW_SET_ASIDE


@dataclass(frozen=True)
class Line:
    """One record that was read by itself: its fields, or None where it could not be; what was wrong, if anything."""

    fields: list[str] | None
    column: str = ""
    value: str = ""
    what: str = ""
    done: str = ROW_SET_ASIDE


def decoded(text: bytes) -> tuple[str, bool]:
    """The text, read as UTF-8, else as Latin-1; and whether it was that."""
    try:
        return text.decode(), False
    except UnicodeDecodeError:
        return text.decode("latin-1"), True


def csv_fields(text: str, delimiter: str) -> list[str] | None:
    """The fields of a text that is exactly one record, else None."""
    try:
        records = list(csv.reader(io.StringIO(text.rstrip("\r"), newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


# A field is quoted only where a mark opens it and a mark before a comma or the end closes it; else marks are text.
@functools.cache
def _field(delimiter: str) -> re.Pattern[str]:
    sign = re.escape(delimiter)
    return re.compile(rf'(?:"(?P<quoted>(?:[^"]|"")*)"(?={sign}|$)|(?P<plain>[^{sign}]*))(?P<end>{sign}|$)')


def read_line(text: str, *, cut_off: bool = False, delimiter: str = ",") -> Line:
    """One record by itself, forgiving stray quotation marks and empty columns at its end.

    `cut_off`: it is the file's last line, and no line break ends it.
    """
    fields: list[str] = []
    stray = ""
    text = text.rstrip("\r\n")
    for match in _field(delimiter).finditer(text):
        plain = match["plain"]
        if plain is not None and '"' in plain and not stray:
            stray = COLUMNS[len(fields)] if len(fields) < WIDTH else ""
        fields.append(plain if plain is not None else match["quoted"].replace('""', '"'))
        if not match["end"]:
            break
    width = len(fields)
    if width > WIDTH and not any(each.strip() for each in fields[WIDTH:]) and _plausible(fields):
        return Line(
            fields[:WIDTH],
            what=f"The line has {width} columns instead of {WIDTH}; the last ones are empty.",
            done="empty columns ignored",
        )
    if width == WIDTH and _plausible(fields):
        if not stray:
            return Line(fields)
        value = fields[POSITION[stray]]
        what = "A quotation mark stands where none belongs."
        return Line(fields, stray, value, what, "quotation mark read as text")
    if width == WIDTH:
        what = f"The line has {WIDTH} columns only because quotation marks are lost: they stand in the wrong places."
    elif cut_off and width < WIDTH:
        what = f"The file's last line is cut off after {width} of {WIDTH} columns."
    else:
        what = f"The line has {width} columns instead of {WIDTH}."
    return Line(None, "", text, what)


_SEPARATORS = [position for name, position in POSITION.items() if name.endswith("_SEG_SEP")]


def _plausible(fields: list[str]) -> bool:
    """Columns stand where they belong: segment separators and the count number are what they should be."""
    order = fields[POSITION["CNT_ORDER"]].strip()
    return (not order or order.isdigit()) and all(fields[at].strip() in ("", "#") for at in _SEPARATORS)
