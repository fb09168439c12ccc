"""A batch from composing to approval in few clicks, and the public defender's objection in between."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from clearmyrecord.batches.models import Batch
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.office.models import Office
from eligibility.records import sample
from tests.browser import filing, preparing
from tests.browser.desks import Desks, fill, heading, number_in, said

POLICY = "Contra Costa 2019, version 1"
MOST_CLICKS = 12
OBJECTION = "The plea was to the other count."


class Hand:
    """Counts what a person clicks; opening a list and choosing from it is one."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def choose(self, what: Locator, label: str) -> None:
        what.select_option(label=label)
        self.clicks += 1


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    """An analyst's browser; a small invented county is read and evaluated, and objections stop an approval."""
    ensure_office()
    Office.objects.update(objections_block=True)
    page = desks.sign_in("ana")
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=30, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(page, path)
    preparing.evaluate(page, POLICY)
    return page


@pytest.mark.browser
@pytest.mark.slow
def test_a_batch_takes_few_clicks_and_an_objection_is_answered_before_its_approval(desks: Desks, ana: Page) -> None:
    hand = Hand()
    batch = _composed_and_submitted(hand, ana)

    sam = desks.sign_in("sam")
    sam.goto(f"/batches/{batch.pk}/")
    sam.get_by_role("link", name="Give it to a public defender").click()
    expect(sam.get_by_label(batch.name)).to_be_checked()
    fill(sam, reason="Agreed in June.")
    sam.get_by_role("button", name="Give the chosen batches").click()
    said(sam, "1 given to Pat Park")

    pat = desks.sign_in("pat")
    _objects(pat, batch)

    sam.goto("/")
    hand.click(sam.get_by_role("link", name=re.compile("Batches to approve")))
    hand.click(sam.get_by_role("link", name=batch.name))
    hand.click(sam.get_by_role("link", name=re.compile("the sample: ")))
    for _ in range(batch.samples.get().size):
        expect(sam.get_by_role("button", name="Right (r)")).to_be_visible()
        before = sam.url
        filing.press(sam, "r")
        expect(sam).not_to_have_url(before)
    expect(sam.get_by_role("heading", name="Objections to resolve first: 1")).to_be_visible()

    theo = desks.sign_in("theo")
    theo.get_by_role("link", name=re.compile("Objections to resolve")).click()
    theo.get_by_role("link", name="Answer it, or take the conviction out").click()
    fill(theo, text="The minutes name this count.")
    theo.get_by_role("button", name="It stays: answer with this reason").click()
    said(theo, "The objection is answered")

    sam.reload()
    hand.click(sam.get_by_role("button", name=re.compile("^Approve ")))
    expect(heading(sam)).to_have_text(f"Papers of “{batch.name}”")
    assert hand.clicks <= MOST_CLICKS
    pat.goto(f"/batches/given/{batch.pk}/")
    expect(pat.get_by_text("objections are closed")).to_be_visible()
    assert desks.complaints == []


def _composed_and_submitted(hand: Hand, ana: Page) -> Batch:
    """By section, the totals following each choice."""
    ana.goto("/")
    hand.click(ana.get_by_role("navigation", name="Main").get_by_role("link", name="Batches"))
    hand.click(ana.get_by_role("link", name="Compose a batch").first)
    found = ana.get_by_role("heading", name=re.compile("convictions? found"))
    everything = number_in(found.inner_text())
    hand.choose(ana.get_by_label("Section"), "11357")
    expect(found).not_to_have_text(f"{everything:,} convictions found")
    expect(ana).to_have_url(re.compile("section=11357"))
    expect(ana.get_by_text("Will have no conviction left")).to_be_visible()
    hand.click(ana.get_by_role("button", name=re.compile("^Compose of")))
    said(ana, "“11357” is composed")
    hand.choose(ana.get_by_label("Attorney who will sign"), "Theo Tran")
    hand.click(ana.get_by_role("button", name=re.compile(r"^Submit \d")))
    said(ana, "waiting for a supervisor")
    return Batch.objects.get()


def _objects(pat: Page, batch: Batch) -> None:
    """Objects to the first conviction and proposes another; nothing else is in the menu."""
    expect(pat.get_by_role("navigation", name="Main").get_by_role("listitem")).to_have_text(["Home", "Batches"])
    pat.get_by_role("link", name=re.compile("Batches to look through")).click()
    pat.locator("tbody th a").first.click()
    expect(pat.get_by_text("Citation")).to_be_visible()
    fill(pat, reason=OBJECTION)
    pat.get_by_role("button", name="Object to this conviction").click()
    said(pat, "Your objection is with the office")
    pat.get_by_role("link", name="Propose an addition").click()
    fill(pat, case_number="CR12345", section="H&S § 11358", reason="The same facts.")
    pat.get_by_role("button", name="Propose it").click()
    said(pat, "Your proposal is with the office")
    assert pat.goto("/reviews/").status == 403
    pat.goto("/")
