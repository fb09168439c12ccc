"""What a due run does, step by step: read new files, evaluate, say what changed, draft batches, tell people.

A worker takes one step at a time; where it stands is in the database. A step may be taken twice and be killed anywhere:
what others do for it (a file read, a run made, a batch composed) is either recognised as done or stands or falls with
the step's own transaction. All of it is done in the name of an account that approves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batch_queries
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, Invalid, ServiceError
from clearmyrecord.office import access
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Court, Role, User
from clearmyrecord.office.services import clean_slate_account
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs import services as run_services
from clearmyrecord.runs.models import Run
from clearmyrecord.schedules import changes, inbox, telling
from clearmyrecord.schedules.models import DraftedBatch, DueRun, InboxFile

PATIENCE = timedelta(hours=1)
"""How long a due run waits for files of the inbox that still change; then it goes on without them."""

State = DueRun.State


class Failed(Exception):
    """The due run can't go on by itself: why, and what somebody can do."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


class NotYet(Exception):
    """Others are still at work for it: look again in a while."""


def go_on(due_id: int, *, now: datetime) -> None:
    """Take the next step of a due run; one that is finished or in other hands is left alone. For the worker."""
    try:
        with work.lease(DueRun, due_id) as lease:
            if lease is not None:
                due = DueRun.objects.select_related("schedule", "version__policy", "run").get(pk=lease.pk)
                _step(lease, due, now)
    finally:
        _fail_with_its_work(due_id, now)


def _step(lease: work.Lease, due: DueRun, now: datetime) -> None:
    if due.begun_at is None:
        due.begun_at = now
        due.save(update_fields=["begun_at"])
    try:
        STEPS[State(due.state)](lease, due, now)
    except NotYet:
        _settle(lease, then=work.wait)
    except Failed as failed:
        _fail(lease, failed, now)
    except ServiceError as refused:
        _fail(lease, Failed(str(refused), "Put it right, then press Try again."), now)


def _settle(lease: work.Lease, *, then: Callable[[DueRun], None] = work.start_again, **values: Any) -> None:
    """Write what the step came to, if the lease is still ours; `then` puts the row back to waiting."""
    with transaction.atomic():
        with lease.writing() as row:
            _save(row, values)
        then(row)


def _save(row: DueRun, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _read(lease: work.Lease, due: DueRun, now: datetime) -> None:
    """Take the new files of the inbox; those that still change are waited for."""
    if due.version.reads_inbox:
        if not inbox.is_set_up():
            raise Failed("This installation has no inbox folder.", "IT sets INBOX_DIR; then press Try again.")
        try:
            rows = inbox.look(due, now)
        except OSError as error:
            why = f"The inbox folder can't be read ({type(error).__name__})."
            raise Failed(why, "IT makes it readable; then press Try again.") from error
        for row in rows:
            if inbox.is_quiet(row, now):
                inbox.take(row, actor=clean_slate_account(), now=now)
        changing = any(row.state == InboxFile.State.CHANGING for row in rows)
        if changing and due.begun_at is not None and now - due.begun_at < PATIENCE:
            raise NotYet
    _settle(lease, state=State.EVALUATING)


def _evaluate(lease: work.Lease, due: DueRun, now: datetime) -> None:
    """Start the run, as of the day on which the schedule was due; then wait until it is finished."""
    if due.run is None:
        _start_run(lease, due)
    elif due.run.state == Run.State.FINISHED:
        _settle(lease, state=State.COMPARING)
    elif due.run.state == Run.State.FAILED:
        raise Failed(due.run.failure, "Look at the run, then press Try again: it is evaluated anew.")
    else:
        raise NotYet


def _start_run(lease: work.Lease, due: DueRun) -> None:
    """The run and that it is this due run's stand or fall together."""
    try:
        with transaction.atomic():
            with lease.writing() as row:
                policy = due.version.policy_id
                row.run = run_services.start_run(actor=clean_slate_account(), policy_id=policy, as_of=due.day)
                row.compared_with = runs.current_run()
                row.save(update_fields=["run", "compared_with"])
            work.wait(row)
    except Conflict as busy:  # a file is being read, or another run is being made
        raise NotYet from busy
    except Invalid as refused:
        raise Failed(str(refused), "Upload a record file, then press Try again.") from refused


def _compare(lease: work.Lease, due: DueRun, now: datetime) -> None:
    """Count by kind what the run found otherwise than the one that was in use when it was started."""
    if due.run is None:
        raise Failed("The run of this due time is missing.", "Wait for the next due time.")
    before = due.compared_with if due.compared_with_id != due.run_id else None
    then = State.DRAFTING if due.version.drafts_batches else State.TELLING
    _settle(lease, changes=changes.counted(before, due.run), state=then)


def _draft(lease: work.Lease, due: DueRun, now: datetime) -> None:
    """Take the run into use and draft one batch for each court, each with the mark that it is drafted."""
    _use(due)
    drafted = due.drafted.values_list("court_id", flat=True)
    for court in office.courts().exclude(pk__in=list(drafted)).order_by("pk"):
        try:
            with transaction.atomic():
                _draft_for(due, court)
        except Invalid:  # nothing of this court can be submitted
            continue
    _settle(lease, state=State.TELLING)


def _use(due: DueRun) -> None:
    current = runs.current_run()
    if current is not None and current.pk == due.run_id:
        return
    if current is None or current.pk > due.run_id:  # type: ignore[operator]
        why = f"Run {current.pk if current else ''} was taken into use after this one was made."
        raise Failed(why, "Compose batches from the run in use, or wait for the next due time.")
    run_services.use_run(actor=clean_slate_account(), run_id=due.run_id)  # type: ignore[arg-type]


def _draft_for(due: DueRun, court: Court) -> None:
    """What can be submitted of a court, as one draft. Raises Invalid where there is nothing."""
    actor = clean_slate_account()
    name = f"{court.branch}, {due.day:%B %-d, %Y}, {due.schedule.name}"
    people = [due.version.author_id]
    batch = batches.compose(actor=actor, name=name, filter={"court": str(court.pk)}, for_whom=people)
    ready = {each.row.conviction_id for each in batch_queries.candidates(batch) if each.is_ready}
    if not ready:
        raise Invalid("No conviction of this court can be submitted now.")
    if unready := list(batch.items.exclude(conviction__in=ready).values_list("pk", flat=True)):
        batches.leave_out(actor=actor, batch_id=batch.pk, item_ids=unready)
    DraftedBatch.objects.create(due_run=due, court=court, batch=batch)


def _tell(lease: work.Lease, due: DueRun, now: datetime) -> None:
    """Done: home pages show it from now on, and mail goes out once at most (a kill in this instant loses it)."""
    with lease.writing() as row:
        people = telling.addresses() if due.version.tells_by_mail else []
        _save(row, {"state": State.DONE, "finished_at": now, "mailed_to": len(people)})
        transaction.on_commit(lambda: telling.send(row, people))
        detail = {"schedule": row.schedule_id, "batches": row.drafted.count(), "mailed_to": len(people)}
        audit.record(actor=clean_slate_account(), verb="schedule.done", target=row, detail=detail)


def _fail(lease: work.Lease, failed: Failed, now: datetime) -> None:
    with lease.writing() as row:
        _mark_failed(row, failed, now)


def _mark_failed(row: DueRun, failed: Failed, now: datetime) -> None:
    people = telling.addresses() if row.version.tells_by_mail else []
    said = {"failed_in": row.state, "failure": failed.why, "remedy": failed.remedy}
    _save(row, {"state": State.FAILED, "finished_at": now, "mailed_to": len(people), **said})
    transaction.on_commit(lambda: telling.send(row, people))
    detail = {"schedule": row.schedule_id, "step": row.failed_in}
    audit.record(actor=clean_slate_account(), verb="schedule.failed", target=row, detail=detail)


def _fail_with_its_work(due_id: int, now: datetime) -> None:
    """A step that broke off for good fails its due run, which says so and offers to try again."""
    with transaction.atomic():
        broken = DueRun.objects.select_for_update().filter(pk=due_id, work_state=work.Work.WorkState.FAILED)
        row = broken.exclude(state=State.FAILED).first()
        if row is not None:
            why = f"A step could not be taken ({row.work_failure or 'the worker was lost'})."
            _mark_failed(row, Failed(why, "Press Try again. If it fails again, tell IT the reference."), now)


def try_again(*, actor: User, due_id: int) -> DueRun:
    """Take the step again in which a due run failed; a run that failed is made anew. Analysts and supervisors.

    Raises Conflict unless it failed.
    """
    access.require(actor, Role.ANALYST, Role.SUPERVISOR)
    with transaction.atomic():
        row = DueRun.objects.select_for_update(of=("self",)).select_related("run").filter(pk=due_id).first()
        if row is None or row.state != State.FAILED:
            raise Conflict("This due run did not fail, or goes on already.")
        again = {"state": row.failed_in, "failed_in": "", "failure": "", "remedy": "", "finished_at": None}
        if row.failed_in == State.EVALUATING and row.run is not None and row.run.state == Run.State.FAILED:
            again |= {"run": None, "compared_with": None}
        _save(row, again)
        work.start_again(row)
        audit.record(actor=actor, verb="schedule.tried_again", target=row, detail={"step": row.state})
    return row


STEPS: dict[DueRun.State, Callable[[work.Lease, DueRun, datetime], None]] = {
    State.READING: _read,
    State.EVALUATING: _evaluate,
    State.COMPARING: _compare,
    State.DRAFTING: _draft,
    State.TELLING: _tell,
}
