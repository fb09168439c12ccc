"""CSV as Go's encoding/csv reads and writes it, for the few lines that are not already as it would write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BARE_QUOTE = 'bare " in non-quoted-field'
MISPLACED_QUOTE = 'extraneous or missing " in quoted-field'
WRONG_WIDTH = "wrong number of fields"
_PLAIN_LINE = re.compile(rb'(?:(?:"[^"\n]*"|[^",\n]*),)*(?:"[^"\n]*"|[^",\n]*)\n')
_PLAIN_FIELD = re.compile(rb'(?:"([^"\n]*)"|([^",\n]*))[,\n]')
_MAY_NEED_QUOTES = re.compile(rb'[,"\r\n]|\A[\t-\r \x80-\xff]|\A\\\.')
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class ParseError(Exception):
    """What the older tool refuses; the message is its own. Lines and columns count from 1, after the header."""


def quoted(field: bytes) -> bytes:
    """The field as the writer puts it: in quotes only if it must be."""
    if not needs_quotes(field):
        return field
    return b'"' + field.replace(b'"', b'""') + b'"'


def needs_quotes(field: bytes) -> bool:
    """A comma, quote or line break inside, a blank in front, or the two characters of PostgreSQL's end of data."""
    if not _MAY_NEED_QUOTES.search(field):
        return False
    if field == rb"\." or any(mark in field for mark in (b",", b'"', b"\r", b"\n")):
        return True
    return field[:4].decode("utf-8", "replace")[:1] in _SPACES


def written(fields: Iterable[bytes]) -> bytes:
    """One line without its end."""
    return b",".join(quoted(field) for field in fields)


def read_record(lines: Sequence[bytes], start: int) -> tuple[list[bytes], int]:
    """The fields of the record that begins at a line, and the line after it. Lines carry their line feed."""
    if _PLAIN_LINE.fullmatch(lines[start]):
        return [inside or bare for inside, bare in _PLAIN_FIELD.findall(lines[start])], start + 1
    fields: list[bytes] = []
    place, at = start, 0
    while True:
        line = lines[place]
        if line[at : at + 1] != b'"':
            comma = line.find(b",", at)
            field = line[at:comma] if comma >= 0 else line[at:].removesuffix(b"\n")
            if b'"' in field:
                raise _misquoted(BARE_QUOTE, start, place, at + field.index(b'"') + 1)
            fields.append(field)
            if comma < 0:
                return fields, place + 1
            at = comma + 1
            continue
        field, place, at = _quoted_field(lines, start, place, at + 1)
        fields.append(field)
        if lines[place][at : at + 1] != b",":
            return fields, place + 1
        at += 1


def _quoted_field(lines: Sequence[bytes], start: int, place: int, at: int) -> tuple[bytes, int, int]:
    parts: list[bytes] = []
    while True:
        line = lines[place]
        end = line.find(b'"', at)
        if end < 0:
            parts.append(line[at:])
            if place + 1 >= len(lines):
                raise _misquoted(MISPLACED_QUOTE, start, place, len(line) + 1)
            place, at = place + 1, 0
            continue
        parts.append(line[at:end])
        after = line[end + 1 : end + 2]
        if after == b'"':
            parts.append(b'"')
            at = end + 2
        elif after in (b",", b"\n", b""):
            return b"".join(parts), place, end + 1
        else:
            raise _misquoted(MISPLACED_QUOTE, start, place, end + 1)


def _misquoted(what: str, start: int, place: int, column: int) -> ParseError:
    record = f"record on line {start + 1}; " if place != start else ""
    return ParseError(f"{record}parse error on line {place + 1}, column {column}: {what}")


def check(lines: Sequence[bytes], width: int, doubtful: Iterable[int]) -> None:
    """Raise the first error of the whole file, in its order; lines that are not doubtful are known to be good."""
    done = 0
    for place in doubtful:
        if place < done or lines[place] == b"\n":
            continue
        fields, done = read_record(lines, place)
        if len(fields) != width:
            raise ParseError(f"record on line {place + 1}: {WRONG_WIDTH}")
