"""Several people at their own browsers, and the few moves that every page of the application shares."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from clearmyrecord.demo.county import PASSWORD

SLOW_MS = 15_000
"""Longest that a page or a swapped part may take while workers have both cores."""
expect.set_options(timeout=SLOW_MS)


class Desks:
    """One signed-in browser window for each person. What the browsers complain about is kept in `complaints`."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self.url = browser, url
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def sign_in(self, username: str) -> Page:
        """A new window with the home page of a demo account."""
        page = self.open()
        page.goto("/sign-in/")
        page.get_by_role("button", name="I understand").click()
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What needs you now")
        return page

    def open(self) -> Page:
        """A new window in which nobody is signed in."""
        context = self._browser.new_context(base_url=self.url, accept_downloads=True)
        context.set_default_timeout(SLOW_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._heard(said.text))
        return page

    def _heard(self, said: str) -> None:
        """Keep what the content policy blocked."""
        if "Content Security" in said:
            self.complaints.append(said)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def fill(page: Page, **fields: str) -> None:
    """Fill the page's main form by field name."""
    for name, value in fields.items():
        page.locator(f"#main [name={name}]").fill(value)


def said(page: Page, words: str | re.Pattern[str]) -> None:
    """The message at the top of the page."""
    expect(page.locator(".usa-alert__text", has_text=words).first).to_be_visible(timeout=SLOW_MS)


def tick(box: Locator) -> None:
    """Check a box or radio by its label, as a person does: USWDS moves the real one out of sight and draws its own."""
    box.page.locator(f"label[for='{box.get_attribute('id')}']").click()
    expect(box).to_be_checked()


def number_in(text: str) -> int:
    """The first number of a text: "Accept 1,204" gives 1204. Fails if it has none."""
    found = re.search(r"\d[\d,]*", text)
    assert found, f"no number in {text!r}"
    return int(found[0].replace(",", ""))
