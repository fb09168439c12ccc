"""What reviews does when runs find something else."""

from __future__ import annotations

from typing import Any

from clearmyrecord.reviews.carrying_over import carry_over
from clearmyrecord.runs import signals
from clearmyrecord.runs.models import Run


def connect() -> None:
    """Called once, when the app is ready."""
    signals.became_current.connect(_another_run_is_current, dispatch_uid="reviews.became_current")
    signals.redetermined.connect(_determined_again, dispatch_uid="reviews.redetermined")


def _another_run_is_current(*, run: Run, **_: Any) -> None:
    carry_over(run=run)


def _determined_again(*, run: Run, changes: list[Any], **_: Any) -> None:
    carry_over(run=run, conviction_ids=[change.conviction_id for change in changes])
