"""What a run gives, of a part of a record set and of the whole: determinations, problems, figures that balance."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from eligibility.arrow import numbers
from eligibility.evaluate import Determinations, evaluate
from eligibility.facts import same_county
from eligibility.impact import Impact, impact, together
from eligibility.law.offense_families import any_holds
from eligibility.parts import PART_ROWS, over_rows
from eligibility.policy import Policy
from eligibility.records.history import build
from eligibility.records.schema import History


class DoesNotBalance(Exception):
    """Rows or convictions are unaccounted for: the run must not be used."""


@dataclass(frozen=True)
class Results:
    """What a run gives: determinations, problems and figures; `counties` are those of all convictions on record."""

    determinations: Determinations
    problems: pa.Table
    reconciliation: dict[str, int]
    impact: Impact
    counties: list[str]


def counties(history: History) -> list[str]:
    """The counties that the convictions on record are of."""
    counts = history.counts.filter(history.counts["convicted"])
    return sorted({each for each in counts["county"].unique().to_pylist() if each})


def reconciliation(history: History, determinations: Determinations) -> dict[str, int]:
    """Rows read by what became of them, convictions in scope and determinations. Raises DoesNotBalance.

    Convictions in scope are counted here anew, from the history alone.
    """
    rows = dict(history.reconciliation)
    accounted = sum(number for name, number in rows.items() if name != "rows_read")
    if rows["rows_read"] != accounted:
        raise DoesNotBalance(f"{rows['rows_read']} rows were read, but {accounted} are accounted for.")
    in_scope = _convictions_in_scope(history, determinations)
    if in_scope != determinations.table.num_rows:
        raise DoesNotBalance(f"{in_scope} convictions are in scope, but {determinations.table.num_rows} were decided.")
    return {**rows, "convictions_in_scope": in_scope, "determinations": determinations.table.num_rows}


def _convictions_in_scope(history: History, determinations: Determinations) -> int:
    counts = history.counts.filter(history.counts["convicted"])
    kinds = counts.group_by(["county", "code_section", "severity", "related"]).aggregate([([], "count_all")])
    families = determinations.policy.families
    return sum(
        each["count_all"]
        for each in kinds.to_pylist()
        if same_county(each["county"] or "") == determinations.county
        and any_holds(families, each["code_section"], each["severity"], each["related"])
    )


@dataclass(frozen=True)
class Evaluating:
    """Decides every conviction of `county` in a part of a record set; `stated` has the columns of `stated.STATED`."""

    policy: Policy
    county: str
    as_of: date
    stated: pa.Table | None = None

    def __call__(self, rows: pa.Table, unreadable: pa.Table) -> Results:
        """Raises StatedFactError, and DoesNotBalance where rows or convictions are unaccounted for."""
        history = build(rows, unreadable=unreadable)
        found = evaluate(history, self.policy, county=self.county, as_of=self.as_of, stated=self.stated)
        return Results(
            found, history.problems, reconciliation(history, found), impact(history, found), counties(history)
        )

    def joined(self, found: Sequence[Results]) -> Results:
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
            Determinations(table, table.num_rows, self.policy, same_county(self.county), self.as_of),
            problems.sort_by([("source", "ascending"), ("row", "ascending")]),
            rows,
            together([each.impact for each in found]),
            sorted({name for each in found for name in each.counties}),
        )


def evaluate_in_parts(
    rows: pa.Table,
    policy: Policy,
    *,
    county: str,
    as_of: date,
    unreadable: pa.Table,
    stated: pa.Table | None = None,
    beside: Executor | None = None,
    part_rows: int = PART_ROWS,
) -> Results:
    """Decide every conviction of `county` in `rows` (of one or several files) as of a date, part by part.

    `unreadable` are the problems that reading gave. Raises as `Evaluating` does.
    """
    asked = Evaluating(policy, county, as_of, stated)
    return asked.joined(over_rows(rows, unreadable, asked, beside, part_rows=part_rows))
