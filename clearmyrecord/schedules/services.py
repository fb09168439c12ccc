"""What sets up, approves, pauses, changes and ends schedules, and what makes their due times rows.

Analysts and supervisors set a schedule up; it takes effect when a supervisor other than its author approves it. What a
due run then does stands in `steps`, in the name of an account that approves nothing. Time is given by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import Role, User
from clearmyrecord.office.services import clean_slate_account
from clearmyrecord.runs.models import Policy
from clearmyrecord.schedules import calendar
from clearmyrecord.schedules.models import DueRun, Schedule, ScheduleVersion

SETTERS = (Role.ANALYST, Role.SUPERVISOR)
"""Who sets up, changes, pauses and ends schedules."""

STATES = work.Work.WorkState


@dataclass(frozen=True)
class Wanted:
    """What a schedule shall do, and when: what a version keeps."""

    policy_id: int
    pattern: Mapping[str, Any]  # as `calendar.Pattern.coded` gives it
    reads_inbox: bool = False
    drafts_batches: bool = False
    tells_by_mail: bool = False


def set_up(*, actor: User, name: str, wanted: Wanted) -> ScheduleVersion:
    """Propose a new schedule; nothing runs before its approval. Analysts and supervisors.

    Raises Invalid for a blank name, days that can't be used or a policy that is not signed.
    """
    access.require(actor, *SETTERS)
    if not name.strip():
        raise Invalid("Give the schedule a name.")
    with transaction.atomic():
        schedule = Schedule.objects.create(name=name.strip()[:80])
        return _proposed(actor, schedule, wanted)


def change(*, actor: User, schedule_id: int, wanted: Wanted) -> ScheduleVersion:
    """Propose a version that replaces the one in force once it is approved; a version proposed before is discarded.

    Analysts and supervisors. Raises as `set_up`, and Conflict once the schedule is ended.
    """
    access.require(actor, *SETTERS)
    with transaction.atomic():
        schedule = _locked(schedule_id)
        for version in schedule.versions.filter(approved_at=None, discarded_at=None):
            _discard(actor, version)
        return _proposed(actor, schedule, wanted)


def _proposed(actor: User, schedule: Schedule, wanted: Wanted) -> ScheduleVersion:
    pattern = calendar.read(wanted.pattern)
    _signed_policy(wanted.policy_id)
    version = ScheduleVersion.objects.create(
        schedule=schedule,
        policy_id=wanted.policy_id,
        coded_pattern=pattern.coded(),
        reads_inbox=wanted.reads_inbox,
        drafts_batches=wanted.drafts_batches,
        tells_by_mail=wanted.tells_by_mail,
        author=actor,
    )
    detail = {"version": version.pk, "policy": wanted.policy_id}
    audit.record(actor=actor, verb="schedule.proposed", target=schedule, detail=detail)
    return version


def _signed_policy(policy_id: int) -> None:
    policy = Policy.objects.filter(pk=policy_id, discarded_at=None).first()
    if policy is None or policy.signed_at is None:
        raise Invalid("Choose a policy that a supervisor has signed.")


def discard(*, actor: User, version_id: int) -> None:
    """Give up a proposed version; its author or a supervisor. Raises Conflict once it is approved or discarded."""
    access.require(actor, *SETTERS)
    with transaction.atomic():
        version = _proposed_or_conflict(version_id)
        if version.author_id != actor.pk and actor.role != Role.SUPERVISOR:
            raise NotAllowed("Only who proposed it, or a supervisor, may discard it.")
        _discard(actor, version)


def _discard(actor: User, version: ScheduleVersion) -> None:
    version.discarded_by, version.discarded_at = actor, timezone.now()
    version.save(update_fields=["discarded_by", "discarded_at"])
    audit.record(actor=actor, verb="schedule.discarded", target=version.schedule, detail={"version": version.pk})


def approve(*, actor: User, version_id: int, now: datetime) -> ScheduleVersion:
    """Put a proposed version in force from now on: due times after `now` count. A supervisor other than its author.

    A version is never edited, so what is approved is what was shown. Raises NotAllowed for its author, Conflict once it
    is approved or discarded.
    """
    access.require(actor, Role.SUPERVISOR)
    with transaction.atomic():
        version = _proposed_or_conflict(version_id)
        if version.author_id == actor.pk:
            raise NotAllowed("You set this up. Another supervisor must approve it.")
        _signed_policy(version.policy_id)
        _insert(version.schedule, now)  # what the version before was due for until now
        highest = version.schedule.versions.aggregate(highest=Max("number"))["highest"] or 0
        version.number, version.approved_by, version.approved_at = highest + 1, actor, now
        version.save(update_fields=["number", "approved_by", "approved_at"])
        Schedule.objects.filter(pk=version.schedule_id).update(due_after=now)
        detail = {"version": version.number, "policy": version.policy_id}
        audit.record(actor=actor, verb="schedule.approved", target=version.schedule, detail=detail)
    return version


def pause(*, actor: User, schedule_id: int, now: datetime) -> None:
    """Let due times pass without a run until it is resumed; work under way goes on. Analysts and supervisors."""
    access.require(actor, *SETTERS)
    with transaction.atomic():
        schedule = _locked(schedule_id)
        if schedule.paused_at is not None:
            raise Conflict("The schedule is paused already.")
        _insert(schedule, now)
        schedule.paused_at, schedule.paused_by = now, actor
        schedule.save(update_fields=["paused_at", "paused_by"])
        audit.record(actor=actor, verb="schedule.paused", target=schedule)


def resume(*, actor: User, schedule_id: int, now: datetime) -> None:
    """Go on with a paused schedule: due times after `now` count, those that passed do not. Analysts and supervisors."""
    access.require(actor, *SETTERS)
    with transaction.atomic():
        schedule = _locked(schedule_id)
        if schedule.paused_at is None:
            raise Conflict("The schedule is not paused.")
        schedule.paused_at = schedule.paused_by = None
        if in_force(schedule) is not None:
            schedule.due_after = now
        schedule.save(update_fields=["paused_at", "paused_by", "due_after"])
        audit.record(actor=actor, verb="schedule.resumed", target=schedule)


def end(*, actor: User, schedule_id: int, reason: str, now: datetime) -> None:
    """End a schedule for good; work under way goes on. Analysts and supervisors. Raises Invalid without a reason."""
    access.require(actor, *SETTERS)
    if not reason.strip():
        raise Invalid("Say why the schedule ends.")
    with transaction.atomic():
        schedule = _locked(schedule_id)
        for version in schedule.versions.filter(approved_at=None, discarded_at=None):
            _discard(actor, version)
        schedule.ended_at, schedule.ended_by, schedule.end_reason = now, actor, reason.strip()
        schedule.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(actor=actor, verb="schedule.ended", target=schedule)


def insert_due(*, now: datetime) -> list[DueRun]:
    """Make every due time up to `now` a row, and ring for those that run. For `manage.py tick`; safe to run at once.

    Of several due times that have no row yet the newest runs; the others are covered by it, and so is an older row on
    which no work has begun. Returns the rows that run.
    """
    live = Schedule.objects.filter(ended_at=None, paused_at=None, due_after__isnull=False, due_after__lt=now)
    made = []
    for pk in live.values_list("pk", flat=True):
        with transaction.atomic():
            schedule = Schedule.objects.select_for_update().get(pk=pk)
            if row := _insert(schedule, now):
                made.append(row)
    return made


def _insert(schedule: Schedule, now: datetime) -> DueRun | None:
    """The due times of a schedule whose row is locked; None if there is no new one."""
    version = in_force(schedule)
    if version is None or schedule.due_after is None or schedule.paused_at or schedule.ended_at:
        return None
    zone = timezone.get_default_timezone()
    times = calendar.due_times(version.pattern, zone, after=schedule.due_after, until=now)
    if not times:
        return None
    common = {"schedule": schedule, "version": version, "inserted_at": now}
    newest = DueRun.objects.create(due_at=times[-1], **common)
    covered = {"state": DueRun.State.COVERED, "covered_by": newest, "work_state": STATES.NONE}
    DueRun.objects.bulk_create(DueRun(due_at=due, **common, **covered) for due in times[:-1])
    not_begun = schedule.due_runs.filter(state=DueRun.State.READING, work_state=STATES.WAITING, begun_at=None)
    older = list(not_begun.exclude(pk=newest.pk).values_list("pk", flat=True))
    if not_begun.filter(pk__in=older).update(**covered):
        DueRun.objects.filter(covered_by__in=older, covered_by__state=DueRun.State.COVERED).update(covered_by=newest)
    schedule.due_after = newest.due_at
    schedule.save(update_fields=["due_after"])
    work.ring(newest)
    detail = {"schedule": schedule.pk, "covers": newest.covers.count()}
    audit.record(actor=clean_slate_account(), verb="schedule.due", target=newest, detail=detail)
    return newest


def in_force(schedule: Schedule) -> ScheduleVersion | None:
    """The version that a schedule goes by; None before one is approved."""
    return schedule.versions.exclude(number=None).select_related("policy").order_by("-number").first()


def _locked(schedule_id: int) -> Schedule:
    schedule = Schedule.objects.select_for_update().filter(pk=schedule_id).first()
    if schedule is None:
        raise NotFound("There is no such schedule.")
    if schedule.ended_at is not None:
        raise Conflict("The schedule is ended. Set up another one instead.")
    return schedule


def _proposed_or_conflict(version_id: int) -> ScheduleVersion:
    """A proposed version, its schedule's row locked before its own, as everywhere here."""
    schedule_id = ScheduleVersion.objects.filter(pk=version_id).values_list("schedule_id", flat=True).first()
    if schedule_id is None:
        raise NotFound("There is no such version of a schedule.")
    schedule = _locked(schedule_id)
    version = ScheduleVersion.objects.select_for_update().get(pk=version_id)
    version.schedule = schedule
    if version.approved_at is not None or version.discarded_at is not None:
        raise Conflict("This version is approved or discarded already. Open the schedule again.")
    return version
