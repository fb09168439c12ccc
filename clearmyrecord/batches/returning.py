"""Returning a batch with comments on single convictions, and what of it the analyst looks at again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries, services
from clearmyrecord.batches.models import Batch, BatchItem, ItemComment, SampleMark
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
    """Exactly the convictions that were commented on or found wrong, in the order of court and case; one query."""
    if batch.state == Batch.State.DRAFT:  # it was never submitted
        return []
    wrong = SampleMark.objects.filter(
        item__sample__batch=batch, item__sample__version=batch.version, verdict=SampleMark.Verdict.WRONG
    )
    of_it = OuterRef("pk")
    found: Any = (
        Conviction.objects.filter(
            Q(pk__in=_own(batch).values("conviction")) | Q(pk__in=wrong.values("item__conviction"))
        )
        .select_related("subject", "court_text__court")
        .annotate(
            item=Subquery(batch.items.filter(conviction=of_it).values("pk")[:1]),
            told_comments=ArraySubquery(_told(_own(batch).filter(conviction=of_it), "text")),
            marks=ArraySubquery(_told(wrong.filter(item__conviction=of_it), "comment")),
        )
        .order_by("court_text__court__branch", "case_numbers", "pk")
    )
    return [
        Returned(
            each, each.item, sorted(_said(each.told_comments, False) + _said(each.marks, True), key=lambda one: one.at)
        )
        for each in found
    ]


def _told(rows: QuerySet[Any], text: str) -> Any:
    named = {name: f"by__{name}" for name in ("first_name", "last_name", "username")}
    return rows.annotate(told=JSONObject(text=text, at="at", **named)).values("told")


def _said(told: list[dict[str, str]], in_sample: bool) -> list[Said]:
    return [
        Said(each.pop("text"), at=datetime.fromisoformat(each.pop("at")), by=User(**each), in_sample=in_sample)
        for each in told
    ]


def _own(batch: Batch) -> QuerySet[ItemComment]:
    return batch.item_comments.filter(version=batch.version)
