"""Every page that lists or shows asks the database at most twelve times, the same for few people and for many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
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
    "desk:home": ("ana sam theo ivy adam", lambda of: []),
    "desk:subject": ("ana ivy", lambda of: [of.row.conviction.subject_id]),
    "desk:file_rows": ("ana", lambda of: [of.row.conviction.subject_id]),
    "desk:viewers": ("ivy", lambda of: [of.row.conviction.subject_id]),
    "desk:suggestions": ("ana", lambda of: [of.row.conviction.subject_id]),
    "desk:memo": ("ana", lambda of: [of.row.pk]),
    "office:office": ("adam", lambda of: []),
    "office:courts": ("adam", lambda of: []),
    "office:new_court": ("adam", lambda of: []),
    "office:court_texts": ("adam", lambda of: []),
    "office:users": ("adam", lambda of: []),
    "office:new_user": ("adam", lambda of: []),
    "office:password": ("ana", lambda of: []),
    "office:wordings": ("theo", lambda of: []),
    "office:trail": ("ivy", lambda of: []),
    "records:files": ("ana", lambda of: []),
    "records:upload": ("ana", lambda of: []),
    "records:file": ("ana", lambda of: [of.file.pk]),
    "records:file_progress": ("ana", lambda of: [of.file.pk]),
    "records:problems": ("ana", lambda of: [of.file.pk]),
    "records:set_aside": ("ana", lambda of: [of.file.pk]),
    "records:suggestions": ("ana", lambda of: []),
    "records:search": ("ana", lambda of: []),
    "runs:runs": ("ana", lambda of: []),
    "runs:start": ("ana", lambda of: []),
    "runs:run": ("ana", lambda of: [of.run.pk]),
    "runs:run_progress": ("ana", lambda of: [of.run.pk]),
    "runs:trace": ("ana", lambda of: [of.row.pk]),
    "runs:facts": ("ana", lambda of: [of.row.conviction_id]),
    "runs:fact_form": ("ana", lambda of: [of.row.conviction_id, "grams"]),
    "runs:policies": ("ana", lambda of: []),
    "runs:new_policy": ("ana", lambda of: []),
    "runs:policy": ("ana", lambda of: [of.run.policy_id]),
    "runs:rule_book": ("ana", lambda of: [of.run.policy_id]),
    "runs:what_if": ("ana", lambda of: []),
    "reviews:queue": ("ana theo sam ivy", lambda of: []),
    "reviews:conviction": ("ana theo sam ivy", lambda of: [of.row.conviction_id]),
    "reviews:facts": ("ana", lambda of: [of.row.conviction_id]),
    "batches:batches": ("ana sam", lambda of: []),
    "batches:compose": ("ana", lambda of: []),
    "batches:draft": ("ana", lambda of: [of.draft.pk]),
    "batches:batch": ("ana sam", lambda of: [of.submitted.pk]),
    "batches:item": ("ana sam", lambda of: [of.submitted.pk, of.submitted.items.order_by("pk")[0].pk]),
    "batches:court_records": ("ana", lambda of: [of.signed.pk]),
    "batches:sample": ("sam", lambda of: [of.submitted.pk, 1]),
    "batches:sample_item": ("sam", lambda of: [of.submitted.pk, 1, 1]),
    "filings:filings": ("ana theo", lambda of: []),
    "filings:package": ("ana", lambda of: [of.signed.pk]),
    "filings:progress": ("ana", lambda of: [of.signed.pk]),
    "filings:sign_batch": ("theo", lambda of: [of.signed.pk]),
    "filings:filed": ("ana", lambda of: [of.filing.pk]),
    "filings:receipt_lists": ("ana", lambda of: []),
    "filings:upload_receipts": ("ana", lambda of: []),
    "filings:filing": ("ana", lambda of: [of.filing.pk]),
}


def test_measure(ana, theo, sam, sue, ivy, adam):
    small = world(1, 1, ana, theo, sam)
    found = {}
    users = {"ana": ana, "theo": theo, "sam": sam, "ivy": ivy, "adam": adam}

    def each(of):
        for name, (who, args) in PAGES.items():
            for w in who.split():
                try:
                    yield (
                        name,
                        w,
                        queries_of(
                            signed_in(users[w]), reverse(name.replace("batches:draft", "batches:batch"), args=args(of))
                        ),
                    )
                except Exception as e:
                    yield name, w, repr(e)[:150]

    for name, w, n in each(small):
        found[name, w] = n
    large = world(4, 100, ana, theo, sam)
    for name, w, n in each(large):
        print(
            "OVER" if not isinstance(n, int) or n > 12 else "",
            "GROWS" if n != found[name, w] else "",
            name,
            w,
            found[name, w],
            n,
        )


def queries_of(client: Client, address: str) -> int:
    """How many statements a page runs once it is warm; savepoints are those of the tests."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
    return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)
