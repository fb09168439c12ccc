"""The whole way in a browser, as its people go it: from an empty office to papers that the courts have filed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page

from clearmyrecord.audit import queries as trail
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings.models import Archive, Filing, Package, Paper
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs.models import Determination, Run
from eligibility.records import sample
from tests.browser import filing, papers, preparing, reviewing, signing
from tests.browser.desks import Desks

POLICY = "Contra Costa 2019, version 1"
CASE_NUMBER = "CR950123"


@pytest.fixture
def record_file(tmp_path: Path) -> Path:
    """A small invented file; with this seed one conviction of the county has no case number."""
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=120, seed=1, county="CONTRA COSTA")
    return path


@pytest.mark.browser
def test_from_an_empty_office_to_papers_that_the_courts_have_filed(
    desks: Desks, record_file: Path, tmp_path: Path
) -> None:
    adam, ana, theo, sam = (desks.sign_in(name) for name in ("adam", "ana", "theo", "sam"))

    preparing.fill_in_office(adam)
    _upload(ana, record_file)
    preparing.map_court_texts(adam)
    _evaluate(ana)
    _review(ana, theo)

    batch_id = filing.compose(ana)
    filing.complete_case_number(ana, batch_id, CASE_NUMBER)
    filing.fill_in_serving_form(ana, batch_id)
    convictions = filing.submit(ana, batch_id)

    filing.confirm_records(ana, batch_id)
    filing.cannot_approve(ana, batch_id)
    shown = filing.approve(sam, batch_id, convictions)

    filing.watch_papers(ana, batch_id)
    filing.open_one_paper(ana)
    papers.check_zips(filing.download(ana, tmp_path / "unsigned"), batch_id)

    signing.cannot_sign(ana, batch_id)
    signing.sign(theo, batch_id)
    signing.watch_signed(ana, batch_id)
    papers.check_zips(filing.download(ana, tmp_path / "signed"), batch_id, signed=True)

    filed = signing.enter_one(ana, batch_id)
    signing.upload_receipts(ana, batch_id, tmp_path, but=filed)
    signing.undo_one(ana, filed)

    _check_database(batch_id, convictions, shown)
    _check_filed(batch_id, but=filed)
    assert desks.complaints == []


def _upload(ana: Page, record_file: Path) -> None:
    """Step 1: what is no record file, the file, and the same file again."""
    letter = record_file.with_name("letter.csv")
    letter.write_text("Dear District Attorney,\nattached you find\n")
    preparing.upload_something_else(ana, letter)
    preparing.upload_and_read(ana, record_file)
    same = record_file.with_name("the-same.csv")
    same.write_bytes(record_file.read_bytes())
    preparing.upload_again(ana, same)
    file = RecordFile.objects.get(refusal="")
    assert file.rows_read > 2000


def _evaluate(ana: Page) -> None:
    """Step 2: one determination for each conviction in scope, and the run is in use at once."""
    decided = preparing.evaluate(ana, POLICY)
    run = Run.objects.get()
    assert run.is_current
    assert run.reconciliation["balances"]
    assert Determination.objects.filter(run=run, superseded_at=None).count() == decided > 150


def _review(ana: Page, theo: Page) -> None:
    """Step 3: the analyst works through what a record answers, the attorney through what is law."""
    reviewing.accept_one(ana)
    reviewing.override_one(ana)
    assert reviewing.accept_selection(ana) > 10
    reviewing.decide_hand_review(ana)
    reviewing.answer_route(ana)
    reviewing.only_an_attorney_may_decide_law(ana)
    reviewing.decide_law(theo)
    reviewing.choose_ground(theo)


def _check_database(batch_id: int, convictions: int, shown: str) -> None:
    """What stands after it all: one approved batch, three papers a case, every act in a trail without a gap."""
    batch = Batch.objects.get(pk=batch_id)
    assert (batch.state, batch.list_hash) == (Batch.State.APPROVED, shown)
    assert (batch.approved_by.username, batch.signing_attorney.username) == ("sam", "theo")
    assert batch.items.count() == convictions
    assert set(batch.items.values_list("route", flat=True)) == {"completed", "serving"}
    assert {"dismiss", "redesignate"} <= set(batch.items.values_list("outcome", flat=True))
    assert batch.items.filter(case_number=CASE_NUMBER).count() == 1
    assert batch.items.filter(looked_at_singly=True).exists()
    assert "sam" not in batch.preparers.values_list("user__username", flat=True)

    cases = batch.items.values("snapshot__person", "court", "case_number", "route").distinct().count()
    assert batch.filings.count() == cases
    for filing_id in batch.filings.values_list("pk", flat=True):
        standing = Paper.objects.filter(filing=filing_id, superseded_at=None)
        assert sorted(standing.values_list("kind", flat=True)) == ["declaration", "motion", "order"]
    assert Package.objects.get(batch=batch).made_at

    assert trail.first_break() is None
    counts = Counter(AuditEvent.objects.exclude(outcome="refused").values_list("verb", flat=True))
    for once in ("record_file.uploaded", "run.started", "batch.submitted", "batch.approved", "papers.signed",
                 "filing.filed", "filing.filed_undone"):  # fmt: skip
        assert counts[once] == 1, once
    for some in ("office.changed", "court_text.mapped", "review.accepted", "review.overridden", "fact.stated",
                 "review.ground_chosen", "batch.serving_form", "papers.drafted", "papers.signed_drawn", "package.made",
                 "receipt_list.recorded", "subject.viewed"):  # fmt: skip
        assert counts[some] >= 1, some
    downloads = AuditEvent.objects.filter(verb="subject.viewed", kind="download", target_id=batch.pk)
    assert downloads.count() == 2 * Archive.objects.filter(package__batch=batch).count()


def _check_filed(batch_id: int, *, but: int) -> None:
    """Every case filed with its own number from the court's list, but the one that was taken back."""
    filings = Filing.objects.filter(batch=batch_id)
    assert filings.get(pk=but).state == Filing.State.SIGNED
    for each in filings.exclude(pk=but):
        assert each.state == Filing.State.FILED
        assert each.receipts.get(undone_at=None).number == f"E-{each.pk}"
