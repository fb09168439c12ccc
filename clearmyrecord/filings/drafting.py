"""A chunk of filings drafted by one worker: papers from the frozen snapshots, all written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import petitions
from django.utils import timezone
from petitions.papers.data import Approval

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches.casefile import case_file
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings.models import Filing, Package, Paper, PaperChunk
from clearmyrecord.records.storage import written_whole


@dataclass(frozen=True)
class Drafted:
    """What became of one filing: its papers, or why there are none."""

    filing: Filing
    papers: Sequence[Paper]
    refusals: Sequence[str] = ()


def draft(lease: work.Lease) -> None:
    """Draft every filing of the leased chunk and write rows and states at once. The last chunk calls for the package."""
    chunk: PaperChunk = lease.row()
    batch = Batch.objects.get(pk=chunk.batch_id)
    drafted = []
    if batch.state == Batch.State.APPROVED:
        filings = list(chunk.filings.filter(state=Filing.State.DRAFTING))
        for done, filing in enumerate(filings):
            lease.progress(done, len(filings))
            drafted.append(draft_filing(batch, filing))
        lease.progress(len(filings), len(filings))
    with lease.writing():
        # Locked: withdrawing waits for this, or this finds the batch withdrawn.
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == Batch.State.APPROVED:
            _write(chunk, batch, drafted)


def draft_filing(batch: Batch, filing: Filing) -> Drafted:
    """The papers of one filing, their bytes stored; or the reasons why it can't be drafted."""
    items = list(
        batch.items.filter(
            snapshot__person=filing.subject_id,
            court=filing.court_id,
            case_number=filing.case_number,
            route=filing.route,
        ).values_list("snapshot", flat=True)
    )
    approval = Approval(
        batch_name=batch.name,
        approved_on=timezone.localdate(batch.approved_at),
        list_hash=batch.list_hash,
        reviewed_singly=all(item["looked_at_singly"] for item in items),
    )
    try:
        papers = petitions.draft(case_file(heading=batch.heading, items=items, approval=approval))
    except petitions.PaperRefused as refused:
        return Drafted(filing, (), refused.reasons)
    rows = []
    for paper in papers:
        key = f"papers/{batch.pk}/{filing.pk}/{paper.kind}.pdf"  # the same filing has the same bytes: safe to write twice
        with written_whole(key) as stream:
            stream.write(paper.pdf)
        rows.append(
            Paper(
                filing=filing,
                kind=paper.kind,
                title=paper.title[:300],
                file_name=paper.file_name,
                pages=paper.pages,
                sha256=paper.sha256,
                size=len(paper.pdf),
                storage_key=key,
            )
        )
    return Drafted(filing, rows)


def _write(chunk: PaperChunk, batch: Batch, drafted: Sequence[Drafted]) -> None:
    Paper.objects.bulk_create([paper for each in drafted for paper in each.papers])
    for each in drafted:
        each.filing.state = Filing.State.REFUSED if each.refusals else Filing.State.DRAFTED
        each.filing.refusals = list(each.refusals)
    Filing.objects.bulk_update([each.filing for each in drafted], ["state", "refusals"])
    package = Package.objects.select_for_update().get(batch=batch)  # two last chunks at once: the second sees the first
    others = batch.paper_chunks.exclude(pk=chunk.pk)
    if not others.exclude(work_state=work.Work.WorkState.DONE).exists():
        work.start_again(package)
    refused = sum(bool(each.refusals) for each in drafted)
    detail = {"chunk": chunk.pk, "filings": len(drafted), "refused": refused}
    audit.record(actor=None, verb="papers.drafted", target=batch, detail=detail)
