"""A policy in a browser, from a preset to a run under it, and what another one would have done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.runs.models import Policy, Run
from eligibility.records import sample
from tests.browser import preparing
from tests.browser.desks import Desks, heading, number_in, said, tick

TITLE = "Policy of 2026"


@pytest.mark.browser
def test_a_policy_is_drafted_signed_used_and_tried_otherwise(desks: Desks, tmp_path: Path) -> None:
    ensure_office()
    ana, sam = desks.sign_in("ana"), desks.sign_in("sam")
    draft = _draft(ana)
    _cannot_sign_own(ana, draft)
    _sign(sam, draft)

    record_file = tmp_path / "doj-research.csv"
    sample.write(record_file, subjects=60, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(ana, record_file)
    preparing.evaluate(ana, f"{TITLE}, version 1")
    run = Run.objects.select_related("policy").get()
    assert run.policy.state == Policy.State.USED

    _what_if(ana, run)
    _gainers(ana, run)
    _save_as_draft(ana)
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"policy.drafted", "policy.changed", "policy.signed", "run.started", "subject.viewed"} <= verbs
    assert desks.complaints == []


def _draft(ana: Page) -> Policy:
    """From the preset; a wrong number is named while it is typed and not saved; a line moves and stays in focus."""
    ana.goto("/runs/policies/")
    ana.get_by_role("link", name="Draft a policy").click()
    ana.get_by_label("Start from").select_option("preset:office_choice")
    ana.get_by_label("Title of a new policy").fill(TITLE)
    ana.get_by_role("button", name="Start the draft").click()
    said(ana, "The draft is yours")

    ana.get_by_label("Line 5: years").fill("fifty")
    expect(ana.locator("#checked")).to_contain_text("Line 5, years: A whole number of years, from 1, is needed.")
    ana.get_by_role("button", name="Save the draft").click()
    expect(ana.locator("#line-5 .usa-error-message")).to_be_visible()
    assert Policy.objects.get(title=TITLE).text.count("fifty") == 0
    ana.get_by_label("Line 5: years").fill("55")
    expect(ana.locator("#checked")).to_contain_text("Every line can be used as it is.")

    ana.get_by_role("button", name="Move line 5 up").press("Enter")
    expect(ana.get_by_label("Line 4: years")).to_have_value("55")
    expect(ana.get_by_role("button", name="Move line 4 up")).to_be_focused()
    tick(ana.locator("#on-4"))
    ana.get_by_role("button", name="Save the draft").click()
    said(ana, "The draft is saved")
    expect(ana.get_by_role("listitem").filter(has_text="at least 55 years old")).to_be_visible()
    return Policy.objects.get(title=TITLE)


def _cannot_sign_own(ana: Page, draft: Policy) -> None:
    expect(ana.get_by_role("link", name="Read and sign")).to_have_count(0)
    ana.goto(f"/runs/policies/{draft.pk}/sign/")
    expect(heading(ana)).not_to_contain_text("Sign")


def _sign(sam: Page, draft: Policy) -> None:
    sam.goto("/")
    sam.get_by_role("link", name=re.compile("Policies to sign")).click()
    sam.get_by_role("link", name=f"{TITLE}, draft {draft.pk}").click()
    sam.get_by_role("link", name="Read and sign").click()
    sam.get_by_role("button", name="Sign this policy").click()
    said(sam, f"Signed: {TITLE}, version 1")
    with sam.expect_download() as download:
        sam.get_by_role("link", name="Rule book (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def _what_if(ana: Page, run: Run) -> None:
    """The run's own figures; an option moved changes them in place, and the address says what was asked."""
    ana.goto("/runs/what-if/")
    own = ana.locator(".figures").first.get_by_role("row").nth(2)
    expect(own.get_by_role("cell").nth(1)).to_have_text(str(run.counts["people_with_relief"]))
    ana.locator("label[for='on-2']").click()  # H&S 11357
    ana.locator("label[for='on-1']").click()
    expect(ana.get_by_role("heading", name="What you moved")).to_be_visible()
    expect(ana.locator("#answer")).to_contain_text("with the options moved")
    ana.locator("#options").get_by_label("Line 4: years").fill("")
    expect(ana.locator("#answer")).to_contain_text("Line 4, years: A whole number")
    ana.locator("#options").get_by_label("Line 4: years").fill("40")
    expect(ana.get_by_role("heading", name=re.compile("Who gains and who loses"))).to_be_visible()
    assert "years-4=40" in ana.url


def _gainers(ana: Page, run: Run) -> None:
    """Down to the person: as many as the figures say, each with a link; going back finds the question as it was."""
    people = ana.get_by_role("link", name=re.compile("people lose"))
    number = number_in(people.inner_text())
    assert number > 0
    people.click()
    expect(heading(ana)).to_contain_text("Who loses")
    expect(ana.locator(".page-heading")).to_contain_text(f"{number} people")
    event = AuditEvent.objects.filter(verb="subject.viewed", target_id=run.pk, kind="list").latest("pk")
    assert event.subject_count == min(number, 25)
    ana.locator("#main tbody th a").first.click()
    details = ana.locator('details[hx-get*="/determinations/"]').first
    details.locator("summary").click()
    expect(details.get_by_role("table", name="Every line of the policy").first).to_be_visible()
    ana.go_back()
    ana.go_back()
    expect(ana.get_by_role("heading", name="What you moved")).to_be_visible()
    expect(ana.locator("#options").get_by_label("Line 4: years")).to_have_value("40")


def _save_as_draft(ana: Page) -> None:
    ana.get_by_role("button", name="Save as a draft").click()
    said(ana, "The moved options are a draft of yours")
    saved = Policy.objects.get(name="policy_of_2026", signed_at=None)
    assert saved.based_on is not None
    assert (saved.based_on.version, saved.version) == (1, None)
    assert "years = 40" in saved.text
