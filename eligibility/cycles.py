"""What else is in a conviction's cycle: arrests and other charges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility import dates
from eligibility.dates import Dates
from eligibility.truth import Flags

if TYPE_CHECKING:
    from eligibility.facts import Facts

Places = NDArray[np.int64]
_DAYS = 1 << 24  # more days than there are between the years 1 and 9999


class Cycles(NamedTuple):
    """Subject and cycle as one number, -1 where the record names no cycle."""

    own: Places  # of the convictions in scope
    counts: Places
    events: Places


def of(facts: Facts) -> Cycles:
    """The cycles of everything, numbered alike."""
    parts = [facts.table, facts.history.counts, facts.history.events]
    texts = pa.concat_arrays([part["cycle"].combine_chunks() for part in parts]).fill_null("")
    encoded = texts.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    blank = np.array([not name.strip() for name in names], dtype=bool)
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    subjects = np.concatenate([part["subject"].to_numpy().astype(np.int64) for part in parts])
    keys = np.where(blank[codes], -1, subjects * len(names) + codes)
    first, second = len(facts.table), len(facts.table) + len(facts.history.counts)
    return Cycles(keys[:first], keys[first:second], keys[second:])


def has_listed_charge(facts: Facts, cycles: Cycles) -> Flags:
    """Any count of the conviction's cycle, convicted or not, is under §§ 11357 to 11360."""
    listed = facts.history.counts["prop64"].combine_chunks().is_valid().to_numpy(zero_copy_only=False)
    return np.isin(cycles.own, cycles.counts[listed & (cycles.counts >= 0)])


def is_arrest(kind: str) -> bool:
    """Whether an event of this type is an arrest: ARREST/DETAINED/CITED, SUPPLEMENTAL ARREST and the like."""
    return "ARREST" in kind.upper()


def arrests(facts: Facts, cycles: Cycles) -> tuple[Dates, Dates]:
    """First and last dated arrest of each conviction's cycle that is not after the conviction; NaT without one."""
    kinds = facts.history.events["type"].combine_chunks().fill_null("").dictionary_encode()
    arrest = np.array([is_arrest(kind) for kind in kinds.dictionary.to_pylist()], dtype=bool)
    days = dates.column(facts.history.events["date"])
    chosen = np.flatnonzero(
        arrest[kinds.indices.to_numpy(zero_copy_only=False)] & ~np.isnat(days) & (cycles.events >= 0)
    )
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
