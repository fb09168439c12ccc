"""An approved batch whose papers are wanted."""

from __future__ import annotations

import pytest

from clearmyrecord.batches import services
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import jobs, signing
from clearmyrecord.filings.models import Filing, PaperChunk
from clearmyrecord.office.models import User
from tests.batches.conftest import FORM, approved_by, candidate_of, draft, run, submitted_by

__all__ = ["candidate_of", "draft", "run"]


@pytest.fixture
def approved(draft: Batch, ana: User, theo: User, sam: User, candidate_of) -> Batch:
    """Three people who completed the sentence and one still serving; composed by Ana, approved by Sam."""
    item, _ = candidate_of(draft, "serving")
    services.fill_serving_form(actor=ana, batch_id=draft.pk, item_id=item, values=FORM)
    batch = submitted_by(ana, draft, theo)
    return approved_by(sam, batch)


@pytest.fixture
def drafted(approved: Batch) -> Batch:
    """Its papers drafted and packed, as the workers would."""
    for chunk in PaperChunk.objects.filter(batch=approved):
        jobs.draft_chunk(chunk.pk)
    jobs.make_package(approved.package.pk)
    return approved


def confirmed(actor: User, batch: Batch, value: str = "yes") -> None:
    """The court still has the record of the one case that may have been destroyed; or not."""
    item = batch.items.get(case_number="CR0003")
    services.answer_court_record(
        actor=actor, batch_id=batch.pk, item_ids=[item.pk], value=value, source="Clerk Cruz, June 3, 2024"
    )


def sign(actor: User, batch: Batch, filing_id: int | None = None, *, place: str = "Martinez") -> int:
    """Sign what is shown, as the page does after the password; how many cases."""
    seen = signing.papers_hash(signing.to_sign(batch, filing_id))
    return signing.sign(actor=actor, batch_id=batch.pk, filing_id=filing_id, seen_hash=seen, place=place)


def drawn(batch: Batch) -> None:
    """The signed papers drawn and the package made anew, as the workers would."""
    for chunk in PaperChunk.objects.filter(batch=batch):
        jobs.draft_chunk(chunk.pk)
    jobs.make_package(batch.package.pk)


@pytest.fixture
def signed(approved: Batch, ana: User, theo: User) -> Batch:
    """All its cases signed by Theo, ready to be filed; to be quick, no paper is really drawn."""
    confirmed(ana, approved)
    approved.filings.update(state=Filing.State.DRAFTED)
    sign(theo, approved)
    approved.filings.update(state=Filing.State.SIGNED)
    PaperChunk.objects.filter(batch=approved).update(work_state="done")
    return approved
