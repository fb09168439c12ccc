"""A second run in a browser: what changed since the first, one conviction before and now, and a blind second review."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.demo.county import ensure_office
from clearmyrecord.office.models import Office
from eligibility.records import sample
from tests.browser import preparing, reviewing
from tests.browser.desks import Desks, heading, said, tick

FIRST, SECOND = "Contra Costa 2019, version 1", "Office choice, version 1"


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    """An analyst's browser; a small invented county is evaluated under one policy and in use."""
    ensure_office()
    Office.objects.update(second_review_share=100)
    page = desks.sign_in("ana")
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=30, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(page, path)
    preparing.evaluate(page, FIRST)
    return page


@pytest.mark.browser
@pytest.mark.slow
def test_from_another_policy_to_the_convictions_that_it_changed_and_one_decided_twice(desks: Desks, ana: Page) -> None:
    preparing.evaluate(ana, SECOND)
    ana.get_by_role("link", name=re.compile("What changed since run|what changed, and why")).click()
    expect(heading(ana)).to_have_text(re.compile("What changed since run"))
    expect(ana.get_by_role("table", name="Convictions that changed")).to_be_visible()
    ana.get_by_label("Why").select_option("policy")
    ana.get_by_role("button", name="Show", exact=True).click()
    with ana.expect_download() as download:
        ana.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.startswith("changes-run-")
    ana.get_by_role("link", name=re.compile("Before and now")).first.click()
    expect(ana.get_by_role("heading", name="Every rule, before and now")).to_be_visible()
    expect(ana.get_by_role("table", name="Facts before and now, those that differ first")).to_be_visible()

    reviewing.open_queue(ana, outcome="Dismiss", review="Open")
    reviewing.open_first(ana)
    reviewing.decide(ana, "Accept: dismiss", "Accepted")

    theo = desks.sign_in("theo")
    theo.get_by_role("link", name=re.compile("Second reviews")).click()
    theo.get_by_role("button", name="Take the next one").click()
    expect(heading(theo)).to_have_text(re.compile("^Second review"))
    assert "Alvarez" not in theo.content()
    tick(theo.get_by_role("radio", name="Not eligible"))
    theo.get_by_label("Your reason").fill("A prior bars it.")
    theo.get_by_role("button", name="Decide").click()
    said(theo, "You came to another outcome")
    expect(theo.get_by_text("0.0 %").first).to_be_visible()

    sam = desks.sign_in("sam")
    sam.get_by_role("link", name=re.compile("Disagreements to settle")).click()
    sam.get_by_role("link", name=re.compile("^Settle")).click()
    sam.get_by_label("Why the first decision stands").fill("The prior is another person’s.")
    sam.get_by_role("button", name=re.compile("The first decision stands")).click()
    said(sam, "Settled: the first decision stands.")
    assert desks.complaints == []
