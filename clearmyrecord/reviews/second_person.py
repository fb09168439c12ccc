"""The second person on an override that denies relief or concerns a superstrike or a registration: never its author."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office import access
from clearmyrecord.office.models import Role, User
from clearmyrecord.reviews import services
from clearmyrecord.reviews.models import Confirmation, Review

WHO = (Role.ANALYST, Role.SUPERVISOR)


def may_be_second(user: User, row: Any) -> bool:
    """Whether this user may confirm or refuse the override of a row of `queries.standing`."""
    return row.awaiting_second and user.is_active and user.role in WHO and user.pk != row.override_author


@transaction.atomic
def confirm(*, actor: User, determination_id: int, override_id: int) -> None:
    """Confirm somebody else's override: from now on it stands. Analysts and supervisors.

    `override_id` is the one that was shown. Raises NotAllowed for its author, Conflict if it waits no more or another
    took its place.
    """
    row = _waiting(actor, determination_id, override_id)
    services.confirmed_by(actor, row)
    services.finish([row], actor=actor, verb="review.second_confirmed", detail={"outcome": row.override_outcome})


@transaction.atomic
def refuse(*, actor: User, determination_id: int, override_id: int, reason: str) -> None:
    """Refuse somebody else's override, with a reason: what the run found stands again and is open.

    Raises as `confirm` does, and Invalid without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid("Say why you refuse it.")
    row = _waiting(actor, determination_id, override_id)
    Confirmation.objects.create(
        conviction_id=row.conviction_id,
        override_id=row.override_id,
        determination_id=row.pk,
        verdict=Confirmation.Verdict.REFUSED,
        reason=reason,
        by=actor,
        superseded_at=timezone.now(),
    )
    services.supersede_overrides([row])
    services.mark([row], state=Review.State.OPEN, actor=actor, singly=True)
    services.finish([row], actor=actor, verb="review.second_refused", detail={"outcome": row.override_outcome})


def _waiting(actor: User, determination_id: int, override_id: int) -> Any:
    """The row, held until commit, whose override waits for this actor."""
    access.require(actor, *WHO)
    (row,) = services.locked([determination_id])
    if row.override_id is not None and row.override_author == actor.pk:
        raise NotAllowed("You made this override: a second person must confirm or refuse it.")
    if not row.awaiting_second or row.override_id != override_id:
        raise Conflict("This override waits no more, or another took its place. Reload to see how it stands.")
    return row
