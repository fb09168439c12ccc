"""A chunk of filings drafted by one worker: papers from the frozen snapshots, all written in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

import petitions
from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches.casefile import case_file, recommendation_of
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.snapshots import Snapshot
from clearmyrecord.filings import editable_orders
from clearmyrecord.filings.models import Filing, Package, Paper, PaperChunk, Signature
from clearmyrecord.records.storage import written_whole
from petitions.drafting import Purpose
from petitions.papers import data
from petitions.papers.recommendation import Recommendation


@dataclass(frozen=True)
class Drafted:
    """What became of one filing: its papers, or why there are none."""

    filing: Filing
    papers: list[Paper]
    refusals: Sequence[str] = ()


def draft(lease: work.Lease) -> None:
    """Draft every filing of the leased chunk, then write all rows at once. The last chunk calls for the package."""
    chunk: PaperChunk = lease.row()
    batch = Batch.objects.get(pk=chunk.batch_id)
    drafted = []
    if batch.state == Batch.State.APPROVED:
        filings = list(chunk.filings.filter(state__in=(Filing.State.DRAFTING, Filing.State.SIGNING)))
        items = _items_of(batch, filings)
        signatures = {each.filing_id: each for each in Signature.objects.filter(filing__in=filings, fallen_at=None)}
        for done, filing in enumerate(filings):
            lease.progress(done, len(filings))
            drafted.append(draft_filing(batch, filing, items[_case(filing)], signatures.get(filing.pk)))
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


def papers_of(
    batch: Batch,
    items: Sequence[Snapshot],
    signature: Signature | None,
    *,
    purpose: Purpose = "filing",
    only: data.Kind | None = None,
) -> list[data.Paper]:
    """What petitions makes of a filing's frozen items. Raises PaperRefused."""
    asked, signed = asked_of(batch, items), signature_of(signature)
    if isinstance(asked, Recommendation):
        return petitions.draft_recommendation(replace(asked, signature=signed), purpose=purpose, only=only)
    return petitions.draft(replace(asked, signature=signed), purpose=purpose, only=only)


def signature_of(signature: Signature | None) -> data.Signature | None:
    """A standing signature as papers bear it."""
    return data.Signature(signature.name, signature.signed_on, signature.place) if signature else None


def asked_of(batch: Batch, items: Sequence[Snapshot]) -> data.CaseFile | Recommendation:
    """What a filing's frozen items ask for, unsigned."""
    if "recommendation" in items[0]:
        return recommendation_of(heading=batch.heading, item=items[0])
    return case_file_of(batch, items)


def items_of(filing: Filing) -> list[Snapshot]:
    """The frozen convictions of a filing."""
    same = filing.batch.items.filter(court=filing.court_id, case_number=filing.case_number, route=filing.route)
    return [item for item in same.values_list("snapshot", flat=True) if item["person"] == filing.subject_id]


def editable_order(order: Paper) -> str:
    """Where the file to edit of a case's proposed order lies; made now if nobody wanted it before."""
    filing = order.filing
    return editable_orders.kept(filing.batch_id, order.sha256, lambda: asked_of(filing.batch, items_of(filing)))


def case_file_of(batch: Batch, items: Sequence[Snapshot]) -> data.CaseFile:
    """What the papers of a case and route are drafted from."""
    approval = data.Approval(
        batch_name=batch.name,
        approved_on=timezone.localdate(batch.approved_at),
        list_hash=batch.list_hash,
        reviewed_singly=all(item["looked_at_singly"] for item in items),
    )
    return case_file(heading=batch.heading, items=items, approval=approval)


def draft_filing(
    batch: Batch, filing: Filing, items: Sequence[Snapshot], signature: Signature | None = None
) -> Drafted:
    """The papers of one filing, their bytes stored; or the reasons why it can't be drafted. Signed ones stand apart."""
    try:
        papers = papers_of(batch, items, signature)
    except petitions.PaperRefused as refused:
        return Drafted(filing, [], refused.reasons)
    rows = []
    for paper in papers:
        folder = f"papers/{batch.pk}/{filing.pk}" + (f"/signed-{signature.pk}" if signature else "")
        key = f"{folder}/{paper.kind}.pdf"  # the same filing has the same bytes: safe to write twice
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
        if paper.kind == "order":  # here, as there are many drafters and one packer
            editable_orders.kept(batch.pk, paper.sha256, lambda: asked_of(batch, items))
    return Drafted(filing, rows)


def _write(chunk: PaperChunk, batch: Batch, drafted: Sequence[Drafted]) -> None:
    became = _signed(drafted) if any(each.filing.state == Filing.State.SIGNING for each in drafted) else {}
    Paper.objects.bulk_create([paper for each in drafted for paper in each.papers])
    for each in drafted:
        each.filing.state = _state_of(each)
        each.filing.refusals = list(each.refusals)
    Filing.objects.bulk_update([each.filing for each in drafted], ["state", "refusals"])
    package = Package.objects.select_for_update().get(batch=batch)  # two last chunks at once: the second sees the first
    others = batch.paper_chunks.exclude(pk=chunk.pk)
    if not others.exclude(work_state=work.Work.WorkState.DONE).exists():
        work.start_again(package)
    refused = sum(bool(each.refusals) for each in drafted)
    detail = {"chunk": chunk.pk, "filings": len(drafted), "refused": refused} | became
    verb = "papers.signed_drawn" if became else "papers.drafted"
    audit.record(actor=None, verb=verb, target=batch, detail=detail)


def _state_of(each: Drafted) -> Filing.State:
    """What became of a filing. One whose signed papers can't be drawn keeps its unsigned ones."""
    if each.filing.state == Filing.State.SIGNING:
        return Filing.State.DRAFTED if each.refusals else Filing.State.SIGNED
    return Filing.State.REFUSED if each.refusals else Filing.State.DRAFTED


def _signed(drafted: Sequence[Drafted]) -> dict[str, Any]:
    """Supersede the papers that a signature changed; the hashes of both, for the trail. What can't be drawn falls."""
    now, failed = timezone.now(), [each.filing.pk for each in drafted if each.refusals]
    Signature.objects.filter(filing__in=failed, fallen_at=None).update(
        fallen_at=now, fallen_why=Signature.Fallen.NOT_DRAWN
    )
    drawn = [paper for each in drafted for paper in each.papers]
    filings = {paper.filing_id for paper in drawn}
    detail = supersede_unsigned(Paper.objects.filter(filing__in=filings), drawn)
    for each in drafted:
        each.papers[:] = [paper for paper in each.papers if paper in drawn]
    return detail


def supersede_unsigned(papers: QuerySet[Any], drawn: list[Any]) -> dict[str, Any]:
    """Supersede what a signature changed; leave in `drawn` what is to be written. The hashes of both, for the trail.

    Of the drawn kinds alone: a proof of service or a volume stays.
    """
    standing = papers.filter(kind__in={paper.kind for paper in drawn}, superseded_at=None)
    superseded = standing.exclude(sha256__in={paper.sha256 for paper in drawn})
    before = {str(pk): sha256 for pk, sha256 in superseded.values_list("pk", "sha256")}
    superseded.update(superseded_at=timezone.now())
    kept = set(standing.values_list("sha256", flat=True))  # a proposed order is the judge's: the same bytes
    drawn[:] = [paper for paper in drawn if paper.sha256 not in kept]
    return {"superseded_sha256": before, "signed_sha256": [paper.sha256 for paper in drawn]}
