"""Steps 4 to 6: composing and completing a batch, approving it, its papers."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.desks import SLOW_MS, fill, heading, number_in, said, tick
from tests.browser.papers import read

NAME = "Possession, first batch"
PAPERS_MS = 90_000
"""Longest that the papers of the small batch may take on two busy cores."""


def compose(page: Page) -> int:
    """A batch of what a filter finds, of everybody still serving, and of what was overridden. Its id."""
    page.goto("/batches/compose/")
    page.get_by_label("Section").select_option(label="11357")
    page.get_by_role("button", name="Show what it finds").click()
    fill(page, name=NAME)
    page.get_by_role("button", name=re.compile("^Compose of")).click()
    said(page, "is composed")
    for label, choice in (("Route", "Serving"), ("Review", "Overridden")):
        page.get_by_text("Add more convictions").click()
        page.get_by_label(label).select_option(label=choice)
        page.get_by_role("button", name="Add what the filter finds").click()
        said(page, "convictions added")
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def _questions(page: Page, batch_id: int, words: str) -> int:
    """Show the convictions that one question keeps out. How many there are."""
    page.goto(f"/batches/{batch_id}/")
    entry = page.get_by_role("listitem").filter(has_text=words)
    number = number_in(entry.inner_text().rpartition(":")[2])
    entry.get_by_role("link").click()
    return number


def complete_case_number(page: Page, batch_id: int, number: str) -> None:
    """The record has no case number: it is stated with the document that shows it."""
    before = _questions(page, batch_id, "No case number")
    page.get_by_role("row").filter(has_text="The record has no case number").first.get_by_role(
        "link", name="Answer with a source"
    ).first.click()
    page.locator("#main [name=value]").fill(number)
    fill(page, source="Court docket, read on March 3, 2026")
    page.get_by_role("button", name="Save with its source").click()
    said(page, "Stated, with its source")
    expect(page.get_by_role("listitem").filter(has_text=f"No case number: {before}")).to_have_count(0)


def fill_in_serving_form(page: Page, batch_id: int) -> None:
    """The short form without which nobody still serving gets a motion."""
    _questions(page, batch_id, "Form for people still serving")
    page.get_by_role("link", name="Fill in the form").first.click()
    page.get_by_label("Status").select_option(value="prison")
    fill(
        page,
        controlling_term="fifteen years in state prison imposed in this case",
        credits="300 days actual and 300 days of conduct credit",
        source="State prison records, read on March 3, 2026",
    )
    tick(page.get_by_label("A hearing is requested", exact=True))
    page.get_by_role("button", name="Save with its source").click()
    said(page, "The form is saved for the case")


def submit(page: Page, batch_id: int) -> int:
    """Name the attorney who will sign, and submit. How many convictions are frozen."""
    page.goto(f"/batches/{batch_id}/")
    page.get_by_label("Attorney who will sign").select_option(label="Theo Tran")
    button = page.get_by_role("button", name=re.compile(r"^Submit \d"))
    number = number_in(button.inner_text())
    button.click()
    said(page, "waiting for a supervisor")
    return number


def cannot_approve(page: Page, batch_id: int) -> None:
    page.goto(f"/batches/{batch_id}/")
    expect(heading(page)).to_have_text(NAME)
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)


def approve(page: Page, batch_id: int, convictions: int) -> str:
    """From the home page to the list, one of its items, and the approval. The hash of the list that was shown."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name=re.compile("approv", re.IGNORECASE)).first.click()
    page.get_by_role("link", name=NAME).click()
    shown = page.locator("dd code").first.inner_text()
    page.locator("tbody td a").first.click()
    expect(page.get_by_text("As frozen in")).to_be_visible()
    look_through_sample(page, batch_id)
    expect(page.get_by_text(f"You approve exactly this list: {convictions} convictions")).to_be_visible()
    page.get_by_role("button", name=f"Approve {convictions} convictions").click()
    expect(heading(page)).to_have_text(f"Papers of “{NAME}”")
    return shown


def confirm_records(page: Page, batch_id: int) -> None:
    """The court still has the record of every case that asks: else it could not be filed."""
    page.goto(f"/batches/{batch_id}/")
    asking = page.get_by_role("link", name="Show and answer")
    while asking.count():
        asking.click()
        for box in page.locator("input[name=item]").all():
            box.evaluate("box => { box.checked = true }")  # its drawn box has no size of its own
        tick(page.get_by_label("Yes, the court still has it"))
        fill(page, source="Clerk Cruz, by telephone on March 3, 2026")
        page.get_by_role("button", name="Save the answer for the ticked cases").click()
        said(page, "Answered for")
        page.goto(f"/batches/{batch_id}/")


def press(page: Page, key: str) -> None:
    """One of the keys that a page shows, once its script listens."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def look_through_sample(page: Page, batch_id: int) -> None:
    """One after the other by a single key, stopping once and going on where it was left."""
    page.goto(f"/batches/{batch_id}/")
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    total = number_in(page.get_by_role("link", name=re.compile("the sample: ")).inner_text())
    for left in range(total, 0, -1):
        if left in (total, total - 1):
            page.goto(f"/batches/{batch_id}/")
            page.get_by_role("link", name=re.compile(f"the sample: {left} conviction")).click()
        expect(page.get_by_text(f"{total - left} of {total} marked")).to_be_visible()
        press(page, "r")
        if left > 1:
            expect(page.get_by_text(f"{total - left + 1} of {total} marked")).to_be_visible()
    said(page, "Every conviction of the sample is marked right")


def watch_papers(page: Page, batch_id: int) -> None:
    """Progress while they are drafted, then the download, without the page being asked again by hand."""
    page.goto(f"/batches/{batch_id}/")
    page.get_by_role("link", name="Open the papers").click()
    expect(page.locator("#progress")).to_contain_text(re.compile("Cases drafted|Packages for the courts"))
    expect(page.get_by_role("heading", name="Packages for the courts")).to_be_visible(timeout=PAPERS_MS)
    without = page.locator("#progress dt", has_text="Cases without papers").locator("+ dd")
    expect(without).to_have_text("0")


def open_one_paper(page: Page) -> None:
    """A paper opens in a window of its own, as a PDF to be shown and not one to be saved."""
    link = page.get_by_role("link", name="Motion").first
    with page.context.expect_page() as opened:
        link.click()
    opened.value.close()
    response = page.request.get(str(link.get_attribute("href")))
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("inline")
    assert read(response.body()).pages


def download(page: Page, folder: Path) -> list[Path]:
    """Every package of the batch."""
    folder.mkdir()
    paths = []
    for link in page.get_by_role("link", name=re.compile(r"\.zip$")).all():
        with page.expect_download(timeout=SLOW_MS) as begun:
            link.click()
        paths.append(folder / begun.value.suggested_filename)
        begun.value.save_as(paths[-1])
    assert paths
    return paths
