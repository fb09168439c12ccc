"""What could not be read: problems of single rows, and the refusal of a file that isn't a record file."""

import functools
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

PROBLEMS = pa.schema(
    [
        ("source", pa.int16()),
        ("row", pa.int32()),  # null where the record has no number of its own
        ("line", pa.int32()),
        ("column", pa.string()),  # empty where the whole record is meant
        ("value", pa.string()),
        ("what", pa.string()),
        ("done", pa.string()),
    ]
)

LONGEST_VALUE = 120
"""Characters of the offending value that a problem shows."""

ROW_SET_ASIDE = "row set aside"
"""`done` of every problem whose row became nothing."""


class NotARecordFile(Exception):
    """The file as a whole can't be read as a DOJ research file.

    `expected`, `found` and `likely_cause` are plain sentences for the person who chose the file; `line` is the
    physical line, where there is one. `str()` is one paragraph of all of them.
    """

    def __init__(self, *, expected: str, found: str, line: int | None = None, likely_cause: str = "") -> None:
        self.expected = expected
        self.found = found
        self.line = line
        self.likely_cause = likely_cause
        where = f" (line {line})" if line is not None else ""
        cause = f" {likely_cause}" if likely_cause else ""
        super().__init__(f"Expected {expected}. Found {found}{where}.{cause}")

    def __reduce__(self) -> tuple[Any, ...]:
        # Raised in one process, reported by another: an exception is else copied by its message alone.
        given: dict[str, Any] = {
            "expected": self.expected,
            "found": self.found,
            "line": self.line,
            "likely_cause": self.likely_cause,
        }
        return functools.partial(type(self), **given), ()


@dataclass
class ProblemList:
    """Problems gathered while reading, column by column."""

    columns: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in PROBLEMS.names})

    def add(
        self, *, source: int, row: int | None, line: int | None, column: str, value: str, what: str, done: str
    ) -> None:
        """Note one problem; a long value is cut."""
        shown = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + " …"
        for name, entry in zip(PROBLEMS.names, (source, row, line, column, shown, what, done), strict=True):
            self.columns[name].append(entry)

    def table(self) -> pa.Table:
        """The problems in the order they were noted."""
        return pa.table(self.columns, schema=PROBLEMS)
