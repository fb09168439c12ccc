"""Result files of a run from the command line: determinations, problems and a summary. Exact for machines.

Nothing here guards against spreadsheets that run formulas: that belongs to whoever hands the files to people.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from eligibility.evaluate import ENGINE_VERSION
from eligibility.results import Results

_LISTS = ("remarks", "remark_ids", "open_questions", "unknown_facts")


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
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"The results can't be written: {folder} is a file, not a folder.")
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
