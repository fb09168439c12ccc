"""The convictions behind a number of what changed, a page at a time, with both determinations."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from clearmyrecord.records.models import Conviction, Subject
from clearmyrecord.runs.models import Determination
from clearmyrecord.schedules import changes
from clearmyrecord.schedules.models import DueRun

ROWS_ON_A_PAGE = 50


@dataclass(frozen=True)
class ChangedRow:
    """A conviction and what the run before and this one found; None where that run did not have it."""

    conviction: Conviction
    before: Determination | None
    now: Determination | None

    @property
    def subject(self) -> Subject:
        return self.conviction.subject


def page_of(due: DueRun, kind: str, number: str | None) -> tuple[Page[int], list[ChangedRow]]:
    """One page of the convictions of a kind; how many there are was counted when the due run compared."""
    if due.run is None:
        return Paginator[int]([], ROWS_ON_A_PAGE).get_page(1), []
    page = Paginator(range(due.changes[kind]), ROWS_ON_A_PAGE).get_page(number)
    first = page.start_index() - 1
    before = due.compared_with if due.compared_with_id != due.run_id else None
    found = changes.convictions(before, due.run, kind, first=first, last=page.end_index())
    convictions = Conviction.objects.select_related("subject").in_bulk([each for each, _, _ in found])
    rows = Determination.objects.in_bulk([pk for _, *both in found for pk in both if pk])
    return page, [ChangedRow(convictions[pk], rows.get(old), rows.get(new)) for pk, old, new in found]
