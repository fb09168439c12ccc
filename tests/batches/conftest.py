"""A current run over one invented person for each thing that batches meet, and batches in every state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clearmyrecord.batches import queries, sample_marking, sample_queries, services
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.office.models import CourtText, User
from clearmyrecord.runs.models import Run
from tests.factories import CourtFactory, OfficeFactory
from tests.records.factories import conviction, read_file
from tests.reviews.conftest import evaluated, person

PEOPLE: dict[str, list[dict[str, str]]] = {
    "sale": person(1),
    "cultivation": person(2, section="11358 HS-CULTIVATE MARIJUANA"),
    "possession": person(3, section="11357 HS-POSSESS MARIJUANA"),
    "numberless": person(4, case=""),
    "elsewhere": person(5, court="CASC NOWHERE"),
    "odd_number": person(6, case="X"),
    "endless": person(7, SENT_LENGTH="", SENT_TIME_CODE="", SENT_LOC_DESCR="LIFE"),
    "attempt": person(8, section="664/11359 HS-ATT POSSESS FOR SALE"),
    "serving": person(9, day="20160301", SENT_LENGTH="020", SENT_TIME_CODE="Y", SENT_LOC_DESCR="PRISON"),
}
READY = {"sale", "cultivation", "possession"}
FORM = {
    "status": "prison",
    "controlling_term": "20 years in state prison",
    "credits": "300 days",
    "hearing": "requested",
    "source": "prison records of June 1, 2024",
}


@pytest.fixture
def run(ana: User) -> Run:
    OfficeFactory()
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    read_file(ana, [row for rows in PEOPLE.values() for row in rows])
    return evaluated(ana)


@pytest.fixture
def draft(run: Run, ana: User) -> Batch:
    """Of everybody, composed by Ana."""
    return services.compose(actor=ana, name="First batch", filter={})


@pytest.fixture
def candidate_of() -> Callable[[Batch, str], tuple[int, Candidate]]:
    """An item's id and how its conviction stands now, by the name in PEOPLE."""

    def of(batch: Batch, name: str) -> tuple[int, Candidate]:
        cii = PEOPLE[name][0]["CII_NUMBER"]
        item = batch.items.get(conviction__subject__cii_number=cii)
        (found,) = queries.candidates(batch, item_ids=[item.pk])
        return item.pk, found

    return of


def submitted_by(actor: User, batch: Batch, attorney: User) -> Batch:
    ready = sum(candidate.is_ready for candidate in queries.candidates(batch))
    return services.submit(actor=actor, batch_id=batch.pk, attorney_id=attorney.pk, ready_count=ready)


def marked_right(actor: User, batch: Batch) -> Batch:
    """Every conviction of the batch's sample that nobody marked yet is marked right."""
    sample = sample_queries.current(batch)
    assert sample is not None
    for position in sample_queries.items(sample).filter(is_marked=False).values_list("position", flat=True):
        sample_marking.mark(actor=actor, batch_id=batch.pk, version=batch.version, position=position, verdict="right")
    return batch


def approved_by(actor: User, batch: Batch) -> Batch:
    """Its sample looked through and the list approved."""
    marked_right(actor, batch)
    return services.approve(actor=actor, batch_id=batch.pk, seen_hash=batch.list_hash)


@pytest.fixture
def submitted(draft: Batch, ana: User, theo: User) -> Batch:
    """Submitted by Ana, for Theo to sign."""
    return submitted_by(ana, draft, theo)


def twin(number: int, order: str, **columns: str) -> dict[str, str]:
    """A further conviction of an invented person in the same case."""
    named = {"name": f"DOE,P{number}", "case": f"CR{number:04d}", "order": order}
    return conviction(f"{number:08d}", f"A{number:08d}", **named | columns)
