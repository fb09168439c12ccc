"""What an offense of before the Act would be today: lawful, an infraction, a misdemeanor; and whether that is less.

H&S §§ 11357 to 11360 and 11362.1 as the Act left them, for an adult at the offense. Amounts nobody has stated
follow the policy's `when_unproven`, but an infraction is found only where the amount is stated or where the section
as convicted limits it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eligibility.arrow import coded
from eligibility.law import tables
from eligibility.law.former_offenses import FormerOffense, former_offense, names_the_act
from eligibility.truth import Flags, Truth

if TYPE_CHECKING:
    from eligibility.facts import Facts

POSSESSION, CULTIVATION, GIFT, SALE, SCHOOL = "possession", "cultivation", "gift", "sale", "school"


@dataclass(frozen=True)
class Grades:
    """Per conviction in scope; only for §§ 11357 to 11360. The exceptions of `grounds` and `priors` stand apart."""

    lawful: Truth
    infraction: Truth
    lowered: Truth
    unchanged: Truth
    on_school_grounds: Truth
    never_so_severe: Flags
    names_the_act: Flags


def of(facts: Facts) -> Grades:
    """The grades of each conviction in scope."""
    former = _Former(facts)
    young = facts.under_at_offense(tables.limit("lawful_age", facts.as_of))
    given_to_young = _given_to_young(facts)
    presumed, proven = _within(facts, former)
    own, gift, sale = former.is_a(POSSESSION, CULTIVATION), former.is_a(GIFT), former.is_a(SALE)
    too_young = (own & young) | (gift & (young | given_to_young))
    lesser = own | gift
    lawful = lesser & presumed & ~too_young
    infraction = too_young & proven
    beyond = lesser & ((young & ~proven) | (~young & ~presumed))
    felony, misdemeanor, minor = (facts.severity_is(each) for each in ("felony", "misdemeanor", "infraction"))
    return Grades(
        lawful=lawful,
        infraction=infraction,
        lowered=(felony & (sale | too_young | (lesser & ~presumed))) | (misdemeanor & infraction),
        unchanged=(misdemeanor & (sale | beyond)) | (minor & (sale | too_young | beyond)),
        on_school_grounds=former.is_a(SCHOOL),
        never_so_severe=former.flags(lambda each: each.never_so_severe),
        names_the_act=former.names_the_act,
    )


class _Former:
    """The former offense of each conviction, looked up once for each distinct section and severity."""

    def __init__(self, facts: Facts) -> None:
        (first, sections), (second, severities) = coded(facts.code_section), coded(facts.severity)
        distinct, self.at = np.unique(first * len(severities) + second, return_inverse=True)
        pairs = [divmod(each, len(severities)) for each in distinct.tolist()]
        self.offenses = [former_offense(sections[section], severities[severity]) for section, severity in pairs]
        named = [sections[section] is not None and names_the_act(sections[section]) for section, _ in pairs]
        self.names_the_act: Flags = np.array(named, dtype=bool)[self.at]

    def flags(self, test: Callable[[FormerOffense], bool]) -> Flags:
        found: Flags = np.array([test(each) for each in self.offenses], dtype=bool)[self.at]
        return found

    def is_a(self, *kinds: str) -> Truth:
        """Of one of these kinds; unknown where the record names no subdivision and its severity leaves several."""
        asked = frozenset(kinds)
        yes = self.flags(lambda each: bool(each.kinds) and each.kinds <= asked)
        maybe = self.flags(lambda each: bool(each.kinds & asked))
        return Truth.unless(maybe & ~yes, yes, fact="subdivision")


def _within(facts: Facts, former: _Former) -> tuple[Truth, Truth]:
    """The amount lay within what is lawful now: as presumed under the policy, and as stated or as the section says."""
    within, beyond = facts.stated_amount
    said_within = former.flags(lambda each: each.amount == "within")
    said_beyond = former.flags(lambda each: each.amount == "beyond")
    by_section = said_within | said_beyond
    known = np.where(said_within, ~beyond, within)
    presumed, unproven = facts.amount_is_lawful, ~(by_section | within | beyond)
    return (
        Truth(
            np.where(by_section, known, presumed.yes),
            presumed.unknown & ~by_section,
            {fact: flags & ~by_section for fact, flags in presumed.because.items()},
        ),
        Truth.unless(unproven, known, fact="amount"),
    )


def _given_to_young(facts: Facts) -> Truth:
    """Stated to have been given to a person under the lawful age; a criminal history never says."""
    age = facts.stated.numbers("recipient_age", facts.length)
    return Truth.known(age < tables.limit("lawful_age", facts.as_of))
