"""Signing: an act of its own after approval, by the attorney whom the batch names and nobody else.

A signature stands at once; the papers that bear it are then drawn anew by workers from the same frozen list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.filings import services
from clearmyrecord.filings.models import Filing, Paper, Signature
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require_attorney
from clearmyrecord.office.models import User

MOST_IN_PLACE = 80


def to_sign(batch: Batch, filing_id: int | None = None) -> QuerySet[Filing]:
    """The batch's filings that wait for a signature, or the one of them."""
    waiting = batch.filings.filter(state=Filing.State.DRAFTED).order_by("court_id", "case_number", "pk")
    return waiting if filing_id is None else waiting.filter(pk=filing_id)


def papers_hash(filings: QuerySet[Filing]) -> str:
    """SHA-256 over the standing papers of these filings: what exactly the attorney was shown."""
    standing = Paper.objects.filter(filing__in=filings.order_by(), superseded_at=None)
    lines = standing.order_by("filing_id", "kind").values_list("filing_id", "kind", "sha256")
    return hashlib.sha256("\n".join(f"{pk} {kind} {sha256}" for pk, kind, sha256 in lines).encode()).hexdigest()


def may_sign(user: User, batch: Batch) -> bool:
    """Whether this user is the attorney whose signature the approved batch wants."""
    return user.is_attorney and batch.signing_attorney_id == user.pk and batch.state == Batch.State.APPROVED


@transaction.atomic
def sign(*, actor: User, batch_id: int, seen_hash: str, place: str, filing_id: int | None = None) -> int:
    """Sign all papers of a batch that wait for it, or one case's; how many cases. The named attorney only.

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
    filings = to_sign(batch, filing_id)
    if papers_hash(filings) != seen_hash or not filings.exists():
        raise Conflict("These papers were signed or drafted anew while you had them open. Reload to see them.")
    signed = list(filings)
    _write(batch, signed, actor=actor, seen_hash=seen_hash, place=place, day=office.today())
    detail = {"filings": len(signed), "papers_sha256": seen_hash, "singly": filing_id is not None}
    people = {filing.subject_id for filing in signed} if filing_id is not None else ()
    audit.record(actor=actor, verb="papers.signed", target=batch, detail=detail, subjects=people)
    return len(signed)


def _write(batch: Batch, filings: Sequence[Filing], *, actor: User, seen_hash: str, place: str, day: date) -> None:
    """The signatures, and the work of drawing the papers that bear them. The name is the one that the papers print."""
    Signature.objects.bulk_create(
        [
            Signature(
                filing=filing,
                signer=actor,
                name=batch.heading["attorney"]["name"],
                place=place,
                signed_on=day,
                seen_hash=seen_hash,
            )
            for filing in filings
        ],
        batch_size=1000,
    )
    for filing in filings:
        filing.state, filing.refusals = Filing.State.SIGNING, []
    services.in_chunks(batch, filings)
    Filing.objects.bulk_update(filings, ["state", "refusals", "chunk"], batch_size=1000)
