"""Lists as CSV files that no spreadsheet program takes for formulas. The one writer for all apps.

`workbooks` writes the same lists as XLSX.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from django.http import StreamingHttpResponse

from clearmyrecord.workbooks import starts_a_formula

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheet programs read a CSV file as UTF-8 only with it."""


def csv_safe(value: object) -> str:
    """The value as text that stays text: an apostrophe goes before whatever could start a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    text = str(value)
    return f"'{text}" if starts_a_formula(text) else text


def write_csv(stream: TextIO, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a whole list to a text stream."""
    writer = csv.writer(stream)
    writer.writerow([csv_safe(name) for name in header])
    writer.writerows([csv_safe(value) for value in row] for row in rows)


class _Echo:
    """A file that gives back what is written to it, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    yield writer.writerow([csv_safe(name) for name in header])
    for row in rows:
        yield writer.writerow([csv_safe(value) for value in row])


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The list as a download. `name` is a file name of ours: letters, digits, hyphens, never a person's."""
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
