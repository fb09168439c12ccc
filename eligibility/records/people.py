"""Who is one person across record files, and which readings a newer one has replaced."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.records.columns import Codes
from eligibility.records.schema import History
from eligibility.truth import Flags


def identify(history: History, persons: pa.Table | None = None) -> History:
    """The history with `person` set for every subject and count.

    Without `persons`, subjects of several files with one CII number are one person, unless their birth dates differ or
    a file has the number under two SUBJECT_IDs: then a person must say. A person's number is then the first row of the
    person's first subject, with its source above it: the same in whatever parts a file is read. With `persons` (source
    int16, subject_id string, person int64) the caller decides. Raises ValueError when it leaves a subject out.
    """
    subjects = history.subjects
    person = _by_cii_number(subjects) if persons is None else _as_given(subjects, persons)
    column = pa.array(person, pa.int64())
    counts = history.counts
    of_counts = column.take(counts["subject"].combine_chunks()) if counts.num_rows else pa.array([], pa.int64())
    return replace(
        history,
        subjects=subjects.set_column(subjects.schema.get_field_index("person"), "person", column),
        counts=counts.set_column(counts.schema.get_field_index("person"), "person", of_counts),
    )


def _by_cii_number(subjects: pa.Table) -> Codes:
    """Each subject's person: the first subject with its CII number, or itself."""
    return _keys(subjects["source"], subjects["row"])[_first_with_number(subjects)]


def _first_with_number(subjects: pa.Table) -> list[int]:
    members: dict[str, list[int]] = {}
    if pc.count_distinct(subjects["source"]).as_py() < 2:
        return list(range(subjects.num_rows))
    numbers = subjects["cii_number"].to_pylist()
    for place, number in enumerate(numbers):
        if number is not None:
            members.setdefault(number, []).append(place)
    person = list(range(len(numbers)))
    shared = [places for places in members.values() if len(places) > 1]
    if not shared:
        return person
    sources, birth_dates = subjects["source"].to_pylist(), subjects["birth_date"].to_pylist()
    for places in shared:
        born = {birth_dates[place] for place in places} - {None}
        if len({sources[place] for place in places}) == len(places) and len(born) <= 1:
            for place in places:
                person[place] = places[0]
    return person


def _as_given(subjects: pa.Table, persons: pa.Table) -> list[int]:
    given = {
        (source, subject_id): person
        for source, subject_id, person in zip(
            persons["source"].to_pylist(), persons["subject_id"].to_pylist(), persons["person"].to_pylist(), strict=True
        )
    }
    asked = zip(subjects["source"].to_pylist(), subjects["subject_id"].to_pylist(), strict=True)
    try:
        return [given[key] for key in asked]
    except KeyError as missing:
        raise ValueError(f"no person given for source and SUBJECT_ID {missing.args[0]}") from None


def from_courts(history: History, sources: Collection[int]) -> History:
    """The history whose `sources` are courts' extracts: of their subjects only the convictions in it are known."""
    subjects = history.subjects
    so = pc.is_in(subjects["source"], value_set=pa.array(sorted(sources), pa.int16()))
    place = subjects.schema.get_field_index("court_only")
    return replace(history, subjects=subjects.set_column(place, "court_only", so))


def drop_readings(history: History, rows: pa.Table) -> History:
    """The history without the convictions read at `rows` (source, row): newer readings have replaced them."""
    counts = history.counts
    dropped = set(zip(rows["source"].to_pylist(), rows["row"].to_pylist(), strict=True))
    if not dropped:
        return history
    key = _keys(counts["source"], counts["row"])
    gone = np.isin(key, [source * _ROWS + row for source, row in dropped]) & counts["convicted"].to_numpy()
    return _keeping(history, ~gone)


def only_people(history: History, people: pa.Array) -> History:
    """The history with the counts of these people alone."""
    return _keeping(history, pc.is_in(history.counts["person"].combine_chunks(), people).to_numpy(zero_copy_only=False))


def _keeping(history: History, keep: Flags) -> History:
    """The history with some of its counts, numbered anew, and their sentences."""
    counts, kept = history.counts, np.flatnonzero(keep)
    number = np.full(len(keep), -1, np.int64)
    number[kept] = np.arange(len(kept))
    sentences = history.sentences
    renumbered = number[sentences["count"].to_numpy()]
    return replace(
        history,
        counts=counts.take(pa.array(kept)).set_column(0, "count", pa.array(np.arange(len(kept)), pa.int32())),
        sentences=sentences.set_column(0, "count", pa.array(renumbered, pa.int32())).filter(
            pc.greater_equal(pa.array(renumbered), 0)
        ),
    )


_ROWS = 2**32
"""More rows than any file has: source and row in one number."""


def _keys(source: pa.ChunkedArray, row: pa.ChunkedArray) -> Codes:
    return np.asarray(source.to_numpy(), np.int64) * _ROWS + np.asarray(row.to_numpy(), np.int64)
