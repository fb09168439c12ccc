"""Signing: an act of its own after approval, by the attorney whom the batch names and nobody else.

A signature stands at once; the papers that bear it are then drawn anew by workers from the same frozen list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.filings import omnibus, queries, services
from clearmyrecord.filings.models import Filing, OmnibusMotion, Signature
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require_attorney
from clearmyrecord.office.models import User

MOST_IN_PLACE = 80


def to_sign(batch: Batch, filing_id: int | None = None) -> QuerySet[Any]:
    """The batch's filings that wait for a signature, or the one of them; or its omnibus motion once it is whole."""
    if batch.papers == Batch.Papers.OMNIBUS:
        return omnibus.whole(OmnibusMotion.objects.filter(batch=batch))
    waiting = batch.filings.filter(state=Filing.State.DRAFTED).order_by("court_id", "case_number", "pk")
    return waiting if filing_id is None else waiting.filter(pk=filing_id)


def papers_hash(waiting: QuerySet[Any]) -> str:
    """SHA-256 over the standing papers of these filings, or of a motion with its volumes: what exactly was shown."""
    owner = "motion_id" if waiting.model is OmnibusMotion else "filing_id"
    lines = queries.standing_papers(waiting).order_by(owner, "kind", "file_name").values_list(owner, "kind", "sha256")
    return hashlib.sha256("\n".join(f"{pk} {kind} {sha256}" for pk, kind, sha256 in lines).encode()).hexdigest()


def may_sign(user: User, batch: Batch) -> bool:
    """Whether this user is the attorney whose signature the approved batch wants."""
    return user.is_attorney and batch.signing_attorney_id == user.pk and batch.state == Batch.State.APPROVED


@transaction.atomic
def sign(*, actor: User, batch_id: int, seen_hash: str, place: str, filing_id: int | None = None) -> int:
    """Sign all papers of a batch that wait for it, or one case's; how many cases or motions. The named attorney only.

    The caller has just confirmed the actor's password. `seen_hash` names the papers that were shown, `place` is the
    city where the declarations are executed. Raises NotAllowed, Invalid, or Conflict if the papers are others now.
    """
    require_attorney(actor)
    batch = Batch.objects.select_for_update().get(pk=batches.batch_or_404(actor, batch_id).pk)
    if batch.signing_attorney_id != actor.pk:
        raise NotAllowed(f"Only {batch.signing_attorney} signs these papers: the batch names that attorney.")
    if batch.state != Batch.State.APPROVED:
        raise Conflict("This batch is not approved any more. None of its papers may be signed.")
    place = " ".join(place.split())
    if not place or len(place) > MOST_IN_PLACE:
        raise Invalid("Name the city in California where you sign; the declarations state it.")
    waiting = to_sign(batch, filing_id)
    if papers_hash(waiting) != seen_hash or not waiting.exists():
        raise Conflict("These papers were signed or drafted anew while you had them open. Reload to see them.")
    signed = list(waiting)
    _write(batch, signed, actor=actor, seen_hash=seen_hash, place=place, day=office.today())
    what = "motions" if batch.papers == Batch.Papers.OMNIBUS else "filings"
    detail = {what: len(signed), "papers_sha256": seen_hash, "singly": filing_id is not None}
    people = {filing.subject_id for filing in signed} if filing_id is not None else ()
    audit.record(actor=actor, verb="papers.signed", target=batch, detail=detail, subjects=people)
    return len(signed)


def _write(batch: Batch, signed: Sequence[Any], *, actor: User, seen_hash: str, place: str, day: date) -> None:
    """The signatures, and the work of drawing the papers that bear them. The name is the one that the papers print."""
    owner = "motion" if batch.papers == Batch.Papers.OMNIBUS else "filing"
    sent_back = Signature.objects.filter(**{f"{owner}__in": signed}, fallen_at=None)  # signed before, then rejected
    sent_back.update(fallen_at=timezone.now(), fallen_why=Signature.Fallen.REJECTED)
    Signature.objects.bulk_create(
        [
            Signature(
                **{owner: each},
                signer=actor,
                name=batch.heading["attorney"]["name"],
                place=place,
                signed_on=day,
                seen_hash=seen_hash,
            )
            for each in signed
        ],
        batch_size=1000,
    )
    for each in signed:
        each.state, each.refusals = Filing.State.SIGNING, []
    if owner == "motion":
        OmnibusMotion.objects.bulk_update(signed, ["state", "refusals"])
        for motion in signed:
            work.start_again(motion)
    else:
        services.in_chunks(batch, signed)
        Filing.objects.bulk_update(signed, ["state", "refusals", "chunk"], batch_size=1000)
