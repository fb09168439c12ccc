"""Acceptances and overrides over stated facts and new runs (main path, 11)."""

from datetime import date

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Invalid
from clearmyrecord.reviews import queries, services
from clearmyrecord.reviews.models import Review
from clearmyrecord.reviews.questions import open_questions
from clearmyrecord.runs import services as runs
from tests.reviews.conftest import evaluated

pytestmark = pytest.mark.django_db


class TestStatedFact:
    def test_an_acceptance_is_open_again_when_the_route_changes_and_says_what_changed(self, standing_of, ana):
        row = standing_of("cultivation")
        services.accept(actor=ana, determination_ids=[row.pk])
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        assert standing_of("cultivation").review_state == "open"
        assert "route was completed, is serving" in Review.objects.get().changed

    def test_an_override_stands_but_asks_to_be_confirmed(self, standing_of, ana):
        row = standing_of("cultivation")
        services.override(actor=ana, determination_ids=[row.pk], outcome="not_eligible", reason="Sold to a minor.")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.needs_confirmation) == ("not_eligible", True)
        assert "confirm" in [question.code for question in open_questions([row])[row.pk]]
        services.confirm_override(actor=ana, determination_id=row.pk)
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.review_state, row.needs_confirmation) == ("not_eligible", "overridden", False)

    def test_an_override_that_no_longer_fits_the_route_is_not_confirmed_but_decided_again(self, standing_of, ana):
        row = standing_of("cultivation")
        services.override(actor=ana, determination_ids=[row.pk], outcome="redesignate", reason="Large grow.")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        row = standing_of("cultivation")
        with pytest.raises(Invalid, match="decide again"):
            services.confirm_override(actor=ana, determination_id=row.pk)
        services.override(actor=ana, determination_ids=[row.pk], outcome="resentence", reason="Large grow.")
        assert not standing_of("cultivation").needs_confirmation

    def test_withdrawing_the_fact_lets_the_override_fit_again(self, standing_of, ana):
        row = standing_of("cultivation")
        services.override(actor=ana, determination_ids=[row.pk], outcome="not_eligible", reason="Sold to a minor.")
        stated = runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        runs.withdraw_fact(actor=ana, stated_fact_id=stated.pk, reason="Another person.")
        assert not standing_of("cultivation").needs_confirmation


class TestAnotherRun:
    def test_decisions_carry_over_where_nothing_changed(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        services.override(
            actor=ana, determination_ids=[standing_of("possession").pk], outcome="not_eligible", reason="x"
        )
        runs.use_run(actor=ana, run_id=evaluated(ana, as_of=date(2024, 7, 2)).pk)
        assert standing_of("sale").review_state == "accepted"
        assert (standing_of("possession").standing_outcome, standing_of("possession").needs_confirmation) == (
            "not_eligible",
            False,
        )
        assert Review.objects.filter(determination__run__is_current=True).count() == 2
        assert not AuditEvent.objects.filter(verb="reviews.carried_over").exists()

    def test_another_policy_opens_acceptances_and_asks_to_confirm_overrides(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        services.override(
            actor=ana, determination_ids=[standing_of("possession").pk], outcome="not_eligible", reason="x"
        )
        runs.use_run(actor=ana, run_id=evaluated(ana, policy="contra_costa_2019").pk)
        assert standing_of("sale").review_state == "open"
        assert standing_of("possession").needs_confirmation
        event = AuditEvent.objects.get(verb="reviews.carried_over")
        assert event.detail == {"compared": 2, "no_longer_fit": 2}

    def test_a_finished_run_not_in_use_changes_nothing(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        evaluated(ana, policy="contra_costa_2019")
        assert standing_of("sale").review_state == "accepted"
        assert queries.standing().first().run.policy.name == "office_choice"
