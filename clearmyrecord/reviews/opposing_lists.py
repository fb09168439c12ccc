"""The printed lists of opposed and unopposed convictions: for a court what it must know, for the defender the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from clearmyrecord import printing
from clearmyrecord.reviews import opposing_queries as opposing
from clearmyrecord.reviews import queries
from clearmyrecord.reviews.opposing_queries import Decided
from clearmyrecord.screens import outcome_words, section_words

COURT, DEFENDER = "court", "defender"
READERS = {COURT: "For the court", DEFENDER: "For the defender"}
VOLUME = 500
"""Convictions in one PDF; more of them are printed in volumes."""

COLUMNS = (
    "Case number",
    "Court",
    "Name",
    "Section",
    "Severity",
    "Convicted on",
    "Decision",
    "Decided by",
    "Decided on",
)
FOR_DEFENDER = ("Facts relied on", "Exhibits")

STYLE = """
@page { margin: 40pt 46pt 44pt; }
html { font-size: 8.5pt; line-height: 11pt; }
p { font-size: 8.5pt; text-indent: 0; margin: 0 0 3pt; }
h1 { font-size: 14pt; font-weight: bold; line-height: 17pt; text-align: left; margin: 0 0 2pt; }
table { border-collapse: collapse; font-size: 8pt; line-height: 10pt; margin: 6pt 0 3pt; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border-bottom: .25pt solid #999; padding: 1pt 5pt 1pt 0; text-align: left; vertical-align: top; }
"""


@dataclass(frozen=True)
class Line:
    """One conviction of a list, in words."""

    conviction_id: int
    subject_id: int
    case_numbers: str
    court: str
    name: str
    section: str
    severity: str
    convicted_on: Any
    decision: str
    decided: Decided | None


def lines(rows: Sequence[Any]) -> list[Line]:
    """The lines of rows of `opposing_queries.listed`, with the decisions on them; one query."""
    decided = opposing.decisions_on(row.conviction_id for row in rows)
    return [_line(row, decided.get(row.conviction_id)) for row in rows]


def _line(row: Any, decided: Decided | None) -> Line:
    conviction = row.conviction
    court_text = conviction.court_text
    return Line(
        conviction_id=row.conviction_id,
        subject_id=conviction.subject_id,
        case_numbers=", ".join(conviction.case_numbers),
        court=str(court_text.court or court_text.text) if court_text else "",
        name=conviction.subject.name,
        section=section_words(conviction.code_section) or "not readable",
        severity=conviction.severity or "unknown",
        convicted_on=conviction.convicted_on,
        decision=_decision(row, decided),
        decided=decided,
    )


def _decision(row: Any, decided: Decided | None) -> str:
    """The ground of an opposed one; of another the relief that stands, and whether an attorney decided."""
    if decided is not None and decided.ground:
        return f"Opposed. {decided.ground}"
    if row.standing_outcome not in queries.RELIEF:
        return "Not decided"
    by = "an attorney decided not to oppose" if decided is not None else "no ground to oppose was found"
    return f"{outcome_words(row.standing_outcome)}: {by}"


def cells(listed: Iterable[Line], reader: str) -> Iterator[tuple[Any, ...]]:
    """The lines as a CSV file has them."""
    for line in listed:
        opposition = line.decided.opposition if line.decided else None
        yield (
            line.case_numbers, line.court, line.name, line.section, line.severity, line.convicted_on or "",
            line.decision, opposition.attorney if opposition else "",
            opposition.decided_at.date().isoformat() if opposition else "",
            *(_relied_on(line) if reader == DEFENDER else ()),
        )  # fmt: skip


def _relied_on(line: Line) -> tuple[str, str]:
    if line.decided is None:
        return "", ""
    return line.decided.opposition.facts, "; ".join(each.name for each in line.decided.exhibits)


def columns(reader: str) -> tuple[str, ...]:
    return (*COLUMNS, *(FOR_DEFENDER if reader == DEFENDER else ()))


@dataclass(frozen=True)
class Sheet:
    """A list, or a volume of it, as it is printed."""

    title: str
    court: str
    reader: str
    office: str
    lines: list[Line]
    total: int
    people: int
    first: int
    volume: int
    volumes: int
    printed_at: datetime
    printed_by: str

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def for_defender(self) -> bool:
        return self.reader == DEFENDER


def printed(sheet: Sheet) -> bytes:
    """The sheet as a tagged PDF. A character that paper can't show is printed as its number."""
    markup = render_to_string("reviews/opposition_print.html", {"sheet": sheet})
    footer = f"{sheet.title}, {sheet.court}, volume {sheet.volume} of {sheet.volumes}"
    return printing.pdf(markup, footer=footer, style=STYLE)
