"""What may be submitted, and what each other conviction asks."""

from __future__ import annotations

import pytest

from clearmyrecord.batches import queries, services
from clearmyrecord.office.models import Court
from clearmyrecord.reviews import answering
from clearmyrecord.reviews import services as reviews
from clearmyrecord.runs import services as runs
from tests.batches.conftest import FORM, PEOPLE, READY, twin
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person


def asked(found):
    return {obstacle.code for obstacle in found.obstacles}


class TestWhatMayBeSubmitted:
    def test_a_settled_relief_in_a_numbered_case_at_a_mapped_court_is_ready(self, draft, candidate_of):
        assert {name for name in PEOPLE if candidate_of(draft, name)[1].is_ready} == READY

    def test_each_other_conviction_is_listed_with_its_question(self, draft, candidate_of):
        wanted = {
            "numberless": "no_case_number",
            "elsewhere": "unmapped_court",
            "odd_number": "case_number_form",
            "endless": "route",
            "attempt": "ground",
            "serving": "serving_form",
        }
        for name, code in wanted.items():
            assert code in asked(candidate_of(draft, name)[1]), name

    def test_a_stated_case_number_with_its_source_completes_it(self, draft, ana, candidate_of):
        item, _ = candidate_of(draft, "numberless")
        services.complete(
            actor=ana, batch_id=draft.pk, item_id=item, fact="case_number", value="CR9001", source="docket"
        )
        _, found = candidate_of(draft, "numberless")
        assert found.is_ready, found.obstacles
        assert found.case_number == "CR9001"

    def test_a_stated_court_completes_it(self, draft, ana, candidate_of):
        item, _ = candidate_of(draft, "elsewhere")
        court = str(Court.objects.get())
        services.complete(actor=ana, batch_id=draft.pk, item_id=item, fact="court", value=court, source="docket")
        assert candidate_of(draft, "elsewhere")[1].is_ready

    def test_someone_serving_needs_the_short_form_of_their_case(self, draft, ana, candidate_of):
        item, _ = candidate_of(draft, "serving")
        services.fill_serving_form(actor=ana, batch_id=draft.pk, item_id=item, values=FORM)
        _, found = candidate_of(draft, "serving")
        assert found.is_ready, found.obstacles
        assert found.serving_values() == FORM

    def test_an_attempt_is_ready_once_an_attorney_has_chosen_a_ground(self, draft, theo, candidate_of):
        _, found = candidate_of(draft, "attempt")
        answering.choose_ground(
            actor=theo, determination_id=found.row.pk, ground="treated_as_listed", authority="People v. Example"
        )
        _, found = candidate_of(draft, "attempt")
        assert asked(found) <= {"decide"}, found.obstacles

    def test_a_registration_read_after_the_run_is_a_question_for_an_attorney(self, draft, ana, theo, candidate_of):
        registered = PEOPLE["sale"][0] | {
            "STP_TYPE_DESCR": "REGISTRATION", "STP_EVENT_DATE": "20120101", "CNT_ORDER": "102001001000",
            "OFFENSE_DESCR": "290(B) PC-REGISTRATION OF SEX OFFENDER",
        }  # fmt: skip
        read_file(ana, [*PEOPLE["sale"], registered, *PEOPLE["possession"]], name="second.csv")
        _, found = candidate_of(draft, "sale")
        assert [(each.code, each.who, each.fact) for each in found.obstacles] == [
            ("possible_prior", "attorney", "no_prior_bar")
        ]
        assert not found.may_say_no_exception
        assert candidate_of(draft, "cultivation")[1].is_ready, "it is about somebody else"

    @pytest.mark.parametrize(("fact", "value"), [("no_prior_bar", "yes"), ("registration_is_290c", "no")])
    def test_an_answer_that_a_registration_is_no_bar_settles_it(self, draft, ana, theo, candidate_of, fact, value):
        registered = PEOPLE["sale"][0] | {
            "STP_TYPE_DESCR": "REGISTRATION", "STP_EVENT_DATE": "20050101", "CNT_ORDER": "100001001000",
            "OFFENSE_DESCR": "290(B) PC-REGISTRATION OF SEX OFFENDER",
        }  # fmt: skip
        read_file(ana, [*PEOPLE["sale"], registered], name="second.csv")
        runs.use_run(actor=ana, run_id=evaluated(ana).pk)
        _, found = candidate_of(draft, "sale")
        assert "possible_prior" in asked(found), found.obstacles
        runs.state_fact(
            actor=theo, conviction_id=found.row.conviction_id, fact=fact, value=value, source="court docket"
        )
        _, found = candidate_of(draft, "sale")
        assert asked(found) == set()
        assert found.may_say_no_exception

    def test_alike_convictions_with_different_relief_need_the_courts_count_numbers(self, ana, theo, run):
        read_file(ana, [*person(30), twin(30, "101002002000")], name="second.csv")
        evaluated(ana)
        from clearmyrecord.runs.models import Run

        newest = Run.objects.order_by("-pk").first()
        runs.use_run(actor=ana, run_id=newest.pk)
        batch = services.compose(actor=ana, name="Twins", filter={})
        twins = [each for each in queries.candidates(batch) if each.row.conviction.subject.cii_number == "A00000030"]
        assert [each.is_ready for each in twins] == [True, True]
        first = twins[0]
        reviews.override(
            actor=ana, determination_ids=[first.row.pk], outcome="dismiss", reason="small amount", basis="policy"
        )
        twins = [each for each in queries.candidates(batch) if each.row.conviction.subject.cii_number == "A00000030"]
        assert [asked(each) for each in twins] == [{"alike"}, {"alike"}]
        for number, each in enumerate(twins, start=1):
            runs.state_fact(
                actor=theo,
                conviction_id=each.row.conviction_id,
                fact="court_count_number",
                value=str(number),
                source="docket",
            )
        twins = [each for each in queries.candidates(batch) if each.row.conviction.subject.cii_number == "A00000030"]
        assert [each.is_ready for each in twins] == [True, True], [each.obstacles for each in twins]
