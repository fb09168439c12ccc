"""The pages of batches: for the right person, the wrong role, the wrong method, bad input."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services
from clearmyrecord.batches.models import Batch, ServingForm
from clearmyrecord.runs import queries as runs
from tests.batches.conftest import FORM, READY, approved_by, marked_right
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in


def page(user, name, /, *args, **query):
    return signed_in(user).get(reverse(f"batches:{name}", args=args), query)


def post(user, name, /, *args, **values):
    return signed_in(user).post(reverse(f"batches:{name}", args=args), values)


class TestComposing:
    def test_shows_what_the_filter_finds_and_makes_a_draft_of_it(self, run, ana):
        found = page(ana, "compose", section="11358")
        assert "1 conviction found" in found.content.decode()
        response = post(ana, "compose", section="11358", name="Cultivation")
        batch = Batch.objects.get()
        assert response.url == reverse("batches:batch", args=[batch.pk])
        assert batch.filter == {"section": "11358"}

    def test_is_named_after_its_filter_unless_somebody_names_it(self, run, ana):
        post(ana, "compose", section="11358", year="2010")
        assert Batch.objects.get().name == "2010, 11358"

    def test_a_name_too_long_shows_the_page_again(self, run, ana):
        assert post(ana, "compose", section="11358", name="x" * 121).status_code == 422

    def test_nothing_found_is_said_in_plain_words(self, run, ana):
        assert "Nothing to compose of" in page(ana, "compose", section="11360").content.decode()

    def test_is_for_analysts(self, run, sam, ivy, adam):
        for user in (sam, ivy, adam):
            assert page(user, "compose").status_code == 403


class TestDraft:
    def test_says_in_numbers_what_would_be_submitted(self, draft, ana):
        shown = page(ana, "batch", draft.pk).content.decode()
        assert "Submit 3 convictions" in shown
        assert "3 of them nobody looked at singly" in " ".join(shown.split())
        assert "The 6 that can’t be submitted are left out" in " ".join(shown.split())

    def test_lists_each_question_with_what_to_do_about_it(self, draft, ana, candidate_of):
        shown = page(ana, "batch", draft.pk, show="questions").content.decode()
        assert "The record has no case number. What is it?" in shown
        item, _ = candidate_of(draft, "numberless")
        assert reverse("batches:complete", args=[draft.pk, item, "case_number"]) in shown
        item, _ = candidate_of(draft, "serving")
        assert reverse("batches:serving_form", args=[draft.pk, item]) in shown

    def test_a_question_for_an_attorney_offers_no_form_to_others(self, draft, ana, theo, candidate_of):
        shown = page(ana, "batch", draft.pk, show="questions", code="ground").content.decode()
        assert "Needs a legal ground" in shown
        assert "Answer with a source" not in shown

    def test_showing_people_is_one_event(self, draft, ana):
        page(ana, "batch", draft.pk)
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("list", len(READY))

    def test_a_fact_is_stated_with_its_source(self, draft, ana, candidate_of):
        item, found = candidate_of(draft, "endless")
        assert page(ana, "complete", draft.pk, item, "route").status_code == 200
        assert post(ana, "complete", draft.pk, item, "route", value="yes", ended_on="2011-05-01").status_code == 422
        response = post(ana, "complete", draft.pk, item, "route", value="yes", ended_on="2011-05-01", source="docket")
        assert response.status_code == 302
        stated = runs.stated_fact(found.row.conviction_id, "sentence_ended_on")
        assert (stated.value, stated.source, stated.author) == ("2011-05-01", "docket", ana)
        assert candidate_of(draft, "endless")[1].is_ready

    def test_the_serving_form_is_kept_for_the_case_and_superseded_never_edited(self, draft, ana, candidate_of):
        item, _ = candidate_of(draft, "serving")
        assert page(ana, "serving_form", draft.pk, item).status_code == 200
        assert post(ana, "serving_form", draft.pk, item, status="prison").status_code == 422
        assert post(ana, "serving_form", draft.pk, item, **FORM).status_code == 302
        assert post(ana, "serving_form", draft.pk, item, **FORM | {"credits": "310 days"}).status_code == 302
        assert ServingForm.objects.count() == 2
        assert ServingForm.objects.get(superseded_at=None).credits == "310 days"

    def test_submitting_names_the_attorney(self, draft, ana, theo):
        assert post(ana, "submit", draft.pk, ready_count=3).status_code == 422
        assert post(ana, "submit", draft.pk, ready_count=3, attorney=theo.pk).status_code == 302
        draft.refresh_from_db()
        assert (draft.state, draft.signing_attorney) == ("submitted", theo)

    def test_another_question_or_item_is_404(self, draft, ana, candidate_of):
        item, _ = candidate_of(draft, "endless")
        assert page(ana, "complete", draft.pk, item, "grams").status_code == 404
        assert page(ana, "complete", draft.pk, 999999, "route").status_code == 404

    def test_adding_by_a_filter_takes_only_what_is_free(self, run, ana):
        batch = services.compose(actor=ana, name="First", filter={"section": "11357"})
        assert post(ana, "add", batch.pk, section="11358").status_code == 302
        assert batch.items.count() == 2
        assert post(ana, "add", batch.pk, section="11358").status_code == 422

    def test_a_page_left_open_offers_no_submitted_batch_for_submitting_again(self, submitted, ana):
        response = post(ana, "submit", submitted.pk)
        assert response.status_code == 409
        assert "Discard" not in response.content.decode()

    def test_leaving_out_and_discarding(self, draft, ana):
        assert post(ana, "leave_out", draft.pk).status_code == 422
        assert post(ana, "leave_out", draft.pk, all_open="1").status_code == 302
        assert draft.items.count() == len(READY)
        assert "can’t be opened again" in page(ana, "batch", draft.pk).content.decode()
        assert post(ana, "discard", draft.pk).status_code == 302
        assert "is discarded" in page(ana, "batch", draft.pk).content.decode()


class TestDeciding:
    def test_a_supervisor_sees_counts_each_item_and_the_button(self, submitted, sam):
        marked_right(sam, submitted)
        shown = page(sam, "batch", submitted.pk).content.decode()
        assert "Approve 3 convictions" in shown
        assert submitted.list_hash in shown
        for item in submitted.items.all():
            assert reverse("batches:item", args=[submitted.pk, item.pk]) in shown

    def test_approving_what_was_shown_leads_to_the_papers(self, submitted, sam):
        marked_right(sam, submitted)
        response = post(sam, "approve", submitted.pk, seen_hash=submitted.list_hash)
        assert response.url == reverse("filings:package", args=[submitted.pk])

    def test_approving_without_saying_what_was_shown_is_refused(self, submitted, sam):
        assert post(sam, "approve", submitted.pk).status_code == 422
        assert post(sam, "approve", submitted.pk, seen_hash="0" * 64).status_code == 409

    def test_a_second_approval_is_a_readable_conflict(self, submitted, sam, sue):
        marked_right(sam, submitted)
        post(sam, "approve", submitted.pk, seen_hash=submitted.list_hash)
        response = post(sue, "approve", submitted.pk, seen_hash=submitted.list_hash)
        assert response.status_code == 409
        assert "decided or changed while you had it open" in response.content.decode()

    def test_returning_needs_a_comment(self, submitted, sam, ana):
        assert post(sam, "return", submitted.pk).status_code == 422
        assert post(sam, "return", submitted.pk, comment="Look at CR0002 again.").status_code == 302
        assert "Look at CR0002 again." in page(ana, "batch", submitted.pk).content.decode()

    def test_a_batch_called_back_says_so_and_by_whom(self, submitted, ana):
        post(ana, "call_back", submitted.pk)
        html = page(ana, "batch", submitted.pk).content.decode()
        assert "Called back by Ana Alvarez" in html
        assert "Returned" not in html
        assert "Called back" in page(ana, "batches").content.decode()

    def test_withdrawing_says_why(self, submitted, sam, ana):
        approved_by(sam, submitted)
        assert post(sam, "withdraw", submitted.pk).status_code == 422
        assert post(sam, "withdraw", submitted.pk, reason="Wrong policy.").status_code == 302
        assert "Wrong policy." in page(ana, "batch", submitted.pk).content.decode()

    def test_the_wrong_roles_are_refused(self, submitted, ana, ivy, adam):
        for user in (ana, ivy, adam):
            for name in ("approve", "return", "withdraw"):
                assert post(user, name, submitted.pk).status_code == 403
        for name in ("submit", "discard", "leave_out", "rename", "add", "call_back"):
            assert post(ivy, name, submitted.pk).status_code == 403
        assert page(adam, "batch", submitted.pk).status_code == 403
        assert page(ivy, "batch", submitted.pk).status_code == 200

    def test_nothing_is_decided_by_a_link(self, submitted, sam):
        for name in ("approve", "return", "withdraw"):
            assert page(sam, name, submitted.pk).status_code == 405

    def test_the_list_is_downloaded_as_a_safe_file(self, submitted, sam):
        response = page(sam, "download", submitted.pk)
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        assert text.splitlines()[0].startswith("Court,Case number")
        assert len(text.splitlines()) == 1 + 3
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="download").count() == 1

    @pytest.mark.parametrize("name", ["batch", "download"])
    def test_what_does_not_exist_is_404(self, sam, name):
        assert page(sam, name, 404).status_code == 404

    def test_an_item_shows_what_was_frozen(self, submitted, sam):
        item = submitted.items.get(snapshot__section="11358")
        shown = page(sam, "item", submitted.pk, item.pk).content.decode()
        for said in ("CR0002", "DOE,P2", "February 3, 2010", "doj.csv"):
            assert said in shown
        assert page(sam, "item", submitted.pk, 999999).status_code == 404


def test_the_list_of_batches_filters_by_state(submitted, sam):
    assert "First batch" in page(sam, "batches").content.decode()
    assert "First batch" not in page(sam, "batches", state="approved").content.decode()
