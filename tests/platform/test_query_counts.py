"""Every page that lists or shows asks the database at most twelve times, the same for few people and for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings.models import Filing, PaperChunk
from clearmyrecord.office.models import CourtText, Office, User
from clearmyrecord.records.models import RecordFile, Subject, Suggestion
from clearmyrecord.reviews import queries, services
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Run
from tests.batches.conftest import approved_by, submitted_by
from tests.cast import signed_in
from tests.factories import CourtFactory, OfficeFactory
from tests.filings.conftest import sign
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db

MOST = 12
SECTIONS = {
    "11357": "11357 HS-POSSESS MARIJUANA",
    "11358": "11358 HS-CULTIVATE MARIJUANA",
    "11359": "11359 HS-POSSESS MARIJUANA FOR SALE",
}


@dataclass(frozen=True)
class World:
    """One of everything that a page shows, over `people` times as many people."""

    run: Run
    file: RecordFile
    row: Any
    draft: Batch
    submitted: Batch
    signed: Batch

    @property
    def filing(self) -> Filing:
        return self.signed.filings.order_by("pk")[0]


def world(people: int, first: int, ana: User, theo: User, sam: User) -> World:
    """Read, evaluated and in use; a draft of one section, another submitted, the third approved and signed."""
    if not Office.objects.exists():
        OfficeFactory()
        CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    sections = list(SECTIONS.values())
    rows = [
        row
        for number in range(first, first + 3 * people)
        for row in person(number, section=sections[number % 3], case=f"CR{number:04d}")
    ]
    file = read_file(ana, rows)
    run = evaluated(ana)
    if not run.is_current:
        run = runs.use_run(actor=ana, run_id=run.pk)
    drafts = {
        section: batches.compose(actor=ana, name=f"{section} {first}", filter={"section": section})
        for section in SECTIONS
    }
    submitted, signed = (submitted_by(ana, drafts[section], theo) for section in ("11358", "11359"))
    approved_by(sam, signed)
    signed.filings.update(state=Filing.State.DRAFTED)
    sign(theo, signed)
    PaperChunk.objects.filter(batch=signed).update(work_state="done")
    _worked_on(ana, theo, people)
    row = queries.standing().filter(conviction__prop64="11357").order_by("-pk")[0]
    return World(run, file, row, drafts["11357"], submitted, signed)


def _worked_on(ana: User, theo: User, people: int) -> None:
    """Of the draft's people: decided, noted, given to somebody, and under suggestions."""
    rows = list(queries.standing().filter(conviction__prop64="11357").order_by("-pk")[:people])
    ids = [row.pk for row in rows]
    services.override(actor=ana, determination_ids=ids, outcome="not_eligible", reason="Large.")
    services.assign(actor=ana, determination_ids=ids, to=theo)
    for row in rows:
        services.comment(actor=ana, conviction_id=row.conviction_id, text="Look.")
    subjects = sorted(row.conviction.subject_id for row in rows)
    older = Subject.objects.filter(pk__lt=subjects[0]).order_by("pk").first() or Subject.objects.order_by("pk")[0]
    for subject in subjects:
        if subject != older.pk:
            Suggestion.objects.create(kind="subject", first_id=older.pk, second_id=subject, why="Near.")


PAGES: dict[str, tuple[str, Callable[[World], list[Any]]]] = {
    "desk:home": ("ana sam ivy adam", lambda of: []),
    "office:courts": ("adam", lambda of: []),
    "office:court_texts": ("adam", lambda of: []),
    "office:users": ("adam", lambda of: []),
    "office:wordings": ("theo", lambda of: []),
    "office:trail": ("ivy", lambda of: []),
    "records:files": ("ana", lambda of: []),
    "records:suggestions": ("ana", lambda of: []),
    "runs:runs": ("ana", lambda of: []),
    "runs:policies": ("ana", lambda of: []),
    "reviews:queue": ("ana theo ivy", lambda of: []),
    "batches:batches": ("ana sam", lambda of: []),
    "filings:filings": ("ana theo", lambda of: []),
    "filings:receipt_lists": ("ana", lambda of: []),
    "desk:subject": ("ana ivy", lambda of: [of.row.conviction.subject_id]),
    "desk:file_rows": ("ana", lambda of: [of.row.conviction.subject_id]),
    "desk:viewers": ("ivy", lambda of: [of.row.conviction.subject_id]),
    "desk:suggestions": ("ana", lambda of: [of.row.conviction.subject_id]),
    "desk:memo": ("ana", lambda of: [of.row.pk]),
    "records:file": ("ana", lambda of: [of.file.pk]),
    "records:file_progress": ("ana", lambda of: [of.file.pk]),
    "records:problems": ("ana", lambda of: [of.file.pk]),
    "runs:run": ("ana", lambda of: [of.run.pk]),
    "runs:run_progress": ("ana", lambda of: [of.run.pk]),
    "runs:trace": ("ana", lambda of: [of.row.pk]),
    "runs:facts": ("ana", lambda of: [of.row.conviction_id]),
    "runs:fact_form": ("ana", lambda of: [of.row.conviction_id, "grams"]),
    "runs:policy": ("ana", lambda of: [of.run.policy_id]),
    "runs:rule_book": ("ana", lambda of: [of.run.policy_id]),
    "reviews:conviction": ("ana theo ivy", lambda of: [of.row.conviction_id]),
    "reviews:facts": ("ana", lambda of: [of.row.conviction_id]),
    "batches:batch of a draft": ("ana", lambda of: [of.draft.pk]),
    "batches:batch": ("ana sam", lambda of: [of.submitted.pk]),
    "batches:item": ("ana sam", lambda of: [of.submitted.pk, of.submitted.items.order_by("pk")[0].pk]),
    "batches:court_records": ("ana", lambda of: [of.signed.pk]),
    "batches:sample": ("sam", lambda of: [of.submitted.pk, 1]),
    "batches:sample_item": ("sam", lambda of: [of.submitted.pk, 1, 1]),
    "filings:package": ("ana", lambda of: [of.signed.pk]),
    "filings:progress": ("ana", lambda of: [of.signed.pk]),
    "filings:sign_batch": ("theo", lambda of: [of.signed.pk]),
    "filings:filed": ("ana", lambda of: [of.filing.pk]),
    "filings:filing": ("ana", lambda of: [of.filing.pk]),
}
"""Who looks, and about what."""

TOO_MANY = {
    "desk:home": 13, "desk:memo": 14, "filings:package": 13, "batches:batch": 20, "batches:batch of a draft": 30,
}  # fmt: skip
"""Pages that still ask more often than they should: so often and no more."""
ONE_MORE = ("desk:home", "runs:run")
"""Pages that ask once more in the larger world, where one run came before the one in use."""


@dataclass(frozen=True)
class Page:
    name: str
    who: str
    address: str


def pages(of: World) -> Iterator[Page]:
    for name, (who, arguments) in PAGES.items():
        for each in who.split():
            yield Page(name, each, reverse(name.split()[0], args=arguments(of)))


def counted(of: World, users: dict[str, User]) -> dict[tuple[str, str], int]:
    """By page and user how many statements it runs once it is warm; what is no page for this user is left out."""
    found: dict[tuple[str, str], int] = {}
    for page in pages(of):
        client = signed_in(users[page.who])
        response = client.get(page.address)
        if response.status_code == 200 and not response.streaming and b"<" in response.content[:400]:
            with CaptureQueriesContext(connection) as captured:
                client.get(page.address)
            found[page.name, page.who] = sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)
    return found


def test_no_page_asks_more_than_twelve_times_or_more_often_for_more_people(ana, theo, sam, sue, ivy, adam):
    users = {"ana": ana, "theo": theo, "sam": sam, "ivy": ivy, "adam": adam}
    few = counted(world(1, 1, ana, theo, sam), users)
    many = counted(world(4, 100, ana, theo, sam), users)
    named = {(name, who) for name, (those, _) in PAGES.items() for who in those.split()}
    assert few.keys() == many.keys() == named
    assert {page: number for page, number in many.items() if number > TOO_MANY.get(page[0], MOST)} == {}
    grows = {page: (few[page], many[page]) for page in many if many[page] > few[page] + (page[0] in ONE_MORE)}
    assert grows == {}
