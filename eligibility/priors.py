"""Possible priors: convictions earlier than the offense that may keep its felony exposure alive.

A later one, or one of the same case, is no prior (People v. Smit (2018) 24 Cal.App.5th 596). A section number never
proves a superstrike or a registration under PC 290(c): all findings here are "possible".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eligibility.law import tables
from eligibility.law.code_sections import normalised
from eligibility.truth import Flags

if TYPE_CHECKING:
    from eligibility.facts import Facts

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Priors:
    """Per conviction in scope; only where the section keeps its exceptions (not § 11357, § 11360(b))."""

    concerned: Flags
    super_strike: Flags
    registration_290c: Flags
    same_section: Flags
    registered: Flags

    @property
    def any(self) -> Flags:
        return self.super_strike | self.registration_290c | self.same_section | self.registered


def of(facts: Facts) -> Priors:
    """The possible priors of each conviction in scope."""
    sections = facts.code_section.dictionary_encode()
    keeps = [tables.keeps_exceptions(each) for each in sections.dictionary.to_pylist()]
    concerned = np.array([*keeps, False])[sections.indices.fill_null(len(keeps)).to_numpy(zero_copy_only=False)]
    concerned &= ~facts.is_related
    return Priors(
        concerned=concerned,
        super_strike=concerned & _earlier(facts, listed(facts, "super_strikes")),
        registration_290c=concerned & _earlier(facts, listed(facts, "registration_290c")),
        same_section=concerned & _same_section(facts),
        registered=concerned & facts.is_registered,
    )


def listed(facts: Facts, list_name: str) -> Flags:
    """Which of all convictions on record may be on the list."""
    frame = facts.convictions.select(["code_section", "part", "severity"])
    distinct = frame.group_by(frame.column_names).aggregate([])
    rows = distinct.to_pylist()
    keys = {(each["code_section"], each["part"], each["severity"]): place for place, each in enumerate(rows)}
    codes = _codes(facts, keys)
    flags = np.zeros(len(codes), dtype=bool)
    for offense in tables.disqualifying(list_name):
        fits = [
            each["code_section"] is not None
            and offense.may_be(normalised(each["code_section"]), each["part"] or "", each["severity"])
            for each in rows
        ]
        found = np.array([*fits, False])[codes]
        if offense.beside is not None:
            found &= _beside(facts, str(offense.beside))
        flags |= found
    return flags


def _codes(facts: Facts, keys: dict[tuple[str | None, str | None, str | None], int]) -> NDArray[np.int64]:
    """For each conviction the place of its section, part and severity among the distinct ones."""
    columns = [
        facts.convictions[name].combine_chunks().dictionary_encode() for name in ("code_section", "part", "severity")
    ]
    texts = [[*column.dictionary.to_pylist(), None] for column in columns]
    codes = [
        column.indices.fill_null(len(text) - 1).to_numpy(zero_copy_only=False)
        for column, text in zip(columns, texts, strict=True)
    ]
    joint = (codes[0].astype(np.int64) * len(texts[1]) + codes[1]) * len(texts[2]) + codes[2]
    found, inverse = np.unique(joint, return_inverse=True)
    places = []
    for each in found.tolist():
        rest, third = divmod(each, len(texts[2]))
        first, second = divmod(rest, len(texts[1]))
        places.append(keys[(texts[0][first], texts[1][second], texts[2][third])])
    return np.array(places, dtype=np.int64)[inverse]


def _beside(facts: Facts, section: str) -> Flags:
    """Convictions whose event also has a conviction of `section`."""
    events = facts.convictions["event"].to_numpy()
    encoded = facts.convictions["code_section"].combine_chunks().dictionary_encode()
    wanted = [normalised(each).within(normalised(section)) for each in encoded.dictionary.to_pylist()]
    there = np.array([*wanted, False])[encoded.indices.fill_null(len(wanted)).to_numpy(zero_copy_only=False)]
    return np.isin(events, events[there])


def _days(facts: Facts) -> NDArray[np.int64]:
    """Conviction dates as days; an undated conviction may be earlier than anything."""
    return facts.all_dates.astype(np.int64)  # NaT is the smallest number


def _until(facts: Facts) -> NDArray[np.int64]:
    """The last day of each offense as a number; without one every conviction may be earlier."""
    return np.where(np.isnat(facts.offense_to), NEVER, facts.offense_to.astype(np.int64))


def _earlier(facts: Facts, which: Flags) -> Flags:
    """Where the person has one of these convictions, possibly dated before the offense, in another event."""
    everyone, _, size = facts._of_person
    events = facts.convictions["event"].to_numpy().astype(np.int64)
    first, second = np.full(size, NEVER), np.full(size, NEVER)
    event = np.full(size, -1, dtype=np.int64)
    # The earliest such conviction, and the earliest of any other event: one's own event is no prior.
    order = np.flatnonzero(which)
    order = order[np.lexsort((_days(facts)[order], everyone[order]))]
    people, at = np.unique(everyone[order], return_index=True)
    first[people], event[people] = _days(facts)[order][at], events[order][at]
    rest = order[events[order] != event[everyone[order]]]
    np.minimum.at(second, everyone[rest], _days(facts)[rest])
    own = events[facts.at] == event[facts.person_code]
    earliest = np.where(own, second[facts.person_code], first[facts.person_code])
    return earliest < _until(facts)


def _same_section(facts: Facts) -> Flags:
    """Enough earlier convictions of the same section, each of another event: counts of one case are not several."""
    everyone, _, _ = facts._of_person
    numbers = facts.convictions["prop64"].combine_chunks().dictionary_encode()
    section = numbers.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    width = len(numbers.dictionary) + 1
    listed_at = np.flatnonzero(section >= 0)
    group = everyone[listed_at] * width + section[listed_at]
    events = facts.convictions["event"].to_numpy().astype(np.int64)[listed_at]
    days = _days(facts)[listed_at]
    once = np.unique(group * (facts.history.events.num_rows + 1) + events, return_index=True)[1]
    group, days = group[once], days[once]
    order = np.lexsort((days, group))
    group, days = group[order], days[order]
    # Of every group, the n-th earliest event; it and all before it must come before the offense.
    nth = tables.same_section_priors() - 1
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(np.append(starts, len(group)))
    asked = facts.person_code * width + section[facts.at]
    if not len(starts):
        return np.zeros(facts.length, dtype=bool)
    place = np.minimum(np.searchsorted(group[starts], asked), len(starts) - 1)
    there = (group[starts][place] == asked) & (sizes[place] > nth)
    day = np.full(facts.length, NEVER)
    day[there] = days[starts[place[there]] + nth]
    return day < _until(facts)
