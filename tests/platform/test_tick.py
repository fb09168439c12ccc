"""The scheduler's tick: rings for due work, once however many schedulers run."""

import psycopg
import pytest
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.schedules.management.commands import tick as command
from onemachine.services import Database

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch):
    calls: list[object] = []

    def ring() -> int:
        calls.append(timezone.now())
        return len(calls)

    monkeypatch.setattr(work, "ring_for_due", ring)
    return calls


def test_a_tick_rings_for_what_is_due(rung):
    assert command.tick() == 1
    assert len(rung) == 1


def test_a_second_scheduler_leaves_the_tick_to_the_first(rung, database: Database):
    with psycopg.connect(database.app, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [command.ADVISORY_LOCK])
        assert command.tick() is None
        assert rung == []
        other.execute("SELECT pg_advisory_unlock(%s)", [command.ADVISORY_LOCK])
        assert command.tick() == 1


def test_the_lock_is_given_back_when_ringing_fails(monkeypatch, database: Database):
    def fail() -> int:
        raise RuntimeError("no bell")

    monkeypatch.setattr(work, "ring_for_due", fail)
    with pytest.raises(RuntimeError):
        command.tick()
    with psycopg.connect(database.app, autocommit=True) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [command.ADVISORY_LOCK]).fetchone() == (True,)
