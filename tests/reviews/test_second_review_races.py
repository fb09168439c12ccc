"""Two second reviewers at the same instant, on real PostgreSQL."""

from __future__ import annotations

from decimal import Decimal

import pytest

from clearmyrecord.errors import Conflict
from clearmyrecord.office.models import Office
from clearmyrecord.reviews import second_reviews, services
from clearmyrecord.reviews.models import SecondReview
from clearmyrecord.runs.models import Determination
from tests.batches.test_races import at_once
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.factories import UserFactory
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


@pytest.fixture
def waiting(ana, office):
    """Two convictions, each waiting for a second review."""
    read_file(ana, [*person(1), *person(2)])
    evaluated(ana)
    Office.objects.update(second_review_share=Decimal(100))
    services.accept(actor=ana, determination_ids=list(Determination.objects.values_list("pk", flat=True)))
    return SecondReview.objects.order_by("pk")


def test_two_who_take_at_once_get_different_ones_and_a_third_gets_nothing(waiting):
    for _ in range(ROUNDS):
        users = [UserFactory(), UserFactory()]
        taken = at_once(*(lambda user=user: second_reviews.take(actor=user) for user in users))
        assert sorted(taken, key=str) == sorted((each.pk for each in waiting), key=str)
        assert second_reviews.take(actor=UserFactory()) is None
        waiting.update(taken_by=None, taken_at=None)


def test_an_answer_sent_twice_at_once_is_kept_once(waiting):
    for found in waiting:
        bob = UserFactory()
        waiting.filter(pk=found.pk).update(taken_by=bob, taken_at=found.drawn_at)
        determination = Determination.objects.get(conviction=found.conviction_id)
        results = at_once(
            *(
                lambda outcome=outcome, found=found, bob=bob, determination=determination: second_reviews.answer(
                    actor=bob,
                    second_review_id=found.pk,
                    determination_id=determination.pk,
                    outcome=outcome,
                    reason="As I read it.",
                )
                for outcome in ("dismiss", "not_eligible")
            )
        )
        assert sorted(type(each) for each in results if isinstance(each, Conflict)) == [Conflict]
        kept = SecondReview.objects.get(pk=found.pk)
        assert [each.outcome for each in results if isinstance(each, SecondReview)] == [kept.outcome]


def test_a_first_decision_taken_back_at_the_same_instant_is_either_before_or_after(ana, waiting):
    for found in waiting:
        bob = UserFactory()
        waiting.filter(pk=found.pk).update(taken_by=bob, taken_at=found.drawn_at)
        determination = Determination.objects.get(conviction=found.conviction_id)
        answer, undo = at_once(
            lambda found=found, bob=bob, determination=determination: second_reviews.answer(
                actor=bob,
                second_review_id=found.pk,
                determination_id=determination.pk,
                outcome="dismiss",
                reason="As I read it.",
            ),
            lambda determination=determination: services.undo(actor=ana, determination_id=determination.pk),
        )
        assert undo is None
        kept = SecondReview.objects.get(pk=found.pk)
        if isinstance(answer, SecondReview):
            assert (kept.first_outcome, kept.first_by) == ("redesignate", ana)
        else:
            assert isinstance(answer, Conflict)
            assert kept.at is None
