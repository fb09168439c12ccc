"""Every rule: one named test over facts, with its reason and its citation.

A rule never says what follows from it: the policy's line gives the outcome, since counties lead the same test to
different outcomes. The first sentence of a rule's docstring is what the rule book and the screens print, with the
line's own numbers, sections and offenses in the places of {years}, {sections} and {families}.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import numpy as np

from eligibility.facts import Facts
from eligibility.law import offense_families
from eligibility.truth import Truth

__all__ = ["RULES", "Rule", "Truth", "rule"]

Test = Callable[..., Truth]


@dataclass(frozen=True, slots=True)
class Rule:
    """One named test. `looks_at` are the facts it reads, by their names in `explain.FACT_COLUMNS`."""

    id: str
    test: Test
    reason: str
    citation: str
    looks_at: tuple[str, ...]
    parameters: dict[str, type]

    def sentence(self, parameters: dict[str, Any]) -> str:
        """The rule in plain English, with the line's parameters."""
        return _filled(self._first_sentence + ".", parameters)

    def note(self, parameters: dict[str, Any]) -> str:
        """What the rule says of itself beyond that sentence; empty where nothing."""
        whole = " ".join((inspect.getdoc(self.test) or "").split())
        return _filled(whole.removeprefix(" ".join(self._first_sentence.split())).lstrip(". "), parameters)

    @property
    def _first_sentence(self) -> str:
        first = inspect.getdoc(self.test) or ""
        return first.split("\n\n")[0].split(". ")[0].rstrip(".")

    def printed_reason(self, parameters: dict[str, Any]) -> str:
        return _filled(self.reason, parameters)


RULES: dict[str, Rule] = {}


def _filled(text: str, parameters: dict[str, Any]) -> str:
    return " ".join(text.format(**{name: _shown(name, value) for name, value in parameters.items()}).split())


def _shown(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return _listed([offense_families.family(each).called for each in value] if name == "families" else value)


def _listed(values: list[str]) -> str:
    return " or ".join([", ".join(values[:-1]), values[-1]] if len(values) > 1 else values)


def _kind(annotation: str) -> type:
    return list if annotation.startswith("list") else {"int": int, "float": float}[annotation]


def rule(*, reason: str, citation: str, looks_at: Sequence[str]) -> Callable[[Test], Test]:
    """Register a test as a rule under its own name."""

    def register(test: Test) -> Test:
        asked = [each for each in inspect.signature(test).parameters.values() if each.kind is each.KEYWORD_ONLY]
        kinds: dict[str, type] = {each.name: _kind(str(each.annotation)) for each in asked}
        RULES[test.__name__] = Rule(test.__name__, test, reason, citation, tuple(looks_at), kinds)
        return test

    return register


# The route of minors, before the first line of every policy


@rule(
    reason="Juvenile route, no adult paper",
    citation="H&S § 11361.8(m); Welf. & Inst. Code § 602",
    looks_at=["juvenile court", "certified to adult court", "birth date", "offense from", "offense to"],
)
def juvenile(facts: Facts) -> Truth:
    """A juvenile court decided or the subject was surely under 18 at the offense, without certification to adult court.

    Never unknown: an age that is unclear before an adult court is taken as that court took it.
    """
    return Truth.known(facts.is_juvenile)


# The conviction


@rule(
    reason="Occurred after 11/09/2016",
    citation="H&S § 11361.8(a), (e)",
    looks_at=["offense from", "offense to"],
)
def offense_after_act(facts: Facts) -> Truth:
    """The offense was surely done on or after November 9, 2016, when the Act took effect.

    An arrest before that day makes the offense earlier; an interval that spans it leaves the answer unknown.
    """
    return facts.offense_is_after_act


@rule(reason="Misdemeanor or Infraction", citation="office policy", looks_at=["severity"])
def not_a_felony(facts: Facts) -> Truth:
    """The conviction is a misdemeanor or an infraction."""
    return ~facts.is_felony


@rule(reason="Section {sections}", citation="office policy", looks_at=["code section"])
def section_is(facts: Facts, *, sections: list[str]) -> Truth:
    """The conviction is under H&S section {sections}."""
    return reduce(or_, [facts.section_is(each) for each in sections])


@rule(
    reason="Related charge without a Prop 64 charge in its cycle",
    citation="office policy",
    looks_at=["code section", "Prop 64 charge in the cycle"],
)
def related_without_listed_charge(facts: Facts) -> Truth:
    """It is a related charge, and no charge of its cycle is under H&S sections 11357 to 11360."""
    return Truth.known(facts.is_related) & ~facts.listed_charge_in_cycle


@rule(reason="Related charge of B&P section {sections}", citation="office policy", looks_at=["code section"])
def related_charge_under_bp(facts: Facts, *, sections: list[str]) -> Truth:
    """It is a related charge under B&P section {sections}."""
    return Truth.known(np.logical_or.reduce([facts.related_section_is(f"BP {each}") for each in sections]))


@rule(reason="Related charge", citation="office policy", looks_at=["code section"])
def related_charge(facts: Facts) -> Truth:
    """It is a related charge: an offense that the office reviews beside H&S sections 11357 to 11360."""
    return Truth.known(facts.is_related)


@rule(
    reason="Amount within what is lawful now",
    citation="H&S §§ 11362.1(a), 11362.2",
    looks_at=["code section", "grams", "concentrate grams", "plants"],
)
def amount_is_lawful(facts: Facts) -> Truth:
    """The amount or number of plants was within what an adult of 21 may lawfully have now.

    No criminal history says so: of an amount that nobody stated, the policy says what is presumed.
    """
    return facts.amount_is_lawful


# The subject


@rule(
    reason="Under {years} at conviction",
    citation="office policy",
    looks_at=["birth date", "conviction date"],
)
def under_age_at_conviction(facts: Facts, *, years: int) -> Truth:
    """The subject was under {years} years old on the day of conviction."""
    return facts.under_at_conviction(years)


@rule(reason="{years} years or older", citation="office policy", looks_at=["birth date"])
def subject_is_at_least(facts: Facts, *, years: int) -> Truth:
    """The subject is at least {years} years old on the as-of date."""
    return facts.is_at_least(years)


@rule(reason="Individual is deceased", citation="office policy", looks_at=["deceased"])
def subject_is_deceased(facts: Facts) -> Truth:
    """The record shows that the subject has died."""
    return facts.has_died


# Other convictions and time


@rule(
    reason="Conviction occurred {years} or more years ago",
    citation="office policy",
    looks_at=["conviction date"],
)
def convicted_years_ago(facts: Facts, *, years: int) -> Truth:
    """The conviction is {years} or more years old on the as-of date."""
    return facts.convicted_at_least_ago(years)


@rule(
    reason="No convictions in past {years} years",
    citation="office policy",
    looks_at=["latest conviction on record", "some conviction undated"],
)
def no_conviction_for(facts: Facts, *, years: int) -> Truth:
    """The subject's latest conviction of any kind, anywhere, is more than {years} years old."""
    return facts.no_conviction_for(years)


@rule(
    reason="No convictions in past {years} years",
    citation="office policy",
    looks_at=["convictions on record", "latest conviction on record", "some conviction undated"],
)
def several_convictions_none_for(facts: Facts, *, years: int) -> Truth:
    """The subject has more than one conviction on record, and the latest is more than {years} years old."""
    return facts.has_several_convictions & facts.no_conviction_for(years)


@rule(
    reason="Has convictions in past {years} years",
    citation="office policy",
    looks_at=["convictions on record", "latest conviction on record", "some conviction undated"],
)
def several_convictions_one_within(facts: Facts, *, years: int) -> Truth:
    """The subject has more than one conviction on record, and the latest is not more than {years} years old."""
    return facts.has_several_convictions & ~facts.no_conviction_for(years)


@rule(
    reason="Only has 11357-60 charges",
    citation="office policy",
    looks_at=["convictions on record", "only 11357-60 convictions"],
)
def only_listed_convictions(facts: Facts) -> Truth:
    """Every conviction on the subject's record is under H&S sections 11357 to 11360."""
    return facts.has_only_listed_convictions


# The sentence


@rule(reason="Sentence Completed", citation="office policy", looks_at=["route", "sentence ends"])
def sentence_completed(facts: Facts) -> Truth:
    """According to the record the sentence of this conviction is completed."""
    return facts.sentence_is_completed


@rule(reason="Sentence not Completed", citation="office policy", looks_at=["route", "sentence ends"])
def sentence_not_completed(facts: Facts) -> Truth:
    """According to the record the sentence of this conviction is not completed."""
    return ~facts.sentence_is_completed


@rule(
    reason="Every sentence on record completed, only 11357-60 charges",
    citation="office policy",
    looks_at=["convictions on record", "only 11357-60 convictions", "sentences of all convictions"],
)
def only_listed_and_completed(facts: Facts) -> Truth:
    """Every conviction on record is under H&S sections 11357 to 11360, and every sentence is completed."""
    return facts.has_only_listed_convictions & facts.every_sentence_is_completed


@rule(
    reason="Currently serving a sentence",
    citation="office policy",
    looks_at=["sentences of all convictions"],
)
def some_sentence_not_completed(facts: Facts) -> Truth:
    """According to the record some sentence of the subject, for any conviction, is not completed."""
    return ~facts.every_sentence_is_completed


# What county tables add: priors, weight, age, and lines that catch everything


@rule(
    reason="Superstrike before this offense",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC § 667(e)(2)(C)(iv)",
    looks_at=["code section", "offense to", "possible prior superstrike", "no prior bar"],
)
def superstrike_came_before(facts: Facts) -> Truth:
    """A superstrike conviction is older than this offense, and an attorney stated that it bars relief.

    A section number proves no superstrike: a possible one leaves the answer unknown until it is stated. A later one,
    and one beside an offense that keeps no exceptions (§ 11357, § 11360(b)), is no bar (People v. Smit (2018)
    24 Cal.App.5th 596).
    """
    return facts.prior_bars(facts.priors.super_strike, fact="whether an earlier conviction is a superstrike")


@rule(
    reason="PC 290(c) registration before this offense",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC § 290(c)",
    looks_at=["code section", "offense to", "possible prior under PC 290(c)", "registration", "no prior bar"],
)
def registration_290_came_before(facts: Facts) -> Truth:
    """A conviction that requires registration under PC 290(c) is older than this offense, as an attorney stated.

    Neither a section number nor a registration says under which subdivision: unknown until it is stated.
    """
    possible = facts.priors.registration_290c | facts.priors.registered
    return facts.prior_bars(possible, fact="whether registration under PC 290(c) was required before")


@rule(
    reason="Two priors of the same section",
    citation="H&S §§ 11358(d)(2), 11359(c)(2), 11360(a)(3)(B)",
    looks_at=["code section", "offense to", "possible priors of the same section", "no prior bar"],
)
def two_same_section_came_before(facts: Facts) -> Truth:
    """Two convictions of the same section are older than this offense, and an attorney stated that they bar relief.

    Counts of one case are not two, and whether a felony of the former section counts is a question of law.
    """
    return facts.prior_bars(facts.priors.same_section, fact="whether two earlier convictions of the section count")


@rule(
    reason="Weight over {grams} grams",
    citation="office policy",
    looks_at=["code section", "grams"],
)
def weight_is_over(facts: Facts, *, grams: float) -> Truth:
    """The cannabis weighed more than {grams} grams; cultivation is not weighed.

    No criminal history says so: a weight that nobody stated is unknown or, if the policy presumes amounts, not over.
    """
    return facts.weighs_more_than(grams)


@rule(reason="{years} years or younger", citation="office policy", looks_at=["birth date"])
def subject_is_at_most(facts: Facts, *, years: int) -> Truth:
    """The subject is at most {years} years old on the as-of date, the birthday included."""
    return facts.is_at_most(years)


@rule(reason="Every Prop 64 conviction", citation="office policy", looks_at=["code section"])
def every_listed_conviction(facts: Facts) -> Truth:
    """The conviction is under H&S sections 11357 to 11360."""
    return Truth.known(facts.is_listed)


@rule(reason="No applicable eligibility criteria", citation="office policy", looks_at=[])
def no_other_rule(facts: Facts) -> Truth:
    """No line before this one holds."""
    return Truth.known(np.ones(facts.length, dtype=bool))
