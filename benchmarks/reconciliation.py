"""A court's extract of 100,000 rows against 100,000 convictions of the DOJ: time, and what is found by kind of slip.

python -m benchmarks.reconciliation [ROWS] [SEED …]

The weights were tuned on seed 1; the other seeds are only reported. Names come from a hundred surnames and a hundred
given names, so that namesakes are far more frequent than in a real county.
"""

from __future__ import annotations

import io
import resource
import sys
import time

from eligibility.records.court import read_extract
from eligibility.records.reconciling import reconcile
from tests.eligibility.records.extracts import MAPPING, sample
from tests.eligibility.records.finding import Finding, judge

ROWS = 100_000
TUNED_ON, REPORTED = 1, (11, 12, 13, 14, 15)


def measure(rows: int, seed: int) -> Finding:
    """Read and reconcile one invented extract; prints one line."""
    made = sample(seed, rows)
    wall, processor = time.perf_counter(), time.process_time()
    extract = read_extract(io.BytesIO(made.extract), name="court.csv", mapping=MAPPING)
    found = reconcile(extract.table, made.known, formats=MAPPING.formats)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    finding = judge(made, extract.table, found)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"seed {seed:3}: {wall:5.1f} s, {processor:5.1f} s of processor, {memory:,.0f} MB; "
        f"matched {finding.matched:,} ({finding.matched_wrongly} false); "
        f"asked {finding.asked:,} ({finding.asked_wrongly / max(finding.asked, 1):.2%} false), of these suggested "
        f"{finding.suggested:,} ({finding.suggested_wrongly / max(finding.suggested, 1):.2%} false); "
        f"namesakes above the confirm line {finding.namesakes_likely}"
    )
    return finding


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    seeds = [int(each) for each in sys.argv[2:]] or [TUNED_ON, *REPORTED]
    findings = [measure(rows, seed) for seed in seeds]
    print("found of the true pairs, least and most over the seeds:")
    for kind in findings[0].recall:
        shares = [each.recall[kind] for each in findings]
        print(f"  {kind:35} {min(shares):.2%} … {max(shares):.2%}")


if __name__ == "__main__":
    main()
