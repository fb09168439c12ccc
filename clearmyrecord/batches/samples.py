"""Drawing a batch's sample when it is submitted: what is always looked at, and a random draw of all others."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from clearmyrecord.among import among
from clearmyrecord.batches import sampling
from clearmyrecord.batches.models import Batch, Sample, SampleItem, SampleMark
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.batches.snapshots import Snapshot
from clearmyrecord.office.models import Office
from eligibility.remarks import REMARKS

Reason = SampleItem.Reason
SUPERSTRIKE = {REMARKS["possible_super_strike_prior"], REMARKS["super_strike_no_prior"]}
REGISTRATION = {REMARKS["possible_290c_prior"], REMARKS["registration"]}
SEED_BYTES = 16


def draw(batch: Batch, ready: Sequence[Candidate], frozen: Sequence[Snapshot], *, office: Office) -> Sample:
    """Draw and keep the sample of what is being submitted, inside that transaction.

    `batch` has its new version and list hash, but is still a draft in the database, which takes no sample later. Each
    submission has a seed of its own, so nobody can know beforehand what will be looked at.
    """
    reasons = _reasons(ready)
    others = [each.row.conviction_id for each in ready if not reasons[each.row.conviction_id]]
    figures = {"confidence": office.sample_confidence, "most_wrong": office.sample_most_wrong}
    seed, number = secrets.token_hex(SEED_BYTES), sampling.size(len(others), **figures)
    chosen = set(sampling.draw(others, seed=seed, number=number))
    sample = Sample.objects.create(
        batch=batch,
        version=batch.version,
        list_hash=batch.list_hash,
        seed=seed,
        convictions=len(ready),
        certain=len(ready) - len(others),
        drawn=number,
        **figures,
    )
    looked_at = [
        (each, snapshot)
        for each, snapshot in zip(ready, frozen, strict=True)
        if reasons[each.row.conviction_id] or each.row.conviction_id in chosen
    ]
    looked_at.sort(key=lambda pair: (not reasons[pair[0].row.conviction_id], *_place(pair[0])))
    items = [
        SampleItem(
            sample=sample,
            position=position,
            conviction_id=each.row.conviction_id,
            determination_id=each.row.pk,
            reasons=reasons[each.row.conviction_id],
            snapshot=snapshot,
        )
        for position, (each, snapshot) in enumerate(looked_at, start=1)
    ]
    SampleItem.objects.bulk_create(items, batch_size=1000)
    return sample


def _place(candidate: Candidate) -> tuple[str, str, int]:
    """Court, case number, conviction: the order of the batch's own list."""
    return (candidate.court.branch if candidate.court else "", candidate.case_number, candidate.row.conviction_id)


def _reasons(ready: Sequence[Candidate]) -> dict[int, list[str]]:
    """By conviction id why it is always looked at; an empty list where it may be left to the draw."""
    marked = SampleMark.objects.filter(item__conviction__in=among(each.row.conviction_id for each in ready))
    wrong_before = set(marked.filter(verdict="wrong").values_list("item__conviction_id", flat=True))
    found = {}
    for candidate in ready:
        row, remarks = candidate.row, set(candidate.row.remarks)
        holds = {
            Reason.SUPERSTRIKE: bool(remarks & SUPERSTRIKE),
            Reason.REGISTRATION: candidate.registered or bool(remarks & REGISTRATION),
            Reason.STATED: bool(candidate.stated),
            Reason.OVERRIDE: row.override_id is not None,
            Reason.WRONG_BEFORE: row.conviction_id in wrong_before,
        }
        found[row.conviction_id] = [reason.value for reason, is_so in holds.items() if is_so]
    return found
