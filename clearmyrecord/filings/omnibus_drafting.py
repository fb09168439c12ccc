"""An omnibus motion drafted by many workers: its papers by one, each volume of its exhibit by one.

Once it is signed one worker draws its papers anew; a volume bears no signature and stays.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from django.utils import timezone

import petitions
from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.omnibus import omnibus_of
from clearmyrecord.filings import editable_orders
from clearmyrecord.filings.drafting import signature_of, supersede_unsigned
from clearmyrecord.filings.models import OmnibusMotion, OmnibusPaper, OmnibusVolume, Signature
from clearmyrecord.records.storage import written_whole
from petitions.drafting import OmnibusPapers
from petitions.papers.data import Approval, Paper
from petitions.papers.exhibit import Volume
from petitions.papers.omnibus import Omnibus

State = OmnibusMotion.State


def draft(lease: work.Lease) -> None:
    """Draft motion, declaration and order, and plan the exhibit; or draw them anew with the standing signature."""
    motion: OmnibusMotion = lease.row()
    batch = Batch.objects.get(pk=motion.batch_id)
    signature = motion.signatures.filter(fallen_at=None).first()
    drafted, refusals = OmnibusPapers([], []), []
    if batch.state == Batch.State.APPROVED:
        try:
            drafted = petitions.draft_omnibus(replace(_omnibus(batch), signature=signature_of(signature)))
        except petitions.PaperRefused as refused:
            refusals = refused.reasons
    papers = [_stored(motion, paper, signature=signature) for paper in drafted.papers]
    with lease.writing():
        # Locked: withdrawing waits for this, or this finds the batch withdrawn.
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.APPROVED:
            return
        if signature is None:
            _write_drafted(motion, batch, papers, drafted.volumes, refusals)
        else:
            _write_signed(motion, batch, papers, signature, refusals)


def _write_drafted(
    motion: OmnibusMotion, batch: Batch, papers: list[OmnibusPaper], planned: list[Volume], refusals: list[str]
) -> None:
    """The papers, and one row for each volume still to be drawn."""
    OmnibusPaper.objects.bulk_create(papers)
    volumes = OmnibusVolume.objects.bulk_create([_planned(motion, volume) for volume in planned])
    state = State.REFUSED if refusals else State.DRAFTED
    OmnibusMotion.objects.filter(pk=motion.pk).update(state=state, refusals=refusals)
    work.ring_all(OmnibusVolume, [volume.pk for volume in volumes])
    detail = {"papers": len(papers), "volumes": len(volumes), "refused": len(refusals)}
    audit.record(actor=None, verb="omnibus.drafted", target=batch, detail=detail)


def _write_signed(
    motion: OmnibusMotion, batch: Batch, papers: list[OmnibusPaper], signature: Signature, refusals: list[str]
) -> None:
    """The signed papers in place of the unsigned ones. Where they can't be drawn the signature falls."""
    if refusals:
        Signature.objects.filter(pk=signature.pk).update(
            fallen_at=timezone.now(), fallen_why=Signature.Fallen.NOT_DRAWN
        )
    detail = supersede_unsigned(motion.papers.all(), papers)
    OmnibusPaper.objects.bulk_create(papers)
    state = State.DRAFTED if refusals else State.SIGNED
    OmnibusMotion.objects.filter(pk=motion.pk).update(state=state, refusals=refusals)
    work.start_again(batch.package)
    audit.record(actor=None, verb="papers.signed_drawn", target=batch, detail=detail | {"refused": len(refusals)})


def editable_order(order: OmnibusPaper) -> str:
    """Where the file to edit of an omnibus motion's proposed order lies; made now if nobody wanted it before."""
    batch = order.motion.batch
    return editable_orders.kept(batch.pk, order.sha256, lambda: _omnibus(batch))


def _omnibus(batch: Batch) -> Omnibus:
    items = list(batch.items.order_by("conviction_id").values_list("snapshot", flat=True))
    approval = Approval(
        batch_name=batch.name,
        approved_on=timezone.localdate(batch.approved_at),
        list_hash=batch.list_hash,
        reviewed_singly=all(item["looked_at_singly"] for item in items),
    )
    return omnibus_of(heading=batch.heading, items=items, approval=approval)


def _planned(motion: OmnibusMotion, volume: Volume) -> OmnibusVolume:
    return OmnibusVolume(motion=motion, is_confidential=volume.confidential, number=volume.number, plan=asdict(volume))


def volume_of(plan: dict[str, Any]) -> Volume:
    """A volume as it was planned, read back from its row."""
    return Volume(**{each.name: _tuples(plan[each.name]) for each in fields(Volume)})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def draw(lease: work.Lease) -> None:
    """Draw the leased volume: its copies for motion and order, or the one for the court alone."""
    row: OmnibusVolume = lease.row()
    motion = OmnibusMotion.objects.select_related("batch").get(pk=row.motion_id)
    papers, refusals = [], []
    if row.plan is not None and motion.batch.state == Batch.State.APPROVED:
        try:
            papers = [_stored(motion, paper, volume=row) for paper in petitions.draw_volume(volume_of(row.plan))]
        except petitions.PaperRefused as refused:
            refusals = refused.reasons
    with lease.writing():
        batch = Batch.objects.select_for_update().get(pk=motion.batch_id)
        if batch.state == Batch.State.APPROVED:
            _write(row, motion, batch, papers, refusals)


def _write(
    row: OmnibusVolume, motion: OmnibusMotion, batch: Batch, papers: list[OmnibusPaper], refusals: list[str]
) -> None:
    OmnibusPaper.objects.bulk_create(papers)
    if refusals:
        now = OmnibusMotion.objects.select_for_update().get(pk=motion.pk)
        now.state, now.refusals = State.REFUSED, [*now.refusals, *refusals]
        now.save(update_fields=["state", "refusals"])
    else:
        OmnibusVolume.objects.filter(pk=row.pk).update(plan=None)
    # Two last volumes at once: the batch's lock lets the second see the first.
    others = OmnibusVolume.objects.filter(motion=motion).exclude(pk=row.pk)
    motion.refresh_from_db()
    if motion.state == State.DRAFTED and not others.exclude(work_state=work.Work.WorkState.DONE).exists():
        work.start_again(batch.package)
    detail = {"volume": row.number, "confidential": row.is_confidential, "refused": len(refusals)}
    audit.record(actor=None, verb="omnibus.volume_drawn", target=batch, detail=detail)


def _stored(
    motion: OmnibusMotion,
    paper: Paper,
    *,
    volume: OmnibusVolume | None = None,
    signature: Signature | None = None,
) -> OmnibusPaper:
    apart = "confidential/" if paper.kind == "confidential" else ""
    if signature is not None:
        apart = f"signed-{signature.pk}/"
    key = f"omnibus/{motion.batch_id}/{apart}{paper.file_name}"  # the same bytes each time: safe to write twice
    with written_whole(key) as stream:
        stream.write(paper.pdf)
    return OmnibusPaper(
        motion=motion,
        volume=volume,
        kind=paper.kind,
        title=paper.title[:300],
        file_name=paper.file_name,
        pages=paper.pages,
        sha256=paper.sha256,
        size=len(paper.pdf),
        storage_key=key,
    )
