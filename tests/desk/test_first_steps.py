"""The first steps: by role, ticked by what really happened, offered until dismissed."""

import pytest
from django.test import Client

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.desk import first_steps
from clearmyrecord.office.models import Court, CourtText, Role
from clearmyrecord.reviews import queries, services
from tests.cast import signed_in
from tests.factories import CourtFactory, OfficeFactory, UserFactory
from tests.reviews.conftest import office, run

pytestmark = pytest.mark.django_db
__all__ = ["office", "run"]

DISMISS = "/first-steps/dismiss/"


def done(user) -> list[str]:
    """The steps that count as done for this user."""
    return [step.what for path in first_steps.paths_for(user) for step in path.steps if step.is_done]


def waiting(user) -> list[str]:
    return [step.what for path in first_steps.paths_for(user) for step in path.steps if step.waits_for]


class TestByRole:
    @pytest.mark.parametrize("role", list(Role))
    def test_each_role_has_five_to_eight_steps_that_lead_to_pages_open_to_it(self, role, office):
        user = UserFactory(role=role)
        (path,) = first_steps.paths_for(user)
        assert 5 <= len(path.steps) <= 8
        client = signed_in(user)
        for step in path.steps:
            assert client.get(step.url).status_code == 200, step.url

    def test_the_attorney_s_mark_brings_steps_of_its_own(self, theo, ana):
        assert [path.title for path in first_steps.paths_for(theo)] == ["attorney", "analyst"]
        assert [path.title for path in first_steps.paths_for(ana)] == ["analyst"]

    def test_it_is_one_query(self, theo, django_assert_num_queries):
        with django_assert_num_queries(1):
            first_steps.paths_for(theo)

    def test_the_page_opens_for_everybody(self, ana, theo, sam, adam, ivy):
        for user in (ana, theo, sam, adam, ivy):
            assert b"First steps" in signed_in(user).get("/first-steps/").content


class TestDone:
    def test_nothing_is_done_before_anything_happened(self, sam, ivy):
        assert done(sam) == done(ivy) == []

    def test_a_step_is_done_by_the_act_of_this_very_user(self, run, ana, theo):
        row = queries.standing().filter(outcome="dismiss", route="completed").first()
        assert done(ana) == ["Evaluate it under a policy"]
        services.accept(actor=ana, determination_ids=[row.pk])
        assert done(ana) == ["Evaluate it under a policy", "Accept one"]
        assert done(theo) == []

    def test_looking_at_a_conviction_is_a_step_and_being_sent_one_ahead_is_none(self, run, sam):
        pk = queries.standing().first().conviction_id
        client = signed_in(sam)
        client.get(f"/reviews/{pk}/", headers={"X-Prefetch": "yes"})
        assert done(sam) == []
        client.get(f"/reviews/{pk}/")
        assert done(sam) == ["Open a conviction and see why"]

    def test_what_was_refused_is_not_done(self, ana):
        AuditEvent.objects.create(
            at="2026-01-01T00:00:00Z", actor=ana, verb="batch.submitted", outcome="refused", prev_hash="", hash=""
        )
        assert done(ana) == []

    def test_the_office_s_steps_are_read_from_the_office_itself(self, adam):
        assert done(adam) == []
        OfficeFactory()
        court = CourtFactory()
        text = CourtText.objects.create(text="CASC MARTINEZ")
        assert done(adam) == ["Fill in the office page", "Add the courts where the office files"]
        text.court = court
        text.save()
        assert "Say which court each text of the record files means" in done(adam)
        assert Court.objects.count() == 1

    def test_checking_the_whole_trail_is_an_act_of_the_trail(self, ivy):
        client = signed_in(ivy)
        client.get("/trail/")
        assert done(ivy) == []
        client.get("/trail/?check=all")
        assert done(ivy) == ["Check that the trail is whole"]
        assert AuditEvent.objects.get(verb="trail.checked").detail == {"broken_at": 0}

    def test_a_step_that_somebody_else_must_make_possible_says_so(self, sam):
        assert "Open a submitted batch" in waiting(sam)
        assert b"First, an analyst submits a batch" in signed_in(sam).get("/first-steps/").content


class TestOnHome:
    def test_they_are_offered_until_dismissed_and_stay_on_their_page(self, ana):
        client = signed_in(ana)
        assert client.get("/").context["paths"]
        response = client.post(DISMISS, follow=True)
        assert response.context["paths"] == []
        assert b"stay in the footer" in response.content
        assert client.get("/first-steps/").context["paths"]

    def test_dismissing_is_one_s_own_and_one_event(self, ana, sam):
        client = signed_in(ana)
        client.post(DISMISS)
        client.post(DISMISS)
        assert AuditEvent.objects.filter(verb="account.first_steps_dismissed").count() == 1
        assert signed_in(sam).get("/").context["paths"]

    def test_nobody_signed_in_dismisses_nothing(self):
        assert Client().post(DISMISS)["Location"].startswith("/sign-in/")
