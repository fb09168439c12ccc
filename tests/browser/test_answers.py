"""A court's response in a browser: uploaded, its columns and words said once, looked at, recorded, worked off."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearmyrecord.batches.models import Batch
from clearmyrecord.office import queries as office
from clearmyrecord.relief.models import Asked, CourtAnswer
from tests.browser.answering import analyst, filed_batch
from tests.browser.desks import Desks, fill, heading, said


@pytest.fixture
def ana(desks: Desks, tmp_path: Path) -> Page:
    return analyst(desks, tmp_path)


def response_file(folder: Path, batch: Batch) -> Path:
    """The court granted one, denied one, misspelt the number of the third, and forgot the fourth."""
    numbers = list(batch.items.order_by("pk").values_list("case_number", flat=True))
    day = f"{office.today():%m/%d/%Y}"
    path = folder / "martinez-rulings.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(
            [
                ("Case No.", "Ruling", "Ruling Date", "Comment"),
                (numbers[0], "Granted", day, ""),
                (numbers[1], "Denied", day, "Not within the section."),
                (f"{numbers[2]}X", "Granted", day, ""),
            ]
        )
    return path


@pytest.mark.browser
def test_a_courts_response_is_recorded_and_what_does_not_fit_is_worked_off(
    desks: Desks, ana: Page, tmp_path: Path
) -> None:
    batch = filed_batch()
    third = batch.items.order_by("pk")[2]
    ana.goto("/")
    ana.get_by_role("link", name="Answers", exact=True).click()
    expect(heading(ana)).to_have_text("Answers")
    ana.get_by_role("link", name=re.compile("Courts’ responses")).click()
    ana.get_by_role("link", name="Upload a response").click()
    ana.get_by_label("Court", exact=True).select_option(index=1)
    ana.get_by_label("The court’s response").set_input_files(response_file(tmp_path, batch))
    ana.get_by_role("button", name="Upload").click()
    expect(ana.get_by_label("What the court did")).to_have_value("Ruling")
    expect(ana.get_by_label("Day of the order")).to_have_value("Ruling Date")
    ana.get_by_role("button", name="Go on to the court’s words").click()
    expect(ana.get_by_label("“denied” (1 row)")).to_have_value("denied")
    ana.get_by_role("button", name="Show what each row means").click()
    expect(ana.get_by_text("From 2 rows: 1 granted, 1 denied")).to_be_visible()
    ana.get_by_role("button", name="Record 2 convictions").click()
    said(ana, "Recorded for 2 convictions")

    ana.get_by_role("link", name="Work it off").click()
    fill(ana, case_number=third.case_number)
    ana.get_by_role("button", name="Find it").click()
    ana.get_by_role("link", name=re.compile(third.case_number)).click()
    fill(ana, why="An X too many.")
    ana.get_by_role("button", name="Record the row").click()
    said(ana, "is recorded for 1 conviction")
    assert sorted(CourtAnswer.objects.values_list("decision", flat=True)) == ["denied", "granted", "granted"]

    ana.goto("/relief/")
    expect(ana.get_by_role("row")).to_have_count(2)  # the headings, and the case that the court forgot
    left = Asked.objects.get(state="waiting")
    ana.get_by_role("link", name=left.item.case_number).click()
    ana.goto("/relief/doj/")
    expect(ana.get_by_text("0 days ago")).to_have_count(2)
    assert desks.complaints == []
