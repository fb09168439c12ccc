"""The author and a second person, or two second persons, at the same instant on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict
from clearmyrecord.reviews import queries, second_person, services
from clearmyrecord.reviews.models import Confirmation, Override
from tests.batches.test_races import at_once
from tests.cast import *  # noqa: F403 (the cast's fixtures)

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.fixture
def waiting(standing_of: Any, ana: Any) -> Callable[[int], Any]:
    """What stands once Ana denied relief anew; each round for another reason."""

    def of(number: int) -> Any:
        pk = standing_of("cultivation").pk
        services.override(actor=ana, determination_ids=[pk], outcome="not_eligible", reason=f"Round {number}.")
        return standing_of("cultivation")

    return of


def confirming(actor: Any, row: Any) -> Callable[[], object]:
    return lambda: second_person.confirm(actor=actor, determination_id=row.pk, override_id=row.override_id)


def refusing(actor: Any, row: Any) -> Callable[[], object]:
    return lambda: second_person.refuse(
        actor=actor, determination_id=row.pk, override_id=row.override_id, reason="No minor."
    )


def withdraw(actor: Any, row: Any) -> None:
    services.withdraw_override(actor=actor, determination_id=row.pk, reason="Next round.")


def kinds(results: list[object]) -> set[type]:
    return {type(each) for each in results}


def test_of_two_who_confirm_one_does_and_one_is_told(waiting, ana, theo, sam):
    for number in range(ROUNDS):
        row = waiting(number)
        assert kinds(at_once(confirming(theo, row), confirming(sam, row))) == {type(None), Conflict}
        assert Confirmation.objects.filter(override=row.override_id).count() == 1
        assert queries.standing_of(row.conviction_id).standing_outcome == "not_eligible"
        withdraw(ana, row)
    assert AuditEvent.objects.filter(verb="review.second_confirmed").count() == ROUNDS


def test_it_is_either_confirmed_or_refused(waiting, ana, theo, sam):
    for number in range(ROUNDS):
        row = waiting(number)
        assert kinds(at_once(confirming(theo, row), refusing(sam, row))) == {type(None), Conflict}
        now = queries.standing_of(row.conviction_id)
        (word,) = Confirmation.objects.filter(override=row.override_id)
        stands = {"confirmed": ("not_eligible", False), "refused": ("dismiss", False)}
        assert (now.standing_outcome, now.awaiting_second) == stands[word.verdict]
        if now.override_id:
            withdraw(ana, row)


def test_what_the_author_changes_at_that_instant_is_never_confirmed_unseen(waiting, ana, theo):
    for number in range(ROUNDS):
        row = waiting(number)

        def change(row: Any = row) -> None:
            services.override(actor=ana, determination_ids=[row.pk], outcome="redesignate", reason="Large.")

        changed, confirmed = at_once(change, confirming(theo, row))
        assert changed is None
        assert confirmed is None or isinstance(confirmed, Conflict)
        now = queries.standing_of(row.conviction_id)
        assert (now.standing_outcome, now.awaiting_second) == ("redesignate", False)
        assert not Confirmation.objects.filter(superseded_at=None).exists()
        assert (
            not Confirmation.objects.exclude(override=row.override_id).filter(override__outcome="redesignate").exists()
        )
        withdraw(ana, now)


def test_a_withdrawn_override_leaves_no_confirmation_behind(waiting, ana, theo):
    for number in range(ROUNDS):
        row = waiting(number)
        withdrawn, confirmed = at_once(lambda row=row: withdraw(ana, row), confirming(theo, row))
        assert withdrawn is None
        assert confirmed is None or isinstance(confirmed, Conflict)
        assert queries.standing_of(row.conviction_id).standing_outcome == "dismiss"
        assert not Confirmation.objects.filter(superseded_at=None).exists()
    assert not Override.objects.filter(superseded_at=None).exists()
