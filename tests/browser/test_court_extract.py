"""A court's extract in a browser: uploaded, its columns chosen, previewed, compared, and its rows answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.demo.county import ensure_office
from tests.browser.desks import Desks, heading, said
from tests.records import extracts
from tests.records.factories import csv_bytes

WORKERS_MS = 40_000
"""Longest that reading either small file may take."""


@pytest.mark.browser
@pytest.mark.slow
def test_an_extract_is_compared_and_what_is_in_question_answered(desks: Desks, tmp_path: Path) -> None:
    ensure_office()
    ana = desks.sign_in("ana")
    _doj_file(ana, tmp_path)
    _upload(ana, tmp_path)
    _columns(ana)
    _preview(ana)
    _answer(ana)
    _only_the_courts(ana)
    assert desks.complaints == []


def _doj_file(ana: Page, folder: Path) -> None:
    path = folder / "doj.csv"
    path.write_bytes(csv_bytes(extracts.doj_rows()))
    ana.goto("/records/upload/")
    ana.locator("input[type=file]").set_input_files(path)
    ana.get_by_label("Received from the DOJ on").fill("2024-06-01")
    ana.get_by_role("button", name="Upload").click()
    expect(ana.get_by_role("heading", name="What became of its rows")).to_be_visible(timeout=WORKERS_MS)


def _upload(ana: Page, folder: Path) -> None:
    path = folder / "court.csv"
    rows = (extracts.MATCHED, extracts.CONTRADICTING, extracts.SUGGESTED, extracts.ONLY_COURT, extracts.DISMISSED)
    path.write_text(extracts.HEADER + "".join(rows))
    ana.goto("/records/")
    ana.get_by_role("link", name="Upload a court’s extract").click()
    ana.locator("input[type=file]").set_input_files(path)
    ana.get_by_label("Court", exact=True).select_option(label="Superior Court of California, Martinez")
    ana.get_by_label("Received from the court on").fill("2024-06-01")
    ana.get_by_role("button", name="Upload").click()
    said(ana, "Say now which column holds what")


def _columns(ana: Page) -> None:
    """Columns with usual names are filled in, each with some of its values; what is missing is said."""
    case_number = ana.get_by_label("Case number", exact=True)
    expect(case_number).to_have_value("Case #")
    expect(case_number.locator("option:checked")).to_contain_text("CR1001-7")
    ana.get_by_role("button", name="Look at the preview").click()
    expect(ana.get_by_role("alert")).to_contain_text("which dispositions mean that the person was convicted")
    ana.get_by_label("Dispositions that mean convicted").fill("Convicted")
    ana.get_by_label("How the court writes its case numbers").fill("AANNNN[-x]")
    ana.get_by_role("button", name="Look at the preview").click()


def _preview(ana: Page) -> None:
    expect(heading(ana)).to_have_text("Is this read right?")
    expect(ana.get_by_role("row", name="Doe, Jane")).to_contain_text("H&S § 11359")
    expect(ana.get_by_role("row", name="Dismissed")).to_contain_text("no conviction")
    ana.get_by_role("button", name="Read the extract and compare").click()
    left_over = ana.get_by_role("row", name="Left over")
    expect(left_over).to_contain_text("0", timeout=WORKERS_MS)
    for kind in ("Matched", "Contradicting", "Suggested", "Only the court"):
        expect(ana.get_by_role("row", name=kind)).to_contain_text("1")


def _answer(ana: Page) -> None:
    """The contradicting one is confirmed, the suggested one refused: it becomes a conviction of its own."""
    ana.get_by_role("link", name="Suggested", exact=True).click()
    ana.get_by_role("link", name="3", exact=True).click()
    expect(ana.get_by_role("row", name="Case number")).to_contain_text("one slip apart")
    ana.get_by_label("Reason").fill("Another case")
    ana.get_by_role("button", name="They are not the same").click()
    said(ana, "a conviction of its own now")
    ana.get_by_role("link", name="Contradicting", exact=True).click()
    ana.get_by_role("link", name="2", exact=True).click()
    expect(ana.get_by_role("row", name="Severity")).to_contain_text("misdemeanor")
    ana.get_by_label("Reason").fill("The minute order says felony")
    ana.get_by_role("button", name="They are the same").click()
    said(ana, "they are one conviction")


def _only_the_courts(ana: Page) -> None:
    """The extract's own convictions lead to their subjects; what only the DOJ shows is listed."""
    ana.get_by_role("link", name="Only the court’s").click()
    ana.get_by_role("link", name="4", exact=True).click()
    ana.get_by_role("link", name="Its subject").click()
    expect(heading(ana)).to_contain_text("Coe, Carl")
    ana.goto("/records/")
    ana.get_by_role("link", name="court.csv").click()
    ana.get_by_role("link", name="only the DOJ shows").click()
    expect(ana.get_by_role("row", name="MOE,MAX")).to_be_visible()
