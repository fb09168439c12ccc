"""Giving batches to public defenders and taking them back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import services
from clearmyrecord.batches.models import Batch, Grant
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User


@transaction.atomic
def give(*, actor: User, batch_ids: Sequence[int], defender_id: int, reason: str) -> list[Grant]:
    """Let a public defender see these submitted batches, with a reason. Supervisors.

    One that is given to them already stays so. Raises Invalid without a reason, a batch or an active public defender,
    Conflict if one isn't submitted any more.
    """
    require(actor, Role.SUPERVISOR)
    defender = office.defenders().filter(pk=defender_id).first()
    if defender is None:
        raise Invalid("Choose the active account of a public defender.")
    if not reason.strip():
        raise Invalid("Say why the batch is given.")
    batches = list(Batch.objects.select_for_update().filter(pk__in=batch_ids).order_by("pk"))
    if not batches:
        raise Invalid("Choose the batches to give.")
    if len(batches) != len(set(batch_ids)) or any(batch.state != Batch.State.SUBMITTED for batch in batches):
        raise Conflict(services.CHANGED)
    made = []
    for batch in batches:
        grant, is_new = Grant.objects.get_or_create(
            batch=batch, defender=defender, ended_at=None, defaults={"reason": reason.strip(), "given_by": actor}
        )
        if is_new:
            made.append(grant)
    for grant in made:
        detail = {"defender": defender.pk, "grant": grant.pk, "version": grant.batch.version}
        audit.record(actor=actor, verb="batch.given", target=grant.batch, detail=detail)
    return made


@transaction.atomic
def take_back(*, actor: User, grant_id: int, reason: str) -> Grant:
    """End what a public defender was given, with a reason; what they said stays. Supervisors.

    Raises NotFound, Invalid without a reason, Conflict if it was taken back already.
    """
    require(actor, Role.SUPERVISOR)
    grant = Grant.objects.select_for_update(of=("self",)).select_related("batch").filter(pk=grant_id).first()
    if grant is None:
        raise NotFound("There is nothing to take back.")
    if not reason.strip():
        raise Invalid("Say why it is taken back.")
    if grant.ended_at is not None:
        raise Conflict("This was taken back already.")
    grant.ended_by, grant.ended_at, grant.end_reason = actor, timezone.now(), reason.strip()
    grant.save(update_fields=["ended_by", "ended_at", "end_reason"])
    detail = {"defender": grant.defender_id, "grant": grant.pk}
    audit.record(actor=actor, verb="batch.taken_back", target=grant.batch, detail=detail)
    return grant
