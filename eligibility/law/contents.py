"""What the law's tables hold, as the rule book prints them: every number and list with its source and date."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eligibility.law.tables import Target

_FOLDER = Path(__file__).parent


@functools.cache
def _tables() -> dict[str, dict[str, Any]]:
    """Every table by its path below this folder, without the ending."""
    paths = sorted(_FOLDER.rglob("*.toml"))
    return {
        path.relative_to(_FOLDER).with_suffix("").as_posix(): tomllib.loads(path.read_text(encoding="utf-8"))
        for path in paths
    }


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of the law with the days from which its values hold, the first one first."""

    name: str
    says: str
    source: str
    values: tuple[tuple[date, Any], ...]


def limits() -> tuple[Limit, ...]:
    """Every number of `limits.toml`, in its order."""
    return tuple(
        Limit(
            name=name,
            says=line["says"],
            source=line["source"],
            values=tuple(sorted((date.fromisoformat(key), line[key]) for key in line if key[0].isdigit())),
        )
        for name, line in _tables()["limits"].items()
    )


@dataclass(frozen=True, slots=True)
class LawList:
    """A list of the law: where it comes from, and from which day it is in force (None: it doesn't say)."""

    name: str
    says: str
    source: str
    effective: date | None


def lists() -> tuple[LawList, ...]:
    """Every table with a source but the numbers of `limits.toml`, by file name."""
    found = []
    for path, table in _tables().items():
        name = path.replace("/", ": ").replace("_", " ")
        if "source" in table:
            found.append(_list(name, table))
        elif path != "limits":
            parts = {key: part for key, part in table.items() if isinstance(part, dict) and "source" in part}
            found += [_list(f"{name}: {key}", part) for key, part in parts.items()]
    return tuple(found)


def _list(name: str, table: dict[str, Any]) -> LawList:
    return LawList(name, table.get("says", ""), table["source"], table.get("effective"))


@dataclass(frozen=True, slots=True)
class Redesignation:
    """A line of the redesignation table; `variant` is "infraction" where it needs stated facts, else "adult"."""

    section: str
    severity: str
    variant: str
    target: Target


def redesignations() -> tuple[Redesignation, ...]:
    """The redesignation table, in the order in which it is tried."""
    return tuple(
        Redesignation(
            line["from"], line["severity"], line.get("variant", "adult"), Target(line["to"], line["new_severity"])
        )
        for line in _tables()["sections/redesignation"]["section"]
    )
