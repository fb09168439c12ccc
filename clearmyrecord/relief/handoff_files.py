"""The files of a hand-off, made from its frozen rows: same rows, same bytes, today and in five years."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.template.loader import render_to_string

from clearmyrecord import printing
from clearmyrecord.records.exports import csv_safe
from clearmyrecord.relief.handoff_fields import FIELDS, VERSION
from clearmyrecord.workbooks import steady, workbook

Values = Mapping[str, Any]
REPORTS_IN_A_PART: Final = 100
STYLE: Final = """
@page { margin: 46pt 50pt 46pt; }
html { font-size: 10pt; line-height: 13pt; }
p { font-size: 10pt; text-indent: 0; margin: 0 0 5pt; }
h1 { font-size: 15pt; font-weight: bold; line-height: 18pt; text-align: left; margin: 0 0 4pt; }
h2 { font-size: 11pt; font-weight: bold; line-height: 14pt; text-align: left; margin: 10pt 0 3pt; }
table { border-collapse: collapse; font-size: 9.5pt; line-height: 12pt; margin: 0 0 4pt; width: 100%; }
th, td { border-bottom: .25pt solid #777; padding: 2pt 6pt 2pt 0; text-align: left; vertical-align: top; }
th { font-weight: bold; width: 34%; }
.report { break-before: page; }
.report:first-of-type { break-before: auto; }
.hash { font-size: 7.5pt; }
.sign td { border: 0; padding-top: 22pt; }
"""


def csv_file(columns: Sequence[Sequence[str]], dates: str, rows: Sequence[Values]) -> bytes:
    """UTF-8 with a byte order mark, CRLF; what could start a formula has an apostrophe before it."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([csv_safe(heading) for _, heading in columns])
    writer.writerows([csv_safe(_text(row, name, dates)) for name, _ in columns] for row in rows)
    return ("\ufeff" + written.getvalue()).encode()


def xlsx_file(columns: Sequence[Sequence[str]], dates: str, rows: Sequence[Values], made_at: datetime) -> bytes:
    """One sheet; days as text, written as in the CSV file, so that no program shifts them."""
    headings = [heading for _, heading in columns]
    cells = [[_cell(row, name, dates) for name, _ in columns] for row in rows]
    return steady(workbook(headings, cells, title="Hand-off"), made_at)


def json_file(heading: Mapping[str, Any], columns: Sequence[Sequence[str]], rows: Sequence[Values]) -> bytes:
    """As docs/hand-off-1.schema.json has it: the fields by their own names, whatever their headings."""
    names = [name for name, _ in columns]
    convictions = [{name: row[name] for name in names} for row in rows]
    whole = {"format": "clearmyrecord/hand-off", "version": VERSION} | dict(heading) | {"convictions": convictions}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def control_sheet(heading: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> bytes:
    """What the recipient checks after loading: rows, totals, hashes. A tagged PDF on one page."""
    context = {"heading": heading, "files": files}
    return _printed("relief/handoff_control.html", context, footer="Control sheet")


def disposition_reports(heading: Mapping[str, Any], rows: Sequence[Values]) -> bytes:
    """A page for each conviction, to be read or typed in by whoever loads no file. A tagged PDF."""
    reports = [[(field.heading, _shown(row, field.name)) for field in FIELDS.values()] for row in rows]
    context = {"heading": heading, "reports": reports}
    return _printed("relief/handoff_reports.html", context, footer="Disposition reports")


def _printed(template: str, context: dict[str, Any], *, footer: str) -> bytes:
    return printing.pdf(render_to_string(template, context), footer=footer, style=STYLE)


def totals(rows: Sequence[Values]) -> list[dict[str, Any]]:
    """Convictions by relief asked and old severity, in a fixed order: what must come out when the file is loaded."""
    counted = Counter((row["granted_as"] or row["relief_asked"], row["old_severity"]) for row in rows)
    return [
        {"relief": relief, "old_severity": severity, "convictions": number}
        for (relief, severity), number in sorted(counted.items())
    ]


def described(name: str, content: bytes) -> dict[str, Any]:
    """A file's name, SHA-256 and size in bytes."""
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def parts(rows: Sequence[Values]) -> Iterator[tuple[int, int]]:
    """First and last number of the rows whose reports are printed together."""
    for start in range(0, len(rows), REPORTS_IN_A_PART):
        yield start + 1, min(start + REPORTS_IN_A_PART, len(rows))


def _text(row: Values, name: str, dates: str) -> str:
    value = row[name]
    if FIELDS[name].kind == "day":
        return day(value, dates)
    if FIELDS[name].kind == "yes-no":
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _cell(row: Values, name: str, dates: str) -> Any:
    return row[name] if FIELDS[name].kind == "number" else _text(row, name, dates)


def _shown(row: Values, name: str) -> str:
    return _text(row, name, "us") or "–"


def day(written: str, dates: str) -> str:
    """A day written YYYY-MM-DD as the profile wants it; empty stays empty."""
    if not written or dates == "iso":
        return written
    return date.fromisoformat(written).strftime("%m/%d/%Y")


def plain_name(text: str) -> str:
    """A court's branch as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
