"""A person's batches with their cases and papers, in one query however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clearmyrecord.batches.models import Batch, BatchItem
from clearmyrecord.errors import NotAllowed
from clearmyrecord.filings.models import Filing, Paper, Receipt, Signature
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User


def casework(user: User, subject_ids: Sequence[int]) -> list[Batch]:
    """Batches with these people's convictions, newest first; `cases` are their filings as plain data.

    Each case: id, court, case_number, state (words), signed_on, filed_on (YYYY-MM-DD or None), court_number, and
    papers (id, title). Raises NotAllowed for whoever sees no records.
    """
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    holding = BatchItem.objects.filter(conviction__subject__in=subject_ids).values("batch_id")
    found = Batch.objects.filter(pk__in=holding).annotate(cases=ArraySubquery(_cases(subject_ids))).order_by("-pk")
    batches: list[Any] = list(found)
    for batch in batches:
        for case in batch.cases:
            case["state"] = Filing.State(case["state"]).label
    return batches


def _cases(subject_ids: Sequence[int]) -> QuerySet[Any, Any]:
    """The filings of a batch, in a subquery, as JSON."""
    papers = Paper.objects.filter(filing=OuterRef("pk"), superseded_at=None).order_by("kind")
    signed = Signature.objects.filter(filing=OuterRef("pk"), fallen_at=None)
    received = Receipt.objects.filter(filing=OuterRef("pk"), undone_at=None)
    return (
        Filing.objects.filter(batch=OuterRef("pk"), subject__in=subject_ids)
        .order_by("court_id", "case_number", "route")
        .annotate(
            the_papers=ArraySubquery(papers.values(json=JSONObject(id="pk", title="title"))),
            signed_on=Subquery(signed.values("signed_on")),
            filed_on=Subquery(received.values("filed_on")),
            court_number=Subquery(received.values("number")),
        )
        .values(
            json=JSONObject(
                id="pk",
                court=F("court__branch"),
                case_number="case_number",
                state="state",
                signed_on="signed_on",
                filed_on="filed_on",
                court_number="court_number",
                papers="the_papers",
            )
        )
    )
