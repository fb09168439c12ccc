"""The pages of runs and stated facts, as their people see them."""

import pytest
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.runs import queries
from clearmyrecord.runs.models import Policy, Run, StatedFact
from tests.cast import signed_in
from tests.records.factories import arrest, conviction, read_file
from tests.runs.factories import run_of, signed_presets

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ana, office):
    read_file(ana, [arrest(), conviction(SENT_LENGTH=""), conviction("2", "A2", case="CR2")])
    return run_of(ana)


class TestRunPages:
    def test_an_analyst_evaluates_under_a_chosen_policy(self, ana, office):
        read_file(ana, [conviction()])
        signed_presets()
        client = signed_in(ana)
        assert "1 record file will be evaluated" in client.get(reverse("runs:start")).content.decode()
        policy = Policy.objects.get(name="office_choice")
        answer = client.post(reverse("runs:start"), {"policy": policy.pk, "newest_by": "uploaded"})
        started = Run.objects.get()
        assert (answer.url, started.policy) == (reverse("runs:run", args=[started.pk]), policy)
        assert "every 1s" in client.get(answer.url).content.decode()

    def test_while_another_run_is_made_the_form_says_so(self, ana, office):
        read_file(ana, [conviction()])
        signed_presets()
        client, form = signed_in(ana), {"policy": Policy.objects.first().pk, "newest_by": "received"}
        client.post(reverse("runs:start"), form)
        again = client.post(reverse("runs:start"), form)
        assert again.status_code == 422
        assert "Another run is being evaluated" in again.content.decode()

    def test_without_a_file_there_is_nothing_to_evaluate(self, ana, office):
        assert "Nothing to evaluate yet" in signed_in(ana).get(reverse("runs:start")).content.decode()

    @pytest.mark.parametrize("who", ["ana", "sam", "ivy"])
    def test_readers_see_outcomes_reasons_and_the_reconciliation(self, who, request, run):
        client = signed_in(request.getfixturevalue(who))
        page = client.get(reverse("runs:run", args=[run.pk])).content.decode()
        for words in ("2 convictions of 2 people", "It balances", "Rows read", "in use"):
            assert words in page
        assert f"Run {run.pk}" in client.get(reverse("runs:runs")).content.decode()

    def test_an_administrator_sees_no_run(self, adam, run):
        assert signed_in(adam).get(reverse("runs:run", args=[run.pk])).status_code == 403

    def test_a_later_run_is_used_when_an_analyst_says_so(self, ana, sam, run):
        second = run_of(ana, "office_choice")
        address = reverse("runs:use", args=[second.pk])
        assert signed_in(sam).post(address).status_code == 403
        assert "Use this run" in signed_in(ana).get(reverse("runs:run", args=[second.pk])).content.decode()
        signed_in(ana).post(address)
        assert queries.current_run() == second

    def test_progress_ends_with_the_page_fetched_anew(self, ana, run):
        answer = signed_in(ana).get(reverse("runs:run_progress", args=[run.pk]))
        assert answer["HX-Refresh"] == "true"

    def test_a_failed_run_says_why(self, ana, run):
        Run.objects.update(state="failed", failure="A part of the run could not be evaluated")
        page = signed_in(ana).get(reverse("runs:run", args=[run.pk])).content.decode()
        assert "could not be evaluated" in page
        assert "Try again" not in page
        assert signed_in(ana).post(reverse("runs:try_again", args=[run.pk])).status_code == 409


class TestFactPages:
    @pytest.fixture
    def conviction_id(self, run):
        return queries.standing(run).get(route="unknown").conviction_id

    def test_a_fact_is_stated_and_shown_with_its_source(self, ana, conviction_id):
        client = signed_in(ana)
        listed = client.get(reverse("runs:facts", args=[conviction_id]))
        assert "Nothing is stated yet" in listed.content.decode()
        address = reverse("runs:fact_form", args=[conviction_id, "sentence_ended_on"])
        assert 'type="date"' in client.get(address).content.decode()
        answer = client.post(address, {"value": "2011-01-01", "source": "Minute order"})
        assert answer.url == reverse("reviews:conviction", args=[conviction_id])
        assert "Minute order" in client.get(reverse("runs:facts", args=[conviction_id])).content.decode()
        assert queries.determination_of(conviction_id).route == "completed"

    @pytest.mark.parametrize(
        ("fact", "value"),
        [
            ("plants", "4"),
            ("grams", "453.592375"),
            ("recipient_age", "17"),
            ("still_serving", "no"),
            ("registration_is_290c", "yes"),
            ("imported_or_exported", "no"),
            ("employed_person_under_21", "yes"),
            ("severity", "felony"),
            ("case_number", "CR77"),
        ],
    )
    def test_every_kind_of_value_can_be_stated(self, ana, conviction_id, fact, value):
        address = reverse("runs:fact_form", args=[conviction_id, fact])
        signed_in(ana).post(address, {"value": value, "source": "Report"})
        assert StatedFact.objects.get().value == value

    def test_what_can_not_be_read_is_said_on_the_form(self, ana, conviction_id):
        address = reverse("runs:fact_form", args=[conviction_id, "plants"])
        answer = signed_in(ana).post(address, {"value": "2.5", "source": "Report"})
        assert answer.status_code == 422
        assert "whole number" in answer.content.decode()

    def test_a_fact_is_withdrawn_with_a_reason(self, ana, conviction_id):
        client = signed_in(ana)
        client.post(
            reverse("runs:fact_form", args=[conviction_id, "still_serving"]), {"value": "yes", "source": "Report"}
        )
        address = reverse("runs:withdraw_fact", args=[StatedFact.objects.get().pk])
        client.post(address, {"reason": ""})
        assert StatedFact.objects.get().superseded_at is None
        client.post(address, {"reason": "Wrong person"})
        assert StatedFact.objects.get().withdrawn_reason == "Wrong person"

    def test_an_auditor_states_nothing(self, ivy, conviction_id):
        assert signed_in(ivy).get(reverse("runs:facts", args=[conviction_id])).status_code == 403

    def test_an_unknown_fact_or_conviction_is_404(self, ana, conviction_id):
        client = signed_in(ana)
        assert client.get(reverse("runs:fact_form", args=[conviction_id, "colour"])).status_code == 404
        assert client.get(reverse("runs:facts", args=[10**6])).status_code == 404

    def test_whose_facts_were_seen_is_on_the_trail(self, ana, conviction_id):
        signed_in(ana).get(reverse("runs:facts", args=[conviction_id]))
        assert AuditEvent.objects.get(verb="subject.viewed").subject_count == 1
