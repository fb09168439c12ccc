"""Objections to what is asked: they carve a conviction out until an attorney resolves them, while the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require, require_attorney
from clearmyrecord.office.models import Role, User
from clearmyrecord.relief import asking, writing
from clearmyrecord.relief.models import OPEN, Objection

WHO = (Role.ANALYST, Role.SUPERVISOR)
MOST_IN_TEXT = 4000


@transaction.atomic
def object_to(
    *, actor: User, item_ids: Sequence[int], who: str, name: str, raised_on: date, ground: str, text: str
) -> int:
    """Enter an objection to some convictions of one filing or motion; to how many it is new. Analysts and supervisors.

    The same said twice changes nothing. Raises NotFound, Invalid for what can't be, Conflict where the court decided
    or an objection of the same person is open.
    """
    require(actor, *WHO)
    name, text = " ".join(name.split())[:120], text.strip()
    if who not in Objection.Who.values or ground not in Objection.Ground.values:
        raise Invalid("Choose who objects, and the ground.")
    if not text or len(text) > MOST_IN_TEXT:
        raise Invalid(f"Write what the objection says, up to {MOST_IN_TEXT:,} characters.")
    if raised_on > office.today():
        raise Invalid("The day of the objection lies in the future.")
    asked = writing.lock(item_ids)
    if not asked or len(asked) != len(set(item_ids)):
        raise NotFound("These convictions are not filed with a court, or not any more.")
    if len({(each.filing_id, each.motion_id) for each in asked}) > 1:
        raise Invalid("Choose convictions of one filing.")
    if any(each.state not in OPEN for each in asked):
        raise Conflict("The court decided about one of these, or it is not asked for any more. Reload to see it.")
    told = {"who": who, "name": name, "raised_on": raised_on, "ground": ground, "text": text}
    open_now = {each.item_id: each for each in Objection.objects.filter(item__in=item_ids, who=who, resolved_at=None)}
    if any(getattr(each, field) != value for each in open_now.values() for field, value in told.items()):
        raise Conflict("An objection of the same person is open for one of these. It must be resolved first.")
    new = [each for each in asked if each.item_id not in open_now]
    if not new:
        return 0
    Objection.objects.bulk_create([Objection(item_id=each.item_id, entered_by=actor, **told) for each in new])
    asking.settle([each.item_id for each in new])
    audit.record(
        actor=actor,
        verb="objection.entered",
        target=new[0].filing or new[0].motion,
        detail={"convictions": len(new), "who": who, "ground": ground},
        subjects={each.subject_id for each in new},
    )
    return len(new)


@transaction.atomic
def resolve(*, actor: User, objection_id: int, resolution: str, reason: str) -> Objection:
    """Say what became of an objection; only accounts with the attorney's mark.

    Withdrawn by the office, the conviction is free for another batch. The same said twice changes nothing. Raises
    Conflict if it was resolved otherwise, Invalid without a reason.
    """
    require_attorney(actor)
    objection = Objection.objects.filter(pk=objection_id).first()
    if objection is None:
        raise NotFound("There is no such objection.")
    if resolution not in Objection.Resolution.values or not reason.strip():
        raise Invalid("Choose what became of it, and say why.")
    (asked,) = writing.lock([objection.item_id])
    objection.refresh_from_db()
    if objection.resolution == resolution:
        return objection
    if objection.resolved_at is not None:
        raise Conflict("Somebody else resolved this objection first. Reload to see how.")
    objection.resolution, objection.resolved_reason = resolution, reason.strip()
    objection.resolved_by, objection.resolved_at = actor, timezone.now()
    objection.save()
    if resolution == Objection.Resolution.ITEM_WITHDRAWN:
        others = Objection.objects.filter(item=objection.item_id, resolved_at=None)
        others.update(
            resolution=resolution,
            resolved_reason=objection.resolved_reason,
            resolved_by=actor,
            resolved_at=objection.resolved_at,
        )
        writing.release([objection.item_id])
    asking.settle([objection.item_id])
    detail = {"objection": objection.pk, "resolution": resolution}
    target = asked.filing or asked.motion
    audit.record(actor=actor, verb="objection.resolved", target=target, detail=detail, subjects=[asked.subject_id])
    return objection
