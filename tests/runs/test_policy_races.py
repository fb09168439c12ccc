"""Two people at one policy at the same instant, on real PostgreSQL."""

from __future__ import annotations

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict
from clearmyrecord.runs import policy_services
from clearmyrecord.runs.models import Policy
from eligibility import policy as engine
from tests.batches.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10
TEXT = engine.load("office_choice").text


def signing(actor, draft: Policy):
    return lambda: policy_services.sign_policy(actor=actor, policy_id=draft.pk, seen_sha256=draft.sha256)


def test_two_supervisors_sign_one_draft_once(ana, sam, sue):
    for _ in range(ROUNDS):
        draft = policy_services.draft_policy(actor=ana, text=TEXT)
        results = at_once(signing(sam, draft), signing(sue, draft))
        assert sorted(type(each) for each in results if not isinstance(each, Policy)) == [Conflict]
    assert AuditEvent.objects.filter(verb="policy.signed").count() == ROUNDS
    assert Policy.objects.exclude(signed_at=None).count() == ROUNDS


def test_what_is_signed_is_what_stood_when_its_drafter_changes_it_at_that_instant(ana, sam):
    for _ in range(ROUNDS):
        draft = policy_services.draft_policy(actor=ana, text=TEXT)

        def change(draft=draft):
            return policy_services.change_draft(
                actor=ana, policy_id=draft.pk, text=TEXT + "# more\n", seen_sha256=draft.sha256
            )

        results = at_once(signing(sam, draft), change)
        assert sum(isinstance(each, Conflict) for each in results) == 1
        draft.refresh_from_db()
        assert (draft.signed_at is None) == draft.text.endswith("# more\n")


def test_two_drafts_of_one_policy_never_become_one_version(ana, sam, sue):
    for _ in range(ROUNDS):
        one, other = (policy_services.draft_policy(actor=ana, text=TEXT) for _ in range(2))
        results = at_once(signing(sam, one), signing(sue, other))
        assert all(isinstance(each, Policy | Conflict) for each in results)
    versions = list(Policy.objects.exclude(signed_at=None).values_list("version", flat=True))
    assert sorted(versions) == list(range(1, len(versions) + 1))
