"""What schedules do when a file is read or a run is finished: a due run that waited for it goes on at once."""

from __future__ import annotations

from typing import Any

from clearmyrecord import work
from clearmyrecord.records import signals as records
from clearmyrecord.runs import signals as runs
from clearmyrecord.schedules.models import DueRun


def connect() -> None:
    """Called once, when the app is ready."""
    records.file_read.connect(_something_is_done, dispatch_uid="schedules.file_read")
    runs.run_finished.connect(_something_is_done, dispatch_uid="schedules.run_finished")


def _something_is_done(**_: Any) -> None:
    if ids := list(DueRun.objects.filter(work_state=work.Work.WorkState.WAITING).values_list("pk", flat=True)):
        work.ring_all(DueRun, ids)
