"""Background work on papers. Jobs take ids, may run twice, may die anywhere."""

from __future__ import annotations

from clearmyrecord import work
from clearmyrecord.filings import drafting, packaging
from clearmyrecord.filings.models import Package, PaperChunk


def draft_chunk(chunk_id: int) -> None:
    """Draft the papers of one chunk of filings."""
    with work.lease(PaperChunk, chunk_id) as lease:
        if lease is not None:
            drafting.draft(lease)


def make_package(package_id: int) -> None:
    """Put a batch's papers and their index into one ZIP."""
    with work.lease(Package, package_id) as lease:
        if lease is not None:
            packaging.make(lease)
