"""What else is in a conviction's cycle: arrests and other charges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility import dates
from eligibility.arrow import coded, flat, numbers, passing, present
from eligibility.dates import Dates
from eligibility.records.schema import TEXT
from eligibility.truth import Flags

if TYPE_CHECKING:
    from eligibility.conviction_facts import ConvictionFacts

Places = NDArray[np.int64]
_DAYS = 1 << 24  # more days than there are between the years 1 and 9999


class Cycles(NamedTuple):
    """Subject and cycle as one number, -1 where the record names no cycle."""

    own: Places  # of the convictions in scope
    counts: Places
    events: Places


def of(facts: ConvictionFacts) -> Cycles:
    """The cycles of everything, numbered alike."""
    parts = [facts.history.counts, facts.history.events]
    texts = pa.chunked_array([flat(part["cycle"]) for part in parts], TEXT).unify_dictionaries().combine_chunks()
    codes, names = coded(texts)
    subjects = np.concatenate([numbers(part["subject"]) for part in parts])
    keys = np.where(passing(texts, lambda name: bool(name.strip())), subjects * len(names) + codes, -1)
    counts, events = np.split(keys, [len(facts.history.counts)])
    return Cycles(counts[numbers(facts.table["count"])], counts, events)


def has_listed_charge(facts: ConvictionFacts, cycles: Cycles) -> Flags:
    """Any count of the conviction's cycle, convicted or not, is under §§ 11357 to 11360."""
    listed = present(facts.history.counts["prop64"])
    return np.isin(cycles.own, cycles.counts[listed & (cycles.counts >= 0)])


def is_arrest(kind: str) -> bool:
    """Whether an event of this type is an arrest: ARREST/DETAINED/CITED, SUPPLEMENTAL ARREST and the like."""
    return "ARREST" in kind.upper()


def arrests(facts: ConvictionFacts, cycles: Cycles) -> tuple[Dates, Dates]:
    """First and last dated arrest of each conviction's cycle that is not after the conviction; NaT without one."""
    arrest = passing(facts.history.events["type"], is_arrest)
    days = dates.column(facts.history.events["date"])
    chosen = np.flatnonzero(arrest & ~np.isnat(days) & (cycles.events >= 0))
    first = np.full(facts.length, dates.UNKNOWN)
    last = first.copy()
    if not len(chosen):
        return first, last
    chosen = chosen[np.lexsort((days[chosen], cycles.events[chosen]))]
    keys, days = cycles.events[chosen], days[chosen]
    ordered = keys * _DAYS + (days.astype(np.int64) + _DAYS // 2)
    until = np.where(np.isnat(facts.conviction_date), dates.LAST_DAY, facts.conviction_date).astype(np.int64)
    end = np.searchsorted(ordered, cycles.own * _DAYS + (until + _DAYS // 2), side="right") - 1
    begin = np.minimum(np.searchsorted(keys, cycles.own, side="left"), len(keys) - 1)
    found = (end >= begin) & (cycles.own >= 0) & (keys[np.maximum(end, 0)] == cycles.own)
    first[found], last[found] = days[begin[found]], days[end[found]]
    return first, last
