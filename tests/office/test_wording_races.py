"""Two people at the office's words at the same instant, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict
from clearmyrecord.office import wording_queries, wording_services
from clearmyrecord.office.models import User, WordingVersion
from tests.batches.test_races import at_once
from tests.office.wordings import KEY, OWN, change, draft_by

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def approving(actor: User, draft: WordingVersion) -> Callable[[], WordingVersion]:
    """The approval of a draft as it stands, beside what is in force now."""
    in_force = wording_queries.in_force()
    against = in_force.pk if in_force else None
    return lambda: wording_services.approve(actor=actor, draft_id=draft.pk, seen=draft.sha256, against=against)


def reworded(author: User, number: int) -> WordingVersion:
    """A draft that says something else every time, whichever of the earlier ones came into force."""
    return change(draft_by(author), KEY, OWN.replace("The People", f"In round {number} the People"))


def test_two_supervisors_approve_one_draft_once(theo: User, sam: User, sue: User) -> None:
    for number in range(ROUNDS):
        draft = reworded(theo, number)
        results = at_once(approving(sam, draft), approving(sue, draft))
        assert sorted(type(each) for each in results if not isinstance(each, WordingVersion)) == [Conflict]
    assert AuditEvent.objects.filter(verb="wording.approved").count() == ROUNDS


def test_two_drafts_never_become_one_version(theo: User, adam: User, sam: User, sue: User) -> None:
    for number in range(ROUNDS):
        one, other = reworded(theo, number), reworded(adam, number)
        results = at_once(approving(sam, one), approving(sue, other))
        assert sum(isinstance(each, WordingVersion) for each in results) == 1
        assert sum(isinstance(each, Conflict) for each in results) == 1
        loser = wording_queries.versions().get(number=None, discarded_at=None)
        wording_services.discard_draft(actor=sam, draft_id=loser.pk)
    numbers = WordingVersion.objects.exclude(number=None).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, ROUNDS + 1))


def test_what_is_approved_is_what_was_read_when_its_author_changes_it_at_that_instant(theo: User, sam: User) -> None:
    for number in range(ROUNDS):
        draft = reworded(theo, number)
        text = draft.texts[KEY].replace("To the Court", "To the Court of this county")
        results = at_once(approving(sam, draft), lambda draft=draft, text=text: change(draft, KEY, text))
        assert sum(isinstance(each, Conflict) for each in results) == 1
        kept = WordingVersion.objects.get(pk=draft.pk)
        assert (kept.number is None) == (kept.texts[KEY] == text)
        if kept.number is None:
            wording_services.discard_draft(actor=theo, draft_id=draft.pk)


def test_two_who_submit_first_keep_one_standard_wording(db: None) -> None:
    first, second = at_once(wording_services.for_papers, wording_services.for_papers)
    assert isinstance(first, WordingVersion)
    assert first == second
