"""Rules of dismissal after the sentence, PC §§ 1203.4 and 1203.4a. Experimental: see the preset that uses them."""

from __future__ import annotations

import numpy as np

from eligibility import dates
from eligibility.arrow import passing
from eligibility.facts import Facts
from eligibility.law import tables
from eligibility.law.code_sections import normalised
from eligibility.rules import rule
from eligibility.truth import Truth

LAW = "pc_1203_4"


@rule(reason="The record tells of relief already", citation="PC §§ 1203.4, 1203.4a", looks_at=["relief noted"])
def relief_is_noted(facts: Facts) -> Truth:
    """The record says that the conviction was dismissed or sealed afterwards, and nobody stated that it stands."""
    stands = facts.stated.flags("relief_answered", facts.length, value=False)
    noted = passing(facts.table["relief_noted"], bool) | facts.stated.flags("relief_answered", facts.length, value=True)
    return Truth.known(noted & ~stands)


@rule(reason="Not a misdemeanor", citation="PC §§ 1203.4, 1203.4a", looks_at=["severity"])
def not_a_misdemeanor(facts: Facts) -> Truth:
    """The conviction is no misdemeanor."""
    return ~facts.severity_is("misdemeanor")


@rule(reason="Excepted offense", citation="PC § 1203.4(b)", looks_at=["code section"])
def never_dismissed_after_probation(facts: Facts) -> Truth:
    """The offense is one of those that PC 1203.4(b) excepts; one that the record names less closely may be.

    They stand in the lists of the law, below.
    """
    never = [normalised(each) for each in tables.relief(LAW)["never"]]
    yes = passing(facts.code_section, lambda each: any(normalised(each).within(one) for one in never))
    maybe = passing(facts.code_section, lambda each: any(one.within(normalised(each)) for one in never))
    unread = facts.code_section.is_null().to_numpy(zero_copy_only=False)
    return Truth.unless((maybe & ~yes) | unread, yes, fact="code section")


@rule(reason="Sentence still being served", citation="PC §§ 1203.4(a), 1203.4a(a)", looks_at=["route", "sentence ends"])
def still_serving(facts: Facts) -> Truth:
    """According to the record the sentence of this conviction, probation included, is not over."""
    return ~facts.sentence_is_completed


@rule(
    reason="Serving, on probation or charged in another case",
    citation="PC §§ 1203.4(a), 1203.4a(a)",
    looks_at=["clear of other cases"],
)
def not_clear_of_other_cases(facts: Facts) -> Truth:
    """It is stated that the subject is serving a sentence, on probation or charged with an offense.

    No criminal history says so, or that the subject is clear of other cases: unknown until somebody states it.
    """
    return ~_clear(facts)


@rule(
    reason="Probation completed",
    citation="PC § 1203.4(a)",
    looks_at=["probation granted", "route", "sentence ends", "clear of other cases"],
)
def probation_completed(facts: Facts) -> Truth:
    """Probation was granted and is over, and the subject is clear of other cases."""
    return Truth.known(facts.probation_granted) & facts.sentence_is_completed & _clear(facts)


@rule(
    reason="A year or more after judgment, without probation",
    citation="PC § 1203.4a(a)",
    looks_at=["probation granted", "route", "sentence ends", "conviction date", "clear of other cases"],
)
def year_after_judgment_without_probation(facts: Facts) -> Truth:
    """No probation was granted, the sentence is over, the judgment a year old, and the subject clear of other cases."""
    return Truth.known(~facts.probation_granted) & facts.sentence_is_completed & _year_over(facts) & _clear(facts)


@rule(
    reason="Less than a year after judgment, without probation",
    citation="PC § 1203.4a(a)",
    looks_at=["probation granted", "conviction date"],
)
def within_a_year_of_judgment(facts: Facts) -> Truth:
    """No probation was granted, and the judgment is less than a year old."""
    return Truth.known(~facts.probation_granted) & ~_year_over(facts)


def _year_over(facts: Facts) -> Truth:
    years = tables.relief(LAW)["years_after_judgment"]
    over = dates.plus(facts.conviction_date, years=years) <= facts.today
    return Truth.unless(np.isnat(facts.conviction_date), over, fact="conviction date")


def _clear(facts: Facts) -> Truth:
    """Stated to be clear of other cases, or not; unknown until somebody states it."""
    yes = facts.stated.flags("clear_of_other_cases", facts.length, value=True)
    no = facts.stated.flags("clear_of_other_cases", facts.length, value=False)
    return Truth.unless(~(yes | no), yes, fact="clear of other cases")
