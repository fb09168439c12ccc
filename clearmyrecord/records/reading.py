"""From the bytes of a record file to histories and Parquet, a bounded number of rows in memory at a time.

A file of ordinary size is one part. A larger one is split by subject into parts on disk, since the rows of a subject
may be far apart; each part is then read by itself. Writes no table of the database.
"""

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.storage import default_storage

from clearmyrecord.records import rows
from clearmyrecord.records.models import RecordFile
from clearmyrecord.records.people import Entry
from eligibility.records import doj
from eligibility.records.history import History, build
from eligibility.records.problems import PROBLEMS

PART_BYTES = 96 * 1024**2
"""Rows held in memory before they are split into parts on disk."""

PARTS = 32
"""Into how many parts a large file is split. At 2 GB unpacked a part has some 130 MB in memory."""


class DoesNotBalance(Exception):
    """Some rows are not accounted for: an error of ours, never of the file."""


@dataclass
class FileContent:
    """What a file says, ready to be written into the tables.

    `histories` gives each part's history with the number of its first subject, as often as it is called.
    """

    parquet_key: str
    entries: list[Entry] = field(default_factory=list)
    problems: list[pa.Table] = field(default_factory=list)
    reconciliation: dict[str, int] = field(default_factory=dict)
    counties: dict[str, int] = field(default_factory=dict)
    histories: Callable[[], Iterator[tuple[int, History]]] = lambda: iter(())


def read(file: RecordFile, progress: doj.Progress) -> FileContent:
    """Read a stored file and write its Parquet file. Raises NotARecordFile, and DoesNotBalance."""
    content = FileContent(rows.key_of(file))
    starts: list[int] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reading-")))
        stream = stack.enter_context(default_storage.open(file.storage_key))
        unreadable: list[pa.Table] = []
        blocks = doj.read_blocks(cast(BinaryIO, stream), name=file.name, progress=progress)
        parts = split(_tables(blocks, unreadable), folder)
        first_part = next(parts)  # the whole file has been read when it comes
        writer = stack.enter_context(rows.writing(content.parquet_key))
        history = _add(content, first_part, writer, pa.concat_tables([PROBLEMS.empty_table(), *unreadable]))
        starts.append(0)
        for part in parts:
            starts.append(len(content.entries))
            _add(content, part, writer, PROBLEMS.empty_table())
    used = dict(content.reconciliation)
    if used.pop("rows_read") != sum(used.values()):
        raise DoesNotBalance
    if len(starts) == 1:
        content.histories = lambda: iter([(0, history)])
    else:
        content.histories = lambda: _again(content, starts)
    return content


def _tables(blocks: Iterable[doj.Rows], unreadable: list[pa.Table]) -> Iterator[pa.Table]:
    for block in blocks:
        unreadable.append(block.problems)
        yield block.table


def _add(content: FileContent, part: pa.Table, writer: rows.Writer, unreadable: pa.Table) -> History:
    """Take in one part: its subjects, sums and problems, and its rows into the Parquet file."""
    history = build(part, unreadable=unreadable)
    theirs = entries(history, len(content.entries))
    writer.add(part, {entry.subject_id: entry.number for entry in theirs})
    content.entries += theirs
    content.problems.append(history.problems)
    for name, number in history.reconciliation.items():
        content.reconciliation[name] = content.reconciliation.get(name, 0) + number
    for county, number in counties(history).items():
        content.counties[county] = content.counties.get(county, 0) + number
    return history


def _again(content: FileContent, starts: list[int]) -> Iterator[tuple[int, History]]:
    """Each part's history once more, from the rows as they were stored."""
    for start, end in zip(starts, [*starts[1:], len(content.entries)], strict=True):
        yield start, build(rows.read(content.parquet_key, range(start, end)))


def split(tables: Iterable[pa.Table], folder: Path) -> Iterator[pa.Table]:
    """The same rows as one table or, beyond PART_BYTES, as several that each hold all rows of their subjects."""
    held: list[pa.Table] = [doj.ROWS.empty_table()]
    size = 0
    with ExitStack() as stack:
        writers: list[pq.ParquetWriter] = []
        for table in tables:
            held.append(table)
            size += table.nbytes
            if size > PART_BYTES:
                writers = writers or [
                    stack.enter_context(pq.ParquetWriter(folder / f"{part}.parquet", doj.ROWS)) for part in range(PARTS)
                ]
                _spill(pa.concat_tables(held), writers)
                held, size = [doj.ROWS.empty_table()], 0
        if writers:
            _spill(pa.concat_tables(held), writers)
    if not writers:
        yield pa.concat_tables(held)
        return
    held.clear()
    for part in range(PARTS):
        yield pq.read_table(folder / f"{part}.parquet", schema=doj.ROWS)


def _spill(table: pa.Table, writers: list[pq.ParquetWriter]) -> None:
    ids = pc.utf8_trim_whitespace(table["SUBJECT_ID"]).combine_chunks().dictionary_encode()
    of_id = np.array([zlib.crc32(text.encode()) % PARTS for text in ids.dictionary.to_pylist()], np.int64)
    part_of_row = of_id[ids.indices.to_numpy()] if len(ids) else np.array([], np.int64)
    for part, writer in enumerate(writers):
        writer.write_table(table.filter(pa.array(part_of_row == part)))


def entries(history: History, first: int) -> list[Entry]:
    """The part's subjects, in the order of their numbers, which go on from `first`."""
    names = ("subject", "subject_id", "cii_number", "name", "birth_date", "deceased", "registered")
    columns = [history.subjects[name].to_pylist() for name in names]
    return [
        Entry(first + number, subject_id.strip(), (cii or "").strip(), name or "", born, bool(dead), bool(registered))
        for number, subject_id, cii, name, born, dead, registered in zip(*columns, strict=True)
    ]


def counties(history: History) -> dict[str, int]:
    """Cannabis convictions by county."""
    counts = history.counts
    wanted = counts.filter(pc.and_(counts["convicted"], pc.is_valid(counts["prop64"])))
    groups = wanted.group_by("county").aggregate([([], "count_all")])
    named = zip(groups["county"].to_pylist(), groups["count_all"].to_pylist(), strict=True)
    return {(county or "")[:60]: number for county, number in named}
