"""A record file cut into stretches of whole persons, each of which another process may read and decide.

The DOJ writes a person's rows together, and a stretch ends where the SUBJECT_ID changes. A file in another order gives
stretches too: whoever joins what was made of them looks whether a person came back, and then takes the file whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from eligibility.records import doj
from eligibility.records.blocks import Block, Blocks, cut, of_plain_lines, parse_block
from eligibility.records.problems import ProblemList
from eligibility.records.unpacking import is_packed, unpacked

STRETCH_BYTES = 24 * 1024**2
"""About 60,000 rows: large enough that work on distinct texts hardly counts, small enough for little memory."""


@dataclass(frozen=True)
class Stretch:
    """Whole records of one file; `text` where the file is packed, else they are read from their place in it."""

    path: Path
    source: int
    start: int  # byte of the file
    size: int  # bytes
    text: bytes | None
    first_line: int
    rows_before: int
    plain_lines: int  # how many lines it has, if each is a record, else 0
    delimiter: str

    def rows(self) -> doj.Rows:
        """Read the stretch, in the columns of `doj.CODED_ROWS`. Raises NotARecordFile where the file's first is odd."""
        block = self._block(self._bytes())
        parsed = parse_block(block, pa.schema(list(doj.CODED_ROWS)[len(doj.PLACE) :]))
        if not self.rows_before and parsed.record_count:
            doj.check_content(parsed)
        problems = ProblemList()
        table = doj.numbered(parsed, problems, source=self.source, rows_before=self.rows_before, schema=doj.CODED_ROWS)
        return doj.Rows(table, problems.table(), parsed.record_count, "latin-1" if parsed.latin_1 else "utf-8")

    def _block(self, data: bytes) -> Block:
        if self.plain_lines:
            return of_plain_lines(data, self.plain_lines, first_line=self.first_line, delimiter=self.delimiter)
        return cut(data, first_line=self.first_line, ended=True, delimiter=self.delimiter)[0]

    def _bytes(self) -> bytes:
        if self.text is not None:
            return self.text
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.size)


class Stretches:
    """The stretches of one file, in order; once all were taken, `rows_read` and the `problems` of the file as a whole.

    Raises NotARecordFile when its start isn't that of a record file.
    """

    def __init__(self, path: Path, *, source: int, limit: int, stretch_bytes: int | None = None) -> None:
        self._path, self._source, self._limit, self._bytes = path, source, limit, stretch_bytes or STRETCH_BYTES
        self.rows_read = 0
        self.problems = ProblemList()

    def __iter__(self) -> Iterator[Stretch]:
        with self._path.open("rb") as file, unpacked(file, self._path.name, limit=self._limit) as stream:
            packed = is_packed(self._path)
            blocks = Blocks(stream, block_bytes=self._bytes)
            for span in blocks.spans():
                yield Stretch(
                    path=self._path,
                    source=self._source,
                    start=span.start,
                    size=len(span.data),
                    text=span.data if packed else None,
                    first_line=span.first_line,
                    rows_before=self.rows_read,
                    plain_lines=span.record_count if span.plain and span.data.endswith(b"\n") else 0,
                    delimiter=blocks.delimiter,
                )
                self.rows_read += span.record_count
            doj.of_the_file(blocks, self.rows_read, self.problems, source=self._source)
