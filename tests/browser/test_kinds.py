"""Papers beyond the motion of a case, in a browser: the preview of a conviction, and one omnibus motion for a list."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches.models import Batch
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.filings.models import Archive, Paper
from eligibility.records import sample
from tests.browser import filing, papers, preparing
from tests.browser.desks import SLOW_MS, Desks, fill, heading, number_in, said, tick

POLICY = "Contra Costa 2019, version 1"
DRAWN_MS = 60_000
"""Longest that the omnibus motion of the small list may take on two busy cores."""


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    """An analyst's browser; a small invented county is read and evaluated."""
    ensure_office()
    page = desks.sign_in("ana")
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=120, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(page, path)
    preparing.evaluate(page, POLICY)
    return page


@pytest.mark.browser
@pytest.mark.slow
def test_a_conviction_shows_the_motion_it_would_become_or_what_is_missing(desks: Desks, ana: Page) -> None:
    ana.goto("/reviews/?outcome=dismiss&route=completed&basis=presumption&section=11358")
    ana.locator("tbody a[href*='/reviews/']").first.click()
    for name, words in (
        ("Show the motion this would become", "Notice of Motion and Motion"),
        ("Show the declaration", "Declaration in Support"),
        ("Show the proposed order", "[Proposed] Order"),
    ):
        link = ana.get_by_role("link", name=name)
        with ana.context.expect_page() as opened:  # in a window of its own
            link.click()
        opened.value.close()
        response = ana.request.get(str(link.get_attribute("href")))
        assert response.headers["content-type"] == "application/pdf"
        text = papers.read(response.body()).text
        assert "NOT FOR FILING" in text
        assert words in text

    ana.goto("/reviews/?outcome=hand_review")
    ana.locator("tbody a[href*='/reviews/']").first.click()
    with ana.context.expect_page() as opened:
        ana.get_by_role("link", name="Show the motion this would become").click()
    missing = opened.value
    expect(heading(missing)).to_have_text("Motion: can’t be shown yet")
    expect(missing.get_by_role("heading", name="What is missing")).to_be_visible()
    expect(missing.get_by_role("main").get_by_role("listitem").first).to_contain_text("?")

    assert not Paper.objects.exists()
    kinds = set(AuditEvent.objects.filter(target_type="records.conviction").values_list("kind", flat=True))
    assert {"pdf", "page"} <= kinds
    assert desks.complaints == []


@pytest.mark.browser
@pytest.mark.slow
def test_a_list_of_one_court_becomes_one_omnibus_motion(desks: Desks, ana: Page, tmp_path: Path) -> None:
    sam = desks.sign_in("sam")
    everywhere = _compose(ana, "Presumption, everywhere")
    _submit(ana, everywhere, omnibus=True)
    expect(ana.locator(".usa-error-message", has_text="It has one court")).to_be_visible()
    ana.get_by_text("Discard this batch").click()
    ana.get_by_role("button", name=re.compile("^Discard")).click()
    said(ana, "is discarded")

    batch_id = _compose(ana, "Presumption, Martinez", court="Superior Court of California, Martinez")
    _confirm_one_record(ana, batch_id)
    convictions = _submit(ana, batch_id, omnibus=True)
    said(ana, "waiting for a supervisor")

    sam.goto(f"/batches/{batch_id}/")
    expect(sam.get_by_text("One omnibus motion for all of them")).to_be_visible()
    filing.look_through_sample(sam, batch_id)
    sam.get_by_role("button", name=f"Approve {convictions} convictions").click()
    expect(heading(sam)).to_have_text("Papers of “Presumption, Martinez”")

    public = _download(sam, re.compile("omnibus-1-of-1.zip"), tmp_path)
    confidential = _download(sam, re.compile("confidential-1-of-1.zip"), tmp_path)
    _check(batch_id, convictions, public, confidential)
    assert desks.complaints == []


def _compose(page: Page, name: str, court: str = "Any court") -> int:
    page.goto("/batches/compose/?outcome=dismiss&route=completed&basis=presumption")
    page.get_by_label("Court").select_option(label=court)
    page.get_by_role("button", name="Show what it finds").click()
    fill(page, name=name)
    page.get_by_role("button", name=re.compile("^Compose of")).click()
    said(page, "is composed")
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def _submit(page: Page, batch_id: int, *, omnibus: bool) -> int:
    """Choose the papers and submit. How many convictions the page said."""
    page.goto(f"/batches/{batch_id}/")
    page.get_by_label("Attorney who will sign").select_option(label="Theo Tran")
    tick(page.get_by_label("One omnibus motion for all of them" if omnibus else "Papers for each case"))
    button = page.get_by_role("button", name=re.compile(r"^Submit \d"))
    number = number_in(button.inner_text())
    button.click()
    return number


def _confirm_one_record(page: Page, batch_id: int) -> None:
    """The court still has the record of the first case that asks; the others stay open and keep nothing."""
    page.goto(f"/batches/{batch_id}/")
    before = number_in(page.get_by_role("heading", name=re.compile("Needs an answer before filing")).inner_text())
    page.get_by_role("link", name="Show and answer").click()
    page.locator("input[name=item]").first.evaluate("box => box.click()")  # its drawn box has no size of its own
    tick(page.get_by_label("Yes, the court still has it"))
    fill(page, source="Clerk Cruz, by telephone on March 3, 2026")
    page.get_by_role("button", name="Save the answer for the ticked cases").click()
    said(page, "Answered for 1 case, with the source")
    expect(page.get_by_text(f"{before - 1} open")).to_be_visible()


def _download(page: Page, name: re.Pattern[str], folder: Path) -> Path:
    link = page.get_by_role("link", name=name)
    expect(link).to_be_visible(timeout=DRAWN_MS)
    with page.expect_download(timeout=SLOW_MS) as begun:
        link.click()
    path = folder / begun.value.suggested_filename
    begun.value.save_as(path)
    return path


def _check(batch_id: int, convictions: int, public: Path, confidential: Path) -> None:
    """Every row is in the exhibit; what identifies a person is in the attachment for the court alone."""
    batch = Batch.objects.get(pk=batch_id)
    snapshots = list(batch.items.values_list("snapshot", flat=True))
    assert len(snapshots) == convictions > 5
    assert Archive.objects.filter(package__batch=batch, is_confidential=True).count() == 1
    read = {path: _texts(path) for path in (public, confidential)}
    exhibit = read[public]["exhibit-A-1-volume-1-of-1-motion.pdf"]
    attached = read[confidential]["exhibit-A-1-volume-1-of-1-confidential.pdf"]
    for snapshot in snapshots:
        assert snapshot["case_number"] in exhibit
        cii = snapshot["identifiers"]["cii"]
        assert cii in attached
        assert not any(cii in text for text in read[public].values())
    assert set(read[confidential]) == {"index.pdf", "exhibit-A-1-volume-1-of-1-confidential.pdf"}
    assert len(read[public]) == 3 + 2 + 1


def _texts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {
            name: papers.read(archive.read(name), left=0).text for name in archive.namelist() if name.endswith(".pdf")
        }
