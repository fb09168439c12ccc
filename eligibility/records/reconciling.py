"""A court's convictions against those of the DOJ's record files: matched, contradicting, perhaps one, only one side's.

Two convictions are one only where case number, code section and date are the same and nothing else contradicts it.
Everything else is a question for a person: where the case number is the same and something differs, the two contradict
each other; where it is not, the pair is suggested if the agreement of names, dates and numbers is great enough.
"""

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from eligibility.records import comparing
from eligibility.records.columns import Codes, Flags
from eligibility.records.comparing import AGREEING, LEVELS, Days, Levels, People, Texts, level
from eligibility.records.number_formats import NumberFormat, keys
from eligibility.records.pairing import Block, candidates, joined, one_to_one, shared_codes

KNOWN = pa.schema(
    [
        ("conviction", pa.int64()),
        ("name", pa.string()),
        ("birth_date", pa.date32()),
        ("code_section", pa.string()),
        ("date", pa.date32()),
        ("severity", pa.string()),
        ("case_numbers", pa.list_(pa.string())),
    ]
)
"""Convictions of the DOJ's record files, as they are reconciled with an extract (`court.EXTRACT`)."""

MATCHED, CONTRADICTING, SUGGESTED = "matched", "contradicting", "suggested"

PAIRS = pa.schema(
    [
        ("court", pa.int64()),  # place in the extract's table
        ("known", pa.int64()),  # place in the DOJ's
        ("kind", pa.string()),
        ("likely", pa.bool_()),  # the score reaches the confirm line
        ("score", pa.float64()),  # bits, see reconciling.toml
        *((name, pa.string()) for name in ("case_number", "section", "conviction_date", "surname", "first_name")),
        *((name, pa.string()) for name in ("middle_name", "suffix", "birth_date", "severity")),  # each a level
    ]
)
FIELDS = tuple(PAIRS.names[5:])
"""What is compared."""

_KEY = ("case_number", "section", "conviction_date")


@dataclass(frozen=True)
class Reconciliation:
    """What became of both lists. Places are those in their tables.

    `not_compared`: rows of the extract that share each key with too many others to look at them all.
    """

    pairs: pa.Table
    only_court: Codes
    only_known: Codes
    not_compared: int


@functools.cache
def weights() -> dict[str, Any]:
    """The table of weights and lines."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def reconcile(extract: pa.Table, known: pa.Table, *, formats: Sequence[NumberFormat]) -> Reconciliation:
    """Compare the convictions of an extract with known ones. `formats`: how the court writes its case numbers."""
    sides = _sides(extract, known, formats)
    one, other, not_compared = _candidates(sides)
    levels = _compare(sides, one, other)
    score = _score(levels)
    plausible = (score >= weights()["lines"]["suggest"]) & _one_person(levels) & _one_count(levels)
    one, other, score = one[plausible], other[plausible], score[plausible]
    levels = {name: each[plausible] for name, each in levels.items()}
    # An exact key goes before any score: nothing that only looks alike may take its partner away.
    rank = score + np.where(_is(levels, _KEY, ("same",)), 1000.0, 0.0)
    stand = one_to_one(one, other, rank)
    pairs = _pairs(one[stand], other[stand], score[stand], {name: each[stand] for name, each in levels.items()})
    return Reconciliation(
        pairs=pairs,
        only_court=np.setdiff1d(np.arange(extract.num_rows), one[stand]),
        only_known=np.setdiff1d(np.arange(known.num_rows), other[stand]),
        not_compared=not_compared,
    )


@dataclass(frozen=True)
class _Side:
    """One list in the columns that are compared. `numbers`: each row's first key, its second and so on."""

    people: People
    born: Days
    convicted: Days
    section: Texts
    severity: Texts
    numbers: list[Texts]


def _sides(extract: pa.Table, known: pa.Table, formats: Sequence[NumberFormat]) -> tuple[_Side, _Side]:
    names = comparing.people(extract["name"], known["name"])
    first_keys = [keys(number or "", formats)[:1] for number in extract["case_number"].to_pylist()]
    numbers = [
        [key for number in listed or [] for key in keys(number, formats)]
        for listed in known["case_numbers"].to_pylist()
    ]
    of_each = [
        _Side(
            people=people,
            born=Days.of(table["birth_date"]),
            convicted=Days.of(table["date"]),
            section=_texts(table["code_section"]),
            severity=_texts(table["severity"]),
            numbers=[
                np.array([each[place] if place < len(each) else "" for each in listed], object)
                for place in range(max(map(len, listed), default=0))
            ]
            or [np.full(table.num_rows, "", object)],
        )
        for people, table, listed in zip(names, (extract, known), (first_keys, numbers), strict=True)
    ]
    return of_each[0], of_each[1]


def _texts(column: pa.ChunkedArray) -> Texts:
    return np.array(column.fill_null("").to_pylist(), object)


def _candidates(sides: tuple[_Side, _Side]) -> tuple[Codes, Codes, int]:
    """Pairs that share a case number, a conviction date, a birth date, or name and section."""
    left, right = sides
    size = len(right.section)
    section = _coded([_section_number(side.section) for side in sides])
    initial = _coded([np.array([text[:1] for text in side.people.surname], object) for side in sides])
    name = _coded([side.people.surname + "|" + side.people.first for side in sides])
    dated = [np.where(side.convicted.known, side.convicted.days + 800_000, -1) for side in sides]
    born = [np.where(side.born.known, side.born.days + 800_000, -1) for side in sides]
    codes = shared_codes(left.numbers[0].tolist(), *(each.tolist() for each in right.numbers))
    by_number = Block(codes[0], np.concatenate(codes[1:]), np.tile(np.arange(size), len(right.numbers)))
    return candidates(
        [
            [by_number],
            [Block(*each) for each in (dated, _both(dated, section), _both(dated, section, initial))],
            [Block(*each) for each in (born, _both(born, section), _both(born, section, initial))],
            [Block(*each) for each in (_both(name, section), _both(name, section, dated))],
        ],
        size,
    )


def _section_number(sections: Texts) -> Texts:
    return np.array([text.split("(")[0] for text in sections], object)


def _coded(columns: Sequence[Texts]) -> list[Codes]:
    return shared_codes(*(column.tolist() for column in columns))


def _both(*columns: list[Codes]) -> list[Codes]:
    """Several columns as one, numbered alike in both lists."""
    size = len(columns[0][0])
    whole = joined(*(np.concatenate(column) for column in columns))
    return [whole[:size], whole[size:]]


def _compare(sides: tuple[_Side, _Side], one: Codes, other: Codes) -> dict[str, Levels]:
    left, right = sides
    people = left.people, right.people, one, other
    return {
        "case_number": _case_numbers(left, right, one, other),
        "section": comparing.sections(left.section[one], right.section[other]),
        "conviction_date": comparing.dates(left.convicted, right.convicted, one, other, near=True),
        "surname": comparing.surnames(*people),
        "first_name": comparing.first_names(*people),
        "middle_name": comparing.middle_names(*people),
        "suffix": comparing.suffixes(*people),
        "birth_date": comparing.dates(left.born, right.born, one, other, near=False),
        "severity": comparing.texts(left.severity[one], right.severity[other]),
    }


def _case_numbers(left: _Side, right: _Side, one: Codes, other: Codes) -> Levels:
    """The best level that any of the DOJ's numbers of a conviction has."""
    found = comparing.case_numbers(left.numbers[0][one], right.numbers[0][other])
    better = {level("same"): 3, level("close"): 2, level("different"): 1, level("missing"): 0}
    rank = np.array([better.get(place, 0) for place in range(len(LEVELS))])
    for further in right.numbers[1:]:
        at = np.flatnonzero(further[other] != "")
        levels = comparing.case_numbers(left.numbers[0][one[at]], further[other[at]])
        more = rank[levels] > rank[found[at]]
        found[at[more]] = levels[more]
    return found


def _score(levels: dict[str, Levels]) -> npt.NDArray[np.float64]:
    table = weights()
    total = np.full(len(levels["section"]), float(table["before_looking"]))
    for name, of_field in levels.items():
        total += np.array([table[name].get(each, 0.0) for each in LEVELS])[of_field]
    return total


def _is(levels: dict[str, Levels], fields: Sequence[str], names: Sequence[str]) -> Flags:
    """Whether all the fields have one of these levels."""
    wanted = [level(name) for name in names]
    found: Flags = np.logical_and.reduce([np.isin(levels[field], wanted) for field in fields])
    return found


def _one_person(levels: dict[str, Levels]) -> Flags:
    """The first name may be another only where the birth date is the same: two people may share a case."""
    return ~_is(levels, ["first_name"], ["different"]) | _is(levels, ["birth_date"], ["same"])


def _one_count(levels: dict[str, Levels]) -> Flags:
    """The section may be another only where nothing else is: a case has several counts."""
    others = [name for name in FIELDS if name != "section"]
    return ~_is(levels, ["section"], ["different"]) | _is(levels, others, ("missing", *AGREEING))


def _pairs(one: Codes, other: Codes, score: npt.NDArray[np.float64], levels: dict[str, Levels]) -> pa.Table:
    same_key = _is(levels, _KEY, ("same",))
    others = [name for name in FIELDS if name not in _KEY]
    named = _is(levels, ("surname",), ("same",)) & _is(levels, ("first_name",), ("same", "initial"))
    agreed = _is(levels, others, ("missing", *AGREEING))
    same_case = _is(levels, ("case_number",), ("same",))
    nothing_differs = _is(levels, FIELDS, ("missing", *AGREEING))
    kinds = np.full(len(one), SUGGESTED, object)
    kinds[same_case & ~nothing_differs] = CONTRADICTING
    kinds[same_key & agreed & named] = MATCHED
    names = pa.array(LEVELS)
    return pa.table(
        [
            pa.array(one),
            pa.array(other),
            pa.array(kinds, pa.string()),
            pa.array(score >= weights()["lines"]["confirm"]),
            pa.array(np.round(score, 3)),
            *(names.take(pa.array(levels[name])) for name in FIELDS),
        ],
        schema=PAIRS,
    )


def agreeing(pair: dict[str, Any]) -> list[str]:
    """The fields of a pair that agree, of those that both sides give."""
    return [name for name in FIELDS if pair[name] in AGREEING]


def differing(pair: dict[str, Any]) -> list[str]:
    """The fields of a pair that differ, of those that both sides give."""
    return [name for name in FIELDS if pair[name] != "missing" and pair[name] not in AGREEING]
