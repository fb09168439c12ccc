"""Steps 7 and 8: the named attorney signs, and what the courts took is entered, singly and from their lists."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from clearmyrecord.demo.county import PASSWORD
from clearmyrecord.filings.models import Filing
from clearmyrecord.office import queries as office
from tests.browser.desks import fill, heading, said
from tests.browser.filing import PAPERS_MS


def cannot_sign(page: Page, batch_id: int) -> None:
    page.goto(f"/filings/batches/{batch_id}/")
    expect(page.get_by_text("has not signed")).to_be_visible()
    assert page.request.get(f"/filings/batches/{batch_id}/sign/").status == 403


def sign(page: Page, batch_id: int) -> None:
    """From the home page; a wrong password signs nothing."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Cases to sign")).click()
    button = page.get_by_role("button", name=re.compile(r"^Sign \d"))
    fill(page, password="not my password")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("That is not your password")
    assert not Filing.objects.filter(batch=batch_id).exclude(state=Filing.State.DRAFTED).exists()
    fill(page, password=PASSWORD)
    button.click()
    said(page, "drawn anew with your signature")


def watch_signed(page: Page, batch_id: int) -> None:
    page.goto(f"/filings/batches/{batch_id}/")
    expect(page.get_by_text("Every case with papers is signed")).to_be_visible(timeout=PAPERS_MS)
    expect(page.get_by_text(re.compile("none, unsigned"))).to_have_count(0)


def enter_one(page: Page, batch_id: int) -> int:
    """One case by hand, as the clerk's stamp has it. Its id."""
    page.get_by_role("link", name="Enter as filed").first.click()
    filing_id = int(page.url.rstrip("/").split("/")[-2])
    fill(page, filed_on=office.today().isoformat(), number="26-000001")
    page.get_by_role("button", name="Enter as filed").click()
    said(page, "is entered as filed")
    return filing_id


def upload_receipts(page: Page, batch_id: int, folder: Path, *, but: int) -> None:
    """The list of each court: which column is which, what each row means, and then what matches is recorded."""
    filings = Filing.objects.filter(batch=batch_id).exclude(pk=but).select_related("court")
    for number, court in enumerate(sorted({filing.court for filing in filings}, key=lambda court: court.pk)):
        own = [filing for filing in filings if filing.court == court]
        path = folder / f"receipts-{number}.csv"
        day = f"{office.today():%m/%d/%Y}"
        rows = [f"{each.case_number},{day} 9:30 AM,E-{each.pk},{each.reference}" for each in own]
        path.write_text("\n".join(["Case,Accepted,Envelope,Filer reference", *rows, f"XX999,{day},E-0,"]))
        _upload(page, path, court=str(court), matches=len(own))


def _upload(page: Page, path: Path, *, court: str, matches: int) -> None:
    page.goto("/filings/")
    page.get_by_role("link", name="Courts’ receipt lists").click()
    page.get_by_role("link", name="Upload a receipt list").click()
    page.get_by_label("Court").select_option(label=court)
    page.get_by_label("Receipt list").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    expect(heading(page)).to_have_text("Which column is which?")
    expect(page.get_by_label("Our reference")).to_have_value("Filer reference")
    page.get_by_role("button", name="Show what each row means").click()
    expect(page.get_by_text("No batch has papers for this case number")).to_be_visible()
    page.get_by_role("button", name=re.compile(rf"^Record {matches} case")).click()
    said(page, "recorded as filed")
    expect(page.get_by_text(re.compile(rf"{matches} cases? (is|are) filed from this list"))).to_be_visible()


def undo_one(page: Page, filing_id: int) -> None:
    page.goto(f"/filings/cases/{filing_id}/filed/")
    page.get_by_text("It was not filed: take it back").click()
    page.locator("details [name=reason]").fill("The stamp was on another case.")
    page.get_by_role("button", name="Take it back").click()
    said(page, "is not filed any more")
