"""What the courts did, entered by hand: nothing overwritten without a trace, nothing entered that can't be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.filings import receipts
from clearmyrecord.filings.models import Filing, Receipt, Signature
from clearmyrecord.relief import services
from clearmyrecord.relief.models import Asked, CourtAnswer
from clearmyrecord.relief.writing import Told
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.filings.conftest import sign
from tests.relief.conftest import denied, granted, hearing, rejected, state_of, today


class TestAsked:
    def test_every_conviction_of_a_filed_case_waits_for_the_court(self, filed):
        assert set(Asked.objects.values_list("item_id", flat=True)) == set(filed.items.values_list("pk", flat=True))
        assert set(Asked.objects.values_list("state", flat=True)) == {"waiting"}
        assert set(Asked.objects.values_list("relief", flat=True)) <= {
            "sealed",
            "dismissed",
            "misdemeanor",
            "resentenced",
        }

    def test_nothing_waits_before_the_clerk_took_it_nor_after_that_is_taken_back(self, signed, ana):
        assert not Asked.objects.exists()
        filing = signed.filings.get(case_number="CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        assert Asked.objects.count() == 1
        receipts.undo(actor=ana, filing_id=filing.pk, reason="Wrong case.")
        assert not Asked.objects.exists()

    def test_what_is_answered_can_not_be_unfiled(self, case, item, ana):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
        with pytest.raises(Conflict, match="Take that back first"):
            receipts.undo(actor=ana, filing_id=case("CR0002").pk, reason="Wrong case.")
        assert case("CR0002").state == "filed"


class TestAnswering:
    def test_a_grant_is_as_asked_unless_it_says_otherwise(self, item, ana, filed):
        one, other = item("CR0001"), item("CR0002")
        assert services.answer(actor=ana, item_ids=[one.pk], told=granted()) == 1
        services.answer(actor=ana, item_ids=[other.pk], told=granted(granted_as="infraction"))
        assert CourtAnswer.objects.get(item=one).granted_as == one.asked.relief
        assert CourtAnswer.objects.get(item=other).granted_as == "infraction"
        event = AuditEvent.objects.filter(verb="answer.entered").first()
        assert event.subjects == [one.asked.subject_id]
        one.refresh_from_db()
        assert one.holds

    def test_a_denial_frees_the_conviction_for_another_batch(self, item, ana, filed):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=denied())
        assert not item("CR0002").holds
        assert state_of(item("CR0002")) == "denied"
        assert (
            batches.compose(actor=ana, name="Again", filter={})
            .items.filter(conviction=item("CR0002").conviction_id)
            .exists()
        )

    def test_the_same_said_twice_changes_nothing_and_writes_no_event(self, item, ana, sam):
        assert services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted()) == 1
        assert services.answer(actor=sam, item_ids=[item("CR0002").pk], told=granted()) == 0
        assert CourtAnswer.objects.count() == 1
        assert AuditEvent.objects.filter(verb="answer.entered").count() == 1

    def test_a_hearing_is_followed_by_what_it_came_to(self, item, ana):
        pk = item("CR0002").pk
        services.answer(actor=ana, item_ids=[pk], told=hearing())
        assert state_of(item("CR0002")) == "hearing"
        services.answer(actor=ana, item_ids=[pk], told=granted())
        first, second = CourtAnswer.objects.order_by("pk")
        assert (first.superseded_how, second.follows, second.superseded_at) == ("followed", first, None)

    def test_what_is_decided_is_corrected_not_entered_again(self, item, ana):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
        with pytest.raises(Conflict, match="Correct that"):
            services.answer(actor=ana, item_ids=[item("CR0002").pk], told=denied())

    @pytest.mark.parametrize(
        ("told", "why"),
        [
            (Told("granted"), "day of the order"),
            (Told("granted", decided_on=date(2000, 1, 1)), "before the day it was filed"),
            (Told("granted", decided_on=date(2999, 1, 1)), "future"),
            (
                Told("granted", granted_as="pardon", decided_on=date(2026, 1, 1)),
                "before the day|what the court ordered",
            ),
            (Told("hearing"), "day of the hearing"),
            (Told("hearing", hearing_on=date(2000, 1, 1)), "before the day it was filed"),
            (Told("maybe"), "Choose what the court did"),
            (Told("rejected", reason="x"), "whole filing"),
        ],
    )
    def test_what_can_not_be_is_refused(self, item, ana, told, why):
        with pytest.raises(Invalid, match=why):
            services.answer(actor=ana, item_ids=[item("CR0002").pk], told=told)

    def test_a_denial_needs_its_reason(self, item, ana):
        with pytest.raises(Invalid, match="reason"):
            services.answer(actor=ana, item_ids=[item("CR0002").pk], told=denied(reason="  "))

    def test_auditors_and_administrators_enter_nothing(self, item, ivy, adam):
        for actor in (ivy, adam):
            with pytest.raises(NotAllowed):
                services.answer(actor=actor, item_ids=[item("CR0002").pk], told=granted())

    def test_only_convictions_of_one_filing_that_are_filed(self, item, ana):
        with pytest.raises(Invalid, match="one filing"):
            services.answer(actor=ana, item_ids=[item("CR0001").pk, item("CR0002").pk], told=granted())
        with pytest.raises(NotFound):
            services.answer(actor=ana, item_ids=[999_999], told=granted())


class TestCorrecting:
    def test_a_correction_keeps_what_was_entered_before(self, item, ana, sam):
        pk = item("CR0002").pk
        services.answer(actor=ana, item_ids=[pk], told=denied())
        services.correct(actor=sam, item_id=pk, told=granted(), reason="Wrong row.")
        before, after = CourtAnswer.objects.order_by("pk")
        assert (before.superseded_by, before.superseded_how, before.superseded_reason) == (
            sam,
            "corrected",
            "Wrong row.",
        )
        assert (after.decision, state_of(item("CR0002")), item("CR0002").holds) == ("granted", "granted", True)

    def test_taking_back_needs_a_reason_and_what_stood_before_stands_again(self, item, ana):
        pk = item("CR0002").pk
        services.answer(actor=ana, item_ids=[pk], told=hearing())
        services.answer(actor=ana, item_ids=[pk], told=denied())
        with pytest.raises(Invalid):
            services.undo(actor=ana, item_id=pk, reason=" ")
        services.undo(actor=ana, item_id=pk, reason="Wrong case.")
        standing = CourtAnswer.objects.get(item=pk, superseded_at=None)
        assert (standing.decision, standing.department, item("CR0002").holds) == ("hearing", "12", True)
        services.undo(actor=ana, item_id=pk, reason="That too.")
        assert state_of(item("CR0002")) == "waiting"
        with pytest.raises(Conflict):
            services.undo(actor=ana, item_id=pk, reason="Again.")

    def test_a_denial_stays_while_another_batch_holds_the_conviction(self, item, ana):
        pk = item("CR0002").pk
        services.answer(actor=ana, item_ids=[pk], told=denied())
        batches.compose(actor=ana, name="Again", filter={})
        with pytest.raises(Conflict, match="another batch holds"):
            services.undo(actor=ana, item_id=pk, reason="Wrong case.")
        services.correct(actor=ana, item_id=pk, told=denied(reason="Another reason."), reason="Typing error.")
        assert state_of(item("CR0002")) == "denied"

    def test_the_database_refuses_to_change_delete_or_double_an_answer(self, item, ana):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
        with pytest.raises(DatabaseError, match="only superseded"), transaction.atomic():
            CourtAnswer.objects.update(decided_on=date(2020, 1, 1))
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            CourtAnswer.objects.all().delete()
        again = CourtAnswer.objects.get()
        again.pk = None
        with pytest.raises(IntegrityError, match="one_standing_answer"), transaction.atomic():
            again.save()


class TestRejection:
    def test_the_filing_goes_back_and_is_signed_and_filed_again(self, case, ana, theo, filed):
        filing = case("CR0002")
        assert services.reject(actor=ana, filing_id=filing.pk, told=rejected()) == 1
        filing.refresh_from_db()
        assert (filing.state, Receipt.objects.get(filing=filing).undone_reason) == ("drafted", "Rejected by the clerk.")
        assert Asked.objects.get(filing=filing).state == "rejected"
        sign(theo, filed, filing.pk)
        assert (
            Signature.objects.filter(filing=filing).order_by("pk").values_list("fallen_why", flat=True)[0] == "rejected"
        )
        Filing.objects.filter(pk=filing.pk).update(state="signed")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="E99")
        assert Asked.objects.get(filing=filing).state == "waiting"

    def test_papers_that_never_counted_as_filed_can_be_sent_back(self, signed, ana):
        filing = signed.filings.get(case_number="CR0002")
        services.reject(actor=ana, filing_id=filing.pk, told=rejected())
        filing.refresh_from_db()
        assert filing.state == "drafted"
        services.undo_rejection(actor=ana, filing_id=filing.pk, reason="Another case.")
        filing.refresh_from_db()
        assert (filing.state, Asked.objects.exists()) == ("signed", False)

    def test_taking_it_back_files_the_case_as_it_was(self, case, ana):
        filing = case("CR0002")
        services.reject(actor=ana, filing_id=filing.pk, told=rejected())
        services.undo_rejection(actor=ana, filing_id=filing.pk, reason="Another case.")
        filing.refresh_from_db()
        assert (filing.state, Asked.objects.get(filing=filing).state) == ("filed", "waiting")
        assert Receipt.objects.get(filing=filing, undone_at=None).filed_on == today()

    def test_signed_anew_it_stays_rejected(self, case, ana, theo, filed):
        filing = case("CR0002")
        services.reject(actor=ana, filing_id=filing.pk, told=rejected())
        sign(theo, filed, filing.pk)
        with pytest.raises(Conflict, match="signed anew"):
            services.undo_rejection(actor=ana, filing_id=filing.pk, reason="Another case.")

    def test_decided_or_unsigned_papers_can_not_be_sent_back(self, case, item, ana, filed):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
        with pytest.raises(Conflict, match="decided"):
            services.reject(actor=ana, filing_id=case("CR0002").pk, told=rejected())
        services.reject(actor=ana, filing_id=case("CR0001").pk, told=rejected())
        with pytest.raises(Conflict, match="signed"):
            services.reject(actor=ana, filing_id=case("CR0001").pk, told=rejected())

    def test_of_a_withdrawn_batch_the_case_is_withdrawn_and_its_conviction_free(self, drafted, theo, ana, sam):
        from tests.filings.conftest import drawn

        sign(theo, drafted)
        drawn(drafted)
        filing = drafted.filings.get(case_number="CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        services.reject(actor=ana, filing_id=filing.pk, told=rejected())
        filing.refresh_from_db()
        assert (filing.state, drafted.items.get(case_number="CR0002").holds) == ("withdrawn", False)


def test_an_answer_may_be_as_old_as_the_filing_but_no_older(item, ana):
    with pytest.raises(Invalid):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted(decided_on=today() - timedelta(1)))
    assert services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted(decided_on=today())) == 1
