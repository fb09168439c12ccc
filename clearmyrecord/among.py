"""Thousands of ids in one parameter: as many parameters as ids cost more time than the query."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, Value

FEW = 200
"""So many are looked up one by one through an index; beside more the database reads the whole table."""


def among(ids: Iterable[int]) -> Func | list[int]:
    """The ids for a lookup: `filter(pk__in=among(ids))` finds what `filter(pk__in=ids)` does, however many they are."""
    listed = list(ids)
    if len(listed) <= FEW:
        return listed
    many = Value(listed, output_field=ArrayField(BigIntegerField()))
    return Func(many, template="(SELECT unnest(%(expressions)s::bigint[]))", output_field=BigIntegerField())
