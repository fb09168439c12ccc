"""The review queue on a county of 100,000 convictions: whole requests, from the address to the page.

python -m benchmarks.queue [CONVICTIONS]

The pilot's convictions are copied in the database until there are so many; copies share their rows of the record file.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.main_path import set_up
from benchmarks.what_if import _run as run_of_pilot

TIMES = 15
APART = 10_000_000
"""Between the ids of one copy and the next."""

COPIES = {
    "records_subject": {"id": "id + {k}", "name": "name || ' {n}'", "search_name": "search_name || ' {n}'",
                        "cii_number": "cii_number || 'x{n}'", "same_as_id": "same_as_id + {k}"},
    "records_conviction": {"id": "id + {k}", "subject_id": "subject_id + {k}"},
    "runs_determination": {"id": "id + {k}", "conviction_id": "conviction_id + {k}"},
}  # fmt: skip


def measure(folder: Path, convictions: int) -> None:
    postgres, redis, database = set_up(folder)
    try:
        run, ana = run_of_pilot(folder, 2400)
        _multiply(database.owner, convictions // run.convictions_in_scope)
        _ask(ana)
        _bulk(ana)
    finally:
        redis.stop()
        postgres.stop()


def _multiply(url: str, times: int) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(1, times):
            for table, changed in COPIES.items():
                columns = [
                    name
                    for (name,) in connection.execute(
                        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
                    )
                ]
                values = [changed.get(name, f'"{name}"').format(k=number * APART, n=number) for name in columns]
                listed = ", ".join(f'"{name}"' for name in columns)
                connection.execute(  # names of our own tables, nothing from outside
                    f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM {table} WHERE id < {APART}"
                )
        connection.execute("ANALYZE")
        (found,) = connection.execute("SELECT count(*) FROM runs_determination").fetchone() or (0,)
    print(f"{found:,} convictions in scope")


def _ask(ana: Any) -> None:
    from django.conf import settings
    from django.test import Client

    from clearmyrecord.reviews import queries

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    client = Client(headers={"host": "localhost"})
    client.force_login(ana)
    for words, address in {
        "the whole queue": "",
        "one outcome": "outcome=redesignate",
        "open, of a section": "state=open&section=11359&outcome=dismiss",
        "record questions": "question=record",
        "possible ground to oppose": "question=possible_prior",
        "a remark": "remark=under_21_at_offense",
        "newest first": "sort=-date",
        "by name": "sort=subject",
        "by outcome, page 900": "sort=outcome&page=900",
        "one reviewed, none yet": "state=accepted",
    }.items():
        _print(f"queue: {words}", lambda address=address: client.get(f"/reviews/?{address}"))
    ids = list(
        queries.standing().filter(outcome="dismiss").order_by("pk").values_list("conviction_id", "pk")[: TIMES + 1]
    )
    of_next = iter(ids)
    _print("conviction's page, fetched ahead", lambda: client.get(f"/reviews/{next(of_next)[0]}/?state=open"))
    to_accept = iter(ids)
    took = []

    def accept() -> Any:
        conviction_id, pk = next(to_accept)
        headers = {"X-Next-Known": "0"}
        return client.post(f"/reviews/{conviction_id}/accept/?state=open", {"determination": pk}, headers=headers)

    _print("accepting one", accept)
    for _ in range(3):
        accept_again = time.perf_counter()
        client.post("/reviews/filters/?state=open", {"name": "x"})
        client.get("/reviews/?state=open")
        took.append(1000 * (time.perf_counter() - accept_again))
    print(f"queue after an act, counted anew: median {statistics.median(took):.0f} ms")
    _print("what the rules looked at", lambda: client.get(f"/reviews/{ids[0][0]}/facts/"))


def _bulk(ana: Any) -> None:
    from clearmyrecord.reviews import queries, services

    rows = queries.standing().filter(outcome="dismiss", override_id=None).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:10_000])
    for words, act in {
        "override": lambda: services.override(
            actor=ana, determination_ids=ids, outcome="not_eligible", reason="For measuring."
        ),
        "assign": lambda: services.assign(actor=ana, determination_ids=ids, to=ana),
    }.items():
        started = time.perf_counter()
        act()
        print(f"{words} of {len(ids):,}: {time.perf_counter() - started:.2f} s")


def _print(words: str, ask: Callable[[], Any]) -> None:
    ask()
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = ask()
        took.append(1000 * (time.perf_counter() - started))
    status = "" if answer.status_code < 400 else f", refused with {answer.status_code}"
    print(f"{words}: median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms{status}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cmr-bench-") as name:
        measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
