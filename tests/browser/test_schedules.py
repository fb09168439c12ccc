"""A schedule in a browser: set up in words, tried dry, approved by another, and what its first due run made."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches.models import Batch
from clearmyrecord.demo.county import ensure_office
from clearmyrecord.office.models import User
from clearmyrecord.schedules import services
from clearmyrecord.schedules.models import Schedule
from eligibility.records import sample
from tests.browser import preparing, walk
from tests.browser.desks import Desks, heading, said, tick


@pytest.mark.browser
def test_a_schedule_is_set_up_tried_approved_and_drafts_a_batch(desks: Desks, tmp_path: Path) -> None:
    ensure_office()
    ana, sam = desks.sign_in("ana"), desks.sign_in("sam")
    record_file = tmp_path / "doj-research.csv"
    sample.write(record_file, subjects=60, seed=1, county="CONTRA COSTA")
    preparing.upload_and_read(ana, record_file)
    _set_up(ana)
    _dry_run(ana)
    _approve(sam)
    _first_due_run(ana)
    _what_it_made(ana)
    _watch(ana)
    _end(sam)
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"schedule.proposed", "schedule.approved", "schedule.due", "schedule.done", "schedule.ended"} <= verbs
    assert desks.complaints == []


def _set_up(ana: Page) -> None:
    """Only the fields of the chosen kind of days are shown; without a weekday it is said what is missing."""
    ana.goto("/schedules/")
    ana.get_by_role("link", name="Set up a schedule").click()
    walk.without_faults(ana)
    ana.get_by_label("Name of the schedule").fill("Clean slate, every weekday")
    expect(ana.get_by_label("Which one")).to_be_visible()
    tick(ana.get_by_role("radio", name="On weekdays, every week"))
    expect(ana.get_by_label("Which one")).to_be_hidden()
    ana.get_by_label("At what time").fill("05:30")
    tick(ana.get_by_role("checkbox", name="Draft a batch for each court"))
    ana.get_by_role("button", name="Set up").click()
    expect(ana.get_by_role("alert")).to_contain_text("Pick at least one weekday.")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        tick(ana.get_by_role("checkbox", name=day))
    ana.get_by_role("button", name="Set up").click()
    said(ana, "The schedule is set up")
    expect(ana.locator("#main")).to_contain_text("Every weekday at 5:30 AM")


def _dry_run(ana: Page) -> None:
    expect(ana.get_by_role("link", name="Look through and approve")).to_have_count(0)
    ana.get_by_role("link", name="Dry run").click()
    expect(heading(ana)).to_contain_text("Dry run")
    walk.without_faults(ana)
    expect(ana.locator(".facts").first.locator("dd").first).to_contain_text(re.compile("5:30 AM.*5:30 AM"))


def _approve(sam: Page) -> None:
    sam.goto("/")
    sam.get_by_role("link", name=re.compile("Schedules to approve")).click()
    sam.get_by_role("link", name="Clean slate, every weekday").first.click()
    walk.without_faults(sam)
    sam.get_by_role("button", name="Approve the schedule").click()
    said(sam, "is approved and runs from now on")


def _first_due_run(ana: Page) -> None:
    """As if it had been approved a week ago and the scheduler had been away: the newest due time stands for all."""
    Schedule.objects.update(due_after=timezone.now() - timedelta(days=7))
    (due,) = services.insert_due(now=timezone.now())
    ana.goto(f"/schedules/due/{due.pk}/")
    for _ in range(60):
        if ana.locator(".usa-tag", has_text=re.compile("^(done|failed)$")).count():
            break
        ana.wait_for_timeout(500)
        ana.reload()
    expect(heading(ana)).to_contain_text("done")
    expect(ana.locator("#main")).to_contain_text("It stands for 4 due times that were missed")
    walk.without_faults(ana)


def _what_it_made(ana: Page) -> None:
    """The batch is a draft of the schedule's, and Ana, who set it up, is a preparer of it."""
    batch = Batch.objects.get(name__startswith="Martinez")
    assert str(batch.composed_by) == "Clean-slate schedule"
    assert batch.preparers.filter(user=User.objects.get(username="ana")).exists()
    ana.get_by_role("link", name=re.compile("New convictions, eligible")).click()
    expect(ana.locator("#main tbody tr").first).to_be_visible()
    ana.go_back()
    ana.get_by_role("link", name=batch.name).click()
    expect(heading(ana)).to_contain_text(batch.name)
    ana.goto("/")
    expect(ana.locator("#main")).to_contain_text("Scheduled runs done this week")


def _watch(ana: Page) -> None:
    ana.goto("/schedules/watch/")
    expect(ana.locator(".windows")).to_contain_text("in the next 90 days")
    walk.without_faults(ana)
    ana.get_by_role("link", name="What a date changes").click()
    ana.get_by_label("From this day on").fill(f"{timezone.localdate().year + 10}-01-02")
    ana.get_by_role("button", name="Show what changes").click()
    expect(ana.get_by_role("heading", name=re.compile("By time and law alone"))).to_be_visible()
    walk.without_faults(ana)


def _end(sam: Page) -> None:
    sam.goto("/schedules/")
    sam.get_by_role("link", name="Clean slate, every weekday").first.click()
    walk.without_faults(sam)
    sam.get_by_role("link", name="End", exact=True).click()
    sam.get_by_label("Why it ends").fill("Tried out.")
    sam.get_by_role("button", name="End the schedule").click()
    said(sam, "is ended")
