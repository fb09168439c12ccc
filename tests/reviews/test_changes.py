"""The pages of what changed between two runs."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Conviction
from clearmyrecord.reviews import services
from clearmyrecord.reviews.changes import COLUMNS
from clearmyrecord.runs import comparing
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Run, RunComparison
from eligibility.records import sample
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def compared(before: Run, after: Run) -> RunComparison:
    comparison = comparing.ask_for(before, after)
    comparing.compare(comparison.pk)
    return comparison


def used(ana: User, run: Run) -> Run:
    runs.use_run(actor=ana, run_id=run.pk)
    run.refresh_from_db()
    return run


def address(before: Run, after: Run, name: str = "changes", **more: int) -> str:
    return reverse(f"reviews:{name}", kwargs={"before": before.pk, "after": after.pk, **more})


def shown(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)


@pytest.fixture
def two(ana: User, office: Any) -> tuple[Run, Run]:
    """Before: three people. In use now, after a second file: one has a newer reading, one is new."""
    first = [*person(1), *person(2, section="11358 HS-CULTIVATE MARIJUANA"), *person(3)]
    read_file(ana, first, "first.csv")
    before = evaluated(ana)
    read_file(ana, [*person(1, severity="MISDEMEANOR"), *person(4)], "second.csv")
    after = used(ana, evaluated(ana))
    compared(before, after)
    return before, after


def conviction_of(number: int) -> Conviction:
    return Conviction.objects.get(subject__cii_number=f"A{number:08d}")


class TestTheList:
    def test_shows_who_changed_from_what_to_what_and_why_and_nobody_else(self, ana, two):
        page = shown(signed_in(ana), address(*two))
        assert "2 convictions changed" in page
        for words in (
            "DOE,P1",
            "DOE,P4",
            "Not in that run",
            "second.csv, before first.csv",
            "first read in second.csv",
        ):
            assert words in page
        assert "DOE,P2" not in page
        assert "DOE,P3" not in page

    @pytest.mark.parametrize(
        ("filter_", "people"),
        [
            ("change=new", {4}),
            ("change=outcome", {1}),
            ("change=gone", set()),
            ("why=reading", {1, 4}),
            ("why=stated", set()),
            ("before=redesignate&now=dismiss", {1}),
            ("now=redesignate", {4}),
            ("rule=not_a_felony", {1}),
            ("review=open", {1, 4}),
            ("review=accepted", set()),
            ("change=all&sort=-subject", {1, 4}),
        ],
    )
    def test_a_filter_leaves_what_it_says(self, ana, two, filter_, people):
        page = shown(signed_in(ana), f"{address(*two)}?{filter_}")
        assert {number for number in range(1, 5) if f"DOE,P{number}" in page} == people

    def test_is_sorted_by_what_its_heading_says(self, ana, two):
        client = signed_in(ana)
        up, down = (shown(client, f"{address(*two)}?sort={sort}") for sort in ("subject", "-subject"))
        assert up.index("DOE,P1") < up.index("DOE,P4")
        assert down.index("DOE,P4") < down.index("DOE,P1")

    def test_names_the_rule_that_answered_otherwise(self, ana, two):
        page = re.sub(r"<[^>]+>|\s+", " ", shown(signed_in(ana), f"{address(*two)}?change=outcome"))
        assert re.search(r"felony[^:]*: +yes +, before no", re.sub(" +", " ", page)), page

    def test_an_override_since_then_is_named_and_filtered_by(self, ana, two):
        before, after = two
        row = after.determinations.get(conviction=conviction_of(1), superseded_at=None)
        services.override(actor=ana, determination_ids=[row.pk], outcome="not_eligible", reason="A prior.", singly=True)
        client = signed_in(ana)
        page = shown(client, f"{address(before, after)}?why=override")
        assert "DOE,P1" in page
        assert "An override since" in page
        assert "DOE,P4" not in page

    def test_what_somebody_typed_never_stands_in_an_address(self, ana, two):
        page = shown(signed_in(ana), address(*two))
        links = re.findall(r'(?:href|action)="([^"]+)"', page)
        assert not [link for link in links if "DOE" in link or "A0000" in link or "CR000" in link]

    def test_shown_people_are_in_the_trail(self, ana, two):
        signed_in(ana).get(address(*two))
        event = AuditEvent.objects.filter(verb="subject.viewed").latest("pk")
        assert set(event.subjects) == {conviction_of(1).subject_id, conviction_of(4).subject_id}

    def test_without_a_choice_leads_to_the_run_in_use_and_the_one_before(self, ana, two):
        assert signed_in(ana).get(reverse("reviews:choose_changes"))["Location"] == address(*two)

    def test_before_there_are_two_runs_says_so(self, ana, run):
        assert "Only one run so far" in shown(signed_in(ana), reverse("reviews:choose_changes"))

    def test_until_a_worker_has_compared_them_says_so_and_opens_then(self, ana, office):
        read_file(ana, person(1))
        first, second = evaluated(ana), evaluated(ana, "contra_costa_2019")
        client = signed_in(ana)
        assert "is being compared" in shown(client, address(first, second))
        assert "HX-Refresh" not in client.get(address(first, second, "comparing"))
        compared(first, second)
        assert client.get(address(first, second, "comparing"))["HX-Refresh"] == "true"

    def test_download_holds_exactly_what_is_shown(self, ana, two):
        response = signed_in(ana).get(f"{address(*two, 'changes_download')}?change=outcome")
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert len(lines) == 2
        assert "DOE,P1" in lines[1]
        assert "redesignate" in lines[1]
        assert "Another reading of the conviction (second.csv, before first.csv)" in lines[1]

    def test_the_workbook_holds_the_same(self, ana, two):
        response = signed_in(ana).get(f"{address(*two, 'changes_workbook')}?change=outcome")
        heading, *lines = openpyxl.load_workbook(io.BytesIO(response.content)).active.values
        assert heading == COLUMNS
        assert [line[0] for line in lines] == ["DOE,P1"]
        assert lines[0][5] == datetime(2010, 2, 3)

    def test_administrators_see_none_of_it(self, adam, two):
        client = signed_in(adam)
        for path in (address(*two), address(*two, "changes_download"), address(*two, "changes_workbook")):
            assert client.get(path).status_code == 403


class TestOneConviction:
    def test_shows_both_sides_every_rule_and_the_facts_that_differ(self, ana, two):
        path = address(*two, "changed_conviction", conviction_id=conviction_of(1).pk)
        page = shown(signed_in(ana), path)
        for words in ("first.csv", "second.csv", "Before:", "Now:", "changes-differs", "misdemeanor"):
            assert words in page
        assert "answers otherwise than it did" not in page

    def test_of_somebody_new_has_one_side(self, ana, two):
        page = shown(signed_in(ana), address(*two, "changed_conviction", conviction_id=conviction_of(4).pk))
        assert "not decided" in page

    def test_of_somebody_unchanged_is_not_found(self, ana, two):
        path = address(*two, "changed_conviction", conviction_id=conviction_of(2).pk)
        assert signed_in(ana).get(path).status_code == 404


class TestRunPageAndHome:
    def test_say_how_many_changed(self, ana, two):
        client = signed_in(ana)
        for path in (reverse("runs:run", args=[two[1].pk]), reverse("desk:home")):
            page = shown(client, path)
            assert "2 convictions changed" in page
            assert address(*two) in page


class TestQueries:
    @pytest.mark.parametrize("filter_", ["", "?why=policy&review=open&sort=subject"])
    def test_are_as_few_for_many_as_for_few(self, ana, office, tmp_path, filter_):
        counts = []
        for subjects in (8, 60):
            path = tmp_path / f"{subjects}.csv"
            sample.write(path, subjects=subjects, seed=subjects)
            read_file(ana, path.read_bytes(), path.name)
            before, after = evaluated(ana), evaluated(ana, "contra_costa_2019")
            compared(before, after)
            client = signed_in(ana)
            client.get(address(before, after))
            counts.append(statements(client, f"{address(before, after)}{filter_}"))
        assert counts[0] == counts[1] <= MOST_QUERIES
