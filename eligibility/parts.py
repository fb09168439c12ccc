"""A record set decided in parts of whole persons: memory stays small, and all processors share the work.

Nothing in a determination hangs on other people, so the parts together are what the whole would be. A file in which a
person's rows stand together, as the DOJ writes it, is read and decided stretch by stretch. Several files, or a file in
another order, are gathered first, and then decided in parts.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa

from eligibility.arrow import numbers
from eligibility.records.columns import Codes, TextColumn, dense, first_row
from eligibility.records.stretches import Stretch, Stretches

PART_ROWS = 100_000
"""Rows of a part, about: large enough that work on distinct texts hardly counts, small enough for little memory."""
AHEAD = 2
"""Parts for each processor that may wait for it."""

Answer = TypeVar("Answer")
Given = TypeVar("Given")
Ask = Callable[[pa.Table, pa.Table], Answer]
"""What is asked of every part: of its rows (`doj.CODED_ROWS`), and of the problems that reading them gave."""


class OutOfOrder(Exception):
    """A person's rows stand apart in the file: it must be gathered first."""


@contextmanager
def all_processors() -> Iterator[Executor | None]:
    """A process on each processor; None where there is but one.

    Enter before anything of the record set is read: a process that has started threads cannot be copied safely.
    """
    count = os.cpu_count() or 1
    if count == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield None
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_by_itself) as beside:
        for begun in [beside.submit(os.getpid) for _ in range(count)]:
            begun.result()
        yield beside


def _by_itself() -> None:
    """Each process has one processor: threads of its own would stand in the others' way."""
    pa.set_cpu_count(1)


def over_file(stretches: Stretches, ask: Ask[Answer], beside: Executor | None) -> list[Answer]:
    """Read a file and ask stretch by stretch. Raises OutOfOrder, NotARecordFile, and whatever `ask` raises."""
    seen: set[str] = set()
    answers = []
    for people, answer in _in_turn(partial(_of_stretch, ask), stretches, beside):
        if not seen.isdisjoint(people):
            raise OutOfOrder
        seen.update(people)
        answers.append(answer)
    return answers


def _of_stretch(ask: Ask[Answer], stretch: Stretch) -> tuple[set[str], Answer]:
    """Whose rows the stretch holds, and the answer."""
    rows = stretch.rows()
    people = {each.strip() for each in rows.table["SUBJECT_ID"].unique().to_pylist()}
    return people - {""}, ask(rows.table, rows.problems)


def over_rows(
    rows: pa.Table, unreadable: pa.Table, ask: Ask[Answer], beside: Executor | None, *, part_rows: int = PART_ROWS
) -> list[Answer]:
    """Ask of rows that were gathered, part by part; the problems of reading go with the first part."""
    given = parts(rows, part_rows) if rows.num_rows else [rows]
    none = unreadable.schema.empty_table()
    pieces = ((part, none if at else unreadable) for at, part in enumerate(given))
    return list(_in_turn(partial(_of_part, ask), pieces, beside))


def _of_part(ask: Ask[Answer], piece: tuple[pa.Table, pa.Table]) -> Answer:
    return ask(*piece)


def _in_turn(work: Callable[[Given], Answer], pieces: Iterable[Given], beside: Executor | None) -> Iterator[Answer]:
    """The answers in the order of the pieces, with a bounded number of pieces waiting."""
    if beside is None:
        yield from map(work, pieces)
        return
    waiting: deque[Future[Answer]] = deque()
    for piece in pieces:
        waiting.append(beside.submit(work, piece))
        if len(waiting) > AHEAD * (os.cpu_count() or 1):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def parts(rows: pa.Table, part_rows: int) -> Iterator[pa.Table]:
    """The rows in parts of about so many, each with every row of its persons, in the order of the file."""
    if rows.num_rows <= part_rows:
        if rows.num_rows:
            yield rows
        return
    person, people = dense(_person(rows))
    size = np.bincount(person, minlength=people)
    part_of = (np.cumsum(size) - size) // part_rows
    of_row = part_of[person]
    names = np.unique(part_of)
    if (np.diff(of_row) >= 0).all():
        starts = np.searchsorted(of_row, names)
        for start, end in zip(starts, [*starts[1:], len(of_row)], strict=True):
            yield rows.slice(start, end - start)
        return
    for name in names:
        yield rows.take(pa.array(np.flatnonzero(of_row == name)))


def _person(rows: pa.Table) -> Codes:
    """A number per row that is equal for rows of one SUBJECT_ID and for files that share a CII number."""
    ids, source = TextColumn.of(rows["SUBJECT_ID"]), numbers(rows["source"])
    subject, count = dense(source * (len(ids.texts) + 1) + ids.codes)
    if not len(source) or source[0] == source[-1] == source.max():
        return subject
    cii = TextColumn.of(rows["CII_NUMBER"])
    row = first_row(subject, count, cii.filled)
    of_subject = np.where(row >= 0, cii.codes[np.maximum(row, 0)], len(cii.texts) + np.arange(count))
    return of_subject[subject].astype(np.int64)
