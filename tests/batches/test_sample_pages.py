"""The pages of a batch's sample: for the right person, the wrong role, the wrong method, bad input."""

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
from clearmyrecord.batches import services
from clearmyrecord.batches.models import Batch, Preparer, Sample, SampleMark
from clearmyrecord.office.models import Office
from clearmyrecord.reviews import services as reviews
from tests.batches.conftest import approved_by, conviction_id, mark, sample_of, submitted_by, wrong
from tests.batches.test_pages import page, post
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.factories import OfficeFactory


def words_of(response) -> str:
    return " ".join(response.content.decode().split())


class TestPages:
    def test_opening_it_again_draws_no_other(self, drawn, sam):
        before = list(sample_of(drawn).items.values_list("conviction_id", flat=True))
        for _ in range(3):
            page(sam, "sample", drawn.pk, 1)
            page(sam, "batch", drawn.pk)
        assert list(sample_of(drawn).items.values_list("conviction_id", flat=True)) == before
        assert Sample.objects.count() == 1

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
        why = "possible superstrike; registration, shown or possible; stated fact"
        for said in ("DOE,P91", "CR0091", why, "In the record file", "CNT_ORDER", "Every rule of the policy, in order"):
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
        assert "Came back with a comment: 2" in shown
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
        assert sample_of(small).size < 3 < sample_of(large).size


class TestOfficePage:
    def test_the_office_sets_the_two_numbers(self, adam):
        OfficeFactory()
        form = signed_in(adam).get("/office/").content.decode()
        assert 'name="sample_confidence" value="95.0"' in re.sub(r"\s+", " ", form)
        values = {
            "county": "CONTRA COSTA", "name": "Office", "district_attorney": "Diana Example", "street": "1 Street",
            "city": "Martinez", "zip_code": "94553", "phone": "(925) 555-0100", "email": "da@office.example",
        }  # fmt: skip
        for confidence, most_wrong, status in (("100", "1", 422), ("95", "0", 422), ("99", "0.5", 302)):
            figures = {"sample_confidence": confidence, "sample_most_wrong": most_wrong, "second_review_share": "0"}
            assert signed_in(adam).post("/office/", values | figures).status_code == status
        office = Office.objects.get()
        assert (office.sample_confidence, office.sample_most_wrong) == (Decimal("99"), Decimal("0.5"))
