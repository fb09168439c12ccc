"""What reviews does when runs find something else."""

from __future__ import annotations

from typing import Any

from clearmyrecord.reviews import second_reviews
from clearmyrecord.reviews.carrying_over import carry_over
from clearmyrecord.reviews.signals import standing_changed
from clearmyrecord.runs import signals
from clearmyrecord.runs.models import Run


def connect() -> None:
    """Called once, when the app is ready."""
    signals.became_current.connect(_another_run_is_current, dispatch_uid="reviews.became_current")
    signals.redetermined.connect(_determined_again, dispatch_uid="reviews.redetermined")
    standing_changed.connect(_decided, dispatch_uid="reviews.standing_changed")


def _another_run_is_current(*, run: Run, **_: Any) -> None:
    carry_over(run=run)


def _determined_again(*, run: Run, changes: list[Any], **_: Any) -> None:
    carry_over(run=run, conviction_ids=[change.conviction_id for change in changes])


def _decided(*, conviction_ids: list[int], **_: Any) -> None:
    second_reviews.draw(conviction_ids)
    second_reviews.settle(conviction_ids)
