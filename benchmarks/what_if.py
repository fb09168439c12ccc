"""What-if on the pilot's size: from the moved option to the page that shows who gains and who loses.

python -m benchmarks.what_if [SUBJECTS]
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
from eligibility.records import sample

TIMES = 10


def measure(folder: Path, subjects: int) -> None:
    """A run of the office, its history gathered as a worker does, then each question asked several times."""
    postgres, redis, _ = set_up(folder)
    try:
        run, ana = _run(folder, subjects)
        _gather(run)
        _ask(run, ana)
    finally:
        redis.stop()
        postgres.stop()


def _run(folder: Path, subjects: int) -> tuple[Any, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from clearmyrecord.demo.county import ensure_office
    from clearmyrecord.office.models import User
    from clearmyrecord.records import services as records
    from clearmyrecord.runs import services as runs
    from clearmyrecord.runs.models import Policy, Run, RunChunk

    ensure_office()
    ana, sam = (User.objects.get(username=name) for name in ("ana", "sam"))
    runs.install_presets(actor=sam)
    path = folder / "pilot.csv"
    size = sample.write(path, subjects=subjects, seed=1)
    upload = SimpleUploadedFile("pilot.csv", path.read_bytes())
    file = records.upload(actor=ana, file=upload, received_on=timezone.localdate()).file
    records.read_file(file.pk)
    run = runs.start_run(actor=ana, policy_id=Policy.objects.get(name="contra_costa_2019").pk)
    for chunk in RunChunk.objects.filter(run=run):
        runs.evaluate_chunk(chunk.pk)
    run = Run.objects.select_related("policy").get(pk=run.pk)
    print(f"{size['subjects']:,} subjects, {size['rows']:,} rows, {run.convictions_in_scope:,} convictions in scope")
    return run, ana


def _gather(run: Any) -> None:
    from django.core.files.storage import default_storage

    from clearmyrecord.runs import prepared
    from clearmyrecord.runs.models import PreparedHistory

    started = time.perf_counter()
    row = PreparedHistory.objects.get(run=run)
    prepared.gather(row.pk)
    took = time.perf_counter() - started
    row.refresh_from_db()
    kept = default_storage.size(row.key) / 1e6
    started = time.perf_counter()
    prepared.ready(run)
    print(f"gathered once, in the background: {took:.1f} s, {kept:.1f} MB kept")
    print(f"first opening in a process: {1000 * (time.perf_counter() - started):.0f} ms to fetch it")


def _ask(run: Any, ana: Any) -> None:
    """Whole requests, from the address to the page: sign-in, database, engine, template."""
    from django.conf import settings
    from django.test import Client

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    client = Client(headers={"host": "localhost"})
    client.force_login(ana)
    lines = "&".join(f"on-{place}=on" for place in range(2, 11))
    other = f"policy={run.policy_id + 1}"
    questions = {
        "the run's own policy": "",
        "one option moved": f"moved=1&{lines}&years-7=3",
        "one option moved, another policy beside it": f"moved=1&{lines}&years-7=3&{other}",
        "one option moved, four policies beside it": f"moved=1&{lines}&years-7=3&{other}&{_trials(ana)}",
    }
    for words, address in questions.items():
        _print(words, lambda address=address: client.get(f"/runs/what-if/?{address}", headers={"HX-Request": "true"}))
    gains = f"/runs/what-if/people/?{other}&side=1&group=gains"
    _print("the people who gain", lambda: client.get(gains))


def _trials(ana: Any) -> str:
    """Three more policies, each with another age, as an address names them."""
    from clearmyrecord.runs import policy_services
    from eligibility import policy

    text = policy.load("office_choice").text.replace("on = false", "on = true")
    drafts = [
        policy_services.draft_policy(
            actor=ana, text=text.replace("years = 50", f"years = {age}"), own_title=f"Trial with {age} years"
        )
        for age in (40, 45, 60)
    ]
    return "&".join(f"policy={draft.pk}" for draft in drafts)


def _print(words: str, ask: Callable[[], Any]) -> None:
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = ask()
        took.append(1000 * (time.perf_counter() - started))
    status = "" if answer.status_code == 200 else f", refused with {answer.status_code}"
    print(f"{words}: median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms{status}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cmr-bench-") as name:
        measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 2400)
