"""Result files of a run from the command line: determinations, problems and a summary. Exact for machines.

Nothing here guards against spreadsheets that run formulas: that belongs to whoever hands the files to people.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from eligibility.evaluate import ENGINE_VERSION, Determinations
from eligibility.facts import same_county
from eligibility.impact import Impact
from eligibility.law.offense_families import any_holds
from eligibility.records.schema import History

_LISTS = ("remarks", "remark_ids", "open_questions", "unknown_facts")


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


def summary(results: Results, files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What `summary.json` holds; `files` name the record files with their SHA-256."""
    determinations, policy = results.determinations, results.determinations.policy
    return {
        "engine_version": ENGINE_VERSION,
        "policy": {"name": policy.name, "title": policy.title, "sha256": policy.sha256},
        "county": determinations.county,
        "as_of": determinations.as_of.isoformat(),
        "files": list(files),
        "counts": determinations.counts(),
        "impact": results.impact.figures(),
        "problems": results.problems.num_rows,
        "reconciliation": results.reconciliation,
    }


def write(folder: Path, results: Results, *, files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Write determinations (.csv and .parquet), problems.csv and summary.json into `folder`; returns the summary."""
    found = summary(results, files)
    folder.mkdir(parents=True, exist_ok=True)
    table = _flat(results.determinations.table)
    _write_csv(table, folder / "determinations.csv")
    pq.write_table(table, folder / "determinations.parquet")
    _write_csv(results.problems, folder / "problems.csv")
    (folder / "summary.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def _flat(table: pa.Table) -> pa.Table:
    """Lists as texts joined by a semicolon."""
    for name in _LISTS:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pc.binary_join(table[name], "; "))
    return table


def _write_csv(table: pa.Table, path: Path) -> None:
    pcsv.write_csv(table, path, pcsv.WriteOptions(quoting_style="needed"))
