"""What a conviction of before the Act was for, by section and severity: see `sections/former.toml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from eligibility.law.code_sections import normalised
from eligibility.law.tables import table

FILE = "sections/former.toml"


@dataclass(frozen=True, slots=True)
class FormerOffense:
    """The kinds of offense it may have been: one where the record is clear, none outside §§ 11357 to 11360.

    `amount` is "within" or "beyond" the limits where the section itself says so. `never_so_severe`: the section as
    named never was a felony, yet the record says felony.
    """

    kinds: frozenset[str] = frozenset()
    amount: str = ""
    never_so_severe: bool = False


@functools.cache
def former_offense(code_section: str | None, severity: str | None) -> FormerOffense:
    """The former offense of a section and severity as convicted."""
    if code_section is None:
        return FormerOffense()
    section, lines = normalised(code_section), table(FILE)["offense"]
    for line in lines:
        if section.within(normalised(line["section"])):
            never = severity == "felony" and "felony" not in line["severities"]
            return FormerOffense(frozenset([line["kind"]]), line.get("amount", ""), never)
    below = [line for line in lines if normalised(line["section"]).within(section)]
    only = [line for line in below if severity in line.get("bare", ())]
    return FormerOffense(frozenset(line["kind"] for line in only or below))


@functools.cache
def names_the_act(code_section: str) -> bool:
    """Whether the section named is a subdivision that only the Act made, or whose meaning it changed."""
    section = normalised(code_section)
    return any(section.within(normalised(each)) for each in table(FILE)["of_the_act"])
