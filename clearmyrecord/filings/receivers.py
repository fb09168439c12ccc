"""What approving and withdrawing a batch means for its papers; runs inside the batch's own transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from clearmyrecord.batches import signals
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import omnibus, services


def connect() -> None:
    signals.approved.connect(_approved, dispatch_uid="filings.approved")
    signals.court_record_answered.connect(_court_record_answered, dispatch_uid="filings.court_record_answered")
    signals.withdrawn.connect(_withdrawn, dispatch_uid="filings.withdrawn")
    signals.staying.connect(_staying, dispatch_uid="filings.staying")


def _approved(batch: Batch, **_: Any) -> None:
    if batch.papers == Batch.Papers.OMNIBUS:
        omnibus.want_papers(batch)
    else:
        services.want_papers(batch)


def _court_record_answered(batch: Batch, **_: Any) -> None:
    services.pack_again(batch)


def _staying(batch: Batch, **_: Any) -> Q:
    return services.filed_items(batch)


def _withdrawn(batch: Batch, **_: Any) -> None:
    services.supersede_papers(batch)
    omnibus.supersede_papers(batch)
