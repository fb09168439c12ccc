"""Each verb of review: by the right person, by the wrong one, twice, and with what can't be used."""

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.reviews import answering, services
from clearmyrecord.reviews import said as everything_said
from clearmyrecord.reviews.models import Comment, Override, Review
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Determination

pytestmark = pytest.mark.django_db


def events(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


class TestAccept:
    def test_analyst_accepts_a_selection_with_one_event(self, standing_of, ana):
        rows = [standing_of("sale"), standing_of("possession")]
        assert services.accept(actor=ana, determination_ids=[row.pk for row in rows]) == 2
        assert [standing_of(name).review_state for name in ("sale", "possession")] == ["accepted", "accepted"]
        assert not standing_of("sale").looked_at_singly
        event = AuditEvent.objects.get(verb="review.accepted")
        assert sorted(event.subjects) == sorted(row.conviction.subject_id for row in rows)

    def test_accepting_singly_is_remembered(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk], singly=True)
        assert standing_of("sale").looked_at_singly

    @pytest.mark.parametrize("who", ["sam", "ivy", "adam"])
    def test_who_does_not_review_may_not(self, who, standing_of, request):
        with pytest.raises(NotAllowed):
            services.accept(actor=request.getfixturevalue(who), determination_ids=[standing_of("sale").pk])
        assert events("review.accepted") == 0

    def test_twice_is_a_conflict_and_writes_no_event(self, standing_of, ana, theo):
        row = standing_of("sale")
        services.accept(actor=ana, determination_ids=[row.pk])
        with pytest.raises(Conflict):
            services.accept(actor=theo, determination_ids=[row.pk])
        assert events("review.accepted") == 1

    def test_a_hand_review_is_not_accepted(self, standing_of, ana):
        row = standing_of("sale")
        Determination.objects.filter(pk=row.pk).update(outcome="hand_review")
        with pytest.raises(Invalid, match="override"):
            services.accept(actor=ana, determination_ids=[row.pk])

    def test_one_determined_again_meanwhile_is_a_conflict_for_the_whole_selection(self, standing_of, ana):
        seen = [standing_of("sale").pk, standing_of("endless").pk]
        endless = standing_of("endless").conviction_id
        runs.state_fact(actor=ana, conviction_id=endless, fact="sentence_ended_on", value="2015-01-01", source="Docket")
        with pytest.raises(Conflict):
            services.accept(actor=ana, determination_ids=seen)
        assert not Review.objects.exists()

    def test_nothing_selected_is_a_conflict(self, run, ana):
        with pytest.raises(Conflict):
            services.accept(actor=ana, determination_ids=[])


class TestOverride:
    def test_analyst_overrides_with_a_reason_and_the_reason_is_not_in_the_trail(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small amount.")
        made = Override.objects.get()
        assert (made.outcome, made.basis, made.new_section, made.reason) == ("dismiss", "policy", "", "Small amount.")
        event = AuditEvent.objects.get(verb="review.overridden")
        assert "Small" not in f"{event.detail}{event.reason}"

    @pytest.mark.parametrize("who", ["sam", "ivy", "adam"])
    def test_who_does_not_review_may_not(self, who, standing_of, request):
        with pytest.raises(NotAllowed):
            services.override(
                actor=request.getfixturevalue(who),
                determination_ids=[standing_of("sale").pk],
                outcome="dismiss",
                reason="x",
            )

    def test_a_question_of_law_is_for_an_attorney(self, standing_of, ana, theo, sue):
        row = standing_of("sale")
        Determination.objects.filter(pk=row.pk).update(outcome="hand_review", question_kind="law")
        with pytest.raises(NotAllowed, match="attorney"):
            services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="x")
        services.override(actor=theo, determination_ids=[row.pk], outcome="dismiss", reason="Boatwright.")
        sue.is_attorney, sue.bar_number = True, "900002"
        sue.save()
        services.override(actor=sue, determination_ids=[row.pk], outcome="not_eligible", reason="No.")
        assert standing_of("sale").standing_outcome == "not_eligible"

    @pytest.mark.parametrize(
        ("outcome", "reason", "basis", "says"),
        [
            ("dismiss", "  ", "policy", "needs a reason"),
            ("hand_review", "x", "policy", "offered"),
            ("dismiss", "x", "feeling", "offered"),
            ("redesignate", "x", "policy", "accept it"),
            ("resentence", "x", "policy", "serving"),
            ("dismiss", "x", "statute", "stated fact"),
        ],
    )
    def test_what_does_not_fit_is_refused_in_words(self, outcome, reason, basis, says, standing_of, ana):
        with pytest.raises(Invalid, match=says):
            services.override(
                actor=ana, determination_ids=[standing_of("sale").pk], outcome=outcome, reason=reason, basis=basis
            )
        assert not Override.objects.exists()

    def test_statute_is_named_only_once_a_fact_is_stated(self, standing_of, ana):
        wanted = {"actor": ana, "outcome": "redesignate", "reason": "Forty plants.", "basis": "statute"}
        with pytest.raises(Invalid, match="stated fact"):
            services.override(determination_ids=[standing_of("cultivation").pk], **wanted)
        conviction = standing_of("cultivation").conviction_id
        runs.state_fact(actor=ana, conviction_id=conviction, fact="plants", value="40", source="Police report")
        services.override(determination_ids=[standing_of("cultivation").pk], **wanted)
        assert standing_of("cultivation").standing_basis == "statute"

    def test_someone_serving_is_resentenced_not_redesignated(self, standing_of, ana):
        row = standing_of("cultivation")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        row = standing_of("cultivation")
        assert row.route == "serving"
        with pytest.raises(Invalid, match="resentencing"):
            services.override(actor=ana, determination_ids=[row.pk], outcome="redesignate", reason="x")
        services.override(actor=ana, determination_ids=[row.pk], outcome="resentence", reason="Large grow.")
        assert standing_of("cultivation").standing_new_section == "HS 11358(c)"

    def test_the_same_again_is_refused(self, standing_of, ana, theo):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        with pytest.raises(Invalid, match="already overridden"):
            services.override(actor=theo, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        assert events("review.overridden") == 1


class TestWithdrawAndConfirm:
    def test_a_withdrawn_override_leaves_the_determination_open_and_the_reason_as_comment(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        services.withdraw_override(actor=ana, determination_id=row.pk, reason="Misread.")
        row = standing_of("sale")
        assert (row.standing_outcome, row.review_state) == ("redesignate", "open")
        assert Comment.objects.get().text == "Override withdrawn: Misread."
        with pytest.raises(Conflict):
            services.withdraw_override(actor=ana, determination_id=row.pk, reason="Again.")

    def test_withdrawing_needs_a_reason_and_a_reviewer(self, standing_of, ana, ivy):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        with pytest.raises(Invalid):
            services.withdraw_override(actor=ana, determination_id=row.pk, reason=" ")
        with pytest.raises(NotAllowed):
            services.withdraw_override(actor=ivy, determination_id=row.pk, reason="x")

    def test_what_needs_no_confirmation_is_not_confirmed(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        with pytest.raises(Conflict):
            services.confirm_override(actor=ana, determination_id=row.pk)


class TestGround:
    def test_only_an_attorney_chooses(self, standing_of, ana, sam):
        for actor in (ana, sam):
            with pytest.raises(NotAllowed):
                answering.choose_ground(actor=actor, determination_id=standing_of("attempt").pk, ground="no_ground")

    def test_treating_it_as_listed_needs_an_authority(self, standing_of, theo):
        with pytest.raises(Invalid, match="authority"):
            answering.choose_ground(actor=theo, determination_id=standing_of("attempt").pk, ground="treated_as_listed")

    def test_a_serving_ground_is_not_given_after_completion(self, standing_of, theo):
        with pytest.raises(Invalid, match="route"):
            answering.choose_ground(
                actor=theo, determination_id=standing_of("attempt").pk, ground="no_offense_11361_8_a"
            )

    def test_a_listed_section_needs_none(self, standing_of, theo):
        with pytest.raises(Invalid, match="needs no ground"):
            answering.choose_ground(actor=theo, determination_id=standing_of("sale").pk, ground="no_ground")


class TestCommentAndAnswer:
    def test_a_supervisor_comments_and_an_auditor_may_not(self, standing_of, sam, ivy):
        row = standing_of("sale")
        services.comment(actor=sam, conviction_id=row.conviction_id, text=" Look at the docket. ")
        assert [each.why for each in everything_said.on(row.conviction_id)] == ["Look at the docket."]
        with pytest.raises(NotAllowed):
            services.comment(actor=ivy, conviction_id=row.conviction_id, text="x")
        with pytest.raises(Invalid):
            services.comment(actor=sam, conviction_id=row.conviction_id, text=" ")

    def test_answering_the_route_decides_it_at_once(self, standing_of, ana):
        row = standing_of("endless")
        answering.answer(
            actor=ana, determination_id=row.pk, fact="sentence_ended_on", value="2015-01-01", source="Docket"
        )
        assert standing_of("endless").route == "completed"
        with pytest.raises(Conflict):
            answering.answer(actor=ana, determination_id=row.pk, fact="still_serving", value="yes", source="Docket")

    def test_whether_a_prior_bars_relief_is_for_attorneys(self, standing_of, ana, ivy):
        row = standing_of("sale")
        for actor in (ana, ivy):
            with pytest.raises(NotAllowed):
                answering.answer(actor=actor, determination_id=row.pk, fact="no_prior_bar", value="yes", source="x")
