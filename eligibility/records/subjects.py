"""Who the subjects of the rows are: one per subject number of a file."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.records.columns import Codes, DateColumn, Flags, TextColumn, first_row
from eligibility.records.row_groups import RowGroups
from eligibility.records.schema import SUBJECTS


def subjects(groups: RowGroups) -> pa.Table:
    """All subjects; birth dates that can't be read, and rows that contradict each other, are noted as problems."""
    size, every = groups.subject_count, np.ones(len(groups.subject), bool)
    first = first_row(groups.subject, size, every)
    born = DateColumn.of(groups.text("PRI_DOB"))
    readable = first_row(groups.subject, size, born.known)
    written = first_row(groups.subject, size, born.text.filled)
    birth_row = np.where(readable >= 0, readable, written)
    numbers, names = groups.text("CII_NUMBER"), groups.text("PRI_NAME")
    _note_problems(groups, born, numbers, readable=readable, written=written)
    is_290 = groups.text("OFFENSE_DESCR").matching(r"^\s*(PC\s*)?290(\D|$)")
    registered = np.bincount(groups.subject[groups.kind.matching(r"^REGISTRATION") & is_290], minlength=size) > 0
    deceased = np.bincount(groups.subject[groups.kind.matching(r"^DECEASED")], minlength=size) > 0
    return pa.table(
        [
            pa.array(np.arange(size), pa.int32()),
            pa.array(groups.source[first], pa.int16()),
            groups.text("SUBJECT_ID").at(first).dictionary_decode(),
            numbers.at(first_row(groups.subject, size, numbers.filled)).dictionary_decode(),
            pc.fill_null(names.at(first_row(groups.subject, size, names.filled)).dictionary_decode(), ""),
            born.at(birth_row),
            pc.fill_null(born.text.at(birth_row).dictionary_decode(), ""),
            pa.array(deceased),
            pa.array(registered),
            groups.rows["row"].take(pa.array(first)).combine_chunks(),
            pa.array(np.arange(size), pa.int64()),
            pa.repeat(pa.scalar(False), size),
        ],
        schema=SUBJECTS,
    )


def _note_problems(
    groups: RowGroups, born: DateColumn, numbers: TextColumn, *, readable: Codes, written: Codes
) -> None:
    unread = np.zeros(len(groups.subject), bool)
    unread[written[(readable < 0) & (written >= 0)]] = True
    groups.note(groups.rows, unread, "PRI_DOB", "The birth date is no date (YYYYMMDD).", "birth date unknown")
    _note_contradictions(
        groups,
        "PRI_DOB",
        born.days.astype(np.int64),
        born.known,
        np.where(readable >= 0, readable, written),
        "another birth date than a row before it",
    )
    _note_contradictions(
        groups,
        "CII_NUMBER",
        numbers.codes.astype(np.int64),
        numbers.filled,
        first_row(groups.subject, groups.subject_count, numbers.filled),
        "another CII number than a row before it",
    )


def _note_contradictions(
    groups: RowGroups, column: str, values: Codes, known: Flags, chosen: Codes, which: str
) -> None:
    """Note the first row of each subject whose value differs from the one that is used."""
    used = np.maximum(chosen[groups.subject], 0)
    differs = known & (chosen[groups.subject] >= 0) & (values != values[used]) if len(values) else known
    first = first_row(groups.subject, groups.subject_count, differs)
    noted = np.zeros(len(groups.subject), bool)
    noted[first[first >= 0]] = True
    groups.note(groups.rows, noted, column, f"The row gives the subject {which}.", "the earlier one is used")
