"""The orders of the queue, and which rows stand beside one: found from its own values, not by listing all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Value

from clearmyrecord.reviews.queries import StandingRows


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order. Rows without a value stand last."""

    column: str
    descending: bool = False

    def order(self) -> Any:
        column = F(self.column)
        return column.desc(nulls_last=True) if self.descending else column.asc(nulls_last=True)

    def beyond(self, value: Any, *, back: bool) -> Q:
        """Rows that stand after (or before) one with this value."""
        if value is None:
            return Q(**{f"{self.column}__isnull": False}) if back else Q(pk__in=[])
        greater = Q(**{f"{self.column}__{'lt' if self.descending != back else 'gt'}": value})
        return greater if back else greater | Q(**{f"{self.column}__isnull": True})

    def value_of(self, row: Any) -> Any:
        for name in self.column.split("__"):
            row = getattr(row, name)
        return row

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.column}__isnull": True}) if value is None else Q(**{self.column: value})


COLUMNS: dict[str, tuple[str, ...]] = {
    "subject": ("conviction__subject__search_name",),
    "section": ("conviction__code_section",),
    "date": ("conviction__convicted_on",),
    "outcome": ("standing_outcome", "route"),
    "route": ("route",),
    "basis": ("standing_basis",),
    "reason": ("rule", "reason"),
    "review": ("review_state",),
    "assigned": ("assignee_name",),
}
"""Column of the list to what it is sorted by."""
SORTS = ("file", *COLUMNS, *(f"-{name}" for name in COLUMNS))
"""As in the file, or by a column; a hyphen before it turns the order round."""


def keys(sort: str) -> list[Key]:
    """The columns of an order; the conviction's number decides between equals, so that every row has one place."""
    name = sort.removeprefix("-")
    return [*(Key(column, sort.startswith("-")) for column in COLUMNS.get(name, ())), Key("conviction_id")]


def ordered(rows: StandingRows, sort: str) -> StandingRows:
    return rows.order_by(*(key.order() if key.column != "conviction_id" else key.column for key in keys(sort)))


def neighbours(rows: StandingRows, row: Any, sort: str) -> tuple[int | None, int | None]:
    """The convictions that stand before and after `row` among `rows` in this order; one query.

    `row` (of `queries.standing`) need not be among them: what was just decided may have left the filter.
    """
    found = {}
    before, after = (_beside(rows, row, sort, back=back) for back in (True, False))
    for back, conviction_id in before.union(after, all=True):
        found[back] = conviction_id
    return found.get(True), found.get(False)


def _beside(rows: StandingRows, row: Any, sort: str, *, back: bool) -> StandingRows:
    """The one row next to `row`."""
    found, equal = Q(pk__in=[]), Q()
    for key in keys(sort):
        value = key.value_of(row)
        found |= equal & key.beyond(value, back=back)
        equal &= key.same(value)
    left = ordered(rows.filter(found).annotate(before=Value(back)), sort)
    return (left.reverse() if back else left).values_list("before", "conviction_id")[:1]
