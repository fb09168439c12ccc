"""Background work on papers. Jobs take ids, may run twice, may die anywhere."""

from __future__ import annotations

from clearmyrecord import work
from clearmyrecord.filings import drafting, omnibus_drafting, packaging
from clearmyrecord.filings.models import OmnibusMotion, OmnibusVolume, Package, PaperChunk


def draft_chunk(chunk_id: int) -> None:
    """Draft the papers of one chunk of filings."""
    with work.lease(PaperChunk, chunk_id) as lease:
        if lease is not None:
            drafting.draft(lease)


def make_package(package_id: int) -> None:
    """Put a batch's papers and their indexes into ZIPs."""
    with work.lease(Package, package_id) as lease:
        if lease is not None:
            packaging.make(lease)


def draft_omnibus(motion_id: int) -> None:
    """Draft an omnibus motion's three papers and plan the volumes of its exhibit, or draw them signed."""
    with work.lease(OmnibusMotion, motion_id) as lease:
        if lease is not None:
            omnibus_drafting.draft(lease)


def draw_volume(volume_id: int) -> None:
    """Draw one volume of an omnibus motion's exhibit."""
    with work.lease(OmnibusVolume, volume_id) as lease:
        if lease is not None:
            omnibus_drafting.draw(lease)
