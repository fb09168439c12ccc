"""Marking a batch's sample, item by item: right, or wrong with a comment. One wrong fails it."""

from __future__ import annotations

from django.db import transaction

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries, sample_queries, services
from clearmyrecord.batches.models import Batch, Sample, SampleMark
from clearmyrecord.batches.sample_queries import Progress
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User

Verdict = SampleMark.Verdict


@transaction.atomic
def mark(
    *, actor: User, batch_id: int, version: int, position: int, verdict: str, comment: str = "", go_on: bool = False
) -> Batch:
    """Say whether one conviction of the sample is right. Supervisors who prepared none of the batch.

    A wrong one needs a comment and returns the batch, at once or, with `go_on`, when the last is marked or somebody
    returns it: it can't be approved any more. Marks are only added; the same one twice is one. What is said of a batch
    that was returned meanwhile is kept, too. Raises NotAllowed, NotFound, Invalid, or Conflict once the batch is
    approved or submitted again.
    """
    require(actor, Role.SUPERVISOR)
    batch = Batch.objects.select_for_update().get(pk=queries.batch_or_404(actor, batch_id).pk)
    if batch.preparers.filter(user=actor).exists():
        raise NotAllowed("You prepared part of this batch. Another supervisor must look through its sample.")
    if batch.state not in (Batch.State.SUBMITTED, Batch.State.RETURNED) or batch.version != version:
        raise Conflict(services.CHANGED)
    sample = sample_queries.sample_or_404(actor, batch, version)
    comment = comment.strip() if verdict == Verdict.WRONG else ""
    if verdict == Verdict.WRONG and not comment:
        raise Invalid("Say what is wrong.")
    _add(batch, sample, actor=actor, position=position, verdict=Verdict(verdict), comment=comment)
    progress = sample_queries.progress(sample)
    if batch.state == Batch.State.RETURNED:
        return batch
    if progress.has_failed and (progress.left == 0 or (verdict == Verdict.WRONG and not go_on)):
        return services.return_batch(actor=actor, batch_id=batch.pk, comment=_says(progress))
    return batch


def _add(batch: Batch, sample: Sample, *, actor: User, position: int, verdict: Verdict, comment: str) -> None:
    item = sample.items.filter(position=position).first()
    if item is None:
        raise NotFound("There is no such conviction in the sample.")
    _, is_new = SampleMark.objects.get_or_create(item=item, by=actor, verdict=verdict, defaults={"comment": comment})
    if is_new:
        detail = {"version": sample.version, "position": position, "verdict": verdict}
        audit.record(
            actor=actor, verb="batch.sample_marked", target=batch, detail=detail, subjects=[item.snapshot["person"]]
        )


def _says(progress: Progress) -> str:
    """The comment of the return; what is wrong stands with each conviction."""
    is_or_are = "is" if progress.wrong == 1 else "are"
    return f"The sample failed: {progress.wrong:,} of its {progress.total:,} convictions {is_or_are} marked wrong."
