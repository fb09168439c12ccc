"""Is the sentence done? The computed end, and the route that follows from it (completed, serving, unknown)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
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
    parts, clear, computed = _computed(facts)
    known = clear & (parts > 0) & ~np.isnat(computed)
    years = tables.limit("no_sentence_part_years", facts.as_of)
    old = dates.plus(facts.conviction_date, years=years) < facts.today
    later_custody = facts.custody_follows
    taken = (parts == 0) & old & ~later_custody
    route = np.full(facts.length, UNKNOWN, dtype=np.int8)
    route[known & (computed >= facts.today)] = SERVING
    route[(known & (computed < facts.today) & ~later_custody) | taken] = COMPLETED

    ended_on = facts.stated.dates("sentence_ended_on", facts.length)
    route[ended_on >= facts.today] = SERVING
    route[ended_on < facts.today] = COMPLETED
    route[facts.stated.flags("still_serving", facts.length, value=True)] = SERVING
    route[facts.stated.flags("still_serving", facts.length, value=False)] = COMPLETED
    said = np.zeros(facts.length, dtype=bool)
    said[facts.stated.places("sentence_ended_on")] = True
    said[facts.stated.places("still_serving")] = True
    ends = np.where(np.isnat(ended_on), np.where(known, computed, dates.UNKNOWN), ended_on)
    return Sentence(route, ends, parts, taken & ~said)


def _computed(facts: Facts) -> tuple[NDArray[np.int64], Flags, Dates]:
    """How many parts each sentence has, whether all are readable and none is life, and the day the last one ends."""
    table = facts.history.sentences
    count = numbers(facts.table["count"])
    size = facts.history.counts.num_rows
    of_part, length = numbers(table["count"]), numbers(table["length"])
    readable, life = flags(table["readable"]), flags(table["life"])

    def total(name: str) -> NDArray[np.int64]:
        chosen = passing(table["unit"], lambda unit: unit == name)
        added: NDArray[np.int64] = np.bincount(of_part[chosen], length[chosen], minlength=size)[count].astype(np.int64)
        return added

    parts = np.bincount(of_part, minlength=size)[count]
    clear = np.bincount(of_part[~readable | life], minlength=size)[count] == 0
    ends = dates.plus(facts.conviction_date, years=total("Y"), months=total("M"), days=total("D"))
    return parts, clear, ends
