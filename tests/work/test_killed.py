"""Real workers killed with SIGKILL in the middle of their work, with Redis flushed at the same moment.

Everything completes without a person, within 90 seconds of a worker being there: nothing twice, nothing missing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.batches import queries as batch_queries
from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.filings import signing
from clearmyrecord.filings.models import Archive, Filing, Package, Paper, PaperChunk
from clearmyrecord.office.models import User
from clearmyrecord.records import services as records
from clearmyrecord.records.models import Conviction, Reading, RecordFile
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Determination, Policy, Run, RunChunk
from eligibility.records import sample
from tests.batches.conftest import approved_by
from tests.stack import LiveStack

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECONDS = 90
STATES = work.Work.WorkState


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    path = tmp_path / "invented.csv"
    sample.write(path, subjects=1500, seed=7)
    return path.read_bytes()


@pytest.fixture
def ana(workers: LiveStack) -> User:
    ensure_office()
    runs.install_presets(actor=User.objects.get(username="sam"))
    return User.objects.get(username="ana")


def until(what: Callable[[], bool], seconds: float = SECONDS) -> float:
    """Wait for it; returns the seconds it took."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < seconds, "did not complete in time"
        time.sleep(0.01)
    return time.monotonic() - started


def in_work(model: type[work.Work]) -> Callable[[], bool]:
    return lambda: model._default_manager.filter(work_state=STATES.WORKING).exists()


def kill_in_the_middle(workers: LiveStack, model: type[work.Work]) -> None:
    """Kill whoever works on it, and see a piece claimed again in time once there are workers."""
    until(in_work(model))
    workers.kill_workers()
    workers.flush_redis()
    assert model._default_manager.exclude(work_state=STATES.DONE).exists(), "too late: it was done already"
    claimed = model._default_manager.exclude(work_lease=None)
    before = list(claimed.values_list("work_lease", flat=True))
    workers.start_workers()
    until(lambda: claimed.exclude(work_lease__in=before).exists())


def upload(ana: User, content: bytes) -> RecordFile:
    file = SimpleUploadedFile("invented.csv", content)
    return records.upload(actor=ana, file=file, received_on=timezone.localdate()).file


def was_read(file: RecordFile) -> Callable[[], bool]:
    return lambda: RecordFile.objects.get(pk=file.pk).work_state == STATES.DONE


def finished(run: Run) -> Callable[[], bool]:
    return lambda: Run.objects.get(pk=run.pk).state == Run.State.FINISHED


def evaluated(ana: User, content: bytes) -> Run:
    until(was_read(upload(ana, content)))
    run = runs.start_run(actor=ana, policy_id=Policy.objects.get(name="contra_costa_2019").pk)
    until(finished(run))
    return run


def test_reading_goes_on_after_a_kill(workers: LiveStack, ana: User, content: bytes) -> None:
    file = upload(ana, content)
    kill_in_the_middle(workers, RecordFile)
    until(was_read(file))
    file.refresh_from_db()
    assert Reading.objects.count() == file.reconciliation["rows_counts"]
    assert Reading.objects.filter(convicted=True).count() == Conviction.objects.count()


def test_evaluating_goes_on_after_a_kill(workers: LiveStack, ana: User, content: bytes) -> None:
    until(was_read(upload(ana, content)))
    run = runs.start_run(actor=ana, policy_id=Policy.objects.get(name="contra_costa_2019").pk)
    kill_in_the_middle(workers, RunChunk)
    until(finished(run))
    run.refresh_from_db()
    standing = Determination.objects.filter(run=run, superseded_at=None)
    assert standing.count() == run.convictions_in_scope == standing.values("conviction").distinct().count() > 0


def approved(ana: User, theo: User, most: int | None = None) -> Batch:
    """An approved batch of dismissals, or of the first `most` of them."""
    batch = batches.compose(actor=ana, name="Dismissals", filter={"outcome": "dismiss", "route": "completed"})
    if most is not None:
        too_many = batch.items.order_by("pk").values_list("pk", flat=True)[most:]
        batches.leave_out(actor=ana, batch_id=batch.pk, item_ids=list(too_many))
    ready = sum(candidate.is_ready for candidate in batch_queries.candidates(batch, attorney=theo))
    batch = batches.submit(actor=ana, batch_id=batch.pk, attorney_id=theo.pk, ready_count=ready)
    return approved_by(User.objects.get(username="sam"), Batch.objects.get(pk=batch.pk))


def packed(batch: Batch) -> Callable[[], bool]:
    return lambda: Package.objects.filter(batch=batch, work_state=STATES.DONE).exists()


def test_signing_and_packing_go_on_after_a_kill(workers: LiveStack, ana: User, content: bytes) -> None:
    evaluated(ana, content)
    theo = User.objects.get(username="theo")
    batch = approved(ana, theo, most=60)
    until(packed(batch), seconds=600)
    seen = signing.papers_hash(signing.to_sign(batch))
    signed = signing.sign(actor=theo, batch_id=batch.pk, seen_hash=seen, place="Martinez")
    kill_in_the_middle(workers, PaperChunk)
    until(lambda: batch.filings.filter(state=Filing.State.SIGNED).count() == signed, seconds=600)
    until(packed(batch))
    standing = Paper.objects.filter(filing__batch=batch, superseded_at=None)
    assert standing.count() == 3 * signed
    assert Paper.objects.filter(filing__batch=batch).count() == (3 + 2) * signed
    made = set(Archive.objects.filter(package__batch=batch).values_list("name", "sha256"))

    with transaction.atomic():
        work.start_again(batch.package)
    kill_in_the_middle(workers, Package)
    until(packed(batch))
    archives = Archive.objects.filter(package__batch=batch)
    assert set(archives.values_list("name", "sha256")) == made
    for archive in archives:
        with default_storage.open(archive.storage_key) as stored:
            assert hashlib.sha256(stored.read()).hexdigest() == archive.sha256


def test_drafting_goes_on_after_a_kill(workers: LiveStack, ana: User, content: bytes) -> None:
    evaluated(ana, content)
    batch = approved(ana, User.objects.get(username="theo"))
    kill_in_the_middle(workers, PaperChunk)
    until(packed(batch), seconds=600)
    drafted = Filing.objects.filter(batch=batch, state=Filing.State.DRAFTED)
    assert drafted.exists()
    assert not Filing.objects.filter(batch=batch, state=Filing.State.DRAFTING).exists()
    assert Paper.objects.filter(filing__batch=batch).count() == 3 * drafted.count()
