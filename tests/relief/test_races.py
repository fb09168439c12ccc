"""People who answer, record and take back at the same instant, each on a connection of their own."""

from __future__ import annotations

from functools import partial

import pytest

from clearmyrecord.errors import Conflict
from clearmyrecord.filings import receipts
from clearmyrecord.filings.models import Filing
from clearmyrecord.relief import handing_off, handoff_rows, objections, responses, services
from clearmyrecord.relief.handoff_models import HandOffRow
from clearmyrecord.relief.models import Asked, CourtAnswer
from tests.batches.test_races import at_once
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.relief.conftest import denied, granted, state_of, today
from tests.relief.test_responses import court, row, uploaded

__all__ = ["court", "uploaded"]
pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def standing() -> list[str]:
    return list(CourtAnswer.objects.filter(superseded_at=None).values_list("decision", flat=True))


def test_two_who_say_different_things_at_once_leave_one_answer(item, ana, sam):
    pk = item("CR0002").pk
    for _ in range(ROUNDS):
        results = at_once(
            lambda: services.answer(actor=ana, item_ids=[pk], told=granted()),
            lambda: services.answer(actor=sam, item_ids=[pk], told=denied()),
        )
        assert {type(result) for result in results} == {int, Conflict}, results
        assert standing() == [state_of(item("CR0002"))]
        assert item("CR0002").holds is (standing() == ["granted"])
        services.undo(actor=ana, item_id=pk, reason="Again.")


def test_a_response_recorded_in_two_windows_at_once_is_recorded_once(uploaded, ana, sam):
    of = uploaded(row("CR0001"), row("CR0002", "DENIED"))
    for _ in range(ROUNDS):
        of.refresh_from_db()
        shown = {"response_id": of.pk, "seen_hash": of.matches_hash}
        results = at_once(*(partial(responses.record, actor=actor, **shown) for actor in (ana, sam)))
        assert {type(result) for result in results} == {int, Conflict}, results
        assert sorted(standing()) == ["denied", "granted"]
        responses.undo(actor=ana, response_id=of.pk, reason="Again.")


def test_answering_beside_unfiling_leaves_no_answer_to_what_is_not_filed(item, case, ana, sam):
    pk, filing = item("CR0002").pk, case("CR0002")
    for _ in range(ROUNDS):
        results = at_once(
            lambda: services.answer(actor=ana, item_ids=[pk], told=granted()),
            lambda: receipts.undo(actor=sam, filing_id=filing.pk, reason="Wrong case."),
        )
        assert sum(isinstance(result, Exception) for result in results) == 1, results
        filing.refresh_from_db()
        if filing.state == Filing.State.FILED:
            assert standing() == ["granted"]
            services.undo(actor=ana, item_id=pk, reason="Again.")
        else:
            assert (standing(), Asked.objects.filter(filing=filing).exists()) == ([], False)
            receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="E1")


def test_objecting_beside_answering_never_grants_what_is_objected_to(item, ana, sam):
    pk = item("CR0002").pk
    told = {"who": "defender", "name": "", "raised_on": today(), "ground": "record", "text": "Not this person."}
    results = at_once(
        lambda: services.answer(actor=ana, item_ids=[pk], told=granted()),
        lambda: objections.object_to(actor=sam, item_ids=[pk], **told),
    )
    assert {type(result) for result in results} == {int, Conflict}, results
    assert state_of(item("CR0002")) == ("objected" if not standing() else "granted")


def test_a_grant_taken_back_at_that_instant_is_never_handed_off(item, ana, sam, court):
    pk = item("CR0002").pk
    for number in range(ROUNDS):
        services.answer(actor=ana, item_ids=[pk], told=granted())
        seen = handing_off.rows_hash(handoff_rows.rows(court, "granted"))
        at_once(
            partial(handing_off.make, actor=sam, court_id=court.pk, stage="granted", seen=seen),
            partial(services.undo, actor=ana, item_id=pk, reason=f"Round {number}."),
        )
        told = HandOffRow.objects.filter(item=pk, stage="granted", holds=True).first()
        assert (told is not None) == (standing() == ["granted"])
        if told is not None:
            handing_off.withdraw(actor=sam, hand_off_id=told.hand_off_id, reason="The next round.")
            services.undo(actor=ana, item_id=pk, reason="The next round.")
