"""The only place that writes batches: compose, submit, approve, return, withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import (
    court_records,
    objection_queries,
    omnibus,
    preparing,
    queries,
    readiness,
    sample_queries,
    samples,
    signals,
    snapshots,
)
from clearmyrecord.batches.models import Batch, BatchItem, ItemComment, Preparer, ServingForm
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office import wording_services
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs import services as run_services
from clearmyrecord.runs.models import StatedFact

State = Batch.State
EDITABLE = (State.DRAFT, State.RETURNED)
CHANGED = "This batch was decided or changed while you had it open. Reload to see it."


@transaction.atomic
def compose(*, actor: User, name: str, filter: dict[str, str], for_whom: Iterable[int] = ()) -> Batch:
    """A draft of every conviction that the coded filter finds and no other batch holds. Analysts.

    `for_whom` are ids of people for whom a schedule composes it: they are preparers, too. Raises NotAllowed, Invalid
    where nothing is found or the name is blank, Conflict while no run is current.
    """
    require(actor, Role.ANALYST)
    run = runs.current_run()
    if run is None:
        raise Conflict("No run is in use yet. Evaluate the record files first.")
    if not name.strip():
        raise Invalid("Give the batch a name.")
    batch = Batch.objects.create(name=name.strip()[:120], run=run, filter=filter, composed_by=actor)
    added = _add(batch, queries.free(filter))
    if not added:
        raise Invalid("No conviction that could go into a batch matches this filter.")
    _prepare(batch, [actor.pk, *for_whom])
    audit.record(actor=actor, verb="batch.composed", target=batch, detail={"items": added, "filter": filter})
    return batch


@transaction.atomic
def add(*, actor: User, batch_id: int, filter: dict[str, str]) -> int:
    """Add what the filter finds to a draft or returned batch; how many were added. Analysts."""
    batch = _editable(actor, batch_id)
    added = _add(batch, queries.free(filter))
    if not added:
        raise Invalid("No further conviction that could go into a batch matches this filter.")
    _prepare(batch, [actor.pk])
    audit.record(actor=actor, verb="batch.edited", target=batch, detail={"added": added, "filter": filter})
    return added


def _add(batch: Batch, rows: Any) -> int:
    """Convictions that another batch took meanwhile are left to it (partial unique index)."""
    found = rows.values_list("pk", "conviction_id", "looked_at_singly").order_by("conviction_id")
    items = [
        BatchItem(batch=batch, determination_id=pk, conviction_id=conviction, looked_at_singly=singly)
        for pk, conviction, singly in found
    ]
    before = batch.items.count()
    BatchItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=1000)
    return batch.items.count() - before


@transaction.atomic
def leave_out(*, actor: User, batch_id: int, item_ids: Sequence[int] | None = None) -> int:
    """Take items out of a draft or returned batch; without `item_ids` all that can't be submitted. Analysts."""
    batch = _editable(actor, batch_id)
    if item_ids is None:
        ready = {candidate.row.conviction_id for candidate in queries.candidates(batch) if candidate.is_ready}
        doomed = batch.items.exclude(conviction_id__in=ready)
    else:
        doomed = batch.items.filter(pk__in=item_ids)
    left_out, _ = doomed.delete()
    if not left_out:
        raise Invalid("Nothing was left out.")
    _prepare(batch, [actor.pk])
    audit.record(actor=actor, verb="batch.edited", target=batch, detail={"left_out": left_out})
    return left_out


@transaction.atomic
def rename(*, actor: User, batch_id: int, name: str) -> None:
    """Another name for a draft or returned batch. Analysts."""
    batch = _editable(actor, batch_id)
    if not name.strip():
        raise Invalid("Give the batch a name.")
    batch.name = name.strip()[:120]
    batch.save(update_fields=["name"])
    _prepare(batch, [actor.pk])
    audit.record(actor=actor, verb="batch.edited", target=batch, detail={"renamed": True})


@transaction.atomic
def submit(
    *, actor: User, batch_id: int, attorney_id: int, ready_count: int, papers: str = Batch.Papers.PER_CASE
) -> Batch:
    """Freeze and hash what can be submitted, and leave out the rest. Analysts.

    `ready_count` is how many convictions the page said would be submitted; `papers` whether each case gets its own or
    all of them one omnibus motion. Raises NotAllowed, NotFound, Invalid (`omnibus.NotOne`, with every reason, where
    they can't go on one motion), or Conflict if the batch is no draft or the number changed since.
    """
    batch = _editable(actor, batch_id)
    attorney = office.attorneys().filter(pk=attorney_id).first()
    if attorney is None:
        raise Invalid("Name the attorney who will sign: an active account with the attorney's mark.")
    the_office = office.office_or_error()
    candidates = queries.candidates(batch, attorney=attorney)
    ready = [candidate for candidate in candidates if candidate.is_ready]
    if not ready:
        raise Invalid("Nothing in this batch can be submitted yet. Each conviction is listed with its question.")
    if len(ready) != ready_count:
        raise Conflict(f"{len(ready)} convictions can be submitted now, not {ready_count}. Look at the batch again.")
    run = ready[0].row.run
    wording = wording_services.for_papers()
    heading = snapshots.heading(office=the_office, attorney=attorney, run=run, wording=wording)
    frozen = [snapshots.of_candidate(candidate, the_office.county) for candidate in ready]
    if papers == Batch.Papers.OMNIBUS:
        heading = omnibus.frozen(heading, frozen, candidates)
    left_out = _freeze_items(batch, ready, frozen)
    _prepare(batch, preparing.preparers_of(actor, ready))
    batch.version += batch.state == State.RETURNED
    batch.state, batch.comment = State.SUBMITTED, ""
    batch.run, batch.signing_attorney, batch.heading = run, attorney, heading
    batch.papers, batch.wording = papers, wording
    batch.list_hash = snapshots.canonical_hash(heading, frozen)
    batch.submitted_by, batch.submitted_at = actor, timezone.now()
    sample = samples.draw(batch, ready, frozen, office=the_office)
    batch.save()
    detail = {"items": len(ready), "left_out": left_out, "list_hash": batch.list_hash, "attorney": attorney.pk}
    detail |= {"version": batch.version, "wording": wording.pk, "sample": sample.size}
    audit.record(actor=actor, verb="batch.submitted", target=batch, detail=detail)
    return batch


def _freeze_items(batch: Batch, ready: list[readiness.Candidate], frozen: list[snapshots.Snapshot]) -> int:
    """Write the items anew with their snapshots; returns how many stay out."""
    before, _ = batch.items.all().delete()
    BatchItem.objects.bulk_create(
        [
            BatchItem(
                batch=batch,
                conviction_id=candidate.row.conviction_id,
                determination_id=candidate.row.pk,
                looked_at_singly=candidate.row.looked_at_singly,
                outcome=candidate.row.standing_outcome,
                route=candidate.row.route,
                case_number=candidate.case_number,
                court=candidate.court,
                snapshot=snapshot,
            )
            for candidate, snapshot in zip(ready, frozen, strict=True)
        ],
        batch_size=1000,
    )
    return before - len(ready)


def _prepare(batch: Batch, users: Iterable[int]) -> None:
    Preparer.objects.bulk_create([Preparer(batch=batch, user_id=user) for user in users], ignore_conflicts=True)


@transaction.atomic
def call_back(*, actor: User, batch_id: int) -> Batch:
    """The submitter takes a submitted batch back, as if it had been returned, but without a comment."""
    batch = queries.batch_or_404(actor, batch_id)
    require(actor, Role.ANALYST)
    if batch.submitted_by_id != actor.pk:
        raise NotAllowed("Only whoever submitted a batch may call it back. A supervisor can return it.")
    _claim(batch, State.SUBMITTED, state=State.RETURNED, comment="")
    audit.record(actor=actor, verb="batch.called_back", target=batch)
    return _fresh(batch)


@transaction.atomic
def discard(*, actor: User, batch_id: int) -> Batch:
    """Give up a draft or returned batch; its convictions are free again. Analysts."""
    batch = _editable(actor, batch_id)
    _claim(batch, *EDITABLE, state=State.DISCARDED)
    released = batch.items.filter(holds=True).update(holds=False)
    audit.record(actor=actor, verb="batch.discarded", target=batch, detail={"items": released})
    return _fresh(batch)


@transaction.atomic
def approve(*, actor: User, batch_id: int, seen_hash: str) -> Batch:
    """Approve exactly the list whose hash was shown; it was frozen at submission.

    The approver must be a supervisor and no preparer of it. Raises NotAllowed, or Conflict if someone else decided
    first, the list shown is not the one that stands, its sample is not marked right to the last, or an objection is
    open where the office wants them resolved. The batch is locked, so that none is filed beside the approval.
    """
    batch = Batch.objects.select_for_update().get(pk=queries.batch_or_404(actor, batch_id).pk)
    require(actor, Role.SUPERVISOR)
    if batch.preparers.filter(user=actor).exists():
        raise NotAllowed("You prepared part of this batch. Another supervisor must approve it.")
    claimed = Batch.objects.filter(pk=batch.pk, state=State.SUBMITTED, list_hash=seen_hash).exclude(list_hash="")
    if claimed.exists() and not sample_queries.has_passed(batch):
        raise Conflict("A batch is approved once every conviction of its sample is marked right.")
    if claimed.exists() and objection_queries.must_be_resolved() and objection_queries.open_objections(batch).exists():
        raise Conflict("An attorney resolves every objection of the public defender before a batch is approved.")
    if not claimed.update(state=State.APPROVED, approved_by=actor, approved_at=timezone.now()):
        raise Conflict(CHANGED)
    batch.refresh_from_db()
    items = batch.items.values_list("snapshot", flat=True)
    if snapshots.canonical_hash(batch.heading, items) != batch.list_hash:
        raise Conflict("The list in the database is not the one that was submitted. Tell the administrator.")
    signals.approved.send(sender=Batch, batch=batch)  # filings makes its rows in this transaction
    detail = {"items": len(items), "list_hash": batch.list_hash, "version": batch.version}
    audit.record(actor=actor, verb="batch.approved", target=batch, detail=detail)
    return batch


@transaction.atomic
def return_batch(*, actor: User, batch_id: int, comment: str) -> Batch:
    """Send a submitted batch back with a comment. Supervisors. Raises Conflict if it isn't submitted any more.

    Where single convictions are commented on already, no further comment is needed.
    """
    batch = queries.batch_or_404(actor, batch_id)
    require(actor, Role.SUPERVISOR)
    comment = comment.strip() or _on_items(batch)
    if not comment:
        raise Invalid("Say what should be changed.")
    _claim(batch, State.SUBMITTED, state=State.RETURNED, comment=comment)
    audit.record(actor=actor, verb="batch.returned", target=batch, detail={"version": batch.version})
    return _fresh(batch)


def _on_items(batch: Batch) -> str:
    """What a return says by itself if there are comments on single convictions; empty if there are none."""
    commented = ItemComment.objects.filter(batch=batch, version=batch.version).values("conviction").distinct().count()
    return f"See the comments on {commented:,} conviction{'s' * (commented != 1)}." if commented else ""


@transaction.atomic
def withdraw(*, actor: User, batch_id: int, reason: str) -> Batch:
    """Take an approved batch back for good; its papers are superseded and its convictions free again. Supervisors.

    Cases that a court took already stay filed, and their convictions held.
    """
    batch = queries.batch_or_404(actor, batch_id)
    require(actor, Role.SUPERVISOR)
    if not reason.strip():
        raise Invalid("Say why the batch is withdrawn.")
    _claim(
        batch, State.APPROVED,
        state=State.WITHDRAWN, withdrawn_by=actor, withdrawn_at=timezone.now(), withdrawn_reason=reason.strip(),
    )  # fmt: skip
    taken_back = batch.items.filter(holds=True)
    for _, staying in signals.staying.send(sender=Batch, batch=batch):
        taken_back = taken_back.exclude(staying)
    released = taken_back.update(holds=False)
    batch.refresh_from_db()
    signals.withdrawn.send(sender=Batch, batch=batch)  # filings supersedes its papers in this transaction
    audit.record(actor=actor, verb="batch.withdrawn", target=batch, detail={"items": released})
    return batch


@transaction.atomic
def complete(*, actor: User, batch_id: int, item_id: int, fact: str, value: str, source: str) -> StatedFact:
    """State a fact on one conviction of a draft, with its source; what the run finds for the person follows. Analysts.

    Whether somebody still serves or a prior is no bar are facts like the others; the latter needs the attorney's mark.
    """
    batch = _editable(actor, batch_id)
    item = batch.items.filter(pk=item_id).first()
    if item is None:
        raise NotFound("This conviction is not in the batch any more.")
    _prepare(batch, [actor.pk])
    return run_services.state_fact(actor=actor, conviction_id=item.conviction_id, fact=fact, value=value, source=source)


@transaction.atomic
def answer_court_record(*, actor: User, batch_id: int, item_ids: Sequence[int], value: str, source: str) -> int:
    """Answer whether the court still has the record, for the cases of these items; how many cases. Analysts.

    Also in a submitted or approved batch: its list and papers stay as they are, and an analyst never approves. Raises
    Invalid where none of the items asks, Conflict once the batch is given up.
    """
    require(actor, Role.ANALYST)
    batch = queries.batch_or_404(actor, batch_id)
    if batch.state in EDITABLE:
        batch = _editable(actor, batch_id)
        ready = [candidate for candidate in queries.candidates(batch) if candidate.is_ready]
        records = court_records.in_draft(batch, ready)
        _prepare(batch, [actor.pk])
    elif batch.state in (State.SUBMITTED, State.APPROVED):
        records = court_records.in_frozen(batch)
    else:
        raise Conflict("This batch was given up: nothing of it is filed.")
    meant = [record for record in records if set(record.item_ids) & set(item_ids)]
    if not meant:
        raise Invalid("Tick the cases that the answer is for.")
    for record in meant:
        standing = {each.conviction_id for each in record.answers if (each.value, each.source) == (value, source)}
        for conviction_id in set(record.conviction_ids) - standing:
            run_services.state_fact(
                actor=actor, conviction_id=conviction_id, fact=court_records.FACT, value=value, source=source
            )
    signals.court_record_answered.send(sender=Batch, batch=batch)
    return len(meant)


@transaction.atomic
def fill_serving_form(*, actor: User, batch_id: int, item_id: int, values: dict[str, str]) -> ServingForm:
    """State status, controlling term, credits and hearing choice of an item's case, with their source. Analysts.

    An earlier form of the case is superseded, never edited.
    """
    batch = _editable(actor, batch_id)
    candidate = next((each for each in queries.candidates(batch, item_ids=[item_id])), None)
    if candidate is None:
        raise NotFound("This conviction is not in the batch any more.")
    if candidate.court is None or not candidate.case_number:
        raise Invalid("State the court and the case number first.")
    if not all(value.strip() for value in values.values()):
        raise Invalid("Fill in every field of the form, the source too.")
    case = {"subject_id": candidate.person, "court": candidate.court, "case_number": candidate.case_number}
    ServingForm.objects.filter(**case, superseded_at=None).update(superseded_at=timezone.now())
    form = ServingForm.objects.create(**case, **{name: value.strip() for name, value in values.items()}, author=actor)
    _prepare(batch, [actor.pk])
    audit.record(
        actor=actor, verb="batch.serving_form", target=batch, detail={"form": form.pk}, subjects=[candidate.person]
    )
    return form


def _editable(actor: User, batch_id: int) -> Batch:
    """The batch, locked, for an analyst; Conflict unless it is a draft or returned."""
    require(actor, Role.ANALYST)
    batch = Batch.objects.select_for_update().filter(pk=queries.batch_or_404(actor, batch_id).pk).get()
    if batch.state not in EDITABLE:
        raise Conflict(f"This batch is {batch.get_state_display().lower()} and can't be changed. Reload to see it.")
    return batch


def _claim(batch: Batch, *states: Batch.State, **changes: Any) -> None:
    """Change the batch only from one of these states; Conflict if somebody else was first."""
    if not Batch.objects.filter(pk=batch.pk, state__in=states).update(**changes):
        raise Conflict(CHANGED)


def _fresh(batch: Batch) -> Batch:
    batch.refresh_from_db()
    return batch
