"""A batch's sample in a browser, by keyboard alone: one wrong returns the batch, the next one lets it pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.batches import services
from clearmyrecord.batches.models import Batch
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.office.models import User
from eligibility.records import sample
from tests.batches.conftest import submitted_by
from tests.browser import filing, preparing
from tests.browser.desks import Desks, said

POLICY = "Contra Costa 2019, version 1"
COMMENT = "The offense is the other count of this case."


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    """An analyst's browser; a small invented county is read and evaluated."""
    ensure_office()
    page = desks.sign_in("ana")
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=30, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(page, path)
    preparing.evaluate(page, POLICY)
    return page


@pytest.fixture
def batch(ana: Page) -> Batch:
    """Of three dismissals, submitted by Ana for Theo to sign."""
    analyst, theo = (User.objects.get(username=name) for name in ("ana", "theo"))
    draft = services.compose(actor=analyst, name="Three cases", filter={"outcome": "dismiss", "route": "completed"})
    services.leave_out(actor=analyst, batch_id=draft.pk)
    too_many = draft.items.order_by("pk").values_list("pk", flat=True)[3:]
    services.leave_out(actor=analyst, batch_id=draft.pk, item_ids=list(too_many))
    return submitted_by(analyst, draft, theo)


@pytest.mark.browser
def test_one_wrong_returns_the_batch_and_the_next_sample_lets_it_be_approved(
    desks: Desks, ana: Page, batch: Batch
) -> None:
    sam = desks.sign_in("sam")
    sam.goto(f"/batches/{batch.pk}/")
    sam.get_by_role("link", name="Look through the sample: 3 convictions").click()
    expect(sam.get_by_text("0 of 3 marked")).to_be_visible()
    filing.press(sam, "r")
    expect(sam.get_by_text("1 of 3 marked")).to_be_visible()
    _move_by_keys(sam)
    _say_wrong_by_keys(sam)
    said(sam, "The batch is returned")

    ana.goto("/")
    ana.get_by_role("link", name=re.compile("Returned batches")).click()
    ana.get_by_role("link", name="Three cases").click()
    expect(ana.get_by_role("heading", name="Came back with a comment: 1")).to_be_visible()
    expect(ana.get_by_text(COMMENT)).to_be_visible()
    filing.submit(ana, batch.pk)

    filing.look_through_sample(sam, batch.pk)
    expect(sam.get_by_role("button", name="Approve 3 convictions")).to_be_visible()
    expect(sam.get_by_role("link", name="Sample of version 1")).to_be_visible()
    assert desks.complaints == []


def _move_by_keys(page: Page) -> None:
    """To the last and back, marking nothing; a letter typed into the comment is a letter."""
    filing.press(page, "j")
    expect(page.get_by_text("3 of 3", exact=True)).to_be_visible()
    filing.press(page, "k")
    expect(page.get_by_text("2 of 3", exact=True)).to_be_visible()
    filing.press(page, "w")
    page.keyboard.type("rjk")
    expect(page.get_by_label("What is wrong")).to_have_value("rjk")
    page.get_by_label("What is wrong").fill("")
    page.keyboard.press("Escape")


def _say_wrong_by_keys(page: Page) -> None:
    filing.press(page, "w")
    page.keyboard.type(COMMENT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Wrong: return the batch")).to_be_focused()
    page.keyboard.press("Enter")
