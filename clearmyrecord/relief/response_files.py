"""A court's response file as headings and rows of text: CSV or a workbook, within limits that no bomb gets past."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl

from clearmyrecord.errors import Invalid
from clearmyrecord.filings import receipt_rows
from clearmyrecord.filings.receipt_rows import MOST_COLUMNS, MOST_ROWS, Rows

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
MOST_PARTS = 300
MOST_IN_CELL = 2_000
"""Characters kept of a cell; the file itself stays whole."""

UNREADABLE = "�"


def read(content: bytes) -> Rows:
    """The file, every row as long as the headings. Raises Invalid with what is wrong and what to do."""
    if len(content) > MOST_BYTES:
        raise Invalid("This file is larger than 20 MB. Upload it in parts.")
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Invalid("This is an old or protected workbook. Save it as XLSX without a password, or as CSV.")
    table = _of_workbook(content) if content[:4] == b"PK\x03\x04" else _of_text(content)
    rows = _filled(table)
    if len(rows) < 2:
        raise Invalid("This file has no rows below its headings.")
    headings = receipt_rows.headings(rows[0])
    if len(headings) < 2:
        raise Invalid("A response needs a column each for the case number and for what the court did.")
    width = len(headings)
    for number, row in enumerate(rows[1:], start=1):
        if any(row[width:]):
            raise Invalid(f"Row {number} has more cells than headings. Look for a comma that is no separator.")
    return Rows(headings, [(list(row) + [""] * width)[:width] for row in rows[1:]])


def _filled(table: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for row in table:
        if any(row):
            rows.append(row)
        if len(rows) > MOST_ROWS + 1:
            raise Invalid(f"This file has more than {MOST_ROWS:,} rows. Upload it in parts.")
    return rows


def _of_text(content: bytes) -> Iterator[Sequence[str]]:
    text = receipt_rows.decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [plain(cell) for cell in row]
    except csv.Error as error:
        raise Invalid(f"This can't be read as CSV: {error}.") from error


def _of_workbook(content: bytes) -> Iterator[Sequence[str]]:
    _require_harmless(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        filled = [sheet for sheet in book.worksheets if any(any(row) for row in _cells(sheet, 20))]
        if len(filled) > 1:
            raise Invalid("This workbook has several sheets with rows. Save the one that is meant by itself.")
        yield from (row for sheet in filled for row in _cells(sheet, MOST_ROWS * 2))
    except Invalid:
        raise
    except Exception as error:  # a damaged workbook fails anywhere in openpyxl, with any error
        raise Invalid("This workbook is damaged. Open it, save it again as XLSX or CSV, and upload that.") from error


def _require_harmless(content: bytes) -> None:
    """Raises Invalid for what would unpack to more than any court's list, or defines entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Invalid("This workbook unpacks to more than a list can be. Save the list alone, or as CSV.")
            for part in parts:
                with archive.open(part) as stream:
                    if b"<!DOCTYPE" in stream.read(4096).upper():
                        raise Invalid("This workbook holds definitions that no list needs. Save it as CSV.")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise Invalid("This workbook is damaged or protected. Save it as CSV, then upload that.") from error


def _cells(sheet: Any, most_rows: int) -> Iterator[Sequence[str]]:
    """The sheet's cells, whatever size it claims to have. Columns beyond the last allowed show as one too many."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=most_rows, max_col=MOST_COLUMNS + 1, values_only=True):
        texts = [plain(_text(value)) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        yield texts


def _text(value: Any) -> str:
    """A cell as the court sees it: days as 2026-11-24, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def plain(text: str) -> str:
    """One line; what can't be seen, or turns the direction of writing, shows as a mark of its own."""
    if text.isascii() and text.isprintable():
        return text.strip()[:MOST_IN_CELL]
    seen = "".join(
        " " if letter.isspace() else UNREADABLE if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") else letter
        for letter in text[: MOST_IN_CELL * 2]
    )
    return " ".join(seen.split())[:MOST_IN_CELL]
