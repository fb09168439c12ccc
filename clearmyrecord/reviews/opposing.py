"""An attorney's decision to oppose relief for a conviction or not: ground, facts, exhibits. Superseded, not edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office import access
from clearmyrecord.office.models import User
from clearmyrecord.reviews import attachments, overriding, queries, services
from clearmyrecord.reviews.models import Attachment, Exhibit, Opposition
from clearmyrecord.runs import queries as run_queries
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Run
from eligibility.law import tables

OPPOSE, DO_NOT_OPPOSE = Opposition.Decision.OPPOSE, Opposition.Decision.DO_NOT_OPPOSE
MOST_EXHIBITS = 20
NO_PRIOR_BAR = "no_prior_bar"
LONGEST_SOURCE = 400
"""Of a stated fact."""


@dataclass(frozen=True)
class Named:
    """An exhibit as somebody names it, with the document if there is one."""

    name: str
    upload: UploadedFile[bytes] | None = None


def grounds_for(row: Any) -> tuple[tables.GroundToOppose, ...]:
    """The law's grounds to oppose that may be named for a row of `queries.standing`."""
    return tables.grounds_to_oppose(row.conviction.code_section or None, row.route)


def may_be_opposed(row: Any) -> bool:
    """Whether there is anything to oppose: relief was found or stands, or it is left to a person."""
    asked = (*overriding.RELIEF, "hand_review")
    return row.outcome in asked or row.standing_outcome in asked or bool(row.opposition)


@transaction.atomic
def decide(
    *,
    actor: User,
    determination_id: int,
    decision: str,
    facts: str,
    ground: str = "",
    exhibits: Sequence[Named] = (),
) -> Opposition:
    """Decide to oppose relief for a conviction, or not to; an earlier decision is superseded. Attorneys only.

    Whether a prior bars relief is stated with it, so the person is evaluated again at once. `facts` are those relied
    on. Raises Invalid without them, for a ground that the law does not have for this section and route, or an exhibit
    that can't be kept; Conflict if what was shown stands no more.
    """
    access.require_attorney(actor)
    facts = facts.strip()
    if decision not in Opposition.Decision.values:
        raise Invalid("Choose whether relief is opposed.")
    if not facts:
        raise Invalid("Name the facts that you rely on.")
    if len(exhibits) > MOST_EXHIBITS:
        raise Invalid(f"At most {MOST_EXHIBITS} exhibits can be named.")
    row = _shown(determination_id)
    subdivision, documents = _subdivision(row, decision, ground), _kept(actor, exhibits)
    _state(actor, row, bars=decision == OPPOSE, facts=facts)
    now = queries.standing_of(row.conviction_id)
    Opposition.objects.filter(conviction=row.conviction_id, superseded_at=None).update(superseded_at=timezone.now())
    made = Opposition.objects.create(
        conviction_id=row.conviction_id,
        determination_id=now.pk,
        decision=decision,
        ground=ground if decision == OPPOSE else "",
        subdivision=subdivision,
        facts=facts,
        attorney=actor,
    )
    Exhibit.objects.bulk_create(
        [Exhibit(opposition=made, number=place, name=name, attachment=kept) for place, (name, kept) in documents]
    )
    detail = {"ground": made.ground or "none", "exhibits": len(exhibits)}
    verb = "review.opposed" if decision == OPPOSE else "review.not_opposed"
    services.finish([now], actor=actor, verb=verb, detail=detail)
    return made


def _shown(determination_id: int) -> Any:
    """The row that was shown, the current run held as `runs.services.state_fact` holds it. Raises Conflict if gone."""
    run = Run.objects.select_for_update().filter(is_current=True).first()
    row = queries.standing(run).filter(pk=determination_id).first() if run else None
    if row is None:
        raise Conflict(services.CHANGED)
    if not may_be_opposed(row):
        raise Invalid("No relief was found and none stands: there is nothing to oppose.")
    return row


def _subdivision(row: Any, decision: str, ground: str) -> str:
    """Where the law has the ground; empty where relief is not opposed."""
    if decision == DO_NOT_OPPOSE:
        return ""
    for each in grounds_for(row):
        if each.code == ground:
            return each.subdivision
    raise Invalid("Choose one of the grounds that the law has for this section and route.")


def _state(actor: User, row: Any, *, bars: bool, facts: str) -> None:
    """State that no prior bars relief, or that one does; nothing where that is stated already."""
    value = "no" if bars else "yes"
    stated = run_queries.stated_fact(row.conviction_id, NO_PRIOR_BAR)
    if stated is None or stated.value != value:
        source = facts if len(facts) <= LONGEST_SOURCE else f"{facts[: LONGEST_SOURCE - 1]}…"
        runs.state_fact(actor=actor, conviction_id=row.conviction_id, fact=NO_PRIOR_BAR, value=value, source=source)


def _kept(actor: User, exhibits: Sequence[Named]) -> list[tuple[int, tuple[str, Attachment | None]]]:
    """Number, name and document of each exhibit, in their order; one without a name is named by its file."""
    found = []
    for number, each in enumerate(exhibits, 1):
        document = attachments.keep(actor=actor, upload=each.upload) if each.upload is not None else None
        name = each.name.strip()[:200] or (document.name if document else "")
        if not name:
            raise Invalid(f"Exhibit {number} has no name.")
        found.append((number, (name, document)))
    return found
