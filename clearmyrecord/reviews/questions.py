"""The questions that keep a conviction out of a batch, in words, and who answers them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clearmyrecord.among import among
from clearmyrecord.records.models import Conviction
from clearmyrecord.reviews import queries
from clearmyrecord.runs.models import Run
from eligibility.law.code_sections import printed

ANALYST, ATTORNEY = "analyst", "attorney"


@dataclass(frozen=True)
class Question:
    """One open question on a conviction. `who` answers it: analyst (an attorney may too) or attorney."""

    code: str
    text: str
    who: str


_ASKED: dict[str, tuple[str, str]] = {
    "decide": ("Left to a person: decide it by an override.", ANALYST),
    "second": ("An override waits for a second person to confirm or refuse it.", ANALYST),
    "confirm": ("What the run found has changed since the override: confirm it or decide again.", ANALYST),
    "route": ("Is the sentence completed?", ANALYST),
    "mismatch": (
        "The override does not fit the route: someone still serving is resentenced, anyone else redesignated.",
        ANALYST,
    ),
    "prior_relief": ("The record may already show relief. Does the conviction still stand?", ANALYST),
    "relieved": ("Stated: already relieved. Override to not eligible, or correct the answer.", ANALYST),
    "possible_prior": ("Possible ground to oppose: does an earlier conviction or registration bar relief?", ATTORNEY),
    "opposed": ("An attorney decided to oppose relief: it goes on no motion.", ATTORNEY),
    "barred": ("Stated: a prior bars relief. Override to not eligible, or correct the answer.", ATTORNEY),
    "ground": ("Needs a legal ground: H&S § 11361.8(e) does not name this section.", ATTORNEY),
    "left_out": ("An attorney decided that there is no ground: left out.", ATTORNEY),
    "suggestion": ("May be the same as another in the record files: answer the suggestion.", ANALYST),
}
CODES = tuple(_ASKED)
LABELS = {
    "record": "Hand review, question on the record",
    "law": "Hand review, question of law",
    "second": "Awaiting confirmation by a second person",
    "confirm": "Override needs confirmation",
    "route": "Is the sentence completed?",
    "mismatch": "Override does not fit the route",
    "prior_relief": "May already have relief",
    "relieved": "Stated as already relieved",
    "possible_prior": "Possible ground to oppose",
    "opposed": "Relief opposed",
    "barred": "Stated as barred by a prior",
    "ground": "Needs a legal ground",
    "left_out": "Left out: no ground",
    "suggestion": "Open suggestion",
}
"""Short words for lists and filters, in the order in which they are worked through."""


def _question(code: str, row: Any) -> Question:
    text, who = _ASKED[code]
    if code == "decide":
        text, who = row.question or text, ATTORNEY if row.question_kind == "law" else ANALYST
    if code == "confirm" and row.question_kind == "law":
        who = ATTORNEY
    return Question(code, text, who)


def open_questions(determinations: Iterable[Any]) -> dict[int, list[Question]]:
    """Open questions by determination id, for rows of `queries.standing`; one query however many rows."""
    rows = {row.pk: row for row in determinations}
    if not rows:
        return {}
    run = next(iter(rows.values())).run
    columns = ("pk", *(f"asks_{code}" for code in CODES))
    found: dict[int, list[Question]] = defaultdict(list)
    for line in queries.asking(queries.standing(run).filter(pk__in=among(rows))).values(*columns):
        found[line["pk"]] = [_question(code, rows[line["pk"]]) for code in CODES if line[f"asks_{code}"]]
    return {pk: found[pk] for pk in rows}


def questions_on(row: Any) -> list[Question]:
    """Open questions on a row that has the flags of `queries.asking`."""
    return [_question(code, row) for code in CODES if getattr(row, f"asks_{code}")]


def _label(question: Question, row: Any) -> str:
    if question.code == "decide":
        return LABELS["law" if row.question_kind == "law" else "record"]
    return LABELS[question.code]


def lines_at(ordered_ids: Sequence[int], run: Run | None) -> list[Any]:
    """The determinations of these ids as `lines_of` gives them, in this order; one query."""
    found = {row.pk: row for row in lines_of(queries.standing(run).filter(pk__in=among(ordered_ids)))}
    return [found[pk] for pk in ordered_ids if pk in found]


def lines_of(rows: queries.StandingRows) -> list[Any]:
    """Rows of `standing` with what a list shows beside them: the section as printed, the open questions; one query."""
    listed = list(queries.asking(rows))
    for row in listed:
        _worded(row, questions_on(row))
    return listed


def section_words(conviction: Conviction) -> str:
    """The section convicted of as printed."""
    return printed(conviction.code_section) if conviction.code_section else "not readable"


def _worded(row: Any, asked: list[Question]) -> None:
    row.section_words = section_words(row.conviction)
    row.asked = [_label(question, row) for question in asked]
