"""What a relief rests on, and what a redesignated conviction becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility.arrow import coded
from eligibility.law import tables
from eligibility.policy import OUTCOMES
from eligibility.sentences import ROUTES
from eligibility.truth import Flags

if TYPE_CHECKING:
    from eligibility.facts import Facts


class Targets(NamedTuple):
    """New section and severity per conviction; empty where there is none."""

    section: NDArray[np.object_]
    severity: NDArray[np.object_]


def _distinct(facts: Facts) -> tuple[list[tuple[str | None, str | None]], NDArray[np.int64]]:
    """The distinct pairs of code section and severity, and the place of each conviction's pair."""
    (first, sections), (second, severities) = coded(facts.code_section), coded(facts.severity)
    width = len(severities)
    found, at = np.unique(first * width + second, return_inverse=True)
    return [(sections[each // width], severities[each % width]) for each in found.tolist()], at


def sealing(route: NDArray[np.int64], law: str) -> Flags:
    """Where a dismissal under this law seals."""
    return np.isin(route, [ROUTES.index(each) for each in tables.relief(law)["seals"]])


def targets(facts: Facts, asked: Flags, law: str) -> Targets:
    """What each conviction of `asked` becomes under this law.

    An infraction only where the amount is stated, or the section as convicted limits it; under 18 at the offense never,
    since the juvenile route has subdivisions of its own.
    """
    section = np.full(facts.length, "", dtype=object)
    severity = section.copy()
    pairs, at = _distinct(facts)
    if not asked.any() or "redesignations" not in tables.relief(law):
        return Targets(section, severity)
    infraction = facts.grades.infraction.yes & ~facts.surely_under_at_offense(tables.limit("adult_age", facts.as_of))
    for place, pair in enumerate(pairs):
        for variant, rows in (("adult", ~infraction), ("infraction", infraction)):
            target = tables.redesignation(*pair, facts.as_of, variant=variant, law=law)
            if target is not None:
                chosen = asked & rows & (at == place)
                section[chosen], severity[chosen] = target.section, target.severity
    return Targets(section, severity)


def basis(facts: Facts, outcome: NDArray[np.int64], relieved: Flags, law: str) -> pa.Array:
    """statute, presumption or policy per conviction; null where no relief is given.

    Stated facts within the limits, of a subject surely of lawful age, make a presumption statute; facts beyond the
    limits, or of one surely younger, make it policy; so does a conviction under the Act itself, which already gave what
    the statute gives. An inferred severity never supports more than a presumption.
    An attempt, a conspiracy or a related charge is never better than policy.
    """
    pairs, at = _distinct(facts)
    lawful_age = tables.limit("lawful_age", facts.as_of)
    young, of_age = facts.surely_under_at_offense(lawful_age), facts.surely_of_age_at_offense(lawful_age)
    within, beyond = facts.stated_amount
    under_act = facts.convicted_under_act if tables.relief(law)["names_offenses"] else np.zeros(facts.length, bool)
    named = np.full(facts.length, None, dtype=object)
    for place, pair in enumerate(pairs):
        for code in np.unique(outcome[relieved & (at == place)]):
            rows = relieved & (at == place) & (outcome == code)
            found = tables.basis(*pair, OUTCOMES[code], law)
            named[rows] = found.name
            named[rows & young] = found.under_lawful_age
            named[rows & under_act] = "policy"
            if found.proven_by:
                named[rows & within & of_age] = "statute"
                named[rows & (beyond | (within & young))] = "policy"
    named[relieved & facts.severity_is_inferred & (named == "statute")] = "presumption"
    if tables.relief(law)["names_offenses"]:
        named[relieved & ~facts.is_listed_itself] = "policy"
    return pa.array(named, pa.string())
