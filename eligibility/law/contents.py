"""What the law's tables hold, as the rule book prints them: every number and list with its source and date."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eligibility.law.code_sections import printed
from eligibility.law.entries import entries
from eligibility.law.tables import PROP_64, Target

_FOLDER = Path(__file__).parent


@functools.cache
def _tables() -> dict[str, dict[str, Any]]:
    """Every table by its path below this folder, without the ending."""
    paths = sorted(_FOLDER.rglob("*.toml"))
    return {
        path.relative_to(_FOLDER).with_suffix("").as_posix(): tomllib.loads(path.read_text(encoding="utf-8"))
        for path in paths
    }


ALWAYS = date(1900, 1, 1)
"""Stands for no beginning: see `limits.toml`."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of the law with the days from which its values hold, the first one first.

    `confirm`: what of it was not compared with the code itself, or empty.
    """

    name: str
    says: str
    source: str
    values: tuple[tuple[date, Any], ...]
    confirm: str


def limits(law: str | None = None) -> tuple[Limit, ...]:
    """Every number of `limits.toml`, in its order; or those alone that matter where relief is asked under this law."""
    return tuple(
        Limit(
            name=name,
            says=line["says"],
            source=line["source"],
            values=tuple(sorted((date.fromisoformat(key), line[key]) for key in line if key[0].isdigit())),
            confirm=line.get("confirm", ""),
        )
        for name, line in _tables()["limits"].items()
        if law is None or line.get("only", law) == law
    )


@dataclass(frozen=True, slots=True)
class LawList:
    """A list of the law: where it comes from, what is in it, and from which day it is in force (None: it doesn't say).

    `confirm`: what of it was not compared with the code itself, or empty.
    """

    title: str
    says: str
    source: str
    effective: date | None
    entries: tuple[str, ...]
    confirm: str

    @property
    def sourced(self) -> str:
        """The source, and since when the list holds."""
        day = self.effective
        return f"{self.source}, in force from {day:%B} {day.day}, {day.year}" if day else self.source


def lists(law: str, families: Iterable[str]) -> tuple[LawList, ...]:
    """Every list that matters to a policy of this relief which names these offense families, by file name."""
    named = [f"families/{each}" for each in families]
    found = []
    for path, table in _tables().items():
        folder, _, name = path.rpartition("/")
        of_the_act = law == PROP_64 and folder in ("", "sections") and name != "limits"
        if path in named or of_the_act or (folder == "reliefs" and name == law):
            found.append(_list(table))
    return tuple(found)


def _list(table: dict[str, Any]) -> LawList:
    below = [each for each in _parts(table) if "confirm" in each]
    unsure = [f"{each['says'].rstrip('.')}: {each['confirm']}" for each in below]
    return LawList(
        title=table.get("title") or table["called"][:1].upper() + table["called"][1:],
        says=table["says"],
        source=table["source"],
        effective=table.get("effective"),
        entries=tuple(entries(table)),
        confirm="; ".join([table["confirm"], *unsure] if "confirm" in table else unsure),
    )


def _parts(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables within a table."""
    for value in table.values():
        yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


@dataclass(frozen=True, slots=True)
class Redesignation:
    """A line of the redesignation table; `variant` is "infraction" where it needs stated facts, else "adult"."""

    section: str
    severity: str
    variant: str
    target: Target

    @property
    def old(self) -> str:
        return printed(self.section)

    @property
    def new(self) -> str:
        return printed(self.target.section)


def redesignations() -> tuple[Redesignation, ...]:
    """The redesignation table, in the order in which it is tried."""
    return tuple(
        Redesignation(
            line["from"], line["severity"], line.get("variant", "adult"), Target(line["to"], line["new_severity"])
        )
        for line in _tables()["sections/redesignation"]["section"]
    )
