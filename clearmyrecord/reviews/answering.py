"""Answers to open questions: the legal ground that an attorney chooses, and the fact that a person states."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office import access
from clearmyrecord.office.models import User
from clearmyrecord.reviews import outside, queries, services
from clearmyrecord.reviews.models import Ground
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import StatedFact


@transaction.atomic
def choose_ground(*, actor: User, determination_id: int, ground: str, authority: str = "") -> Ground:
    """Choose the legal ground for a conviction on which the statute names none. Attorneys only.

    Raises Invalid if it can't be given to this conviction on its route, or needs an authority that isn't typed in.
    """
    access.require_attorney(actor)
    (row,) = rows = services.locked([determination_id])
    if not row.outside:
        raise Invalid("H&S § 11361.8(e) names this section: it needs no ground.")
    chosen = next((each for each in outside.grounds_for(row.conviction, row.route) if each.code == ground), None)
    if chosen is None:
        raise Invalid("This ground can't be given to this section on this route. Choose one of those offered.")
    if chosen.authority_required and not authority.strip():
        raise Invalid("This ground needs its authority: name the case or statute you rely on.")
    Ground.objects.filter(conviction_id=row.conviction_id, superseded_at=None).update(superseded_at=timezone.now())
    made = Ground.objects.create(
        conviction_id=row.conviction_id, ground=chosen.code, authority=authority.strip(), attorney=actor
    )
    services.finish(rows, actor=actor, verb="review.ground_chosen", detail={"ground": chosen.code})
    return made


def answer(*, actor: User, determination_id: int, fact: str, value: str, source: str) -> StatedFact:
    """Answer an open question on a conviction by stating the fact it turns on; the run looks at it again at once.

    Nothing is held beforehand, since `runs.services.state_fact` takes its own locks first: a fact stays true if the
    determination changes between. Raises Conflict if what was shown stands no more, and what `state_fact` raises.
    """
    services.require_reviewer(actor)
    row = queries.standing().filter(pk=determination_id).first()
    if row is None:
        raise Conflict(services.CHANGED)
    return runs.state_fact(actor=actor, conviction_id=row.conviction_id, fact=fact, value=value, source=source)
