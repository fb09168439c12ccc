"""A record set evaluated in parts of whole persons: memory stays small, and two processors share the work.

A person's rows may be far apart, and in several files; all of them stand in one part. Nothing in a determination hangs
on other people, so the parts together are what the whole would be.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from eligibility.arrow import numbers
from eligibility.evaluate import Determinations, evaluate
from eligibility.export import Results, counties, reconciliation
from eligibility.facts import same_county
from eligibility.impact import impact, together
from eligibility.policy import Policy
from eligibility.records.columns import Codes, TextColumn, dense, first_row
from eligibility.records.history import build

PART_ROWS = 250_000
"""Rows of a part, about: large enough that work on distinct texts hardly counts, small enough for little memory."""


def evaluate_in_parts(
    rows: pa.Table,
    policy: Policy,
    *,
    county: str,
    as_of: date,
    unreadable: pa.Table,
    stated: pa.Table | None = None,
    part_rows: int = PART_ROWS,
) -> Results:
    """Decide every conviction of `county` in `rows` (of one or several files) as of a date.

    `unreadable` are the problems that reading gave; `stated` has the columns of `eligibility.stated.STATED`. Raises
    StatedFactError, and DoesNotBalance where rows or convictions are unaccounted for.
    """

    given = list(parts(rows, part_rows)) or [rows]

    def work(place: int) -> Results:
        history = build(given[place], unreadable=None if place else unreadable)
        found = evaluate(history, policy, county=county, as_of=as_of, stated=stated)
        return Results(
            found, history.problems, reconciliation(history, found), impact(history, found), counties(history)
        )

    return _joined(_beside_each_other(work, len(given)), policy, county=county, as_of=as_of)


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


_work: Callable[[int], Results]


def _beside_each_other(work: Callable[[int], Results], count: int) -> list[Results]:
    """Each part's results, in order. The parts reach the other processes with their memory: nothing is copied."""
    processes = min(os.cpu_count() or 1, count)
    if processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [work(place) for place in range(count)]
    global _work
    _work = work
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return pool.map(_work_on, range(count), chunksize=1)


def _work_on(place: int) -> Results:
    return _work(place)


def _joined(found: Sequence[Results], policy: Policy, *, county: str, as_of: date) -> Results:
    """The parts' results as one, in the order of the files."""
    table = pa.concat_tables([each.determinations.table for each in found])
    order = numbers(table["source"]) << 32 | numbers(table["row"])
    if (np.diff(order) < 0).any():
        table = table.take(pa.array(np.argsort(order, kind="stable")))
    rows: dict[str, int] = {}
    for each in found:
        for name, number in each.reconciliation.items():
            rows[name] = rows.get(name, 0) + number
    problems = pa.concat_tables([each.problems for each in found])
    return Results(
        Determinations(table, table.num_rows, policy, same_county(county), as_of),
        problems.sort_by([("source", "ascending"), ("row", "ascending")]),
        rows,
        together([each.impact for each in found]),
        sorted({name for each in found for name in each.counties}),
    )
