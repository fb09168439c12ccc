"""Steps 0 to 2: the office page and its courts, a record file, a run."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.desks import SLOW_MS, fill, heading, number_in, said

OFFICE = {
    "county": "Contra Costa",
    "name": "Office of the District Attorney (invented)",
    "district_attorney": "Diana Example",
    "street": "1 Demonstration Street",
    "city": "Martinez",
    "zip_code": "94553",
    "phone": "(925) 555-0100",
    "email": "da@office.example",
}
BRANCHES = {
    "Martinez": ("CASCCONTRA COSTA", "CASC MARTINEZ"),
    "Richmond": ("CAMC RICHMOND",),
    "Pittsburg": ("CAMC PITTSBURG",),
}
"""Branch and the texts of record files that mean it. The texts of Walnut Creek stay unmapped."""
WORKERS_MS = 40_000
"""Longest that reading or evaluating the small sample may take."""


def fill_in_office(page: Page) -> None:
    """The office, then each branch where it files."""
    page.goto("/office/")
    fill(page, **OFFICE)
    page.get_by_role("button", name="Save office").click()
    said(page, "The office page is saved")
    expect(page.get_by_label("County")).to_have_value("CONTRA COSTA")
    expect(page.get_by_role("listitem").filter(has_text="Theo Tran")).to_contain_text("900001")
    for branch in BRANCHES:
        page.goto("/office/courts/new/")
        fill(
            page,
            name="Superior Court of California",
            branch=branch,
            street="2 Demonstration Street",
            city=branch,
            zip_code="94553",
            case_number_pattern="[A-Z]{0,3}[0-9][0-9A-Z-]{3,14}",
            case_number_example="CR74687",
        )
        page.get_by_role("button", name="Save court").click()
        expect(page.get_by_role("row", name=branch)).to_be_visible()


def map_court_texts(page: Page) -> None:
    """Say once what each text of the record files means; the page counts those still without a court."""
    for branch, texts in BRANCHES.items():
        for text in texts:
            page.goto("/office/courts/texts/")
            row = page.get_by_role("row").filter(has_text=text)
            row.get_by_role("combobox").select_option(label=f"Superior Court of California, {branch}")
            row.get_by_role("button", name="Save").click()
            said(page, f"“{text}” is mapped")
    page.goto("/office/courts/")
    said(page, "not mapped yet")


def upload(page: Page, path: Path) -> None:
    """Send a file as the analyst does; what comes of it is the caller's business."""
    page.goto("/records/upload/")
    page.locator("input[type=file]").set_input_files(path)  # USWDS gives it a label of its own
    page.get_by_label("Received from the DOJ on").fill("2019-10-28")
    page.get_by_role("button", name="Upload").click()


def upload_and_read(page: Page, path: Path) -> None:
    """The file is read while the page looks on, and every row is accounted for."""
    upload(page, path)
    said(page, "will be read now")
    expect(heading(page)).to_have_text(path.name)
    expect(page.get_by_role("heading", name="What became of its rows")).to_be_visible(timeout=WORKERS_MS)
    left_over = page.get_by_role("row").filter(has_text="Left over")
    expect(left_over.get_by_role("cell")).to_have_text("0")
    page.get_by_role("link", name=re.compile(r"\d+ problems?")).click()
    expect(page.get_by_role("columnheader", name="What was done")).to_be_visible()


def upload_again(page: Page, path: Path) -> None:
    """The very same bytes under another name are recognised."""
    upload(page, path)
    said(page, "It is not stored twice")
    page.goto("/records/")
    expect(page.get_by_role("row").filter(has=page.get_by_role("link", name=re.compile("csv")))).to_have_count(1)


def upload_something_else(page: Page, path: Path) -> None:
    """What is no record file is refused with what was expected and what was found; the form stays."""
    upload(page, path)
    refusal = page.locator(".usa-error-message, .usa-alert--error").first
    expect(refusal).to_contain_text("Expected lines of 95 columns. Found")
    expect(heading(page)).to_have_text("Upload a record file")


def evaluate(page: Page, policy: str) -> int:
    """Start a run and wait for it on its page. How many convictions it decided."""
    page.goto("/records/")
    page.get_by_role("link", name="Evaluate").click()
    page.get_by_label("Policy").select_option(label=policy)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("heading", name="Reconciliation")).to_be_visible(timeout=WORKERS_MS)
    expect(page.get_by_text("It balances: nothing is left over.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("table", name="Determinations by outcome and route")).to_be_visible()
    return number_in(page.get_by_text(re.compile(r"convictions of [\d,]+ people")).inner_text())
