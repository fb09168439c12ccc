"""Reading the record files that a command was given, as one record set."""

from __future__ import annotations

import difflib
import hashlib
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

import pyarrow as pa

from eligibility import stated_file
from eligibility.commands.arguments import WrongUsage
from eligibility.facts import same_county
from eligibility.parts import Answer, Ask, OutOfOrder, all_processors, over_file, over_rows
from eligibility.records import doj
from eligibility.records.history import build
from eligibility.records.problems import PROBLEMS, NotARecordFile
from eligibility.records.schema import History
from eligibility.records.stretches import Stretches
from eligibility.stated import STATED

LARGE_BYTES = 32 * 1024**2
LONGEST = 2**40
"""Bytes: whoever types a command chose the file, and its size is the machine's affair."""
PROBLEMS_SHOWN = 10


class Unusable(Exception):
    """A file that is no record file; the message names it and says why."""


@dataclass(frozen=True)
class Files:
    """The rows of the files that a command was given, told apart by `source`, their place in the list."""

    rows: pa.Table
    unreadable: pa.Table
    described: list[dict[str, Any]]
    """The files as result files name them."""

    def history(self) -> History:
        """All rows as one record set."""
        return build(self.rows, unreadable=self.unreadable)


@dataclass(frozen=True)
class Asked(Generic[Answer]):
    """What the files of a command gave, part by part, and the problems that belong to no part.

    `unstated` are those of the file of stated facts, `of_files` those of a record file as a whole.
    """

    answers: list[Answer]
    described: list[dict[str, Any]]
    of_files: pa.Table
    unstated: pa.Table


def over_files(paths: Sequence[Path], facts: Path | None, asking: Callable[[pa.Table], Ask[Answer]]) -> Asked[Answer]:
    """Ask of every part of the files; `asking` gives the question, once it is known what people stated.

    One file without stated facts is asked while it is read, if its rows are in the order of persons. Raises
    WrongUsage, Unusable, and what the question raises.
    """
    with all_processors() if are_large(paths) else nullcontext() as beside:
        if len(paths) == 1 and facts is None:
            try:
                return _over_file(existing(paths[0]), asking(STATED.empty_table()), beside)
            except OutOfOrder:
                pass
        files = read_files(paths)
        stated, unstated = _stated(facts, files)
        answers = over_rows(files.rows, files.unreadable, asking(stated), beside)
        return Asked(answers, files.described, PROBLEMS.empty_table(), unstated)


def _over_file(path: Path, ask: Ask[Answer], beside: Executor | None) -> Asked[Answer]:
    stretches = Stretches(path, source=0, limit=LONGEST)
    with ThreadPoolExecutor(max_workers=1) as hashing:
        sha256 = hashing.submit(_sha256, path)
        try:
            answers = over_file(stretches, ask, beside)
        except NotARecordFile as error:
            raise Unusable(f"{path}: {error}") from None
        described = {"source": 0, "name": path.name, "sha256": sha256.result(), "rows": stretches.rows_read}
    return Asked(answers, [described], stretches.problems.table(), PROBLEMS.empty_table())


def read_files(paths: Sequence[Path]) -> Files:
    """Read the files. Raises WrongUsage for a missing or repeated one, Unusable for one that is no record file."""
    read: list[doj.Rows] = []
    with ThreadPoolExecutor(max_workers=1) as beside:
        sums = [beside.submit(_sha256, path) for path in paths if path.is_file()]
        for source, path in enumerate(paths):
            try:
                read.append(
                    doj.read_rows(existing(path), name=path.name, source=source, schema=doj.CODED_ROWS, limit=LONGEST)
                )
            except NotARecordFile as error:
                raise Unusable(f"{path}: {error}") from None
        described = [
            {"source": source, "name": path.name, "sha256": sha256.result(), "rows": each.rows_read}
            for source, (path, sha256, each) in enumerate(zip(paths, sums, read, strict=True))
        ]
    _refuse_repeated(paths, [each.result() for each in sums])
    rows = pa.concat_tables([each.table for each in read]).unify_dictionaries()
    return Files(rows, pa.concat_tables([each.problems for each in read]), described)


def _refuse_repeated(paths: Sequence[Path], sums: Sequence[str]) -> None:
    """Refuse one content given twice: each of its convictions would be decided and counted twice."""
    first: dict[str, Path] = {}
    for path, sha256 in zip(paths, sums, strict=True):
        if sha256 in first:
            raise WrongUsage(f"{first[sha256]} and {path} are the same file: name it once.")
        first[sha256] = path


def read_stated(path: Path | None, files: Files) -> pa.Table:
    """What a file of stated facts states of these files' convictions; nothing without a file.

    Its problems go to standard error. Raises WrongUsage, Unusable.
    """
    stated, problems = _stated(path, files)
    tell_unstated(path, problems)
    return stated


def _stated(path: Path | None, files: Files) -> tuple[pa.Table, pa.Table]:
    try:
        return stated_file.of_rows(existing(path) if path else None, files.rows, source=len(files.described))
    except NotARecordFile as error:
        raise Unusable(f"{path}: {error}") from None


def tell_unstated(path: Path | None, problems: pa.Table) -> None:
    """Put the problems of a file of stated facts on standard error, by line, without values of records."""
    for each in problems.slice(0, PROBLEMS_SHOWN).to_pylist():
        at = f"line {each['line']}" + (f", {each['column']}" if each["column"] else "")
        print(f"{path}, {at}: {each['what']} Nothing is stated by it.", file=sys.stderr)
    if problems.num_rows > PROBLEMS_SHOWN:
        more = problems.num_rows - PROBLEMS_SHOWN
        print(f"{path}: {more} more problems; evaluate lists all in problems.csv.", file=sys.stderr)


def are_large(paths: Sequence[Path]) -> bool:
    """Whether the files are worth the start of other processes."""
    return sum(path.stat().st_size for path in paths if path.is_file()) > LARGE_BYTES


def existing(path: Path) -> Path:
    """The path of a file that is there. Raises WrongUsage."""
    if path.is_dir():
        raise WrongUsage(f"{path} is a folder: name the files in it.")
    if not path.is_file():
        raise WrongUsage(f"There is no file {path}.")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_county(present: Sequence[str], county: str) -> None:
    """Refuse a county that no conviction of the files is in, name the nearest ones and list those that are there."""
    names = {same_county(each): each for each in present}
    if present and same_county(county) not in names:
        near = [names[each] for each in difflib.get_close_matches(same_county(county), names, n=3)]
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise WrongUsage(
            f"No conviction in these files is in county {county!r}.{meant} Counties: {', '.join(present)}."
        )
