"""A batch that asks for one omnibus motion instead of papers for each case."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clearmyrecord.batches import omnibus, queries, services
from clearmyrecord.batches.models import Batch
from clearmyrecord.office import queries as office
from clearmyrecord.reviews import answering
from tests.batches.conftest import FORM, PEOPLE
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in


def as_omnibus(actor, batch, attorney):
    ready = sum(candidate.is_ready for candidate in queries.candidates(batch))
    return services.submit(
        actor=actor, batch_id=batch.pk, attorney_id=attorney.pk, ready_count=ready, papers=Batch.Papers.OMNIBUS
    )


@pytest.fixture
def dismissals(run, ana) -> Batch:
    """Of the two people whose convictions are dismissed."""
    return services.compose(actor=ana, name="Dismissals", filter={"outcome": "dismiss"})


@pytest.fixture
def redesignations(run, ana) -> Batch:
    """Of one person who can be submitted, and of those whose conviction still asks something."""
    return services.compose(actor=ana, name="Redesignations", filter={"outcome": "redesignate"})


class TestChoosing:
    def test_freezes_the_choice_and_what_the_exhibit_may_not_carry(self, dismissals, ana, theo):
        batch = as_omnibus(ana, dismissals, theo)
        batch.refresh_from_db()
        assert (batch.papers, batch.heading["papers"]) == ("omnibus", "omnibus")
        item = batch.items.get(conviction__subject__cii_number="A00000002")
        assert item.snapshot["identifiers"] == {"birth_date": "1980-01-01", "cii": "A00000002", "names": ["DOE,P2"]}

    def test_papers_of_each_case_freeze_no_identifiers(self, submitted):
        assert submitted.papers == "per_case"
        assert not any("identifiers" in snapshot for snapshot in submitted.items.values_list("snapshot", flat=True))

    def test_says_what_was_left_out_and_why(self, redesignations, ana, theo):
        left_out = {short for short, _ in as_omnibus(ana, redesignations, theo).heading["left_out"]}
        assert left_out == {
            "Case number of another form", "Court not mapped", "Is the sentence completed?", "Needs a legal ground",
            "No case number",
        }  # fmt: skip

    def test_more_than_one_outcome_is_refused_with_the_numbers(self, draft, ana, theo):
        with pytest.raises(omnibus.NotOne) as refused:
            as_omnibus(ana, draft, theo)
        assert "It has one outcome; these have 2: dismiss 2, redesignate 1." in refused.value.reasons
        assert any(reason.startswith("It has one basis") for reason in refused.value.reasons)
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_sentence_still_being_served_is_never_on_it(self, draft, ana, candidate_of):
        item, _ = candidate_of(draft, "serving")
        services.fill_serving_form(actor=ana, batch_id=draft.pk, item_id=item, values=FORM)
        against = omnibus.reasons_against(each for each in queries.candidates(draft) if each.is_ready)
        assert "A sentence still being served is never on it: each such case needs its own hearing choice." in against

    def test_a_ground_of_an_attorneys_needs_a_motion_of_its_own(self, redesignations, ana, theo):
        row = next(
            each.row
            for each in queries.candidates(redesignations)
            if each.row.conviction.subject.cii_number == PEOPLE["attempt"][0]["CII_NUMBER"]
        )
        answering.choose_ground(
            actor=theo, determination_id=row.pk, ground="treated_as_listed", authority="People v. Example"
        )
        with pytest.raises(omnibus.NotOne, match="motion of its own"):
            as_omnibus(ana, redesignations, theo)

    def test_the_choice_is_frozen_in_the_database(self, dismissals, ana, theo):
        batch = as_omnibus(ana, dismissals, theo)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Batch.objects.filter(pk=batch.pk).update(papers="per_case")


class TestPage:
    def test_the_draft_says_beforehand_why_it_can_not_be_one(self, draft, ana):
        shown = signed_in(ana).get(reverse("batches:batch", args=[draft.pk])).content.decode()
        assert "One omnibus motion for all of them" in shown
        assert "It has one outcome; these have 2: dismiss 2, redesignate 1." in shown

    def test_a_refused_choice_comes_back_with_the_reasons(self, draft, ana, theo):
        ready = sum(candidate.is_ready for candidate in queries.candidates(draft))
        filled = {"attorney": theo.pk, "ready_count": ready, "papers": "omnibus"}
        response = signed_in(ana).post(reverse("batches:submit", args=[draft.pk]), filled)
        assert response.status_code == 422
        assert "It has one outcome" in response.content.decode()
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_batches_are_composed_by_court(self, run, ana):
        court = office.courts().get(branch="Martinez")
        inside, outside = (queries.free({"court": str(pk)}).count() for pk in (court.pk, court.pk + 1))
        assert (inside, outside) == (len(PEOPLE) - 1, 0)  # one person's court is not mapped
