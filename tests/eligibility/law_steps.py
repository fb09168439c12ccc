"""Does a test notice every number of the law? Each step changes one number, date or section of a law table.

`python -m tests.eligibility.law_steps` runs the tests of the law and its cases once per step (see tests/mutants.py).
Exit 1 if a single step goes unnoticed.
"""

import functools
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.mutants import Case, run

TESTS = ("test_law_tables", "test_disqualifying", "test_offense_families", "test_decision_tables")
LAW = Path(__file__).parents[2] / "eligibility" / "law"
_WORDS = re.compile(r"\s*(says|source|why|url|note|quote)\s*=|\s*#")
_VALUE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?<=\")(?P<section>[A-Z]{2} \d+[0-9.]*[a-z]?(\([a-z0-9]+\))*)(?=\")"
    r"|(?<==\ )(?P<number>\d+(\.\d+)?)(?![-\d])"
    r"|(?<=\")(?P<through>\d+\.\d+)(?=\")"
)


def stepped(found: re.Match[str]) -> list[str]:
    """The value one step on: the next day, the next number, the next section, the next subdivision."""
    text = found[0]
    if found["date"]:
        return [(date.fromisoformat(text) + timedelta(days=1)).isoformat()]
    if found["section"] is None:
        return [str(float(text) + 0.5) if "." in text else str(int(text) + 1)]
    number = re.search(r"\d+", text)
    assert number is not None
    steps = [f"{text[: number.start()]}{int(number[0]) + 1}{text[number.end() :]}"]
    if text.endswith(")"):
        last = text[-2]
        steps.append(f"{text[:-2]}{int(last) + 1 if last.isdigit() else chr(ord(last) + 1)})")
    return steps


def steps(path: Path) -> Iterator[tuple[str, str]]:
    """What is changed, and the table's text with the change."""
    text = path.read_text(encoding="utf-8")
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        for found in () if _WORDS.match(line) else _VALUE.finditer(line.split(" #")[0]):
            for step in stepped(found):
                changed = text[: start + found.start()] + step + text[start + found.end() :]
                yield f"{path.relative_to(LAW)}:{number}: {found[0]} -> {step}", changed
        start += len(line)


def put_in_force(path: Path, text: str) -> None:
    """Let everything read this text in the table's place, and forget what was read before."""
    read = Path.read_text

    def changed(self: Path, *given: object, **named: object) -> str:
        return text if self.resolve() == path.resolve() else read(self, *given, **named)  # type: ignore[arg-type]

    Path.read_text = changed  # type: ignore[assignment, method-assign]
    for name, module in list(sys.modules.items()):
        if name.startswith("eligibility"):
            for each in vars(module).values():
                if hasattr(each, "cache_clear"):
                    each.cache_clear()


def law_steps(items: list[pytest.Item]) -> list[Case]:
    """Every step of every law table, for all fast tests."""
    return [
        (name, functools.partial(put_in_force, path, text), items)
        for path in sorted(LAW.rglob("*.toml"))
        for name, text in steps(path)
    ]


if __name__ == "__main__":
    raise SystemExit(run(law_steps, enough=1.0, tests=TESTS))
