"""The three CSV files: the record's own columns, then eighteen columns of results."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility.compatible import days, sections
from eligibility.compatible.facts import Facts, codes, joined
from eligibility.compatible.flows import Decided
from eligibility.compatible.go_csv import quoted
from eligibility.compatible.reader import CONDENSED_COLUMNS, Rows
from eligibility.records.layout import COLUMNS

RESULT_COLUMNS = (
    "Case Number", "# of convictions on record", "Possible Other P64 Charges", "Occurred after 11/9/2016",
    "Superstrike Code Section(s)", "PC290 Code Section(s)", "PC290 Registration", "Date of Conviction",
    "Years Since This Conviction", "Years Since Any Conviction", "# of Prop 64 convictions",
    "# of HS 11357 convictions", "# of HS 11358 convictions", "# of HS 11359 convictions",
    "# of HS 11360 convictions", "Deceased", "Eligibility Determination", "Eligibility Reason",
)  # fmt: skip
_ACT = int(np.datetime64("2016-11-09", "D").astype(np.int64))
_ROWS_AT_ONCE = 1 << 16


def write(folder: Path, suffix: str, facts: Facts, decided: Decided) -> None:
    """Write All_Results, All_Results_Condensed and Prop64_Results."""
    rows = facts.rows
    results = _results(facts, decided)
    chosen = np.sort(facts.row[decided.scope])
    condensed = _Condensed(rows)
    with ThreadPoolExecutor(2) as pool:
        everything = pool.submit(_write_lines, folder / f"All_Results{suffix}.csv", COLUMNS, rows.lines, results)
        short = pool.submit(_write_condensed, folder / f"All_Results_Condensed{suffix}.csv", condensed, results)
        everything.result()
        short.result()
    picked = pa.array(chosen)
    _write_lines(
        folder / f"Prop64_Results{suffix}.csv", COLUMNS, rows.lines.take(picked), _Results(
            results.texts, results.place[chosen]
        )
    )  # fmt: skip


class _Results:
    """The results of each row as text: distinct texts, and which is whose."""

    def __init__(self, texts: pa.Array, place: NDArray[np.int64]) -> None:
        self.texts, self.place = texts, place

    def of(self, start: int, end: int) -> pa.Array:
        return self.texts.take(pa.array(self.place[start:end]))


def _head(columns: tuple[str, ...]) -> bytes:
    return ",".join((*columns, *RESULT_COLUMNS)).encode()


def _write_lines(path: Path, columns: tuple[str, ...], lines: pa.LargeBinaryArray, results: _Results) -> None:
    with path.open("wb") as stream:
        stream.write(_head(columns))
        for start in range(0, len(lines), _ROWS_AT_ONCE):
            part = lines.slice(start, _ROWS_AT_ONCE)
            result = results.of(start, start + len(part)).cast(pa.large_binary())
            _put(stream, pc.binary_join_element_wise(part, result, pa.scalar(b",", pa.large_binary())))
        stream.write(b"\n")


def _put(stream, texts: pa.Array) -> None:  # type: ignore[no-untyped-def]
    """Write the texts one after another."""
    large = pa.types.is_large_binary(texts.type)
    offsets = np.frombuffer(texts.buffers()[1], np.int64 if large else np.int32)
    first, last = offsets[texts.offset], offsets[texts.offset + len(texts)]
    stream.write(memoryview(texts.buffers()[2])[first:last] if last > first else b"")


class _Condensed:
    """The twenty columns, quoted where they must be."""

    def __init__(self, rows: Rows) -> None:
        self.length = rows.length
        self.columns = []
        for number, name in enumerate(CONDENSED_COLUMNS):
            column = rows.column(name)
            front = b"\n" if number == 0 else b""
            values = [front + quoted(value) for value in column.dictionary.to_pylist()]
            self.columns.append((pa.array(values, pa.binary()), column.indices))


def _write_condensed(path: Path, condensed: _Condensed, results: _Results) -> None:
    with path.open("wb") as stream:
        stream.write(_head(CONDENSED_COLUMNS))
        for start in range(0, condensed.length, _ROWS_AT_ONCE):
            parts = [values.take(at.slice(start, _ROWS_AT_ONCE)) for values, at in condensed.columns]
            end = min(start + _ROWS_AT_ONCE, condensed.length)
            _put(stream, pc.binary_join_element_wise(*parts, results.of(start, end), b","))
        stream.write(b"\n")


def _results(facts: Facts, decided: Decided) -> _Results:
    other, place = _possible_others(facts.rows)
    texts = [b"," * 2 + quoted(each) + b"," * 15 for each in other]
    chosen = np.flatnonzero(decided.scope)
    full = _full(facts, decided, chosen, [other[at] for at in place[facts.row[chosen]].tolist()])
    place = place.copy()
    place[facts.row[chosen]] = len(texts) + np.arange(len(chosen))
    return _Results(pa.concat_arrays([pa.array(texts, pa.binary()), full]), place)


def _possible_others(rows: Rows) -> tuple[list[bytes], NDArray[np.int64]]:
    """Distinct texts of the column that every row has, and which is whose."""
    if not rows.length:
        return [b""], np.empty(0, np.int64)
    offense, comment = rows.column("OFFENSE_DESCR"), rows.column("COMMENT_TEXT")
    offenses, comments = offense.dictionary.to_pylist(), comment.dictionary.to_pylist()
    naming = np.array([bool(sections.listed_section(text)) for text in comments])
    place = np.zeros(rows.length, dtype=np.int64)
    at = np.flatnonzero(naming[codes(comment)])
    pair = codes(offense)[at] * len(comments) + codes(comment)[at]
    known: dict[bytes, int] = {b"": 0}
    pairs, which = np.unique(pair, return_inverse=True)
    found = []
    for each in pairs.tolist():
        charged, said = divmod(each, len(comments))
        found.append(known.setdefault(sections.possible_other(offenses[charged], comments[said]), len(known)))
    place[at] = np.array(found, dtype=np.int64)[which] if found else 0
    return list(known), place


def _full(facts: Facts, decided: Decided, chosen: NDArray[np.int64], other: list[bytes]) -> pa.Array:
    """The eighteen columns of the convictions that got a result."""
    subject, date = facts.subject[chosen], facts.date[chosen]
    everything = facts.per_subject(np.ones(len(facts.row), dtype=bool))

    def shown(values: list[bytes]) -> pa.Array:
        known = {value: quoted(value) for value in set(values)}
        return pa.array([known[value] for value in values], pa.binary())

    def choice(flags: NDArray[np.bool_], yes: bytes, no: bytes) -> pa.Array:
        return pa.array([no, yes], pa.binary()).take(pa.array(flags.astype(np.int8)))

    def number(values: NDArray[np.int64]) -> pa.Array:
        return pa.array(values[subject]).cast(pa.string()).cast(pa.binary())

    columns = [
        shown([facts.case_numbers.get(each, b"") for each in facts.event[chosen].tolist()]),
        number(everything),
        shown(other),
        choice(date > _ACT, b"Y", b"N"),
        shown(_sections_of(facts, sections.is_superstrike, subject)),
        shown(_sections_of(facts, sections.is_registrable, subject)),
        choice(facts.is_registered[subject], b"Yes", b"-"),
        _dates(date),
        _years(days.years_between(facts.as_of, date)),
        _years(days.years_between(facts.as_of, facts.latest[subject])),
        number(facts.per_subject(facts.is_listed)),
        *(number(facts.per_subject(facts.listed == section)) for section in sections.LISTED),
        choice(facts.is_deceased[subject], b"Deceased", b"-"),
        shown(decided.determination[chosen].tolist()),
        shown(decided.reason[chosen].tolist()),
    ]
    return pc.binary_join_element_wise(*columns, b",")


def _dates(date: NDArray[np.int64]) -> pa.Array:
    values, at = np.unique(date, return_inverse=True)
    return pa.array(days.printed(values), pa.binary()).take(pa.array(at))


def _years(years: NDArray[np.float64]) -> pa.Array:
    values, at = np.unique(years, return_inverse=True)
    return pa.array([b"%.1f" % value for value in values.tolist()], pa.binary()).take(pa.array(at))


def _sections_of(facts: Facts, test, subject: NDArray[np.int64]) -> list[bytes]:  # type: ignore[no-untyped-def]
    """Per conviction: the code sections on its subject's record that pass, joined; a hyphen if there are none."""
    found = np.flatnonzero(facts.texts_where(test))
    texts = pa.DictionaryArray.from_arrays(
        pa.array(facts.text[found].astype(np.int32)), pa.array(facts.texts, pa.binary())
    )
    by_subject = joined(facts.subject[found], texts, b";", distinct_values=False)
    return [by_subject.get(each, b"-") for each in subject.tolist()]
