"""A batch's sample: drawn at submission, looked through by supervisors who prepared nothing of it, kept for good."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import queries, sample_marking, sample_queries, sampling, services
from clearmyrecord.batches.models import Batch, Preparer, Sample, SampleMark
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office.models import CourtText, Office
from clearmyrecord.reviews import services as reviews
from clearmyrecord.runs import services as runs
from tests.batches.conftest import READY, approved_by, marked_right, submitted_by
from tests.batches.test_life import refused
from tests.batches.test_omnibus import as_omnibus
from tests.batches.test_races import at_once
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.factories import CourtFactory, OfficeFactory
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

POSSESSION = "11357 HS-POSSESS MARIJUANA"
PLAIN = 10
REGISTRATION = {
    "STP_TYPE_DESCR": "REGISTRATION", "STP_EVENT_DATE": "20050101", "CNT_ORDER": "100001001000",
    "OFFENSE_DESCR": "290(B) PC-REGISTRATION OF SEX OFFENDER", "DISP_DESCR": "",
}  # fmt: skip
RISKY = {
    "superstrike": [
        *person(91, section="187 PC-MURDER", order="001002001000", day="19990203", case="CR0900"),
        *person(91, section=POSSESSION),
    ],
    "registration": [*person(92, section=POSSESSION), person(92)[1] | REGISTRATION],
    "stated": person(93, section=POSSESSION),
    "override": person(94, section=POSSESSION),
}


def conviction_id(batch: Batch, name: str) -> int:
    items = batch.items.filter(conviction__subject__cii_number=RISKY[name][0]["CII_NUMBER"])
    return items.get(conviction__code_section__startswith="HS").conviction_id


def mark(actor, batch, position=1, verdict="right", **others):
    return sample_marking.mark(
        actor=actor, batch_id=batch.pk, version=batch.version, position=position, verdict=verdict, **others
    )


def wrong(actor, batch, position=1, comment="The amount is over an ounce.", **others):
    return mark(actor, batch, position, "wrong", comment=comment, **others)


def sample_of(batch: Batch) -> Sample:
    return batch.samples.get(version=batch.version)


@pytest.fixture
def mixed(ana, theo) -> Batch:
    """A draft of ten plain convictions and of one for each thing that is always looked at; a small draw is wanted."""
    OfficeFactory(sample_confidence=Decimal("50"), sample_most_wrong=Decimal("20"))
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    rows = [row for number in range(1, PLAIN + 1) for row in person(number, section=POSSESSION)]
    read_file(ana, rows + [row for theirs in RISKY.values() for row in theirs])
    evaluated(ana)
    batch = services.compose(actor=ana, name="Mixed", filter={"section": "11357"})
    runs.state_fact(
        actor=theo, conviction_id=conviction_id(batch, "superstrike"), fact="no_prior_bar", value="yes", source="docket"
    )
    runs.state_fact(
        actor=theo, conviction_id=conviction_id(batch, "stated"), fact="grams", value="10", source="police report"
    )
    overridden = batch.items.get(conviction=conviction_id(batch, "override"))
    reviews.override(
        actor=ana, determination_ids=[overridden.determination_id], outcome="dismiss", reason="small", basis="policy"
    )
    return batch


@pytest.fixture
def drawn(mixed, ana, theo) -> Batch:
    """Submitted, its sample drawn."""
    return submitted_by(ana, mixed, theo)


class TestDrawing:
    def test_takes_every_risky_conviction_and_so_many_of_the_others_as_the_office_wants(self, drawn):
        sample = sample_of(drawn)
        assert (sample.convictions, sample.certain, sample.others) == (PLAIN + 4, 4, PLAIN)
        assert (sample.confidence, sample.most_wrong) == (Decimal("50.0"), Decimal("20.0"))
        assert sample.drawn == sampling.size(PLAIN, confidence=Decimal(50), most_wrong=Decimal(20)) == 3
        assert sample.items.count() == sample.size == 7

    def test_says_of_each_why_it_is_always_looked_at(self, drawn):
        reasons = {item.conviction_id: item.reasons for item in sample_of(drawn).items.all()}
        assert reasons[conviction_id(drawn, "superstrike")] == ["superstrike", "stated"]
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

    def test_opening_it_again_draws_no_other(self, drawn, sam):
        before = list(sample_of(drawn).items.values_list("conviction_id", flat=True))
        for _ in range(3):
            page(sam, "sample", drawn.pk, 1)
            page(sam, "batch", drawn.pk)
        assert list(sample_of(drawn).items.values_list("conviction_id", flat=True)) == before
        assert Sample.objects.count() == 1

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

    def test_the_office_sets_the_two_numbers(self, adam):
        OfficeFactory()
        form = signed_in(adam).get("/office/").content.decode()
        assert 'name="sample_confidence" value="95.0"' in re.sub(r"\s+", " ", form)
        values = {
            "county": "CONTRA COSTA", "name": "Office", "district_attorney": "Diana Example", "street": "1 Street",
            "city": "Martinez", "zip_code": "94553", "phone": "(925) 555-0100", "email": "da@office.example",
        }  # fmt: skip
        for confidence, most_wrong, status in (("100", "1", 422), ("95", "0", 422), ("99", "0.5", 302)):
            figures = {"sample_confidence": confidence, "sample_most_wrong": most_wrong}
            assert signed_in(adam).post("/office/", values | figures).status_code == status
        office = Office.objects.get()
        assert (office.sample_confidence, office.sample_most_wrong) == (Decimal("99"), Decimal("0.5"))


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

    def test_samples_of_returned_and_withdrawn_batches_stay_as_they_were(self, submitted, ana, theo, sam):
        wrong(sam, submitted, 2)
        again = approved_by(sam, submitted_by(ana, Batch.objects.get(), theo))
        services.withdraw(actor=sam, batch_id=again.pk, reason="Wrong policy.")
        newest, first = sample_queries.records(again)
        assert (first.progress.marked, first.progress.wrong, first.marked_by) == (1, 1, [(sam, 1)])
        assert newest.progress.has_passed
        shown = page(ana, "sample", again.pk, 1).content.decode()
        assert "The amount is over an ounce." in shown


def page(user, name, /, *args, **query):
    return signed_in(user).get(reverse(f"batches:{name}", args=args), query)


def post(user, name, /, *args, **values):
    return signed_in(user).post(reverse(f"batches:{name}", args=args), values)


def words_of(response) -> str:
    return " ".join(response.content.decode().split())


class TestPages:
    def test_the_batch_says_what_is_to_be_looked_through_instead_of_offering_approval(self, drawn, sam):
        shown = words_of(page(sam, "batch", drawn.pk))
        assert "Look through the sample: 7 convictions" in shown
        assert "Approve 14" not in shown

    def test_the_record_prints_method_seed_confidence_figures_and_who_marked(self, drawn, sam, ivy):
        mark(sam, drawn, 1)
        sample = sample_of(drawn)
        for name, args in (("batch", (drawn.pk,)), ("sample", (drawn.pk, 1))):
            shown = words_of(page(ivy, name, *args))
            assert sample.seed in shown
            assert "With a confidence of 50 % that fewer than 20 % of the batch are wrong" in shown
            assert "if 2 of the 10 were wrong, a draw of 3 would miss them all in 46.67 % of cases" in shown
            assert "1 of 7" in shown
            assert "Sam Stone (1)" in shown

    def test_a_right_one_leads_to_the_next_and_the_last_to_the_approval(self, submitted, sam):
        for position in (1, 2, 3):
            assert "Right (r)" in words_of(page(sam, "sample_item", submitted.pk, 1, position))
            response = post(sam, "mark", submitted.pk, 1, position, verdict="right")
            if position < 3:
                assert response.url == reverse("batches:sample_item", args=[submitted.pk, 1, position + 1])
        assert response.url.startswith(reverse("batches:batch", args=[submitted.pk]))
        assert "Approve 3 convictions" in words_of(page(sam, "batch", submitted.pk))

    def test_one_may_stop_and_go_on_where_it_was_left(self, submitted, sam):
        post(sam, "mark", submitted.pk, 1, 1, verdict="right")
        shown = words_of(page(sam, "batch", submitted.pk))
        assert "Go on with the sample: 2 convictions" in shown
        assert reverse("batches:sample_item", args=[submitted.pk, 1, 2]) in shown

    def test_shows_what_was_frozen_why_it_is_in_the_sample_and_the_rows_of_the_file(self, drawn, sam):
        item = sample_of(drawn).items.get(conviction=conviction_id(drawn, "superstrike"))
        shown = words_of(page(sam, "sample_item", drawn.pk, 1, item.position))
        for said in ("DOE,P91", "CR0091", "possible superstrike, stated fact", "In the record file", "CNT_ORDER",
                     "Every rule of the policy, in order"):  # fmt: skip
            assert said in shown

    def test_wrong_without_a_comment_shows_the_page_again(self, submitted, sam):
        response = post(sam, "mark", submitted.pk, 1, 1, verdict="wrong")
        assert response.status_code == 422
        assert "What is wrong" in words_of(response)
        assert not SampleMark.objects.exists()

    def test_the_analyst_sees_exactly_the_comments_of_the_returned_version(self, submitted, sam, ana, theo):
        post(sam, "mark", submitted.pk, 1, 1, verdict="wrong", comment="Wrong court.", then="go_on")
        post(sam, "mark", submitted.pk, 1, 2, verdict="right")
        response = post(sam, "mark", submitted.pk, 1, 3, verdict="wrong", comment="Another <person>.")
        assert response.url == reverse("batches:batches")
        shown = words_of(page(ana, "batch", submitted.pk))
        assert "Wrong in the sample: 2" in shown
        assert "<strong>Wrong court.</strong>" in shown
        assert "<strong>Another &lt;person&gt;.</strong>" in shown
        submitted_by(ana, Batch.objects.get(), theo)
        services.return_batch(actor=sam, batch_id=submitted.pk, comment="Leave out the last one.")
        shown = words_of(page(ana, "batch", submitted.pk))
        assert "Leave out the last one." in shown
        assert "Wrong court." not in shown

    def test_a_failed_sample_says_so_and_offers_no_approval(self, submitted, sam, sue):
        post(sam, "mark", submitted.pk, 1, 1, verdict="wrong", comment="Wrong court.", then="go_on")
        shown = words_of(page(sue, "batch", submitted.pk))
        assert "The sample failed" in shown
        assert "Approve 3 convictions" not in shown
        assert post(sue, "approve", submitted.pk, seen_hash=submitted.list_hash).status_code == 409

    def test_analysts_see_what_was_drawn_only_once_it_is_decided(self, submitted, ana, sam):
        for name, args in (("sample", (1,)), ("sample_download", (1,)), ("sample_item", (1, 1))):
            assert page(ana, name, submitted.pk, *args).status_code == 403
        assert "shown once the supervisor is through" in words_of(page(ana, "batch", submitted.pk))
        approved_by(sam, submitted)
        assert page(ana, "sample", submitted.pk, 1).status_code == 200
        assert "Right (r)" not in words_of(page(ana, "sample_item", submitted.pk, 1, 1))

    def test_a_preparer_and_an_auditor_look_and_mark_nothing(self, draft, ana, theo, sam, ivy):
        Preparer.objects.create(batch=draft, user=sam)
        batch = submitted_by(ana, draft, theo)
        for user in (sam, ivy):
            shown = words_of(page(user, "sample_item", batch.pk, 1, 1))
            assert "What was said of it" in shown
            assert "Right (r)" not in shown
            assert post(user, "mark", batch.pk, 1, 1, verdict="right").status_code == 403

    def test_the_wrong_roles_methods_and_addresses_are_refused(self, submitted, ana, sam, adam):
        assert post(ana, "mark", submitted.pk, 1, 1, verdict="right").status_code == 403
        assert page(adam, "sample", submitted.pk, 1).status_code == 403
        assert page(sam, "mark", submitted.pk, 1, 1).status_code == 405
        assert page(sam, "sample", submitted.pk, 2).status_code == 404
        assert page(sam, "sample_item", submitted.pk, 1, 99).status_code == 404
        assert page(sam, "sample_item", submitted.pk, 1, 0).status_code == 404
        assert page(sam, "sample_download", 404, 1).status_code == 404

    def test_the_download_holds_what_it_takes_to_draw_it_again(self, drawn, sam):
        wrong(sam, drawn, 1, comment="=Wrong court", go_on=True)
        response = page(sam, "sample_download", drawn.pk, 1)
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        first, *others = csv.DictReader(io.StringIO(text))
        assert len(others) == 6
        assert (first["Verdict"], first["Comment"]) == ("wrong", "'=Wrong court")
        assert first["Marked by"].startswith("Sam Stone, 20")
        sample = sample_of(drawn)
        assert (first["Seed"], first["Confidence (%)"], first["Drawn of the others"]) == (sample.seed, "50.0", "3")
        assert {row["In the sample because"] for row in others} >= {"drawn at random"}
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="download").count() == 1

    def test_showing_people_is_one_event(self, submitted, sam):
        page(sam, "sample_item", submitted.pk, 1, 1)
        page(sam, "sample", submitted.pk, 1)
        events = AuditEvent.objects.filter(verb="subject.viewed").order_by("pk").values_list("kind", "subject_count")
        assert list(events) == [("page", 1), ("list", 3)]

    def test_what_changed_since_it_was_frozen_is_said(self, submitted, ana, sam):
        item = sample_of(submitted).items.first()
        reviews.override(
            actor=ana, determination_ids=[item.determination_id], outcome="not_eligible", reason="older", basis="policy"
        )
        assert "Changed since" in words_of(page(sam, "sample_item", submitted.pk, 1, 1))
        assert "Changed since" not in words_of(page(sam, "sample_item", submitted.pk, 1, 2))

    @pytest.mark.parametrize(("name", "args"), [("sample", (1,)), ("sample_item", (1, 1)), ("batch", ())])
    def test_the_number_of_queries_does_not_grow_with_the_sample(
        self, mixed, ana, theo, sam, sue, name, args, django_assert_num_queries
    ):
        most = mixed.items.order_by("pk").values_list("pk", flat=True)[2:]
        services.leave_out(actor=ana, batch_id=mixed.pk, item_ids=list(most))
        small = submitted_by(ana, mixed, theo)
        large = submitted_by(ana, services.compose(actor=ana, name="Large", filter={"section": "11357"}), theo)
        for batch in (small, large):
            for actor in (sam, sue):
                mark(actor, batch, 1)
        client = signed_in(sam)
        client.get(reverse("batches:batches"))
        with CaptureQueriesContext(connection) as for_two:
            assert client.get(reverse(f"batches:{name}", args=[small.pk, *args])).status_code == 200
        with django_assert_num_queries(len(for_two)):
            assert client.get(reverse(f"batches:{name}", args=[large.pk, *args])).status_code == 200
        assert sample_of(small).size == 2 < sample_of(large).size


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
