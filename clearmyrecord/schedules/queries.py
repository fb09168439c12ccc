"""Reads of schedules that pages share."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Role, User
from clearmyrecord.schedules.models import DueRun, Schedule, ScheduleVersion

RECENT_DAYS = 7
"""How long home pages say what a schedule did."""


def _for(user: User) -> None:
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")


def schedules(user: User) -> list[tuple[Schedule, ScheduleVersion | None, DueRun | None]]:
    """Every schedule with the version to show (in force, else the newest) and its newest due run; ended ones last."""
    _for(user)
    found = list(Schedule.objects.annotate(last=Subquery(_newest_due().values("pk")[:1])))
    versions = ScheduleVersion.objects.select_related("policy", "author")
    shown = {each.schedule_id: each for each in versions.order_by(F("number").asc(nulls_first=True), "pk")}
    dues = DueRun.objects.in_bulk([each.last for each in found if each.last])
    ordered = sorted(found, key=lambda each: (each.ended_at is not None, each.name.casefold(), each.pk))
    return [(each, shown.get(each.pk), dues.get(each.last)) for each in ordered]


def _newest_due() -> QuerySet[DueRun]:
    return DueRun.objects.filter(schedule=OuterRef("pk")).exclude(state=DueRun.State.COVERED).order_by("-due_at")


def schedule_or_404(user: User, pk: int) -> Schedule:
    """Raises NotFound where there is none, or none that the user may know of."""
    _for(user)
    found = Schedule.objects.select_related("paused_by", "ended_by").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


def version_or_404(user: User, pk: int) -> ScheduleVersion:
    """A version with its schedule and policy. Raises NotFound."""
    _for(user)
    people = ("author", "approved_by", "discarded_by")
    found = ScheduleVersion.objects.select_related("schedule", "policy", *people).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such version of a schedule.")
    return found


def versions(schedule: Schedule) -> list[ScheduleVersion]:
    """Every version of a schedule, the proposed one first, then the newest."""
    return list(schedule.versions.select_related("policy", "author", "approved_by", "discarded_by"))


def due_runs(schedule: Schedule) -> QuerySet[DueRun]:
    """Every due time of a schedule, the newest first, with how many batches it drafted."""
    found = schedule.due_runs.select_related("schedule", "version", "run", "covered_by__schedule")
    return found.annotate(batches=Count("drafted")).order_by("-due_at", "-pk")


def due_run_or_404(user: User, pk: int) -> DueRun:
    """Raises NotFound."""
    _for(user)
    shared = ("schedule", "version__policy", "run", "compared_with", "covered_by__schedule")
    found = DueRun.objects.select_related(*shared).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such due run.")
    return found


def to_approve(user: User) -> QuerySet[ScheduleVersion]:
    """Proposed versions that this user may approve."""
    if user.role != Role.SUPERVISOR:
        return ScheduleVersion.objects.none()
    return ScheduleVersion.objects.filter(approved_at=None, discarded_at=None).exclude(author=user)


def recently_done(now: datetime) -> QuerySet[DueRun]:
    """Due runs that were done within the last days, the newest first."""
    since = now - timedelta(days=RECENT_DAYS)
    return DueRun.objects.filter(state=DueRun.State.DONE, finished_at__gte=since).order_by("-due_at")


def failed() -> QuerySet[DueRun]:
    """Due runs that failed, of schedules that go on, with nothing newer that is done."""
    done = DueRun.objects.filter(schedule=OuterRef("schedule"), state=DueRun.State.DONE, due_at__gt=OuterRef("due_at"))
    newer = Subquery(done.values("pk")[:1])
    found = DueRun.objects.filter(Q(state=DueRun.State.FAILED), schedule__ended_at=None)
    return found.annotate(done_since=newer).filter(done_since=None)
