"""Possible priors: convictions earlier than the offense that may keep its felony exposure alive.

A later one, or one of the same case, is no prior (People v. Smit (2018) 24 Cal.App.5th 596). A section number never
proves a superstrike or a registration under PC 290(c): all findings here are "possible".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility import dates
from eligibility.arrow import coded, flags, numbers, passing, plain
from eligibility.grounds import few_plants
from eligibility.law import tables
from eligibility.law.code_sections import CodeSection, normalised
from eligibility.truth import Flags

if TYPE_CHECKING:
    from eligibility.facts import Facts

NEVER = np.iinfo(np.int64).max
_FIRST_DAY, _DAYS = 1 << 20, 1 << 23
"""Days are counted from long before the year 1, so that a day and a group of convictions make one number."""


@dataclass(frozen=True)
class Priors:
    """Per conviction in scope; only where the section keeps its exceptions (not § 11357, § 11360(b)).

    `juvenile`: an adjudication at 16 or older of an offense on either list; `elsewhere`: a felony under federal law.
    `super_strike_no_prior`: a superstrike may be on record, though none earlier than the offense; any section.
    `registered`: on the record or stated, unless stated to be no registration under PC 290(c).
    """

    concerned: Flags
    super_strike: Flags
    registration_290c: Flags
    same_section: Flags
    registered: Flags
    juvenile: Flags
    elsewhere: Flags
    super_strike_no_prior: Flags

    @property
    def any(self) -> Flags:
        found: Flags = (
            self.super_strike
            | self.registration_290c
            | self.same_section
            | self.registered
            | self.juvenile
            | self.elsewhere
        )
        return found


def of(facts: Facts) -> Priors:
    """The possible priors of each conviction in scope. Up to the lawful number of plants, as stated, none matters."""
    concerned = passing(facts.code_section, tables.keeps_exceptions) & ~facts.is_related & ~few_plants(facts)
    kinds = _kinds(facts)
    super_strikes, registrations = (listed(facts, each, kinds) for each in ("super_strikes", "registration_290c"))
    elsewhere = kinds.where(_is_federal_felony)
    juvenile, child = _juvenile(facts)
    said = {value: facts.stated.flags("registration_is_290c", facts.length, value=value) for value in (True, False)}
    asked = np.isin(np.arange(len(juvenile)), facts.at)
    same_section = passing(facts.convictions["code_section"], tables.keeps_exceptions)
    cases = _cases(facts, asked | super_strikes | registrations | elsewhere | same_section)
    earlier_super_strike = _earlier(facts, super_strikes & ~juvenile, cases)
    open_ = facts.history_unknown  # nobody has looked up what came before: each of these is possible
    everyone, _, size = facts._of_person
    on_record = np.bincount(everyone[super_strikes & ~juvenile], minlength=size)[facts.person_code] > 0
    return Priors(
        concerned=concerned,
        super_strike=concerned & (earlier_super_strike | open_),
        registration_290c=concerned & (_earlier(facts, registrations & ~juvenile, cases) | open_),
        same_section=concerned & (_same_section(facts, same_section & ~child, cases) | open_),
        registered=concerned & (facts.is_registered | said[True]) & ~said[False],
        juvenile=concerned & _earlier(facts, (super_strikes | registrations) & juvenile & ~child, cases),
        elsewhere=concerned & _earlier(facts, elsewhere, cases),
        super_strike_no_prior=on_record & ~earlier_super_strike,
    )


def _juvenile(facts: Facts) -> tuple[Flags, Flags]:
    """Which convictions on record are adjudications of a juvenile court, and which of those of a child under 16.

    One under 16 bars on no view; from 16 it is open law: People v. Zamora (2017) 11 Cal.App.5th 728, People v. Sledge
    (2017) 7 Cal.App.5th 1089.
    """
    juvenile = flags(facts.convictions["juvenile"])
    at = np.flatnonzero(juvenile)
    everyone, _, _ = facts._of_person
    years = tables.limit("juvenile_prior_age", facts.as_of)
    child = np.zeros_like(juvenile)
    child[at] = dates.plus(facts.birth_dates[everyone[at]], years=years) > facts.all_dates[at]
    return juvenile, child


def _cases(facts: Facts, needed: Flags) -> NDArray[np.int64]:
    """A number per case of a person, by county and case numbers, else by event. Only those `needed` have one."""
    at = np.flatnonzero(needed)
    rows = facts.convictions.select(["case_numbers", "county", "event"]).take(pa.array(at))
    texts, names = coded(pc.binary_join(plain(rows["case_numbers"]), ";").fill_null(""))
    counties, county_names = coded(rows["county"])
    by_number = texts * len(county_names) + counties
    nameless = np.array([not each for each in names], dtype=bool)[texts]
    found = np.full(len(needed), NEVER)
    found[at] = np.where(nameless, -1 - numbers(rows["event"]), by_number)
    return found


@dataclass(frozen=True)
class Kinds:
    """The distinct kinds of section, part and severity among all convictions on record, and each one's among them."""

    at: NDArray[np.int64]
    kinds: list[tuple[CodeSection, str, str | None] | None]  # None: no section that can be read

    def where(self, test: Callable[[CodeSection, str, str | None], bool]) -> Flags:
        """The convictions whose kind passes the test."""
        found: Flags = np.array([each is not None and test(*each) for each in self.kinds], dtype=bool)[self.at]
        return found


def _kinds(facts: Facts) -> Kinds:
    names = ("code_section", "part", "severity")
    (first, sections), (second, parts), (third, severities) = (coded(facts.convictions[name]) for name in names)
    joint = (first * len(parts) + second) * len(severities) + third
    found, at = np.unique(joint, return_inverse=True)
    read = [None if each is None else normalised(each) for each in sections]
    kinds: list[tuple[CodeSection, str, str | None] | None] = []
    for each in found.tolist():
        rest, severity = divmod(each, len(severities))
        place, part = divmod(rest, len(parts))
        section = read[place]
        kinds.append(None if section is None else (section, parts[part] or "", severities[severity]))
    return Kinds(at, kinds)


def _is_federal_felony(section: CodeSection, _part: str, severity: str | None) -> bool:
    """A felony, or a conviction of unknown severity, under federal law: no section number of California fits it."""
    return section.code == "US" and severity in ("felony", None)


def listed(facts: Facts, list_name: str, kinds: Kinds) -> Flags:
    """Which of all convictions on record may be on the list."""
    found = np.zeros(len(kinds.at), dtype=bool)
    for offense in tables.disqualifying(list_name, facts.as_of):
        may_be = kinds.where(offense.may_be)
        if offense.beside is not None and may_be.any():
            may_be &= _beside(facts, offense.beside)
        found |= may_be
    return found


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


def _earlier(facts: Facts, which: Flags, cases: NDArray[np.int64]) -> Flags:
    """Where the person has one of these convictions, possibly dated before the offense, in another case."""
    everyone, _, size = facts._of_person
    first, second = np.full(size, NEVER), np.full(size, NEVER)
    case = np.full(size, NEVER)
    # The earliest such conviction, and the earliest of any other case: one's own case is no prior.
    order = np.flatnonzero(which)
    order = order[np.lexsort((_days(facts)[order], everyone[order]))]
    people, at = np.unique(everyone[order], return_index=True)
    first[people], case[people] = _days(facts)[order][at], cases[order][at]
    rest = order[cases[order] != case[everyone[order]]]
    np.minimum.at(second, everyone[rest], _days(facts)[rest])
    own = cases[facts.at] == case[facts.person_code]
    earliest = np.where(own, second[facts.person_code], first[facts.person_code])
    return earliest < _until(facts)


def _same_section(facts: Facts, may_count: Flags, cases: NDArray[np.int64]) -> Flags:
    """Enough earlier convictions of the same section, each of another case: counts of one case are not several."""
    everyone, _, _ = facts._of_person
    section, names = coded(facts.convictions["prop64"])
    listed_at = np.flatnonzero(may_count)
    group = everyone * len(names) + section
    days = np.where(_days(facts) < -_FIRST_DAY, 0, _days(facts) + _FIRST_DAY)
    # The earliest conviction of each case in each group of person and section.
    order = listed_at[np.lexsort((days[listed_at], cases[listed_at], group[listed_at]))]
    starts = np.flatnonzero((np.diff(group[order], prepend=-1) != 0) | (np.diff(cases[order], prepend=NEVER) != 0))
    once = order[starts]
    ordered = np.sort(group[once] * _DAYS + days[once])
    asked = group[facts.at] * _DAYS
    until = asked + np.minimum(_until(facts), _DAYS - 2 * _FIRST_DAY) + _FIRST_DAY
    earlier = np.searchsorted(ordered, until) - np.searchsorted(ordered, asked)
    # One's own case is no prior, even where its date is unknown.
    own_day = np.full(facts.convictions.num_rows, NEVER)
    own_day[order] = np.repeat(days[once], np.diff(np.append(starts, len(order))))
    own = own_day[facts.at] < until - asked
    return earlier - own >= tables.same_section_priors()
