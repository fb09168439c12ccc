"""What several queries find, asked in one: how many rows, and the one value that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from clearmyrecord.office.models import User


class _Count(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


class _Shared(Subquery):
    template = "(SELECT CASE WHEN min(one) = max(one) THEN min(one) END FROM (%(subquery)s) found(one))"
    output_field = IntegerField()


@dataclass(frozen=True)
class Asked:
    """A query to count; `column` a column of it whose value is wanted if all rows share it."""

    rows: QuerySet[Any]
    column: str = "pk"


def counted(user: User, queries: Sequence[Asked]) -> list[tuple[int, int | None]]:
    """For each query the number of its rows and the value that they share, None if there is no such.

    The one row that they are asked beside is the user's own.
    """
    if not queries:
        return []
    asked: dict[str, Subquery] = {}
    for place, query in enumerate(queries):
        rows = query.rows.order_by()
        asked |= {f"number_{place}": _Count(rows.values("pk")), f"shared_{place}": _Shared(rows.values(query.column))}
    found = iter(User.objects.filter(pk=user.pk).order_by().annotate(**asked).values_list(*asked).get())
    return list(zip(found, found, strict=True))
