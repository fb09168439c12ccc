"""Omnibus motions: answered by the row of the exhibit, sent back as a whole."""

from __future__ import annotations

import pytest

from clearmyrecord.filings.models import OmnibusMotion
from clearmyrecord.relief import responses, services
from clearmyrecord.relief.models import Asked, CourtAnswer
from tests.batches.test_omnibus import dismissals
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.filings.test_omnibus import drawn, wanted
from tests.filings.test_omnibus_signing import confirmed, entered, signed
from tests.relief.conftest import rejected, today
from tests.relief.test_responses import csv_of, kinds, us

__all__ = ["confirmed", "dismissals", "drawn", "signed", "wanted"]

HEADINGS = ("Case", "Row", "Decision", "Order Date")
COLUMNS = {"case_number": "Case", "exhibit_row": "Row", "decision": "Decision", "decided_on": "Order Date"}


@pytest.fixture
def filed(confirmed, ana) -> OmnibusMotion:
    entered(ana, confirmed, assigned="MSC26-001")
    return confirmed


def test_rows_of_the_exhibit_are_answered_by_their_number(filed, ana):
    asked = list(Asked.objects.filter(motion=filed).select_related("item").order_by("exhibit_row"))
    assert [each.exhibit_row for each in asked] == list(range(1, len(asked) + 1))
    first, second = asked[0], asked[1]
    day = us(today())
    content = csv_of(
        (first.item.case_number, "1", "GRANTED", day),
        ("MSC26-001", "2", "DENIED", day),
        (first.item.case_number, "2", "GRANTED", day),
        ("MSC26-001", "", "GRANTED", day),
        ("MSC26-001", "999", "GRANTED", day),
        ("MSC26-001", "1", "RETURNED", day),
        headings=HEADINGS,
    )
    of, _ = responses.upload(actor=ana, court=filed.court, name="o.csv", content=content)
    responses.choose_columns(actor=ana, response_id=of.pk, columns=COLUMNS)
    words = {"granted": "granted", "denied": "denied", "returned": "rejected"}
    of = responses.choose_words(actor=ana, response_id=of.pk, meanings=words)
    assert kinds(of) == ["match", "match", "differs", "several", "differs", "unusable"]
    assert responses.record(actor=ana, response_id=of.pk, seen_hash=of.matches_hash) == 2
    assert {a.item_id: a.decision for a in CourtAnswer.objects.all()} == {
        first.item_id: "granted", second.item_id: "denied",
    }  # fmt: skip


def test_the_clerk_sends_a_whole_motion_back_and_that_is_taken_back(filed, ana):
    assert services.reject(actor=ana, motion_id=filed.pk, told=rejected()) == Asked.objects.count()
    filed.refresh_from_db()
    assert (filed.state, set(Asked.objects.values_list("state", flat=True))) == ("drafted", {"rejected"})
    services.undo_rejection(actor=ana, motion_id=filed.pk, reason="Another motion.")
    filed.refresh_from_db()
    assert (filed.state, set(Asked.objects.values_list("state", flat=True))) == ("filed", {"waiting"})
