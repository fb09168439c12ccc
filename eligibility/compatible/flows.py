"""The older tool's flows: per conviction a determination and a reason; the first line that holds decides.

Tables: the configurable one and those of the county pilots in their last version, each a list of lines in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility.compatible import days, sections
from eligibility.compatible.facts import Facts, Flags, Panics, codes
from eligibility.options import LISTED, Options

DISMISSAL = b"Eligible for Dismissal"
REDUCTION = b"Eligible for Reduction"
NOT_ELIGIBLE = b"Not eligible"
MAYBE = b"Maybe Eligible - Flag for Review"
HAND_REVIEW = b"Hand Review"
CITY_ATTORNEYS = b"To be reviewed by City Attorneys"
ACT = int(np.datetime64("2016-11-09", "D").astype(np.int64))
_DAY = 86_400


@dataclass
class Decided:
    """A determination and reason per conviction; both empty where none was made, also within scope."""

    scope: Flags
    determination: NDArray[np.object_] = field(init=False)
    reason: NDArray[np.object_] = field(init=False)
    open: Flags = field(init=False)

    def __post_init__(self) -> None:
        self.determination = np.full(len(self.scope), b"", dtype=object)
        self.reason = np.full(len(self.scope), b"", dtype=object)
        self.open = self.scope.copy()

    def line(self, holds: Flags, determination: bytes, reason: bytes | str) -> None:
        """The next line of the table."""
        now = self.open & holds
        self.determination[now] = determination
        self.reason[now] = (reason.encode() if isinstance(reason, str) else reason).strip()
        self.open &= ~now


Flow = Callable[[Facts], Decided]


def configurable(options: Options) -> Flow:
    """The office's own choice."""

    def flow(facts: Facts) -> Decided:
        decided = Decided(facts.in_county & facts.is_listed)
        decided.line(~facts.is_felony, DISMISSAL, "Misdemeanor or Infraction")
        _by_section(facts, decided, options.dismiss, DISMISSAL, "Dismiss all HS {} convictions")
        birth = facts.birth[facts.subject]
        if options.under_21_at_conviction:
            decided.line(days.years_later(birth, 21) > facts.date, DISMISSAL, "21 years or younger")
        if years := options.age:
            decided.line(days.years_later(birth, years) <= facts.as_of, DISMISSAL, f"{years} years or older")
        if years := options.years_since_conviction:
            before = facts.date <= days.years_before(facts.as_of, years)
            decided.line(before, DISMISSAL, f"Conviction occurred {years} or more years ago")
        if years := options.years_crime_free:
            before = facts.latest[facts.subject] < days.years_before(facts.as_of, years)
            decided.line(before, DISMISSAL, f"No convictions in the past {years} years")
        if options.only_listed:
            decided.line(_only_listed(facts), DISMISSAL, "Only has 11357-60 charges")
        if options.deceased:
            decided.line(facts.is_deceased[facts.subject], DISMISSAL, "Individual is deceased")
        _by_section(facts, decided, options.reduce, REDUCTION, "Reduce all HS {} convictions")
        return decided

    return flow


def _by_section(facts: Facts, decided: Decided, chosen: tuple[str, ...], determination: bytes, reason: str) -> None:
    for section in chosen:
        if section not in LISTED:
            if decided.open.any():
                at = int(facts.row[np.flatnonzero(decided.open)[0]]) + 1
                raise Panics(at, "OFFENSE_DESCR", f"the eligibility options name an unknown section, {section!r}")
            continue
        holds = facts.texts_where(lambda text, section=section: section.encode() in text)  # type: ignore[misc]
        decided.line(holds, determination, reason.format(section))


def _only_listed(facts: Facts) -> Flags:
    everything = facts.per_subject(np.ones(len(facts.row), dtype=bool))
    only: Flags = (facts.per_subject(facts.is_listed) == everything)[facts.subject]
    return only


def _several(facts: Facts) -> Flags:
    found: Flags = (facts.per_subject(np.ones(len(facts.row), dtype=bool)) > 1)[facts.subject]
    return found


def _years_since_any(facts: Facts) -> NDArray[np.float64]:
    return days.years_between(facts.as_of, facts.latest[facts.subject])


def contra_costa(facts: Facts) -> Decided:
    """Contra Costa, July 2019, and San Joaquin, March 2019."""
    decided = Decided(facts.in_county & (facts.is_listed | facts.is_related))
    everywhere = np.ones(len(facts.row), dtype=bool)
    decided.line(facts.date >= ACT, NOT_ELIGIBLE, "Occurred after 11/09/2016")
    decided.line(facts.is_related & ~facts.cycle_has_listed, MAYBE, "No Related Prop64 Charges")
    decided.line(facts.is_related & facts.texts_where(lambda text: text == b"4060 BP"), MAYBE, "4060 BP")
    for code in np.unique(facts.text[decided.open & facts.is_related]).tolist():
        decided.line(facts.is_related & (facts.text == code), DISMISSAL, facts.texts[code])
    decided.line(~facts.is_felony, DISMISSAL, "Misdemeanor or Infraction")
    decided.line(facts.texts_where(lambda text: text.startswith(b"11357")), DISMISSAL, "11357 HS")
    decided.line(_several(facts) & (_years_since_any(facts) > 5), DISMISSAL, "No convictions in past 5 years")
    decided.line(_several(facts), MAYBE, "Has convictions in past 5 years")
    decided.line(facts.sentence_end < facts.as_of * _DAY, DISMISSAL, "Sentence Completed")
    decided.line(everywhere, MAYBE, "Sentence not Completed")
    return decided


def sacramento(facts: Facts) -> Decided:
    """Sacramento, July 2019."""
    decided = Decided(facts.in_county & facts.is_listed)
    everywhere = np.ones(len(facts.row), dtype=bool)
    decided.line(facts.date >= ACT, NOT_ELIGIBLE, "Occurred after 11/09/2016")
    decided.line(~facts.is_felony, DISMISSAL, "Misdemeanor or Infraction")
    decided.line(facts.texts_where(lambda text: text.startswith(b"11357(b)")), DISMISSAL, "HS 11357(b)")
    decided.line(_several(facts) & (_years_since_any(facts) > 10), DISMISSAL, "No convictions in past 10 years")
    decided.line(_several(facts), REDUCTION, "Has convictions in past 10 years")
    decided.line(facts.sentence_end < facts.as_of * _DAY, DISMISSAL, "Sentence Completed")
    decided.line(everywhere, REDUCTION, "Sentence not Completed")
    return decided


def los_angeles(facts: Facts, *, age: int = 50, years: int = 10) -> Decided:
    """Los Angeles, October 2019."""
    decided = Decided(facts.in_county & facts.is_listed)
    birth = facts.birth[facts.subject]
    is_11357 = facts.listed == b"11357"
    a_or_b = facts.texts_where(lambda text: text.startswith((b"11357(A)", b"11357(B)")))
    serving = (facts.per_subject(facts.sentence_end > facts.as_of * _DAY) > 0)[facts.subject]
    recent = (facts.per_subject(facts.date > days.years_before(facts.as_of, years)) > 0)[facts.subject]
    decided.line(~facts.is_felony, CITY_ATTORNEYS, "Misdemeanor or Infraction")
    decided.line(facts.date >= ACT, NOT_ELIGIBLE, "Occurred after 11/09/2016")
    decided.line(is_11357 & a_or_b, DISMISSAL, "11357(a) or 11357(b)")
    decided.line(is_11357, HAND_REVIEW, "Other 11357")
    superstrike = facts.texts_where(sections.is_superstrike)
    decided.line(_earlier(facts, superstrike, _has_pair(facts)), NOT_ELIGIBLE, "PC 667(e)(2)(c)(iv)")
    registrable = facts.texts_where(sections.is_registrable)
    decided.line(_earlier(facts, registrable, facts.is_registered), NOT_ELIGIBLE, "PC 290")
    decided.line(_same_section_before(facts) >= 2, NOT_ELIGIBLE, "Two priors")
    decided.line(days.years_later(birth, age) <= facts.as_of, DISMISSAL, f"{age} years or older")
    decided.line(days.age(facts.as_of, birth) <= 21, DISMISSAL, "21 years or younger")
    decided.line(_only_listed(facts) & ~serving, DISMISSAL, "Only has 11357-60 charges and completed sentence")
    decided.line(~recent, DISMISSAL, f"No convictions in past {years} years")
    decided.line(serving, HAND_REVIEW, "Currently serving sentence")
    decided.line(facts.is_deceased[facts.subject], DISMISSAL, "Deceased")
    decided.line(np.ones(len(facts.row), dtype=bool), HAND_REVIEW, "No applicable eligibility criteria")
    return decided


def _earlier(facts: Facts, disqualifying: Flags, otherwise: Flags) -> Flags:
    """Where the subject's earliest disqualifying conviction came before this one.

    A subject disqualified `otherwise`, with no such conviction, has the zero date there.
    """
    latest = np.iinfo(np.int64).max
    earliest = np.full(facts.subjects, latest, dtype=np.int64)
    np.minimum.at(earliest, facts.subject[disqualifying], facts.date[disqualifying])
    earliest[(earliest == latest) & otherwise] = days.NONE
    found: Flags = earliest[facts.subject] < facts.date
    return found


def _has_pair(facts: Facts) -> Flags:
    """Per subject: a gang enhancement and an offense it enhances, convicted in one event."""
    enhancing = facts.event[facts.texts_where(sections.is_gang_enhancement)]
    pairs = facts.texts_where(sections.is_enhanceable) & np.isin(facts.event, enhancing)
    return facts.per_subject(pairs) > 0


def _same_section_before(facts: Facts) -> NDArray[np.int64]:
    """Earlier Prop 64 convictions of the subject whose text begins with the same five characters."""
    known: dict[bytes, int] = {}
    prefix = np.array([known.setdefault(text[:5], len(known)) for text in facts.texts], dtype=np.int64)
    group = facts.subject * max(len(known), 1) + (prefix[facts.text] if len(prefix) else facts.text)
    listed = np.flatnonzero(facts.is_listed)
    order = listed[np.lexsort((facts.date[listed], group[listed]))]
    before = np.zeros(len(facts.row), dtype=np.int64)
    if len(order):
        starts = np.searchsorted(group[order], group[order], side="left")
        changed = np.concatenate([[True], (np.diff(group[order]) != 0) | (np.diff(facts.date[order]) != 0)])
        first_of_day = np.maximum.accumulate(np.where(changed, np.arange(len(order)), 0))
        before[order] = first_of_day - starts
    return before


def san_francisco(facts: Facts) -> Decided:
    """San Francisco, December 2018, from the record file alone, so that no weight is known.

    A reading of our own where the pilot used the court's case system: level M is whatever is not a felony; a felony is
    CONV_STAT_DESCR `FELONY` and nothing else; every subject has a history, so only the weight can be `no match`. The
    reason names the checks that failed or found no match.
    """
    decided = Decided(facts.in_county & facts.is_listed)
    severity = facts.rows.column("CONV_STAT_DESCR")
    known = severity.dictionary.to_pylist()
    felony = np.array([value == b"FELONY" for value in known], dtype=bool)[codes(severity)[facts.row]]
    is_11357 = facts.listed == b"11357"
    asked = felony & ~is_11357
    superstrike = facts.per_subject(facts.texts_where(sections.is_superstrike)) > 0
    registrable = facts.per_subject(facts.texts_where(sections.is_registrable)) > 0
    failing = {
        "PC 290 registration": asked & facts.is_registered[facts.subject],
        "PC 290 charges": asked & registrable[facts.subject],
        "superstrikes": asked & superstrike[facts.subject],
        "two priors": asked & (_cycles_of_section(facts) > 2),
    }
    ineligible = np.logical_or.reduce(list(failing.values()))
    unmatched = asked & (facts.listed != b"11358")
    for at in np.flatnonzero(decided.scope & (ineligible | unmatched)).tolist():
        named = [name for name, flags in failing.items() if flags[at]]
        if unmatched[at]:
            named.insert(0, "over 1 lb: no match")
        decided.reason[at] = "; ".join(named).encode()
    decided.determination[decided.scope] = b"eligible"
    decided.determination[decided.scope & unmatched] = b"needs review"
    decided.determination[decided.scope & ineligible] = b"ineligible"
    return decided


def _cycles_of_section(facts: Facts) -> NDArray[np.int64]:
    """Cycles, by their date, in which the subject was convicted of the same section text, blanks apart."""
    known: dict[bytes, int] = {}
    texts = [known.setdefault(text.replace(b" ", b""), len(known)) for text in facts.texts]
    text = np.array(texts, dtype=np.int64)[facts.text] if texts else facts.text
    group = facts.subject * max(len(known), 1) + text
    cycle = codes(facts.rows.column("CYC_DATE"))[facts.row]
    pairs = np.unique(np.stack([group, cycle], axis=1), axis=0)
    groups, numbers = np.unique(pairs[:, 0], return_counts=True)
    found: NDArray[np.int64] = numbers[np.searchsorted(groups, group)] if len(groups) else group
    return found


def dismiss_all(facts: Facts) -> Decided:
    """Every Prop 64 conviction."""
    decided = Decided(facts.in_county & facts.is_listed)
    decided.line(decided.scope, DISMISSAL, "Dismiss all Prop 64 charges")
    return decided


def dismiss_all_and_related(facts: Facts) -> Decided:
    """Every Prop 64 conviction and every related charge."""
    decided = Decided(facts.in_county & (facts.is_listed | facts.is_related))
    decided.line(decided.scope, DISMISSAL, "Dismiss all Prop 64 and related charges")
    return decided


OF_PRESET: dict[str, Flow] = {
    "contra_costa_2019": contra_costa,
    "san_joaquin_2019": contra_costa,
    "sacramento_2019": sacramento,
    "los_angeles_2019": los_angeles,
    "san_francisco_2018": san_francisco,
    "dismiss_all": dismiss_all,
    "dismiss_all_and_related": dismiss_all_and_related,
}


def as_arrow(values: NDArray[np.object_]) -> pa.Array:
    return pa.array(values.tolist(), pa.binary())
