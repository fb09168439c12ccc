"""The clerk sent papers back: they are unsigned again, and were not filed if they had counted as filed.

Called by the service that enters what the court did, in its transaction; the event of the trail is that service's.
The signature stands until the attorney signs anew, so that a rejection entered by mistake can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from clearmyrecord.among import among
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict
from clearmyrecord.filings import omnibus, services, signals
from clearmyrecord.filings.models import Filing, Matter, OmnibusMotion, Receipt, Signature
from clearmyrecord.office.models import User

State = Matter.State
REASON: Final = "Rejected by the clerk."


def locked(model: type[Filing] | type[OmnibusMotion], ids: Sequence[int]) -> list[Filing | OmnibusMotion]:
    """Filings or omnibus motions, locked after their batches, so that withdrawing waits or was first."""
    found = model._default_manager.filter(pk__in=among(ids))
    batch_ids = set(found.order_by().values_list("batch_id", flat=True))
    list(Batch.objects.select_for_update().filter(pk__in=batch_ids).order_by("pk"))
    return list(found.select_for_update(of=("self",)).select_related("batch").order_by("pk"))


def reject(*, actor: User, matters: Sequence[Filing | OmnibusMotion]) -> None:
    """Back to unsigned; what a withdrawn batch had left at the court is withdrawn. `matters`: of one kind, locked.

    Raises Conflict where papers were neither signed nor filed: no clerk had them.
    """
    if any(matter.state not in (State.SIGNED, State.FILED) for matter in matters):
        raise Conflict("Only signed papers can have been sent to the clerk. Reload to see how they stand.")
    if not matters:
        return
    owner, model = _owner(matters), type(matters[0])
    ids = [matter.pk for matter in matters]
    Receipt.objects.filter(**{f"{owner}__in": among(ids)}, undone_at=None).update(
        undone_by=actor, undone_at=timezone.now(), undone_reason=REASON
    )
    model._default_manager.filter(pk__in=among(ids)).update(state=State.DRAFTED)
    for batch in {matter.batch_id: matter.batch for matter in matters}.values():
        if batch.state == Batch.State.APPROVED:
            services.pack_again(batch)
        else:
            services.supersede_papers(batch)
            omnibus.supersede_papers(batch)


def take_back(*, actor: User, matters: Sequence[Filing | OmnibusMotion]) -> None:
    """Signed again, and filed where they had been. `matters`: of one kind, locked.

    Raises Conflict once they were signed anew or their batch withdrawn.
    """
    if not matters:
        return
    owner, model = _owner(matters), type(matters[0])
    ids = [matter.pk for matter in matters]
    standing = Signature.objects.filter(**{f"{owner}__in": among(ids)}, fallen_at=None).count()
    if standing < len(ids) or any(matter.state != State.DRAFTED for matter in matters):
        raise Conflict("Rejected papers were signed anew or withdrawn since, so the rejection stays.")
    model._default_manager.filter(pk__in=among(ids)).update(state=State.SIGNED)
    undone = Receipt.objects.filter(**{f"{owner}__in": among(ids)}).order_by(f"{owner}_id", "-pk")
    newest = [receipt for receipt in undone.distinct(f"{owner}_id") if receipt.undone_reason == REASON]
    for receipt in newest:
        receipt.pk = None
        receipt.undone_by, receipt.undone_at, receipt.undone_reason = None, None, ""
        receipt.entered_by = actor
    Receipt.objects.bulk_create(newest, batch_size=1000)
    filed = {getattr(receipt, f"{owner}_id") for receipt in newest}
    model._default_manager.filter(pk__in=among(filed)).update(state=State.FILED)
    if again := [matter for matter in matters if matter.pk in filed]:
        signals.filed.send(sender=model, matters=again)


def _owner(matters: Sequence[Filing | OmnibusMotion]) -> str:
    return "motion" if isinstance(matters[0], OmnibusMotion) else "filing"
