"""A batch's sample: drawn at submission, looked through by supervisors who prepared nothing of it, kept for good."""

from __future__ import annotations

from decimal import Decimal

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import queries, sample_queries, sampling, services
from clearmyrecord.batches.models import Batch, Preparer, SampleMark
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.batches.conftest import (
    PLAIN,
    READY,
    approved_by,
    conviction_id,
    mark,
    marked_right,
    sample_of,
    submitted_by,
    wrong,
)
from tests.batches.test_life import refused
from tests.batches.test_omnibus import as_omnibus
from tests.batches.test_races import at_once
from tests.cast import *  # noqa: F403 (the cast's fixtures)


class TestDrawing:
    def test_takes_every_risky_conviction_and_so_many_of_the_others_as_the_office_wants(self, drawn):
        sample = sample_of(drawn)
        assert (sample.convictions, sample.certain, sample.others) == (PLAIN + 4, 4, PLAIN)
        assert (sample.confidence, sample.most_wrong) == (Decimal("50.0"), Decimal("20.0"))
        assert sample.drawn == sampling.size(PLAIN, confidence=Decimal(50), most_wrong=Decimal(20)) == 3
        assert sample.items.count() == sample.size == 7

    def test_says_of_each_why_it_is_always_looked_at(self, drawn):
        reasons = {item.conviction_id: item.reasons for item in sample_of(drawn).items.all()}
        assert reasons[conviction_id(drawn, "superstrike")] == ["superstrike", "registration", "stated"]
        assert reasons[conviction_id(drawn, "registration")] == ["registration"]
        assert reasons[conviction_id(drawn, "stated")] == ["stated"]
        assert reasons[conviction_id(drawn, "override")] == ["override"]
        assert sum(not why for why in reasons.values()) == 3

    def test_the_draw_follows_from_the_kept_seed(self, drawn):
        sample = sample_of(drawn)
        always = set(sample.items.exclude(reasons=[]).values_list("conviction_id", flat=True))
        others = set(drawn.items.values_list("conviction_id", flat=True)) - always
        again = sampling.draw(others, seed=sample.seed, number=sample.drawn)
        assert set(sample.items.filter(reasons=[]).values_list("conviction_id", flat=True)) == set(again)

    def test_a_small_batch_is_looked_at_whole(self, submitted):
        assert sample_of(submitted).size == len(READY)

    def test_an_omnibus_batch_has_one_too(self, run, ana, theo, sam):
        batch = services.compose(actor=ana, name="Dismissals", filter={"outcome": "dismiss"})
        batch = as_omnibus(ana, batch, theo)
        assert sample_of(batch).size == batch.items.count() == 2
        with pytest.raises(Conflict, match="sample"):
            services.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash)
        assert approved_by(sam, batch).state == "approved"

    def test_calling_back_and_submitting_again_draws_a_new_one_and_keeps_the_old(self, submitted, ana, theo):
        services.call_back(actor=ana, batch_id=submitted.pk)
        again = submitted_by(ana, Batch.objects.get(), theo)
        first, second = again.samples.all()
        assert (first.version, second.version) == (1, 2)
        assert first.seed != second.seed
        assert first.items.count() == second.items.count() == len(READY)


class TestMarking:
    def test_every_one_right_lets_the_batch_be_approved(self, drawn, sam):
        marked_right(sam, drawn)
        assert sample_queries.has_passed(drawn)
        assert services.approve(actor=sam, batch_id=drawn.pk, seen_hash=drawn.list_hash).state == "approved"

    def test_one_left_open_keeps_it_from_approval(self, submitted, sam):
        for position in (1, 2):
            mark(sam, submitted, position)
        with pytest.raises(Conflict, match="sample"):
            services.approve(actor=sam, batch_id=submitted.pk, seen_hash=submitted.list_hash)

    def test_a_wrong_one_returns_the_batch_with_its_comment(self, submitted, sam):
        mark(sam, submitted, 1)
        batch = wrong(sam, submitted, 2)
        assert (batch.state, batch.is_called_back) == ("returned", False)
        assert batch.comment == "The sample failed: 1 of its 3 convictions is marked wrong."
        (item,) = sample_queries.wrong_ones(batch)
        assert [each.comment for each in item.marks.all()] == ["The amount is over an ounce."]

    def test_a_wrong_one_needs_a_comment(self, submitted, sam):
        with pytest.raises(Invalid, match="wrong"):
            wrong(sam, submitted, comment="  ")
        assert not SampleMark.objects.exists()

    def test_going_on_after_a_wrong_one_returns_the_batch_after_the_last(self, submitted, sam):
        assert wrong(sam, submitted, 1, go_on=True).state == "submitted"
        assert mark(sam, submitted, 2).state == "submitted"
        with pytest.raises(Conflict):
            services.approve(actor=sam, batch_id=submitted.pk, seen_hash=submitted.list_hash)
        batch = wrong(sam, submitted, 3, comment="Another person.", go_on=True)
        assert batch.state == "returned"
        assert [item.position for item in sample_queries.wrong_ones(batch)] == [1, 3]

    def test_a_later_right_takes_no_wrong_back(self, submitted, sam, sue):
        wrong(sam, submitted, 1, go_on=True)
        mark(sue, submitted, 1)
        assert sample_queries.progress(sample_of(submitted)).wrong == 1

    def test_a_doubt_may_come_later(self, submitted, sam, sue):
        mark(sam, submitted, 1)
        assert wrong(sue, submitted, 1).state == "returned"

    def test_the_same_key_twice_is_one_mark_and_one_event(self, submitted, sam):
        mark(sam, submitted, 1)
        mark(sam, submitted, 1)
        assert SampleMark.objects.count() == AuditEvent.objects.filter(verb="batch.sample_marked").count() == 1

    def test_the_trail_says_what_was_marked_and_never_why(self, submitted, sam):
        wrong(sam, submitted, 2)
        event = AuditEvent.objects.get(verb="batch.sample_marked")
        assert event.detail == {"version": 1, "position": 2, "verdict": "wrong"}
        assert (event.subject_count, event.target_id) == (1, submitted.pk)
        assert not AuditEvent.objects.filter(detail__icontains="ounce").exists()

    def test_a_preparer_may_not(self, draft, ana, theo, sam):
        Preparer.objects.create(batch=draft, user=sam)
        batch = submitted_by(ana, draft, theo)
        with pytest.raises(NotAllowed, match="prepared"):
            mark(sam, batch)

    def test_nobody_but_supervisors_may(self, submitted, ana, theo, ivy, adam):
        for actor in (ana, theo, ivy, adam):
            with pytest.raises(NotAllowed):
                mark(actor, submitted)

    def test_what_is_not_in_it_is_not_found(self, submitted, sam):
        with pytest.raises(NotFound):
            mark(sam, submitted, 99)

    def test_what_is_said_of_a_batch_returned_meanwhile_is_kept_for_the_analyst(self, submitted, sam, sue):
        wrong(sue, submitted, 1, comment="Wrong court.")
        batch = wrong(sam, submitted, 2)
        assert batch.comment == "The sample failed: 1 of its 3 convictions is marked wrong."
        assert len(sample_queries.wrong_ones(batch)) == 2

    def test_nothing_is_said_any_more_of_an_approved_batch(self, submitted, sam, sue):
        approved_by(sam, submitted)
        with pytest.raises(Conflict):
            wrong(sue, submitted)

    def test_a_page_of_an_earlier_version_left_open_marks_nothing(self, submitted, ana, theo, sam):
        services.call_back(actor=ana, batch_id=submitted.pk)
        submitted_by(ana, Batch.objects.get(), theo)
        with pytest.raises(Conflict):
            mark(sam, submitted)


class TestComingAgain:
    def test_what_was_wrong_is_always_looked_at_again(self, drawn, ana, theo, sam):
        position = sample_of(drawn).items.filter(reasons=[]).first().position
        conviction = sample_of(drawn).items.get(position=position).conviction_id
        wrong(sam, drawn, position)
        again = submitted_by(ana, Batch.objects.get(), theo)
        assert sample_of(again).items.get(conviction=conviction).reasons == ["wrong_before"]
        assert sample_of(again).certain == 5
        assert sample_queries.progress(sample_of(again)).marked == 0

    def test_what_was_wrong_is_looked_at_again_in_another_batch_too(self, submitted, ana, theo, sam):
        wrong(sam, submitted, 1)
        services.discard(actor=ana, batch_id=submitted.pk)
        other = submitted_by(ana, services.compose(actor=ana, name="Other", filter={}), theo)
        assert [item.reasons for item in sample_of(other).items.all()] == [["wrong_before"], [], []]

    def test_samples_of_returned_and_withdrawn_batches_stay_as_they_were(self, submitted, ana, theo, sam):
        wrong(sam, submitted, 2)
        again = approved_by(sam, submitted_by(ana, Batch.objects.get(), theo))
        services.withdraw(actor=sam, batch_id=again.pk, reason="Wrong policy.")
        newest, first = sample_queries.records(again)
        assert (first.progress.marked, first.progress.wrong, first.marked_by) == (1, 1, [(sam, 1)])
        assert newest.progress.has_passed
        assert first.sample.items.get(position=2).marks.get().comment == "The amount is over an ounce."


class TestTheDatabaseItself:
    APPROVE = "UPDATE batches_batch SET state = 'approved', approved_by_id = %s, approved_at = now() WHERE id = %s"

    def test_approves_nothing_before_every_conviction_is_marked_right(self, submitted, sam):
        assert refused(self.APPROVE, sam.pk, submitted.pk) is True
        for position in (1, 2):
            mark(sam, submitted, position)
        assert refused(self.APPROVE, sam.pk, submitted.pk) is True
        mark(sam, submitted, 3)
        assert refused(self.APPROVE, sam.pk, submitted.pk) is False

    def test_approves_nothing_that_anybody_marked_wrong(self, submitted, sam, sue):
        wrong(sue, submitted, 1, go_on=True)
        SampleMark.objects.bulk_create(
            [SampleMark(item=item, verdict="right", by=sam) for item in sample_of(submitted).items.all()]
        )
        assert refused(self.APPROVE, sam.pk, submitted.pk) is True

    def test_takes_no_mark_of_a_preparer(self, submitted, ana):
        item = sample_of(submitted).items.first()
        statement = (
            "INSERT INTO batches_samplemark (item_id, verdict, comment, by_id, at) VALUES (%s, 'right', '', %s, now())"
        )
        assert refused(statement, item.pk, ana.pk) is True

    def test_takes_no_mark_once_the_batch_is_approved(self, submitted, sam, sue):
        item = sample_of(submitted).items.first()
        approved_by(sue, submitted)
        statement = (
            "INSERT INTO batches_samplemark (item_id, verdict, comment, by_id, at) VALUES (%s, 'right', '', %s, now())"
        )
        assert refused(statement, item.pk, sam.pk) is True

    def test_takes_no_wrong_mark_without_a_comment(self, submitted, sam):
        item = sample_of(submitted).items.first()
        statement = (
            "INSERT INTO batches_samplemark (item_id, verdict, comment, by_id, at) VALUES (%s, 'wrong', '', %s, now())"
        )
        assert refused(statement, item.pk, sam.pk) is True

    def test_changes_and_removes_nothing_of_a_sample(self, submitted, sam):
        mark(sam, submitted, 1)
        for table, change in (
            ("batches_sample", "seed = 'x'"),
            ("batches_sampleitem", "reasons = '[]'"),
            ("batches_samplemark", "comment = 'x'"),
        ):
            assert refused(f"UPDATE {table} SET {change}") is True
            assert refused(f"DELETE FROM {table}") is True
            assert refused(f"TRUNCATE {table} CASCADE") is True

    def test_draws_no_sample_and_adds_nothing_to_one_after_submission(self, submitted):
        sample = sample_of(submitted)
        again = (
            "INSERT INTO batches_sample (batch_id, version, list_hash, seed, confidence, most_wrong, convictions,"
            " certain, drawn, drawn_at) SELECT batch_id, 7, list_hash, 'x', 50, 20, 1, 0, 1, now()"
            " FROM batches_sample WHERE id = %s"
        )
        assert refused(again, sample.pk) is True
        more = (
            "INSERT INTO batches_sampleitem (sample_id, position, conviction_id, determination_id, reasons, snapshot)"
            " SELECT sample_id, 99, conviction_id + 1000, determination_id, '[]', '{}' FROM batches_sampleitem"
            " WHERE sample_id = %s LIMIT 1"
        )
        assert refused(more, sample.pk) is True


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_supervisors_marking_the_same_and_others_lose_no_mark(self, submitted, sam, sue):
        for position in (1, 2, 3):
            results = at_once(
                lambda at=position: mark(sam, submitted, at),
                lambda at=position: wrong(sue, submitted, at, comment=f"Comment {at}", go_on=True),
            )
            assert {type(result) for result in results} == {Batch}, results
        submitted.refresh_from_db()
        assert submitted.state == "returned"
        assert [item.says for item in sample_queries.items(sample_of(submitted))] == ["wrong"] * 3
        comments = SampleMark.objects.filter(by=sue).values_list("comment", flat=True)
        assert list(comments) == ["Comment 1", "Comment 2", "Comment 3"]
        assert SampleMark.objects.filter(by=sam, verdict="right").count() == 3

    def test_approving_beside_a_wrong_mark_leaves_one_of_both(self, submitted, sam, sue):
        marked_right(sam, submitted)
        results = at_once(
            lambda: services.approve(actor=sam, batch_id=submitted.pk, seen_hash=submitted.list_hash),
            lambda: wrong(sue, submitted, 2),
        )
        assert {type(result) for result in results} == {Batch, Conflict}, results
        submitted.refresh_from_db()
        is_wrong = SampleMark.objects.filter(verdict="wrong").exists()
        assert (submitted.state, is_wrong) in {("approved", False), ("returned", True)}
        assert queries.batch_or_404(sam, submitted.pk).state == submitted.state
