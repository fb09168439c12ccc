"""How two rows agree, field by field: columns of levels over many pairs at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from eligibility.records.columns import Codes, Flags
from eligibility.records.number_formats import SHORTEST_TO_COMPARE
from eligibility.records.pairing import NO_KEY, shared_codes
from eligibility.records.person_names import PersonName, person_name

Levels = npt.NDArray[np.int8]
Texts = npt.NDArray[np.object_]

LEVELS = ("missing", "same", "swapped", "close", "near", "within", "part", "alike", "initial", "year", "different")
"""How a field of one row agrees with the other's. `missing`: at least one of the two doesn't say."""

AGREEING = ("same", "within", "initial")
"""Levels that contradict nothing; every other but `missing` is a difference."""

ALIKE_SURNAME, ALIKE_FIRST_NAME = 0.92, 0.90
"""Jaro-Winkler similarity from which two names are spelled alike; a single slip is enough in any case."""

NEAR_DAYS = 31


def level(name: str) -> int:
    """The number of a level."""
    return LEVELS.index(name)


@dataclass(frozen=True)
class People:
    """The names of one list in columns. `words`: numbers of up to three words of the surname, NO_KEY where fewer."""

    surname: Texts
    first: Texts
    middle: Texts
    suffix: Texts
    words: Codes


def people(*columns: pa.ChunkedArray) -> list[People]:
    """The names of several lists, each distinct text read once."""
    written = [column.to_pylist() for column in columns]
    read = {text: person_name(text or "") for column in written for text in column}
    named: list[list[PersonName]] = [[read[text] for text in column] for column in written]
    words = shared_codes(
        *(
            [name.surnames[place] if place < len(name.surnames) else "" for name in names]
            for names in named
            for place in range(3)
        )
    )
    return [
        People(
            surname=np.array([name.surname for name in names], object),
            first=np.array([name.first for name in names], object),
            middle=np.array([name.middle for name in names], object),
            suffix=np.array([name.suffix for name in names], object),
            words=np.stack(words[3 * place : 3 * place + 3], axis=1),
        )
        for place, names in enumerate(named)
    ]


def surnames(left: People, right: People, one: Codes, other: Codes) -> Levels:
    """Same, spelled alike, one word of a double surname in common, or different."""
    a, b = left.surname[one], right.surname[other]
    found = texts(a, b)
    for place in np.ndindex(3, 3):
        shared = (left.words[one, place[0]] == right.words[other, place[1]]) & (left.words[one, place[0]] != NO_KEY)
        found[shared & (found == level("different"))] = level("part")
    return _alike(found, a, b, ALIKE_SURNAME)


def first_names(left: People, right: People, one: Codes, other: Codes) -> Levels:
    """Same, spelled alike, one of them only an initial that fits, or different."""
    a, b = left.first[one], right.first[other]
    found = _alike(texts(a, b), a, b, ALIKE_FIRST_NAME)
    return _initials(found, a, b)


def middle_names(left: People, right: People, one: Codes, other: Codes) -> Levels:
    """Same, an initial that fits, or different."""
    a, b = left.middle[one], right.middle[other]
    return _initials(texts(a, b), a, b)


def suffixes(left: People, right: People, one: Codes, other: Codes) -> Levels:
    """Same or different."""
    return texts(left.suffix[one], right.suffix[other])


def texts(a: Texts, b: Texts) -> Levels:
    """Same or different."""
    found = np.full(len(a), level("different"), np.int8)
    found[a == b] = level("same")
    found[(a == "") | (b == "")] = level("missing")
    return found


def _measured(a: Texts, b: Texts, scorer: Callable[..., float]) -> npt.NDArray[np.float64]:
    return np.asarray(process.cpdist(a.tolist(), b.tolist(), scorer=scorer, workers=-1), np.float64)


def _alike(found: Levels, a: Texts, b: Texts, least: float) -> Levels:
    """Different names that are spelled alike. Of names of one or two letters none is, of three by one slip."""
    at = np.flatnonzero(found == level("different"))
    if len(at):
        shorter = np.minimum(_lengths(a[at]), _lengths(b[at]))
        alike = (_measured(a[at], b[at], JaroWinkler.similarity) >= least) & (shorter > 3)
        slip = (_measured(a[at], b[at], OSA.distance) <= 1) & (shorter > 2)
        found[at[alike | slip]] = level("alike")
    return found


def _lengths(texts: Texts) -> Codes:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _initials(found: Levels, a: Texts, b: Texts) -> Levels:
    at = np.flatnonzero(found == level("different"))
    fits = [x[0] == y[0] and min(len(x), len(y)) == 1 for x, y in zip(a[at], b[at], strict=True)]
    found[at[np.array(fits, bool)]] = level("initial")
    return found


@dataclass(frozen=True)
class Days:
    """A column of dates: days since 1970-01-01 and YYYYMMDD as eight digits; `known` where there is one."""

    days: Codes
    digits: npt.NDArray[np.int8]
    known: Flags

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Days":
        known = np.asarray(column.is_valid().to_numpy(), bool)
        days = np.asarray(column.cast(pa.int32()).fill_null(0).to_numpy(), np.int64)
        date = days.astype("datetime64[D]")
        year = date.astype("datetime64[Y]").astype(np.int64) + 1970
        month = date.astype("datetime64[M]").astype(np.int64) % 12 + 1
        day = (date - date.astype("datetime64[M]")).astype(np.int64) + 1
        number = year * 10_000 + month * 100 + day
        digits = np.stack([number // 10**place % 10 for place in range(7, -1, -1)], axis=1).astype(np.int8)
        return cls(days, digits, known)


def dates(left: Days, right: Days, one: Codes, other: Codes, *, near: bool) -> Levels:
    """Same, day and month swapped, a slip, another day of the same year or (with `near`) of the same weeks."""
    a, b = left.digits[one], right.digits[other]
    unlike = a != b
    wrong = unlike.sum(axis=1)
    found = np.full(len(one), level("different"), np.int8)
    if near:
        found[np.abs(left.days[one] - right.days[other]) <= NEAR_DAYS] = level("near")
    else:
        found[~unlike[:, :4].any(axis=1)] = level("year")
    crossed = (a[:, :-1] == b[:, 1:]) & (a[:, 1:] == b[:, :-1]) & unlike[:, :-1] & unlike[:, 1:]
    found[(wrong == 1) | ((wrong == 2) & crossed.any(axis=1))] = level("close")
    swapped = ~unlike[:, :4].any(axis=1) & (a[:, 4:6] == b[:, 6:8]).all(axis=1) & (a[:, 6:8] == b[:, 4:6]).all(axis=1)
    found[swapped] = level("swapped")
    found[wrong == 0] = level("same")
    found[~left.known[one] | ~right.known[other]] = level("missing")
    return found


def case_numbers(left: Texts, right: Texts) -> Levels:
    """Same, one slip, or different. The texts are what counts of each number."""
    found = texts(left, right)
    at = np.flatnonzero(found == level("different"))
    if len(at):
        slip = _measured(left[at], right[at], OSA.distance) <= 1
        long = np.minimum(_lengths(left[at]), _lengths(right[at])) >= SHORTEST_TO_COMPARE
        found[at[slip & long]] = level("close")
    return found


def sections(left: Texts, right: Texts) -> Levels:
    """Same, one a subdivision of the other, or different. Each distinct pair is looked at once."""
    found = texts(left, right)
    for at in np.flatnonzero(found == level("different")):
        one, other = sorted((left[at], right[at]), key=len)
        if other.startswith(one + "("):
            found[at] = level("within")
    return found
