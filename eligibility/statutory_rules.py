"""Rules of what H&S §§ 11361.8 and 11361.9 themselves give whom. A statute's rule is never an office's choice.

An exception counts only for the sections that have it (`law/exceptions.toml`): none for § 11357 and § 11360(b). On the
record each is a possible ground to oppose at most; an attorney who stated that nothing bars relief has answered it.
"""

from __future__ import annotations

import numpy as np

from eligibility.arrow import passing
from eligibility.facts import Facts
from eligibility.law import tables
from eligibility.law.code_sections import normalised
from eligibility.rules import rule
from eligibility.truth import Flags, Truth

_OFFENSE = ["code section", "severity", "birth date", "offense from", "offense to"]
_AMOUNTS = ["grams", "concentrate grams", "plants", "recipient age"]
_PRIOR = ["code section", "offense to", "plants", "no prior bar"]


# Offenses that the statute names, and those that it does not


@rule(
    reason="Conspiracy: not eligible",
    citation="H&S § 11361.8(e); PC § 182; People v. Medina (2018) 24 Cal.App.5th 61",
    looks_at=["part"],
)
def conspiracy(facts: Facts) -> Truth:
    """The conviction is of conspiracy to commit an offense, which is no conviction of that offense."""
    return Truth.known(_part_is(facts, "conspiracy"))


@rule(
    reason="Attempt of a listed offense",
    citation="H&S § 11361.8(a), (e); PC § 664",
    looks_at=["part"],
)
def attempt(facts: Facts) -> Truth:
    """The conviction is of an attempt, which section 11361.8(e) does not name."""
    return Truth.known(_part_is(facts, "attempt"))


@rule(
    reason="Accessory",
    citation="H&S § 11361.8(a), (e); PC § 32; People v. Boatwright (2019) 36 Cal.App.5th 848",
    looks_at=["part", "code section"],
)
def accessory(facts: Facts) -> Truth:
    """The conviction is of being an accessory, to a listed offense or to one that the record does not name."""
    named = passing(facts.code_section, lambda each: normalised(each).within(normalised("PC 32")))
    return Truth.known(_part_is(facts, "accessory") | named)


@rule(
    reason="One of {families}",
    citation="H&S § 11361.8(e)",
    looks_at=["code section", "severity", "related charge"],
)
def offense_in_family(facts: Facts, *, families: list[str]) -> Truth:
    """The conviction is of one of {families}.

    The sections stand in the lists of the law, below.
    """
    return Truth.known(facts.in_families(families))


def _part_is(facts: Facts, part: str) -> Flags:
    return passing(facts.part, lambda each: each == part)


# What the record as convicted leaves open


@rule(
    reason="Convicted under the section as the Act left it",
    citation="H&S §§ 11357-11360 as amended by Prop. 64",
    looks_at=["code section", "conviction date"],
)
def convicted_under_the_act(facts: Facts) -> Truth:
    """The subdivision named has its meaning from the Act, and the conviction is not from before it.

    Before the Act such a subdivision of sections 11358 to 11360 is a slip of the record, and says nothing.
    """
    act = np.datetime64(tables.limit("act_in_force", facts.as_of), "D")
    before = facts.conviction_date < act  # an unknown date is not before
    return Truth.known(facts.grades.names_the_act & ~before)


@rule(
    reason="The record names several offenses for one count",
    citation="H&S § 11361.8(a), (e)",
    looks_at=["section text", "related charge"],
)
def several_offenses_named(facts: Facts) -> Truth:
    """The text names several listed sections or subdivisions, or a listed one beside a related charge."""
    return Truth.known(facts.names_several_listed | facts.is_related)


@rule(
    reason="The section as named never was a felony",
    citation="Former H&S §§ 11357(b)-(e), 11360(b)",
    looks_at=["code section", "severity"],
)
def felony_where_none_was(facts: Facts) -> Truth:
    """The record says felony, but the subdivision it names was none before the Act."""
    return Truth.known(facts.grades.never_so_severe)


@rule(
    reason="Possession on school grounds",
    citation="Former H&S § 11357(d), (e); H&S § 11357(c)",
    looks_at=["code section", "severity"],
)
def on_school_grounds(facts: Facts) -> Truth:
    """The conviction is of possession on school grounds, whose penalty the Act lowered and whose grade it kept."""
    return facts.grades.on_school_grounds


@rule(
    reason="Under 18 at the offense, certified to adult court",
    citation="H&S §§ 11357-11360 as amended by Prop. 64, § 11361.8(m)",
    looks_at=["certified to adult court", "birth date", "offense to"],
)
def minor_in_adult_court(facts: Facts) -> Truth:
    """The subject was surely under 18 at the offense and was certified to adult court."""
    young = facts.surely_under_at_offense(tables.limit("adult_age", facts.as_of))
    return Truth.known(young & facts.is_certified_adult)


# What the offense would be today


@rule(
    reason="No offense under the Act",
    citation="H&S §§ 11362.1(a), 11362.2; People v. Banda (2018) 26 Cal.App.5th 349",
    looks_at=[*_OFFENSE, *_AMOUNTS],
)
def lawful_under_the_act(facts: Facts) -> Truth:
    """What was done is no offense since the Act: possession, cultivation or a gift within the limits, at 21 or older.

    Of an amount that nobody stated, the policy says what is presumed.
    """
    return facts.grades.lawful


@rule(
    reason="A lesser offense under the Act",
    citation="H&S §§ 11357-11360 as amended by Prop. 64",
    looks_at=[*_OFFENSE, *_AMOUNTS],
)
def lesser_under_the_act(facts: Facts) -> Truth:
    """What was done is an offense of lower severity since the Act."""
    return facts.grades.lowered


@rule(
    reason="The Act did not lower the severity",
    citation="H&S § 11361.8(a), (e); §§ 11357-11360 as amended by Prop. 64",
    looks_at=[*_OFFENSE, *_AMOUNTS],
)
def severity_unchanged(facts: Facts) -> Truth:
    """What was done is an offense of the same severity since the Act, so the statute gives nothing."""
    return facts.grades.unchanged


# Possible grounds to oppose


def _open(facts: Facts, ground: Flags) -> Truth:
    return Truth.known(ground & ~facts.grounds.answered)


@rule(
    reason="Possible prior superstrike",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC § 667(e)(2)(C)(iv); "
    "People v. Smit (2018) 24 Cal.App.5th 596",
    looks_at=[*_PRIOR, "possible prior superstrike"],
)
def possible_super_strike_prior(facts: Facts) -> Truth:
    """A conviction that may be a superstrike is earlier than this offense, which keeps an exception for it.

    A later one, or one of the same case, is no prior.
    """
    return _open(facts, facts.priors.super_strike)


@rule(
    reason="Possible prior requiring registration under PC 290(c)",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC § 290(c)",
    looks_at=[*_PRIOR, "possible prior under PC 290(c)"],
)
def possible_290c_prior(facts: Facts) -> Truth:
    """A conviction that may require registration under PC 290(c) is earlier than this offense."""
    return _open(facts, facts.priors.registration_290c)


@rule(
    reason="PC 290 registration, subdivision unknown or (c)",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC §§ 290(c), 290.006",
    looks_at=["code section", "plants", "registration", "registration is 290(c)", "no prior bar"],
)
def registration_on_record(facts: Facts) -> Truth:
    """A PC 290 registration is on record, and nobody stated that it is not under subdivision (c)."""
    return _open(facts, facts.priors.registered)


@rule(
    reason="Two possible priors of the same section",
    citation="H&S §§ 11358(d)(2), 11359(c)(2), 11360(a)(3)(B)",
    looks_at=[*_PRIOR, "possible priors of the same section"],
)
def possible_same_section_priors(facts: Facts) -> Truth:
    """Two or more convictions of the same section, each of another case, are earlier than this offense."""
    return _open(facts, facts.priors.same_section)


@rule(
    reason="Juvenile adjudication that may be a prior",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC § 667(d)(3); "
    "People v. Zamora (2017) 11 Cal.App.5th 728; People v. Sledge (2017) 7 Cal.App.5th 1089",
    looks_at=[*_PRIOR, "possible juvenile prior"],
)
def possible_juvenile_prior(facts: Facts) -> Truth:
    """A juvenile adjudication that may be a superstrike or an offense of PC 290(c) is earlier than this offense.

    One surely at under 16 is no prior on any view.
    """
    return _open(facts, facts.priors.juvenile)


@rule(
    reason="Prior of another jurisdiction",
    citation="H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A); PC §§ 667(d)(2), 290.005",
    looks_at=[*_PRIOR, "possible prior elsewhere"],
)
def possible_prior_elsewhere(facts: Facts) -> Truth:
    """A felony conviction under federal law is earlier than this offense; it counts if its elements match."""
    return _open(facts, facts.priors.elsewhere)


@rule(
    reason="Sold or given to a person under 18",
    citation="H&S §§ 11359(c)(3), 11360(a)(3)(C)",
    looks_at=["code section", "recipient age", "no prior bar"],
)
def recipient_was_a_minor(facts: Facts) -> Truth:
    """The buyer or recipient is stated to have been under 18. Unless it is stated, the answer is no."""
    return _open(facts, facts.grounds.minor)


@rule(
    reason="Used a person of 20 or younger",
    citation="H&S § 11359(d)",
    looks_at=["code section", "employed person under 21", "birth date", "offense from", "offense to", "no prior bar"],
)
def employed_a_person_under_21(facts: Facts) -> Truth:
    """The subject, 21 or older, is stated to have hired, employed or used a person of 20 or younger.

    Unless it is stated, the answer is no.
    """
    return facts.grounds.employed_under_21 & ~Truth.known(facts.grounds.answered)


@rule(
    reason="Import, or transport for sale out of California",
    citation="H&S § 11360(a)(3)(D)",
    looks_at=["code section", "imported or exported", "grams", "concentrate grams", "no prior bar"],
)
def imported_or_exported(facts: Facts) -> Truth:
    """Import into California or transport for sale out of it is stated, and no amount within the limits is.

    Unless it is stated, the answer is no.
    """
    return _open(facts, facts.grounds.import_export)


@rule(
    reason="Cultivation with an environmental crime",
    citation="H&S § 11358(d)(3)",
    looks_at=["code section", "environmental crime", "plants", "no prior bar"],
)
def environmental_crime(facts: Facts) -> Truth:
    """An environmental crime is stated to have gone with the cultivation, and no number of plants within the limit is.

    Unless it is stated, the answer is no.
    """
    return _open(facts, facts.grounds.environmental)
