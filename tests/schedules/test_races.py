"""Two at the same instant, on real PostgreSQL: supervisors, workers, schedulers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict
from clearmyrecord.runs.models import Run
from clearmyrecord.schedules import services, steps
from clearmyrecord.schedules.management.commands import tick as command
from clearmyrecord.schedules.models import ScheduleVersion
from tests.batches.test_races import at_once
from tests.records.factories import read_file
from tests.reviews.conftest import person
from tests.schedules.factories import clock, scheduled, wanted
from tests.schedules.test_steps import work_of_others

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
DUE = "2025-01-06 06:00"


def test_two_supervisors_approve_one_version_once(ana, sam, sue):
    for number in range(ROUNDS):
        version = services.set_up(actor=ana, name=f"Schedule {number}", wanted=wanted())
        acts = [
            lambda actor=actor, version=version: services.approve(
                actor=actor, version_id=version.pk, now=clock("2025-01-01 00:00")
            )
            for actor in (sam, sue)
        ]
        results = at_once(*acts)
        assert sorted(type(each) for each in results if not isinstance(each, ScheduleVersion)) == [Conflict]
    assert AuditEvent.objects.filter(verb="schedule.approved").count() == ROUNDS


def test_an_approval_and_a_change_never_leave_two_proposals_nor_approve_what_was_replaced(ana, sam):
    for number in range(ROUNDS):
        version = services.set_up(actor=ana, name=f"Schedule {number}", wanted=wanted())
        asked = wanted(drafts_batches=True)
        approved, _ = at_once(
            lambda version=version: services.approve(actor=sam, version_id=version.pk, now=clock("2025-01-01 00:00")),
            lambda version=version, asked=asked: services.change(
                actor=ana, schedule_id=version.schedule_id, wanted=asked
            ),
        )
        version.refresh_from_db()
        assert (version.approved_at is not None) == isinstance(approved, ScheduleVersion)
        assert (version.discarded_at is not None) == isinstance(approved, Conflict)
        assert version.schedule.versions.filter(number=None, discarded_at=None).count() == 1


def test_two_workers_with_one_due_run_do_everything_once(ana, sam, office):
    read_file(ana, person(1))
    scheduled(ana, sam, "2025-01-01 00:00", drafts_batches=True)
    (due,) = services.insert_due(now=clock(DUE))
    now = clock(DUE)
    for _ in range(40):
        now += timedelta(seconds=20)
        results = at_once(*[lambda now=now: steps.go_on(due.pk, now=now)] * 2)
        assert results == [None, None]
        work_of_others()
        due.refresh_from_db()
        if due.finished_at:
            break
    assert (due.state, Run.objects.count(), Batch.objects.count()) == ("done", 1, 1)
    assert AuditEvent.objects.filter(verb="schedule.done").count() == 1


def test_ticks_of_several_hosts_insert_each_due_time_once(ana, sam):
    """As on the machines: with the advisory lock, on the real clock."""
    schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
    for _ in range(ROUNDS):
        results = at_once(command.tick, command.tick, command.tick)
        assert all(each is None or isinstance(each, int) for each in results), results
    found = list(schedule.due_runs.values_list("due_at", flat=True))
    assert len(found) == len(set(found)) > 12
    assert schedule.due_runs.exclude(state="covered").count() == 1
    assert AuditEvent.objects.filter(verb="schedule.due").count() == 1
