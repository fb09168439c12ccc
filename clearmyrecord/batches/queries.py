"""Reads of batches that pages and services share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When

from clearmyrecord.batches import readiness
from clearmyrecord.batches.models import Batch, BatchItem
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Role, User
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import filters
from clearmyrecord.reviews import queries as reviews


def batches(user: User) -> QuerySet[Batch]:
    """Batches that a reader of records may see, newest first, with `items_count`."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    people = ("composed_by", "submitted_by", "approved_by", "signing_attorney", "withdrawn_by", "run__policy")
    return Batch.objects.select_related(*people).annotate(items_count=Count("items")).order_by("-pk")


def batch_or_404(user: User, pk: int) -> Batch:
    """The batch; raises NotFound."""
    found = batches(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such batch.")
    return found


def waiting_for(user: User) -> QuerySet[Batch]:
    """Batches that wait for this user: to be approved (supervisors who prepared none of it), or worked on."""
    if user.role == Role.SUPERVISOR:
        return batches(user).filter(state=Batch.State.SUBMITTED).exclude(preparers__user=user)
    if user.role == Role.ANALYST:
        return batches(user).filter(state__in=(Batch.State.DRAFT, Batch.State.RETURNED))
    return Batch.objects.none()


def may_approve(user: User, batch: Batch, preparers: Collection[User] | None = None) -> bool:
    """Whether this supervisor may approve it: submitted, and no part of it prepared by them.

    `preparers`: those of the batch, where they are known.
    """
    if user.role != Role.SUPERVISOR or batch.state != Batch.State.SUBMITTED:
        return False
    if preparers is not None:
        return user not in preparers
    return not batch.preparers.filter(user=user).exists()


def free(filter: dict[str, str]) -> QuerySet[Any]:
    """What the current run finds under a coded filter and no batch holds; not_eligible never."""
    rows = filters.filtered(reviews.standing(), filter).filter(standing_outcome__in=readiness.CONSIDERED)
    return rows.order_by().exclude(conviction_id__in=BatchItem.objects.filter(holds=True).values("conviction_id"))


def candidates(batch: Batch, *, attorney: User | None = None, item_ids: Sequence[int] | None = None) -> list[Candidate]:
    """The convictions of a draft or returned batch as the current run sees them, each with what keeps it out."""
    items = batch.items.all() if item_ids is None else batch.items.filter(pk__in=item_ids)
    rows = reviews.standing().filter(conviction_id__in=items.values("conviction_id"))
    return readiness.examine(rows, office=office.office_or_error(), attorney=attorney)


@dataclass
class Summary:
    """What is in a list, in numbers."""

    convictions: int = 0
    cases: int = 0
    people: int = 0
    looked_at_singly: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    routes: dict[str, int] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)

    @property
    def not_looked_at(self) -> int:
        return self.convictions - self.looked_at_singly


def _summed(lines: Iterable[tuple[str, str, str, bool, int, Any]]) -> Summary:
    """Lines of outcome, route, basis, looked at singly, person, case."""
    summary, people, cases = Summary(), set(), set()
    outcomes, routes, bases = Counter[str](), Counter[str](), Counter[str]()
    for outcome, route, basis, singly, person, case in lines:
        summary.convictions += 1
        summary.looked_at_singly += singly
        outcomes[outcome] += 1
        routes[route] += 1
        bases[basis] += 1
        people.add(person)
        cases.add((person, case))
    summary.people, summary.cases = len(people), len(cases)
    summary.outcomes, summary.routes, summary.bases = dict(outcomes), dict(routes), dict(bases)
    return summary


def summary_of(ready: Iterable[Candidate]) -> Summary:
    """What would be submitted."""
    return _summed(
        (row.standing_outcome, row.route, row.standing_basis, row.looked_at_singly, candidate.person, candidate.case)
        for candidate in ready
        for row in [candidate.row]
    )


def frozen_summary(batch: Batch) -> Summary:
    """What was submitted."""
    columns = ("outcome", "route", "snapshot__basis", "looked_at_singly", "snapshot__person", "court_id", "case_number")
    return _summed((*line[:5], line[5:]) for line in batch.items.values_list(*columns))


def frozen_items(batch: Batch) -> QuerySet[BatchItem]:
    """The items of a submitted batch in the order of court and case number."""
    return batch.items.select_related("court", "conviction").order_by("court__branch", "case_number", "conviction_id")


_COMPARED = {
    "standing_outcome": "relief",
    "route": "route",
    "standing_basis": "basis",
    "standing_sealing": "sealing",
    "rule": "rule",
    "ground": "ground",
    "override_id": "override",
}


def changed_since(batch: Batch) -> set[int]:
    """Ids of items whose conviction stands differently now than when they were frozen, or is under a suggestion."""
    frozen = batch.items.values_list("pk", "conviction_id", *(f"snapshot__{name}" for name in _COMPARED.values()))
    now = _standing_now(batch.items.values("conviction_id"))
    return {pk for pk, conviction, *values in frozen if now.get(conviction) != (*values, False)}


def has_changed(conviction_id: int, snapshot: dict[str, Any]) -> bool:
    """Whether this conviction stands differently now than this says, or is under a suggestion; one query."""
    values = (snapshot[name] for name in _COMPARED.values())
    return _standing_now([conviction_id]).get(conviction_id) != (*values, False)


def _standing_now(conviction_ids: Any) -> dict[int, tuple[Any, ...]]:
    """What is compared of some convictions in the current run, and whether a suggestion is open; one query."""
    suggested = Case(When(conviction_id__in=records.under_suggestion(), then=Value(True)), default=Value(False))
    rows = reviews.standing_in_use().filter(conviction_id__in=conviction_ids).annotate(suggested=suggested)
    listed = rows.values_list("conviction_id", *_COMPARED, "suggested")
    return {conviction: tuple(values) for conviction, *values in listed}
