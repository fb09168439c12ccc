"""A year of schedules on a moved clock: files arrive, the scheduler is away for a while, clocks are put forward and
back, and two schedulers tick at the same instant. Every due time ran once or is covered by one that did.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches.models import Batch
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs.models import Run
from clearmyrecord.schedules import services
from clearmyrecord.schedules.models import DueRun, InboxFile
from tests.batches.test_races import at_once
from tests.records.factories import csv_bytes
from tests.reviews.conftest import person
from tests.schedules.factories import FIRST_MONDAY, FIRST_SUNDAY, SECOND_SUNDAY, clock, scheduled, shown, work_off

pytestmark = pytest.mark.django_db(transaction=True)

ARRIVING = {
    "2025-01-03 12:00": ("january.csv", person(1)),
    "2025-05-20 12:00": ("may.csv", person(2)),
    "2025-10-28 12:00": ("october.csv", person(3)),
}
AWAY = ("2025-06-20 00:00", "2025-09-17 00:00")
"""The scheduler did not tick; nobody was told."""

FORWARD = [
    "2025-01-12 02:30", "2025-02-09 02:30", "2025-03-09 03:00", "2025-04-13 02:30", "2025-05-11 02:30",
    "2025-06-08 02:30", "2025-07-13 02:30", "2025-08-10 02:30", "2025-09-14 02:30", "2025-10-12 02:30",
    "2025-11-09 02:30", "2025-12-14 02:30",
]  # fmt: skip
BACK = [
    "2025-01-05 01:30", "2025-02-02 01:30", "2025-03-02 01:30", "2025-04-06 01:30", "2025-05-04 01:30",
    "2025-06-01 01:30", "2025-07-06 01:30", "2025-08-03 01:30", "2025-09-07 01:30", "2025-10-05 01:30",
    "2025-11-02 01:30", "2025-12-07 01:30",
]  # fmt: skip


def test_every_due_run_of_a_year_ran_once(ana, sam, office, inbox):
    over_the_gap = scheduled(ana, sam, "2025-01-01 00:00", name="Forward", pattern=SECOND_SUNDAY, reads_inbox=True)
    over_the_hour = scheduled(
        ana, sam, "2025-01-01 00:00", name="Back", pattern=FIRST_SUNDAY, reads_inbox=True, drafts_batches=True
    )
    (inbox / "january.csv").write_bytes(csv_bytes(ARRIVING["2025-01-03 12:00"][1]))  # before anything is due
    for day in range(0, 365, 3):
        now = clock("2025-01-01 12:00") + timedelta(days=day)
        _arrive(inbox, shown(now))
        if not clock(AWAY[0]) <= now <= clock(AWAY[1]):
            _two_schedulers(now)
            work_off(now)

    assert _times(over_the_gap.schedule) == FORWARD
    assert _times(over_the_hour.schedule) == BACK
    _each_ran_once_or_is_covered()
    assert [shown(each.due_at) for each in DueRun.objects.filter(state="covered").order_by("due_at")] == [
        "2025-07-06 01:30", "2025-07-13 02:30", "2025-08-03 01:30", "2025-08-10 02:30",
    ]  # fmt: skip
    taken = InboxFile.objects.filter(state="taken").values_list("name", flat=True)
    assert sorted(taken) == sorted(name for name, _ in ARRIVING.values())
    assert RecordFile.objects.count() == len(ARRIVING)


def _arrive(inbox: Path, now: str) -> None:
    for when, (name, rows) in ARRIVING.items():
        if when <= now and not (inbox / name).exists():
            (inbox / name).write_bytes(csv_bytes(rows))


def _two_schedulers(now) -> None:
    """Without the advisory lock, so that nothing but the rows keeps them apart."""
    results = at_once(lambda: services.insert_due(now=now), lambda: services.insert_due(now=now))
    assert all(isinstance(each, list) for each in results), results


def _times(schedule) -> list[str]:
    return [shown(each.due_at) for each in schedule.due_runs.order_by("due_at")]


def _each_ran_once_or_is_covered() -> None:
    ran = list(DueRun.objects.exclude(state="covered"))
    assert {each.state for each in ran} == {"done"}, [each.failure for each in ran]
    done = Counter(AuditEvent.objects.filter(verb="schedule.done").values_list("target_id", flat=True))
    assert done == {each.pk: 1 for each in ran}
    assert Counter(Run.objects.values_list("as_of", flat=True)) == Counter(each.day for each in ran)
    assert Run.objects.count() == len(ran) == len({each.run_id for each in ran})
    assert all(each.covered_by.state == "done" for each in DueRun.objects.filter(state="covered"))
    assert Batch.objects.filter(state="draft").count() == Batch.objects.count()


def test_schedulers_at_once_insert_each_due_time_once(ana, sam, office):
    """Again and again, some that missed several due times."""
    schedule = scheduled(ana, sam, "2020-01-01 00:00", pattern=FIRST_MONDAY).schedule
    for year in range(2021, 2026):
        now = clock(f"{year}-01-01 00:00")
        results = at_once(*[lambda now=now: services.insert_due(now=now)] * 3)
        assert sorted(len(each) for each in results) == [0, 0, 1]
    assert schedule.due_runs.count() == 60
    assert AuditEvent.objects.filter(verb="schedule.due").count() == 5
