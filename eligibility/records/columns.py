"""Columns of text, each distinct text read once and the answers spread over the rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WIDEST = 8
"""Numbers that lie within so many times the length of their column are grouped by table, others by sorting."""


@dataclass(frozen=True)
class TextColumn:
    """A column as its distinct trimmed texts, in the order in which they first appear, and the number of each row's."""

    codes: npt.NDArray[np.int32]
    distinct: pa.Array

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "TextColumn":
        """The column, plain or coded, with white space around each text taken away."""
        encoded = column.combine_chunks()
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        codes, distinct = encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary
        if len(distinct) * 4 > len(codes):  # perhaps a few rows of a large table
            used, codes = used_numbers(codes, len(distinct))
            distinct = distinct.take(pa.array(used))
        trimmed = pc.utf8_trim_whitespace(distinct)
        return cls(codes, distinct) if trimmed.equals(distinct) else cls._renumbered(codes, trimmed)

    @classmethod
    def _renumbered(cls, codes: npt.NDArray[np.int32], texts: pa.Array) -> "TextColumn":
        """The column where `texts` may be equal to one another."""
        encoded = texts.dictionary_encode()
        return cls(encoded.indices.to_numpy()[codes], encoded.dictionary)

    def mapped(self, change: Callable[[str], str]) -> "TextColumn":
        """The column of the changed texts."""
        return self._renumbered(self.codes, pa.array([change(text) for text in self.texts], pa.string()))

    @cached_property
    def texts(self) -> list[str]:
        return list(self.distinct.to_pylist())

    def flags(self, test: Callable[[str], object]) -> Flags:
        """Whether each row's text passes the test."""
        return self.numbers(lambda text: bool(test(text)), np.dtype(bool))

    def numbers(self, number: Callable[[str], int], kind: npt.DTypeLike = np.int64) -> npt.NDArray[Any]:
        """The number of each row's text."""
        return np.array([number(text) for text in self.texts], kind)[self.codes]

    @cached_property
    def filled(self) -> Flags:
        """Whether each row's text is more than white space."""
        there: Flags = (pc.binary_length(self.distinct).to_numpy() > 0)[self.codes]
        return there

    def at(self, rows: Codes) -> pa.DictionaryArray:
        """The texts of the given rows; a row of -1 is null."""
        codes = self.codes[rows] if len(self.codes) else np.zeros(len(rows), np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=rows < 0), self.distinct)

    def matching(self, pattern: str) -> Flags:
        """Whether the pattern is found in each row's text, upper or lower case."""
        compiled = re.compile(pattern, re.IGNORECASE)
        return self.flags(compiled.search)


def used_numbers(codes: npt.NDArray[Any], size: int) -> tuple[Codes, npt.NDArray[np.int32]]:
    """Which of the numbers below `size` are used, in their order, and each code as its place among these."""
    there = np.zeros(size, bool)
    there[codes] = True
    place = np.cumsum(there, dtype=np.int32) - 1
    return np.flatnonzero(there), place[codes]


MONTH_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def days_of(texts: pa.Array) -> tuple[npt.NDArray[np.int32], Flags]:
    """Days since 1970-01-01 of each strict YYYYMMDD (0 for anything else), and which texts are one."""
    known = np.asarray(pc.match_substring_regex(texts, "^[0-9]{8}$").fill_null(False))
    numbers = texts.filter(pa.array(known)).cast(pa.int32()).to_numpy()
    years, months, days = numbers // 10_000, numbers // 100 % 100, numbers % 100
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    real = (years > 0) & (months >= 1) & (months <= 12) & (days >= 1)
    real &= days <= MONTH_LENGTHS[np.where(real, months, 0)] + (leap & (months == 2))
    known[known] = real
    start = (years[real] - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (months[real] - 1)
    found = np.zeros(len(texts), np.int32)
    found[known] = (start.astype("datetime64[D]") + (days[real] - 1)).astype(np.int32)
    return found, known


@dataclass(frozen=True)
class DateColumn:
    """A column of YYYYMMDD texts; `known` where one is a real day."""

    text: TextColumn
    days: npt.NDArray[np.int32]
    known: Flags

    @classmethod
    def of(cls, text: TextColumn) -> "DateColumn":
        """Read each distinct text once."""
        days, known = days_of(text.distinct)
        return cls(text, days[text.codes], known[text.codes])

    def at(self, rows: Codes) -> pa.Array:
        """The dates of the given rows; null where unknown or the row is -1."""
        if not len(self.days):
            return pa.nulls(len(rows), pa.date32())
        safe = np.maximum(rows, 0)
        return pa.array(self.days[safe], pa.int32(), mask=(rows < 0) | ~self.known[safe]).cast(pa.date32())


def first_row(groups: Codes, size: int, chosen: Flags) -> Codes:
    """For each group the first row that is chosen, or -1."""
    rows = np.flatnonzero(chosen)[::-1]
    found = np.full(size, -1, np.int64)
    found[groups[rows]] = rows
    return found


def dense(keys: Codes) -> tuple[Codes, int]:
    """Groups numbered from 0 in the order of their first row, and how many there are."""
    size = len(keys)
    if not size:
        return keys.astype(np.int64), 0
    steps = np.diff(keys)
    if (steps >= 0).all():  # rows come grouped, as the DOJ writes them
        groups = np.concatenate([[0], np.cumsum(steps > 0)])
        return groups, int(groups[-1]) + 1
    low, high = int(keys.min()), int(keys.max())
    if high - low < WIDEST * size:
        keys = keys - low
        first = np.full(high - low + 1, size)
        first[keys[::-1]] = np.arange(size - 1, -1, -1)
        begins = np.zeros(size, bool)
        begins[first[first < size]] = True
        rank = np.cumsum(begins) - 1
        return rank[first[keys]], int(rank[-1]) + 1
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse], len(first)
