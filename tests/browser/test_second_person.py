"""Overriding by four keys at most, and the second person who confirms or refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.demo.county import ensure_office
from clearmyrecord.reviews import queries
from clearmyrecord.reviews.models import Confirmation, Opposition, Override
from eligibility.records import sample
from tests.browser import preparing
from tests.browser.desks import Desks, said
from tests.browser.test_queue import POLICY, address_changes, press, tab_to
from tests.reviews.documents import PDF


@pytest.mark.browser
@pytest.mark.slow
def test_a_denial_by_keys_waits_until_a_second_person_confirms_it(desks: Desks, tmp_path: Path) -> None:
    ensure_office()
    ana = desks.sign_in("ana")
    path = tmp_path / "doj-research.csv"
    sample.write(path, subjects=60, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(ana, path)
    preparing.evaluate(ana, POLICY)

    ana.goto("/reviews/?state=open&outcome=dismiss&route=completed")
    ana.locator(".queue tbody th a").first.click()
    ana.wait_for_load_state("networkidle")
    first = ana.url
    prior = reason_number(ana, "An earlier conviction bars relief.")
    press(ana, "o", prior, "Enter")  # three keys: the reason leaves one outcome only
    second = address_changes(ana, first)
    expect(ana.get_by_text("it waits for a second person")).to_be_visible()
    denied = Override.objects.get()
    assert (denied.outcome, denied.listed) == ("not_eligible", "prior_bars")
    assert queries.standing_of(denied.conviction_id).standing_outcome == "hand_review"

    ana.wait_for_load_state("networkidle")
    more = reason_number(ana, "The court’s papers show another offense, severity or amount than the record.")
    press(ana, "o", more)
    expect(ana.locator("#id_outcome")).to_be_focused()  # it leaves several
    press(ana, "1", "Enter")  # four keys
    address_changes(ana, second)
    assert Override.objects.filter(listed="another_offense").count() == 1

    theo = desks.sign_in("theo")
    theo.get_by_role("link", name=re.compile("Overrides awaiting a second person")).click()
    theo.locator(".queue tbody th a").first.click()
    tab_to(theo, "Confirm: not eligible stands")
    press(theo, "Enter")
    said(theo, "You confirmed the override")
    assert Confirmation.objects.get().by.username == "theo"
    assert queries.standing_of(denied.conviction_id).standing_outcome == "not_eligible"
    opposed_with_an_exhibit(theo)
    assert desks.complaints == []


def opposed_with_an_exhibit(theo: Page) -> None:
    """An attorney opposes relief and attaches the document; the list has it and the document comes back."""
    theo.goto("/reviews/?state=open&outcome=dismiss&section=11359")
    theo.locator(".queue tbody th a").first.click()
    theo.locator("#oppose > summary").click()
    theo.get_by_text("Yes, oppose").click()
    theo.get_by_text(re.compile(r"11359\(c\)\(3\)")).click()
    theo.get_by_label("Facts relied on").fill("The buyer was sixteen, by the police report.")
    theo.locator("#oppose details summary").click()
    theo.get_by_label("Exhibit 1, name of the document").fill("Police report")
    theo.get_by_label("Exhibit 1, document").set_input_files(
        files=[{"name": "report.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    theo.get_by_role("button", name="Keep the decision").click()
    said(theo, "Your decision is kept")
    assert Opposition.objects.get().subdivision == "HS 11359(c)(3)"
    with theo.expect_download() as downloading:
        theo.get_by_role("link", name="Police report").click()
    assert downloading.value.path().read_bytes() == PDF
    theo.goto("/reviews/opposition/opposed/?for=defender")
    expect(theo.get_by_role("region", name="Relief opposed")).to_contain_text("The buyer was sixteen")


def reason_number(page: Page, words: str) -> str:
    """The key that chooses this reason."""
    offered = page.locator("#id_listed option").all_text_contents()
    return str(offered.index(words))
