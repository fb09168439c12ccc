"""A record file as the older tool reads it: bytes, by position, all or nothing.

Most lines already are as the older tool writes them, so they are handed through; the others (needless or escaped
quotes, a leading blank, a quoted line break, a blank line) are rewritten first. Arrow then takes the columns out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from eligibility.compatible import go_csv
from eligibility.records.layout import POSITION, WIDTH
from eligibility.records.unpacking import unpacked

HEADER = b"RECORD_ID"
SHORTEST = 128
"""Bytes that the older tool must find before it looks at a file at all."""
FACT_COLUMNS = (
    "SUBJECT_ID", "PRI_DOB", "STP_EVENT_DATE", "STP_TYPE_DESCR", "STP_ORI_CNTY_NAME", "CNT_ORDER", "OFN",
    "OFFENSE_DESCR", "OFFENSE_TOC", "DISP_DESCR", "CONV_STAT_DESCR", "SENT_LENGTH", "SENT_TIME_CODE", "COMMENT_TEXT",
    "CYC_DATE",
)  # fmt: skip
CONDENSED_COLUMNS = (
    "CII_NUMBER", "PRI_NAME", "GENDER", "PRI_DOB", "RACE_DESCR", "CYC_DATE", "STP_EVENT_DATE", "STP_ORI_DESCR",
    "STP_ORI_CNTY_NAME", "DISP_DATE", "OFN", "OFFENSE_DESCR", "DISP_DESCR", "CONV_STAT_DESCR", "SENT_LOC_DESCR",
    "SENT_LENGTH", "SENT_TIME_CODE", "CYC_AGE", "COMMENT_TEXT", "END_OF_REC",
)  # fmt: skip
_BLOCK = 1 << 22


class Refused(Exception):
    """A file the older tool refuses; `kind` and the message are its own."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


def _bytes_of(path: Path) -> bytes:
    """The file's bytes; packed ones are unpacked, which the older tool could not do. Raises NotARecordFile."""
    with path.open("rb") as stream:
        if not stream.read(4).startswith((b"\x1f\x8b", b"PK\x03\x04")):
            return path.read_bytes()
        stream.seek(0)
        with unpacked(stream, path.name) as opened:
            return opened.read()


@dataclass(frozen=True)
class Rows:
    """All records of a file. `lines` holds each as it is written again, with a line feed in FRONT of it."""

    lines: pa.LargeBinaryArray
    table: pa.Table

    @property
    def length(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> pa.DictionaryArray:
        """A column of bytes, each distinct value once."""
        return self.table[name].unify_dictionaries().combine_chunks()


def read(path: Path) -> Rows:
    """Read a file. Raises Refused."""
    try:
        data = _bytes_of(path)
    except OSError as error:
        action = "read" if isinstance(error, IsADirectoryError) else "open"
        raise Refused("OTHER", f"{action} {path}: {(error.strerror or str(error)).lower()}") from None
    if len(data) < SHORTEST:
        raise Refused("OTHER", "EOF")
    text = _body(data)
    del data
    breaks = _places(text, 10)
    try:
        again, starts, breaks_inside = _canonical(text, breaks)
        table = _columns(again, breaks_inside) if len(starts) > 1 else _empty()
        if table.num_rows != len(starts) - 1:
            raise pa.ArrowInvalid("rows and lines differ")
    except (pa.ArrowInvalid, go_csv.ParseError):
        try:
            go_csv.check(_Lines(text, breaks), WIDTH, _doubtful(text, breaks).tolist())
        except go_csv.ParseError as error:
            raise Refused("PARSING", str(error)) from None
        raise
    lines = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(starts) - 1, [None, pa.py_buffer(starts), pa.py_buffer(again)]
    )
    return Rows(lines, table)


def _body(data: bytes) -> memoryview:
    """The data lines with a line feed in front of the first and after the last, whatever the file's own line ends."""
    if b"\r\n" in data:
        data = data.replace(b"\r\n", b"\n")
    if data.endswith(b"\r"):
        data = data[:-1]
    if not data.endswith(b"\n"):
        data += b"\n"
    if data.startswith(HEADER):
        return memoryview(data)[data.index(b"\n") :]
    return memoryview(b"\n" + data)


class _Lines(Sequence[bytes]):
    """The physical lines, each with its line feed."""

    def __init__(self, text: memoryview, breaks: NDArray[np.int64]) -> None:
        self._text, self._breaks = text, breaks

    def __len__(self) -> int:
        return len(self._breaks) - 1

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override]
        return bytes(self._text[self._breaks[place] + 1 : self._breaks[place + 1] + 1])


def _places(text: memoryview, byte: int) -> NDArray[np.int64]:
    view = np.frombuffer(text, np.uint8)
    found = [np.flatnonzero(view[at : at + _BLOCK] == byte) + at for at in range(0, len(view), _BLOCK)]
    return np.concatenate(found).astype(np.int64)


def _canonical(text: memoryview, breaks: NDArray[np.int64]) -> tuple[memoryview, NDArray[np.int64], bool]:
    """The text with every record as it is written again, where records start, and whether some hold line breaks."""
    careful = _not_canonical(text, breaks)
    if not len(careful):
        return text, breaks, False
    lines = _Lines(text, breaks)
    parts: list[bytes | memoryview] = []
    starts: list[NDArray[np.int64]] = []
    length, done, inside = 0, 0, False
    for place in careful.tolist():
        if place < done:
            continue
        parts.append(text[breaks[done] : breaks[place]])
        starts.append(breaks[done:place] - breaks[done] + length)
        length += int(breaks[place] - breaks[done])
        done = place + 1
        if lines[place] != b"\n":
            fields, done = go_csv.read_record(lines, place)
            record = b"\n" + go_csv.written(fields)
            inside = inside or record.count(b"\n") > 1 or b"\r" in record
            parts.append(record)
            starts.append(np.array([length], dtype=np.int64))
            length += len(record)
    parts.append(text[breaks[done] :])
    starts.append(breaks[done:] - breaks[done] + length)
    return memoryview(b"".join(parts)), np.concatenate(starts), inside


def _doubtful(text: memoryview, breaks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lines that may be refused: of another width, or with quotes other than plainly around a field."""
    view = np.frombuffer(text, np.uint8)
    quotes = _places(text, 34)
    line = np.searchsorted(breaks, quotes, side="right") - 1
    odd = np.bincount(line, minlength=len(breaks) - 1) % 2 == 1
    even = ~odd[line]
    opening, closing, line = quotes[even][0::2], quotes[even][1::2], line[even][0::2]
    plain = np.isin(view[opening - 1], (44, 10)) & np.isin(view[closing + 1], (44, 10))
    odd[line[~plain]] = True
    commas = _commas_before(view, np.concatenate([breaks, opening, closing]))
    of_line, inside = np.diff(commas[: len(breaks)]), commas[len(breaks) :]
    pairs = len(opening)
    np.subtract.at(of_line, line, inside[pairs:] - inside[:pairs])
    return np.flatnonzero(odd | (of_line != WIDTH - 1))


def _commas_before(view: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many commas stand before each place."""
    order = np.argsort(places, kind="stable")
    wanted, found, before = places[order], np.empty(len(places), np.int64), 0
    for at in range(0, len(view), _BLOCK):
        running = np.cumsum(view[at : at + _BLOCK] == 44, dtype=np.int32)
        first, last = np.searchsorted(wanted, [at, at + len(running)])
        found[order[first:last]] = before + running[wanted[first:last] - at]
        before += int(running[-1])
    return found


def _not_canonical(text: memoryview, breaks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lines that are not, or not surely, as the older tool would write them."""
    view = np.frombuffer(text, np.uint8)
    whole = text.obj
    quotes = _places(text, 34)
    line_of_quote = np.searchsorted(breaks, quotes, side="right") - 1
    quotes_in_line = np.bincount(line_of_quote, minlength=len(breaks))
    before_line = np.concatenate([[0], np.cumsum(quotes_in_line)])
    found = _odd_starts(view)
    for mark in (92, 13):
        if bytes([mark]) in whole:  # type: ignore[operator]
            found = np.concatenate([found, _places(text, mark)])
    line_of_found = np.searchsorted(breaks, found, side="right") - 1
    outside = (np.searchsorted(quotes, found) - before_line[line_of_found]) % 2 == 0
    careful = [line_of_found[outside | (view[found] == 13)], np.flatnonzero(quotes_in_line % 2)]
    even = quotes_in_line[line_of_quote] % 2 == 0
    quotes, line_of_quote = quotes[even], line_of_quote[even]
    opening, closing, line = quotes[0::2], quotes[1::2], line_of_quote[0::2]
    ends = np.isin(view[opening - 1], (44, 10)) & np.isin(view[closing + 1], (44, 10))
    careful.append(line[~(ends & _must_be_quoted(view, opening))])
    return np.unique(np.concatenate(careful))


def _odd_starts(view: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Separators before a field that starts unlike most: with a blank, or with a byte beyond ASCII; and blank lines."""
    found = []
    for at in range(0, len(view) - 1, _BLOCK):
        end = min(at + _BLOCK, len(view) - 1)
        first, second = view[at:end], view[at + 1 : end + 1]
        here = np.flatnonzero((second - np.uint8(33) > 94) & ((first == 44) | (first == 10)))
        here = here[(second[here] != 10) | (first[here] == 10)]
        found.append(here + at)
    return np.concatenate(found).astype(np.int64) if found else np.empty(0, np.int64)


def _must_be_quoted(view: NDArray[np.uint8], opening: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a comma stands between a quote and the next, or a blank right after it."""
    needed: NDArray[np.bool_] = (view[opening + 1] == 32) | (view[opening + 1] == 9)
    at, left = opening + 1, np.flatnonzero(~needed)
    at = at[left]
    while len(left):
        byte = view[at]
        needed[left[byte == 44]] = True
        going = (byte != 44) & (byte != 34)
        left, at = left[going], at[going] + 1
    return needed


def _names() -> list[str]:
    return list(POSITION)


def _wanted() -> list[str]:
    return list(dict.fromkeys((*FACT_COLUMNS, *CONDENSED_COLUMNS)))


def _columns(text: memoryview, breaks_inside: bool) -> pa.Table:
    kind = pa.dictionary(pa.int32(), pa.binary())
    return pyarrow.csv.read_csv(
        pa.BufferReader(pa.py_buffer(text[1:])),
        read_options=pyarrow.csv.ReadOptions(column_names=_names(), block_size=8 << 20),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=breaks_inside),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=_wanted(), column_types=dict.fromkeys(_wanted(), kind), strings_can_be_null=False
        ),
    )


def _empty() -> pa.Table:
    kind = pa.dictionary(pa.int32(), pa.binary())
    return pa.table({name: pa.array([], pa.binary()).cast(kind) for name in _wanted()})
