"""The review queue on a county of 100,000 convictions: whole requests, from the address to the page.

python -m benchmarks.queue [CONVICTIONS]

The pilot's convictions are copied in the database until there are so many, each copy of other people and other years;
copies share their rows of the record file.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.main_path import set_up
from benchmarks.what_if import _run as run_of_pilot

TIMES = 15
MANY = 10_000
VALUES_OF_A_FIELD = 6
APART = 10_000_000
"""Between the ids of one copy and the next."""

COPIES = {
    "records_subject": {"id": "id + {k}", "name": "name || ' {n}'", "search_name": "search_name || ' {n}'",
                        "cii_number": "cii_number || 'x{n}'", "same_as_id": "same_as_id + {k}"},
    "records_conviction": {"id": "id + {k}", "subject_id": "subject_id + {k}",
                           "case_numbers": "array(SELECT unnest(case_numbers) || '-{n}')",
                           "convicted_on": "convicted_on - {n} * 97"},
    "runs_determination": {"id": "id + {k}", "conviction_id": "conviction_id + {k}"},
}  # fmt: skip
ORDERS = {
    "newest first": "sort=-date", "by name": "sort=subject", "by name, the last page": "sort=-subject&page=9999",
    "by outcome, page 900": "sort=outcome&page=900", "open, of a section": "state=open&section=11359&outcome=dismiss",
}  # fmt: skip


def measure(folder: Path, convictions: int) -> None:
    postgres, redis, database = set_up(folder)
    try:
        run, ana = run_of_pilot(folder, 2400)
        multiply(database.owner, convictions // run.convictions_in_scope)
        client = browser(ana)
        _queue(client)
        _one_by_one(client)
        _people(client)
        _bulk(client)
        print(f"most queries of a page: {max(Timed.queries.values())}")
    finally:
        redis.stop()
        postgres.stop()


def multiply(url: str, times: int) -> None:
    """The convictions in scope, so many times, as other people's; prints how many there are."""
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
        connection.execute("VACUUM ANALYZE")
        (found,) = connection.execute("SELECT count(*) FROM runs_determination").fetchone() or (0,)
    print(f"{found:,} convictions in scope")


def browser(user: Any) -> Any:
    """A client signed in as them."""
    from django.conf import settings
    from django.test import Client

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


class Timed:
    """How long some requests took, in ms, and how many queries the last one made."""

    queries: dict[str, int] = {}

    def __init__(self, words: str) -> None:
        self.words = words
        self.took: list[float] = []
        self.refused: set[int] = set()

    def ask(self, request: Callable[[], Any]) -> Any:
        from django.db import connection

        number = 0

        def count(execute: Any, sql: str, *others: Any) -> Any:
            nonlocal number
            number += "SAVEPOINT" not in sql
            return execute(sql, *others)

        started = time.perf_counter()
        with connection.execute_wrapper(count):
            answer = request()
        self.took.append(1000 * (time.perf_counter() - started))
        self.queries[self.words] = max(number, self.queries.get(self.words, 0))
        if answer.status_code >= 400:
            self.refused.add(answer.status_code)
        return answer

    def tell(self) -> None:
        took = sorted(self.took)
        late = took[min(len(took) - 1, int(0.95 * len(took)))]
        refused = f", refused with {self.refused}" if self.refused else ""
        print(
            f"{self.words}: {len(took)} times, median {statistics.median(took):.0f} ms, 95th percentile {late:.0f} ms,"
            f" longest {took[-1]:.0f} ms, {self.queries[self.words]} queries{refused}"
        )


def _queue(client: Any) -> None:
    first = Timed("queue, the first page of a process")
    first.ask(lambda: client.get("/reviews/"))
    first.tell()
    times("queue: everything", lambda: client.get("/reviews/"))
    every = Timed("queue: every value of every filter")
    for address in _addresses():
        every.ask(lambda address=address: client.get(f"/reviews/?{address}"))
    every.tell()
    for words, address in ORDERS.items():
        times(f"queue: {words}", lambda address=address: client.get(f"/reviews/?{address}"))
    searched = Timed("queue: searches")
    for text in _texts():
        address = client.post("/reviews/search/", {"text": text}).url
        for _ in range(3):
            searched.ask(lambda address=address: client.get(address))
    searched.tell()
    after = Timed("queue, after somebody's act")
    for pk, conviction_id in _open_ones(TIMES):
        client.post(f"/reviews/{conviction_id}/accept/", {"determination": pk})
        after.ask(lambda: client.get("/reviews/?state=open"))
    after.tell()


def _addresses() -> list[str]:
    """Of every field some values, each with something in it."""
    from clearmyrecord.reviews.filters import QueueFilter
    from clearmyrecord.reviews.tallying import tally
    from clearmyrecord.runs import queries as runs

    form = QueueFilter({}, tally=tally(runs.current_run()), counted=True)
    found = []
    for name, field in form.fields.items():
        codes = [code for code, _ in getattr(field, "choices", ()) if code]
        some = codes if len(codes) <= VALUES_OF_A_FIELD else [*codes[:3], *codes[-3:]]
        found += [f"{name}={code}" for code in some if name != "search"]
    return found


def _texts() -> list[str]:
    """A whole name, the beginning of a common one, a case number, a CII number, and what nobody has."""
    from clearmyrecord.reviews import queries

    row = queries.standing().exclude(conviction__case_numbers=[]).order_by("-pk")[0]
    subject = row.conviction.subject
    return [subject.name, subject.name[:2], row.conviction.case_numbers[0], subject.cii_number, "NOBODY HAS THIS"]


def _open_ones(number: int) -> list[tuple[int, int]]:
    from clearmyrecord.reviews import queries

    rows = queries.standing().filter(outcome="dismiss", review_state="open").order_by("conviction_id")
    return list(rows.values_list("pk", "conviction_id")[:number])


def _one_by_one(client: Any) -> None:
    ids = _open_ones(TIMES + 1)
    ahead, accepting = Timed("next conviction, fetched ahead"), Timed("accepting one, the next one known")
    for (pk, conviction_id), (_, next_id) in pairwise(ids):
        ahead.ask(lambda of=next_id: client.get(f"/reviews/{of}/?state=open", headers={"X-Prefetch": "yes"}))
        accepting.ask(
            lambda of=conviction_id, pk=pk: client.post(
                f"/reviews/{of}/accept/?state=open", {"determination": pk}, headers={"X-Next-Known": "0"}
            )
        )
    ahead.tell()
    accepting.tell()
    times("conviction's page", lambda: client.get(f"/reviews/{ids[-1][1]}/?state=open"))
    times("taking the next one", lambda: client.post("/reviews/take/?state=open"))
    times("what the rules looked at", lambda: client.get(f"/reviews/{ids[-1][1]}/facts/"))


def _people(client: Any) -> None:
    from clearmyrecord.reviews import queries

    page = Timed("subject's page")
    for subject in (
        queries.standing().order_by("-pk").values_list("conviction__subject", flat=True)[: 200 * TIMES : 200]
    ):
        page.ask(lambda subject=subject: client.get(f"/desk/subject/{subject}/"))
    page.tell()


def _bulk(client: Any) -> None:
    ids = ",".join(str(pk) for pk, _ in _open_ones(MANY))
    override = {"ids": ids, "outcome": "not_eligible", "basis": "policy", "reason": "For measuring."}
    steps: Sequence[tuple[str, str, dict[str, str]]] = (
        ("what will change, all that match", "selection/?state=open", {"action": "override", "everything": "on"}),
        ("what will change, of these", "selection/override/", override),
        ("override", "selection/override/", override | {"confirmed": "yes"}),
        ("assign", "selection/assign/", {"ids": ids, "to": ""}),
        ("download, CSV", "download/?state=overridden", {}),
        ("download, XLSX", "download/workbook/?state=overridden", {}),
        ("the queue after it", "?state=overridden", {}),
    )
    for words, address, values in steps:
        timed = Timed(f"{MANY:,} at once: {words}")
        if words.startswith(("download", "the queue")):
            timed.ask(lambda address=address: _whole(client.get(f"/reviews/{address}")))
        else:
            timed.ask(lambda address=address, values=values: client.post(f"/reviews/{address}", values))
        timed.tell()


def _whole(answer: Any) -> Any:
    if answer.streaming:
        list(answer.streaming_content)
    return answer


def times(words: str, request: Callable[[], Any]) -> None:
    """Ask so often, and print the median and the 95th percentile."""
    timed = Timed(words)
    for _ in range(TIMES):
        timed.ask(request)
    timed.tell()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cmr-bench-") as name:
        measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
