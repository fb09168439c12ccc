"""Exceptions that keep an offense's felony exposure, as a person stated them; each only for the sections that have it.

No criminal history carries these facts: an exception that nobody has stated is not there, since whoever opposes relief
would have to prove it (H&S § 11361.8(b), (f)). Earlier convictions are in `priors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eligibility.arrow import passing
from eligibility.law import tables
from eligibility.truth import Flags, Truth

if TYPE_CHECKING:
    from eligibility.facts import Facts


@dataclass(frozen=True)
class Grounds:
    """Per conviction in scope. `answered`: an attorney stated that nothing bars relief."""

    minor: Flags
    employed_under_21: Truth
    import_export: Flags
    environmental: Flags
    answered: Flags

    @property
    def any(self) -> Flags:
        """One of them was stated, or may hold once the subject's age is known."""
        found: Flags = (
            self.minor
            | self.employed_under_21.yes
            | self.employed_under_21.unknown
            | self.import_export
            | self.environmental
        )
        return found


def of(facts: Facts) -> Grounds:
    """The stated exceptions of each conviction in scope."""

    def said(fact: str, exception: str) -> Flags:
        return facts.stated.flags(fact, facts.length, value=True) & _has(facts, exception)

    def limit(name: str) -> float:
        return float(tables.limit(name, facts.as_of))

    age = facts.stated.numbers("recipient_age", facts.length)
    younger = facts.under_at_offense(tables.limit("employer_age", facts.as_of))
    return Grounds(
        minor=(age < limit("recipient_minor_age")) & _has(facts, "minor"),
        employed_under_21=Truth.known(said("employed_person_under_21", "employed_under_21")) & ~younger,
        import_export=said("imported_or_exported", "import_export")
        & ~_small(facts, limit("import_export_grams"), limit("import_export_concentrate_grams")),
        environmental=said("environmental_crime", "environmental") & ~few_plants(facts),
        answered=facts.stated.flags("no_prior_bar", facts.length, value=True),
    )


def _has(facts: Facts, exception: str) -> Flags:
    """Where the exception is one of the section's own."""
    named = passing(facts.code_section, lambda each: tables.has_exception(exception, each))
    return named & ~facts.is_related


def _small(facts: Facts, grams: float, concentrate: float) -> Flags:
    """An amount is stated, and none that is stated exceeds its limit."""
    stated = [facts.stated.numbers(name, facts.length) for name in ("grams", "concentrate_grams")]
    beyond = (stated[0] > grams) | (stated[1] > concentrate)
    found: Flags = ~np.isnan(stated).all(axis=0) & ~beyond
    return found


def few_plants(facts: Facts) -> Flags:
    """Stated to be no more plants than an adult may grow: H&S § 11358(d) asks for more than these."""
    return facts.section_is("11358").yes & facts.stated_amount[0]
