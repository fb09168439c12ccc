"""Is the sentence done? The computed end, and the route that follows from it (completed, serving, unknown)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility import dates
from eligibility.arrow import flags, numbers, passing
from eligibility.dates import Dates
from eligibility.law import tables
from eligibility.truth import Flags

if TYPE_CHECKING:
    from eligibility.facts import Facts

COMPLETED, SERVING, UNKNOWN = 0, 1, 2
ROUTES = ("completed", "serving", "unknown")


@dataclass(frozen=True)
class Sentence:
    """Per conviction in scope. `ends` is the end computed or stated, NaT without one: no proof of completion."""

    route: NDArray[np.int8]
    ends: Dates
    parts: NDArray[np.int64]
    taken_as_completed: Flags  # no sentence part at all, and old enough


def of(facts: Facts) -> Sentence:
    """The sentence of each conviction as of the run's date. A stated fact counts before the record.

    Parts are added one after the other, as the files give them: the end is never earlier than the true one.
    """
    from_record = _from_record(facts, facts.table, facts.conviction_date)
    route = from_record.route
    ended_on = facts.stated.dates("sentence_ended_on", facts.length)
    route[ended_on >= facts.today] = SERVING
    route[ended_on < facts.today] = COMPLETED
    route[facts.stated.flags("still_serving", facts.length, value=True)] = SERVING
    route[facts.stated.flags("still_serving", facts.length, value=False)] = COMPLETED
    said = np.zeros(facts.length, dtype=bool)
    said[facts.stated.places("sentence_ended_on")] = True
    said[facts.stated.places("still_serving")] = True
    ends = np.where(np.isnat(ended_on), from_record.ends, ended_on)
    return Sentence(route, ends, from_record.parts, from_record.taken_as_completed & ~said)


def routes_on_record(facts: Facts) -> NDArray[np.int8]:
    """The route of every conviction on record, any county; a fact stated for one in scope counts before the record."""
    route = _from_record(facts, facts.convictions, facts.all_dates).route
    route[facts.at] = facts.sentence.route
    return route


def _from_record(facts: Facts, table: pa.Table, convicted_on: Dates) -> Sentence:
    """What the record alone says of the sentences of these convictions."""
    parts, clear, computed = _computed(facts, table, convicted_on)
    known = clear & (parts > 0) & ~np.isnat(computed)
    years = tables.limit("no_sentence_part_years", facts.as_of)
    old = dates.plus(convicted_on, years=years) < facts.today
    later_custody = flags(table["custody_noted"])
    taken = (parts == 0) & old & ~later_custody
    route = np.full(len(table), UNKNOWN, dtype=np.int8)
    route[known & (computed >= facts.today)] = SERVING
    route[(known & (computed < facts.today) & ~later_custody) | taken] = COMPLETED
    return Sentence(route, np.where(known, computed, dates.UNKNOWN), parts, taken)


def _computed(facts: Facts, of: pa.Table, convicted_on: Dates) -> tuple[NDArray[np.int64], Flags, Dates]:
    """How many parts each sentence has, whether all are readable and none is life, and the day the last one ends."""
    table = facts.history.sentences
    count = numbers(of["count"])
    size = facts.history.counts.num_rows
    of_part, length = numbers(table["count"]), numbers(table["length"])
    readable, life = flags(table["readable"]), flags(table["life"])

    def total(name: str) -> NDArray[np.int64]:
        chosen = passing(table["unit"], lambda unit: unit == name)
        added: NDArray[np.int64] = np.bincount(of_part[chosen], length[chosen], minlength=size)[count].astype(np.int64)
        return added

    parts = np.bincount(of_part, minlength=size)[count]
    clear = np.bincount(of_part[~readable | life], minlength=size)[count] == 0
    ends = dates.plus(convicted_on, years=total("Y"), months=total("M"), days=total("D"))
    return parts, clear, ends
