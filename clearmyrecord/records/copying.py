"""Bulk writing: whole tables through COPY, with ids taken from the tables' own sequences."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

JOIN_LOCK = 6465
"""Advisory lock held while it is settled who is who, so that two files read at once agree on the people in both."""


def lock_identities() -> None:
    """Until the transaction ends nobody else joins subjects or convictions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [JOIN_LOCK])


def take_ids(model: type[models.Model], how_many: int) -> list[int]:
    """New ids of a table, ascending."""
    if not how_many:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, how_many],
        )
        return [number for (number,) in cursor.fetchall()]


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a model's table. `columns` are column names of the database and come from code only."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def clip(text: str | None, length: int) -> str:
    """The text as its column can hold it: cut, and without NUL, which PostgreSQL refuses."""
    return (text or "").replace("\x00", "\ufffd")[:length]
