"""Overrides that take two people: what waits, what it stands as meanwhile, who may confirm, what the database says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches import readiness
from clearmyrecord.desk.queries import tasks_for
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.reviews import overriding, queries, second_person, selection, services
from clearmyrecord.reviews import said as everything_said
from clearmyrecord.reviews.models import Confirmation, Override, Review
from clearmyrecord.reviews.questions import open_questions
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Determination
from eligibility.remarks import REMARKS
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db

CONFIRM = "INSERT INTO reviews_confirmation (conviction_id, override_id, determination_id, verdict, reason, by_id, at)"


def asked_of(row: Any) -> list[str]:
    return [question.code for question in open_questions([row])[row.pk]]


@pytest.fixture
def denied(standing_of: Any, ana: Any) -> Any:
    """Ana overrode a dismissal to not eligible; it waits."""
    pk = standing_of("cultivation").pk
    services.override(actor=ana, determination_ids=[pk], outcome="not_eligible", reason="A minor was there.")
    return standing_of("cultivation")


def confirm(actor: Any, row: Any) -> None:
    second_person.confirm(actor=actor, determination_id=row.pk, override_id=row.override_id)


class TestWhatWaits:
    def test_relief_that_is_denied_stands_neither_granted_nor_denied_and_is_asked(self, denied):
        assert denied.awaiting_second
        assert (denied.outcome, denied.override_outcome, denied.standing_outcome) == (
            "dismiss",
            "not_eligible",
            "hand_review",
        )
        assert (denied.standing_basis, denied.standing_sealing) == ("", False)
        assert asked_of(denied) == ["second"]

    def test_other_relief_in_its_place_waits_for_nobody(self, standing_of, ana):
        services.override(
            actor=ana, determination_ids=[standing_of("cultivation").pk], outcome="redesignate", reason="x"
        )
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.awaiting_second, asked_of(row)) == ("redesignate", False, [])

    @pytest.mark.parametrize("remark", ["possible_super_strike_prior", "possible_290c_prior", "registration"])
    def test_whatever_concerns_a_superstrike_or_a_registration_waits(self, remark, standing_of, ana):
        pk = standing_of("cultivation").pk
        Determination.objects.filter(pk=pk).update(remarks=[REMARKS[remark]])
        services.override(actor=ana, determination_ids=[pk], outcome="redesignate", reason="No bar.")
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.standing_new_section) == ("hand_review", "")
        assert "second" in asked_of(row)

    def test_a_hand_review_decided_as_not_eligible_denies_nothing_that_was_found(self, standing_of, ana):
        pk = standing_of("cultivation").pk
        Determination.objects.filter(pk=pk).update(outcome="hand_review", question_kind="record")
        services.override(actor=ana, determination_ids=[pk], outcome="not_eligible", reason="x")
        assert standing_of("cultivation").standing_outcome == "not_eligible"

    def test_sql_and_python_agree_on_what_takes_two(self, run, ana):
        services.override(
            actor=ana, determination_ids=[row.pk for row in queries.standing()], outcome="not_eligible", reason="x"
        )
        rows = list(queries.standing())
        assert [row.awaiting_second for row in rows] == [
            overriding.takes_two(row, row.override_outcome) for row in rows
        ]
        assert any(row.awaiting_second for row in rows)

    def test_a_bulk_override_says_beforehand_how_many_wait_and_they_do(self, standing_of, ana):
        rows = [standing_of("cultivation"), standing_of("sale")]
        preview = selection.overriding_to([row.pk for row in rows], overriding.Wanted("not_eligible", "policy"), ana)
        assert preview.for_two == 2
        filled = {"ids": preview.joined, "outcome": "not_eligible", "basis": "policy", "reason": "x"}
        assert b"2 of them wait for a second person" in signed_in(ana).post(
            "/reviews/selection/override/", filled
        ).content.replace(b"</strong>", b"")
        services.override(actor=ana, determination_ids=preview.ids, outcome="not_eligible", reason="x")
        assert queries.standing().filter(awaiting_second=True).count() == 2

    def test_it_cannot_enter_a_batch_until_it_is_confirmed(self, standing_of, office, ana, theo):
        pk = standing_of("possession").pk
        Determination.objects.filter(pk=pk).update(remarks=[REMARKS["registration"]])
        services.override(actor=ana, determination_ids=[pk], outcome="redesignate", reason="No bar.")

        def obstacles() -> list[str]:
            (found,) = readiness.examine(queries.standing().filter(pk=pk), office=office)
            return [each.code for each in found.obstacles]

        assert obstacles() == ["second"]
        assert not queries.without_open_questions(queries.standing()).filter(pk=pk).exists()
        confirm(theo, standing_of("possession"))
        assert obstacles() == []
        assert queries.without_open_questions(queries.standing()).filter(pk=pk).exists()


class TestConfirming:
    @pytest.mark.parametrize("who", ["theo", "sam"])
    def test_another_analyst_attorney_or_supervisor_confirms_and_it_stands(self, who, denied, standing_of, request):
        confirm(request.getfixturevalue(who), denied)
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.awaiting_second, asked_of(row)) == ("not_eligible", False, [])
        assert AuditEvent.objects.get(verb="review.second_confirmed").detail["outcome"] == "not_eligible"

    @pytest.mark.parametrize("who", ["ana", "ivy", "adam"])
    def test_its_author_and_who_does_not_review_may_not(self, who, denied, standing_of, request):
        with pytest.raises(NotAllowed):
            confirm(request.getfixturevalue(who), denied)
        assert standing_of("cultivation").awaiting_second
        assert not Confirmation.objects.exists()

    def test_the_author_may_not_refuse_it_either_but_withdraw_it(self, denied, standing_of, ana):
        with pytest.raises(NotAllowed):
            second_person.refuse(
                actor=ana, determination_id=denied.pk, override_id=denied.override_id, reason="Mistaken."
            )
        services.withdraw_override(actor=ana, determination_id=denied.pk, reason="Mistaken.")
        assert (standing_of("cultivation").standing_outcome, asked_of(standing_of("cultivation"))) == ("dismiss", [])

    def test_twice_is_a_conflict(self, denied, theo, sam):
        confirm(theo, denied)
        with pytest.raises(Conflict):
            confirm(sam, denied)

    def test_one_that_took_its_place_is_not_the_one_that_was_shown(self, denied, standing_of, ana, theo):
        services.override(actor=ana, determination_ids=[denied.pk], outcome="redesignate", reason="No: large.")
        with pytest.raises(Conflict):
            confirm(theo, denied)
        assert standing_of("cultivation").standing_outcome == "redesignate"

    def test_overriding_again_waits_again(self, denied, standing_of, ana, theo, sam):
        confirm(theo, denied)
        services.override(actor=ana, determination_ids=[denied.pk], outcome="redesignate", reason="Large.")
        services.override(actor=theo, determination_ids=[denied.pk], outcome="not_eligible", reason="No.")
        row = standing_of("cultivation")
        assert row.awaiting_second
        confirm(sam, row)
        assert standing_of("cultivation").standing_outcome == "not_eligible"
        assert queries.standing().filter(conviction_id=row.conviction_id).count() == 1

    def test_what_a_second_person_confirmed_is_not_undone_by_its_author(self, denied, ana, theo):
        confirm(theo, denied)
        with pytest.raises(Conflict, match="second person"):
            services.undo(actor=ana, determination_id=denied.pk)

    def test_refusing_needs_a_reason_and_opens_it_again(self, denied, standing_of, theo):
        with pytest.raises(Invalid):
            second_person.refuse(actor=theo, determination_id=denied.pk, override_id=denied.override_id, reason=" ")
        second_person.refuse(actor=theo, determination_id=denied.pk, override_id=denied.override_id, reason="No minor.")
        row = standing_of("cultivation")
        assert (row.standing_outcome, row.review_state, row.override_id) == ("dismiss", "open", None)
        said = everything_said.on(row.conviction_id)
        assert {(each.kind, each.what, each.why) for each in said} >= {("confirmation", "refused", "No minor.")}
        assert AuditEvent.objects.filter(verb="review.second_refused").count() == 1


class TestChangedFacts:
    def test_the_authors_word_on_other_facts_waits_for_a_second_person_again(self, denied, standing_of, ana, theo, sam):
        confirm(theo, denied)
        runs.state_fact(
            actor=ana, conviction_id=denied.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        row = standing_of("cultivation")
        assert (row.needs_confirmation, row.awaiting_second) == (True, False)
        services.confirm_override(actor=ana, determination_id=row.pk)
        row = standing_of("cultivation")
        assert (row.needs_confirmation, row.awaiting_second, row.standing_outcome) == (False, True, "hand_review")
        confirm(sam, row)
        assert standing_of("cultivation").standing_outcome == "not_eligible"

    def test_anothers_word_on_other_facts_is_the_second_persons_as_well(self, denied, standing_of, ana, theo):
        confirm(theo, denied)
        runs.state_fact(
            actor=ana, conviction_id=denied.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        services.confirm_override(actor=theo, determination_id=standing_of("cultivation").pk)
        row = standing_of("cultivation")
        assert (row.to_confirm, row.standing_outcome) == (False, "not_eligible")

    def test_what_nobody_confirmed_before_it_changed_is_asked_once_and_let_stand_by_another(
        self, denied, standing_of, ana, theo
    ):
        runs.state_fact(
            actor=ana, conviction_id=denied.conviction_id, fact="still_serving", value="yes", source="Probation"
        )
        row = standing_of("cultivation")
        assert (row.awaiting_second, asked_of(row)) == (True, ["confirm"])
        with pytest.raises(Conflict, match="has changed"):
            confirm(theo, row)
        services.confirm_override(actor=theo, determination_id=row.pk)
        row = standing_of("cultivation")
        assert (row.to_confirm, row.standing_outcome) == (False, "not_eligible")

    def test_an_override_that_comes_to_deny_relief_under_another_policy_waits(self, standing_of, ana):
        pk = standing_of("cultivation").pk
        Determination.objects.filter(pk=pk).update(outcome="hand_review", question_kind="record")
        services.override(actor=ana, determination_ids=[pk], outcome="not_eligible", reason="x")
        runs.use_run(actor=ana, run_id=evaluated(ana, as_of=date(2024, 7, 2)).pk)
        row = standing_of("cultivation")
        assert (row.outcome, row.standing_outcome, row.awaiting_second) == ("dismiss", "hand_review", True)

    def test_a_newer_file_that_shows_a_superstrike_makes_it_wait(self, standing_of, ana, theo):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        assert standing_of("sale").standing_outcome == "dismiss"
        earlier = person(1, section="187 PC-MURDER", order="001002001000", day="20010203", case="CR0900")[1]
        read_file(ana, [earlier, *person(1)])
        runs.use_run(actor=ana, run_id=evaluated(ana).pk)
        row = standing_of("sale")
        assert (row.awaiting_second, row.standing_outcome) == (True, "hand_review")


class TestDatabase:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE reviews_override SET outcome = 'dismiss'",
            "UPDATE reviews_override SET reason = 'other'",
            "DELETE FROM reviews_override",
            f"{CONFIRM} SELECT conviction_id, id, determination_id, 'confirmed', '', author_id, now()"
            " FROM reviews_override",
            f"{CONFIRM} SELECT conviction_id, o.id, determination_id, 'refused', '', u.id, now()"
            " FROM reviews_override o, office_user u WHERE u.username = 'theo'",
        ],
    )
    def test_it_refuses(self, statement, denied, theo):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_a_confirmation_is_neither_edited_nor_deleted_nor_given_twice(self, denied, theo, sam):
        confirm(theo, denied)
        again = (
            f"{CONFIRM} SELECT conviction_id, override_id, determination_id, verdict, reason, {sam.pk}, now()"
            " FROM reviews_confirmation"
        )
        for statement in (
            "UPDATE reviews_confirmation SET verdict = 'refused', reason = 'x'",
            "UPDATE reviews_confirmation SET superseded_at = NULL, by_id = 1",
            "DELETE FROM reviews_confirmation",
            again,
        ):
            with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert Confirmation.objects.get().by == theo

    def test_an_override_that_stands_no_more_is_not_confirmed(self, denied, ana, theo):
        services.withdraw_override(actor=ana, determination_id=denied.pk, reason="Mistaken.")
        with pytest.raises(Error), transaction.atomic():
            Confirmation.objects.create(
                conviction_id=denied.conviction_id,
                override_id=denied.override_id,
                determination_id=denied.pk,
                verdict="confirmed",
                by=theo,
            )


class TestPages:
    def page(self, user: Any, row: Any) -> str:
        return signed_in(user).get(reverse("reviews:conviction", args=[row.conviction_id])).content.decode()

    def test_the_queue_that_needs_confirmation_shows_it_and_home_says_so_to_others_only(self, denied, ana, theo, sam):
        page = signed_in(theo).get("/reviews/?confirm=yes")
        assert [row.pk for row in page.context["page_obj"]] == [denied.pk]
        assert {each["words"]: each["count"] for each in page.context["queues"]}["Needs confirmation"] == 1
        waiting = {user.username: [task.what for task in tasks_for(user)] for user in (ana, theo, sam)}
        words = "Overrides awaiting a second person"
        assert (words in waiting["theo"], words in waiting["sam"], words in waiting["ana"]) == (True, True, False)

    def test_the_page_offers_it_to_others_and_tells_the_author_why_not(self, denied, ana, theo, ivy):
        assert "second/confirm/" in self.page(theo, denied)
        for user in (ana, ivy):
            assert "second/confirm/" not in self.page(user, denied)
        assert "You made it" in self.page(ana, denied)

    def test_confirming_and_refusing_by_their_forms(self, denied, standing_of, ana, theo):
        base, sent = (
            f"/reviews/{denied.conviction_id}/second",
            {"determination": denied.pk, "override": denied.override_id},
        )
        assert signed_in(ana).post(f"{base}/confirm/", sent).status_code == 403
        assert signed_in(theo).post(f"{base}/refuse/", sent | {"refuse-reason": ""}).status_code == 422
        assert signed_in(theo).post(f"{base}/confirm/", sent | {"override": 0}).status_code == 409
        assert signed_in(theo).post(f"{base}/confirm/", sent).status_code == 302
        assert standing_of("cultivation").standing_outcome == "not_eligible"
        assert signed_in(theo).post(f"{base}/refuse/", sent | {"refuse-reason": "x"}).status_code == 409

    def test_it_can_be_taken_next_by_others_and_not_by_its_author(self, denied, ana, theo):
        assert services.take_next(actor=ana, values={"confirm": "yes"}) is None
        assert services.take_next(actor=theo, values={"confirm": "yes"}) == denied.conviction_id

    def test_a_batch_lists_it_with_its_question(self, denied):
        found = batches.free({}).filter(conviction_id=denied.conviction_id)
        assert [asked_of(row) for row in found] == [["second"]]


def test_the_state_of_work_stays_overridden_while_it_waits(denied):
    assert Review.objects.get().state == "overridden"
    assert Override.objects.get().superseded_at is None
