"""A memo to the file: one determination with all that it rests on, for the screen and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from clearmyrecord import printing
from clearmyrecord.errors import NotFound
from clearmyrecord.office.models import User
from clearmyrecord.records.queries import SourceRow
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import said
from clearmyrecord.reviews.models import Review
from clearmyrecord.reviews.said import Said
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination
from clearmyrecord.runs.queries import FactLine, Line

STYLE = """
@page { margin: 40pt 46pt 44pt; }
html { font-size: 8.5pt; line-height: 11pt; }
p { font-size: 8.5pt; text-indent: 0; margin: 0 0 3pt; }
h1 { font-size: 14pt; font-weight: bold; line-height: 17pt; text-align: left; margin: 0 0 2pt; }
h2 { font-size: 9.5pt; font-weight: bold; line-height: 12pt; text-align: left; margin: 7pt 0 2pt; }
h2 { border-bottom: .5pt solid #000; }
strong { font-weight: bold; }
table { border-collapse: collapse; font-size: 8pt; line-height: 10pt; margin: 0 0 3pt; width: 100%; }
th, td { border-bottom: .25pt solid #999; padding: 1pt 5pt 1pt 0; text-align: left; vertical-align: top; }
th { white-space: nowrap; }
.decided td { background: #e8e8e8; }
.source { font-size: 7.5pt; line-height: 9.5pt; }
.name { color: #444; }
.nowrap { white-space: nowrap; }
"""

BLANK = ("#", "##")
"""What the DOJ writes between columns; it says nothing."""


@dataclass(frozen=True)
class Memo:
    """Everything that the memo says."""

    determination: Determination
    lines: list[Line]
    not_reached: int
    facts: list[FactLine]
    facts_are_todays: bool
    """They no longer give the answers that the determination was made from, or it was replaced since."""
    source_rows: list[SourceRow]
    decisions: list[Said]
    review: Review | None
    """Where work on the conviction stands; of a determination that does not stand, None."""
    awaiting_second: bool
    """The override waits for a second person, so that neither it nor the determination stands."""
    prepared_by: User
    prepared_at: datetime

    @property
    def override(self) -> Said | None:
        """The override that stands, if one does."""
        return next((each for each in self.decisions if each.stands and each.kind == "override"), None)


def memo(user: User, determination_id: int) -> Memo:
    """The memo of a determination, standing or not. Raises NotFound where there is none for this user."""
    found = runs.determination_or_404(user, determination_id)
    lines = runs.lines_of_trace(found)
    reached = next((place for place, line in enumerate(lines, start=1) if line.decided), len(lines))
    facts, todays = _facts(found, lines)
    stands = found.superseded_at is None and found.run.is_current
    return Memo(
        determination=found,
        lines=lines[:reached],
        not_reached=len(lines) - reached,
        facts=facts,
        facts_are_todays=todays,
        source_rows=_said(runs.source_rows(found)),
        decisions=[each for each in said.on(found.conviction_id) if each.kind != "comment"],
        review=reviews.review_of(found.conviction_id) if stands else None,
        awaiting_second=stands and reviews.standing(found.run).filter(pk=found.pk, awaiting_second=True).exists(),
        prepared_by=user,
        prepared_at=timezone.now(),
    )


def _facts(found: Determination, lines: list[Line]) -> tuple[list[FactLine], bool]:
    """The facts as they stand now, and whether they differ from those that the determination was made from.

    Only what an answer depends on can be told: of the facts of then a hash is kept, not the values.
    """
    try:
        explained = runs.explanation(found)
    except NotFound:  # another reading stands for the conviction now
        return [], True
    same = [line.answer for line in explained.lines] == [line.answer for line in lines]
    return explained.facts, not same or found.superseded_at is not None


def _said(rows: list[SourceRow]) -> list[SourceRow]:
    return [
        SourceRow(row.row, row.line, [(name, text) for name, text in row.columns if text.strip() not in BLANK])
        for row in rows
    ]


def pdf(shown: Memo) -> bytes:
    """The memo as a tagged PDF. A character that paper can't show is printed as its number."""
    markup = render_to_string("desk/memo_print.html", {"memo": shown, "print": True})
    footer = f"Memo to file, determination {shown.determination.pk}"
    return printing.pdf(markup, footer=footer, style=STYLE)
