"""The running application: web server, workers and scheduler as processes on the test database."""

import urllib.request

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_sign_in_page_comes_up_with_its_style_and_without_complaint(live_stack, page: Page):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_stack.url}/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    family = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Source Sans" in family
    assert page.evaluate("typeof htmx") == "object"
    assert said == []


def test_the_keyboard_reaches_the_content_first(live_stack, page: Page):
    page.goto(f"{live_stack.url}/no-such-page/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_nothing_is_wider_than_a_telephone(live_stack, page: Page):
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(f"{live_stack.url}/sign-in/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_pages_forbid_inline_script_and_style(live_stack):
    with urllib.request.urlopen(f"{live_stack.url}/sign-in/") as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_killed_workers_are_gone_and_start_again(live_stack):
    before = live_stack.worker_pids
    live_stack.kill_workers()
    assert live_stack.worker_pids == []
    live_stack.start_workers()
    assert len(live_stack.worker_pids) == len(before)
    assert not set(before) & set(live_stack.worker_pids)
