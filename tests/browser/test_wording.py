"""The office's words in a browser: an attorney rewords a text block with its page beside it, a supervisor approves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.demo.county import ensure_office
from clearmyrecord.office.models import WordingVersion
from petitions.wording import BLOCKS
from tests.browser.desks import Desks, heading, said
from tests.office.wordings import KEY, OWN

PAGE = "#page img"
PREVIEW_MS = 700


@pytest.mark.browser
def test_a_text_block_is_reworded_looked_at_and_approved_by_another(desks: Desks) -> None:
    ensure_office()
    theo, sam = desks.sign_in("theo"), desks.sign_in("sam")
    _draft(theo)
    _wrong_while_typing(theo)
    _page_while_typing(theo)
    _save(theo)
    _cannot_approve_own(theo)
    _approve(sam)
    _restore(theo)
    assert desks.complaints == []


def _draft(theo: Page) -> None:
    theo.goto("/wording/")
    expect(theo.locator("#main")).to_contain_text("The standard wording that comes with the product")
    theo.get_by_role("button", name="Start a draft").click()
    said(theo, "The draft is yours")
    theo.get_by_role("link", name=BLOCKS[KEY].title, exact=True).click()
    expect(heading(theo)).to_have_text(BLOCKS[KEY].title)
    expect(theo.locator("#standard")).to_have_text(BLOCKS[KEY].text)
    expect(theo.locator(".placeholders")).to_contain_text("the defendant’s name")
    _is_drawn(theo)


def _is_drawn(page: Page) -> None:
    """The picture is there and is one of a letter-size page."""
    expect(page.locator(PAGE)).to_have_js_property("complete", True)
    width, height = page.locator(PAGE).evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert height / width == pytest.approx(11 / 8.5, abs=0.01)


def _wrong_while_typing(theo: Page) -> None:
    """Said beside the field; the last good page stays; nothing is saved."""
    theo.get_by_label("The office’s text").fill(OWN.replace("{defendant}", "{name}"))
    expect(theo.locator("#checked")).to_contain_text("There is no placeholder {name} in this text.")
    expect(theo.locator("#checked")).to_contain_text("The placeholder {defendant} is missing: the defendant’s name.")
    expect(theo.locator(PAGE)).to_have_attribute("src", re.compile(r"page\.png$"))
    theo.get_by_role("button", name="Save in the draft").click()
    expect(theo.locator("#checked")).to_contain_text("This text can’t be used as it is")
    assert WordingVersion.objects.get().texts[KEY] == BLOCKS[KEY].text


def _page_while_typing(theo: Page) -> None:
    """The page follows the text, soon enough once both web processes have drawn one."""
    waits = []
    for text in (*(OWN.replace("hereby", word) for word in ("now", "again", "today", "once more")), OWN):
        with theo.expect_response(lambda answer: answer.request.method == "POST") as answer:
            theo.get_by_label("The office’s text").fill(text)
        answer.value.finished()
        timing = answer.value.request.timing
        waits.append(timing["responseEnd"] - timing["requestStart"])
        assert "page-shown" in answer.value.text()
    expect(theo.locator("#checked")).to_contain_text("This text can be used. It is not saved yet.")
    expect(theo.locator(PAGE)).to_have_attribute("src", re.compile(r"^data:image/png"))
    _is_drawn(theo)
    assert min(waits) < PREVIEW_MS, waits


def _save(theo: Page) -> None:
    theo.get_by_role("button", name="Save in the draft").click()
    said(theo, f"“{BLOCKS[KEY].title}” is saved in your draft.")
    expect(theo.locator("ins").first).to_be_visible()
    assert WordingVersion.objects.get().texts[KEY] == OWN


def _cannot_approve_own(theo: Page) -> None:
    draft = WordingVersion.objects.get()
    theo.goto(f"/wording/{draft.pk}/")
    expect(theo.get_by_role("link", name="Read and approve")).to_have_count(0)
    theo.goto(f"/wording/{draft.pk}/approve/")
    expect(theo.get_by_role("button", name=re.compile("Approve"))).to_have_count(0)


def _approve(sam: Page) -> None:
    """From home, reading what changes and the page, to the version in force."""
    sam.goto("/")
    sam.get_by_role("link", name=re.compile("Wording to approve")).click()
    sam.get_by_role("link", name="Draft by Theo Tran", exact=True).click()
    sam.get_by_role("link", name="Read and approve").click()
    expect(sam.locator(".change ins").first).to_be_visible()
    sam.get_by_role("link", name=re.compile("See it on paper.*" + re.escape(BLOCKS[KEY].title))).click()
    _is_drawn(sam)
    sam.go_back()
    sam.get_by_role("button", name="Approve 1 changed text block").click()
    said(sam, "Version 1 is in force")


def _restore(theo: Page) -> None:
    version = WordingVersion.objects.get(number=1)
    theo.goto(f"/wording/{version.pk}/")
    theo.get_by_role("button", name="Start a draft with these words").click()
    said(theo, "The draft is yours")
    assert WordingVersion.objects.get(number=None).texts == version.texts
