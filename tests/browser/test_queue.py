"""Working through the queue by keyboard alone: taking one, deciding by single keys, undoing, noting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.reviews.models import Assignment, Comment, Override, Review
from eligibility.records import sample
from tests.browser import preparing
from tests.browser.desks import Desks, said

POLICY = "Contra Costa 2019, version 1"
MOST_TABS = 80


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    """An analyst's browser; a small invented county is read and evaluated."""
    ensure_office()
    page = desks.sign_in("ana")
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=60, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(page, path)
    preparing.evaluate(page, POLICY)
    return page


def tab_to(page: Page, words: str) -> None:
    """Go on with the tabulator until the thing of this name has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText?.trim()") == words:
            return
    raise AssertionError(f"the tabulator does not reach {words!r}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def address_changes(page: Page, before: str) -> str:
    """Another conviction is shown, with its heading focused or the page fresh."""
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile(r"/reviews/\d+/"))
    return page.url


@pytest.mark.browser
def test_the_queue_is_worked_through_by_keyboard_alone(desks: Desks, ana: Page) -> None:
    ana.goto("/reviews/?state=open&outcome=dismiss&route=completed")
    queue = ana.url
    tab_to(ana, "Take the next one")
    press(ana, "Enter")
    first = address_changes(ana, queue)
    assert Assignment.objects.get().to.username == "ana"
    ana.wait_for_load_state("networkidle")

    press(ana, "a")  # one key, and the next is shown
    second = address_changes(ana, first)
    expect(ana.get_by_text("Last: Accepted.")).to_be_visible()
    assert Review.objects.get().state == "accepted"
    assert ana.evaluate("document.activeElement.tagName") == "H1"
    ana.wait_for_load_state("networkidle")

    last_reason = str(ana.locator("#id_listed option").count() - 1)
    press(ana, "o", last_reason, "Enter")  # three keys: relief was already granted, so it is not eligible
    third = address_changes(ana, second)
    expect(ana.get_by_text("Last: Overridden; it waits for a second person")).to_be_visible()
    override = Override.objects.get()
    assert (override.outcome, override.author.username) == ("not_eligible", "ana")

    press(ana, "u")
    assert address_changes(ana, third).partition("?")[0] == second.partition("?")[0]
    said(ana, "Undone")
    assert not Override.objects.filter(superseded_at=None).exists()
    ana.wait_for_load_state("networkidle")

    press(ana, "s")
    expect(ana).to_have_url(re.compile(re.escape(third.partition("?")[0])))
    press(ana, "n")
    ana.keyboard.type("The docket is in the archive.")
    press(ana, "Control+Enter")
    said(ana, "Your comment is kept")
    assert Comment.objects.get().author.username == "ana"

    kinds = set(AuditEvent.objects.filter(verb="subject.viewed").values_list("kind", flat=True))
    assert {"prefetch", "page", "list"} <= kinds
    assert desks.complaints == []
