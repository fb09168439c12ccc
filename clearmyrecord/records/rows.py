"""The rows of a record file as Parquet: all columns as text, grouped by subject, with row and line numbers."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.storage import default_storage

from clearmyrecord.records.models import RecordFile
from clearmyrecord.records.storage import written_whole

ROWS_PER_GROUP = 8192
"""Least rows of a row group: large enough to pack well, small enough to fetch one subject quickly."""

NOBODY = -1
"""`number` of rows that belong to no subject; kept at the end of the file."""


def write(file: RecordFile, rows: pa.Table, numbers: dict[str, int]) -> str:
    """Write the rows grouped by subject and return the storage key. `numbers`: SUBJECT_ID, trimmed, to subject number.

    A row group ends with a subject, so that whoever asks for some subjects reads few groups.
    """
    ids = pc.utf8_trim_whitespace(rows["SUBJECT_ID"]).combine_chunks().dictionary_encode()
    of_id = np.array([numbers.get(text, NOBODY) for text in ids.dictionary.to_pylist()], np.int32)
    number = of_id[ids.indices.to_numpy()] if len(ids) else np.array([], np.int32)
    order = np.lexsort((rows["row"].to_numpy(), np.where(number < 0, np.iinfo(np.int32).max, number)))
    grouped = rows.drop_columns(["source"]).append_column("number", pa.array(number)).take(pa.array(order))
    number = number[order]
    key = f"records/{file.sha256}.parquet"
    with written_whole(key) as stream, pq.ParquetWriter(stream, grouped.schema, compression="zstd") as writer:
        start = 0
        while start < len(number):
            end = min(start + ROWS_PER_GROUP, len(number))
            while end < len(number) and number[end] == number[end - 1]:
                end += 1
            writer.write_table(grouped.slice(start, end - start), row_group_size=end - start)
            start = end
    return key


def read(
    file: RecordFile, numbers: Iterable[int], *, source: int = 0, columns: Sequence[str] | None = None
) -> pa.Table:
    """The rows of some subjects of a file in the file's order, marked with `source`."""
    wanted = np.unique(np.fromiter(numbers, np.int32))
    with default_storage.open(file.parquet_key) as stream, pq.ParquetFile(stream) as parquet:
        schema = parquet.schema_arrow
        position = schema.get_field_index("number")
        groups = []
        for group in range(parquet.num_row_groups):
            known = parquet.metadata.row_group(group).column(position).statistics
            first, last = np.searchsorted(wanted, [known.min, known.max + 1])
            if first < last:
                groups.append(group)
        names = None if columns is None else ["row", "line", "number", *columns]
        table = parquet.read_row_groups(groups, columns=names)
    table = table.filter(pc.is_in(table["number"], value_set=pa.array(wanted))).sort_by("row")
    marked = pa.repeat(pa.scalar(source, pa.int16()), table.num_rows)
    return table.drop_columns(["number"]).add_column(0, "source", marked)
