"""`evaluate`: read record files and decide every conviction of a county."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from eligibility import export, policy
from eligibility.commands.arguments import DONE, WrongUsage, day
from eligibility.commands.reading import check_county, over_files
from eligibility.compatible.run import run as run_compatible
from eligibility.evaluate import Determinations
from eligibility.facts import same_county
from eligibility.results import Evaluating


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    evaluating = commands.add_parser("evaluate", help="read record files and decide every conviction of a county")
    evaluating.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, .gz or .zip")
    evaluating.add_argument("--county", required=True, help='for example "CONTRA COSTA"')
    evaluating.add_argument(
        "--policy", required=True, metavar="NAME|PATH", help="a preset, a TOML file, or older options in JSON"
    )
    evaluating.add_argument("--as-of", required=True, type=day, metavar="YYYY-MM-DD")
    evaluating.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the result files")
    evaluating.add_argument("--facts", type=Path, metavar="FILE", help="CSV of facts that people stated, with sources")
    evaluating.add_argument("--compatible", action="store_true", help="write the older tool's files, byte for byte")
    evaluating.add_argument("--quiet", action="store_true", help="no summary on standard error")
    evaluating.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Write the result files; returns the exit code."""
    if given.compatible:
        if given.facts:
            raise WrongUsage("The older tool knew no stated facts: leave out --facts or --compatible.")
        return run_compatible(
            given.files, county=given.county, policy=given.policy, as_of=given.as_of, folder=given.out
        )
    chosen = policy.load(given.policy)
    evaluating = partial(Evaluating, chosen, given.county, given.as_of)
    asked = over_files(given.files, given.facts, evaluating)
    results = evaluating().joined(asked.answers)
    problems = pa.concat_tables([results.problems, asked.of_files, asked.unstated])
    results = replace(results, problems=problems)
    check_county(results.counties, given.county)
    if chosen.county and same_county(chosen.county) != same_county(given.county):
        print(f"Note: policy {chosen.name} was made for {chosen.county}, not for {given.county}.", file=sys.stderr)
    found = export.write(given.out, results, files=asked.described)
    if not given.quiet:
        _print_summary(found, results.determinations, given.out)
    return DONE


def _print_summary(found: dict[str, Any], determinations: Determinations, folder: Path) -> None:
    counts = found["counts"]
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in counts["outcome"].items())
    print(
        f"{determinations.in_scope} convictions of {counts['people']} people decided: {outcomes or 'none'}.\n"
        f"{found['reconciliation']['rows_read']} rows read, {found['problems']} problems.\n"
        f"Results are in {folder}.",
        file=sys.stderr,
    )
