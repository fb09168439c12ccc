"""A batch as one ZIP: every standing paper, and the index of every case as CSV and PDF."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import confirmations
from clearmyrecord.filings.models import Filing, Package, Paper
from clearmyrecord.records.storage import written_whole
from petitions import package as court_package
from petitions.package import IndexRow
from petitions.papers import words

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every ZIP entry: same papers, same bytes."""
BLOCK = 1 << 20


class PaperDamaged(Exception):
    """A stored paper's bytes are not those that were drafted."""


def make(lease: work.Lease) -> None:
    """Write the leased package's ZIP, then its row. A batch withdrawn meanwhile keeps none."""
    package: Package = lease.row()
    batch = Batch.objects.get(pk=package.batch_id)
    key = f"packages/{batch.pk}/papers.zip"
    sha256, size = "", 0
    if batch.state == Batch.State.APPROVED:
        with written_whole(key) as stream:
            _write_zip(stream, batch, lease)
        sha256, size = _measured(key)
    with lease.writing():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.APPROVED:
            default_storage.delete(key)
            return
        Package.objects.filter(pk=package.pk).update(storage_key=key, sha256=sha256, size=size)
        audit.record(actor=None, verb="package.made", target=batch, detail={"size": size, "sha256": sha256})


def _write_zip(stream: BinaryIO, batch: Batch, lease: work.Lease) -> None:
    filings = list(batch.filings.select_related("court"))
    papers = list(Paper.objects.filter(filing__batch=batch, superseded_at=None).select_related("filing__court"))
    papers.sort(key=lambda paper: (paper.filing.court.branch, paper.filing.case_number, paper.filing_id, paper.kind))
    names = court_package.unique_names(f"{_slug(paper.filing.court.branch)}/{paper.file_name}" for paper in papers)
    named = list(zip(papers, names, strict=True))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (paper, name) in enumerate(named):
            archive.writestr(_entry(name), _bytes_of(paper))
            if number % 200 == 0:
                lease.progress(number, len(named))
        rows = index_rows(batch, filings, named)
        archive.writestr(_entry("index.csv"), court_package.index_csv(rows))
        printed = court_package.index_pdf(
            rows,
            batch_name=batch.name,
            office_name=batch.heading["office"]["office_name"],
            approved_on=timezone.localdate(batch.approved_at),
        )
        archive.writestr(_entry("index.pdf"), printed)
    lease.progress(len(named), len(named))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _bytes_of(paper: Paper) -> bytes:
    with default_storage.open(paper.storage_key) as stored:
        pdf = bytes(stored.read())
    if hashlib.sha256(pdf).hexdigest() != paper.sha256:
        raise PaperDamaged(f"paper {paper.pk}")
    return pdf


def _slug(text: str) -> str:
    """Letters, digits and hyphens, as a folder in the ZIP."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()[:60] or "court"


def _measured(key: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with default_storage.open(key) as stored:
        while block := stored.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def index_rows(batch: Batch, filings: Sequence[Filing], named: Sequence[tuple[Paper, str]]) -> list[IndexRow]:
    """One row for each case and route, also those that could not be drafted."""
    items: dict[tuple[Any, ...], list[dict[str, object]]] = {}
    columns = ("snapshot__person", "court_id", "case_number", "route", "snapshot")
    for *case, snapshot in batch.items.values_list(*columns):
        items.setdefault(tuple(case), []).append(snapshot)
    files: dict[int, list[tuple[Paper, str]]] = {}
    for paper, name in named:
        files.setdefault(paper.filing_id, []).append((paper, name))
    to_confirm = confirmations.before_filing(filings)
    rows = []
    for filing in filings:
        convictions = items[filing.subject_id, filing.court_id, filing.case_number, filing.route]
        stated = next((each for each in convictions if each["name_is_stated"]), convictions[0])
        own = files.get(filing.pk, [])
        rows.append(
            IndexRow(
                court=filing.court.branch,
                case_number=filing.case_number,
                defendant=words.readable_name(str(stated["defendant_name"]), is_stated=bool(stated["name_is_stated"])),
                route=filing.route,
                reliefs=tuple(sorted({str(each["relief"]) for each in convictions})),
                convictions=len(convictions),
                files=tuple(name for _, name in own),
                sha256=tuple(paper.sha256 for paper, _ in own),
                problems=tuple(filing.refusals),
                to_confirm=to_confirm.get(filing.pk, ""),
            )
        )
    return rows
