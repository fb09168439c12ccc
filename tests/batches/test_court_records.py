"""Whether the court still has a record that it may have destroyed after two years (H&S § 11361.5)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import court_records, queries, services
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.runs.models import StatedFact
from tests.batches.conftest import PEOPLE, READY, approved_by, submitted_by
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in

SOURCE = "Clerk Cruz, by telephone on June 3, 2024"


def ready_of(batch):
    return [candidate for candidate in queries.candidates(batch) if candidate.is_ready]


def item_of(batch, name):
    return batch.items.get(conviction__subject__cii_number=PEOPLE[name][0]["CII_NUMBER"])


def answered(actor, batch, value="yes", name="possession"):
    return services.answer_court_record(
        actor=actor, batch_id=batch.pk, item_ids=[item_of(batch, name).pk], value=value, source=SOURCE
    )


class TestQuestion:
    def test_a_draft_asks_it_of_section_11357_alone_and_submits_all_the_same(self, draft, ana, theo):
        (record,) = court_records.in_draft(draft, ready_of(draft))
        assert (record.case_number, record.answer) == ("CR0003", None)
        assert submitted_by(ana, draft, theo).items.count() == len(READY)

    def test_a_frozen_list_asks_the_same(self, submitted):
        (record,) = court_records.in_frozen(submitted)
        assert (record.case_number, record.branch, record.answer) == ("CR0003", "Martinez", None)
        assert record.conviction_ids == [item_of(submitted, "possession").conviction_id]


class TestAnswer:
    def test_says_who_when_and_from_what(self, draft, ana):
        assert answered(ana, draft) == 1
        (record,) = court_records.in_draft(draft, ready_of(draft))
        assert record.is_confirmed
        assert (record.answer.source, record.answer.author) == (SOURCE, ana)
        assert record.answer.stated_at
        assert AuditEvent.objects.filter(verb="fact.stated", detail={"fact": "court_has_record"}).count() == 1

    def test_is_given_in_a_submitted_batch_too_and_changes_nothing_in_it(self, submitted, ana):
        frozen = submitted.list_hash
        answered(ana, submitted)
        (record,) = court_records.in_frozen(submitted)
        assert record.is_confirmed
        submitted.refresh_from_db()
        assert submitted.list_hash == frozen
        assert queries.changed_since(submitted) == set()

    def test_does_not_keep_the_supervisor_from_approving(self, submitted, ana, sam):
        answered(ana, submitted)
        assert approved_by(sam, submitted).state == "approved"

    def test_answering_in_a_draft_is_preparing_it(self, draft, theo):
        answered(theo, draft)
        assert draft.preparers.filter(user=theo).exists()

    def test_destroyed_keeps_it_out_of_a_draft_until_the_answer_is_corrected(self, draft, ana):
        item = item_of(draft, "possession")
        answered(ana, draft, "no")
        (candidate,) = queries.candidates(draft, item_ids=[item.pk])
        assert [obstacle.code for obstacle in candidate.obstacles] == ["record_gone"]
        services.complete(
            actor=ana, batch_id=draft.pk, item_id=item.pk, fact="court_has_record", value="yes", source=SOURCE
        )
        (candidate,) = queries.candidates(draft, item_ids=[item.pk])
        assert candidate.is_ready

    def test_the_same_again_is_no_second_fact(self, submitted, ana):
        answered(ana, submitted)
        answered(ana, submitted)
        assert StatedFact.objects.filter(fact="court_has_record").count() == 1

    def test_a_later_one_supersedes_it(self, submitted, ana):
        answered(ana, submitted)
        answered(ana, submitted, "no")
        (record,) = court_records.in_frozen(submitted)
        assert record.answer.value == "no"
        assert StatedFact.objects.filter(fact="court_has_record").count() == 2

    def test_a_case_that_does_not_ask_takes_none(self, draft, ana):
        with pytest.raises(Invalid):
            answered(ana, draft, name="sale")

    def test_supervisors_and_auditors_may_not_and_a_discarded_batch_takes_none(self, submitted, draft, ana, sam, ivy):
        for actor in (sam, ivy):
            with pytest.raises(NotAllowed):
                answered(actor, submitted)
        services.call_back(actor=ana, batch_id=submitted.pk)
        services.discard(actor=ana, batch_id=submitted.pk)
        with pytest.raises(Conflict):
            answered(ana, submitted)


class TestPage:
    def test_draft_and_frozen_batch_lead_to_it(self, draft, ana, theo, sam):
        link = reverse("batches:court_records", args=[draft.pk])
        page = reverse("batches:batch", args=[draft.pk])
        said = "Needs an answer before filing: 1 case"
        shown = signed_in(ana).get(page).content.decode()
        assert said in shown
        assert link in shown
        submitted_by(ana, draft, theo)
        assert said in signed_in(sam).get(page).content.decode()

    def test_lists_the_case_takes_the_answer_and_shows_it(self, submitted, ana, ivy):
        url = reverse("batches:court_records", args=[submitted.pk])
        shown = signed_in(ana).get(url).content.decode()
        assert "may have been destroyed under H&amp;S § 11361.5: confirm that the court still has it" in shown
        assert "CR0003" in shown
        assert "CR0001" not in shown
        filled = {"item": item_of(submitted, "possession").pk, "value": "yes", "source": SOURCE}
        response = signed_in(ana).post(reverse("batches:answer_court_records", args=[submitted.pk]), filled)
        assert response.status_code == 302
        shown = signed_in(ivy).get(url).content.decode()
        for said in ("Yes, the court still has it", SOURCE, "Ana Alvarez"):
            assert said in shown
        assert "Save the answer" not in shown

    @pytest.mark.parametrize("lacking", ["item", "value", "source"])
    def test_an_answer_that_lacks_something_comes_back(self, lacking, submitted, ana):
        filled = {"item": item_of(submitted, "possession").pk, "value": "yes", "source": SOURCE}
        del filled[lacking]
        response = signed_in(ana).post(reverse("batches:answer_court_records", args=[submitted.pk]), filled)
        assert response.status_code == 422
        assert not StatedFact.objects.filter(fact="court_has_record").exists()

    def test_is_a_view_of_the_people_listed(self, submitted, ana, adam):
        url = reverse("batches:court_records", args=[submitted.pk])
        signed_in(ana).get(url)
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("list", 1)
        assert signed_in(adam).get(url).status_code == 403
