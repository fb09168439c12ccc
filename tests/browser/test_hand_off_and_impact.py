"""Hand-offs and impact in a browser: from what waits to who received it; figures on screen, on paper, in CSV."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from clearmyrecord.batches.models import Batch
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from clearmyrecord.relief import services
from clearmyrecord.relief.handoff_models import HandOff
from clearmyrecord.relief.writing import Told
from petitions import reading
from tests.browser.answering import CASES, analyst, filed_batch
from tests.browser.desks import SLOW_MS, Desks, heading, said
from tests.browser.walk import without_faults

GRANTED = 2


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    return analyst(desks, tmp_path)


def granted(batch: Batch) -> list[str]:
    """The court granted the first cases of the batch; their numbers."""
    items = batch.items.order_by("pk")[:GRANTED]
    for item in items:
        told = Told("granted", decided_on=office.today())
        services.answer(actor=User.objects.get(username="ana"), item_ids=[item.pk], told=told)
    return [item.case_number for item in items]


def download(page: Page, link: Locator, folder: Path) -> Path:
    """The file behind a link, under the name that the server gives it."""
    with page.expect_download(timeout=SLOW_MS) as begun:
        link.click()
    path = folder / begun.value.suggested_filename
    begun.value.save_as(path)
    return path


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))


def text_of(path: Path) -> str:
    """The words of a PDF's pages."""
    pages, _ = reading.read(path.read_bytes())
    return " ".join(word for page in pages for word in page.text.split())


@pytest.mark.browser
def test_what_is_filed_is_handed_off_and_who_received_it_is_noted(desks: Desks, ana: Page, tmp_path: Path) -> None:
    batch = filed_batch()
    ana.goto("/")
    ana.get_by_role("link", name="Hand-offs", exact=True).click()
    expect(heading(ana)).to_have_text("Hand-offs")
    waiting = ana.get_by_role("row").filter(has=ana.get_by_role("rowheader", name="Martinez"))
    expect(waiting).to_contain_text(f"What was filed {CASES}", use_inner_text=True)
    waiting.get_by_role("link", name="Look and hand off").click()
    expect(heading(ana)).to_have_text("What was filed: Martinez")
    expect(ana.get_by_role("rowheader")).to_have_count(CASES)
    without_faults(ana)
    ana.get_by_role("button", name="Make the files").click()
    said(ana, f"{CASES} rows handed off")

    _files(ana, batch, tmp_path)
    without_faults(ana)
    ana.get_by_label("Received by").fill("Clerk Cruz, criminal division")
    ana.get_by_label("How", exact=True).fill("The court’s secure file transfer")
    ana.get_by_label("Received on").fill(office.today().isoformat())
    ana.get_by_role("button", name="Note who received it").click()
    said(ana, "Noted who received it")
    expect(ana.get_by_role("listitem").filter(has_text="Clerk Cruz")).to_contain_text("entered by Ana")

    ana.get_by_role("link", name="Hand-offs", exact=True).click()
    expect(ana.get_by_text("Nothing waits", exact=True)).to_be_visible()
    made = HandOff.objects.get()
    expect(ana.get_by_role("row").filter(has_text=f"Hand-off {made.pk}")).to_contain_text("yes")
    assert desks.complaints == []


def _files(ana: Page, batch: Batch, folder: Path) -> None:
    """Each file has the bytes whose hash the page shows, the ZIP holds them all, the CSV names the batch's cases."""
    names = ("CSV", "XLSX", "JSON", "Control sheet")
    paths = [download(ana, ana.get_by_role("link", name=name, exact=True), folder) for name in names]
    ana.get_by_text("Their hashes").click()
    for path in paths:
        shown = ana.get_by_role("listitem").filter(has_text=path.name)
        expect(shown).to_contain_text(hashlib.sha256(path.read_bytes()).hexdigest())
    whole = download(ana, ana.get_by_role("link", name="All files (ZIP)"), folder)
    with zipfile.ZipFile(whole) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == {
            path.name: path.read_bytes() for path in paths
        }
    head, *rows = rows_of(paths[0])
    place = head.index("Case number")
    assert {row[place] for row in rows} == set(batch.items.values_list("case_number", flat=True))
    assert f"Convictions (rows) {CASES}" in text_of(paths[-1])


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_granted_is_handed_to_the_doj_with_a_report_for_each(desks: Desks, ana: Page, tmp_path: Path) -> None:
    cases = granted(filed_batch())
    ana.goto("/relief/hand-offs/")
    ana.get_by_role("link", name=re.compile("Look and hand off.*California DOJ")).click()
    expect(ana.get_by_text("The DOJ's electronic layout is not public")).to_be_visible()
    ana.get_by_role("button", name="Make the files").click()
    said(ana, f"{GRANTED} rows handed off")
    reports = download(ana, ana.get_by_role("link", name=f"rows 1 to {GRANTED}"), tmp_path)
    assert all(number in text_of(reports) for number in cases)

    ana.get_by_text("It was wrong: withdraw it").click()
    ana.get_by_label("Reason").fill("The DOJ wants other columns.")
    ana.get_by_role("button", name="Withdraw the hand-off").click()
    said(ana, "can be handed off again")
    expect(ana.get_by_role("link", name=re.compile("Look and hand off.*California DOJ"))).to_be_visible()
    assert desks.complaints == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_impact_report_shows_the_same_figures_on_screen_paper_and_in_csv(
    desks: Desks, ana: Page, tmp_path: Path
) -> None:
    granted(filed_batch())
    ana.goto("/")
    ana.get_by_role("link", name="Impact", exact=True).click()
    expect(heading(ana)).to_have_text("Impact")
    without_faults(ana)
    figures = _numbers(ana.get_by_role("table", name="The figures", exact=True))
    assert figures["Convictions"][1:] == [str(CASES), str(GRANTED)]
    head, *rows = rows_of(download(ana, ana.get_by_role("link", name="Figures as CSV"), tmp_path))
    assert head[1:4] == ["Potential", "Filed", "Granted"]
    assert {row[0]: row[1:4] for row in rows} == figures
    for title in ("By year of conviction", "By section", "By age today"):
        shown = _numbers(ana.get_by_role("table", name=title, exact=True))
        _, *rows = rows_of(download(ana, ana.get_by_role("link", name=re.compile(f"CSV.*{title}")), tmp_path))
        assert {row[0]: row[1:4] for row in rows} == shown

    ana.get_by_label(re.compile("Minutes to read")).fill("60")
    ana.get_by_role("button", name="Work it out").click()
    potential = int(figures["Convictions"][0])
    expect(ana.get_by_text("At 60 minutes each")).to_be_visible()
    paper = text_of(download(ana, ana.get_by_role("link", name="Report as PDF"), tmp_path))
    assert "At an assumed 60 minutes each" in paper
    assert re.search(rf"Convictions .*?{potential} {CASES} {GRANTED}\b", paper)
    assert desks.complaints == []


def _numbers(table: Locator) -> dict[str, list[str]]:
    """By the first line of its heading, the last three cells of each row."""
    found = {}
    for row in table.locator("tbody tr").all():
        label = row.get_by_role("rowheader").inner_text().splitlines()[0]
        found[label] = [each.replace(",", "") for each in row.get_by_role("cell").all_inner_texts()[-3:]]
    return found
