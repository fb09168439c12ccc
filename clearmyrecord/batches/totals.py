"""What a filter would put into a batch, in numbers, while somebody is still choosing.

The filter is asked of the database each time. What is on record of everybody (persons, cases, severities) changes only
with record files, suggestions, courts and stated facts, so it is kept in memory until the trail has such an act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When

from clearmyrecord.audit import queries as trail
from clearmyrecord.batches import readiness
from clearmyrecord.batches.models import Batch, BatchItem
from clearmyrecord.reviews import filters
from clearmyrecord.reviews import queries as reviews

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NO_FELONY, FELONY, UNKNOWN, GONE, AS_IT_IS = range(5)
"""What a conviction is, or what relief makes of it."""
ROUTES = ("completed", "serving", "unknown")

CHANGE_NO_RECORD = ("access.", "account.", "batch.", "filter.", "review.", "subject.")
"""Acts of the trail that leave people, cases and severities as they are."""


@dataclass(frozen=True)
class OnRecord:
    """Every conviction on record, of every county, in the order of their ids."""

    conviction: Numbers
    person: Numbers  # from 0
    case: Numbers  # from 0; a case is a person, a court and a case number
    severity: Numbers

    def whose(self, convictions: Numbers | Flags) -> Flags:
        """By person whether one of these convictions is theirs."""
        theirs = np.zeros(self.person.max() + 1, dtype=bool)
        theirs[self.person[convictions]] = True
        return theirs

    def cases(self, convictions: Numbers) -> int:
        theirs = np.zeros(self.case.max() + 1, dtype=bool)
        theirs[self.case[convictions]] = True
        return int(theirs.sum())


@dataclass(frozen=True)
class Line:
    """So many convictions of one outcome and route."""

    outcome: str
    route: str
    convictions: int


@dataclass(frozen=True)
class Totals:
    """A filter's totals. The last three are people of whom relief for exactly these convictions leaves nothing.

    Measured against everything on record, of every county, as the impact is: `no_felony` had a felony and keep none;
    of `felony_unknown` it can't be said, since a severity is unknown; `no_conviction` keep no conviction at all.
    """

    convictions: int = 0
    people: int = 0
    cases: int = 0
    no_felony: int = 0
    felony_unknown: int = 0
    no_conviction: int = 0
    lines: list[Line] = field(default_factory=list)
    elsewhere: list[tuple[Batch, int]] = field(default_factory=list)
    """Other batches that hold what the filter finds, and how many each."""

    @property
    def held(self) -> int:
        return sum(number for _, number in self.elsewhere)


def totals(filter: Mapping[str, str]) -> Totals:
    """Totals of what a coded filter finds in the current run and no batch holds. Five queries at most, once warm."""
    found, code = _found(filter)
    elsewhere, free = _held(found)
    found, code = found[free], code[free]
    if not len(found):
        return Totals(elsewhere=elsewhere)
    known = _on_record(trail.last_act_but(CHANGE_NO_RECORD))
    at = np.searchsorted(known.conviction, found)
    return Totals(
        convictions=len(at),
        people=int(known.whose(at).sum()),
        cases=known.cases(at),
        **_left_without(known, at, code % 10),
        lines=_lines(code // 10),
        elsewhere=elsewhere,
    )


def _left_without(known: OnRecord, at: Numbers, becomes: Numbers) -> dict[str, int]:
    relieved = becomes != AS_IT_IS
    after = known.severity.copy()
    after[at[relieved]] = becomes[relieved]
    felony, unknown = known.severity == FELONY, known.severity == UNKNOWN
    changed = np.zeros(len(after), dtype=bool)
    changed[at[relieved]] = True
    lowered = known.whose(changed & (felony | unknown) & (after != FELONY))
    keeps_none = lowered & ~known.whose(after == FELONY)
    surely = keeps_none & known.whose(felony) & ~known.whose(after == UNKNOWN)
    return {
        "no_felony": int(surely.sum()),
        "felony_unknown": int((keeps_none & ~surely).sum()),
        "no_conviction": int((known.whose(changed) & ~known.whose(after != GONE)).sum()),
    }


def _lines(codes: Numbers) -> list[Line]:
    """Convictions by outcome and route, in the order of the words."""
    counted = enumerate(np.bincount(codes).tolist())
    return [Line(readiness.CONSIDERED[code // 10], ROUTES[code % 10], number) for code, number in counted if number]


def _found(filter: Mapping[str, str]) -> tuple[Numbers, Numbers]:
    """Conviction, and a code of what is found for it: outcome, route, what becomes of it, one digit each. One query."""
    rows = filters.filtered(reviews.standing(), filter).filter(standing_outcome__in=readiness.CONSIDERED).order_by()
    code = 100 * _place("standing_outcome", readiness.CONSIDERED) + 10 * _place("route", ROUTES) + _becomes()
    both = rows.annotate(both=F("conviction_id") * 1000 + code).aggregate(listed=ArrayAgg("both"))["listed"]
    numbers = np.array(both or [], dtype=np.int64)
    return numbers // 1000, numbers % 1000


def _held(found: Numbers) -> tuple[list[tuple[Batch, int]], Flags]:
    """Which batches hold some of these convictions, and how many each; and the convictions that none holds."""
    held = BatchItem.objects.filter(holds=True).aggregate(
        convictions=ArrayAgg("conviction_id", order_by="conviction_id"),
        batches=ArrayAgg("batch_id", order_by="conviction_id"),
    )
    conviction, batch = (np.array(held[name] or [], dtype=np.int64) for name in ("convictions", "batches"))
    if not len(conviction):
        return [], np.ones(len(found), dtype=bool)
    place = np.minimum(np.searchsorted(conviction, found), len(conviction) - 1)
    is_held = conviction[place] == found
    counted = np.unique(batch[place[is_held]], return_counts=True)
    numbers = dict(zip(*(each.tolist() for each in counted), strict=True))
    named = Batch.objects.in_bulk(numbers) if numbers else {}
    return [(named[pk], number) for pk, number in numbers.items()], ~is_held


def _place(column: str, values: tuple[str, ...]) -> Any:
    whens: list[Any] = [When(**{column: value}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*whens, default=Value(len(values) - 1), output_field=IntegerField())


def _becomes() -> Any:
    """What the relief that stands makes of a conviction. A new severity that nobody named is unknown."""
    return Case(
        When(standing_outcome="dismiss", then=Value(GONE)),
        When(standing_outcome="hand_review", then=Value(AS_IT_IS)),
        When(standing_new_severity="felony", then=Value(FELONY)),
        When(standing_new_severity="", then=Value(UNKNOWN)),
        default=Value(NO_FELONY),
        output_field=IntegerField(),
    )


@lru_cache(maxsize=1)
def _on_record(last_act: str) -> OnRecord:
    """Read anew after any act that may have changed it."""
    with connection.cursor() as cursor:
        cursor.execute(ON_RECORD, {"felony": FELONY, "unknown": UNKNOWN, "none": NO_FELONY})
        row = cursor.fetchone()
    conviction, person, case, severity = (np.array(column or [], dtype=np.int64) for column in row)
    of_person, of_case = (np.unique(each, return_inverse=True)[1] for each in (person, case))
    return OnRecord(conviction, of_person, of_case, severity)


ON_RECORD = """
SELECT array_agg(id ORDER BY id), array_agg(person ORDER BY id),
       array_agg(hashtextextended(concat_ws('/', person, court, case_number), 0) ORDER BY id),
       array_agg(severity ORDER BY id)
FROM (
    SELECT c.id, coalesce(s.same_as_id, s.id) AS person,
           CASE WHEN stated.court IS NULL THEN coalesce(t.court_id, 0) ELSE coalesce(named.id, 0) END AS court,
           coalesce(stated.case_number, CASE WHEN cardinality(c.case_numbers) = 1 THEN trim(c.case_numbers[1]) END, '')
               AS case_number,
           CASE coalesce(stated.severity, c.severity)
               WHEN 'felony' THEN %(felony)s WHEN '' THEN %(unknown)s ELSE %(none)s END AS severity
    FROM records_conviction c
    JOIN records_subject s ON s.id = c.subject_id
    LEFT JOIN office_courttext t ON t.id = c.court_text_id
    LEFT JOIN (
        SELECT conviction_id, max(trim(value)) FILTER (WHERE fact = 'court') AS court,
               max(trim(value)) FILTER (WHERE fact = 'case_number') AS case_number,
               max(lower(trim(value))) FILTER (WHERE fact = 'severity') AS severity
        FROM runs_statedfact WHERE superseded_at IS NULL AND fact IN ('court', 'case_number', 'severity')
        GROUP BY conviction_id
    ) stated ON stated.conviction_id = c.id
    LEFT JOIN office_court named ON lower(named.name || ', ' || named.branch) = lower(stated.court)
    WHERE c.newest_reading_id IS NOT NULL
) counted
"""
"""Person, case and severity of every conviction. A case is what `readiness` takes it for: what is stated first."""
