"""The law's dated numbers and lists, read from the TOML tables beside this module."""

import functools
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eligibility.law.code_sections import CodeSection, normalised

_FOLDER = Path(__file__).parent
_WEAKEST_FIRST = ("policy", "presumption", "statute")


@functools.cache
def table(name: str) -> dict[str, Any]:
    """The law table of that file name, as it stands."""
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@functools.cache
def limit(name: str, as_of: date) -> Any:
    """The number of `limits.toml` in force on `as_of`.

    Raises KeyError for an unknown name, ValueError if none was in force yet.
    """
    dated = {date.fromisoformat(key): value for key, value in table("limits.toml")[name].items() if key[0].isdigit()}
    in_force = [day for day in dated if day <= as_of]
    if not in_force:
        raise ValueError(f"the law knew no {name} on {as_of.isoformat()}")
    return dated[max(in_force)]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a relief rests on, before stated facts: see `basis.toml`."""

    name: str
    under_lawful_age: str
    proven_by: tuple[str, ...]


BEYOND_THE_STATUTE = Basis("policy", "policy", ())
PROP_64 = "hs_11361_8"
"""The relief that policies ask for unless they say otherwise: see `reliefs/`."""


@functools.cache
def reliefs() -> tuple[str, ...]:
    """The laws under which relief may be asked."""
    return tuple(sorted(path.stem for path in (_FOLDER / "reliefs").glob("*.toml")))


def relief(name: str) -> dict[str, Any]:
    """The table of a law of `reliefs/`."""
    return table(f"reliefs/{name}.toml")


def _basis_of(section: CodeSection | None, severity: str | None, outcome: str, law: str) -> Basis:
    asked = relief(law)
    for line in table(asked["bases"])["basis"] if "bases" in asked else asked["basis"]:
        if line["outcome"] != outcome or severity not in line["severities"]:
            continue
        sections = line.get("sections")
        if sections is None or (section is not None and any(section.within(normalised(each)) for each in sections)):
            return Basis(line["basis"], line.get("under_lawful_age", line["basis"]), tuple(line.get("proven_by", ())))
    return BEYOND_THE_STATUTE


@functools.cache
def basis(code_section: str | None, severity: str | None, outcome: str, law: str = PROP_64) -> Basis:
    """What dismissing or redesignating a conviction of this section and severity rests on.

    `outcome` is dismiss, redesignate or resentence. Where the severity is unknown the weakest basis of all severities
    counts, so that no paper promises more than the record bears out.
    """
    section = None if code_section is None else normalised(code_section)
    asked = "redesignate" if outcome == "resentence" else outcome
    severities = (severity,) if severity else ("felony", "misdemeanor")
    found = [_basis_of(section, each, asked, law) for each in severities]
    return min(found, key=lambda each: _WEAKEST_FIRST.index(each.name))


@dataclass(frozen=True, slots=True)
class Target:
    """The section and severity that a conviction has after redesignation or resentencing."""

    section: str
    severity: str


@functools.cache
def redesignation(
    code_section: str | None, severity: str | None, as_of: date, *, variant: str = "adult", law: str = PROP_64
) -> Target | None:
    """What a conviction becomes, or None where the severity would not be lowered (or is unknown).

    `variant` is "infraction" only where stated facts show an adult under 21 within the limits.
    """
    file = relief(law).get("redesignations")
    if file is None or code_section is None or severity is None or as_of < table(file)["effective"]:
        return None
    section = normalised(code_section)
    for line in table(file)["section"]:
        if line.get("variant", "adult") != "adult" and line["variant"] != variant:
            continue
        if line["severity"] == severity and section.within(normalised(line["from"])):
            return Target(line["to"], line["new_severity"])
    return None


@functools.cache
def keeps_exceptions(code_section: str | None) -> bool:
    """Whether a disqualifying prior matters to this section: §§ 11358, 11359, 11360(a), not 11357 or 11360(b)."""
    return has_exception("super_strike", code_section)


@functools.cache
def has_exception(name: str, code_section: str | None) -> bool:
    """Whether the exception of that name in `exceptions.toml` is one of this section's own."""
    if code_section is None:
        return False
    exceptions, section = table("exceptions.toml"), normalised(code_section)
    if any(section.within(normalised(each)) for each in exceptions["except"]):
        return False
    return any(section.within(normalised(each)) for each in exceptions[name]["sections"])


def same_section_priors() -> int:
    """How many earlier convictions of the same section are a possible ground to oppose."""
    return int(table("exceptions.toml")["same_section"]["priors"])


@dataclass(frozen=True, slots=True)
class ListedOffense:
    """One entry of a list of disqualifying convictions."""

    sections: tuple[CodeSection, ...]
    through: str | None
    attempts: bool
    conspiracies: bool
    felony_only: bool
    beside: CodeSection | None

    def may_be(self, section: CodeSection, part: str, severity: str | None) -> bool:
        """Whether a conviction may be this offense; a record naming less than the subdivision asked for may be."""
        if part and not (part == "attempt" and self.attempts) and not (part == "conspiracy" and self.conspiracies):
            return False
        if self.felony_only and severity not in ("felony", None):
            return False
        return any(section.within(each) or each.within(section) for each in self.sections) or self._in_range(section)

    def _in_range(self, section: CodeSection) -> bool:
        first = self.sections[0]
        if self.through is None or section.code != first.code or section.number[-1].isalpha():
            return False
        return float(first.number) <= float(section.number) <= float(self.through)


@functools.cache
def disqualifying(list_name: str, as_of: date) -> tuple[ListedOffense, ...]:
    """The list "super_strikes" or "registration_290c" as in force on `as_of`: what may be such a conviction."""
    whole = table(f"{list_name}.toml")
    return tuple(
        ListedOffense(
            sections=tuple(normalised(each) for each in line["sections"]),
            through=line.get("through"),
            attempts=line.get("attempts", whole.get("attempts", False)),
            conspiracies=line.get("conspiracies", whole.get("conspiracies", False)),
            felony_only=line.get("felony_only", whole.get("felony_only", False)),
            beside=normalised(line["with"]) if "with" in line else None,
        )
        for line in whole["offense"]
        if line.get("effective", whole["effective"]) <= as_of
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground that an attorney may choose where H&S § 11361.8(e) names no section."""

    code: str
    says: str
    routes: tuple[str, ...]
    authority_required: bool
    leaves_out: bool
    never_parts: tuple[str, ...]
    never_sections: tuple[str, ...]

    def may_be_given(self, code_section: str | None, part: str, route: str) -> bool:
        """Whether an attorney may choose this ground for such a conviction."""
        if route not in self.routes or part in self.never_parts:
            return False
        if code_section is None:
            return self.leaves_out
        section = normalised(code_section)
        return not any(section.within(normalised(each)) for each in self.never_sections)


def grounds() -> tuple[Ground, ...]:
    """The approved grounds, in the order in which they are offered."""
    return tuple(
        Ground(
            code=line["code"],
            says=line["says"],
            routes=tuple(line["routes"]),
            authority_required=line["authority_required"],
            leaves_out=line["outcome"] == "leave_out",
            never_parts=tuple(line.get("never_parts", ())),
            never_sections=tuple(line.get("never_sections", ())),
        )
        for line in table("grounds.toml")["ground"]
    )


@dataclass(frozen=True, slots=True)
class GroundToOppose:
    """A ground on which an attorney may decide to oppose relief for a conviction: where it stands, and its proof."""

    code: str
    says: str
    subdivision: str
    proof: str


@functools.cache
def grounds_to_oppose(code_section: str | None, route: str) -> tuple[GroundToOppose, ...]:
    """The grounds that may be named for a conviction of this section on this route, in the order of the law's tables.

    Each exception that the section has (`exceptions.toml`), then what `oppositions.toml` adds for the route.
    """
    exceptions = table("exceptions.toml")
    found = [
        GroundToOppose(name, line["says"], _subdivision_of(code_section, line["subdivisions"]), exceptions["proof"])
        for name, line in exceptions.items()
        if isinstance(line, dict) and code_section is not None and has_exception(name, code_section)
    ]
    beside = [line for line in table("oppositions.toml")["opposition"] if route in line]
    return (*found, *(GroundToOppose(line["code"], line["says"], line[route], line["proof"]) for line in beside))


def _subdivision_of(code_section: str, subdivisions: list[str]) -> str:
    """The one of this section's number: an exception stands in one subdivision of each section that has it."""
    section = normalised(code_section)
    return next(each for each in subdivisions if each.partition("(")[0] == f"{section.code} {section.number}")


def ground_says(code: str) -> str:
    """The words of a ground to oppose; those of one that the tables have no more are its code."""
    beside = {line["code"]: line for line in table("oppositions.toml")["opposition"]}
    line = beside.get(code) or table("exceptions.toml").get(code)
    return str(line["says"]) if isinstance(line, dict) else code
