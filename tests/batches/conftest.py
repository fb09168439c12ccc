"""A current run over one invented person for each thing that batches meet, and batches in every state."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from clearmyrecord.batches import queries, sample_marking, sample_queries, services
from clearmyrecord.batches.models import Batch, Sample
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.office.models import CourtText, User
from clearmyrecord.reviews import services as reviews
from clearmyrecord.runs import services as run_services
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


POSSESSION = "11357 HS-POSSESS MARIJUANA"
PLAIN = 10
REGISTRATION = {
    "STP_TYPE_DESCR": "REGISTRATION", "STP_EVENT_DATE": "20050101", "CNT_ORDER": "100001001000",
    "OFFENSE_DESCR": "290(B) PC-REGISTRATION OF SEX OFFENDER", "DISP_DESCR": "",
}  # fmt: skip
RISKY = {
    "superstrike": [
        *person(91, section="187 PC-MURDER", order="001002001000", day="19990203", case="CR0900"),
        *person(91, section="11358 HS-CULTIVATE MARIJUANA"),
    ],
    "registration": [*person(92, section=POSSESSION), person(92)[1] | REGISTRATION],
    "stated": person(93, section=POSSESSION),
    "override": person(94),
}


def conviction_id(batch: Batch, name: str) -> int:
    items = batch.items.filter(conviction__subject__cii_number=RISKY[name][0]["CII_NUMBER"])
    return items.get(conviction__code_section__startswith="HS").conviction_id


def mark(actor, batch, position=1, verdict="right", **others):
    return sample_marking.mark(
        actor=actor, batch_id=batch.pk, version=batch.version, position=position, verdict=verdict, **others
    )


def wrong(actor, batch, position=1, comment="The amount is over an ounce.", **others):
    return mark(actor, batch, position, "wrong", comment=comment, **others)


def sample_of(batch: Batch) -> Sample:
    return batch.samples.get(version=batch.version)


@pytest.fixture
def mixed(ana, theo) -> Batch:
    """A draft of ten plain convictions and of one for each thing that is always looked at; a small draw is wanted."""
    OfficeFactory(sample_confidence=Decimal("50"), sample_most_wrong=Decimal("20"))
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    rows = [row for number in range(1, PLAIN + 1) for row in person(number, section=POSSESSION)]
    read_file(ana, rows + [row for theirs in RISKY.values() for row in theirs])
    evaluated(ana)
    batch = services.compose(actor=ana, name="Mixed", filter={})
    run_services.state_fact(
        actor=theo, conviction_id=conviction_id(batch, "superstrike"), fact="no_prior_bar", value="yes", source="docket"
    )
    run_services.state_fact(
        actor=theo, conviction_id=conviction_id(batch, "stated"), fact="grams", value="10", source="police report"
    )
    overridden = batch.items.get(conviction=conviction_id(batch, "override"))
    reviews.override(
        actor=ana, determination_ids=[overridden.determination_id], outcome="dismiss", reason="small", basis="policy"
    )
    return batch


@pytest.fixture
def drawn(mixed, ana, theo) -> Batch:
    """Submitted, its sample drawn."""
    return submitted_by(ana, mixed, theo)
