"""The desk in a browser: home by role and back to where one stopped, a person's page, the memo, the first steps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.demo.county import ensure_office
from tests.browser import reviewing
from tests.browser.county import County
from tests.browser.desks import Desks, heading
from tests.browser.papers import read

FEW_SUBJECTS = 30
FIRST_LOOK = {
    "ana": "Convictions to look at",
    "theo": "Questions of law",
    "sue": "Legal grounds to choose",
    "ivy": "Views of people today",
}
"""By person: something that waits for their role and leads to where it is done."""


@pytest.fixture
def county(desks: Desks, tmp_path: Path) -> County:
    """A small invented county, read and evaluated."""
    ensure_office()
    county = County()
    county.read_and_evaluate(tmp_path, FEW_SUBJECTS)
    return county


@pytest.mark.browser
@pytest.mark.slow
def test_from_home_to_a_person_and_the_memo_and_back_to_where_one_stopped(desks: Desks, county: County) -> None:
    ana = desks.sign_in("ana")
    ana.get_by_role("link", name=re.compile("Convictions to look at")).click()
    conviction = reviewing.open_first(ana)
    name = ana.locator(".page-heading").get_by_role("link").inner_text()
    ana.get_by_role("link", name=name).click()
    expect(heading(ana)).to_have_text(name)
    _history_is_drawn_and_told(ana)
    _memo(ana)

    ana.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    expect(ana.get_by_text("The conviction that you had open.")).to_be_visible()
    ana.get_by_role("link", name="Go on where you stopped").click()
    expect(ana).to_have_url(conviction)

    ivy = desks.sign_in("ivy")
    ivy.goto("/records/people/")
    ivy.get_by_label("Name").fill(name.split(",")[0])
    ivy.get_by_role("main").get_by_role("button", name="Search").click()
    ivy.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
    ivy.get_by_text("Who viewed this person").click()
    viewers = ivy.get_by_role("region", name="Who viewed this person")
    expect(viewers.get_by_role("row").filter(has_text="Ana Alvarez").first).to_be_visible()
    assert desks.complaints == []


def _history_is_drawn_and_told(page: Page) -> None:
    """A drawing that says what it shows, the same as a table, and each conviction with every line that decided it."""
    drawing = page.get_by_role("img", name="The subject’s history on a line of years")
    expect(drawing).to_be_visible()
    assert drawing.locator("desc").text_content()
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("region", name="The history as a table")).to_contain_text("in scope")
    page.get_by_text(re.compile("^Every line and fact of")).first.click()
    expect(page.get_by_role("table", name="Every line of the policy").first).to_be_visible()
    expect(page.get_by_role("region", name="Found and decided")).to_contain_text("Found: ")


def _memo(page: Page) -> None:
    """One page with the evidence, and the same as a PDF."""
    page.get_by_role("link", name=re.compile("^Memo to file")).first.click()
    expect(heading(page)).to_have_text("Memo to file")
    for part in ("Steps of the policy", "Facts", "Overrides, grounds and stated facts", "Rows of the record file"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()
    link = page.get_by_role("link", name="As PDF")
    paper = page.request.get(str(link.get_attribute("href")))
    assert paper.headers["content-type"] == "application/pdf"
    assert len(read(paper.body()).pages) == 1


@pytest.mark.browser
@pytest.mark.slow
def test_home_shows_each_role_its_own_work(desks: Desks, county: County) -> None:
    for username, what in FIRST_LOOK.items():
        page = desks.sign_in(username)
        page.get_by_role("main").get_by_role("link", name=re.compile(what)).click()
        expect(page.get_by_role("main").get_by_role("table").first).to_be_visible()
    for username, where in (("sam", "Runs"), ("pat", "Batches given to you")):
        page = desks.sign_in(username)
        empty = page.get_by_role("heading", name="Nothing needs you now")
        expect(empty).to_be_visible()  # an empty home says what will come, and leads on
        page.get_by_role("main").get_by_role("link", name=re.compile("Open the runs|Batches given")).click()
        expect(heading(page)).to_contain_text(where)
    assert desks.complaints == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_first_steps_lead_through_the_work_and_are_ticked(desks: Desks, county: County) -> None:
    ivy = desks.sign_in("ivy")
    ivy.get_by_role("link", name="Show the steps").click()
    steps = ivy.get_by_role("main").get_by_role("list").first.get_by_role("listitem")
    number = steps.count()
    for what in ("Check that the trail is whole", "Download the review queue"):
        step = steps.filter(has_text=what)
        expect(step.get_by_text("done", exact=True)).to_have_count(0)
        step.get_by_role("link", name=what).click()
        if what == "Download the review queue":
            with ivy.expect_download():
                ivy.get_by_role("link", name="CSV").click()
        ivy.get_by_role("contentinfo").get_by_role("link", name="First steps").click()
        expect(step.get_by_text("done", exact=True)).to_be_visible()
    expect(ivy.get_by_text(f"2 of {number} done")).to_be_visible()

    ivy.get_by_role("button", name=re.compile("^Don’t offer them")).click()
    expect(heading(ivy)).to_have_text("What needs you now")
    expect(ivy.get_by_role("link", name="Show the steps")).to_have_count(0)
    ivy.get_by_role("contentinfo").get_by_role("link", name="Glossary").click()
    expect(ivy.get_by_role("term").filter(has_text="Standing outcome")).to_be_visible()
    assert desks.complaints == []
