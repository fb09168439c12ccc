"""Columns of text, each distinct text read once and the answers spread over the rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TextColumn:
    """A column as distinct trimmed texts (in order of first appearance of the untrimmed) and a code per row."""

    codes: Codes
    texts: list[str]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "TextColumn":
        """The column with white space around each text taken away."""
        encoded = column.combine_chunks().dictionary_encode()
        return cls(
            encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64),
            [text.strip() for text in encoded.dictionary.to_pylist()],
        )

    def flags(self, test: Callable[[str], object]) -> Flags:
        """Whether each row's text passes the test."""
        return np.array([bool(test(text)) for text in self.texts], bool)[self.codes]

    @cached_property
    def filled(self) -> Flags:
        """Whether each row's text is more than white space."""
        return self.flags(lambda text: text)

    def at(self, rows: Codes, *, blank_as_null: bool = False) -> pa.Array:
        """The texts of the given rows; a row of -1 is null (or, with `blank_as_null`, so is a blank)."""
        texts: list[str | None] = [text or None for text in self.texts] if blank_as_null else list(self.texts)
        codes = np.where(rows >= 0, self.codes[np.maximum(rows, 0)] if len(self.codes) else 0, -1)
        return pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0))

    def matching(self, pattern: str) -> Flags:
        """Whether the pattern is found in each row's text, upper or lower case."""
        compiled = re.compile(pattern, re.IGNORECASE)
        return self.flags(compiled.search)


def day_of(text: str) -> int | None:
    """Days since 1970-01-01 of a strict YYYYMMDD, or None."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return (date(int(text[:4]), int(text[4:6]), int(text[6:])) - date(1970, 1, 1)).days
    except ValueError:
        return None


@dataclass(frozen=True)
class DateColumn:
    """A column of YYYYMMDD texts; `known` where one is a real day."""

    text: TextColumn
    days: npt.NDArray[np.int32]
    known: Flags

    @classmethod
    def of(cls, text: TextColumn) -> "DateColumn":
        """Read each distinct text once."""
        days = [day_of(each) for each in text.texts]
        known = np.array([day is not None for day in days], bool)
        return cls(text, np.array([day or 0 for day in days], np.int32)[text.codes], known[text.codes])

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
    if not len(keys):
        return keys.astype(np.int64), 0
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse], len(first)


def recoded(column: TextColumn, texts: list[str]) -> Codes:
    """The column's codes where equal `texts` (one per distinct text) count as one."""
    known: dict[str, int] = {}
    codes = np.array([known.setdefault(text, len(known)) for text in texts], np.int64)
    return codes[column.codes] if len(texts) else column.codes
