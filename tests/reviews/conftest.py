"""A run over a small record file: one person for each thing that reviewers meet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clearmyrecord.office.models import CourtText, Office, User
from clearmyrecord.reviews import queries
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Policy, Run, RunChunk
from tests.factories import CourtFactory, OfficeFactory
from tests.records.factories import arrest, conviction, read_file
from tests.runs.factories import signed_presets

AS_OF = date(2024, 7, 1)


def evaluated(actor: User, policy: str = "office_choice", as_of: date = AS_OF) -> Run:
    """A run of the preset `policy`, its chunks evaluated as the workers would."""
    signed_presets()
    newest = Policy.objects.filter(name=policy).order_by("-version").first()
    assert newest is not None
    run = runs.start_run(actor=actor, policy_id=newest.pk, as_of=as_of)
    for chunk in RunChunk.objects.filter(run=run):
        runs.evaluate_chunk(chunk.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.failure
    return run


def person(number: int, **columns: str) -> list[dict[str, str]]:
    """Arrest and conviction of one invented person; a number of their own in every column that identifies them."""
    subject, cii = f"{number:08d}", f"A{number:08d}"
    own = {"case": f"CR{number:04d}", "PRI_NAME": f"DOE,P{number}"} | columns
    return [arrest(subject, cii, PRI_NAME=own["PRI_NAME"]), conviction(subject, cii, **own)]  # type: ignore[arg-type]


PEOPLE: dict[str, list[dict[str, str]]] = {
    "sale": person(1),
    "cultivation": person(2, section="11358 HS-CULTIVATE MARIJUANA"),
    "possession": person(3, section="11357 HS-POSSESS MARIJUANA"),
    "attempt": person(4, section="664/11359 HS-ATT POSSESS FOR SALE"),
    "endless": person(5, SENT_LENGTH="", SENT_TIME_CODE="", SENT_LOC_DESCR="LIFE"),
    "undated": person(6, section="11358 HS-CULTIVATE MARIJUANA", day=""),
}


@pytest.fixture
def office(db: None) -> Office:
    office = OfficeFactory()
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    return office


@pytest.fixture
def run(ana: User, office: Office) -> Run:
    """The current run, over everybody in PEOPLE."""
    read_file(ana, [row for rows in PEOPLE.values() for row in rows])
    return evaluated(ana)


@pytest.fixture
def standing_of(run: Run) -> Any:
    """What stands for one of PEOPLE, by name."""

    def of(name: str) -> Any:
        cii = PEOPLE[name][0]["CII_NUMBER"]
        return queries.standing().get(conviction__subject__cii_number=cii)

    return of
