"""Offense families: which convictions a policy decides on. A next law is a table in `families/`, rules and a preset."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from eligibility.law.code_sections import CodeSection, normalised

_FOLDER = Path(__file__).parent / "families"


@dataclass(frozen=True, slots=True)
class Family:
    """Offenses by section and severity. No sections: any; no severities: any, also unknown.

    `called` are words for the offenses within a sentence, `says` is a sentence of its own. `anywhere`: the record's
    column `related` decides, which says whether any section of a text is one of these.
    """

    name: str
    called: str
    says: str
    source: str
    sections: tuple[CodeSection, ...]
    severities: tuple[str, ...]
    anywhere: bool

    def holds(self, code_section: str | None, severity: str | None, *, related: bool) -> bool:
        """Whether a conviction belongs to the family. One of unknown severity may, so it does."""
        if self.severities and severity and severity not in self.severities:
            return False
        if self.anywhere:
            return related
        if not self.sections:
            return True
        section = normalised(code_section) if code_section else None
        return section is not None and any(section.within(each) for each in self.sections)


@functools.cache
def names() -> tuple[str, ...]:
    """The families there are."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@functools.cache
def family(name: str) -> Family:
    """The family of `families/NAME.toml`. Raises KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Family(
        name=name,
        called=table["called"],
        says=table["says"],
        source=table["source"],
        sections=tuple(normalised(each) for each in table.get("sections", ())),
        severities=tuple(table.get("severities", ())),
        anywhere=table.get("anywhere", False),
    )


@functools.cache
def any_holds(families: tuple[str, ...], code_section: str | None, severity: str | None, related: bool) -> bool:
    """Whether a conviction belongs to one of these families, by name."""
    return any(family(each).holds(code_section, severity, related=related) for each in families)
