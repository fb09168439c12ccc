"""Lists as XLSX workbooks that calculate nothing. The one writer for all apps; `records.exports` writes CSV files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from petitions import zipped

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With any of these in front a spreadsheet program may calculate, fetch or run something (OWASP, CSV injection)."""

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_OF_A_SHEET = 1_048_576
"""As many as the format has, the heading among them; what is more goes on in another sheet."""
LONGEST = 32_767
"""Characters of a cell."""
CUT = " … (cut here: a cell holds no more)"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
NARROWEST, WIDEST = 8, 60
"""Characters that a column shows."""


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet program may take the text for something to calculate."""
    return text.startswith(STARTS_A_FORMULA) or text.lstrip(" ").startswith(STARTS_A_FORMULA)


def workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "List") -> bytes:
    """A workbook of one table: a heading row that stays in sight, then `rows`; every text is a text, never a formula.

    Numbers and dates stay such; a time becomes that of the office, without its zone. A text that could start a formula
    is marked as one that was typed with an apostrophe before it, so that editing its cell makes it none either. What
    the format can't hold (control characters) is shown as U+FFFD, and a text that is too long says where it was cut.
    `title` names the sheet: a word of ours, at most 28 letters.
    """
    gathered = [[_plain(value) for value in row] for row in rows]  # first: a failure leaves no half-written file
    book = Workbook(write_only=True)
    left = iter(gathered)
    number = 1
    while True:
        part = list(islice(left, ROWS_OF_A_SHEET - 1))
        if number > 1 and not part:
            break
        _write(book.create_sheet(title if number == 1 else f"{title} {number}"), columns, part)
        number += 1
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def steady(book: bytes, made_at: datetime) -> bytes:
    """The workbook with `made_at` for every time that its writing left in it: same table, same bytes."""
    moment = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    parts = zipped.unpacked(book)
    about = "docProps/core.xml"
    parts[about] = re.sub(rb"(?<=W3CDTF\">)[^<]+", moment, parts[about])
    return zipped.packed(parts)


def workbook_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The workbook as a download. `name` is a file name of ours: letters, digits, hyphens, never a person's."""
    response = HttpResponse(workbook(columns, rows), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _write(sheet: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(columns, rows), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    heading = []
    for name in columns:
        cell = _text(sheet, _plain(name))
        cell.font = Font(bold=True)
        heading.append(cell)
    sheet.append(heading)
    for row in rows:
        sheet.append(list(_cells(sheet, row)))


def _cells(sheet: Any, row: Sequence[Any]) -> Iterator[Any]:
    """Most values go in as they are; those that would be taken for something else as cells that say what they are."""
    for value in row:
        is_special = isinstance(value, str) and (starts_a_formula(value) or value in ERRORS)
        yield _text(sheet, value) if is_special else value


def _text(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    if starts_a_formula(value):
        cell.quotePrefix = True
    return cell


def _plain(value: object) -> Any:
    """A value of a kind that a cell can hold."""
    if value is None or (isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value
    text = NOT_IN_XML.sub("\ufffd", str(value))
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """As wide as the first rows are, within reason."""
    shown = [columns, *rows[:100]]
    return [
        min(WIDEST, max(NARROWEST, *(len(str(row[place])) + 2 for row in shown if row[place] is not None)))
        for place in range(len(columns))
    ]
