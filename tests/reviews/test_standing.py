"""What stands: the override, else the determination; and what keeps a conviction out of a batch."""

import pytest

from clearmyrecord.errors import NotFound
from clearmyrecord.office.models import Role
from clearmyrecord.records.models import Suggestion
from clearmyrecord.reviews import answering, queries, second_person, services
from clearmyrecord.reviews.questions import open_questions
from clearmyrecord.runs import services as runs
from tests.factories import UserFactory
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, person

pytestmark = pytest.mark.django_db


def asked_of(row) -> list[str]:
    return [question.code for question in open_questions([row])[row.pk]]


class TestStanding:
    def test_without_an_override_the_determination_stands(self, standing_of):
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.standing_basis, row.standing_sealing) == ("dismiss", "presumption", True)
        assert (row.review_state, row.override_id, row.needs_confirmation) == ("open", None, False)

    def test_an_override_stands_in_its_place_and_route_stays_computed(self, standing_of, ana):
        row = standing_of("cultivation")
        services.override(actor=ana, determination_ids=[row.pk], outcome="redesignate", reason="Large grow.")
        row = standing_of("cultivation")
        assert (row.outcome, row.standing_outcome, row.route) == ("dismiss", "redesignate", "completed")
        assert (row.standing_new_section, row.standing_new_severity) == ("HS 11358(c)", "misdemeanor")
        assert row.standing_sealing is False

    def test_a_dismissal_by_override_of_a_completed_sentence_is_sealed(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small amount.")
        assert standing_of("sale").standing_sealing is True

    def test_a_superseded_override_neither_stands_nor_doubles_the_row(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small amount.")
        services.override(actor=ana, determination_ids=[row.pk], outcome="not_eligible", reason="No: large.")
        assert queries.standing().count() == len(PEOPLE)
        assert standing_of("sale").override_outcome == "not_eligible"

    def test_nothing_stands_before_a_run_is_in_use(self, office):
        assert list(queries.standing()) == []
        with pytest.raises(NotFound):
            queries.standing_of(1)

    def test_it_is_one_query(self, run, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert len(list(queries.standing(run))) == len(PEOPLE)


class TestOpenQuestions:
    def test_a_plain_conviction_has_none(self, standing_of):
        assert asked_of(standing_of("sale")) == []

    def test_an_unknown_route_asks_whether_the_sentence_is_completed(self, standing_of):
        assert asked_of(standing_of("endless")) == ["route"]

    def test_an_attempt_needs_a_legal_ground(self, standing_of):
        row = standing_of("attempt")
        assert row.outside
        assert asked_of(row) == ["ground"]

    def test_a_ground_chosen_closes_the_question_and_leaving_out_keeps_it_out(self, standing_of, theo):
        row = standing_of("attempt")
        answering.choose_ground(
            actor=theo, determination_id=row.pk, ground="treated_as_listed", authority="Invented v. Example"
        )
        assert asked_of(standing_of("attempt")) == []
        answering.choose_ground(actor=theo, determination_id=row.pk, ground="no_ground")
        assert asked_of(standing_of("attempt")) == ["left_out"]

    def test_an_open_suggestion_on_the_person_asks(self, standing_of):
        first, second = sorted(
            [standing_of("sale").conviction.subject_id, standing_of("possession").conviction.subject_id]
        )
        Suggestion.objects.create(kind="subject", first_id=first, second_id=second, why="same birth date")
        assert asked_of(standing_of("sale")) == ["suggestion"]

    def test_words_and_sql_agree_for_everybody(self, run, standing_of, ana):
        services.override(
            actor=ana,
            determination_ids=[standing_of("possession").pk],
            outcome="not_eligible",
            reason="Sold to a minor.",
        )
        rows = list(queries.standing())
        asked = open_questions(rows)
        clear = {row.pk for row in rows if not asked[row.pk] and row.standing_outcome in queries.RELIEF}
        assert clear == set(queries.without_open_questions(queries.standing()).values_list("pk", flat=True))
        assert len(clear) == 2

    def test_one_query_however_many_rows(self, run, django_assert_num_queries):
        rows = list(queries.standing())
        with django_assert_num_queries(1):
            open_questions(rows)
        with django_assert_num_queries(1):
            open_questions(rows[:1])

    def test_a_possible_prior_stays_a_question_when_a_person_overrides_to_relief(self, ana, theo, office):
        earlier = person(9, section="187 PC-MURDER", order="001002001000", day="20010203", case="CR0900")[1]
        read_file(ana, [earlier, *person(9, section="11359 HS-POSSESS FOR SALE")])
        evaluated(ana)
        row = queries.standing().get()
        services.override(actor=theo, determination_ids=[row.pk], outcome="dismiss", reason="Small amount.")
        assert asked_of(queries.standing().get()) == ["second"]
        row = queries.standing().get()
        second_person.confirm(actor=ana, determination_id=row.pk, override_id=row.override_id)
        assert asked_of(queries.standing().get()) == ["possible_prior"]
        runs.state_fact(
            actor=theo, conviction_id=row.conviction_id, fact="no_prior_bar", value="yes", source="Smit: same case"
        )
        assert "possible_prior" not in asked_of(queries.standing().get())
        runs.state_fact(actor=theo, conviction_id=row.conviction_id, fact="no_prior_bar", value="no", source="Docket")
        assert "barred" in asked_of(queries.standing().get())


class TestPreparers:
    def test_whoever_overrode_stated_or_chose_a_ground_prepared_it_also_what_is_superseded(
        self, standing_of, ana, theo
    ):
        row = standing_of("attempt")
        sue = UserFactory(role=Role.SUPERVISOR, is_attorney=True, bar_number="900002")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small amount.")
        services.override(actor=theo, determination_ids=[row.pk], outcome="not_eligible", reason="Large amount.")
        answering.choose_ground(actor=sue, determination_id=row.pk, ground="no_ground")
        assert queries.preparers_of([row.conviction_id]) == {ana.pk, theo.pk, sue.pk}

    def test_accepting_or_commenting_prepares_nothing(self, standing_of, ana, sam):
        row = standing_of("sale")
        services.accept(actor=ana, determination_ids=[row.pk])
        services.comment(actor=sam, conviction_id=row.conviction_id, text="Seen.")
        assert queries.preparers_of([row.conviction_id]) == set()
