"""How many rows each of several queries finds, asked in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from clearmyrecord.office.models import User


class _Count(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counted(user: User, queries: Sequence[QuerySet[Any]]) -> list[int]:
    """The number of rows of each query, in order. The one row they are asked beside is the user's own."""
    if not queries:
        return []
    asked = {f"number_{place}": _Count(query.order_by().values("pk")) for place, query in enumerate(queries)}
    return list(User.objects.filter(pk=user.pk).order_by().annotate(**asked).values_list(*asked).get())
