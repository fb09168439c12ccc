"""The rows of a record file as Parquet: all columns as text, grouped by subject, with row and line numbers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.storage import default_storage

from clearmyrecord.records.models import RecordFile
from clearmyrecord.records.storage import written_whole
from eligibility.records.doj import ROWS

ROWS_PER_GROUP = 4096
"""Least rows of a row group: large enough to pack well, small enough to fetch one subject quickly."""

NOBODY = -1
"""`number` of rows that belong to no subject; kept at the end of the file."""


def key_of(file: RecordFile) -> str:
    """Where a file's rows are stored."""
    return f"records/{file.sha256}.parquet"


class Writer:
    """Writes the rows of a file part by part; every part holds all rows of its subjects."""

    def __init__(self, parquet: pq.ParquetWriter) -> None:
        self._parquet = parquet

    def add(self, rows: pa.Table, numbers: dict[str, int]) -> None:
        """Write a part grouped by subject. `numbers`: SUBJECT_ID, trimmed, to subject number.

        A row group ends with a subject, so that whoever asks for some subjects reads few groups.
        """
        ids = pc.utf8_trim_whitespace(rows["SUBJECT_ID"]).combine_chunks().dictionary_encode()
        of_id = np.array([numbers.get(text, NOBODY) for text in ids.dictionary.to_pylist()], np.int32)
        number = of_id[ids.indices.to_numpy()] if len(ids) else np.array([], np.int32)
        order = np.lexsort((rows["row"].to_numpy(), np.where(number < 0, np.iinfo(np.int32).max, number)))
        grouped = rows.drop_columns(["source"]).append_column("number", pa.array(number)).take(pa.array(order))
        number = number[order]
        start = 0
        while start < len(number):
            end = min(start + ROWS_PER_GROUP, len(number))
            while end < len(number) and number[end] == number[end - 1]:
                end += 1
            self._parquet.write_table(grouped.slice(start, end - start), row_group_size=end - start)
            start = end


@contextmanager
def writing(key: str) -> Iterator[Writer]:
    """A writer whose file stands under `key` once the block ends without an error."""
    schema = pa.schema([*list(ROWS)[1:], ("number", pa.int32())])
    with written_whole(key) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as parquet:
        yield Writer(parquet)


def numbers_of(key: str, rows: Iterable[int]) -> list[int]:
    """The subject numbers of some rows of the file stored under `key`, each once; of rows that are nobody's, none."""
    wanted = pa.array(sorted(set(rows)), pa.int32())
    with default_storage.open(key) as stream:
        table = pq.read_table(stream, columns=["row", "number"])
    found = table["number"].filter(pc.is_in(table["row"], value_set=wanted)).unique().to_pylist()
    return [number for number in found if number != NOBODY]


def read(key: str, numbers: Iterable[int], *, source: int = 0, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of some subjects, of the file stored under `key`, in the file's order, marked with `source`."""
    wanted = np.unique(np.fromiter(numbers, np.int32))
    with default_storage.open(key) as stream, pq.ParquetFile(stream) as parquet:
        schema = parquet.schema_arrow
        position = schema.get_field_index("number")
        groups = []
        for group in range(parquet.num_row_groups):
            known = parquet.metadata.row_group(group).column(position).statistics
            first, last = np.searchsorted(wanted, [known.min, known.max + 1])
            if first < last:
                groups.append(group)
        names = None if columns is None else ["row", "line", "number", *columns]
        table = parquet.read_row_groups(groups, columns=names, use_threads=len(groups) > 1)  # one is sooner read alone
    table = table.filter(pc.is_in(table["number"], value_set=pa.array(wanted))).sort_by("row")
    marked = pa.repeat(pa.scalar(source, pa.int16()), table.num_rows)
    return table.drop_columns(["number"]).add_column(0, "source", marked)
