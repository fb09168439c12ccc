"""Schedules for tests, on a clock that the test moves, and the work of all workers done at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clearmyrecord import work
from clearmyrecord.office.models import User
from clearmyrecord.records import services as records
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Policy, RunChunk
from clearmyrecord.schedules import services, steps
from clearmyrecord.schedules.models import DueRun, ScheduleVersion
from tests.runs.factories import signed_presets

OFFICE = ZoneInfo("America/Los_Angeles")
FIRST_MONDAY = {"kind": "monthly_by_weekday", "ordinal": "first", "weekday": 0, "at": "06:00"}
SECOND_SUNDAY = {"kind": "monthly_by_weekday", "ordinal": "second", "weekday": 6, "at": "02:30"}
FIRST_SUNDAY = {"kind": "monthly_by_weekday", "ordinal": "first", "weekday": 6, "at": "01:30"}

WAITING = work.Work.WorkState.WAITING


def clock(text: str) -> datetime:
    """An instant, as the office's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE).astimezone(UTC)


def shown(instant: datetime) -> str:
    """An instant on the office's clock."""
    return f"{instant.astimezone(OFFICE):%Y-%m-%d %H:%M}"


def wanted(pattern: dict[str, Any] = FIRST_MONDAY, policy: str = "office_choice", **others: bool) -> services.Wanted:
    """What a schedule shall do, under a signed preset."""
    signed_presets()
    newest = Policy.objects.filter(name=policy).order_by("-version").first()
    assert newest is not None
    return services.Wanted(policy_id=newest.pk, pattern=pattern, **others)


def scheduled(author: User, approver: User, since: str, name: str = "Clean slate", **asked: Any) -> ScheduleVersion:
    """A schedule in force since that time on the office's clock."""
    version = services.set_up(actor=author, name=name, wanted=wanted(**asked))
    return services.approve(actor=approver, version_id=version.pk, now=clock(since))


def work_off(now: datetime) -> datetime:
    """Do all background work there is, the clock going on by 20 seconds each time round; the time it is then."""
    for _ in range(500):
        due = list(DueRun.objects.filter(work_state=WAITING).order_by("pk").values_list("pk", flat=True))
        for pk in due:
            steps.go_on(pk, now=now)
        for pk in RecordFile.objects.filter(work_state=WAITING).values_list("pk", flat=True):
            records.read_file(pk)
        for pk in RunChunk.objects.filter(work_state=WAITING).values_list("pk", flat=True):
            runs.evaluate_chunk(pk)
        if not due:
            return now
        now += timedelta(seconds=20)
    raise AssertionError("the work does not end")


def ticked(until: str) -> list[DueRun]:
    """A tick at that time, and all the work it rings for."""
    made = services.insert_due(now=clock(until))
    work_off(clock(until))
    return [DueRun.objects.get(pk=each.pk) for each in made]
