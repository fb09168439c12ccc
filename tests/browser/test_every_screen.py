"""Every screen as its person sees it: no fault that axe-core finds, nothing wider than its window, nothing heavy.

With SCREENSHOTS set to a folder (`make screenshots`), the long walk leaves a picture of each there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clearmyrecord.demo.county import ensure_office
from tests.browser import answers, later, screens, walk
from tests.browser import county as counties
from tests.browser.desks import Desks

DEMO_SUBJECTS, FEW_SUBJECTS = 2400, 60


class Walk:
    """Each person's window, opened when it is first needed, and what was found wrong."""

    def __init__(self, desks: Desks, browser: Browser, county: counties.County) -> None:
        self._desks, self._browser, self._county = desks, browser, county
        self._pages: dict[str, Page] = {}
        self.faults: list[str] = []

    def page_of(self, who: str) -> Page:
        """The window of this person, or a new one of nobody's."""
        if who == screens.NOBODY:
            return self._desks.open()
        if who not in self._pages:
            self._pages[who] = self._desks.sign_in(who)
        return self._pages[who]

    def look_at(self, screen: screens.Screen) -> None:
        """Open a screen, take its picture if wanted, and note what is wrong with it."""
        page = self.page_of(screen.who)
        if amiss := walk.open_screen(page, screen, self._county):
            self.faults.append(f"{screen.name} at {amiss}")
            return
        if folder := os.environ.get("SCREENSHOTS"):
            walk.take(page, Path(folder) / f"{screen.name}.webp")
        self.faults += [f"{screen.name} at {fault}" for fault in walk.faults(page)]


@pytest.mark.browser
def test_the_main_pages_have_no_fault_and_their_words_explain_themselves(
    desks: Desks, browser: Browser, tmp_path: Path
) -> None:
    ensure_office()
    county = counties.County()
    county.read_and_evaluate(tmp_path, FEW_SUBJECTS)
    county.find_records()
    county.draft_batch()
    looked = Walk(desks, browser, county)
    for screen in screens.SCREENS:
        if screen.main:
            looked.look_at(screen)
    assert not looked.faults, "\n".join(looked.faults)
    _words_explain_themselves(looked.page_of("ana"), county)
    assert desks.complaints == []


def _words_explain_themselves(page: Page, county: counties.County) -> None:
    """On focus and on hover, on a telephone too; it stays while the pointer is on it, and Escape takes it away."""
    page.set_viewport_size({"width": walk.NARROW, "height": walk.HEIGHT})
    page.goto(f"/reviews/{county.things['conviction']}/")
    route, basis = (page.locator(".found").get_by_role("button", name=name, exact=True) for name in ("Route", "Basis"))
    says = page.get_by_role("tooltip")

    route.focus()
    expect(says).to_contain_text("Whether the sentence is completed")
    expect(route).to_have_accessible_description(says.inner_text())
    page.keyboard.press("Tab")
    expect(basis).to_be_focused()
    expect(says).to_contain_text("Why relief can be asked for")
    page.keyboard.press("Escape")
    expect(says).to_have_count(0)

    page.get_by_role("heading", level=1).click()
    route.hover()
    expect(says).to_be_visible()
    says.hover()
    page.wait_for_timeout(2 * LEAVE_MS)
    expect(says).to_be_visible()
    assert walk.pixels_beyond(page) <= 0
    assert walk.rules_broken(page) == []
    page.mouse.move(0, 0)
    expect(says).to_have_count(0)


LEAVE_MS = 200
"""After so long without pointer and focus an explanation goes (static/js/terms.js)."""


@pytest.mark.browser
@pytest.mark.slow
def test_no_screen_has_a_fault(desks: Desks, browser: Browser, tmp_path: Path) -> None:
    ensure_office()
    county = counties.County()
    county.read_and_evaluate(tmp_path, DEMO_SUBJECTS)
    counties.fill(county)
    answers.fill(county)
    later.fill(county)
    looked = Walk(desks, browser, county)
    for screen in screens.SCREENS:
        looked.look_at(screen)
    assert not looked.faults, "\n".join(looked.faults)
    assert desks.complaints == []
