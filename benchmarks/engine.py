"""The engine on a large invented file, beside the bare reading of its columns: whole processes, run in turn.

python -m benchmarks.engine [SUBJECTS] [RUNS] [COMMAND]

40,000 subjects give about 1,000,000 rows; COMMAND names one of the commands, to run it and the bare reading alone. Wall
and processor seconds are medians; memory is the highest sum over a command's processes, each page counted once (PSS).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from eligibility.records import sample

COUNTY, AS_OF = "CONTRA COSTA", "2019-11-01"
BARE = """
import sys, pyarrow.csv as csv
with open(sys.argv[1]) as file:
    names = file.readline().strip().split(",")
read = csv.read_csv(
    sys.argv[1],
    parse_options=csv.ParseOptions(invalid_row_handler=lambda row: "skip"),
    convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, "string"), strings_can_be_null=False),
)
assert read.num_columns == 95
"""
OPTIONS = '{"baselineEligibility": {"dismiss": ["11357", "11358"], "reduce": ["11359", "11360"]}}'
FIVE = "contra_costa_2019,los_angeles_2019,sacramento_2019,statutory,office_choice"
SPOILT_LINES = 5
"""Lines at the end of an invented file that are spoilt on purpose; the older tool refuses a file that has any."""


@dataclass(frozen=True)
class Cost:
    """What one run of a command took: seconds, seconds, megabytes."""

    wall: float
    processor: float
    memory: float


def run(*command: str) -> Cost:
    """Run a command and watch its processes."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watched = psutil.Process(process.pid)
    memory, busy = 0.0, {}
    while process.poll() is None:
        total = 0
        try:
            for each in (watched, *watched.children(recursive=True)):
                total += each.memory_full_info().pss
                busy[each.pid] = sum(each.cpu_times()[:2])
        except psutil.Error:
            continue  # it ended while it was looked at
        memory = max(memory, total / 1e6)
        time.sleep(0.02)
    wall = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} failed: {process.stderr.read().decode()[-500:]}")
    return Cost(wall, sum(busy.values()), memory)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*(vars(each).values() for each in costs), strict=True)))


def measure(folder: Path, subjects: int, runs: int, only: str) -> None:
    path, clean, options = folder / "large.csv", folder / "clean.csv", folder / "options.json"
    size = sample.write(path, subjects=subjects, seed=7)
    options.write_text(OPTIONS)
    with path.open("rb") as spoilt, clean.open("wb") as written:
        kept: list[bytes] = []
        for line in spoilt:
            kept.append(line)
            if len(kept) > SPOILT_LINES:
                written.write(kept.pop(0))
    given = ["--county", COUNTY, "--as-of", AS_OF, "--quiet", "--out", str(folder / "out")]
    evaluate = ["-m", "eligibility", "evaluate"]
    commands = {
        "bare reading": ["-c", BARE, str(path)],
        "own mode": [*evaluate, str(path), *given, "--policy", "contra_costa_2019"],
        "own mode, statutory": [*evaluate, str(path), *given, "--policy", "statutory"],
        "compatible mode": [*evaluate, str(clean), *given, "--policy", str(options), "--compatible"],
        "five policies": ["-m", "eligibility", "compare", str(path), *given, "--policies", FIVE],
    }
    commands = {name: command for name, command in commands.items() if not only or name in (only, "bare reading")}
    print(f"{size['rows']:,} rows, {size['subjects']:,} subjects, {path.stat().st_size / 1e6:.0f} MB; {runs} runs")
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(run(*command))
    bare = median(costs["bare reading"])
    for name, all_costs in costs.items():
        cost = median(all_costs)
        print(
            f"{name:22}{cost.wall:7.2f} s{cost.processor:7.2f} s of processor{cost.memory:8.0f} MB"
            f"{cost.wall / bare.wall:7.2f} times the bare reading"
        )


if __name__ == "__main__":
    subjects, runs, only, *_ = [*sys.argv[1:], *("40000", "3", "")[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory(prefix="engine-") as name:
        measure(Path(name), int(subjects), int(runs), only)
