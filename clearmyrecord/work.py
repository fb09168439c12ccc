"""Background work: PostgreSQL holds the work list, Redis only rings the bell.

A row that stands for work inherits `Work`. A job gets its id, claims the row with a lease that it renews while it
works, and writes its results in one transaction that first checks that the lease is still its own. Whatever is due and
unleased is rung for again by `ring_for_due` (the sweeper), so a flushed Redis or a killed worker loses nothing.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django_rq
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

LEASE_SECONDS = 30
RENEW_SECONDS = 7
RING_AGAIN_SECONDS = 20
ATTEMPTS = 5
"""After so many claims that ended without a result the work is shown as failed, with a button to try again."""


class LeaseLost(Exception):
    """The lease ran out and another worker may have the row: nothing may be written."""


class Work(models.Model):
    """A row whose state says whether work is due. Only the functions of this module write these columns."""

    class WorkState(models.TextChoices):
        NONE = "none", "nothing to do"
        WAITING = "waiting", "waiting for a worker"
        WORKING = "working", "in work"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    work_state = models.CharField(max_length=8, choices=WorkState.choices, default=WorkState.WAITING)
    work_lease = models.UUIDField(null=True, editable=False)
    work_until = models.DateTimeField(null=True, editable=False)
    work_rung_at = models.DateTimeField(null=True, editable=False)
    work_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    work_failure = models.CharField(max_length=200, blank=True, editable=False)  # kind of error and reference, no data
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Kind:
    """Which queue and which job do the work of a model's rows."""

    model: type[Work]
    queue: str
    job: str


_kinds: dict[type[Work], Kind] = {}


def kind(*, queue: str, job: str) -> Any:
    """Class decorator: rows of this model are work for `job` (dotted path, takes the id) on `queue`."""

    def register(model: type[Work]) -> type[Work]:
        _kinds[model] = Kind(model, queue, job)
        return model

    return register


def ring(row: Work) -> None:
    """Ring for a row once the transaction commits. Redis being away is no error: the sweeper rings again."""
    model, pk = type(row), row.pk
    transaction.on_commit(lambda: _enqueue(_kinds[model], [pk]))


def ring_all(model: type[Work], ids: list[int]) -> None:
    """Ring for many rows of one model once the transaction commits."""
    transaction.on_commit(lambda: _enqueue(_kinds[model], ids))


def _enqueue(kind_: Kind, ids: list[int]) -> None:
    """No job id of its own, not unique: a killed job's leftover would silence later rings. The lease is the guard."""
    kind_.model._default_manager.filter(pk__in=ids).update(work_rung_at=timezone.now())
    try:
        queue = django_rq.get_queue(kind_.queue)
        for pk in ids:
            queue.enqueue(kind_.job, pk, description=kind_.job, result_ttl=0, failure_ttl=60)
    except RedisError as error:
        log.warning("could not ring for work: %s", type(error).__name__)


def due(model: type[Work]) -> models.QuerySet[Any]:
    """Rows that wait and were not rung for lately, and rows whose worker went away."""
    now = timezone.now()
    quiet = Q(work_rung_at=None) | Q(work_rung_at__lt=now - timedelta(seconds=RING_AGAIN_SECONDS))
    states = Work.WorkState
    return model._default_manager.filter(
        Q(work_state=states.WAITING) | Q(work_state=states.WORKING, work_until__lt=now), quiet
    )


def ring_for_due() -> int:
    """Ring for everything that is due; returns how many rows. Called by the sweeper every 20 seconds."""
    rung = 0
    for kind_ in _kinds.values():
        ids = list(due(kind_.model).order_by("pk").values_list("pk", flat=True))
        if ids:
            _enqueue(kind_, ids)
            rung += len(ids)
    return rung


def start_again(row: Work) -> None:
    """Put failed or finished work back to waiting, with fresh attempts, and ring. The caller writes the trail."""
    wait(row)
    ring(row)


def wait(row: Work) -> None:
    """Put finished work back to waiting, with fresh attempts, until the sweeper rings again."""
    type(row)._default_manager.filter(pk=row.pk).update(
        work_state=Work.WorkState.WAITING, work_attempts=0, work_failure="", work_until=None, work_lease=None
    )


class Lease:
    """The right to work on one row until it runs out. Renewed by a thread with its own connection."""

    def __init__(self, model: type[Work], pk: int, token: uuid.UUID) -> None:
        self.model, self.pk, self.token = model, pk, token
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)
        self.settled = False

    def row(self) -> Any:
        """The leased row, read afresh."""
        return self.model._default_manager.get(pk=self.pk)

    def _mine(self) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(pk=self.pk, work_lease=self.token)

    def _renew(self) -> None:
        try:
            while not self._stop.wait(RENEW_SECONDS):
                if not self._mine().update(work_until=timezone.now() + timedelta(seconds=LEASE_SECONDS)):
                    return
        finally:
            connection.close()

    def progress(self, done: int, total: int) -> None:
        """Show how far it is; outside any transaction."""
        self._mine().update(progress_done=done, progress_total=total)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """One transaction that holds the results: the row is locked and still ours, else LeaseLost. Marks it done."""
        with transaction.atomic():
            row = self._mine().select_for_update().first()
            if row is None:
                raise LeaseLost
            yield row
            self._mine().update(work_state=Work.WorkState.DONE, work_until=None, work_failure="")
        self.settled = True


@contextmanager
def lease(model: type[Work], pk: int) -> Iterator[Lease | None]:
    """Claim the row, or None if it is finished, failed, or another worker has it.

    An exception inside hands the row back for another attempt, at most ATTEMPTS in all; its message is not kept, since
    it could hold record data.
    """
    now, token, states = timezone.now(), uuid.uuid4(), Work.WorkState
    claimable = model._default_manager.filter(
        Q(work_state=states.WAITING) | Q(work_state=states.WORKING, work_until__lt=now), pk=pk
    )
    exhausted = claimable.filter(work_attempts__gte=ATTEMPTS)
    if exhausted.update(work_state=states.FAILED, work_until=None):
        yield None
        return
    if not claimable.update(
        work_state=states.WORKING,
        work_lease=token,
        work_until=now + timedelta(seconds=LEASE_SECONDS),
        work_attempts=F("work_attempts") + 1,
    ):
        yield None
        return
    held = Lease(model, pk, token)
    held._thread.start()
    try:
        yield held
    except LeaseLost:
        log.warning("%s %s: lease lost, left to the worker that has it", model.__name__, pk)
    except Exception as error:
        reference = uuid.uuid4().hex[:8]
        log.error("%s %s failed: %s, reference %s", model.__name__, pk, type(error).__name__, reference)
        _hand_back(held, f"{type(error).__name__}, reference {reference}")
        raise
    finally:
        held._stop.set()
        held._thread.join(timeout=5)


def _hand_back(held: Lease, failure: str) -> None:
    row = held._mine().first()
    if row is None or held.settled:
        return
    state = Work.WorkState.FAILED if row.work_attempts >= ATTEMPTS else Work.WorkState.WAITING
    held._mine().update(work_state=state, work_until=None, work_failure=failure)
