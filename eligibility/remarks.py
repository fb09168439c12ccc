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
    "relief_under_1203_4": "The record tells of relief under PC 1203.4; this is no obstacle",
    "stated_already_relieved": "Stated to have been relieved already",
    "possible_super_strike_prior": "Possible prior: an earlier conviction may be a superstrike (PC 667(e)(2)(C)(iv))",
    "possible_290c_prior": "Possible prior: an earlier conviction may require registration under PC 290(c)",
    "possible_same_section_priors": "Possible ground to oppose: two or more earlier convictions of the same section",
    "registration": "The record shows a PC 290 registration; it does not say under which subdivision",
    "no_prior_bar": "An attorney stated that no prior bars relief",
    "inferred_severity": "Severity inferred from the charge",
    "arrested_before_act": "Arrested before the Act, convicted after it",
    "no_sentence_part": "No sentence in the record; taken as completed because the conviction is over five years old",
    "under_21_at_offense": "Surely under 21 at the offense: possession and cultivation became lawful from 21 only",
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


def remark_flags(facts: Facts) -> dict[str, Flags]:
    """For each remark, the convictions it is made on."""
    noted = plain(facts.table["relief_noted"])
    lawful_age = tables.limit("lawful_age", facts.as_of)
    return {
        "deceased": facts.is_deceased,
        "may_already_have_relief": _text_is(noted, "other"),
        "relief_under_1203_4": _text_is(noted, "1203.4"),
        "stated_already_relieved": facts.stated.flags("relief_answered", facts.length, value=True),
        "possible_super_strike_prior": facts.priors.super_strike,
        "possible_290c_prior": facts.priors.registration_290c,
        "possible_same_section_priors": facts.priors.same_section,
        "registration": facts.is_registered,
        "no_prior_bar": facts.stated.flags("no_prior_bar", facts.length, value=True),
        "inferred_severity": facts.severity_is_inferred,
        "arrested_before_act": facts.arrested_before_act,
        "no_sentence_part": facts.sentence.taken_as_completed,
        "under_21_at_offense": facts.surely_under_at_offense(lawful_age) & ~facts.section_is("11359").yes,
        "attempt": _text_is(facts.part, "attempt"),
        "conspiracy": _text_is(facts.part, "conspiracy"),
        "accessory": _text_is(facts.part, "accessory"),
        "section_from_comment": facts.is_from_comment,
        "certified_to_adult_court": facts.is_certified_adult,
        "amount_beyond_limit": facts.stated_amount[1],
    }


def open_question_flags(facts: Facts) -> dict[str, Flags]:
    """For each open question, the convictions it stands on. Answering is stating the fact that settles it."""
    remarks = remark_flags(facts)
    answered = np.zeros(facts.length, dtype=bool)
    answered[facts.stated.places("relief_answered")] = True
    return {
        "route_unknown": facts.sentence.route == sentences.UNKNOWN,
        "may_already_have_relief": remarks["may_already_have_relief"] & ~answered,
        "already_relieved": remarks["stated_already_relieved"],
        "possible_ground_to_oppose": facts.priors.any & ~remarks["no_prior_bar"],
        "needs_legal_ground": ~facts.is_listed_itself,
    }


def lists(chosen: Sequence[Flags], words: Sequence[str], length: int) -> pa.Array:
    """Per conviction the list of the words whose flag is set. Each distinct combination is built once."""
    pattern = np.zeros(length, dtype=np.int64)
    for place, flag in enumerate(chosen):
        pattern |= flag.astype(np.int64) << place
    distinct, at = np.unique(pattern, return_inverse=True)
    built = [[word for place, word in enumerate(words) if each >> place & 1] for each in distinct.tolist()]
    return pa.array(built, pa.list_(pa.string())).take(pa.array(at))
