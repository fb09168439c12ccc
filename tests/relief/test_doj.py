"""Whether the DOJ's record follows: found in later record files, never guessed from files that say nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.records.models import RecordFile
from clearmyrecord.relief import doj, services
from clearmyrecord.relief.models import CourtAnswer, DojConfirmation
from tests.batches.conftest import PEOPLE
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.records.factories import conviction, read_file
from tests.relief.conftest import granted, today

SECTIONS = {"CR0001": "sale", "CR0002": "cultivation"}


@pytest.fixture
def ordered(item, ana, monkeypatch):
    """Both cases granted; from then on it is 60 days later."""
    services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
    services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
    later = today() + timedelta(60)
    monkeypatch.setattr("clearmyrecord.office.queries.today", lambda: later)
    return later


def rows_of(name: str, **later: str) -> list[dict[str, str]]:
    """What the first file said of a person; with `later` an event after the conviction, in its cycle."""
    rows = list(PEOPLE[name])
    if later:
        rows.append(rows[1] | {"CNT_ORDER": "101003001000", "DISP_DESCR": "", "CONV_STAT_DESCR": ""} | later)
    return rows


def newer_file(ana, rows, received_on) -> RecordFile:
    """Read a file that came that day."""
    read_file(ana, rows)
    file = RecordFile.objects.order_by("pk").last()
    RecordFile.objects.filter(pk=file.pk).update(received_on=received_on)
    file.refresh_from_db()
    doj.look_in(file)
    return file


def found(case: str) -> list[tuple[str, str]]:
    told = DojConfirmation.objects.filter(answer__item__case_number=case)
    return list(told.order_by("pk").values_list("shows", "state"))


class TestALaterFile:
    def test_that_says_11361_8_of_the_conviction_confirms_it(self, ordered, ana):
        day = f"{ordered:%Y%m%d}"
        relieved = rows_of("sale", STP_EVENT_DATE=day, DISP_DESCR="DISMISSED PER 11361.8 HS")
        newer_file(ana, relieved, ordered)
        assert found("CR0001") == [("relief", "confirmed")]
        assert found("CR0002") == []

    def test_with_other_words_of_relief_suggests_it(self, ordered, ana):
        newer_file(ana, rows_of("sale", STP_EVENT_DATE=f"{ordered:%Y%m%d}", DISP_DESCR="DISMISSED"), ordered)
        assert found("CR0001") == [("relief", "suggested")]

    def test_of_the_person_without_the_conviction_suggests_it(self, ordered, ana):
        other = PEOPLE["sale"][1] | {"OFFENSE_DESCR": "459 PC-BURGLARY", "OFN": "XX9", "STP_EVENT_DATE": "20140101"}
        newer_file(ana, [other], ordered)
        assert found("CR0001") == [("gone", "suggested")]

    def test_that_still_shows_it_or_is_of_others_says_nothing(self, ordered, ana):
        newer_file(ana, [*rows_of("sale"), conviction("77", "A77", case="ZZ1")], ordered)
        assert not DojConfirmation.objects.exists()

    def test_that_is_older_than_the_order_says_nothing(self, ordered, ana):
        other = PEOPLE["sale"][1] | {"OFFENSE_DESCR": "459 PC-BURGLARY", "OFN": "XX9", "STP_EVENT_DATE": "20140101"}
        newer_file(ana, [other], date(2024, 6, 1))
        assert not DojConfirmation.objects.exists()

    def test_read_twice_asks_once(self, ordered, ana):
        other = PEOPLE["sale"][1] | {"OFFENSE_DESCR": "459 PC-BURGLARY", "OFN": "XX9", "STP_EVENT_DATE": "20140101"}
        file = newer_file(ana, [other], ordered)
        (suggested,) = DojConfirmation.objects.all()
        doj.decide(actor=ana, confirmation_id=suggested.pk, is_confirmed=False, reason="Another person's file.")
        doj.look_in(file)
        assert found("CR0001") == [("gone", "refused")]


class TestByHand:
    @pytest.fixture
    def answer(self, ordered) -> CourtAnswer:
        return CourtAnswer.objects.get(item__case_number="CR0001")

    def test_somebody_says_how_it_was_verified(self, answer, ana, sam):
        with pytest.raises(Invalid):
            doj.confirm_by_hand(actor=ana, answer_id=answer.pk, source=" ")
        first = doj.confirm_by_hand(actor=ana, answer_id=answer.pk, source="Record check.")
        assert doj.confirm_by_hand(actor=sam, answer_id=answer.pk, source="Record check.") == first
        with pytest.raises(Conflict):
            doj.confirm_by_hand(actor=sam, answer_id=answer.pk, source="Another check.")

    def test_a_confirmed_grant_is_not_taken_back_before_that_is_refused(self, answer, ana, item):
        made = doj.confirm_by_hand(actor=ana, answer_id=answer.pk, source="Record check.")
        with pytest.raises(Conflict, match="DOJ"):
            services.undo(actor=ana, item_id=answer.item_id, reason="Wrong.")
        doj.decide(actor=ana, confirmation_id=made.pk, is_confirmed=False, reason="Misread.")
        services.undo(actor=ana, item_id=answer.item_id, reason="Wrong.")
        with pytest.raises(Conflict):
            doj.confirm_by_hand(actor=ana, answer_id=answer.pk, source="Record check.")

    def test_only_analysts_and_supervisors(self, answer, ivy, adam):
        for actor in (ivy, adam):
            with pytest.raises(NotAllowed):
                doj.confirm_by_hand(actor=actor, answer_id=answer.pk, source="Record check.")
