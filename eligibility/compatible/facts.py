"""From rows to subjects and convictions, as the older tool gathers them: in file order, by SUBJECT_ID.

A row without a SUBJECT_ID makes that tool begin its subject anew: convictions pile up in one nameless subject, each row
for itself, and only the last row's birth date and case number remain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility.compatible import days, sections
from eligibility.compatible.reader import Rows

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
_DAY = 86_400
_UNITS = {b"D": 86_400 * 10**9, b"M": 2_635_200 * 10**9, b"Y": 366 * 86_400 * 10**9}
_WHOLE_NUMBER = re.compile(rb"[+-]?[0-9]+\Z")
_LARGEST = 2**63 - 1


class Panics(Exception):
    """Where the older tool breaks down. `row` counts data records from 1."""

    def __init__(self, row: int, column: str, message: str) -> None:
        self.row, self.column = row, column
        super().__init__(f"data row {row}, column {column}: {message}")


def codes(column: pa.DictionaryArray) -> Numbers:
    return np.asarray(column.indices).astype(np.int64)


def distinct(column: pa.DictionaryArray, test: Callable[[bytes], Any], kind: Any = bool) -> NDArray[Any]:
    """The test's answer per row; it sees each distinct value once."""
    answers = np.array([test(value) for value in column.dictionary.to_pylist()], dtype=kind)
    found: NDArray[Any] = answers[codes(column)] if len(answers) else np.empty(0, kind)
    return found


def joint(first: Numbers, second: Numbers) -> Numbers:
    """One code for two."""
    return first * (int(second.max(initial=0)) + 1) + second


@dataclass(frozen=True)
class Facts:
    """One element per conviction, in file order, but for what is said to be per subject; `subject` leads there."""

    rows: Rows
    county: bytes
    as_of: int
    row: Numbers  # the conviction's own row, from 0
    subject: Numbers
    subjects: int
    texts: list[bytes]  # distinct code sections
    text: Numbers  # into texts
    listed: NDArray[np.bytes_]  # leftmost of the four sections, or empty
    is_listed: Flags
    is_related: Flags
    in_county: Flags
    is_felony: Flags
    date: Numbers
    sentence_end: Numbers  # seconds since 1970, rounded down
    event: Numbers  # subject and CNT_ORDER[0:6]
    cycle_has_listed: Flags
    birth: Numbers  # per subject
    is_deceased: Flags  # per subject
    is_registered: Flags  # per subject
    latest: Numbers  # per subject: the most recent conviction's date
    case_numbers: dict[int, bytes]  # by event

    def texts_where(self, test: Callable[[bytes], bool]) -> Flags:
        """Convictions whose code section passes."""
        answers = np.array([test(text) for text in self.texts], dtype=bool)
        found: Flags = answers[self.text] if len(answers) else np.zeros(0, bool)
        return found

    def per_subject(self, of: Flags) -> Numbers:
        """How many of these convictions each subject has."""
        return np.bincount(self.subject[of], minlength=self.subjects)


def gather(rows: Rows, county: str, as_of: int) -> Facts:
    """Raises Panics."""
    people, person_of_row, nameless = _people(rows)
    text_of_row, texts = _code_sections(rows)
    listed_text = np.array([sections.listed_section(text) for text in texts], dtype="S5")
    related_text = np.array([sections.is_related(text) for text in texts], dtype=bool)
    row_listed = (listed_text != b"")[text_of_row] if texts else np.zeros(0, bool)
    convicted = distinct(rows.column("DISP_DESCR"), lambda text: text.startswith(b"CONVICTED"))
    kind = rows.column("STP_TYPE_DESCR")
    in_court = distinct(kind, lambda text: text == b"COURT ACTION") & distinct(rows.column("OFN"), bool)
    place = distinct(rows.column("STP_ORI_CNTY_NAME"), lambda text: text == county.encode("utf-8", "surrogateescape"))
    in_scope = row_listed | (related_text[text_of_row] if texts else row_listed)
    _refuse_short_counts(rows, convicted | row_listed, in_court | (convicted & place & in_scope))

    first, part_of = _convictions(rows, person_of_row, convicted, nameless)
    date_of_row = distinct(rows.column("STP_EVENT_DATE"), days.parsed, np.int64)
    count = rows.column("CNT_ORDER")
    cycle = joint(person_of_row, _prefix(count, 3))
    event = joint(person_of_row, _prefix(count, 6))
    subject = person_of_row[first]
    date = date_of_row[first]
    latest = np.full(people, days.NONE, dtype=np.int64)
    np.maximum.at(latest, subject, date)
    court_rows = np.flatnonzero(in_court)
    if nameless is not None:
        last = np.flatnonzero(person_of_row == nameless)[-1]
        court_rows = court_rows[(person_of_row[court_rows] != nameless) | (court_rows == last)]
    wanted = event[first[place[first] & in_scope[first]]]
    is_registration = distinct(kind, lambda text: text == b"REGISTRATION") & distinct(
        rows.column("OFFENSE_DESCR"), lambda text: text.startswith(b"290")
    )
    severity, toc = rows.column("CONV_STAT_DESCR"), rows.column("OFFENSE_TOC")
    felony = distinct(severity, lambda text: text == b"FELONY") | (
        distinct(severity, lambda text: text == b"") & distinct(toc, lambda text: text == b"F")
    )
    return Facts(
        rows=rows, county=county.encode("utf-8", "surrogateescape"), as_of=as_of, row=first, subject=subject,
        subjects=people, texts=texts, text=text_of_row[first], listed=listed_text[text_of_row[first]],
        is_listed=row_listed[first], is_related=related_text[text_of_row[first]], in_county=place[first],
        is_felony=felony[first], date=date, sentence_end=_sentence_ends(rows, first, part_of, date), event=event[first],
        cycle_has_listed=_cycle_has_listed(cycle, row_listed, first, person_of_row, nameless),
        birth=_births(rows, person_of_row, people, nameless),
        is_deceased=_any(distinct(kind, lambda text: text == b"DECEASED"), person_of_row, people),
        is_registered=_any(is_registration, person_of_row, people), latest=latest,
        case_numbers=_case_numbers(rows, event, court_rows, wanted),
    )  # fmt: skip


def _people(rows: Rows) -> tuple[int, Numbers, int | None]:
    """The number of subjects, the subject of each row, and the nameless one, if any."""
    column = rows.column("SUBJECT_ID")
    values = column.dictionary.to_pylist()
    return len(values), codes(column), values.index(b"") if b"" in values else None


def _code_sections(rows: Rows) -> tuple[Numbers, list[bytes]]:
    offense, comment = rows.column("OFFENSE_DESCR"), rows.column("COMMENT_TEXT")
    offenses, comments = offense.dictionary.to_pylist(), comment.dictionary.to_pylist()
    if not offenses:
        return np.empty(0, np.int64), []
    known: dict[bytes, int] = {}

    def place(text: bytes) -> int:
        return known.setdefault(text.split(b"-", 1)[0], len(known))

    of_offense = np.array([place(text) for text in offenses])
    of_comment = np.array([place(text) for text in comments])
    from_comment = np.array([sections.in_comment(text) for text in offenses])[codes(offense)]
    found = np.where(from_comment, of_comment[codes(comment)], of_offense[codes(offense)])
    return found.astype(np.int64), list(known)


def _refuse_short_counts(rows: Rows, of_three: Flags, of_six: Flags) -> None:
    length = distinct(rows.column("CNT_ORDER"), len, np.int64)
    short = np.flatnonzero((of_three & (length < 3)) | (of_six & (length < 6)))
    if len(short):
        raise Panics(
            int(short[0]) + 1, "CNT_ORDER", "too short to name the cycle, step and count; 12 digits are needed"
        )


def _prefix(column: pa.DictionaryArray, length: int) -> Numbers:
    known: dict[bytes, int] = {}
    return distinct(column, lambda text: known.setdefault(text[:length], len(known)), np.int64)


def _convictions(
    rows: Rows, person: Numbers, convicted: Flags, nameless: int | None
) -> tuple[Numbers, tuple[Numbers, Numbers]]:
    """The first row of every conviction, and the rows that add to one with the place of that one.

    A further row adds to the subject's last conviction so far, whichever its own count is.
    """
    all_rows = np.flatnonzero(convicted)
    key = joint(person, codes(rows.column("CNT_ORDER")))[all_rows]
    is_first = np.zeros(len(all_rows), dtype=bool)
    is_first[np.unique(key, return_index=True)[1]] = True
    if nameless is not None:
        is_first |= person[all_rows] == nameless
    place = np.cumsum(is_first) - 1
    order = np.argsort(person[all_rows], kind="stable")
    last = np.maximum.accumulate(np.where(is_first[order], np.arange(len(order)), 0))
    of_last = np.empty(len(order), dtype=np.int64)
    of_last[order] = place[order][last] if len(order) else last
    return all_rows[is_first], (all_rows[~is_first], of_last[~is_first])


def _sentence_ends(rows: Rows, first: Numbers, part_of: tuple[Numbers, Numbers], date: Numbers) -> Numbers:
    """Seconds. Parts follow one another, also those that ran at the same time."""
    units = distinct(rows.column("SENT_TIME_CODE"), lambda text: _UNITS.get(text, 0), np.int64)
    with np.errstate(over="ignore"):
        spans = distinct(rows.column("SENT_LENGTH"), _whole_number, np.int64) * units // 10**9
    ends: Numbers = date * _DAY + spans[first]
    np.add.at(ends, part_of[1], spans[part_of[0]])
    return ends


def _whole_number(text: bytes) -> int:
    if not _WHOLE_NUMBER.match(text):
        return 0
    return max(-_LARGEST - 1, min(_LARGEST, int(text)))


def _cycle_has_listed(
    cycle: Numbers, row_listed: Flags, first: Numbers, person: Numbers, nameless: int | None
) -> Flags:
    marked = np.isin(cycle[first], cycle[row_listed])
    if nameless is not None:
        for at in np.flatnonzero(person[first] == nameless).tolist():
            row = first[at]
            marked[at] = bool((row_listed[row:] & (cycle[row:] == cycle[row])).any())
    return marked


def _births(rows: Rows, person: Numbers, people: int, nameless: int | None) -> Numbers:
    births = np.full(people, days.NONE, dtype=np.int64)
    named, at = np.unique(person, return_index=True)
    of_row = distinct(rows.column("PRI_DOB"), days.parsed, np.int64)
    births[named] = of_row[at]
    if nameless is not None:
        births[nameless] = of_row[np.flatnonzero(person == nameless)[-1]]
    return births


def _any(of: Flags, person: Numbers, people: int) -> Flags:
    found = np.zeros(people, dtype=bool)
    found[person[of]] = True
    return found


def _case_numbers(rows: Rows, event: Numbers, court_rows: Numbers, wanted: Numbers) -> dict[int, bytes]:
    """Distinct case numbers of the wanted events, in the order of their rows."""
    court_rows = court_rows[np.isin(event[court_rows], wanted)]
    number = rows.column("OFN").take(pa.array(court_rows))
    return joined(event[court_rows], number, b"; ", distinct_values=True)


def joined(group: Numbers, value: pa.DictionaryArray, separator: bytes, *, distinct_values: bool) -> dict[int, bytes]:
    """The values of each group as one text, in order."""
    if not len(group):
        return {}
    kept = np.arange(len(group))
    if distinct_values:
        kept = np.sort(np.unique(joint(group, codes(value)), return_index=True)[1])
    kept = kept[np.argsort(group[kept], kind="stable")]
    keys, starts = np.unique(group[kept], return_index=True)
    lists = pa.ListArray.from_arrays(
        pa.array([*starts, len(kept)], pa.int32()), value.take(pa.array(kept)).cast(pa.binary())
    )
    return dict(zip(keys.tolist(), pc.binary_join(lists, separator).to_pylist(), strict=True))
