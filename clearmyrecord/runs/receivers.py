"""What runs does when people are linked or parted."""

from typing import Any

from clearmyrecord.records import signals
from clearmyrecord.runs import services


def connect() -> None:
    """Called once, when the app is ready."""
    signals.identity_changed.connect(_identity_changed, dispatch_uid="runs.identity_changed")


def _identity_changed(*, subject_ids: list[int], **_: Any) -> None:
    services.follow_identity(subject_ids=subject_ids)
