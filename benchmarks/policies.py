"""Compares five policies over an invented file, and reports what they cost beside one.

python -m benchmarks.policies [SUBJECTS]

8,000 subjects give about 200,000 rows. "One" and "five" are whole processes, reading included, in seconds of
processor; "in process" is the comparison alone over a history that is there already, in seconds.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from eligibility import policy as policies
from eligibility.compare import compare
from eligibility.records import doj, sample
from eligibility.records.history import build

COUNTY, AS_OF = "CONTRA COSTA", date(2024, 1, 1)


def five(folder: Path) -> list[str]:
    """Five policies that differ: two presets, and three files made from them."""
    office, county = policies.load("office_choice").text, policies.load("contra_costa_2019").text
    made = {
        "generous": office.replace("on = false", "on = true").replace("office_choice", "generous"),
        "ten_years": county.replace("years = 5", "years = 10").replace("contra_costa_2019", "ten_years"),
        "dismissing": office.replace('"redesignate"', '"dismiss"').replace("office_choice", "dismissing"),
    }
    for name, text in made.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return ["office_choice", "contra_costa_2019", *(str(folder / f"{name}.toml") for name in made)]


def processor(*arguments: str) -> float:
    """Seconds of processor, of the user and the system, that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "eligibility", *arguments, "--quiet"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(subjects: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, named = folder / "invented.csv", five(folder)
        sample.write(path, subjects=subjects, seed=1, county=COUNTY)
        asked = [str(path), "--county", COUNTY, "--as-of", AS_OF.isoformat(), "--out", str(folder / "out")]
        one = min(processor("evaluate", *asked, "--policy", named[0]) for _ in range(3))
        two, all_five = (
            min(processor("compare", *asked, "--policies", ",".join(some)) for _ in range(3))
            for some in (named[:2], named)
        )
        print(f"evaluate, one policy: {one:.2f} s; compare, two: {two:.2f} s; five: {all_five:.2f} s")
        print(f"five to one: {all_five / one:.2f}")
        history = build(doj.read_rows(path, name=path.name).table)
        loaded = [policies.load(each) for each in named]
        started = time.perf_counter()
        compare(history, loaded, county=COUNTY, as_of=AS_OF)
        print(f"in process, five policies: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
