"""A batch from draft to withdrawal: by the right person, from each wrong state, twice."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import queries, services, snapshots
from clearmyrecord.batches.models import Batch, BatchItem, Preparer
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.reviews import services as reviews
from tests.batches.conftest import PEOPLE, READY, approved_by, marked_right, submitted_by
from tests.cast import *  # noqa: F403 (the cast's fixtures)

State = Batch.State


def events(verb):
    return AuditEvent.objects.filter(verb=verb).count()


class TestCompose:
    def test_takes_what_the_filter_finds(self, run, ana):
        batch = services.compose(actor=ana, name="Cultivation", filter={"section": "11358"})
        assert batch.items.count() == 1
        assert events("batch.composed") == 1

    def test_leaves_to_another_batch_what_it_holds(self, draft, ana):
        with pytest.raises(Invalid, match="No conviction"):
            services.compose(actor=ana, name="Second", filter={})
        assert Batch.objects.count() == 1

    def test_is_for_analysts(self, run, sam, ivy):
        for actor in (sam, ivy):
            with pytest.raises(NotAllowed):
                services.compose(actor=actor, name="First", filter={})

    def test_what_is_left_out_is_free_again(self, draft, ana):
        left = services.leave_out(actor=ana, batch_id=draft.pk)
        assert left == len(PEOPLE) - len(READY)
        assert services.compose(actor=ana, name="The others", filter={}).items.count() == left


class TestSubmit:
    def test_freezes_what_is_ready_and_leaves_out_the_rest(self, submitted):
        assert submitted.state == State.SUBMITTED
        assert submitted.items.count() == len(READY)
        item = submitted.items.get(snapshot__section="11358")
        assert item.snapshot["relief"] == "dismiss"
        assert item.snapshot["defendant_name"] == "DOE,P2"
        assert item.snapshot["case_number"] == item.case_number == "CR0002"

    def test_hashes_heading_and_items(self, submitted):
        items = list(submitted.items.values_list("snapshot", flat=True))
        assert submitted.list_hash == snapshots.canonical_hash(submitted.heading, items)
        items[0]["relief"] = "resentence"
        assert submitted.list_hash != snapshots.canonical_hash(submitted.heading, items)

    def test_needs_an_attorney(self, draft, ana, sam):
        with pytest.raises(Invalid, match="attorney"):
            services.submit(actor=ana, batch_id=draft.pk, attorney_id=sam.pk, ready_count=len(READY))

    def test_other_numbers_than_shown_are_a_conflict(self, draft, ana, theo):
        with pytest.raises(Conflict, match="3 convictions"):
            services.submit(actor=ana, batch_id=draft.pk, attorney_id=theo.pk, ready_count=4)

    def test_twice_is_a_conflict(self, submitted, ana, theo):
        with pytest.raises(Conflict, match="submitted"):
            submitted_by(ana, submitted, theo)
        assert events("batch.submitted") == 1

    def test_records_everybody_who_prepared_any_part(self, draft, ana, theo, candidate_of, django_user_model):
        olga = django_user_model.objects.create(username="olga", role="analyst")
        _, found = candidate_of(draft, "sale")
        reviews.override(
            actor=olga, determination_ids=[found.row.pk], outcome="dismiss", reason="small", basis="policy"
        )
        item, _ = candidate_of(draft, "cultivation")
        services.complete(actor=theo, batch_id=draft.pk, item_id=item, fact="plants", value="5", source="report")
        batch = submitted_by(ana, draft, theo)
        assert set(batch.preparers.values_list("user__username", flat=True)) == {"ana", "olga", "theo"}


class TestApprove:
    def test_a_supervisor_approves_exactly_what_was_shown(self, submitted, sam):
        batch = approved_by(sam, submitted)
        assert (batch.state, batch.approved_by) == (State.APPROVED, sam)
        assert events("batch.approved") == 1

    def test_another_list_than_shown_is_a_conflict(self, submitted, sam):
        marked_right(sam, submitted)
        with pytest.raises(Conflict):
            services.approve(actor=sam, batch_id=submitted.pk, seen_hash="0" * 64)
        assert events("batch.approved") == 0

    def test_a_second_approval_is_a_conflict_and_writes_no_event(self, submitted, sam, sue):
        approved_by(sam, submitted)
        with pytest.raises(Conflict, match="decided"):
            services.approve(actor=sue, batch_id=submitted.pk, seen_hash=submitted.list_hash)
        assert events("batch.approved") == 1

    def test_a_preparer_may_not(self, draft, ana, theo, sam):
        Preparer.objects.create(batch=draft, user=sam)
        batch = submitted_by(ana, draft, theo)
        with pytest.raises(NotAllowed, match="prepared"):
            services.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash)
        assert not queries.may_approve(sam, batch)

    def test_an_analyst_may_not(self, submitted, theo):
        with pytest.raises(NotAllowed):
            services.approve(actor=theo, batch_id=submitted.pk, seen_hash=submitted.list_hash)

    def test_a_draft_is_a_conflict(self, draft, sam):
        with pytest.raises(Conflict):
            services.approve(actor=sam, batch_id=draft.pk, seen_hash="0" * 64)


class TestReturnAndCallBack:
    def test_a_returned_batch_can_be_changed_and_becomes_the_next_version(self, submitted, ana, theo, sam):
        returned = services.return_batch(actor=sam, batch_id=submitted.pk, comment="Leave out the last one.")
        assert not returned.is_called_back
        items = [submitted.items.first().pk]
        services.leave_out(actor=ana, batch_id=submitted.pk, item_ids=items)
        again = submitted_by(ana, Batch.objects.get(), theo)
        assert (again.version, again.items.count(), again.comment) == (2, len(READY) - 1, "")

    def test_needs_a_comment(self, submitted, sam):
        with pytest.raises(Invalid):
            services.return_batch(actor=sam, batch_id=submitted.pk, comment=" ")

    def test_an_approved_batch_is_not_returned(self, submitted, sam, sue):
        approved_by(sam, submitted)
        with pytest.raises(Conflict):
            services.return_batch(actor=sue, batch_id=submitted.pk, comment="Too late.")

    def test_only_the_submitter_calls_back(self, submitted, ana, theo):
        with pytest.raises(NotAllowed):
            services.call_back(actor=theo, batch_id=submitted.pk)
        called_back = services.call_back(actor=ana, batch_id=submitted.pk)
        assert (called_back.state, called_back.is_called_back) == (State.RETURNED, True)
        with pytest.raises(Conflict):
            services.call_back(actor=ana, batch_id=submitted.pk)


class TestDiscardAndWithdraw:
    def test_discarding_frees_the_convictions(self, draft, ana):
        services.discard(actor=ana, batch_id=draft.pk)
        assert services.compose(actor=ana, name="Again", filter={}).items.count() == len(PEOPLE)

    def test_a_submitted_batch_is_not_discarded(self, submitted, ana):
        with pytest.raises(Conflict):
            services.discard(actor=ana, batch_id=submitted.pk)

    def test_withdrawing_needs_a_supervisor_and_a_reason(self, submitted, ana, sam):
        approved_by(sam, submitted)
        with pytest.raises(NotAllowed):
            services.withdraw(actor=ana, batch_id=submitted.pk, reason="Wrong court.")
        with pytest.raises(Invalid):
            services.withdraw(actor=sam, batch_id=submitted.pk, reason="")
        batch = services.withdraw(actor=sam, batch_id=submitted.pk, reason="Wrong court.")
        assert batch.withdrawn_reason == "Wrong court."
        assert AuditEvent.objects.filter(verb="batch.withdrawn").count() == 1
        assert batch.state == State.WITHDRAWN
        assert not batch.items.filter(holds=True).exists()
        with pytest.raises(Conflict):
            services.withdraw(actor=sam, batch_id=submitted.pk, reason="Twice.")

    def test_a_submitted_batch_is_not_withdrawn(self, submitted, sam):
        with pytest.raises(Conflict):
            services.withdraw(actor=sam, batch_id=submitted.pk, reason="Not yet.")


class TestChangedSince:
    def test_an_override_after_submission_flags_the_item_and_changes_nothing_in_it(self, submitted, ana):
        item = submitted.items.get(snapshot__section="11359")
        assert queries.changed_since(submitted) == set()
        reviews.override(
            actor=ana, determination_ids=[item.determination_id], outcome="dismiss", reason="small", basis="policy"
        )
        assert queries.changed_since(submitted) == {item.pk}
        item.refresh_from_db()
        assert item.snapshot["relief"] == "redesignate"


def refused(sql, *values):
    """Whether the database refuses this statement of the application's own role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("cmr_app",)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount == 0 and "no row was touched, so nothing was tried"
    except Error:
        return True


class TestTheDatabaseItself:
    def test_refuses_an_approver_among_the_preparers(self, submitted, ana, sam):
        marked_right(sam, submitted)
        assert Preparer.objects.filter(batch=submitted, user=ana).exists()
        statement = (
            "UPDATE batches_batch SET state = 'approved', approved_by_id = %s, approved_at = now() WHERE id = %s"
        )
        assert refused(statement, ana.pk, submitted.pk) is True

    def test_lets_anybody_else_approve(self, submitted, sam):
        marked_right(sam, submitted)
        statement = (
            "UPDATE batches_batch SET state = 'approved', approved_by_id = %s, approved_at = now() WHERE id = %s"
        )
        assert refused(statement, sam.pk, submitted.pk) is False

    def test_refuses_another_approver_afterwards(self, submitted, sam, ana):
        approved_by(sam, submitted)
        assert refused("UPDATE batches_batch SET approved_by_id = %s WHERE id = %s", ana.pk, submitted.pk) is True

    def test_refuses_any_change_of_preparers_after_submission(self, submitted, sam, ana):
        batch = submitted.pk
        assert refused("INSERT INTO batches_preparer (batch_id, user_id) VALUES (%s, %s)", batch, sam.pk) is True
        assert refused("UPDATE batches_preparer SET user_id = %s WHERE batch_id = %s", sam.pk, batch) is True
        assert refused("DELETE FROM batches_preparer WHERE batch_id = %s", batch) is True

    def test_refuses_to_remove_a_preparer_of_a_draft(self, draft):
        assert refused("DELETE FROM batches_preparer WHERE batch_id = %s", draft.pk) is True
        assert refused("UPDATE batches_preparer SET user_id = user_id WHERE batch_id = %s", draft.pk) is True

    def test_refuses_any_change_of_items_after_submission(self, submitted):
        batch = submitted.pk
        for change in (
            "snapshot = '{}'",
            "looked_at_singly = NOT looked_at_singly",
            "holds = false, outcome = 'dismiss'",
        ):
            assert refused(f"UPDATE batches_batchitem SET {change} WHERE batch_id = %s", batch) is True, change
        assert refused("DELETE FROM batches_batchitem WHERE batch_id = %s", batch) is True

    def test_refuses_a_changed_list_hash_attorney_or_heading(self, submitted, ana):
        for change in ("list_hash = repeat('0', 64)", "signing_attorney_id = composed_by_id", "heading = '{}'"):
            assert refused(f"UPDATE batches_batch SET {change} WHERE id = %s", submitted.pk) is True, change

    @pytest.mark.parametrize("state", ["approved", "withdrawn", "returned"])
    def test_refuses_a_wrong_turn_from_draft(self, draft, sam, state):
        values = "withdrawn_reason = 'x', list_hash = 'x', approved_by_id = %s"
        change = f"UPDATE batches_batch SET state = %s, {values} WHERE id = %s"
        assert refused(change, state, sam.pk, draft.pk) is True

    def test_refuses_to_delete_or_empty(self, submitted):
        assert refused("DELETE FROM batches_batch WHERE id = %s", submitted.pk) is True
        for table in ("batches_batch", "batches_batchitem", "batches_preparer"):
            assert refused(f"TRUNCATE {table} CASCADE") is True

    def test_refuses_a_conviction_in_two_batches(self, draft, ana):
        other = Batch.objects.create(name="Other", run=draft.run, composed_by=ana)
        item = BatchItem.objects.filter(batch=draft).first()
        statement = (
            "INSERT INTO batches_batchitem (batch_id, conviction_id, determination_id, holds, looked_at_singly,"
            " outcome, route, case_number, snapshot) VALUES (%s, %s, %s, %s, false, '', '', '', '{}')"
        )
        assert refused(statement, other.pk, item.conviction_id, item.determination_id, True) is True
        assert refused(statement, other.pk, item.conviction_id, item.determination_id, False) is False
