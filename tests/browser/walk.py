"""Going to every screen, and what is measured there: axe-core's rules, width, weight of script and style."""

from __future__ import annotations

import io
from pathlib import Path

from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page

from tests.browser.county import County
from tests.browser.screens import NOBODY, Screen

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDE, ZOOMED, NARROW = 1280, 640, 400
"""Widths in CSS pixels: a desk's, the same zoomed to 200 %, a telephone's."""
HEIGHT = 900
MISSING = 422
"""How the page answers that says what a paper still lacks."""
MOST_HEIGHT, QUALITY = 1600, 60
"""Of a picture: pixels, and how well WebP keeps it."""
MOST_BYTES = 150_000
"""Of script and style beyond the U.S. Web Design System."""

OPEN_ALL = "() => document.querySelectorAll('#main details').forEach((each) => { each.open = true; })"
RUN_AXE = """async (rules) => {
    const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    return found.violations.map((each) => `${each.id} (${each.help}): ` +
        each.nodes.slice(0, 4).map((node) => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | "));
}"""
WEIGH = """() => performance.getEntriesByType("resource")
    .filter((each) => /\\.(js|css)$/.test(new URL(each.name).pathname) && !each.name.includes("/static/uswds/"))
    .reduce((sum, each) => sum + each.decodedBodySize, 0)"""
BEYOND = "() => document.documentElement.scrollWidth - window.innerWidth"


def address(screen: Screen, county: County) -> str:
    """The screen's address over the county's things. Raises KeyError for a thing that the county doesn't have."""
    arguments = [each[1:] if each.startswith(":") else county.things[each] for each in screen.of]
    path = reverse(screen.view, args=arguments)
    return f"{path}?{screen.query.format(**county.things)}" if screen.query else path


def open_screen(page: Page, screen: Screen, county: County) -> str:
    """Go there as its person would; how the address answers if it shows no page."""
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    if screen.steps == "search":
        page.goto(reverse("records:search"))
        page.get_by_label("Name").fill("A")
        with page.expect_navigation():
            page.locator("#main form button").last.click()
        return ""
    answer = page.goto(address(screen, county))
    assert answer is not None
    if not answer.ok and answer.status != MISSING:
        return f"its address: {answer.status}"
    if screen.who == NOBODY and screen.steps == "agree":
        with page.expect_navigation():
            page.get_by_role("button", name="I understand").click()
    return ""


def take(page: Page, path: Path) -> None:
    """A picture of the open screen from its top, small enough to be kept with the code."""
    height = min(MOST_HEIGHT, page.evaluate("document.documentElement.scrollHeight"))
    shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDE, "height": height})
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(shot)).convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)


def faults(page: Page) -> list[str]:
    """What is wrong with the open screen, with everything that it folds away unfolded."""
    page.evaluate(OPEN_ALL)
    page.wait_for_load_state("networkidle")
    found: list[str] = []
    for width in (WIDE, ZOOMED, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if (beyond := pixels_beyond(page)) > 0:
            found.append(f"{width} px: {beyond} px wider than its window")
        if width != ZOOMED:
            found += [f"{width} px: {each}" for each in rules_broken(page)]
    if (weight := page.evaluate(WEIGH)) > MOST_BYTES:
        found.append(f"{weight:,} bytes of script and style")
    return found


def without_faults(page: Page) -> None:
    """Fail if the open screen has one; it is as wide as before afterwards, and what it folds away stays unfolded."""
    assert faults(page) == []
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})


def pixels_beyond(page: Page) -> int:
    """By how many pixels the page is wider than its window; less than one if it isn't."""
    beyond: int = page.evaluate(BEYOND)
    return beyond


def rules_broken(page: Page) -> list[str]:
    """Every rule of axe-core that the page breaks at its present width, with some of the places."""
    if page.evaluate("() => !('axe' in window)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    broken: list[str] = page.evaluate(RUN_AXE, list(RULES))
    return broken
