"""Which of several record files is the newest: by upload or by its own date, as the run in use has it."""

from typing import Any

from django.db.models import Case, Exists, F, When

from clearmyrecord.office.models import NewestBy, Office

NEWEST_FIRST = (
    "CASE WHEN EXISTS (SELECT FROM office_office WHERE newest_by = 'received') THEN f.received_on END DESC,"
    " f.uploaded_at DESC, f.id DESC"
)
"""SQL: record files `f`, the newest first."""


def newest_first(path: str = "") -> tuple[Any, ...]:
    """The same for `order_by`; `path` leads to the record file, with its underscores."""
    by_own_date = Exists(Office.objects.filter(newest_by=NewestBy.RECEIVED))
    own_date = Case(When(by_own_date, then=F(f"{path}received_on")))
    return own_date.desc(), F(f"{path}uploaded_at").desc(), F(f"{path}pk").desc()


def oldest_first(newest_by: str) -> tuple[str, ...]:
    """For `order_by`: record files as one run has them, the newest last."""
    return ("received_on", "uploaded_at", "pk") if newest_by == NewestBy.RECEIVED else ("uploaded_at", "pk")
