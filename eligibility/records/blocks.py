"""A record file cut into blocks of whole records or of whole persons, and one block made into columns.

Most lines are handed to pyarrow as they are. Lines with an odd number of quotation marks (a line break inside a quoted
field, or a stray mark) and lines that pyarrow refuses are read one by one, by the rules of `lines.read_line`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from eligibility.records.layout import COLUMNS, POSITION, WIDTH
from eligibility.records.lines import Line, csv_fields, decoded, read_line
from eligibility.records.problems import NotARecordFile

BLOCK_BYTES = 8 * 1024**2
PIECE_BYTES = 2 * 1024**2
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_RECORD = 50
"""Lines that one record may span before a quotation mark in it is taken as stray."""
LONGEST_REST = 16 * 1024**2
"""Bytes that may wait for the end of their record."""
SHORTEST_FILE = 128
"""Bytes: a single record has 94 commas and its content."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bad:
    """Something wrong with one record of a block; `record` counts from 0 within the block."""

    record: int
    line: int
    column: str
    value: str
    what: str
    done: str


@dataclass
class Block:
    """Whole records: `text` with the lines for pyarrow (their numbers beside it), `single` the records read by hand."""

    text: bytes
    lines: Numbers
    records: Numbers
    record_count: int
    delimiter: str
    single: list[tuple[int, int, Line]] = field(default_factory=list)  # record, line, what it says
    cut_off_line: int | None = None  # the file's last line, where no line break ends it


@dataclass(frozen=True)
class ParsedBlock:
    """A block's table (95 columns of text) with the record (from 0 in the block) and line of each row."""

    table: pa.Table
    records: Numbers
    lines: Numbers
    record_count: int
    bad: list[Bad]
    latin_1: bool


@dataclass(frozen=True)
class Span:
    """Bytes of an unpacked file that are whole records of whole persons, as far as a person's rows stand together.

    `plain`: every line is a record.
    """

    data: bytes
    start: int
    first_line: int
    record_count: int
    plain: bool


class Blocks:
    """The blocks of a stream, in order. Raises NotARecordFile when its start isn't that of a record file."""

    def __init__(self, stream: BinaryIO, *, block_bytes: int = BLOCK_BYTES) -> None:
        self._stream = stream
        self._block_bytes = block_bytes
        self.header_differs = False
        self.delimiter = ","

    def __iter__(self) -> Iterator[Block]:
        rest, line, ended = b"", 1, False
        while not ended:
            data, _, line, ended = self._more(rest, 0, line)
            block, used, lines = cut(data, first_line=line, ended=ended, delimiter=self.delimiter)
            rest, line = self._left(data, used, line + lines), line + lines
            yield block

    def spans(self) -> Iterator[Span]:
        """The stream in pieces that end where the SUBJECT_ID changes, instead of in blocks."""
        rest, start, line, ended = b"", 0, 1, False
        while not ended:
            data, start, line, ended = self._more(rest, start, line)
            block, used, lines = cut(data, first_line=line, ended=ended, delimiter=self.delimiter)
            records, plain = block.record_count, len(block.lines) == lines
            if not ended:
                self._left(data, used, line + lines)
                used, lines, records = _last_change_of_person(data[:used], block, first_line=line, lines=lines)
            yield Span(data[:used], start, line, records, plain)
            rest, start, line = data[used:], start + used, line + lines

    def _more(self, rest: bytes, start: int, line: int) -> tuple[bytes, int, int, bool]:
        """What is left and the next piece: the bytes, where they start, their first line, and whether they end."""
        piece = self._stream.read(self._block_bytes)
        data, ended = rest + piece, len(piece) < self._block_bytes
        if line > 1 or start:
            return data, start, line, ended
        mark = len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0
        self.delimiter = check_start(data[mark:])
        header = self._header(data[mark:])
        return data[mark + header :], mark + header, 2 if header else 1, ended

    def _left(self, data: bytes, used: int, line: int) -> bytes:
        """The bytes that wait for the end of their record. Raises NotARecordFile where they are too many."""
        if len(data) - used > LONGEST_REST:
            raise NotARecordFile(
                expected="lines of a few hundred characters",
                found=f"one of more than {len(data) - used:,}",
                line=line,
                likely_cause="The file holds something else than text, or its line breaks were lost.",
            )
        return data[used:]

    def _header(self, data: bytes) -> int:
        """The length of the header line, 0 where the file has none."""
        first = data.split(b"\n", 1)[0]
        names = [name.strip().upper() for name in csv_fields(first.decode("latin-1"), self.delimiter) or [""]]
        if names[0] != "RECORD_ID":
            if len(data) < SHORTEST_FILE:
                raise NotARecordFile(
                    expected=f"lines of {WIDTH} columns",
                    found=f"a file of {len(data)} bytes",
                    likely_cause="The file is too short to hold a single record: it may not have been copied whole.",
                )
            return 0
        self.header_differs = tuple(names[:WIDTH]) != COLUMNS
        return min(len(first) + 1, len(data))


DELIMITERS = {",": "commas", "\t": "tabs", "|": "bars (|)", ";": "semicolons"}
"""What may stand between columns, and how a message calls it. The DOJ writes commas; other programs export others."""


def check_start(data: bytes) -> str:
    """The file's delimiter. Refuses an empty file, UTF-16 and binary data, saying which it is."""
    if not data.strip():
        raise NotARecordFile(
            expected=f"lines of {WIDTH} columns",
            found="an empty file",
            likely_cause="It may not have been copied whole.",
        )
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or start.count(0) * 4 > len(start):
        raise NotARecordFile(
            expected="text in UTF-8 or Latin-1",
            found="text in UTF-16",
            line=1,
            likely_cause='It was saved by a spreadsheet program as "Unicode text". Use the file as the DOJ sent it.',
        )
    if b"\0" in start:
        raise NotARecordFile(
            expected="text", found="binary data", line=1, likely_cause="Another kind of file was chosen."
        )
    first = start.split(b"\n", 1)[0].decode("latin-1")
    return next((sign for sign in DELIMITERS if first.count(sign) >= WIDTH - 5), ",")


def cut(data: bytes, *, first_line: int, ended: bool, delimiter: str = ",") -> tuple[Block, int, int]:
    """The whole records at the start of `data`: the block, the bytes and the lines it used.

    `ended`: no more data will come, so the last line is whole even without a line break.
    """
    signs = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(signs == 10)
    cut_off = ended and bool(data) and not data.endswith(b"\n")
    if cut_off:
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64) if len(ends) else np.zeros(0, np.int64)
    lengths = ends - starts
    blank = lengths == 0
    blank[lengths == 1] = signs[starts[lengths == 1]] == 13
    quotes_before = np.searchsorted(np.flatnonzero(signs == 34), ends)
    odd = np.flatnonzero(np.diff(quotes_before, prepend=0) & 1)
    if len(ends) and not blank.any() and not len(odd):  # nearly every block
        used = min(int(ends[-1]) + 1, len(data))
        cut_off_line = first_line + len(ends) - 1 if cut_off else None
        block = of_plain_lines(data[:used], len(ends), first_line=first_line, delimiter=delimiter)
        block.cut_off_line = cut_off_line
        return block, used, len(ends)
    single, spans, usable = _records_by_hand(data, starts, ends, odd, ended=ended, delimiter=delimiter)
    plain = ~blank
    plain[usable:] = False
    begins = plain.copy()
    for first, last in spans:
        plain[first : last + 1] = False
        begins[first + 1 : last + 1] = False
    number = np.cumsum(begins) - 1
    kept = np.flatnonzero(plain)
    used = int(ends[usable - 1]) + 1 if usable else 0
    block = Block(
        text=data[:used] if len(kept) == usable else _joined(data, starts, ends, kept),
        lines=kept + first_line,
        records=number[kept],
        record_count=int(begins.sum()),
        delimiter=delimiter,
        single=[(int(number[at]), int(at) + first_line, line) for at, line in single],
        cut_off_line=first_line + len(ends) - 1 if cut_off else None,
    )
    return block, used, usable


def of_plain_lines(text: bytes, count: int, *, first_line: int, delimiter: str) -> Block:
    """The block of so many lines, each of which is a record."""
    every = np.arange(count)
    return Block(text, every + first_line, every, count, delimiter)


def _last_change_of_person(data: bytes, block: Block, *, first_line: int, lines: int) -> tuple[int, int, int]:
    """Bytes, lines and records of `data` up to where its last person begins; all, where it is of one person alone.

    Only lines that are a record by themselves are looked at, from the end. Rows that don't say whose they are go with
    the person before them.
    """
    last, end, place = "", len(data), len(block.lines) - 1
    line = first_line + lines - 1
    while end > 0 and place >= 0:
        begin = data.rfind(b"\n", 0, end - 1) + 1
        if line == block.lines[place]:
            person = _person_of(data[begin:end], block.delimiter)
            if last and person and person != last:
                return end, line - first_line + 1, int(block.records[place]) + 1
            last, place = last or person, place - 1
        line, end = line - 1, begin
    return len(data), lines, block.record_count


def _person_of(line: bytes, delimiter: str) -> str:
    """The SUBJECT_ID of a record on one line."""
    start = line.split(delimiter.encode(), POSITION["SUBJECT_ID"] + 1)
    if b'"' in b"".join(start[:-1]):
        fields = csv_fields(decoded(line)[0], delimiter) or []
        return fields[POSITION["SUBJECT_ID"]].strip() if len(fields) == WIDTH else ""
    return start[POSITION["SUBJECT_ID"]].decode("latin-1").strip() if len(start) > POSITION["SUBJECT_ID"] else ""


def _records_by_hand(
    data: bytes, starts: Numbers, ends: Numbers, odd: Numbers, *, ended: bool, delimiter: str
) -> tuple[list[tuple[int, Line]], list[tuple[int, int]], int]:
    """Records that begin on a line with an odd number of quotation marks, the lines they span, and the usable lines.

    Lines are usable up to a record whose end may still come.
    """
    single: list[tuple[int, Line]] = []
    spans: list[tuple[int, int]] = []
    done_to = -1
    for place, first in enumerate(odd.tolist()):
        if first <= done_to:
            continue
        last = int(odd[place + 1]) if place + 1 < len(odd) else None
        if last is not None and last - first <= LONGEST_RECORD:
            fields = csv_fields(decoded(data[starts[first] : ends[last]])[0], delimiter)
            if fields is not None and len(fields) == WIDTH:
                single.append((first, Line([each.replace("\r\n", "\n") for each in fields])))
                spans.append((first, last))
                done_to = last
                continue
        elif last is None and not ended and len(starts) - first <= LONGEST_RECORD:
            return single, spans, first
        single.append((first, read_line(decoded(data[starts[first] : ends[first]])[0], delimiter=delimiter)))
        spans.append((first, first))
    return single, spans, len(starts)


def _joined(data: bytes, starts: Numbers, ends: Numbers, kept: Numbers) -> bytes:
    """The text of the lines `kept`, cut out in runs."""
    if not len(kept):
        return b""
    breaks = np.flatnonzero(np.diff(kept) != 1)
    firsts = kept[np.concatenate([[0], breaks + 1])]
    lasts = kept[np.concatenate([breaks, [len(kept) - 1]])]
    runs = (data[starts[first] : ends[last]] for first, last in zip(firsts, lasts, strict=True))
    return b"\n".join(runs) + b"\n"


def parse_block(block: Block, schema: pa.Schema) -> ParsedBlock:
    """Make a block into the columns of `schema`; lines that pyarrow refuses are read by themselves or become problems.

    Text is coded after it was read: pyarrow's reader takes longer to do it by itself.
    """
    text, latin_1 = _utf_8(block.text)
    refused: list[tuple[int, str]] = []

    table = (
        _by_pyarrow(text, lambda *line: refused.append(line), schema, block.delimiter) if text else schema.empty_table()
    )
    single = list(block.single)
    keep = np.ones(len(block.lines), bool)
    for place, line_text in refused:
        keep[place] = False
        line = int(block.lines[place])
        read = read_line(line_text, cut_off=line == block.cut_off_line, delimiter=block.delimiter)
        single.append((int(block.records[place]), line, read))
    bad = [
        Bad(record, line, read.column, read.value, read.what, read.done) for record, line, read in single if read.what
    ]
    good = [(record, line, read.fields) for record, line, read in single if read.fields is not None]
    records, lines = block.records[keep], block.lines[keep]
    if good:
        more = pa.table(
            [pa.array([fields[POSITION[name]] for _, _, fields in good], pa.string()) for name in schema.names],
            names=schema.names,
        ).cast(schema)
        records = np.concatenate([records, [record for record, _, _ in good]])
        lines = np.concatenate([lines, [line for _, line, _ in good]])
        order = np.argsort(records, kind="stable")
        table = pa.concat_tables([table, more]).unify_dictionaries().take(pa.array(order))
        records, lines = records[order], lines[order]
    bad.sort(key=lambda each: each.record)
    return ParsedBlock(table, records, lines, block.record_count, bad, latin_1)


def _by_pyarrow(text: bytes, refuse: Callable[[int, str], None], schema: pa.Schema, delimiter: str) -> pa.Table:
    """The lines that pyarrow takes; each of the others is refused by its place.

    It is given little at a time: its buffers are then still in the processor's own memory when they are copied.
    """
    tables: list[pa.Table] = []
    start, before = 0, 0
    while start < len(text):
        end = text.rfind(b"\n", start, start + PIECE_BYTES) + 1 or text.find(b"\n", start) + 1 or len(text)
        refused = 0

        def skip(row: pyarrow.csv.InvalidRow, before: int = before) -> str:
            nonlocal refused
            refused += 1
            refuse(before + row.number - 1, row.text)
            return "skip"

        tables.append(_piece_by_pyarrow(text[start:end], skip, schema, delimiter))
        before += tables[-1].num_rows + refused
        start = end
    read = pa.concat_tables(tables)
    columns = [
        column.dictionary_encode() if pa.types.is_dictionary(kind) else column
        for column, kind in zip(read.columns, schema.types, strict=True)
    ]
    return pa.table(columns, schema=schema)


def _piece_by_pyarrow(text: bytes, skip: object, schema: pa.Schema, delimiter: str) -> pa.Table:
    return pyarrow.csv.read_csv(
        pa.py_buffer(text),
        read_options=pyarrow.csv.ReadOptions(
            column_names=list(COLUMNS), use_threads=False, block_size=max(len(text) + 1, 1024)
        ),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=False, invalid_row_handler=skip),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(schema.names, pa.string()),
            include_columns=schema.names,
            strings_can_be_null=False,
            null_values=[],
            check_utf8=False,
        ),
    )


def _utf_8(text: bytes) -> tuple[bytes, bool]:
    """The text as UTF-8, and whether a line of it was Latin-1. The DOJ's files have been seen in both."""
    if text.isascii():
        return text, False
    try:  # pyarrow looks without making a copy
        whole = np.array([0, len(text)], np.int32)
        pa.Array.from_buffers(pa.binary(), 1, [None, pa.py_buffer(whole), pa.py_buffer(text)]).cast(pa.string())
    except pa.ArrowInvalid:
        return b"\n".join(decoded(line)[0].encode() for line in text.split(b"\n")), True
    return text, False
