"""`evaluate`: read record files and decide every conviction of a county."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from eligibility import export, policy
from eligibility.commands.arguments import DONE, UNUSABLE, WrongUsage, day
from eligibility.compatible.run import run as run_compatible
from eligibility.evaluate import Determinations, evaluate
from eligibility.facts import same_county
from eligibility.records import doj
from eligibility.records.history import build
from eligibility.records.problems import NotARecordFile
from eligibility.records.schema import History


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
    evaluating.add_argument("--compatible", action="store_true", help="write the older tool's files, byte for byte")
    evaluating.add_argument("--quiet", action="store_true", help="no summary on standard error")
    evaluating.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Write the result files; returns the exit code."""
    if given.compatible:
        return run_compatible(
            given.files, county=given.county, policy=given.policy, as_of=given.as_of, folder=given.out
        )
    chosen = policy.load(given.policy)
    files: list[dict[str, Any]] = []
    read: list[doj.Rows] = []
    for source, path in enumerate(given.files):
        if not path.is_file():
            raise WrongUsage(f"There is no file {path}.")
        try:
            read.append(doj.read_rows(path, name=path.name, source=source))
        except NotARecordFile as error:
            print(f"{path}: {error}", file=sys.stderr)
            return UNUSABLE
        files.append({"source": source, "name": path.name, "sha256": _sha256(path), "rows": read[-1].rows_read})
    history = build(
        pa.concat_tables([each.table for each in read]),
        unreadable=pa.concat_tables([each.problems for each in read]),
    )
    _check_county(history, given.county)
    if chosen.county and same_county(chosen.county) != same_county(given.county):
        print(f"Note: policy {chosen.name} was made for {chosen.county}, not for {given.county}.", file=sys.stderr)
    determinations = evaluate(history, chosen, county=given.county, as_of=given.as_of)
    found = export.write(given.out, history, determinations, files=files)
    if not given.quiet:
        _print_summary(found, determinations, given.out)
    return DONE


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check_county(history: History, county: str) -> None:
    """Refuse a county that no conviction of the files is in, and list those that are there."""
    counts = history.counts.filter(history.counts["convicted"])
    present = sorted({each for each in counts["county"].unique().to_pylist() if each})
    if present and same_county(county) not in {same_county(each) for each in present}:
        raise WrongUsage(f"No conviction in these files is in county {county!r}. Counties: {', '.join(present)}.")


def _print_summary(found: dict[str, Any], determinations: Determinations, folder: Path) -> None:
    counts = found["counts"]
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in counts["outcome"].items())
    print(
        f"{determinations.in_scope} convictions of {counts['people']} people decided: {outcomes or 'none'}.\n"
        f"{found['reconciliation']['rows_read']} rows read, {found['problems']} problems.\n"
        f"Results are in {folder}.",
        file=sys.stderr,
    )
