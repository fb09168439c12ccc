"""`manage.py tick`: the scheduler process."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.schedules import services

log = logging.getLogger(__name__)

TICK_SECONDS = 20
ADVISORY_LOCK = 6464
"""Held for the length of one tick, so that any number of schedulers ring once."""


def tick() -> int | None:
    """Ring for all background work that is due, and make the due times of schedules rows.

    Returns for how many rows it rang, or None if another scheduler is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            rung = work.ring_for_due()
            services.insert_due(now=timezone.now())
            return rung
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


class Command(BaseCommand):
    help = f"Ring for due background work and schedules every {TICK_SECONDS} seconds, until ended by a signal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one tick only")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        if once:
            tick()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                if rung := tick():
                    log.info("rang for %d due rows", rung)
            except OperationalError as error:  # the database restarts: try again at the next tick
                log.warning("the database did not answer: %s", type(error).__name__)
                connection.close()
            close_old_connections()
            stop.wait(TICK_SECONDS)
