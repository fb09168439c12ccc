"""What changes filings: a batch approved or withdrawn, failed work started again.

Jobs write through `drafting` and `packaging`, under their leases.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict
from clearmyrecord.filings.models import (
    Filing,
    Letter,
    OmnibusMotion,
    OmnibusVolume,
    Package,
    Paper,
    PaperChunk,
    Signature,
)
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User

FILINGS_IN_A_CHUNK = 50
"""At most: seconds of one worker, few enough to be lost to a kill, enough to be worth warming up for."""


def want_papers(batch: Batch) -> None:
    """One filing for each case and route of an approved batch, in chunks. In the approval's transaction."""
    cases = (
        batch.items.values_list("court_id", "case_number", "snapshot__person", "route")
        .distinct()
        .order_by("court_id", "case_number", "snapshot__person", "route")
    )
    filings = [
        Filing(batch=batch, subject_id=person, court_id=court, case_number=number, route=route)
        for court, number, person, route in cases
    ]
    in_chunks(batch, filings)
    Filing.objects.bulk_create(filings, batch_size=1000)
    Package.objects.create(batch=batch, work_state=work.Work.WorkState.NONE)  # due once the last chunk is drafted


def in_chunks(batch: Batch, filings: Sequence[Filing]) -> None:
    """Share filings out into new chunks and ring for them on commit. The caller writes the filings."""
    size = min(FILINGS_IN_A_CHUNK, max(10, -(-len(filings) // 8)))  # a small batch, too, is shared by several workers
    parts = [filings[start : start + size] for start in range(0, len(filings), size)]
    chunks = PaperChunk.objects.bulk_create([PaperChunk(batch=batch, progress_total=len(part)) for part in parts])
    for chunk, part in zip(chunks, parts, strict=True):
        for filing in part:
            filing.chunk = chunk
    work.ring_all(PaperChunk, [chunk.pk for chunk in chunks])


def supersede_papers(batch: Batch) -> None:
    """Mark a withdrawn batch's papers, filings and package; signatures fall, ZIPs go. In the withdrawal's transaction.

    What a court took already stays as it is: a clerk can't be told from here. Chunks still in work find the batch
    withdrawn when they come to write, and write nothing.
    """
    now = timezone.now()
    unfiled = batch.filings.exclude(state=Filing.State.FILED).order_by()
    Paper.objects.filter(filing__in=unfiled, superseded_at=None).update(superseded_at=now)
    Signature.objects.filter(filing__in=unfiled, fallen_at=None).update(
        fallen_at=now, fallen_why=Signature.Fallen.WITHDRAWN
    )
    Letter.objects.filter(filing__in=unfiled, superseded_at=None).update(superseded_at=now)
    unfiled.update(state=Filing.State.WITHDRAWN)
    Package.objects.filter(batch=batch).update(superseded_at=now)
    transaction.on_commit(partial(_remove_packages, batch.pk))


def _remove_packages(batch_id: int) -> None:
    """Every ZIP of a withdrawn batch, also one whose maker was killed before it had a row."""
    folder = f"packages/{batch_id}"
    with suppress(FileNotFoundError):  # a folder that was never made
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")


def filed_items(batch: Batch) -> Q:
    """Items of a batch that a court took, with their case or on an omnibus motion: withdrawing it leaves these."""
    if OmnibusMotion.objects.filter(batch=batch, state=OmnibusMotion.State.FILED).exists():
        return Q(batch=batch)
    filed = batch.filings.filter(state=Filing.State.FILED)
    cases = set(filed.order_by().values_list("court_id", "case_number", "route", "subject_id"))
    items = batch.items.values_list("pk", "court_id", "case_number", "route", "snapshot__person") if cases else ()
    return Q(pk__in=[pk for pk, *case in items if tuple(case) in cases])


def pack_again(batch: Batch) -> None:
    """Make a finished package anew: what its index says was answered. In the answer's transaction."""
    for package in Package.objects.filter(batch=batch, superseded_at=None, work_state=work.Work.WorkState.DONE):
        work.start_again(package)


@transaction.atomic
def try_again(*, actor: User, batch_id: int) -> int:
    """Start a batch's failed work again; how many pieces. Analysts and supervisors. Raises Conflict if none failed."""
    require(actor, Role.ANALYST, Role.SUPERVISOR)
    batch = batches.batch_or_404(actor, batch_id)
    failed = Q(batch=batch, work_state=work.Work.WorkState.FAILED)
    of_batch: list[type[work.Work]] = [PaperChunk, OmnibusMotion, Package]
    rows: list[work.Work] = [row for model in of_batch for row in model._default_manager.filter(failed)]
    rows += OmnibusVolume.objects.filter(motion__batch=batch, work_state=work.Work.WorkState.FAILED)
    if batch.state != Batch.State.APPROVED or not rows:
        raise Conflict("Nothing failed here any more. Reload to see how far the papers are.")
    for row in rows:
        work.start_again(row)
    audit.record(actor=actor, verb="papers.started_again", target=batch, detail={"pieces": len(rows)})
    return len(rows)
