"""What the relief of a run does: convictions by outcome, and the people who are left with nothing on record.

A person counts as left without a felony when there was one and every felony on record, of any county, is dismissed or
lowered; as left without a conviction (at all, or of the last seven years) when every one in question is dismissed. What
no run decided, blocks. So does what may be in question: an unknown severity is no felony that could be counted, but
unrelieved it may be one, and an unknown date may be a recent one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility import dates
from eligibility.arrow import coded, flat, numbers, passing, plain, present
from eligibility.evaluate import DISMISS, REDESIGNATE, RELIEF, RESENTENCE, Determinations
from eligibility.law.code_sections import normalised
from eligibility.policy import OUTCOMES
from eligibility.records.schema import History
from eligibility.truth import Flags

RECENT_YEARS = 7
"""A conviction of the last so many years counts as recent; part of the figure's definition, no number of the law."""

UNKNOWN = "unknown"
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Impact:
    """The figures of one run: convictions decided, and persons (of several files by CII number, else by SUBJECT_ID).

    `by_section` and `by_severity` give, per section without subdivision and per severity, the number of convictions
    of each outcome. `earliest_conviction`, `felonies` and `non_felonies` are those of the convictions decided.
    """

    convictions: int
    convictions_with_relief: int
    people: int
    people_with_relief: int
    people_with_no_felony: int
    people_with_no_conviction: int
    people_with_no_recent_conviction: int
    by_outcome: dict[str, int]
    by_section: dict[str, dict[str, int]]
    by_severity: dict[str, dict[str, int]]
    felonies: int
    non_felonies: int
    severity_unknown: int
    earliest_conviction: date | None

    def figures(self) -> dict[str, Any]:
        """The figures as JSON holds them."""
        earliest = self.earliest_conviction
        return {**vars(self), "earliest_conviction": earliest.isoformat() if earliest else None}


@dataclass(frozen=True)
class Decided:
    """Outcomes (places in OUTCOMES) of the convictions that stand at `at` among all on record."""

    at: Places
    outcome: NDArray[np.int64]
    code_section: pa.Array
    severity: pa.Array
    new_severity: pa.Array


class OnRecord:
    """Every conviction on record, of every county: what relief is measured against. One for all runs over a history."""

    def __init__(self, convictions: pa.Table, *, as_of: date) -> None:
        self.convictions, self.as_of = convictions, as_of
        names, self.person = np.unique(numbers(convictions["person"]), return_inverse=True)
        self.people = len(names)

    @cached_property
    def dates(self) -> dates.Dates:
        return dates.column(self.convictions["date"])

    @cached_property
    def recent(self) -> Flags:
        """Dated after the day seven years before the as-of date."""
        today = np.array([np.datetime64(self.as_of, "D")])
        recent: Flags = self.dates > dates.plus(today, years=-RECENT_YEARS)[0]
        return recent

    @cached_property
    def severity(self) -> pa.Array:
        return plain(self.convictions["severity"])

    def places(self, source: pa.ChunkedArray, row: pa.ChunkedArray) -> Places:
        """Where the convictions read at these sources and rows stand among all on record."""
        mine = _reading(self.convictions["source"], self.convictions["row"])
        order = np.argsort(mine)
        found: Places = order[np.searchsorted(mine, _reading(source, row), sorter=order)]
        return found

    def left_without(self, question: Flags, may_be: Flags, relieved: Flags) -> int:
        """People with a conviction in `question`, all of whose convictions that are or may be in it are `relieved`."""
        had = np.bincount(self.person[question], minlength=self.people) > 0
        keeps = np.bincount(self.person[may_be & ~relieved], minlength=self.people) > 0
        return int((had & ~keeps).sum())

    def how_many(self, at: Places) -> int:
        """How many people the convictions at these places are of."""
        return len(np.unique(self.person[at]))


def _reading(source: pa.ChunkedArray, row: pa.ChunkedArray) -> Places:
    return (numbers(source) << 32) + numbers(row)


def impact(history: History, determinations: Determinations) -> Impact:
    """The figures of a run over `history`, as of the run's date."""
    on_record = OnRecord(history.counts.filter(history.counts["convicted"]), as_of=determinations.as_of)
    table = determinations.table
    places = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    codes, values = coded(table["outcome"])
    decided = Decided(
        at=on_record.places(table["source"], table["row"]),
        outcome=np.array([places.get(each, -1) for each in values], dtype=np.int64)[codes],
        code_section=flat(table["code_section"]),
        severity=flat(table["severity"]),
        new_severity=flat(table["new_severity"]),
    )
    return of_decided(on_record, decided)


def together(parts: Sequence[Impact]) -> Impact:
    """The figures of several parts of one run that have no person in common. Raises ValueError without a part."""
    if not parts:
        raise ValueError("at least one part is needed")
    counted = {name: _added([getattr(each, name) for each in parts]) for name in _COUNTED}
    for name in ("by_section", "by_severity"):
        counted[name] = dict(sorted(counted[name].items(), key=lambda each: (each[0] == UNKNOWN, each[0])))
    days = [each.earliest_conviction for each in parts if each.earliest_conviction is not None]
    return Impact(**counted, earliest_conviction=min(days, default=None))


_COUNTED = [each.name for each in fields(Impact) if each.name != "earliest_conviction"]


def _added(numbers_or_tables: Sequence[Any]) -> Any:
    """The sum of numbers, or of tables of numbers name by name."""
    if isinstance(numbers_or_tables[0], int):
        return sum(numbers_or_tables)
    names = dict.fromkeys(name for each in numbers_or_tables for name in each)
    return {name: _added([each[name] for each in numbers_or_tables if name in each]) for name in names}


def of_decided(on_record: OnRecord, decided: Decided) -> Impact:
    """The figures of these outcomes."""
    relieved = np.isin(decided.outcome, RELIEF)
    severity, at = decided.severity, decided.at
    felony, unclear = _are(severity, "felony"), ~present(severity)
    days = on_record.dates[at]
    known = days[~np.isnat(days)]
    return Impact(
        convictions=len(at),
        convictions_with_relief=int(relieved.sum()),
        people=on_record.how_many(at),
        people_with_relief=on_record.how_many(at[relieved]),
        **_people_left(on_record, decided),
        by_outcome={
            outcome: int(number)
            for outcome, number in zip(
                OUTCOMES, np.bincount(decided.outcome, minlength=len(OUTCOMES)).tolist(), strict=True
            )
        },
        by_section=_crossed(*coded(decided.code_section), decided.outcome, named=section_without_subdivision),
        by_severity=_crossed(*coded(severity), decided.outcome),
        felonies=int(felony.sum()),
        non_felonies=int((~felony & ~unclear).sum()),
        severity_unknown=int(unclear.sum()),
        earliest_conviction=known.min().item() if len(known) else None,
    )


def _are(column: pa.Array, value: str) -> Flags:
    return passing(column, lambda each: bool(each == value))


def _people_left(on_record: OnRecord, decided: Decided) -> dict[str, int]:
    """The three figures on people."""
    everybody = len(on_record.person)
    felony = _are(on_record.severity, "felony")
    may_be_felony = felony | ~present(on_record.severity)
    felony[decided.at] = _are(decided.severity, "felony")
    may_be_felony[decided.at] = felony[decided.at] | ~present(decided.severity)
    dismissed, lowered = np.zeros(everybody, dtype=bool), np.zeros(everybody, dtype=bool)
    dismissed[decided.at] = decided.outcome == DISMISS
    lesser = np.isin(decided.outcome, (REDESIGNATE, RESENTENCE)) & passing(
        decided.new_severity, lambda each: each in ("misdemeanor", "infraction")
    )
    lowered[decided.at] = lesser
    every = np.ones(everybody, dtype=bool)
    may_be_recent = on_record.recent | np.isnat(on_record.dates)
    return {
        "people_with_no_felony": on_record.left_without(felony, may_be_felony, dismissed | lowered),
        "people_with_no_conviction": on_record.left_without(every, every, dismissed),
        "people_with_no_recent_conviction": on_record.left_without(on_record.recent, may_be_recent, dismissed),
    }


def section_without_subdivision(section: str) -> str:
    """`HS 11358(c)` as `HS 11358`: figures go by section."""
    read = normalised(section)
    return f"{read.code} {read.number}"


def _crossed(
    codes: Places, values: Sequence[str | None], outcome: NDArray[np.int64], *, named: Any = str
) -> dict[str, dict[str, int]]:
    """How many of each outcome per named value, the unknown value last."""
    names = [UNKNOWN if value is None else named(value) for value in values]
    shown = [*sorted(set(names) - {UNKNOWN}), UNKNOWN]
    place = np.array([shown.index(name) for name in names], dtype=np.int64)[codes]
    width = len(OUTCOMES)
    table = np.bincount(place * width + outcome, minlength=len(shown) * width).reshape(-1, width)
    return {
        name: dict(zip(OUTCOMES, numbers_of, strict=True))
        for name, numbers_of in zip(shown, table.tolist(), strict=True)
        if any(numbers_of)
    }
