"""A page that polls by itself does not count as somebody being there."""

from __future__ import annotations

from pathlib import Path

import django_htmx
import pytest
from django.conf import settings
from playwright.sync_api import Page, Request, Route

HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
PAGE = """<!DOCTYPE html><script src="/htmx.js"></script><script src="/swapped.js"></script>
<div hx-get="/polled" hx-trigger="every 100ms" hx-swap="none"></div>
<button hx-get="/clicked" hx-swap="none">Press</button>"""


@pytest.mark.browser
def test_a_poll_says_that_nobody_asked_and_a_click_does_not(page: Page) -> None:
    files = {"/htmx.js": HTMX.read_text(), "/swapped.js": (settings.BASE_DIR / "static/js/swapped.js").read_text()}

    def answer(route: Route, request: Request) -> None:
        path = request.url.removeprefix("http://screen.example")
        route.fulfill(body=files.get(path, PAGE), content_type="text/javascript" if path in files else "text/html")

    page.route("**/*", answer)
    with page.expect_request("**/polled") as polled:
        page.goto("http://screen.example/")
    with page.expect_request("**/clicked") as clicked:
        page.get_by_text("Press").click()
    assert polled.value.headers.get("x-background") == "yes"
    assert "x-background" not in clicked.value.headers
