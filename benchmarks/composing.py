"""The totals that follow each choice while a batch is composed, on a county of 100,000 convictions.

python -m benchmarks.composing [CONVICTIONS]

Whole requests, from the choice to the part of the page. The county is that of the review queue's measurement.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import queue
from benchmarks.main_path import set_up
from benchmarks.what_if import _run as run_of_pilot


def measure(folder: Path, convictions: int) -> None:
    postgres, redis, database = set_up(folder)
    try:
        run, ana = run_of_pilot(folder, 2400)
        queue.multiply(database.owner, convictions // run.convictions_in_scope)
        _ask(ana)
    finally:
        redis.stop()
        postgres.stop()


def _ask(ana: Any) -> None:
    from clearmyrecord.batches import totals
    from clearmyrecord.records.models import Conviction

    print(f"{Conviction.objects.count():,} convictions on record")
    client = queue.browser(ana)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    for _ in range(3):
        totals._on_record.cache_clear()
        started = time.perf_counter()
        client.get("/batches/compose/")
        print(f"everything, the record read anew: {1000 * (time.perf_counter() - started):.0f} ms")
    for words, address in {
        "everything": "",
        "a section": "section=11359",
        "a year": "year=2010",
        "an outcome and a route": "outcome=dismiss&route=completed",
        "a question": "question=possible_prior",
        "a remark": "remark=under_21_at_offense",
        "reviewed, none yet": "state=accepted",
    }.items():
        queue.times(f"totals: {words}", lambda address=address: client.get(f"/batches/compose/?{address}"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cmr-bench-") as name:
        measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
