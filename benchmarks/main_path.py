"""The main path with real workers: from the end of an upload to reviewable determinations, and to all papers.

python -m benchmarks.main_path [SUBJECTS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from eligibility.records import sample
from onemachine import services

DATABASE = "benchmark"
POLICY = "contra_costa_2019"


def until(what: Callable[[], bool], *, every: float = 0.02) -> float:
    """Wait for it, asking `every` so many seconds; returns the seconds it took."""
    started = time.perf_counter()
    while not what():
        time.sleep(every)
    return time.perf_counter() - started


def set_up(folder: Path) -> tuple[services.Postgres, services.Redis, services.Database]:
    """PostgreSQL and Redis of its own, migrated; Django set up as the application's role."""
    postgres, redis = services.Postgres(folder / "pg"), services.Redis(folder)
    postgres.start()
    redis.start()
    database = services.make_database(postgres.superuser_url, DATABASE, fresh=True)
    os.environ |= {
        "SECRET_KEY": "only-for-measuring-" + "x" * 50,
        "DEMO": "1",
        "DATABASE_URL": database.app,
        "REDIS_URL": redis.url,
        "FILES_DIR": str(folder / "files"),
        "DJANGO_SETTINGS_MODULE": "clearmyrecord.settings",
    }
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    host = psycopg.conninfo.conninfo_to_dict(database.owner)["host"]
    connection.settings_dict |= {"USER": services.OWNER, "NAME": DATABASE, "OPTIONS": {"host": host}}
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    connection.settings_dict["USER"] = services.APP
    return postgres, redis, database


def measure(folder: Path, subjects: int) -> None:
    postgres, redis, database = set_up(folder)
    from tests.stack import LiveStack

    stack = LiveStack(database=database, redis_url=redis.url)
    stack.start(web=False)
    time.sleep(5)  # the workers have imported what they need, as in an office where they run all day
    try:
        batch = _reviewable(folder, subjects)
        _papers(batch)
    finally:
        stack.stop()
        redis.stop()
        postgres.stop()


def _reviewable(folder: Path, subjects: int) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from clearmyrecord.batches import queries as batch_queries
    from clearmyrecord.batches import sample_marking
    from clearmyrecord.batches import services as batches
    from clearmyrecord.demo.county import ensure_office
    from clearmyrecord.office.models import User
    from clearmyrecord.records import services as records
    from clearmyrecord.records.models import RecordFile
    from clearmyrecord.runs import services as runs
    from clearmyrecord.runs.models import Policy, Run

    ensure_office()
    runs.install_presets(actor=User.objects.get(username="sam"))
    ana, theo, sam = (User.objects.get(username=name) for name in ("ana", "theo", "sam"))
    path = folder / "pilot.csv"
    size = sample.write(path, subjects=subjects, seed=1)
    upload = SimpleUploadedFile("pilot.csv", path.read_bytes())
    file = records.upload(actor=ana, file=upload, received_on=timezone.localdate()).file
    read = until(lambda: RecordFile.objects.get(pk=file.pk).work_state == "done")
    run = runs.start_run(actor=ana, policy_id=Policy.objects.get(name=POLICY).pk)
    evaluated = until(lambda: Run.objects.get(pk=run.pk).state != Run.State.EVALUATING)
    run.refresh_from_db()
    print(f"{size['rows']} rows, {size['subjects']} subjects, {run.convictions_in_scope} determinations, {run.state}")
    print(f"upload's end to reviewable: {read + evaluated:.1f} s (read {read:.1f}, evaluated {evaluated:.1f})")
    batch = batches.compose(actor=ana, name="All that can be submitted", filter={"route": "completed"})
    ready = sum(each.is_ready for each in batch_queries.candidates(batch, attorney=theo))
    batch = batches.submit(actor=ana, batch_id=batch.pk, attorney_id=theo.pk, ready_count=ready)
    sample_size = batch.samples.get().size
    print(f"{ready} convictions submitted in one batch, {sample_size} of them in its sample")
    for position in range(1, sample_size + 1):
        sample_marking.mark(actor=sam, batch_id=batch.pk, version=batch.version, position=position, verdict="right")
    return batches.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash)


def _papers(batch: Any) -> None:
    from django.db.models import Sum

    from clearmyrecord.filings.models import Filing, Package, Paper
    from tests.stack import WORKERS

    made = until(lambda: not Filing.objects.filter(batch=batch, state=Filing.State.DRAFTING).exists(), every=0.25)
    packed = until(lambda: Package.objects.filter(batch=batch, work_state="done").exists(), every=0.25)
    papers = Paper.objects.filter(filing__batch=batch)
    cases = Filing.objects.filter(batch=batch, state=Filing.State.DRAFTED).count()
    pages = papers.aggregate(pages=Sum("pages"))["pages"]
    print(f"{cases} cases, {papers.count()} papers, {pages} pages, {pages / cases:.2f} pages a case")
    print(
        f"all papers: {made:.0f} s, {1000 * made * WORKERS / pages:.1f} ms a page and core; package {packed:.1f} s more"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cmr-bench-") as name:
        measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 2400)
