"""DOJ research files: the rows of one file as columns of text, and every line that could not be read.

The file is comma-separated text of 95 columns. It is read in blocks of whole records, several at once; a record that
pyarrow refuses is looked at by itself, so that one bad line costs nothing but itself.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from eligibility.records.blocks import DELIMITERS, Blocks, ParsedBlock, parse_block
from eligibility.records.layout import COLUMNS, READ, WIDTH
from eligibility.records.problems import PROBLEMS, NotARecordFile, ProblemList
from eligibility.records.unpacking import UNPACKED_LIMIT, unpacked

__all__ = ["ROWS", "Rows", "read_blocks", "read_rows", "unpacked"]

PLACE = [("source", pa.int16()), ("row", pa.int32()), ("line", pa.int32())]
ROWS = pa.schema([*PLACE, *((name, pa.string()) for name in COLUMNS)])
"""Everything a file says."""

_CODED = pa.dictionary(pa.int32(), pa.string())
CODED_ROWS = pa.schema(
    [*PLACE, *((name, pa.string() if name == "RECORD_ID" else _CODED) for name in COLUMNS if name in READ)]
)
"""The columns that a history is built from. Each distinct text is held once and a row has its number, so that
millions of rows fit into memory and every text is looked at once. A RECORD_ID is every row's own."""

Progress = Callable[[int], None]
"""Called with the number of records read so far."""


LOOKED_AT = 2000
"""Records at the start of a file that tell whether its columns hold what they should."""


@dataclass(frozen=True)
class Rows:
    """One record file as it says it: a table of text, nothing guessed, and what could not be read.

    `rows_read` counts every record, those set aside included.
    """

    table: pa.Table
    problems: pa.Table
    rows_read: int
    encoding: str


@dataclass
class _Reading:
    """What is known so far of the file being read."""

    source: int
    schema: pa.Schema
    limit: int
    rows_read: int = 0
    latin_1: bool = False
    looked_right: bool = False


def read_rows(
    path_or_stream: str | Path | BinaryIO,
    *,
    name: str,
    source: int = 0,
    progress: Progress | None = None,
    schema: pa.Schema = ROWS,
    limit: int = UNPACKED_LIMIT,
) -> Rows:
    """Read one record file whole. `source` marks its rows; `schema` is ROWS or CODED_ROWS; `limit` is in bytes.

    Raises NotARecordFile when it isn't one.
    """
    problems = ProblemList()
    reading = _Reading(source, schema, limit)
    tables = list(_tables(path_or_stream, name, reading, problems, progress))
    table = pa.concat_tables(tables).unify_dictionaries() if tables else schema.empty_table()
    return Rows(
        table=table,
        problems=problems.table(),
        rows_read=reading.rows_read,
        encoding="latin-1" if reading.latin_1 else "utf-8",
    )


def read_blocks(
    path_or_stream: str | Path | BinaryIO, *, name: str, source: int = 0, progress: Progress | None = None
) -> Iterator[Rows]:
    """Read one record file block by block, a few megabytes in memory at a time.

    Each piece has its own rows and problems; `rows_read` is of this piece, `encoding` of the file so far.
    """
    problems = ProblemList()
    reading = _Reading(source, ROWS, UNPACKED_LIMIT)
    read_before = 0
    for table in _tables(path_or_stream, name, reading, problems, progress):
        yield Rows(table, problems.table(), reading.rows_read - read_before, "latin-1" if reading.latin_1 else "utf-8")
        problems.columns = {column: [] for column in PROBLEMS.names}
        read_before = reading.rows_read
    if problems.columns["what"]:
        yield Rows(ROWS.empty_table(), problems.table(), 0, "utf-8")


def _tables(
    path_or_stream: str | Path | BinaryIO,
    name: str,
    reading: _Reading,
    problems: ProblemList,
    progress: Progress | None,
) -> Iterator[pa.Table]:
    with ExitStack() as stack:
        if isinstance(path_or_stream, (str, Path)):
            path_or_stream = stack.enter_context(open(path_or_stream, "rb"))
        stream = stack.enter_context(unpacked(path_or_stream, name, limit=reading.limit))
        blocks = Blocks(stream)
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=os.cpu_count() or 1))
        for parsed in _in_order(pool, blocks, pa.schema(list(reading.schema)[len(PLACE) :])):
            table = _numbered(parsed, reading, problems)
            if not reading.looked_right and parsed.record_count:
                check_content(parsed)
                reading.looked_right = True
            if progress is not None:
                progress(reading.rows_read)
            if table.num_rows:
                yield table
        of_the_file(blocks, reading.rows_read, problems, source=reading.source)


def of_the_file(blocks: Blocks, rows_read: int, problems: ProblemList, *, source: int) -> None:
    """Note what is odd about the file as a whole, and what was done; call it after the last block."""
    odd = []
    if blocks.delimiter != ",":
        what = f"The columns are separated by {DELIMITERS[blocks.delimiter]}, not by commas as the DOJ writes them."
        odd.append((what, "read all the same"))
    if blocks.header_differs:
        odd.append(("The header names other columns than the DOJ's.", "columns read by position"))
    if rows_read == 0:
        odd.append(("The file holds a header and no records.", "nothing to read"))
    for what, done in odd:
        problems.add(source=source, row=None, line=1, column="", value="", what=what, done=done)


def _in_order(pool: ThreadPoolExecutor, blocks: Blocks, schema: pa.Schema) -> Iterator[ParsedBlock]:
    """Parse blocks beside each other and give them in the file's order, with a bounded number in memory."""
    waiting: deque[Future[ParsedBlock]] = deque()
    for block in blocks:
        waiting.append(pool.submit(parse_block, block, schema))
        if len(waiting) > (os.cpu_count() or 1):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _numbered(parsed: ParsedBlock, reading: _Reading, problems: ProblemList) -> pa.Table:
    """The block's table with its place in front, and what is known of the file brought up to date."""
    table = numbered(parsed, problems, source=reading.source, rows_before=reading.rows_read, schema=reading.schema)
    reading.rows_read += parsed.record_count
    reading.latin_1 |= parsed.latin_1
    return table


def numbered(
    parsed: ParsedBlock, problems: ProblemList, *, source: int, rows_before: int, schema: pa.Schema
) -> pa.Table:
    """The block's table with source, row and line in front; its problems are noted with their row."""
    first_row = rows_before + 1
    for bad in parsed.bad:
        problems.add(
            source=source,
            row=first_row + bad.record,
            line=bad.line,
            column=bad.column,
            value=bad.value,
            what=bad.what,
            done=bad.done,
        )
    front = [
        pa.repeat(pa.scalar(source, pa.int16()), parsed.table.num_rows),
        pa.array(parsed.records + first_row, pa.int32()),
        pa.array(parsed.lines, pa.int32()),
    ]
    return pa.table([*front, *parsed.table.columns], schema=schema)


def check_content(parsed: ParsedBlock) -> None:
    """Refuse a file whose first block has no record of the right width, or the right width and other content."""
    if parsed.table.num_rows == 0:
        found = parsed.bad[0]
        raise NotARecordFile(
            expected=f"{WIDTH} columns in every line",
            found=found.what[:1].lower() + found.what[1:].rstrip("."),
            line=found.line,
            likely_cause="This is another file than a DOJ research file, or it was changed by a spreadsheet program.",
        )
    orders = parsed.table["CNT_ORDER"][:LOOKED_AT].to_pylist()
    kinds = parsed.table["STP_TYPE_DESCR"][:LOOKED_AT].to_pylist()
    fitting = sum(
        order.strip().isdigit() or (not order.strip() and kind.strip() != "")
        for order, kind in zip(orders, kinds, strict=True)
    )
    if fitting * 5 < len(orders):
        raise NotARecordFile(
            expected="count numbers such as 101001001000 in column 51 (CNT_ORDER)",
            found=f"{orders[0][:40]!r}" if orders[0] else "none",
            line=int(parsed.lines[0]),
            likely_cause="The file has the width of a DOJ research file and other content, or its columns were moved.",
        )
