"""Two people at the same instant, on real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import Error, IntegrityError, connection
from django.utils import timezone

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import giving, objecting, services, snapshots
from clearmyrecord.batches.models import Batch, BatchItem, Objection, Preparer, SampleItem, SampleMark
from clearmyrecord.errors import Conflict
from clearmyrecord.filings.models import Filing, Package, PaperChunk
from clearmyrecord.office.models import Office, Role, User
from tests.batches.conftest import submitted_by
from tests.cast import *  # noqa: F403 (the cast's fixtures)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all started at the same instant, each on a connection of its own."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def again(batch: Batch, theo, *, state: str = "submitted") -> Batch:
    """A further batch with the same frozen content, for the next round; the last one's convictions are released."""
    BatchItem.objects.filter(holds=True).update(holds=False)
    copy = Batch.objects.create(name=batch.name, papers=batch.papers, run=batch.run, composed_by=batch.composed_by)
    items = list(batch.items.all())
    for item in items:
        item.pk, item.batch, item.holds = None, copy, True
    BatchItem.objects.bulk_create(items)
    Preparer.objects.create(batch=copy, user=batch.composed_by)
    _same_sample(batch, copy)
    if state == "submitted":
        copy.state, copy.heading, copy.wording, copy.signing_attorney = "submitted", batch.heading, batch.wording, theo
        copy.list_hash = snapshots.canonical_hash(batch.heading, [item.snapshot for item in items])
        copy.submitted_by, copy.submitted_at = batch.submitted_by, batch.submitted_at
        copy.save()
        looked_through(copy)
    return copy


def _same_sample(batch: Batch, copy: Batch) -> None:
    """The sample of `batch`, drawn for its copy too."""
    sample = batch.samples.get()
    items = list(sample.items.all())
    sample.pk, sample.batch = None, copy
    sample.save()
    for item in items:
        item.pk, item.sample = None, sample
    SampleItem.objects.bulk_create(items)


def looked_through(batch: Batch) -> None:
    """Its sample marked right by a supervisor who has no other part in it."""
    mia, _ = User.objects.get_or_create(username="mia", defaults={"role": Role.SUPERVISOR})
    items = SampleItem.objects.filter(sample__batch=batch)
    SampleMark.objects.bulk_create([SampleMark(item=item, verdict="right", by=mia) for item in items])


def test_two_supervisors_approving_at_once_make_one_approval_one_conflict_and_one_set_of_papers(
    draft, ana, theo, sam, sue
):
    first = submitted_by(ana, draft, theo)
    for number in range(100):
        batch = again(first, theo)
        results = at_once(
            *(
                lambda actor=actor, batch=batch: services.approve(
                    actor=actor, batch_id=batch.pk, seen_hash=batch.list_hash
                )
                for actor in (sam, sue)
            )
        )
        assert {type(result) for result in results} == {
            Batch,
            Conflict,
        }, (number, results)
        batch.refresh_from_db()
        assert batch.state == "approved"
        assert AuditEvent.objects.filter(verb="batch.approved", target_id=batch.pk).count() == 1
        assert Package.objects.filter(batch=batch).count() == 1
        assert PaperChunk.objects.filter(batch=batch).count() == 1
        assert Filing.objects.filter(batch=batch).count() == batch.items.count() == 3


def test_approving_beside_adding_the_approver_as_preparer_never_leaves_both(draft, ana, theo, sam):
    """The preparer is added by direct SQL while the batch goes from draft over submission to approval."""
    first = submitted_by(ana, draft, theo)
    both = added = approved = 0
    for _ in range(150):
        batch = again(first, theo, state="draft")

        def submit_and_approve(batch=batch):
            Batch.objects.filter(pk=batch.pk).update(
                state="submitted",
                heading=first.heading,
                wording=first.wording,
                list_hash=first.list_hash,
                submitted_by=ana,
            )
            looked_through(batch)
            return services.approve(actor=sam, batch_id=batch.pk, seen_hash=first.list_hash)

        def add_preparer(batch=batch):
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO batches_preparer (batch_id, user_id) VALUES (%s, %s)", [batch.pk, sam.pk])

        at_once(submit_and_approve, add_preparer)
        batch.refresh_from_db()
        is_preparer = batch.preparers.filter(user=sam).exists()
        is_approved = batch.state == "approved"
        both += is_preparer and is_approved
        added += is_preparer
        approved += is_approved
    assert both == 0
    assert added + approved == 150
    print(f"added {added}, approved {approved}")


def test_approving_beside_direct_approval_in_sql_with_a_preparer_added_never_leaves_both(draft, ana, theo, sam):
    """Past every service: one connection adds the preparer, another approves, at the same instant."""
    first = submitted_by(ana, draft, theo)
    both = 0
    for _ in range(150):
        batch = again(first, theo)

        def approve(batch=batch):
            with connection.cursor() as cursor:
                approval = "state = 'approved', approved_by_id = %s, approved_at = now()"
                cursor.execute(f"UPDATE batches_batch SET {approval} WHERE id = %s", [sam.pk, batch.pk])

        def call_back_and_add(batch=batch):
            services.call_back(actor=ana, batch_id=batch.pk)
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO batches_preparer (batch_id, user_id) VALUES (%s, %s)", [batch.pk, sam.pk])

        results = at_once(approve, call_back_and_add)
        assert any(isinstance(result, (Error, Conflict)) for result in results), results
        batch.refresh_from_db()
        both += batch.state == "approved" and batch.preparers.filter(user=sam).exists()
    assert both == 0


def test_two_analysts_composing_at_once_share_the_convictions_out(run, ana, theo):
    results = at_once(
        *(lambda actor=actor: services.compose(actor=actor, name="At once", filter={}) for actor in (ana, theo))
    )
    made = [result for result in results if isinstance(result, Batch)]
    held = [pk for batch in made for pk in batch.items.filter(holds=True).values_list("conviction_id", flat=True)]
    assert len(held) == len(set(held)) == 9, results


def test_approving_beside_returning_leaves_one_of_both(draft, ana, theo, sam, sue):
    first = submitted_by(ana, draft, theo)
    for _ in range(30):
        batch = again(first, theo)
        results = at_once(
            lambda batch=batch: services.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash),
            lambda batch=batch: services.return_batch(actor=sue, batch_id=batch.pk, comment="Wait."),
        )
        assert {type(result) for result in results} == {Batch, Conflict}, results
        batch.refresh_from_db()
        assert (batch.state == "approved") == Package.objects.filter(batch=batch).exists()


def test_approving_beside_an_objection_never_leaves_an_approved_batch_with_an_open_one(draft, ana, theo, sam, pat):
    """Whichever comes first wins whole: an objection stops the approval, or comes too late and is not kept."""
    Office.objects.update(objections_block=True)
    first, outcomes = submitted_by(ana, draft, theo), set()
    for _ in range(40):
        batch = again(first, theo)
        giving.give(actor=sam, batch_ids=[batch.pk], defender_id=pat.pk, reason="Agreed.")
        item = batch.items.first()
        results = at_once(
            lambda batch=batch: services.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash),
            lambda batch=batch, item=item: objecting.object_to(
                actor=pat, batch_id=batch.pk, item_id=item.pk, reason="Another count."
            ),
        )
        approved, objected = (not isinstance(result, Exception) for result in results)
        assert approved != objected, results
        assert {type(result) for result in results} <= {Batch, Objection, Conflict}, results
        batch.refresh_from_db()
        assert (batch.state == "approved") is approved
        assert batch.objections.exists() is objected
        assert Package.objects.filter(batch=batch).exists() is approved
        assert AuditEvent.objects.filter(verb="batch.objected", target_id=batch.pk).exists() is objected
        outcomes.add(approved)
    print(f"both came first at least once: {len(outcomes) == 2}")


def test_approving_in_sql_beside_an_objection_in_sql_never_leaves_both(draft, ana, theo, sam, pat):
    """Past every service: the database alone lets one of the two through."""
    Office.objects.update(objections_block=True)
    first = submitted_by(ana, draft, theo)
    for _ in range(40):
        batch = again(first, theo)
        giving.give(actor=sam, batch_ids=[batch.pk], defender_id=pat.pk, reason="Agreed.")
        item = batch.items.first()
        columns = {"batch": batch, "version": batch.version, "conviction_id": item.conviction_id}
        results = at_once(
            lambda batch=batch: Batch.objects.filter(pk=batch.pk).update(
                state="approved", approved_by=sam, approved_at=timezone.now()
            ),
            lambda columns=columns: Objection.objects.create(**columns, by=pat, reason="Another count."),
        )
        assert sum(isinstance(result, IntegrityError) for result in results) == 1, results
        batch.refresh_from_db()
        assert (batch.state == "approved") != batch.objections.exists()
