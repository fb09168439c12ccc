"""A signed batch whose cases a court took, and shorthand for what the court did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clearmyrecord.batches.models import Batch, BatchItem
from clearmyrecord.filings import receipts
from clearmyrecord.filings.models import Filing
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from clearmyrecord.relief.models import Asked
from clearmyrecord.relief.writing import Told
from tests.filings.conftest import approved, candidate_of, draft, drafted, run, signed

__all__ = ["approved", "candidate_of", "draft", "drafted", "run", "signed"]


def today() -> date:
    return office.today()


def granted(**others: object) -> Told:
    return Told(**{"decision": "granted", "decided_on": today()} | others)  # type: ignore[arg-type]


def denied(reason: str = "Not within the section.", **others: object) -> Told:
    return Told(**{"decision": "denied", "decided_on": today(), "reason": reason} | others)  # type: ignore[arg-type]


def hearing(days: int = 30, department: str = "12") -> Told:
    return Told("hearing", hearing_on=today() + timedelta(days), department=department)


def rejected(reason: str = "The caption is wrong.") -> Told:
    return Told("rejected", decided_on=today(), reason=reason)


@pytest.fixture
def filed(signed: Batch, ana: User) -> Batch:
    """Every case of the signed batch taken by the clerk today."""
    for number, filing in enumerate(signed.filings.order_by("pk")):
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number=f"E{number}")
    return signed


@pytest.fixture
def case(filed: Batch) -> Callable[[str], Filing]:
    return lambda number: filed.filings.get(case_number=number)


@pytest.fixture
def item(filed: Batch) -> Callable[[str], BatchItem]:
    """The one conviction of a case."""
    return lambda number: filed.items.get(case_number=number)


def state_of(item: BatchItem) -> str:
    return Asked.objects.get(item=item).state
