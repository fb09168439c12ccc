"""A chunk of filings drafted by one worker: papers from the frozen snapshots, all written in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

import petitions
from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches.casefile import case_file, recommendation_of
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.snapshots import Snapshot
from clearmyrecord.filings.models import Filing, Package, Paper, PaperChunk
from clearmyrecord.records.storage import written_whole
from petitions.papers.data import Approval


@dataclass(frozen=True)
class Drafted:
    """What became of one filing: its papers, or why there are none."""

    filing: Filing
    papers: Sequence[Paper]
    refusals: Sequence[str] = ()


def draft(lease: work.Lease) -> None:
    """Draft every filing of the leased chunk, then write all rows at once. The last chunk calls for the package."""
    chunk: PaperChunk = lease.row()
    batch = Batch.objects.get(pk=chunk.batch_id)
    drafted = []
    if batch.state == Batch.State.APPROVED:
        filings = list(chunk.filings.filter(state=Filing.State.DRAFTING))
        items = _items_of(batch, filings)
        for done, filing in enumerate(filings):
            lease.progress(done, len(filings))
            drafted.append(draft_filing(batch, filing, items[_case(filing)]))
        lease.progress(len(filings), len(filings))
    with lease.writing():
        # Locked: withdrawing waits for this, or this finds the batch withdrawn.
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == Batch.State.APPROVED:
            _write(chunk, batch, drafted)


def _case(filing: Filing) -> tuple[int, int, str, str]:
    return (filing.subject_id, filing.court_id, filing.case_number, filing.route)


def _items_of(batch: Batch, filings: Sequence[Filing]) -> dict[tuple[int, int, str, str], list[Snapshot]]:
    """The frozen items of these filings, by case and route."""
    found: dict[tuple[int, int, str, str], list[Snapshot]] = defaultdict(list)
    numbers = {filing.case_number for filing in filings}
    for item in batch.items.filter(case_number__in=numbers):
        found[item.snapshot["person"], item.court_id or 0, item.case_number, item.route].append(item.snapshot)
    return found


def draft_filing(batch: Batch, filing: Filing, items: Sequence[Snapshot]) -> Drafted:
    """The papers of one filing, their bytes stored; or the reasons why it can't be drafted."""
    approval = Approval(
        batch_name=batch.name,
        approved_on=timezone.localdate(batch.approved_at),
        list_hash=batch.list_hash,
        reviewed_singly=all(item["looked_at_singly"] for item in items),
    )
    try:
        if "recommendation" in items[0]:
            papers = petitions.draft_recommendation(recommendation_of(heading=batch.heading, item=items[0]))
        else:
            papers = petitions.draft(case_file(heading=batch.heading, items=items, approval=approval))
    except petitions.PaperRefused as refused:
        return Drafted(filing, (), refused.reasons)
    rows = []
    for paper in papers:
        key = (
            f"papers/{batch.pk}/{filing.pk}/{paper.kind}.pdf"  # the same filing has the same bytes: safe to write twice
        )
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
