"""The command line: evaluate record files without any server.

Exit codes: 0 done (problems are in problems.csv and counted on standard error); 1 a file could not be used at all, or
the results do not balance; 2 wrong usage or policy.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from eligibility import export, policy, stated
from eligibility.evaluate import Determinations, evaluate
from eligibility.facts import same_county
from eligibility.records import doj, sample
from eligibility.records.history import build
from eligibility.records.problems import NotARecordFile
from eligibility.records.schema import History

DONE, UNUSABLE, WRONG_USAGE = 0, 1, 2


class WrongUsage(Exception):
    """The command cannot be carried out as given; the message says what to change."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.command(given))
    except (WrongUsage, policy.PolicyError) as error:
        return _say(WRONG_USAGE, str(error))
    except (NotARecordFile, export.DoesNotBalance, OSError) as error:
        return _say(UNUSABLE, str(error))


def _say(code: int, message: str) -> int:
    print(message, file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USAGE, f"{message}\n\n{self.format_usage()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m eligibility", description="Decides on convictions in DOJ research files.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    evaluating = commands.add_parser("evaluate", help="read record files and decide every conviction of a county")
    evaluating.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, .gz or .zip")
    evaluating.add_argument("--county", required=True, help='for example "CONTRA COSTA"')
    evaluating.add_argument("--policy", required=True, metavar="NAME|PATH", help="a preset or a TOML file")
    evaluating.add_argument("--as-of", required=True, type=_day, metavar="YYYY-MM-DD")
    evaluating.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the result files")
    evaluating.add_argument("--quiet", action="store_true", help="no summary on standard error")
    evaluating.set_defaults(command=_evaluate)

    inventing = commands.add_parser("sample", help="write an invented record file")
    inventing.add_argument("--subjects", type=_positive, default=2400, metavar="N")
    inventing.add_argument("--seed", type=int, default=1, metavar="S")
    inventing.add_argument("--county", default="CONTRA COSTA")
    inventing.add_argument("--out", required=True, type=Path, metavar="FILE")
    inventing.set_defaults(command=_sample)

    commands.add_parser("policies", help="list the presets").set_defaults(command=_policies)
    commands.add_parser("facts", help="list the facts that a person may state").set_defaults(command=_facts)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"write the date as YYYY-MM-DD, not {text!r}") from None


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is needed, not {text!r}")
    return int(text)


def _evaluate(given: argparse.Namespace) -> int:
    chosen = policy.load(given.policy)
    files: list[dict[str, Any]] = []
    read: list[doj.Rows] = []
    for source, path in enumerate(given.files):
        if not path.is_file():
            raise WrongUsage(f"There is no file {path}.")
        try:
            read.append(doj.read_rows(path, name=path.name, source=source))
        except NotARecordFile as error:
            return _say(UNUSABLE, f"{path}: {error}")
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


def _sample(given: argparse.Namespace) -> int:
    sample.write(given.out, subjects=given.subjects, seed=given.seed, county=given.county)
    return DONE


def _policies(given: argparse.Namespace) -> int:
    for name in policy.presets():
        each = policy.load(name)
        print(f"{each.name}: {each.title}" + (f" ({each.county})" if each.county else ""))
    return DONE


def _facts(given: argparse.Namespace) -> int:
    for name, each in stated.STATABLE.items():
        choices = f" ({', '.join(each.choices)})" if each.choices else ""
        print(f"{name} [{each.kind}{choices}]: {each.label}. {each.help}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
