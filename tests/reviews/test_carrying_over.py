"""Acceptances and overrides over stated facts and new runs (main path, 11)."""

from datetime import date

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Invalid
from clearmyrecord.reviews import changed_since, queries, second_person, services
from clearmyrecord.reviews import said as everything_said
from clearmyrecord.reviews.models import Review
from clearmyrecord.reviews.questions import open_questions
from clearmyrecord.runs import services as runs
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db


def deny(row, *, by, second):
    """Overridden to not eligible, and confirmed by a second person."""
    services.override(actor=by, determination_ids=[row.pk], outcome="not_eligible", reason="Sold to a minor.")
    overridden = queries.standing_of(row.conviction_id)
    second_person.confirm(actor=second, determination_id=row.pk, override_id=overridden.override_id)


class TestStatedFact:
    def test_an_acceptance_is_open_again_when_the_route_changes_and_says_what_changed(self, standing_of, ana):
        row = standing_of("cultivation")
        services.accept(actor=ana, determination_ids=[row.pk])
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        assert standing_of("cultivation").review_state == "open"
        assert "route was completed, is serving" in Review.objects.get().changed

    def test_an_override_stands_but_asks_to_be_confirmed(self, standing_of, ana, theo):
        deny(standing_of("cultivation"), by=ana, second=theo)
        row = standing_of("cultivation")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.needs_confirmation) == ("not_eligible", True)
        assert "confirm" in [question.code for question in open_questions([row])[row.pk]]
        services.confirm_override(actor=theo, determination_id=row.pk)
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
    def test_decisions_carry_over_where_nothing_changed(self, standing_of, ana, theo):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        deny(standing_of("possession"), by=ana, second=theo)
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


class TestWhatChanged:
    """The page of a decision that no longer fits says which fact was what and is what."""

    def changed(self, row) -> set[tuple[str, str, str]]:
        review = queries.review_of(row.conviction_id)
        return {
            (each.what, each.before, each.now)
            for each in changed_since.since(review, row, everything_said.on(row.conviction_id))
        }

    def test_a_stated_fact_and_what_it_turned(self, standing_of, ana):
        row = standing_of("cultivation")
        services.accept(actor=ana, determination_ids=[row.pk])
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        found = self.changed(standing_of("cultivation"))
        assert {("Route", "completed", "serving"), ("Stated: Still serving the sentence", "not stated", "yes")} <= found
        assert "stated: Still serving the sentence was not stated, is yes" in Review.objects.get().changed
        text = signed_in(ana).get(f"/reviews/{row.conviction_id}/").content.decode()
        assert "Changed since the decision" in text
        assert "<td>not stated</td>" in text

    def test_a_fact_corrected_and_one_withdrawn(self, standing_of, ana):
        row = standing_of("cultivation")

        def state(fact: str, value: str):
            return runs.state_fact(actor=ana, conviction_id=row.conviction_id, fact=fact, value=value, source="Report")

        state("plants", "40")
        grams = state("grams", "10")
        services.accept(actor=ana, determination_ids=[standing_of("cultivation").pk])
        state("plants", "4")
        runs.withdraw_fact(actor=ana, stated_fact_id=grams.pk, reason="Another person.")
        found = self.changed(standing_of("cultivation"))
        assert ("Stated: Plants", "40", "4") in found
        assert ("Stated: Cannabis, grams", "10", "not stated any more") in found

    def test_what_a_newer_file_says_otherwise(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        read_file(ana, person(1, SENT_LENGTH="", SENT_TIME_CODE="", SENT_LOC_DESCR="LIFE"))
        runs.use_run(actor=ana, run_id=evaluated(ana).pk)
        now = standing_of("sale")
        assert now.needs_confirmation
        found = {what: (before, after) for what, before, after in self.changed(now)}
        assert found["Route"] == ("completed", "unknown")
        assert "LIFE" in found["Sentence in the record"][1].upper()

    def test_another_policy_and_another_day(self, standing_of, ana):
        services.override(
            actor=ana, determination_ids=[standing_of("possession").pk], outcome="not_eligible", reason="x"
        )
        runs.use_run(actor=ana, run_id=evaluated(ana, policy="contra_costa_2019", as_of=date(2024, 7, 2)).pk)
        found = {what: (before, after) for what, before, after in self.changed(standing_of("possession"))}
        assert found["As of"] == ("July 1, 2024", "July 2, 2024")
        assert "Contra Costa" in found["Policy"][1]

    def test_a_constant_number_of_queries_for_many(self, run, ana, django_assert_num_queries):
        services.override(
            actor=ana, determination_ids=[row.pk for row in queries.standing()], outcome="not_eligible", reason="x"
        )
        other = evaluated(ana, policy="contra_costa_2019")
        reviews = list(Review.objects.all())
        found = {each.conviction_id: each for each in queries.standing(other)}
        pairs = [(review, found[review.conviction_id]) for review in reviews]
        assert len(pairs) > 1
        for some in (pairs[:1], pairs):
            with django_assert_num_queries(2):
                changed_since.of_all(some)
