"""`compare`: several policies over the same record files, or two record files under one policy."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv

from eligibility import policy
from eligibility.commands.arguments import DONE, WrongUsage, day
from eligibility.commands.reading import check_county, over_files, read_files, tell_unstated
from eligibility.compare import GAINS, LOSES, NEITHER, Comparing, Comparison, Difference
from eligibility.compare_files import FileComparison, compare_files
from eligibility.evaluate import ENGINE_VERSION
from eligibility.impact import RECENT_YEARS, Impact
from eligibility.results import counties

GROUPS_SHOWN = 10


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    comparing = commands.add_parser(
        "compare",
        help="set policies against each other: who gains, who loses, by which rule",
        description="Several policies over the same files; the first is set against each other one. With one policy "
        "and exactly two files, what the second file changes.",
    )
    comparing.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, .gz or .zip")
    comparing.add_argument("--county", required=True, help='for example "CONTRA COSTA"')
    comparing.add_argument("--policies", required=True, metavar="A,B,C", help="presets or TOML files, by commas")
    comparing.add_argument("--as-of", required=True, type=day, metavar="YYYY-MM-DD")
    comparing.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the result files")
    comparing.add_argument("--facts", type=Path, metavar="FILE", help="CSV of facts that people stated, with sources")
    comparing.add_argument("--quiet", action="store_true", help="no summary on standard error")
    comparing.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Write `comparison.json` and `gains_and_losses.csv` (of two files `changes.csv`); returns the exit code."""
    policies = _policies(given.policies)
    if len(policies) == 1:
        if len(given.files) != 2:
            raise WrongUsage(
                "Name two or more policies to compare them, or one policy and exactly two files to compare the files."
            )
        if given.facts:
            raise WrongUsage(
                "Facts are stated for several policies over the same files, not for two files: leave out --facts."
            )
        return _two_files(given, policies[0])
    comparing = partial(Comparing, policies, given.county, given.as_of)
    asked = over_files(given.files, given.facts, comparing)
    compared = comparing().joined(asked.answers)
    check_county(compared.counties, given.county)
    tell_unstated(given.facts, asked.unstated)
    found = compared.comparison
    _write(given, asked.described, found.figures(), "gains_and_losses.csv", _all_changes(found))
    if not given.quiet:
        _print(_summary(found), given.out)
    return DONE


def _policies(names: str) -> list[policy.Policy]:
    """The policies named; two of one name could not be told apart in the results."""
    found = [policy.load(name.strip()) for name in names.split(",") if name.strip()]
    if not found:
        raise WrongUsage("Name at least one policy after --policies.")
    for each in found:
        if [other.name for other in found].count(each.name) > 1:
            raise WrongUsage(f"Two policies are called {each.name!r}: give each its own name.")
    return found


def _two_files(given: argparse.Namespace, under: policy.Policy) -> int:
    files = [read_files([path]) for path in given.files]
    before, after = (each.history() for each in files)
    for history in (before, after):
        check_county(counties(history), given.county)
    found = compare_files(before, after, under, county=given.county, as_of=given.as_of)
    described = [{**each.described[0], "source": source} for source, each in enumerate(files)]
    _write(given, described, found.figures(), "changes.csv", found.table)
    if not given.quiet:
        _print(_summary_of_files(found), given.out)
    return DONE


def _write(
    given: argparse.Namespace, described: list[dict[str, Any]], figures: dict[str, Any], name: str, changes: pa.Table
) -> None:
    given.out.mkdir(parents=True, exist_ok=True)
    content = {"engine_version": ENGINE_VERSION, "files": described, **figures}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (given.out / "comparison.json").write_text(text + "\n", encoding="utf-8")
    pcsv.write_csv(changes, given.out / name, pcsv.WriteOptions(quoting_style="needed"))


def _all_changes(found: Comparison) -> pa.Table:
    """All differences below each other, each row naming its two policies."""
    tables = []
    for each in found.differences:
        names = {"policy_before": each.before, "policy_after": each.after}
        columns = {name: pa.repeat(pa.scalar(value), each.table.num_rows) for name, value in names.items()}
        tables.append(pa.table(columns | dict(zip(each.table.column_names, each.table.columns, strict=True))))
    return pa.concat_tables(tables)


def _print(lines: list[str], folder: Path) -> None:
    print("\n".join([*lines, f"Results are in {folder}."]), file=sys.stderr)


def _summary(found: Comparison) -> list[str]:
    lines = [f"{len(found.sides)} policies, {found.county}, as of {found.as_of.isoformat()}.", ""]
    lines += _table({side.policy.name: side.impact for side in found.sides})
    for each in found.differences:
        lines += ["", *_difference(each)]
    return [*lines, ""]


_FIGURES: dict[str, Callable[[Impact], int]] = {
    "convictions decided": lambda each: each.convictions,
    "dismiss": lambda each: each.by_outcome["dismiss"],
    "redesignate": lambda each: each.by_outcome["redesignate"],
    "resentence": lambda each: each.by_outcome["resentence"],
    "hand_review": lambda each: each.by_outcome["hand_review"],
    "not_eligible": lambda each: each.by_outcome["not_eligible"],
    "people with relief": lambda each: each.people_with_relief,
    "left with no felony": lambda each: each.people_with_no_felony,
    "left with no conviction": lambda each: each.people_with_no_conviction,
    f"none in last {RECENT_YEARS} years": lambda each: each.people_with_no_recent_conviction,
}


def _table(impacts: dict[str, Impact]) -> list[str]:
    """One column per policy or file, one line per figure."""
    wide = max(map(len, _FIGURES))
    widths = [max(len(name), 8) for name in impacts]
    head = "  ".join([" " * wide, *(f"{name:>{width}}" for name, width in zip(impacts, widths, strict=True))])
    rows = []
    for name, figure in _FIGURES.items():
        shown = [f"{figure(each):>{width},}" for each, width in zip(impacts.values(), widths, strict=True)]
        rows.append("  ".join([f"{name:<{wide}}", *shown]))
    return [head, *rows]


_VERBS = {GAINS: ("gain", "gains"), LOSES: ("lose", "loses"), NEITHER: ("change", "changes")}


def _who(people: int, direction: str) -> str:
    """`1 person gains`, `41 people lose`."""
    return f"{_number(people, 'person', 'people')} {_VERBS[direction][people == 1]}"


def _number(many: int, one: str, several: str) -> str:
    return f"{many:,} {one if many == 1 else several}"


def _convictions(many: int) -> str:
    return _number(many, "conviction", "convictions")


def _difference(each: Difference) -> list[str]:
    lines = [
        f"From {each.before} to {each.after}: "
        f"{_who(each.people_gaining, GAINS)} by {_convictions(each.convictions_gaining)}, "
        f"{_who(each.people_losing, LOSES)} by {_convictions(each.convictions_losing)}; "
        f"{each.convictions_unchanged:,} of {_convictions(each.convictions_compared)} unchanged."
    ]
    for group in each.groups[:GROUPS_SHOWN]:
        lines.append(
            f"  {_who(group.people, group.direction)}: "
            f"{group.outcome_before} ({group.reason_before}) → {group.outcome_after} ({group.reason_after})"
        )
    more = len(each.groups) - GROUPS_SHOWN
    return [*lines, *([f"  and {more} more kinds of change, in comparison.json"] if more > 0 else [])]


def _summary_of_files(found: FileComparison) -> list[str]:
    return [
        f"Policy {found.policy.name}, {found.county}, as of {found.as_of.isoformat()}.",
        "",
        *_table({"first file": found.before, "second file": found.after}),
        "",
        f"{_convictions(found.matched)} in both files: {found.matched - found.changed:,} unchanged, "
        f"{found.changed:,} changed ({found.gaining:,} with more relief, {found.losing:,} with less).",
        f"{_convictions(found.new)} only in the second file, {_convictions(found.gone)} only in the first.",
        "",
    ]
