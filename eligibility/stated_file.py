"""A file of stated facts, as the command line takes it: read once, matched with one history after another.

CSV with the columns subject_id, case_number, code_section, fact, value, source and, if wanted, count_order. Dates are
YYYY-MM-DD, flags yes or no. A row applies to every conviction it fits. What can't be read, fits nothing or contradicts
another row is a problem, and nothing is stated by it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from eligibility.law.code_sections import parse
from eligibility.records.blocks import DELIMITERS
from eligibility.records.columns import TextColumn
from eligibility.records.history import build
from eligibility.records.problems import PROBLEMS, NotARecordFile, ProblemList
from eligibility.records.schema import History
from eligibility.stated import STATED, StatedFactError, read_value

NEEDED = ("subject_id", "case_number", "code_section", "fact", "value", "source")
OPTIONAL = ("count_order",)
NOTHING_STATED = "nothing is stated by it"
_ASKED = ("source", "row", "person", "case_numbers", "code_section", "part", "count_order")


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One row that can be read. `number` counts rows from 1, `line` is the physical line."""

    number: int
    line: int
    texts: dict[str, str]
    code_section: str
    part: str

    def fits(self, conviction: dict[str, Any]) -> bool:
        """Whether the row speaks of this conviction of its subject. No case number fits one that has none."""
        numbers = [each.upper() for each in conviction["case_numbers"] or ()]
        wanted, order = self.texts["case_number"].upper(), self.texts["count_order"]
        return (
            (wanted in (*numbers, "; ".join(numbers)) if wanted else not numbers)
            and conviction["code_section"] == self.code_section
            and self.part in ("", conviction["part"])
            and order in ("", conviction["count_order"])
        )


@dataclass
class StatedFile:
    """The rows of one file, and what became of them so far. `source` is the file's number among all files."""

    source: int
    rows_read: int = 0
    rows: list[StatedRow] = field(default_factory=list)
    _problems: ProblemList = field(default_factory=ProblemList)
    _settled: set[int] = field(default_factory=set)  # numbers of rows that stated something or are a problem

    def match(self, history: History) -> pa.Table:
        """What the file states of this history's convictions, in the columns of `stated.STATED`.

        The history may hold those subjects alone that the rows speak of.
        """
        of_subject = defaultdict(list)
        for row in self.rows:
            of_subject[row.texts["subject_id"]].append(row)
        people: dict[int, set[int]] = defaultdict(set)
        said: dict[tuple[int, int, str], list[StatedRow]] = defaultdict(list)
        for conviction in _convictions_of(history, list(of_subject)):
            for row in of_subject[conviction["subject_id"]]:
                if row.fits(conviction):
                    people[row.number].add(conviction["person"])
                    said[conviction["source"], conviction["row"], row.texts["fact"]].append(row)
        stated = [
            (source, at, fact, rows[0].texts["value"], rows[0].texts["source"])
            for (source, at, fact), rows in said.items()
            if self._stands(rows, several_people=any(len(people[row.number]) > 1 for row in rows))
        ]
        return pa.table({name: [each[place] for each in stated] for place, name in enumerate(STATED.names)}, STATED)

    def problems(self) -> pa.Table:
        """Every row that stated nothing, and why; call it after the last `match`."""
        for row in self.rows:
            if row.number not in self._settled:
                what = "No conviction has this subject, case number, code section and count together."
                self.note(row.number, row.line, "subject_id", row.texts["subject_id"], what)
        return self._problems.table()

    def note(self, number: int, line: int, column: str, value: str, what: str) -> None:
        """Note one row as a problem; only the first of a row is kept."""
        if number not in self._settled:
            self._settled.add(number)
            self._problems.add(
                source=self.source, row=number, line=line, column=column, value=value, what=what, done=NOTHING_STATED
            )

    def _stands(self, rows: list[StatedRow], *, several_people: bool) -> bool:
        """Whether these rows say one thing of one conviction. If not, each is a problem."""
        if not several_people and len({read_value(row.texts["fact"], row.texts["value"]) for row in rows}) == 1:
            self._settled.update(row.number for row in rows)
            return True
        lines = ", ".join(str(row.line) for row in rows)
        for row in rows:
            if several_people:
                what = "The files give this SUBJECT_ID to several people, and the row fits more than one."
                self.note(row.number, row.line, "subject_id", row.texts["subject_id"], what)
            else:
                what = f"Lines {lines} state different values of this fact for one conviction."
                self.note(row.number, row.line, "value", row.texts["value"], what)
        return False


def of_rows(path: Path | None, rows: pa.Table, *, source: int) -> tuple[pa.Table, pa.Table]:
    """What a file states of the convictions in `rows`, and its problems; nothing without a file.

    Only the rows of subjects whom the file names are looked at. Raises NotARecordFile, OSError.
    """
    if path is None:
        return STATED.empty_table(), PROBLEMS.empty_table()
    file = read(path, source=source)
    named = {row.texts["subject_id"] for row in file.rows}
    theirs = TextColumn.of(rows["SUBJECT_ID"]).flags(named.__contains__)
    stated = file.match(build(rows.filter(pa.array(theirs))))
    return stated, file.problems()


def read(path: Path, *, source: int) -> StatedFile:
    """The file's rows, each that can't be read noted as a problem. Raises NotARecordFile without the needed columns."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")
    reader = csv.DictReader(text.splitlines(keepends=True))
    columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise NotARecordFile(
            expected=f"a file of stated facts with the columns {', '.join(NEEDED)} and, if wanted, count_order",
            found=f"no column {', '.join(missing)}",
            line=1,
            likely_cause=_likely_cause(text),
        )
    reader.fieldnames = columns
    found = StatedFile(source)
    for number, given in enumerate(reader, start=1):
        found.rows_read = number
        texts = {name: (given.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
        _add(found, number, reader.line_num, texts, too_long=None in given)
    return found


def _likely_cause(text: str) -> str:
    """Why the needed columns are not there: perhaps the first line names them with another sign between them."""
    first = text.partition("\n")[0].lower()
    for sign, name in DELIMITERS.items():
        if {each.strip(' "\r') for each in first.split(sign)} >= {*NEEDED}:
            return f"The columns are separated by {name}: save the file as CSV with commas."
    return "The first line must name the columns, separated by commas."


def _add(found: StatedFile, number: int, line: int, texts: dict[str, str], *, too_long: bool) -> None:
    if too_long:
        found.note(
            number, line, "", "", "The row has more cells than there are columns: quote a text that holds a comma."
        )
        return
    for name in ("subject_id", "code_section", "fact", "value", "source"):
        if not texts[name]:
            found.note(number, line, name, "", "A value is needed.")
            return
    section = parse(texts["code_section"])
    if section is None:
        what = 'No code section can be read. Write it as in determinations.csv, for example "HS 11358".'
        found.note(number, line, "code_section", texts["code_section"], what)
        return
    texts["fact"] = texts["fact"].lower()
    try:
        read_value(texts["fact"], texts["value"])
    except StatedFactError as error:
        found.note(number, line, "value", texts["value"], str(error))
        return
    found.rows.append(StatedRow(number, line, texts, str(section), section.part))


def _convictions_of(history: History, subject_ids: list[str]) -> list[dict[str, Any]]:
    """The convictions of the subjects with these SUBJECT_IDs."""
    named = history.subjects.filter(pc.is_in(history.subjects["subject_id"], pa.array(subject_ids, pa.string())))
    names = dict(zip(named["subject"].to_pylist(), named["subject_id"].to_pylist(), strict=True))
    theirs = pc.is_in(history.counts["subject"], named["subject"].combine_chunks())
    counts = history.counts.filter(pc.and_(theirs, history.counts["convicted"]))
    return [each | {"subject_id": names[each["subject"]]} for each in counts.select(["subject", *_ASKED]).to_pylist()]
