"""How many convictions each value of the queue's filter leaves, which those are, and in which order they stand.

All of a run is held in memory as codes and numbers: no name, no case number. Convictions of equal coded values share a
line, so that counts are sums over lines; whatever the filter and order, no list of them is asked of the database.
`tallying` reads it and keeps it up to date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WHERE_EMPTY = {"section": "other", "severity": "unknown", "assignee": "none"}
"""How a field names the rows whose column is empty; in other fields they have no value to choose."""
WHOLE_ROW = "whole_row"
NEVER = np.iinfo(np.int64).max
"""The day of a conviction without a date, and the place of whatever is empty: last in every order."""

SORTED_BY: dict[str, tuple[str, ...]] = {
    "subject": ("name",),
    "section": ("code_section",),
    "date": ("day",),
    "outcome": ("outcome", "route"),
    "route": ("route",),
    "basis": ("basis",),
    "reason": ("rule", "reason"),
    "review": ("state",),
    "assigned": ("assignee_name",),
}
"""Column of the list to what it is sorted by: fields of lines, or columns of `Rows`."""
SORTS = ("file", *SORTED_BY, *(f"-{name}" for name in SORTED_BY))
"""As in the file, or by a column; a hyphen before it turns the order round. What is empty stands last in both."""


@lru_cache(maxsize=4096)
def reason_code(reason: str) -> str:
    """A reason's code in addresses: its words may be long and change with a parameter."""
    return hashlib.sha256(reason.encode()).hexdigest()[:10]


def code_of(field: str, value: Any) -> str:
    """A column's value as the filter names it; empty where it can't be chosen."""
    if value is None or value == "":
        return WHERE_EMPTY.get(field, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return reason_code(value) if field == "reason" else str(value)


@dataclass(frozen=True)
class Rows:
    """The convictions, ascending, one number each: what they are, whose, on which line, and two of their orders."""

    conviction: Numbers
    determination: Numbers
    subject: Numbers
    person: Numbers
    line: Numbers
    day: Numbers
    name: Numbers
    """Place of the subject's name among all names."""

    def only(self, which: Flags | Numbers) -> Rows:
        return Rows(**{name: column[which] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Field:
    """The one value that every line has in a column: where it stands among the codes."""

    codes: list[str]
    place: Numbers

    def is_(self, code: str) -> Flags:
        same: Flags = self.place == (self.codes.index(code) if code in self.codes else -1)
        return same

    def order(self, words: Mapping[str, str]) -> Numbers:
        """The place of every line's value in the order of the words for its codes; what is empty stands last."""
        said = [words.get(code, code) for code in self.codes]
        rank = {text: number for number, text in enumerate(sorted(set(said)))}
        return np.array([rank[text] if text else NEVER for text in said], np.int64)[self.place]


@dataclass(frozen=True)
class Several:
    """The values of a column of which a line may have several: a bit for each code."""

    codes: list[str]
    bits: Numbers

    def has(self, code: str) -> Flags:
        if code not in self.codes:
            return np.zeros(len(self.bits), dtype=bool)
        return (self.bits >> self.codes.index(code) & 1).astype(bool)


@dataclass(frozen=True)
class Tally:
    """The convictions of a run, and lines of equal coded values for them."""

    rows: Rows
    one: dict[str, Field]
    several: dict[str, Several]
    words: dict[str, dict[str, str]]
    """Of the fields whose codes say nothing (reason, court) the words for each."""
    sorted_by: dict[str, Field]
    """What lines have that is only sorted by."""
    search: str = ""
    """Id of the search whose finds are counted alone; empty for the whole run."""

    @cached_property
    def number(self) -> Numbers:
        """How many convictions are on each line."""
        return np.bincount(self.rows.line, minlength=self._lines)

    @property
    def _lines(self) -> int:
        return len(next(iter(self.one.values())).place)

    def counts(self, values: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """For each field what each of its values would leave, the other fields as they are; nothing of none."""
        found = {}
        for field, column in self.one.items():
            left = self._left(values, but=field)
            sums = np.bincount(column.place[left], weights=self.number[left], minlength=len(column.codes)).astype(int)
            found[field] = {code: int(each) for code, each in zip(column.codes, sums, strict=True) if code and each}
        for field, flags in self.several.items():
            left = self._left(values, but=field)
            numbers = {code: int(self.number[left & flags.has(code)].sum()) for code in flags.codes}
            found[field] = {code: each for code, each in numbers.items() if each}
        return found

    def total(self, values: Mapping[str, str]) -> int:
        """How many convictions the filter leaves."""
        return int(self.number[self._left(values)].sum())

    def codes(self, field: str) -> list[str]:
        """The values of a field that occur."""
        if field == "search":
            return [self.search]
        if field in self.several:
            return self.several[field].codes
        column = self.one[field]
        occurs = np.bincount(column.place, weights=self.number, minlength=len(column.codes))
        return sorted(code for code, each in zip(column.codes, occurs, strict=True) if code and each)

    def values(self, field: str, rows: Rows) -> npt.NDArray[np.str_]:
        """The code that each of these rows has in a field."""
        column = self.one[field]
        return np.array(column.codes or [""])[column.place][rows.line]

    def among(self, conviction_ids: Iterable[int], search: str) -> Tally:
        """Only these convictions, which a search found."""
        which = np.isin(self.rows.conviction, np.fromiter(conviction_ids, np.int64))
        return replace(self, rows=self.rows.only(which), search=search)

    def listed(self, values: Mapping[str, str]) -> Rows:
        """What the filter leaves, in the order it asks for."""
        return self._ordered(self.rows.only(self._left(values)[self.rows.line]), values.get("sort", ""))

    def free(self, values: Mapping[str, str], *, of_law: bool) -> Rows:
        """Of what is listed that which waits for a decision and is given to nobody; `of_law`: questions of law, too."""
        waits = (self.one["state"].is_("open") | self.one["confirm"].is_("yes")) & self.one["assignee"].is_("none")
        if not of_law:
            waits &= ~self.several["question"].has("law")
        return self._ordered(self.rows.only((self._left(values) & waits)[self.rows.line]), values.get("sort", ""))

    def beside(self, values: Mapping[str, str], conviction_id: int) -> tuple[int | None, int | None]:
        """The convictions before and after this one in the list, which it may have left; None where there is none."""
        stays = self._left(values)[self.rows.line] | (self.rows.conviction == conviction_id)
        listed = self._ordered(self.rows.only(stays), values.get("sort", "")).conviction
        places = np.flatnonzero(listed == conviction_id)
        if not len(places):
            return None, None
        place = int(places[0])
        before = int(listed[place - 1]) if place else None
        return before, int(listed[place + 1]) if place + 1 < len(listed) else None

    def _ordered(self, rows: Rows, sort: str) -> Rows:
        """Equals stay in the order of the file."""
        names = SORTED_BY.get(sort.removeprefix("-"), ())
        if not names:
            return rows
        keys = [self._key(rows, name) for name in names]
        if sort.startswith("-"):
            keys = [np.where(key == NEVER, NEVER, -key) for key in keys]
        return rows.only(np.lexsort(keys[::-1]))

    def _key(self, rows: Rows, name: str) -> Numbers:
        if name in ("name", "day"):
            column: Numbers = getattr(rows, name)
            return column
        field = self.sorted_by.get(name) or self.one[name]
        return field.order(self.words.get(name, {}))[rows.line]

    def _left(self, values: Mapping[str, str], but: str = "") -> Flags:
        left = np.ones(self._lines, dtype=bool)
        for field, value in values.items():
            if field == but or not value:
                continue
            if field in self.one:
                left &= self.one[field].is_(value)
            elif field in self.several:
                left &= self.several[field].has(value)
        return left
