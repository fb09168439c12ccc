"""A few cases that a court took, made by the services and the real workers, for whoever enters what it answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from clearmyrecord.batches import court_records, services
from clearmyrecord.batches.models import Batch
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.filings import receipts, signing
from clearmyrecord.filings.models import Filing
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from eligibility.records import sample
from tests.batches.conftest import approved_by, submitted_by
from tests.browser import preparing
from tests.browser.desks import Desks

POLICY = "Contra Costa 2019, version 1"
CASES = 4
PAPERS_S = 90
"""Longest that the workers may take to draw the papers of so few cases."""


def analyst(desks: Desks, folder: Path) -> Page:
    """An analyst's browser; a small invented county is read and evaluated."""
    ensure_office()
    page = desks.sign_in("ana")
    path = folder / "doj-research.csv"
    sample.write(path, subjects=40, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(page, path)
    preparing.evaluate(page, POLICY)
    return page


def filed_batch(cases: int = CASES) -> Batch:
    """Dismissals of Martinez, approved by Sam, signed by Theo, taken by the clerk today; a case each."""
    ana, theo, sam = (User.objects.get(username=name) for name in ("ana", "theo", "sam"))
    draft = services.compose(actor=ana, name="Few cases", filter={"outcome": "dismiss", "route": "completed"})
    services.leave_out(actor=ana, batch_id=draft.pk)
    taken: set[str] = set()
    kept = []
    for item in draft.items.select_related("conviction__court_text__court").order_by("pk"):
        (number,) = item.conviction.case_numbers[:1] or [""]
        if item.conviction.court_text.court.branch == "Martinez" and number not in taken and len(kept) < cases:
            taken.add(number)
            kept.append(item.pk)
    others = draft.items.exclude(pk__in=kept).values_list("pk", flat=True)
    services.leave_out(actor=ana, batch_id=draft.pk, item_ids=list(others))
    batch = approved_by(sam, submitted_by(ana, draft, theo))
    items = [item for record in court_records.in_frozen(batch) for item in record.item_ids]
    if items:
        services.answer_court_record(
            actor=ana, batch_id=batch.pk, item_ids=items, value="yes", source="Clerk Cruz, by telephone"
        )
    _until(lambda: set(_states(batch)) == {"drafted"})
    seen = signing.papers_hash(signing.to_sign(batch))
    signing.sign(actor=theo, batch_id=batch.pk, seen_hash=seen, place="Martinez")
    _until(lambda: set(_states(batch)) == {"signed"})
    for filing in Filing.objects.filter(batch=batch).order_by("pk"):
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=office.today(), number=f"E-{filing.pk}")
    return batch


def _states(batch: Batch) -> list[str]:
    return list(batch.filings.values_list("state", flat=True))


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PAPERS_S
    while not holds():
        assert time.monotonic() < end, "the papers were not drawn in time"
        time.sleep(0.2)
