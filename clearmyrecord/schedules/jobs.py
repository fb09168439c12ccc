"""Background work of this app: takes ids, calls services."""

from django.utils import timezone

from clearmyrecord.schedules import steps


def go_on(due_id: int) -> None:
    """Take the next step of a due run; one that is finished or in other hands is left alone."""
    steps.go_on(due_id, now=timezone.now())
