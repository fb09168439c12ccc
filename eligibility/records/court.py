"""Extracts of a court's case-management system: the convictions in one file, and every row that could not be used.

An extract is text in columns with a header line; which column holds what, a `ColumnMapping` says. Encodings, packing
and what may stand between columns are those of DOJ research files.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.law.code_sections import parse_column
from eligibility.records.blocks import BYTE_ORDER_MARK, DELIMITERS, LONGEST_RECORD
from eligibility.records.columns import DateColumn, Flags, TextColumn
from eligibility.records.court_dates import written_date
from eligibility.records.court_mapping import FIELDS, ColumnMapping
from eligibility.records.lines import decoded
from eligibility.records.number_formats import fits
from eligibility.records.person_names import SUFFIXES
from eligibility.records.problems import ROW_SET_ASIDE, NotARecordFile, ProblemList
from eligibility.records.severities import read_severities
from eligibility.records.unpacking import unpacked

EXTRACT = pa.schema(
    [
        ("row", pa.int32()),
        ("line", pa.int32()),
        ("case_number", pa.string()),
        ("court", pa.string()),
        ("name", pa.string()),  # with a comma where the extract has its parts in columns of their own
        ("birth_date", pa.date32()),
        ("section_text", pa.string()),
        ("code_section", pa.string()),  # "HS 11358(c)"; null where none is readable
        ("part", pa.string()),
        ("prop64", pa.string()),
        ("severity", pa.string()),
        ("disposition", pa.string()),
        ("date", pa.date32()),
        ("sentence", pa.string()),
    ]
)

LIMIT = 512 * 1024**2
"""Bytes that an extract may have once unpacked: some three million rows."""

EXPECTED = "a court's extract: text in columns with a header line, plain, .gz or .zip"
LONGEST_HEADER = 200
"""Columns that an extract may have."""


@dataclass(frozen=True)
class Table:
    """An extract as it is written: its header, and each whole row's number, line and texts."""

    header: list[str]
    rows: list[int]
    lines: list[int]
    texts: list[list[str]]
    rows_read: int
    delimiter: str
    latin_1: bool
    problems: ProblemList = field(repr=False)

    def column(self, name: str) -> list[str]:
        """The texts of a column. Raises NotARecordFile where there is none, or two."""
        places = [place for place, each in enumerate(self.header) if each == name]
        if len(places) != 1:
            raise NotARecordFile(
                expected=f"one column named {name!r}",
                found=f"{len(places)} such columns" if places else "none of that name",
                line=1,
                likely_cause="The court's system has changed its extract, or this is another court's: save a mapping.",
            )
        return [row[places[0]] for row in self.texts]


@dataclass(frozen=True)
class Extract:
    """The convictions of one extract, columns as in EXTRACT, and what became of every row.

    `reconciliation`: `rows_read` is the sum of the other entries.
    """

    table: pa.Table
    problems: pa.Table
    reconciliation: dict[str, int]
    encoding: str


def read_table(stream: BinaryIO, *, name: str, most: int | None = None) -> Table:
    """Read an extract as text, at most so many rows. Raises NotARecordFile when it isn't text in columns."""
    with unpacked(stream, name, limit=LIMIT, expected=EXPECTED) as opened:
        lines = _lines(opened.read(most * 4096 if most else -1), cut=most is not None)
    header_line, latin_1 = decoded(lines[0])
    delimiter = max(DELIMITERS, key=header_line.count)
    header = [each.strip() for each in next(csv.reader([header_line], delimiter=delimiter))]
    _check_header(header)
    table = Table(header, [], [], [], 0, delimiter, latin_1, ProblemList())
    read, latin = 0, latin_1
    for line, record, cut_short in _records(lines):
        read += 1
        text, other = decoded(record)
        latin |= other
        fields = _fields(text, delimiter)
        if fields is None or len(fields) != len(header) or cut_short:
            _note_width(table, read, line, text, fields, cut_short=cut_short)
        else:
            table.rows.append(read)
            table.lines.append(line)
            table.texts.append(fields)
        if read == most:
            break
    return Table(header, table.rows, table.lines, table.texts, read, delimiter, latin, table.problems)


def _lines(data: bytes, *, cut: bool) -> list[bytes]:
    """The lines of a file. Raises NotARecordFile for one that is empty, UTF-16 or no text."""
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or (start and start.count(0) * 4 > len(start)):
        cause = 'It was saved by a spreadsheet program as "Unicode text". Save it as CSV (UTF-8).'
        raise NotARecordFile(expected="text in UTF-8 or Latin-1", found="text in UTF-16", line=1, likely_cause=cause)
    if b"\0" in start:
        raise NotARecordFile(expected=EXPECTED, found="binary data", line=1, likely_cause="Another file was chosen.")
    lines = data.removeprefix(BYTE_ORDER_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if cut and len(lines) > 2:
        lines.pop()  # perhaps only the beginning of one
    if not lines[0].strip():
        raise NotARecordFile(
            expected="a header line that names the columns",
            found="an empty first line" if len(lines) > 1 else "an empty file",
            line=1,
            likely_cause="The file may not have been copied whole, or has a title above its columns.",
        )
    return lines


def _check_header(header: Sequence[str]) -> None:
    if len(header) < 3 or len(header) > LONGEST_HEADER or sum(any(map(str.isalpha, each)) for each in header) < 3:
        raise NotARecordFile(
            expected="a first line that names the columns, with commas, tabs, bars or semicolons between them",
            found=f"a first line of {len(header)} columns"
            + ("" if len(header) < 3 or len(header) > LONGEST_HEADER else " that are no names"),
            line=1,
            likely_cause="The extract was made without its header line, or a title stands above it.",
        )


def _records(lines: Sequence[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Each record with its first line's number; several lines where a quoted text holds line breaks.

    A quotation mark that no other closes within LONGEST_RECORD lines costs its own line only: True stands with it.
    """
    place = 1
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
            continue
        if line.count(b'"') % 2 == 0:
            yield place + 1, line, False
            place += 1
            continue
        end, marks = place, line.count(b'"')
        while marks % 2 and end + 1 < len(lines) and end - place < LONGEST_RECORD:
            end += 1
            marks += lines[end].count(b'"')
        whole = marks % 2 == 0
        yield place + 1, b"\n".join(lines[place : end + 1]) if whole else line, not whole
        place = end + 1 if whole else place + 1


def _fields(text: str, delimiter: str) -> list[str] | None:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), None)
    except csv.Error:
        return None


def _note_width(table: Table, row: int, line: int, text: str, fields: list[str] | None, *, cut_short: bool) -> None:
    if cut_short or fields is None:
        what = "A quotation mark is opened and not closed."
    else:
        what = f"The row has {len(fields)} columns instead of {len(table.header)}."
    table.problems.add(source=0, row=row, line=line, column="", value=text, what=what, done=ROW_SET_ASIDE)


def read_extract(stream: BinaryIO, *, name: str, mapping: ColumnMapping, most: int | None = None) -> Extract:
    """Read the convictions of an extract, of at most so many rows.

    Raises NotARecordFile when it isn't one that the mapping describes.
    """
    table = read_table(stream, name=name, most=most)
    texts = {each: table.column(column) for each, column in mapping.columns.items() if column}
    columns = {each: TextColumn.of(pa.chunked_array([pa.array(texts[each], pa.string())])) for each in texts}
    blank = TextColumn.of(pa.chunked_array([pa.array([""] * len(table.rows), pa.string())]))
    return _Reading(table, mapping, columns, blank).extract()


@dataclass
class _Reading:
    """One extract on its way from texts to convictions."""

    table: Table
    mapping: ColumnMapping
    columns: dict[str, TextColumn]
    blank: TextColumn

    def of(self, name: str) -> TextColumn:
        return self.columns.get(name, self.blank)

    def extract(self) -> Extract:
        size = len(self.table.rows)
        convicted, silent = self._convicted()
        named = self.of("name").filled | self.of("last_name").filled
        nobody = ~named & ~self.of("case_number").filled
        self._note(silent, "disposition", "The row doesn't say what became of the charge.", ROW_SET_ASIDE)
        self._note(nobody & ~silent, "case_number", "The row has neither a case number nor a name.", ROW_SET_ASIDE)
        taken = convicted & ~nobody & ~silent
        table = pa.table(self._values(taken), schema=EXTRACT).filter(pa.array(taken))
        set_aside = self.table.rows_read - size + int((silent | nobody).sum())
        return Extract(
            table=table,
            problems=self.table.problems.table(),
            reconciliation={
                "rows_read": self.table.rows_read,
                "rows_convictions": table.num_rows,
                "rows_no_conviction": self.table.rows_read - table.num_rows - set_aside,
                "rows_set_aside": set_aside,
            },
            encoding="latin-1" if self.table.latin_1 else "utf-8",
        )

    def _convicted(self) -> tuple[Flags, Flags]:
        """Which rows are convictions, and which don't say."""
        every = np.ones(len(self.table.rows), bool)
        if not self.mapping.columns.get("disposition"):
            return every, ~every
        meant = {text.strip().upper() for text in self.mapping.convicted}
        disposition = self.of("disposition")
        return disposition.flags(lambda text: text.upper() in meant), ~disposition.filled

    def _values(self, taken: Flags) -> list[pa.Array]:
        born, dated = self._date("birth_date"), self._date("conviction_date")
        impossible = born.known & dated.known & (born.days >= dated.days)
        sections = parse_column(self.of("section").distinct)
        codes = pa.array(self.of("section").codes)
        code_section, part, prop64 = (_flat(sections[each]).take(codes) for each in ("code_section", "part", "prop64"))
        severity, number = self._severity(), self.of("case_number")
        unlike = number.filled & ~number.flags(lambda text: fits(text, self.mapping.formats))
        missing = "The conviction date is missing or none that can be read."
        what = "The birth date is none that can be read: the day, the month and four digits of the year are needed."
        self._note(taken & self.of("birth_date").filled & ~born.known, "birth_date", what, "birth date unknown")
        self._note(taken & impossible, "birth_date", "The birth date lies after the conviction.", "birth date unknown")
        self._note(taken & ~dated.known, "conviction_date", missing, "conviction date unknown")
        self._note(
            taken & ~code_section.is_valid().to_numpy(False), "section", "No code section can be read.",
            "code section unknown",
        )  # fmt: skip
        self._note(
            taken & self.of("severity").filled & ~severity.is_valid().to_numpy(False), "severity",
            "The severity is none that is known (felony, misdemeanor, infraction).", "severity unknown",
        )  # fmt: skip
        self._note(taken & ~number.filled, "case_number", "The row has no case number.", "case number unknown")
        self._note(
            taken & unlike, "case_number", "The case number isn't written as the court's others.", "compared as written"
        )
        birth = pc.if_else(pa.array(impossible), None, born.at(np.arange(len(born.days))))
        return [
            pa.array(self.table.rows, pa.int32()),
            pa.array(self.table.lines, pa.int32()),
            self._texts("case_number"),
            self._texts("court"),
            self._names(),
            birth,
            self._texts("section"),
            code_section,
            part,
            prop64,
            severity,
            self._texts("disposition"),
            dated.at(np.arange(len(dated.days))),
            self._texts("sentence"),
        ]

    def _texts(self, name: str) -> pa.Array:
        column = self.of(name)
        return column.at(np.arange(len(column.codes))).dictionary_decode()

    def _date(self, name: str) -> DateColumn:
        day_first = self.mapping.date_order == "day"
        return DateColumn.of(self.of(name).mapped(lambda text: written_date(text, day_first=day_first)))

    def _severity(self) -> pa.Array:
        every = np.arange(len(self.table.rows))
        severity, _ = read_severities(self.of("severity"), self.blank, stated_at=every, charged_at=every)
        return severity.dictionary_decode()

    def _names(self) -> pa.Array:
        """`LAST SUFFIX, FIRST MIDDLE`, or the name as written with its comma put in where the surname stands last."""
        if not self.mapping.columns.get("last_name"):
            ordered = self.of("name").mapped(self._surname_first)
            return ordered.at(np.arange(len(ordered.codes))).dictionary_decode()
        parts = [self._texts(each) for each in ("last_name", "suffix", "first_name", "middle_name")]
        last = pc.utf8_trim_whitespace(pc.binary_join_element_wise(parts[0], parts[1], " "))
        given = pc.utf8_trim_whitespace(pc.binary_join_element_wise(parts[2], parts[3], " "))
        return pc.if_else(pc.equal(given, ""), last, pc.binary_join_element_wise(last, given, ", "))

    def _surname_first(self, text: str) -> str:
        words = text.split()
        if "," in text or len(words) < 2 or not self.mapping.surname_last:
            return text if "," in text or len(words) < 2 else f"{words[0]}, {' '.join(words[1:])}"
        suffix = [words.pop()] if words[-1].upper().strip(".") in SUFFIXES and len(words) > 2 else []
        return f"{' '.join([words[-1], *suffix])}, {' '.join(words[:-1])}"

    def _note(self, flagged: Flags, name: str, what: str, done: str) -> None:
        column = self.mapping.columns.get(name) or FIELDS[name]
        for place in np.flatnonzero(flagged):
            self.table.problems.add(
                source=0,
                row=self.table.rows[place],
                line=self.table.lines[place],
                column=column,
                value=self.of(name).texts[self.of(name).codes[place]],
                what=what,
                done=done,
            )


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    return flat.dictionary_decode() if pa.types.is_dictionary(flat.type) else flat
