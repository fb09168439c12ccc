"""Which convictions are decided on: those of a county whose offense belongs to one of the policy's families."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from eligibility.arrow import coded, flags, passing
from eligibility.law import offense_families
from eligibility.truth import Flags


def same_county(county: str) -> str:
    """A county's name as it is compared: upper case, single blanks, without "COUNTY"."""
    words = county.upper().split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] == "COUNTY" else words)


@dataclass(frozen=True, slots=True)
class Scope:
    """A county's convictions of these offense families, by name."""

    county: str
    families: tuple[str, ...] = ("prop64",)


def holds(scope: Scope, convictions: pa.Table) -> Flags:
    """Which convictions are in scope."""
    county = same_county(scope.county)
    in_county = passing(convictions["county"], lambda each: same_county(each) == county)
    return in_county & members(scope.families, convictions)


def members(families: tuple[str, ...], convictions: pa.Table) -> Flags:
    """Which convictions belong to one of the families. Each distinct section and severity is looked at once."""
    (first, sections), (second, severities) = coded(convictions["code_section"]), coded(convictions["severity"])
    joint = (first * len(severities) + second) * 2 + flags(convictions["related"])
    distinct, at = np.unique(joint, return_inverse=True)
    found = []
    for each in distinct.tolist():
        rest, related = divmod(each, 2)
        section, severity = divmod(rest, len(severities))
        found.append(offense_families.any_holds(families, sections[section], severities[severity], bool(related)))
    answers: Flags = np.array(found, dtype=bool)[at]
    return answers
