"""Possible priors: convictions earlier than the offense that may keep its felony exposure alive.

A later one, or one of the same case, is no prior (People v. Smit (2018) 24 Cal.App.5th 596). A section number never
proves a superstrike or a registration under PC 290(c): all findings here are "possible".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eligibility.arrow import coded, numbers, passing
from eligibility.law import tables
from eligibility.law.code_sections import CodeSection, normalised
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
    concerned = passing(facts.code_section, tables.keeps_exceptions) & ~facts.is_related
    return Priors(
        concerned=concerned,
        super_strike=concerned & _earlier(facts, listed(facts, "super_strikes")),
        registration_290c=concerned & _earlier(facts, listed(facts, "registration_290c")),
        same_section=concerned & _same_section(facts),
        registered=concerned & facts.is_registered,
    )


def listed(facts: Facts, list_name: str) -> Flags:
    """Which of all convictions on record may be on the list."""
    codes, kinds = _kinds(facts)
    found = np.zeros(len(codes), dtype=bool)
    for offense in tables.disqualifying(list_name):
        fits = [
            section is not None and offense.may_be(normalised(section), part or "", severity)
            for section, part, severity in kinds
        ]
        may_be = np.array(fits, dtype=bool)[codes]
        if offense.beside is not None:
            may_be &= _beside(facts, offense.beside)
        found |= may_be
    return found


Kind = tuple[str | None, str | None, str | None]


def _kinds(facts: Facts) -> tuple[NDArray[np.int64], list[Kind]]:
    """For each conviction on record its place among the distinct kinds of section, part and severity."""
    names = ("code_section", "part", "severity")
    (first, sections), (second, parts), (third, severities) = (coded(facts.convictions[name]) for name in names)
    joint = (first * len(parts) + second) * len(severities) + third
    found, at = np.unique(joint, return_inverse=True)
    kinds: list[Kind] = []
    for each in found.tolist():
        rest, severity = divmod(each, len(severities))
        section, part = divmod(rest, len(parts))
        kinds.append((sections[section], parts[part], severities[severity]))
    return at, kinds


def _beside(facts: Facts, section: CodeSection) -> Flags:
    """Convictions whose event also has a conviction of `section`."""
    events = numbers(facts.convictions["event"])
    there = passing(facts.convictions["code_section"], lambda text: normalised(text).within(section))
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
    events = numbers(facts.convictions["event"])
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
    section, names = coded(facts.convictions["prop64"])
    width = len(names)
    listed_at = np.flatnonzero(section < width - 1)
    group = everyone[listed_at] * width + section[listed_at]
    events = numbers(facts.convictions["event"])[listed_at]
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
