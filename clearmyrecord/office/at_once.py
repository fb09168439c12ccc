"""The office with its courts, its people and the wording in force, for pages that look at all of them: one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries, wording_queries
from clearmyrecord.office.models import Court, Office, Role, User, WordingVersion

OF_COURT = tuple(field.attname for field in Court._meta.concrete_fields)
OF_USER = ("id", "username", "first_name", "last_name", "role", "is_attorney", "is_active")
OF_WORDING = ("id", "number", "texts", "sha256", "drafted_by_id")


@dataclass(frozen=True)
class AtOnce:
    """What the office set up. Of people and wording only what lists and papers name is read."""

    office: Office
    courts: list[Court]
    people: list[User]  # as `queries.users` orders them
    wording: WordingVersion | None  # None: the standard one

    @property
    def attorneys(self) -> list[User]:
        """Who may be named to sign papers; see `queries.attorneys`."""
        roles = (Role.ANALYST, Role.SUPERVISOR)
        return [each for each in self.people if each.is_active and each.is_attorney and each.role in roles]

    @property
    def supervisors(self) -> list[User]:
        """Who may approve batches that others prepared; see `queries.supervisors`."""
        return [each for each in self.people if each.is_active and each.role == Role.SUPERVISOR]


def read() -> AtOnce:
    """Raises NotFound with what to do while there is no office."""
    in_force = wording_queries.versions_in_force().select_related(None)
    found: Any = Office.objects.annotate(
        its_courts=ArraySubquery(told(Court.objects.all(), OF_COURT)),
        its_people=ArraySubquery(told(queries.users(), OF_USER)),
        its_wording=Subquery(told(in_force, OF_WORDING)[:1]),
    ).first()
    if found is None:
        raise NotFound(queries.NO_OFFICE)
    return AtOnce(
        office=found,
        courts=made(Court, found.its_courts),
        people=made(User, found.its_people),
        wording=WordingVersion(**found.its_wording) if found.its_wording else None,
    )


def told(rows: QuerySet[Any], names: tuple[str, ...]) -> Any:
    """Each row as the JSON of these columns, to stand in a subquery; the model takes the values as they are."""
    return rows.annotate(told=JSONObject(**{name: name for name in names})).values("told")


def made(model: type[Model], listed: list[dict[str, Any]]) -> list[Any]:
    """Rows of the model out of what `told` gave."""
    return [model(**values) for values in listed]
