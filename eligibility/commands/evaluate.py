"""`evaluate`: read record files and decide every conviction of a county."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from eligibility import export, policy, stated_file
from eligibility.commands.arguments import DONE, day
from eligibility.commands.reading import Files, check_county, existing, read_files
from eligibility.evaluate import Determinations
from eligibility.facts import same_county
from eligibility.parts import evaluate_in_parts
from eligibility.records.problems import PROBLEMS
from eligibility.stated import STATED


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    evaluating = commands.add_parser("evaluate", help="read record files and decide every conviction of a county")
    evaluating.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, .gz or .zip")
    evaluating.add_argument("--county", required=True, help='for example "CONTRA COSTA"')
    evaluating.add_argument("--policy", required=True, metavar="NAME|PATH", help="a preset or a TOML file")
    evaluating.add_argument("--as-of", required=True, type=day, metavar="YYYY-MM-DD")
    evaluating.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the result files")
    evaluating.add_argument("--facts", type=Path, metavar="FILE", help="CSV of facts that people stated, with sources")
    evaluating.add_argument("--quiet", action="store_true", help="no summary on standard error")
    evaluating.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Write the result files; returns the exit code."""
    chosen = policy.load(given.policy)
    files = read_files(given.files)
    stated, unmatched = _stated(given.facts, files)
    results = evaluate_in_parts(
        files.rows, chosen, county=given.county, as_of=given.as_of, unreadable=files.unreadable, stated=stated
    )
    check_county(results.counties, given.county)
    if chosen.county and same_county(chosen.county) != same_county(given.county):
        print(f"Note: policy {chosen.name} was made for {chosen.county}, not for {given.county}.", file=sys.stderr)
    results = replace(results, problems=pa.concat_tables([results.problems, unmatched]))
    found = export.write(given.out, results, files=files.described)
    if not given.quiet:
        _print_summary(found, results.determinations, given.out)
    return DONE


def _stated(path: Path | None, files: Files) -> tuple[pa.Table, pa.Table]:
    """What a file of stated facts says of the convictions in these files, and its rows that say nothing."""
    if path is None:
        return STATED.empty_table(), PROBLEMS.empty_table()
    found = stated_file.read(existing(path), source=len(files.described))
    return found.match(files.history_of(found.subject_ids())), found.problems()


def _print_summary(found: dict[str, Any], determinations: Determinations, folder: Path) -> None:
    counts = found["counts"]
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in counts["outcome"].items())
    print(
        f"{determinations.in_scope} convictions of {counts['people']} people decided: {outcomes or 'none'}.\n"
        f"{found['reconciliation']['rows_read']} rows read, {found['problems']} problems.\n"
        f"Results are in {folder}.",
        file=sys.stderr,
    )
