"""Two runs of a county of 100,000 convictions compared: finding the differences, and whole requests for their pages.

python -m benchmarks.changes [CONVICTIONS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.main_path import set_up
from benchmarks.queue import browser, multiply, times
from benchmarks.what_if import _run as run_of_pilot


def measure(folder: Path, convictions: int) -> None:
    postgres, redis, database = set_up(folder)
    try:
        first, ana = run_of_pilot(folder, 2400)
        second = _another_run(ana)
        multiply(database.owner, convictions // first.convictions_in_scope)
        _compare(first, second)
        _ask(ana, first, second)
    finally:
        redis.stop()
        postgres.stop()


def _another_run(ana: Any) -> Any:
    """Under another policy, so that nearly everything is decided by another rule."""
    from clearmyrecord.runs import services
    from clearmyrecord.runs.models import Policy, RunChunk

    policy = Policy.objects.get(name="office_choice")
    run = services.start_run(actor=ana, policy_id=policy.pk)
    for chunk in RunChunk.objects.filter(run=run):
        services.evaluate_chunk(chunk.pk)
    run.refresh_from_db()
    return run


def _compare(first: Any, second: Any) -> None:
    from clearmyrecord.runs import comparing
    from clearmyrecord.runs.models import RunDifference

    comparison = comparing.ask_for(first, second)
    started = time.perf_counter()
    comparing.compare(comparison.pk)
    took = time.perf_counter() - started
    print(f"compared: {took:.1f} s, {RunDifference.objects.count():,} differences")


def _ask(ana: Any, first: Any, second: Any) -> None:
    client = browser(ana)
    page = f"/reviews/changes/{first.pk}/{second.pk}/"
    for words, address in {
        "all changes": page,
        "one pair of outcomes": f"{page}?before=dismiss&now=redesignate",
        "why, by review state": f"{page}?why=policy&review=open",
        "everything, by subject": f"{page}?change=all&sort=subject",
        "page 900": f"{page}?change=all&page=900",
        "where people disagree": "/reviews/disagreements/",
        "second reviews": "/reviews/second/",
        "the run's page": f"/runs/{second.pk}/",
    }.items():
        times(words, lambda address=address: client.get(address))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
