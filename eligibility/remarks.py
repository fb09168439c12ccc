"""Remarks: worth knowing, changing no outcome. And the open questions that must be answered before submission."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility import sentences
from eligibility.arrow import flags, plain
from eligibility.facts import Facts
from eligibility.law import tables
from eligibility.truth import Flags

REMARKS: dict[str, str] = {
    "deceased": "The record shows that the subject has died",
    "may_already_have_relief": "May already have relief: the record says dismissed, set aside or sealed afterwards",
    "court_only": "Only a court's extract shows this conviction, no DOJ file",
    "relief_under_1203_4": "The record tells of relief under PC 1203.4; this is no obstacle",
    "stated_already_relieved": "Stated to have been relieved already",
    "possible_super_strike_prior": "Possible prior: an earlier conviction may be a superstrike (PC 667(e)(2)(C)(iv))",
    "possible_290c_prior": "Possible prior: an earlier conviction may require registration under PC 290(c)",
    "possible_same_section_priors": "Possible ground to oppose: two or more earlier convictions of the same section",
    "possible_juvenile_prior": "Possible prior: a juvenile adjudication, not surely at under 16; open law",
    "possible_prior_elsewhere": "Possible prior: an earlier felony under federal law; it counts if its elements match",
    "stated_exception": "Stated: a minor, a person under 21, import or export, or an environmental crime was involved",
    "super_strike_no_prior": "Serving; a possible superstrike is no prior, but may bear on danger: H&S § 11361.8(b)",
    "registration": "The record shows a PC 290 registration; it does not say under which subdivision",
    "no_prior_bar": "An attorney stated that no prior bars relief",
    "inferred_severity": "Severity inferred from the charge",
    "arrested_before_act": "Arrested before the Act, convicted after it",
    "no_sentence_part": "No sentence in the record; taken as completed because the conviction is over five years old",
    "under_21_at_offense": "Surely under 21 at the offense: possession and cultivation became lawful from 21 only",
    "infraction_if_stated": "An infraction instead, if the amount was within the limits: state it",
    "concentrate_of_4_to_8_grams": "Concentrate of over 4 and up to 8 grams, under 21: an infraction only from 2017",
    "subdivision_of_the_act": "The subdivision named did not exist at the conviction; the record may be in error",
    "attempt": "Attempt (PC 664): H&S § 11361.8(e) does not name it",
    "conspiracy": "Conspiracy (PC 182): held not eligible in People v. Medina (2018) 24 Cal.App.5th 61",
    "accessory": "Accessory (PC 32): see People v. Boatwright (2019) 36 Cal.App.5th 848",
    "section_from_comment": "Code section read from the comment",
    "certified_to_adult_court": "Certified to adult court",
    "amount_beyond_limit": "The stated amount is beyond what is lawful now",
}
"""Every remark by its id, in the order in which they are shown."""

OPEN_QUESTIONS: dict[str, str] = {
    "route_unknown": "Is the sentence completed?",
    "may_already_have_relief": "Was this conviction relieved already?",
    "already_relieved": "Stated to be relieved already: should it be left out?",
    "possible_ground_to_oppose": "Possible ground to oppose: an attorney must answer whether a prior bars relief",
    "needs_legal_ground": "H&S § 11361.8(e) does not name this offense: an attorney must choose a legal ground",
}
"""What must be answered before a conviction can be submitted, by id."""


def _text_is(column: pa.Array, value: str) -> Flags:
    return flags(pc.equal(column, value))


ONLY_PROP_64 = (
    "possible_super_strike_prior",
    "possible_290c_prior",
    "possible_same_section_priors",
    "possible_juvenile_prior",
    "possible_prior_elsewhere",
    "stated_exception",
    "super_strike_no_prior",
    "arrested_before_act",
    "under_21_at_offense",
    "infraction_if_stated",
    "concentrate_of_4_to_8_grams",
    "subdivision_of_the_act",
    "attempt",
    "conspiracy",
    "accessory",
    "amount_beyond_limit",
)
"""Remarks that mean nothing where other relief is asked."""


def remark_flags(facts: Facts, law: str = tables.PROP_64) -> dict[str, Flags]:
    """For each remark, the convictions it is made on where relief is asked under this law."""
    found = _remark_flags(facts)
    nobody = np.zeros(facts.length, dtype=bool)
    return found if law == tables.PROP_64 else found | dict.fromkeys(ONLY_PROP_64, nobody)


def _remark_flags(facts: Facts) -> dict[str, Flags]:
    noted = plain(facts.table["relief_noted"])
    return {
        "deceased": facts.is_deceased,
        "may_already_have_relief": _text_is(noted, "other"),
        "court_only": facts.shown_by_court_only,
        "relief_under_1203_4": _text_is(noted, "1203.4"),
        "stated_already_relieved": facts.stated.flags("relief_answered", facts.length, value=True),
        "possible_super_strike_prior": facts.priors.super_strike,
        "possible_290c_prior": facts.priors.registration_290c,
        "possible_same_section_priors": facts.priors.same_section,
        "possible_juvenile_prior": facts.priors.juvenile,
        "possible_prior_elsewhere": facts.priors.elsewhere,
        "stated_exception": facts.grounds.any,
        "super_strike_no_prior": facts.priors.super_strike_no_prior & (facts.sentence.route == sentences.SERVING),
        "registration": facts.is_registered,
        "no_prior_bar": facts.stated.flags("no_prior_bar", facts.length, value=True),
        "inferred_severity": facts.severity_is_inferred,
        "arrested_before_act": facts.arrested_before_act,
        "no_sentence_part": facts.sentence.taken_as_completed,
        "under_21_at_offense": facts.surely_under_at_offense(_lawful_age(facts)) & ~facts.section_is("11359").yes,
        "infraction_if_stated": _infraction_if_stated(facts),
        "concentrate_of_4_to_8_grams": _between_4_and_8_grams(facts),
        "subdivision_of_the_act": _before_its_subdivision(facts),
        "attempt": _text_is(facts.part, "attempt"),
        "conspiracy": _text_is(facts.part, "conspiracy"),
        "accessory": _text_is(facts.part, "accessory"),
        "section_from_comment": facts.is_from_comment,
        "certified_to_adult_court": facts.is_certified_adult,
        "amount_beyond_limit": facts.stated_amount[1],
    }


def _infraction_if_stated(facts: Facts) -> Flags:
    """Felonies of an adult surely under 21 that a stated amount could make infractions."""
    adult = ~facts.surely_under_at_offense(tables.limit("adult_age", facts.as_of))
    young = adult & facts.surely_under_at_offense(_lawful_age(facts))
    return facts.is_felony.yes & facts.grades.infraction.unknown & young


def _between_4_and_8_grams(facts: Facts) -> Flags:
    """Not surely of 21, with an amount of concentrate on which the law changed in 2017."""
    grams = facts.stated.numbers("concentrate_grams", facts.length)
    first = tables.limit("infraction_concentrate_grams", tables.limit("act_in_force", facts.as_of))
    now = tables.limit("infraction_concentrate_grams", facts.as_of)
    found: Flags = (grams > first) & (grams <= now) & ~facts.surely_of_age_at_offense(_lawful_age(facts))
    return found


def _before_its_subdivision(facts: Facts) -> Flags:
    """Convicted before the Act under a subdivision that only the Act made; those of § 11357 there were before."""
    act = np.datetime64(tables.limit("act_in_force", facts.as_of), "D")
    found: Flags = facts.grades.names_the_act & (facts.conviction_date < act) & facts.section_is("11357").no
    return found


def _lawful_age(facts: Facts) -> int:
    return int(tables.limit("lawful_age", facts.as_of))


def questions_asked(law: str) -> list[str]:
    """The open questions that may stand where relief is asked under this law, by id."""
    prop64 = tables.relief(law)["names_offenses"]
    return [each for each in OPEN_QUESTIONS if prop64 or each not in _QUESTIONS_OF_PROP_64]


_QUESTIONS_OF_PROP_64 = ("possible_ground_to_oppose", "needs_legal_ground")


def open_question_flags(facts: Facts, law: str = tables.PROP_64) -> dict[str, Flags]:
    """For each open question, the convictions it stands on. Answering is stating the fact that settles it."""
    not_barred = facts.stated.flags("no_prior_bar", facts.length, value=True)
    answered = np.zeros(facts.length, dtype=bool)
    answered[facts.stated.places("relief_answered")] = True
    found = {
        "route_unknown": facts.sentence.route == sentences.UNKNOWN,
        "may_already_have_relief": _text_is(plain(facts.table["relief_noted"]), "other") & ~answered,
        "already_relieved": facts.stated.flags("relief_answered", facts.length, value=True),
        "possible_ground_to_oppose": (facts.priors.any | facts.grounds.any) & ~not_barred,
        "needs_legal_ground": ~facts.is_listed_itself,
    }
    asked, nobody = questions_asked(law), np.zeros(facts.length, dtype=bool)
    return {name: flags if name in asked else nobody for name, flags in found.items()}


def lists(chosen: Sequence[Flags], words: Sequence[str], length: int) -> pa.Array:
    """Per conviction the list of the words whose flag is set. Each distinct combination is built once."""
    pattern = np.zeros(length, dtype=np.int64)
    for place, flag in enumerate(chosen):
        pattern |= flag.astype(np.int64) << place
    distinct, at = np.unique(pattern, return_inverse=True)
    built = [[word for place, word in enumerate(words) if each >> place & 1] for each in distinct.tolist()]
    return pa.array(built, pa.list_(pa.string())).take(pa.array(at))
