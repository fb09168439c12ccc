"""Returning a batch with comments on single convictions, and what of it the analyst looks at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries, sample_queries, services
from clearmyrecord.batches.models import Batch, BatchItem, ItemComment
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User
from clearmyrecord.records.models import Conviction


@transaction.atomic
def comment(*, actor: User, batch_id: int, item_id: int, text: str) -> ItemComment:
    """Say something of one conviction of a submitted batch; the analyst reads it once the batch is returned.

    Supervisors. Raises Invalid without words, NotFound, or Conflict if it isn't submitted any more.
    """
    require(actor, Role.SUPERVISOR)
    batch = Batch.objects.select_for_update().get(pk=queries.batch_or_404(actor, batch_id).pk)
    if batch.state != Batch.State.SUBMITTED:
        raise Conflict(services.CHANGED)
    item = batch.items.filter(pk=item_id).first()
    if item is None:
        raise NotFound("This conviction is not in the batch any more.")
    if not text.strip():
        raise Invalid("Say what should be changed.")
    return add(actor=actor, batch=batch, item=item, text=text.strip())


def add(*, actor: User, batch: Batch, item: BatchItem, text: str) -> ItemComment:
    """The comment and its event, inside the caller's transaction; the batch is locked and submitted."""
    made = ItemComment.objects.create(
        batch=batch, version=batch.version, conviction_id=item.conviction_id, text=text, by=actor
    )
    detail = {"version": batch.version, "comment": made.pk}
    audit.record(
        actor=actor, verb="batch.item_commented", target=batch, detail=detail, subjects=[item.snapshot["person"]]
    )
    return made


@dataclass(frozen=True)
class Said:
    """One comment on a conviction: a supervisor's own, or what was said when the sample found it wrong."""

    text: str
    by: User
    at: datetime
    in_sample: bool


@dataclass
class Returned:
    """A conviction of the version submitted last that somebody said something of."""

    conviction: Conviction
    item_id: int | None  # None: left out since
    said: list[Said] = field(default_factory=list)


def comments(batch: Batch) -> dict[int, int]:
    """How many comments each conviction of the version submitted last has."""
    counted: dict[int, int] = {}
    for conviction in _own(batch).values_list("conviction_id", flat=True):
        counted[conviction] = counted.get(conviction, 0) + 1
    return counted


def returned(batch: Batch) -> list[Returned]:
    """Exactly the convictions that were commented on or found wrong, in the order of court and case; four queries."""
    said: dict[int, list[Said]] = {}
    for each in _own(batch).select_related("by"):
        said.setdefault(each.conviction_id, []).append(Said(each.text, each.by, each.at, in_sample=False))
    for item in sample_queries.wrong_ones(batch):
        marks = [mark for mark in item.marks.all() if mark.verdict == "wrong"]
        of_it = [Said(mark.comment, mark.by, mark.at, in_sample=True) for mark in marks]
        said.setdefault(item.conviction_id, []).extend(of_it)
    items = dict(batch.items.filter(conviction__in=said).values_list("conviction_id", "pk")) if said else {}
    return [
        Returned(conviction, items.get(conviction.pk), sorted(said[conviction.pk], key=lambda each: each.at))
        for conviction in _in_order(said)
    ]


def _own(batch: Batch) -> QuerySet[ItemComment]:
    return batch.item_comments.filter(version=batch.version)


def _in_order(ids: Iterable[int]) -> list[Conviction]:
    found = Conviction.objects.filter(pk__in=list(ids)).select_related("subject", "court_text__court")
    return list(found.order_by("court_text__court__branch", "case_numbers", "pk")) if ids else []
