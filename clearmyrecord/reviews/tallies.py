"""How many convictions each value of the queue's filter leaves, before anybody chooses it.

The current run is counted once, grouped by every coded value together; whatever the filter, the counts of its values
are then sums over these lines. They hold codes and numbers only and are kept in memory until the next act in the trail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.db.models.functions import ExtractYear

from clearmyrecord.among import among
from clearmyrecord.audit import queries as trail
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import queries
from clearmyrecord.reviews.models import Search
from clearmyrecord.runs.models import Run
from eligibility.remarks import REMARKS

COLUMNS = {
    "outcome": F("standing_outcome"),
    "route": F("route"),
    "basis": F("standing_basis"),
    "rule": F("rule"),
    "reason": F("reason"),
    "section": F("conviction__prop64"),
    "severity": F("conviction__severity"),
    "year": ExtractYear("conviction__convicted_on"),
    "court": F("conviction__court_text__court"),
    "state": F("review_state"),
    "assignee": F("assignee"),
    "confirm": F("to_confirm"),
}
"""Field of the filter to the column of `queries.standing` that holds its one value."""
WHERE_EMPTY = {"section": "other", "severity": "unknown", "assignee": "none"}
"""How a field names the rows whose column is empty; in other fields they have no value to choose."""
WHOLE_ROW = "whole_row"

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def reason_code(reason: str) -> str:
    """A reason's code in addresses: its words may be long and change with a parameter."""
    return hashlib.sha256(reason.encode()).hexdigest()[:10]


def code_of(field: str, value: Any) -> str:
    """A column's value as the filter names it; empty where it can't be chosen."""
    if value is None or value == "":
        return WHERE_EMPTY.get(field, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return reason_code(value) if field == "reason" else str(value)


def problems_of(run: Run | None) -> dict[str, Q]:
    """By kind of problem (the column that could not be read) the determinations that rest on such a row."""
    found = _readings(run.pk, run.started_at) if run is not None else {}
    return {column or WHOLE_ROW: Q(reading__in=among(readings)) for column, readings in found.items()}


@lru_cache(maxsize=2)
def _readings(run_id: int, started_at: datetime) -> dict[str, list[int]]:
    """Looked up once a run, whose files and their readings never change. The time tells runs of one number apart."""
    return records.readings_with_problems(Run.objects.get(pk=run_id).files.all())


@dataclass(frozen=True)
class Tally:
    """Lines of equal coded values, each with the number of its convictions."""

    number: Numbers
    one: dict[str, tuple[list[str], Numbers]]
    """Field to its values and, for each line, which of them it has."""
    several: dict[str, dict[str, Flags]]
    """Field to its values, each with the lines that have it; a line may have several."""
    reasons: dict[str, str]
    """Code to words."""
    search: str
    """Id of the search that is counted alone; empty for the whole run."""

    def counts(self, values: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """For each field what each of its values would leave, the other fields as they are; nothing of none."""
        found = {}
        for field, (codes, place) in self.one.items():
            left = self._left(values, but=field)
            sums = np.bincount(place[left], weights=self.number[left], minlength=len(codes)).astype(int)
            found[field] = {code: int(each) for code, each in zip(codes, sums, strict=True) if code and each}
        for field, flags in self.several.items():
            left = self._left(values, but=field)
            numbers = {code: int(self.number[left & flag].sum()) for code, flag in flags.items()}
            found[field] = {code: each for code, each in numbers.items() if each}
        return found

    def total(self, values: Mapping[str, str]) -> int:
        """How many convictions the filter leaves."""
        return int(self.number[self._left(values)].sum())

    def codes(self, field: str) -> list[str]:
        """The values of a field that occur."""
        if field == "search":
            return [self.search]
        return [code for code in self.one[field][0] if code] if field in self.one else list(self.several[field])

    def _left(self, values: Mapping[str, str], but: str = "") -> Flags:
        left = np.ones(len(self.number), dtype=bool)
        for field, value in values.items():
            if field == but or not value:
                continue
            if field in self.one:
                codes, place = self.one[field]
                left &= place == codes.index(value) if value in codes else False
            elif field in self.several:
                left &= self.several[field].get(value, np.zeros(len(left), dtype=bool))
        return left


def tally(run: Run | None, search: Search | None = None) -> Tally:
    """The counts of a run as people's work stands now; of what a search finds, counted each time: it is little."""
    if search is not None:
        return _counted(run, queries.standing(run).filter(queries.found_by(search)), str(search.pk))
    return _kept(run, trail.last_act())


@lru_cache(maxsize=4)
def _kept(run: Run | None, last_act: str) -> Tally:
    return _counted(run, queries.standing(run), "")


def _counted(run: Run | None, rows: queries.StandingRows, search: str) -> Tally:
    asked = by_question()
    problems = problems_of(run)
    grouped = (
        rows.order_by()
        .annotate(asks=_bits(list(asked.values())), unread=_bits(list(problems.values())), **_named())
        .values(*_named(), "remarks", "asks", "unread")
        .annotate(convictions=Count("pk"))
    )
    lines: list[Any] = []
    if run is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")  # grouped by hashing, not by sorting on disk
            lines = list(grouped.values_list(*_named(), "remarks", "asks", "unread", "convictions"))
    by_column = list(zip(*lines, strict=True)) or [()] * (len(COLUMNS) + 4)
    *singles, remarks, asks, unread, number = by_column
    return Tally(
        number=np.array(number, dtype=np.int64),
        one={field: _coded(field, column) for field, column in zip(COLUMNS, singles, strict=True)},
        several={
            "question": _flagged(asks, list(asked)),
            "remark": {code: np.array([words in each for each in remarks], bool) for code, words in REMARKS.items()},
            "problem": _flagged(unread, list(problems)),
        },
        reasons={reason_code(reason): reason for reason in set(singles[list(COLUMNS).index("reason")])},
        search=search,
    )


def by_question() -> dict[str, Q]:
    """The questions of the filter: those that keep a conviction out of batches, hand reviews by who decides them."""
    law = queries.undecided() & Q(question_kind="law")
    record = queries.undecided() & ~Q(question_kind="law")
    others = {code: condition for code, condition in queries.kept_out().items() if code != "decide"}
    return {"record": record, "law": law, **others}


def _named() -> dict[str, Any]:
    """The columns under names that can't clash with a field of the model."""
    return {f"by_{field}": column for field, column in COLUMNS.items()}


def _bits(conditions: Sequence[Q]) -> Any:
    """One number whose bits say which of the conditions hold."""
    flags: list[Any] = [
        Case(When(condition, then=Value(1 << place)), default=Value(0), output_field=IntegerField())
        for place, condition in enumerate(conditions)
    ]
    return reduce(lambda one, other: one + other, flags or [Value(0, output_field=IntegerField())])


def _flagged(bits: Sequence[int], codes: Sequence[str]) -> dict[str, Flags]:
    known = np.array(bits, dtype=np.int64)
    return {code: (known >> place & 1).astype(bool) for place, code in enumerate(codes)}


def _coded(field: str, column: Sequence[Any]) -> tuple[list[str], Numbers]:
    codes = [code_of(field, value) for value in column]
    distinct = sorted(set(codes))
    place = {code: number for number, code in enumerate(distinct)}
    return distinct, np.array([place[code] for code in codes], dtype=np.int64)
