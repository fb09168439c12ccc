"""The facts' values by name: shown when somebody asks, and hashed so that a later run can tell what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility.arrow import coded, numbers, plain, present
from eligibility.dates import to_arrow
from eligibility.facts import Facts
from eligibility.policy import Policy
from eligibility.sentences import ROUTES

_FLAGS = {
    "employed person under 21": "employed_person_under_21",
    "imported or exported": "imported_or_exported",
    "environmental crime": "environmental_crime",
    "registration is 290(c)": "registration_is_290c",
    "no prior bar": "no_prior_bar",
    "clear of other cases": "clear_of_other_cases",
}
"""Facts of yes and no that only a person states, and how they are stated."""


def _said(facts: Facts, *, fact: str) -> pa.Array:
    """What was stated, null where nothing was."""
    values: list[bool | None] = [None] * facts.length
    for place, value in zip(facts.stated.places(fact).tolist(), facts.stated.values.get(fact, []), strict=True):
        values[place] = value
    return pa.array(values, pa.bool_())


VALUES: dict[str, Callable[[Facts], pa.Array]] = {
    "code section": lambda facts: facts.code_section,
    "severity": lambda facts: facts.severity,
    "conviction date": lambda facts: to_arrow(facts.conviction_date),
    "offense from": lambda facts: to_arrow(facts.offense_from),
    "offense to": lambda facts: to_arrow(facts.offense_to),
    "birth date": lambda facts: to_arrow(facts.birth_date),
    "juvenile court": lambda facts: pa.array(facts.is_juvenile_court),
    "certified to adult court": lambda facts: pa.array(facts.is_certified_adult),
    "Prop 64 charge in the cycle": lambda facts: _answers(facts.listed_charge_in_cycle.letters()),
    "convictions on record": lambda facts: pa.array(facts.convictions_on_record),
    "latest conviction on record": lambda facts: to_arrow(facts.latest_conviction),
    "some conviction undated": lambda facts: pa.array(facts.some_conviction_undated),
    "only 11357-60 convictions": lambda facts: _answers(facts.has_only_listed_convictions.letters()),
    "deceased": lambda facts: pa.array(facts.is_deceased),
    "route": lambda facts: pa.array(list(ROUTES)).take(pa.array(facts.sentence.route)),
    "sentence ends": lambda facts: to_arrow(facts.sentence.ends),
    "sentences of all convictions": lambda facts: _answers(facts.every_sentence_is_completed.letters()),
    "grams": lambda facts: _numbers(facts, "grams"),
    "concentrate grams": lambda facts: _numbers(facts, "concentrate_grams"),
    "plants": lambda facts: _numbers(facts, "plants"),
    "section text": lambda facts: plain(facts.table["section_text"]),
    "part": lambda facts: facts.part,
    "related charge": lambda facts: pa.array(facts.is_related),
    "relief noted": lambda facts: plain(facts.table["relief_noted"]),
    "probation granted": lambda facts: pa.array(facts.probation_granted),
    "registration": lambda facts: pa.array(facts.is_registered),
    "possible prior superstrike": lambda facts: pa.array(facts.priors.super_strike),
    "possible prior under PC 290(c)": lambda facts: pa.array(facts.priors.registration_290c),
    "possible priors of the same section": lambda facts: pa.array(facts.priors.same_section),
    "possible juvenile prior": lambda facts: pa.array(facts.priors.juvenile),
    "possible prior elsewhere": lambda facts: pa.array(facts.priors.elsewhere),
    "recipient age": lambda facts: _numbers(facts, "recipient_age"),
    **{name: partial(_said, fact=fact) for name, fact in _FLAGS.items()},
}
"""Every fact that a rule may name in `looks_at`."""

STATED_AS = {
    "severity": ("severity",),
    "offense from": ("offense_date",),
    "offense to": ("offense_date",),
    "route": ("still_serving", "sentence_ended_on"),
    "sentence ends": ("sentence_ended_on",),
    "grams": ("grams",),
    "concentrate grams": ("concentrate_grams",),
    "plants": ("plants",),
    "recipient age": ("recipient_age",),
    "relief noted": ("relief_answered",),
    **{name: (fact,) for name, fact in _FLAGS.items()},
}
"""Facts that a person may state, and under which names."""

ONLY_STATED = frozenset({"grams", "concentrate grams", "plants", "recipient age", *_FLAGS})
"""Facts that no record carries."""


def _answers(letters: NDArray[np.uint8]) -> pa.Array:
    words = {ord("y"): "yes", ord("n"): "no", ord("u"): "unknown"}
    distinct, at = np.unique(letters, return_inverse=True)
    return pa.array([words[each] for each in distinct.tolist()], pa.string()).take(pa.array(at))


def _numbers(facts: Facts, fact: str) -> pa.Array:
    return pa.array(facts.stated.numbers(fact, facts.length), from_pandas=True)


def hashes(facts: Facts, policy: Policy, decider: NDArray[np.int64]) -> pa.Array:
    """A hash of the values that the lines up to the deciding one looked at, as hexadecimal text.

    Equal values give equal hashes in every run and every process; the policy and the as-of date are not in it.
    """
    mixed = np.full(facts.length, _START, dtype=np.uint64)
    seen: set[str] = set()
    for place, line in enumerate(policy.lines):
        reached = decider >= place
        for name in line.rule.looks_at:
            if name not in seen:
                seen.add(name)
                mixed[reached] = _mix(mixed[reached] ^ _value_hashes(name, VALUES[name](facts))[reached])
    text = mixed.astype(">u8").tobytes().hex().encode()
    offsets = np.arange(0, 16 * facts.length + 1, 16, dtype=np.int32)
    return pa.StringArray.from_buffers(facts.length, pa.py_buffer(offsets), pa.py_buffer(text))


_START = np.uint64(0x9E3779B97F4A7C15)
_NOTHING = np.uint64(0xD1B54A32D192ED03)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread each number over 64 bits (the finishing steps of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _value_hashes(name: str, values: pa.Array) -> NDArray[np.uint64]:
    """A number per value; the fact's name is in it, so that equal values of two facts differ."""
    if pa.types.is_date(values.type) or pa.types.is_integer(values.type):
        whole = values.cast(pa.int32()) if pa.types.is_date(values.type) else values
        spread = _mix(numbers(whole).view(np.uint64) ^ np.uint64(_number(name)))
        return np.where(present(values), spread, _NOTHING)
    codes, distinct = coded(values)
    found = [_number(f"{name}={each}") for each in distinct[:-1]]
    hashed: NDArray[np.uint64] = np.array([*found, _NOTHING], dtype=np.uint64)[codes]
    return hashed


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
