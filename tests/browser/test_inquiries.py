"""An inquiry in a browser: logged, the person found though misspelt, verified, answered by letter, settled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.batches.models import BatchItem
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Subject
from clearmyrecord.relief import services
from clearmyrecord.relief.models import Inquiry
from clearmyrecord.relief.writing import Told
from tests.browser.answering import analyst, filed_batch
from tests.browser.desks import Desks, heading, said, tick
from tests.browser.test_hand_off_and_impact import download, text_of
from tests.browser.walk import without_faults


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    return analyst(desks, tmp_path)


def cleared() -> BatchItem:
    """A conviction that a court dismissed and sealed today."""
    item = filed_batch().items.filter(asked__relief="sealed").order_by("pk")[0]
    told = Told("granted", decided_on=office.today())
    services.answer(actor=User.objects.get(username="ana"), item_ids=[item.pk], told=told)
    return item


def misspelt(subject: Subject) -> str:
    """The name as somebody might say it on the telephone: the last name's last letter doubled."""
    last, _, first = subject.name.partition(",")
    return f"{first} {last}{last[-1]}".title()


@pytest.mark.browser
@pytest.mark.slow
def test_who_asks_is_answered_once_they_are_known(desks: Desks, ana: Page, tmp_path: Path) -> None:
    item = cleared()
    subject = Subject.objects.get(pk=item.asked.subject_id)
    _log(ana, subject)
    _find_and_verify(ana, subject, item)
    _glance(ana, item)
    for language in ("English", "Spanish"):
        _letter(ana, language, item, tmp_path)
    _settle(ana)
    assert desks.complaints == []


def _log(ana: Page, subject: Subject) -> None:
    ana.goto("/")
    ana.get_by_role("link", name="Inquiries", exact=True).click()
    expect(ana.get_by_text("Nobody waits for an answer")).to_be_visible()
    ana.get_by_role("link", name="Log an inquiry").first.click()
    ana.get_by_label("Channel").select_option(label="By telephone")
    ana.get_by_label("Who asks", exact=True).select_option(label="The person")
    ana.get_by_label("How to reach them").fill("925-555-0123")
    ana.get_by_label("Name of the person", exact=True).fill(misspelt(subject))
    if subject.birth_date:
        ana.get_by_label("Birth date").fill(subject.birth_date.isoformat())
    without_faults(ana)
    ana.get_by_role("button", name="Log and look for the person").click()
    expect(heading(ana)).to_have_text(f"Inquiry about {misspelt(subject)}")


def _find_and_verify(ana: Page, subject: Subject, item: BatchItem) -> None:
    """The likeliest is the one; nothing of the record is shown before somebody says how it was verified."""
    expect(ana.locator("#main")).not_to_contain_text(item.case_number)
    likeliest = ana.get_by_role("radio").first
    expect(likeliest).to_have_value(str(subject.pk))
    without_faults(ana)
    tick(likeliest)
    ana.get_by_label("How it was verified that they may be told").fill("Driver’s licence seen at the counter")
    ana.get_by_role("button", name="This is the person").click()
    expect(ana.get_by_text("Verified: Driver’s licence seen at the counter")).to_be_visible()


def _glance(ana: Page, item: BatchItem) -> None:
    """What a court sealed is shown only when it is asked for."""
    expect(ana.get_by_text("sealed by order of a court and not shown")).to_be_visible()
    expect(ana.get_by_role("rowheader", name=item.case_number)).to_have_count(0)
    ana.get_by_role("link", name=re.compile("to answer this inquiry")).click()
    row = ana.get_by_role("row").filter(has=ana.get_by_role("rowheader", name=item.case_number))
    expect(row).to_contain_text("Dismissed and sealed")
    without_faults(ana)


def _letter(ana: Page, language: str, item: BatchItem, folder: Path) -> None:
    form = ana.get_by_text("Write a letter")
    if not ana.get_by_label("Language").is_visible():
        form.click()
    ana.get_by_label("Language").select_option(label=language)
    ana.get_by_label("Address").fill("1 Main Street\nMartinez, CA 94553")
    ana.get_by_label("Telephone of the public defender").fill("925-555-0177")
    ana.get_by_role("button", name="Write the letter").click()
    said(ana, "The letter is written")
    path = download(ana, ana.get_by_role("link", name=re.compile(f"^{language}, ")), folder)
    assert item.case_number in text_of(path)


def _settle(ana: Page) -> None:
    ana.get_by_label("What became of it").select_option(label="Answered")
    ana.get_by_label("What they were told, or why nothing").fill("Told that it is dismissed and sealed; letter sent.")
    ana.get_by_role("button", name="Settle the inquiry").click()
    said(ana, "The inquiry is settled")
    expect(ana.get_by_text("Nobody waits for an answer")).to_be_visible()
    ana.get_by_label("State", exact=True).select_option(label="All")
    ana.get_by_role("button", name="Show", exact=True).click()
    expect(ana.get_by_role("row").filter(has_text=Inquiry.objects.get().name)).to_contain_text("Answered")
