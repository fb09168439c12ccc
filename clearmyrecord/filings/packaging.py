"""A batch's standing papers as ZIPs for its courts, with index, manifest and envelope data."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches.casefile import attorney_of, court_of, office_of, wording_of
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import confirmations, editable_orders, omnibus, omnibus_drafting
from clearmyrecord.filings.drafting import editable_order
from clearmyrecord.filings.models import Archive, Filing, OmnibusMotion, Package, Paper, Signature
from clearmyrecord.records.storage import written_whole
from petitions import archives
from petitions import package as court_package
from petitions.package import Document, IndexRow
from petitions.papers import words
from petitions.papers.omnibus import EXHIBITS, TO_BE_ASSIGNED

BLOCK = 1 << 20
NOT_FILED = ("letter",)
"""Kinds of paper that go to a person and to no court."""


class PaperDamaged(Exception):
    """A stored paper's bytes are not those that were drafted."""


def make(lease: work.Lease) -> None:
    """Write the leased package's ZIPs, then their rows. A batch withdrawn meanwhile keeps none."""
    package: Package = lease.row()
    batch = Batch.objects.get(pk=package.batch_id)
    made = _made(batch, package, lease) if batch.state == Batch.State.APPROVED else []
    with lease.writing():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.APPROVED:
            for archive in made:
                default_storage.delete(archive.storage_key)
            return
        _replace(package, made)
        size, sha256 = sum(archive.size for archive in made), [archive.sha256 for archive in made]
        detail = {"archives": len(made), "size": size, "sha256": sha256}
        audit.record(actor=None, verb="package.made", target=batch, detail=detail)


def _replace(package: Package, made: Sequence[Archive]) -> None:
    """The new ZIPs' rows for the old ones'; bytes that no row names any more go on commit."""
    old = Archive.objects.filter(package=package)
    gone = set(old.values_list("storage_key", flat=True)) - {archive.storage_key for archive in made}
    old.delete()
    Archive.objects.bulk_create(made)
    Package.objects.filter(pk=package.pk).update(made_at=timezone.now())
    for key in gone:
        transaction.on_commit(partial(default_storage.delete, key))


def _made(batch: Batch, package: Package, lease: work.Lease) -> list[Archive]:
    """Every ZIP of the batch, stored under its own hash: made twice it is stored once."""
    keys: dict[str, str] = {}
    planned = _planned(batch, keys)
    total, done = sum(row.papers for _, archive in planned for row in archive.rows), 0
    made = []
    for court_id, archive in planned:
        lease.progress(done, total)
        made.append(_stored(archive, keys, package=package, court_id=court_id))
        done += made[-1].papers
    lease.progress(total, total)
    return made


def _planned(batch: Batch, keys: dict[str, str]) -> list[tuple[int, archives.Archive]]:
    """The ZIPs of each court. Fills `keys`: SHA-256 of a file -> where its bytes lie."""
    if batch.papers == Batch.Papers.OMNIBUS:
        return _planned_omnibus(batch, keys)
    filings = list(batch.filings.select_related("court").order_by("court__branch", "court_id", "case_number", "pk"))
    planned = []
    for court_id, of_court in groupby(filings, key=lambda filing: filing.court_id):
        own = list(of_court)
        rows = index_rows(batch, own, keys)
        planned += [(court_id, archive) for archive in archives.planned(rows, _about(batch, court_id))]
    return planned


def _planned_omnibus(batch: Batch, keys: dict[str, str]) -> list[tuple[int, archives.Archive]]:
    """The ZIPs of the public papers, and apart from them those of what is for the court alone."""
    motion = OmnibusMotion.objects.select_related("court", "batch").get(batch=batch)
    row, about = omnibus_row(motion, keys), _about(batch, motion.court_id)
    apart: dict[archives.Holds, list[Document]] = {"omnibus": [], "confidential": []}
    for document in row.documents:
        apart["confidential" if document.kind == "confidential" else "omnibus"].append(document)
    return [
        (motion.court_id, archive)
        for holds, documents in apart.items()
        for archive in archives.planned_omnibus(replace(row, documents=tuple(documents)), about, holds=holds)
    ]


def _about(batch: Batch, court_id: int) -> archives.About:
    snapshot = batch.items.filter(court=court_id).values_list("snapshot", flat=True)[0]
    return archives.About(
        batch_number=batch.pk,
        batch_name=batch.name,
        list_sha256=batch.list_hash,
        approved_on=timezone.localdate(batch.approved_at),
        office=office_of(batch.heading),
        attorney=attorney_of(batch.heading),
        court=court_of(snapshot),
    )


def _stored(archive: archives.Archive, keys: dict[str, str], *, package: Package, court_id: int) -> Archive:
    """Write one ZIP aside, measure it, then store it."""
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as aside:
        archives.write(aside, archive, lambda document: _bytes_of(document, keys[document.sha256]))
        aside.seek(0)
        digest, size = hashlib.sha256(), 0
        while block := aside.read(BLOCK):
            digest.update(block)
            size += len(block)
        key = f"packages/{package.batch_id}/{digest.hexdigest()}.zip"
        aside.seek(0)
        with written_whole(key) as stream:
            while block := aside.read(BLOCK):
                stream.write(block)
    numbers = [row.case_number for row in archive.rows]
    return Archive(
        package=package,
        court_id=court_id,
        is_confidential=archive.holds == "confidential",
        part=archive.part,
        parts=archive.parts,
        name=archive.name,
        first_case=numbers[0],
        last_case=numbers[-1],
        cases=len(numbers),
        papers=sum(row.papers for row in archive.rows),
        ready=len(archive.ready),
        sha256=digest.hexdigest(),
        size=size,
        storage_key=key,
    )


def _bytes_of(document: Document, key: str) -> bytes:
    with default_storage.open(key) as stored:
        content = bytes(stored.read())
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise PaperDamaged(f"paper {key}")
    return content


def omnibus_row(motion: OmnibusMotion, keys: dict[str, str]) -> IndexRow:
    """All of an omnibus motion as one row: its papers, then every volume, the confidential ones last."""
    batch = motion.batch
    first: dict[str, Any] = batch.items.values_list("snapshot", flat=True)[0]
    exhibit, _ = EXHIBITS[first["relief"], first["new_severity"] or None]
    documents: list[Document] = []
    for paper in omnibus.papers_of(motion).select_related("motion__batch"):
        keys[paper.sha256] = paper.storage_key
        documents.append(Document(paper.kind, paper.title, paper.file_name, paper.pages, paper.size, paper.sha256))
        if paper.kind == "order":
            documents.append(_to_edit(documents[-1], omnibus_drafting.editable_order(paper), keys))
    asking = Counter(why for _, why in {(row.case_number, row.why) for row in confirmations.rows_before_filing(motion)})
    is_drawn = motion.state in (OmnibusMotion.State.SIGNED, OmnibusMotion.State.FILED)
    signature = motion.signatures.filter(fallen_at=None).first() if is_drawn else None
    return IndexRow(
        reference=motion.reference,
        court=motion.court.branch,
        case_number=TO_BE_ASSIGNED,
        defendant=f"The persons listed in Exhibit {exhibit}",
        route=first["route"],
        reliefs=(first["relief"],),
        convictions=batch.items.count(),
        documents=tuple(documents),
        wording=wording_of(batch.heading).version,
        signed_on=signature.signed_on if signature else None,
        problems=tuple(motion.refusals),
        to_confirm="; ".join(f"{many:,} case{'s' if many > 1 else ''}: {why}" for why, many in sorted(asking.items())),
    )


def _to_edit(order: Document, key: str, keys: dict[str, str]) -> Document:
    """The order's file to edit, beside its PDF."""
    document = editable_orders.document(order, key)
    keys[document.sha256] = key
    return document


def index_rows(batch: Batch, filings: Sequence[Filing], keys: dict[str, str]) -> list[IndexRow]:
    """One row for each case and route of a court, also those that could not be drafted."""
    items: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    columns = ("snapshot__person", "court_id", "case_number", "route", "snapshot")
    for *case, snapshot in batch.items.filter(court=filings[0].court_id).values_list(*columns):
        items.setdefault(tuple(case), []).append(snapshot)
    documents = _documents(filings, keys)
    signed = _signed_on(filings)
    to_confirm = confirmations.before_filing(filings)
    wording = wording_of(batch.heading).version
    rows = []
    for filing in filings:
        convictions = items[filing.subject_id, filing.court_id, filing.case_number, filing.route]
        stated = next((each for each in convictions if each["name_is_stated"]), convictions[0])
        rows.append(
            IndexRow(
                reference=filing.reference,
                court=stated["court"]["branch"],
                case_number=filing.case_number,
                defendant=words.readable_name(str(stated["defendant_name"]), is_stated=bool(stated["name_is_stated"])),
                route=filing.route,
                reliefs=tuple(sorted({str(each["relief"]) for each in convictions})),
                convictions=len(convictions),
                documents=tuple(documents.get(filing.pk, ())),
                signed_on=signed.get(filing.pk),
                wording=wording,
                problems=tuple(filing.refusals),
                to_confirm=to_confirm.get(filing.pk, ""),
            )
        )
    return rows


def _documents(filings: Sequence[Filing], keys: dict[str, str]) -> dict[int, list[Document]]:
    """The standing papers of each filing; two defendants of one case number get different file names."""
    standing = Paper.objects.filter(filing__in=[filing.pk for filing in filings], superseded_at=None)
    papers = list(standing.exclude(kind__in=NOT_FILED).order_by("filing_id", "kind"))
    order = {filing.pk: place for place, filing in enumerate(filings)}
    for paper in papers:
        paper.filing = filings[order[paper.filing_id]]
    papers.sort(key=lambda paper: (order[paper.filing_id], paper.kind))
    found: dict[int, list[Document]] = {}
    for paper, name in zip(papers, court_package.unique_names(paper.file_name for paper in papers), strict=True):
        keys[paper.sha256] = paper.storage_key
        document = Document(paper.kind, paper.title, name, paper.pages, paper.size, paper.sha256)
        found.setdefault(paper.filing_id, []).append(document)
        if paper.kind == "order":
            found[paper.filing_id].append(_to_edit(document, editable_order(paper), keys))
    return found


def _signed_on(filings: Sequence[Filing]) -> dict[int, date]:
    """When each filing was signed whose signed papers are drawn."""
    drawn = [filing.pk for filing in filings if filing.state in (Filing.State.SIGNED, Filing.State.FILED)]
    standing = Signature.objects.filter(filing__in=drawn, fallen_at=None)
    return dict(standing.values_list("filing_id", "signed_on"))
