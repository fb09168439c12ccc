"""Drafts invented cases and reports what their papers cost, on one core.

python -m benchmarks.papers [CASES]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import date, timedelta

from petitions import CaseFile, draft
from tests.petitions.cases import case_file, conviction, redesignation, resentencing, serving


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


def main(cases: int) -> None:
    draft(invented(0))  # fonts and templates are read once per process
    spent: Counter[str] = Counter()
    pages = words = size = 0
    started, cpu = time.perf_counter(), time.process_time()
    for number in range(cases):
        for paper in draft(invented(number)):
            pages, words, size = pages + paper.pages, words + paper.words, size + len(paper.pdf)
            spent.update(paper.timings)
    wall, busy = time.perf_counter() - started, time.process_time() - cpu
    print(f"{cases} cases, {pages} pages, {pages / cases:.2f} pages a case, {words / pages:.0f} words a page")
    for part in ("layout", "writing", "checking"):
        print(f"{part}: {1000 * spent[part] / pages:.1f} ms a page")
    print(f"all: {1000 * wall / pages:.1f} ms a page, {1000 * busy / pages:.1f} ms of processor")
    print(f"{size / pages / 1000:.0f} kB a page")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
