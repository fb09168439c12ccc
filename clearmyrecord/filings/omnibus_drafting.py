"""An omnibus motion drafted by many workers: its papers by one, each volume of its exhibit by one, then its ZIPs."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

import petitions
from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import court_records
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.omnibus import omnibus_of
from clearmyrecord.filings import confirmations, omnibus
from clearmyrecord.filings.models import OmnibusMotion, OmnibusPackage, OmnibusPaper, OmnibusVolume
from clearmyrecord.records.storage import written_whole
from petitions import package as court_package
from petitions.papers.data import Approval, Paper
from petitions.papers.exhibit import Volume

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every ZIP entry: same papers, same bytes."""
BLOCK = 1 << 20


class PaperDamaged(Exception):
    """A stored paper's bytes are not those that were drafted."""


def draft(lease: work.Lease) -> None:
    """Draft motion, declaration and order, and plan the exhibit: one row for each volume still to be drawn."""
    motion: OmnibusMotion = lease.row()
    batch = Batch.objects.get(pk=motion.batch_id)
    papers, volumes, refusals = [], [], []
    if batch.state == Batch.State.APPROVED:
        try:
            drafted = petitions.draft_omnibus(_omnibus(batch))
        except petitions.PaperRefused as refused:
            refusals = refused.reasons
        else:
            papers = [_stored(motion, paper) for paper in drafted.papers]
            volumes = [_planned(motion, volume) for volume in drafted.volumes]
    with lease.writing():
        # Locked: withdrawing waits for this, or this finds the batch withdrawn.
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.APPROVED:
            return
        OmnibusPaper.objects.bulk_create(papers)
        OmnibusVolume.objects.bulk_create(volumes)
        state = OmnibusMotion.State.REFUSED if refusals else OmnibusMotion.State.DRAFTED
        OmnibusMotion.objects.filter(pk=motion.pk).update(state=state, refusals=refusals)
        work.ring_all(OmnibusVolume, [volume.pk for volume in volumes])
        detail = {"papers": len(papers), "volumes": len(volumes), "refused": len(refusals)}
        audit.record(actor=None, verb="omnibus.drafted", target=batch, detail=detail)


def _omnibus(batch: Batch) -> Any:
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
            papers = [_stored(motion, paper, row) for paper in petitions.draw_volume(volume_of(row.plan))]
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
        now.state, now.refusals = OmnibusMotion.State.REFUSED, [*now.refusals, *refusals]
        now.save(update_fields=["state", "refusals"])
    else:
        OmnibusVolume.objects.filter(pk=row.pk).update(plan=None)
    # Two last volumes at once: the batch's lock lets the second see the first.
    others = OmnibusVolume.objects.filter(motion=motion).exclude(pk=row.pk)
    motion.refresh_from_db()
    if motion.state == OmnibusMotion.State.DRAFTED and not others.exclude(work_state=work.Work.WorkState.DONE).exists():
        work.start_again(motion.package)
    detail = {"volume": row.number, "confidential": row.is_confidential, "refused": len(refusals)}
    audit.record(actor=None, verb="omnibus.volume_drawn", target=batch, detail=detail)


def _stored(motion: OmnibusMotion, paper: Paper, volume: OmnibusVolume | None = None) -> OmnibusPaper:
    apart = "confidential/" if paper.kind == "confidential" else ""
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


def pack(lease: work.Lease) -> None:
    """Write both ZIPs, then their row. A batch withdrawn meanwhile keeps none."""
    package: OmnibusPackage = lease.row()
    motion = OmnibusMotion.objects.select_related("batch", "court").get(pk=package.motion_id)
    papers = list(omnibus.papers_of(motion))
    made: dict[str, Any] = {}
    if motion.batch.state == Batch.State.APPROVED:
        for which, own in (
            ("public", [paper for paper in papers if paper.kind != "confidential"]),
            ("confidential", [paper for paper in papers if paper.kind == "confidential"]),
        ):
            if own:
                made |= _zipped(which, motion, own)
    with lease.writing():
        batch = Batch.objects.select_for_update().get(pk=motion.batch_id)
        if batch.state != Batch.State.APPROVED:
            for name, key in made.items():
                if name.endswith("_key"):
                    default_storage.delete(key)
            return
        OmnibusPackage.objects.filter(pk=package.pk).update(**made)
        detail = {name: value for name, value in made.items() if not name.endswith("_key")}
        audit.record(actor=None, verb="package.made", target=batch, detail=detail)


def _zipped(which: str, motion: OmnibusMotion, papers: Sequence[OmnibusPaper]) -> dict[str, Any]:
    """One ZIP with its index on top; where it lies, its hash and its size, as columns of the package."""
    key = f"packages/{motion.batch_id}/omnibus-{which}.zip"
    with written_whole(key) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry("index.pdf"), _index(motion, papers))
        for paper in papers:
            archive.writestr(_entry(paper.file_name), _bytes_of(paper))
    digest, size = hashlib.sha256(), 0
    with default_storage.open(key) as stored:
        while block := stored.read(BLOCK):
            digest.update(block)
            size += len(block)
    return {f"{which}_key": key, f"{which}_sha256": digest.hexdigest(), f"{which}_size": size}


def _index(motion: OmnibusMotion, papers: Iterable[OmnibusPaper]) -> bytes:
    """What lies in the ZIP, and what it still lacks."""
    waiting = sum(not record.is_confirmed for record in court_records.in_frozen(motion.batch))
    asked = f"; {waiting:,} cases: {confirmations.OPEN}" if waiting else ""
    listed = [
        Paper(
            kind="exhibit", title=paper.title, pdf=b"", pages=paper.pages, words=0, sha256=paper.sha256,
            file_name=paper.file_name, timings={},
        )
        for paper in papers
    ]  # fmt: skip
    return court_package.cover_pdf(
        listed,
        case_number="(to be assigned by the Court)",
        court=f"{motion.court.name}, {motion.court.branch}",
        state=f"{court_package.NOT_SIGNED}; {court_package.NO_PROOF}{asked}",
    )


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _bytes_of(paper: OmnibusPaper) -> bytes:
    with default_storage.open(paper.storage_key) as stored:
        pdf = bytes(stored.read())
    if hashlib.sha256(pdf).hexdigest() != paper.sha256:
        raise PaperDamaged(f"omnibus paper {paper.pk}")
    return pdf
