"""What is given to public defenders, what of it they may see, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet

from clearmyrecord.batches.models import Batch, BatchItem, Grant, Objection
from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Role, User

SHOWN = (Batch.State.SUBMITTED, Batch.State.APPROVED)
"""States in which a defender sees the list; one that is being changed or was given up shows none."""

BY_A_PERSON = "Decided by a person in the office, in place of what the rules found."
"""What defenders read in place of an override's reason: those are written for whoever approves."""


def given(user: User) -> QuerySet[Batch]:
    """The batches that stand given to this public defender, newest first, with `items_count`."""
    if not (user.is_active and user.role == Role.PUBLIC_DEFENDER):
        return Batch.objects.none()
    standing = Grant.objects.filter(defender=user, ended_at=None).values("batch")
    return Batch.objects.filter(pk__in=standing).annotate(items_count=Count("items")).order_by("-pk")


def waiting_for(user: User) -> QuerySet[Batch]:
    """Those that can be objected to now."""
    return given(user).filter(state=Batch.State.SUBMITTED)


def given_or_404(user: User, pk: int, *states: Batch.State) -> Batch:
    """A batch given to the user, in one of the states if any are named; raises NotFound."""
    batch = given(user).filter(pk=pk).first()
    if batch is None or (states and batch.state not in states):
        raise NotFound("There is no such batch.")
    return batch


@dataclass(frozen=True)
class GivenItem:
    """Of one conviction of a frozen list exactly what a public defender may see, and what they said of it."""

    pk: int
    person: int
    case_number: str
    court: str
    defendant_name: str
    code: str
    section: str
    severity: str
    convicted_on: str
    outcome: str
    route: str
    basis: str
    sealing: bool
    new_section: str
    new_severity: str
    reason: str
    citation: str
    objections: list[Objection] = field(default_factory=list)


OF_SNAPSHOT = (
    "person", "case_number", "defendant_name", "code", "section", "severity", "convicted_on", "route", "basis",
    "sealing", "new_section", "new_severity",
)  # fmt: skip


def given_items(user: User, batch: Batch) -> QuerySet[BatchItem]:
    """The items of a given batch, in the order of court and case number; none where no list is shown."""
    items = batch.items.select_related("court").order_by("court__branch", "case_number", "conviction_id")
    return items if batch.state in SHOWN else items.none()


def shown(user: User, batch: Batch, items: list[BatchItem]) -> list[GivenItem]:
    """Items as the defender sees them, each with the user's own objections; one query."""
    own = Objection.objects.filter(batch=batch, by=user, conviction__in=[item.conviction_id for item in items])
    said: dict[int, list[Objection]] = {}
    for objection in own.select_related("answer"):
        said.setdefault(objection.conviction_id, []).append(objection)
    return [_given(item, said.get(item.conviction_id, [])) for item in items]


def _given(item: BatchItem, objections: list[Objection]) -> GivenItem:
    frozen: dict[str, Any] = item.snapshot
    by_a_person = frozen["override"] is not None
    return GivenItem(
        pk=item.pk,
        court=f"{frozen['court']['name']}, {frozen['court']['branch']}",
        outcome=frozen["relief"],
        reason=BY_A_PERSON if by_a_person else frozen["reason"],
        citation="" if by_a_person else frozen["citation"],
        objections=objections,
        **{name: frozen[name] for name in OF_SNAPSHOT},
    )


# What the office sees of it


def objections(batch: Batch) -> QuerySet[Objection]:
    """Objections against what the batch holds now, of any of its versions, each with its answer."""
    standing = batch.objections.filter(conviction__in=batch.items.values("conviction"))
    open_first = (F("answer").asc(nulls_first=True), "pk")
    return standing.select_related("by", "answer__by", "conviction__subject").order_by(*open_first)


def open_objections(batch: Batch) -> QuerySet[Objection]:
    """Those that no attorney resolved."""
    return batch.objections.filter(answer=None, conviction__in=batch.items.values("conviction"))


def must_be_resolved() -> bool:
    """Whether the office has turned on that objections stop an approval."""
    return office.office_or_error().objections_block


def objection_or_404(user: User, batch_id: int, pk: int) -> Objection:
    """An objection against what its batch holds now; raises NotFound."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    found = Objection.objects.filter(batch=batch_id, pk=pk).select_related("by", "answer__by", "batch").first()
    if found is None:
        raise NotFound("There is no such objection.")
    return found


def to_resolve() -> QuerySet[Objection]:
    """Open objections of every batch that waits for approval."""
    held = BatchItem.objects.filter(batch__state=Batch.State.SUBMITTED, holds=True)
    return Objection.objects.filter(
        answer=None, batch__state=Batch.State.SUBMITTED, conviction__in=held.values("conviction")
    )


def standing_grants() -> QuerySet[Grant]:
    """What is given to whom now."""
    people = ("batch", "defender", "given_by")
    return Grant.objects.filter(ended_at=None).select_related(*people).order_by("defender__last_name", "-pk")


def grants_of(batch: Batch) -> QuerySet[Grant]:
    """To whom the batch is or was given."""
    return batch.grants.select_related("defender", "given_by", "ended_by")


def to_give() -> QuerySet[Batch]:
    """Batches that can be given: those that wait for approval."""
    return Batch.objects.filter(state=Batch.State.SUBMITTED).order_by("-pk")
