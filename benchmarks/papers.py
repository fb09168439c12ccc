"""Drafts invented cases and reports what their papers cost, on one core.

python -m benchmarks.papers [CASES]
python -m benchmarks.papers omnibus [ROWS]     on two cores
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Final

from petitions import CaseFile, draft, draft_omnibus, draw_volume
from tests.petitions.cases import case_file, conviction, identified, omnibus, redesignation, resentencing, serving

RUNS: Final = 3  # the machine has other work: the run that was disturbed least counts


def invented(number: int) -> CaseFile:
    """A case of the mix a county has: mostly one conviction, some with two, few still serving."""
    day = date(1995, 1, 1) + timedelta(days=number * 3)
    ended = day + timedelta(days=1095)
    known = {"number": f"05-{100000 + number}-{number % 10}", "defendant_name": f"EXAMPLE{number},PAT Q"}
    match number % 10:
        case 0:
            return serving(resentencing(), **known)
        case 1 | 2:
            return case_file(
                conviction(convicted_on=day, sentence_end=ended),
                redesignation(convicted_on=day, sentence_end=ended),
                **known,
            )
        case 3 | 4 | 5:
            return case_file(redesignation(convicted_on=day, sentence_end=ended), **known)
        case 6:
            by_policy = conviction(convicted_on=day, sentence_end=ended, basis="policy", missing=())
            return case_file(by_policy, **known)
        case _:
            return case_file(conviction(convicted_on=day, sentence_end=ended), **known)


@dataclass
class Cost:
    """What drafting all cases once took."""

    pages: int = 0
    words: int = 0
    size: int = 0
    wall: float = 0.0
    processor: float = 0.0
    spent: Counter[str] = field(default_factory=Counter)


def drafted(cases: int) -> Cost:
    """All cases, one after the other."""
    cost = Cost()
    started, busy = time.perf_counter(), time.process_time()
    for number in range(cases):
        for paper in draft(invented(number)):
            cost.pages, cost.words = cost.pages + paper.pages, cost.words + paper.words
            cost.size += len(paper.pdf)
            cost.spent.update(paper.timings)
    cost.wall, cost.processor = time.perf_counter() - started, time.process_time() - busy
    return cost


def main(cases: int) -> None:
    draft(invented(0))  # fonts and templates are read once per process
    cost = min((drafted(cases) for _ in range(RUNS)), key=lambda cost: cost.processor)
    pages = cost.pages
    print(f"{cases} cases, {pages} pages, {pages / cases:.2f} pages a case, {cost.words / pages:.0f} words a page")
    for part in ("layout", "writing", "checking"):
        print(f"{part}: {1000 * cost.spent[part] / pages:.1f} ms of processor a page")
    print(f"all: {1000 * cost.processor / pages:.1f} ms of processor a page, the best of {RUNS} runs")
    print(f"{1000 * cost.wall / pages:.1f} ms a page by the clock")
    print(f"{cost.size / pages / 1000:.0f} kB a page")


def omnibus_list(rows: int) -> None:
    """Draw every volume of one list, exhibit to motion and to order and the confidential one, in two processes."""
    started = time.perf_counter()
    drafted = draft_omnibus(identified(omnibus(rows, redesignation(sentence_end=date(2018, 1, 1)))))
    planned = time.perf_counter() - started
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        sizes = [(paper.pages, len(paper.pdf)) for papers in pool.map(draw_volume, drafted.volumes) for paper in papers]
    wall = time.perf_counter() - started
    pages, size = sum(count for count, _ in sizes), sum(count for _, count in sizes)
    peak = [getrusage(who).ru_maxrss / 1e6 for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    print(
        f"omnibus of {rows} rows: {len(drafted.volumes)} volumes, {len(sizes)} PDFs, {pages} pages, {size / 1e6:.0f} MB"
    )
    print(f"law, three papers and plan: {planned:.1f} s; everything: {wall:.1f} s, {1000 * wall / rows:.2f} ms a row")
    print(f"processor, all processes: {sum(os.times()[:4]):.1f} s")
    print(f"peak memory: {peak[0]:.2f} GB here, {peak[1]:.2f} GB in the larger of two workers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["omnibus"]:
        omnibus_list(int(sys.argv[2]) if len(sys.argv) > 2 else 50_000)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
