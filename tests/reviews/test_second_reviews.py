"""Blind second reviews: a fair draw, nothing shown of the first decision, and disagreements settled by a third."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office.models import Office, Role, User
from clearmyrecord.records.models import Conviction
from clearmyrecord.reviews import second_review_queries as queries
from clearmyrecord.reviews import second_reviews, services
from clearmyrecord.reviews.models import Review, SecondReview
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Determination
from tests.cast import signed_in
from tests.factories import UserFactory
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db
REASON = "Zebra-striped reason of the first"


@pytest.fixture
def bob(db: None) -> User:
    """Another analyst."""
    return UserFactory(username="bob", first_name="Bob", last_name="Brewster", role=Role.ANALYST)


@pytest.fixture
def everything(office: Office) -> None:
    """The office has everything decided twice."""
    draws(100)


def draws(share: Any) -> None:
    Office.objects.update(second_review_share=Decimal(share))


def overridden(actor: User, row: Any, outcome: str = "dismiss") -> None:
    services.override(actor=actor, determination_ids=[row.pk], outcome=outcome, reason=REASON, singly=True)


def taken_by(user: User) -> SecondReview:
    pk = second_reviews.take(actor=user)
    assert pk is not None
    return SecondReview.objects.get(pk=pk)


def answered(user: User, found: SecondReview, outcome: str, reason: str = "As I read it.") -> SecondReview:
    row = queries.taken(user, found.pk)
    return second_reviews.answer(
        actor=user, second_review_id=found.pk, determination_id=row.pk, outcome=outcome, reason=reason
    )


class TestTheDraw:
    @pytest.mark.parametrize("share", ["0", "0.5", "5", "33.3", "100"])
    def test_draws_about_the_share_that_the_office_set(self, share):
        convictions, runs_ = 4000, 5
        for run in range(1, runs_ + 1):
            drawn = sum(second_reviews.is_drawn(run, pk, Decimal(share)) for pk in range(1, convictions + 1))
            expected = convictions * float(share) / 100
            spread = 4 * (expected * (1 - float(share) / 100)) ** 0.5
            assert abs(drawn - expected) <= spread, (run, drawn)

    def test_a_higher_share_keeps_whom_a_lower_one_drew_and_another_run_draws_others(self):
        def drawn(run: int, share: int) -> set[int]:
            return {pk for pk in range(3000) if second_reviews.is_drawn(run, pk, Decimal(share))}

        assert drawn(1, 5) < drawn(1, 10)
        assert drawn(1, 10) != drawn(2, 10)

    def test_the_database_draws_exactly_those_that_anybody_can_check(self, ana, office):
        draws(40)
        read_file(ana, [row for number in range(1, 41) for row in person(number)])
        run = evaluated(ana)
        services.accept(actor=ana, determination_ids=list(Determination.objects.values_list("pk", flat=True)))
        expected = {
            pk
            for pk in Conviction.objects.values_list("pk", flat=True)
            if second_reviews.is_drawn(run.pk, pk, Decimal(40))
        }
        assert 0 < len(expected) < 40
        assert set(SecondReview.objects.values_list("conviction", flat=True)) == expected

    def test_deciding_again_draws_no_kinder_sample(self, ana, standing_of, everything):
        row = standing_of("sale")
        for _ in range(3):
            services.accept(actor=ana, determination_ids=[row.pk])
            services.undo(actor=ana, determination_id=row.pk)
        assert SecondReview.objects.count() == 1
        draws(0)
        services.accept(actor=ana, determination_ids=[standing_of("cultivation").pk])
        assert SecondReview.objects.count() == 1

    def test_what_is_open_again_does_not_wait_until_it_is_decided_again(self, ana, bob, standing_of, everything):
        row = standing_of("sale")
        services.accept(actor=ana, determination_ids=[row.pk])
        assert queries.waiting_for(bob).count() == 1
        services.undo(actor=ana, determination_id=row.pk)
        assert queries.waiting_for(bob).count() == 0
        services.accept(actor=ana, determination_ids=[row.pk])
        assert queries.waiting_for(bob).count() == 1

    def test_another_run_in_use_keeps_waiting_what_waited_and_asks_nothing_twice(
        self, ana, bob, standing_of, everything
    ):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        runs.use_run(actor=ana, run_id=evaluated(ana).pk)
        assert queries.waiting_for(bob).count() == 1
        answered(bob, taken_by(bob), "redesignate")
        assert queries.waiting_for(bob).count() == 0


class TestWhoMayTakeIt:
    def test_never_who_decided_first(self, ana, bob, standing_of, everything):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        assert second_reviews.take(actor=ana) is None
        assert taken_by(bob).taken_by == bob

    def test_never_who_overrode_it_before_though_another_decided_since(self, ana, bob, standing_of, everything):
        row = standing_of("sale")
        overridden(bob, row)
        services.withdraw_override(actor=ana, determination_id=row.pk, reason="Not so.")
        services.accept(actor=ana, determination_ids=[row.pk])
        assert second_reviews.take(actor=bob) is None

    def test_nobody_who_opened_it_after_it_was_decided(self, ana, bob, theo, standing_of, everything):
        row = standing_of("sale")
        services.accept(actor=ana, determination_ids=[row.pk])
        found = taken_by(bob)
        signed_in(bob).get(reverse("reviews:conviction", args=[row.conviction_id]))
        assert signed_in(bob).get(reverse("reviews:second_review", args=[found.pk])).status_code == 409
        with pytest.raises(Conflict):
            second_reviews.answer(
                actor=bob, second_review_id=found.pk, determination_id=row.pk, outcome="redesignate", reason=""
            )

    def test_questions_of_law_are_for_attorneys(self, bob, theo, ana, standing_of, everything):
        row = standing_of("attempt")
        if row.question_kind != "law":
            Determination.objects.filter(pk=row.pk).update(question_kind="law")
        lee = UserFactory(username="lee", role=Role.ANALYST, is_attorney=True, bar_number="900003")
        services.override(actor=theo, determination_ids=[row.pk], outcome="not_eligible", reason=REASON)
        assert second_reviews.take(actor=bob) is None
        assert taken_by(lee).conviction_id == row.conviction_id

    @pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR])
    def test_only_who_reviews(self, ana, role, standing_of, everything):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        with pytest.raises(NotAllowed):
            second_reviews.take(actor=UserFactory(role=role))

    def test_taking_again_gives_the_same_one(self, ana, bob, standing_of, everything):
        ids = [standing_of(name).pk for name in ("sale", "cultivation")]
        services.accept(actor=ana, determination_ids=ids)
        assert second_reviews.take(actor=bob) == second_reviews.take(actor=bob)


class TestBlindness:
    NAMES = ("sale", "cultivation", "undated")

    def test_no_byte_of_the_page_tells_the_first_decision_its_author_or_comments(
        self, bob, theo, standing_of, everything
    ):
        pages = []
        for outcome, actor in (("dismiss", "first"), ("not_eligible", "other")):
            first = UserFactory(username=actor, first_name="Quentin", last_name="Quackenbush")
            row = standing_of("sale")
            overridden(first, row, outcome)
            services.comment(actor=first, conviction_id=row.conviction_id, text="Zebra comment")
            services.assign(actor=first, determination_ids=[row.pk], to=first)
            found = taken_by(bob)
            response = signed_in(bob).get(reverse("reviews:second_review", args=[found.pk]))
            assert response.status_code == 200
            pages.append(response.content.decode())
            services.undo(actor=first, determination_id=row.pk)
        for page in pages:
            for told in ("Zebra", "Quackenbush", "verridden", "ccepted", REASON, "assigned to"):
                assert told not in page
            assert "DOE,P1" in page
        assert bare(pages[0]) == bare(pages[1])

    def test_accepted_or_overridden_look_the_same(self, ana, bob, standing_of, everything):
        row = standing_of("sale")
        pages = []
        for act in (lambda: services.accept(actor=ana, determination_ids=[row.pk]), lambda: overridden(ana, row)):
            act()
            found = taken_by(bob)
            pages.append(signed_in(bob).get(reverse("reviews:second_review", args=[found.pk])).content.decode())
            services.undo(actor=ana, determination_id=row.pk)
        assert bare(pages[0]) == bare(pages[1])

    def test_shows_facts_rules_and_record_and_says_so_in_the_trail(self, ana, bob, standing_of, everything):
        row = standing_of("sale")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="grams", value="12", source="The laboratory’s report."
        )
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        page = signed_in(bob).get(reverse("reviews:second_review", args=[taken_by(bob).pk])).content.decode()
        for words in ("The laboratory’s report.", "PRI_NAME", "Every rule of the policy", "COURT ACTION"):
            assert words in page
        assert "Alvarez" not in page
        assert AuditEvent.objects.filter(verb="subject.viewed", actor=bob, kind="page").exists()

    def test_the_page_of_what_somebody_else_took_is_refused(self, ana, bob, theo, standing_of, everything):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        found = taken_by(bob)
        for user in (ana, theo):
            assert signed_in(user).get(reverse("reviews:second_review", args=[found.pk])).status_code == 409


def bare(page: str) -> str:
    """A page without what differs at each request: the token of its forms."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower())


class TestAnswering:
    def test_the_same_outcome_agrees_and_changes_nothing_that_stands(self, ana, bob, standing_of, everything):
        overridden(ana, standing_of("sale"))
        found = answered(bob, taken_by(bob), "dismiss")
        assert (found.agrees, found.first_outcome, found.first_by, found.by) == (True, "dismiss", ana, bob)
        assert standing_of("sale").standing_outcome == "dismiss"
        assert Review.objects.get().by == ana
        assert AuditEvent.objects.filter(verb="second_review.answered").count() == 1

    def test_another_outcome_needs_a_reason_and_waits_for_a_third(self, ana, bob, standing_of, everything):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        found = taken_by(bob)
        with pytest.raises(Invalid):
            answered(bob, found, "dismiss", reason=" ")
        with pytest.raises(Invalid):
            answered(bob, found, "resentence")
        assert answered(bob, found, "dismiss").agrees is False
        assert standing_of("sale").standing_outcome == "redesignate"
        with pytest.raises(Conflict):
            answered(bob, found, "dismiss")

    def test_the_page_takes_the_answer_and_says_whether_the_two_agree(self, ana, bob, standing_of, everything):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        client = signed_in(bob)
        address = client.post(reverse("reviews:take_second"))["Location"]
        values = {"determination": standing_of("sale").pk, "outcome": "dismiss", "reason": ""}
        assert client.post(address, values).status_code == 422
        page = client.post(address, values | {"reason": "Old."}, follow=True).content.decode()
        assert "You came to another outcome" in page

    def test_what_was_determined_again_meanwhile_is_a_conflict(self, ana, bob, standing_of, everything):
        row = standing_of("sale")
        services.accept(actor=ana, determination_ids=[row.pk])
        found = taken_by(bob)
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="severity", value="misdemeanor", source="The docket."
        )
        with pytest.raises(Conflict):
            second_reviews.answer(
                actor=bob, second_review_id=found.pk, determination_id=row.pk, outcome="dismiss", reason="x"
            )


class TestSettling:
    @pytest.fixture
    def disagreed(self, ana, bob, standing_of, everything):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        return answered(bob, taken_by(bob), "dismiss")

    @pytest.mark.parametrize("who", ["theo", "sam"])
    def test_an_attorney_or_a_supervisor_upholds_the_first(self, request, who, disagreed):
        actor = request.getfixturevalue(who)
        assert queries.to_settle(actor).count() == 1
        second_reviews.uphold(actor=actor, second_review_id=disagreed.pk, reason="The first is right.")
        disagreed.refresh_from_db()
        assert (disagreed.settled_by, disagreed.settled_outcome) == (actor, "redesignate")
        assert queries.to_settle(actor).count() == 0
        with pytest.raises(Conflict):
            second_reviews.uphold(actor=actor, second_review_id=disagreed.pk, reason="Again.")

    @pytest.mark.parametrize("who", ["ana", "bob", "ivy", "adam"])
    def test_nobody_else_does(self, request, who, disagreed):
        with pytest.raises(NotAllowed):
            second_reviews.uphold(
                actor=request.getfixturevalue(who), second_review_id=disagreed.pk, reason="The first is right."
            )

    def test_an_attorney_who_took_part_does_not(self, theo, bob, standing_of, everything):
        services.accept(actor=theo, determination_ids=[standing_of("sale").pk])
        found = answered(bob, taken_by(bob), "dismiss")
        assert queries.to_settle(theo).count() == 0
        with pytest.raises(NotAllowed):
            second_reviews.uphold(actor=theo, second_review_id=found.pk, reason="Mine is right.")

    def test_an_ordinary_override_by_an_attorney_settles_it(self, theo, disagreed, standing_of):
        overridden(theo, standing_of("sale"))
        disagreed.refresh_from_db()
        assert (disagreed.settled_by, disagreed.settled_outcome) == (theo, "dismiss")

    def test_another_decision_by_who_took_part_does_not(self, ana, disagreed, standing_of):
        overridden(ana, standing_of("sale"))
        disagreed.refresh_from_db()
        assert disagreed.settled_at is None

    def test_the_pages_show_both_and_settle(self, theo, disagreed):
        client = signed_in(theo)
        listed = client.get(reverse("reviews:second_reviews")).content.decode()
        assert "0.0 %" in listed
        address = reverse("reviews:settle", args=[disagreed.pk])
        assert address in listed
        page = client.get(address).content.decode()
        for words in ("Ana Alvarez", "Bob Brewster", "As I read it."):
            assert words in page
        assert client.post(address, {"reason": ""}).status_code == 422
        done = client.post(address, {"reason": "The first is right."}, follow=True).content.decode()
        assert "Settled: the first decision stands." in done


class TestAgreement:
    def test_is_told_overall_and_by_rule_with_numbers(self, ana, bob, standing_of, everything):
        names = ("sale", "cultivation")
        services.accept(actor=ana, determination_ids=[standing_of(name).pk for name in names])
        for _ in names:
            found = taken_by(bob)
            answered(bob, found, "dismiss")
        overall, by_rule = queries.agreement()
        assert (overall.number, overall.agree, overall.rate) == (2, 1, 50.0)
        assert sorted((each.reason, each.number, each.agree) for each in by_rule) == [
            ("Section 11358", 1, 1),
            ("Section 11359", 1, 0),
        ]

    def test_without_a_share_the_page_says_how_to_begin(self, ana, run):
        assert "No second reviews yet" in signed_in(ana).get(reverse("reviews:second_reviews")).content.decode()
