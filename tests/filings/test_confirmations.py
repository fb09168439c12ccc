"""What keeps a drafted case from being filed: nobody answered yet whether the court still has the record."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clearmyrecord.errors import Conflict
from clearmyrecord.filings import confirmations, jobs
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.filings.conftest import confirmed
from tests.filings.test_papers import States, zip_of

SAID = "confirm that the court still has the record"


def filed(filing) -> None:
    """As nobody may but a service that asked first."""
    with transaction.atomic():
        type(filing).objects.filter(pk=filing.pk).update(state="filed")


class TestBeforeFiling:
    def test_drafting_is_not_kept_and_filing_is(self, drafted, ana):
        filing = drafted.filings.get(case_number="CR0003")
        assert filing.state == "drafted"
        assert confirmations.before_filing(list(drafted.filings.all())) == {filing.pk: SAID}
        with pytest.raises(Conflict, match="CR0003"):
            confirmations.require_confirmed([filing])
        confirmed(ana, drafted)
        confirmations.require_confirmed([filing])

    def test_a_destroyed_record_can_not_be_filed_either(self, drafted, ana):
        confirmed(ana, drafted, "no")
        filing = drafted.filings.get(case_number="CR0003")
        assert confirmations.before_filing([filing]) == {filing.pk: "the court no longer has the record"}

    @pytest.mark.parametrize("value", [None, "no"])
    def test_the_database_itself_refuses_it(self, value, drafted, ana):
        if value:
            confirmed(ana, drafted, value)
        with pytest.raises(IntegrityError, match="still has the record"):
            filed(drafted.filings.get(case_number="CR0003"))

    def test_the_page_of_the_papers_says_so(self, drafted, ana):
        page = reverse("filings:package", args=[drafted.pk])
        assert f"Before filing: {SAID}" in signed_in(ana).get(page).content.decode()
        confirmed(ana, drafted)
        assert SAID not in signed_in(ana).get(page).content.decode()


class TestIndex:
    def test_says_it_and_is_made_anew_when_it_is_answered(self, drafted, ana):
        def states():
            text = zip_of(drafted).read("index.csv").decode("utf-8-sig")
            return {row["Case number"]: row["State"] for row in csv.DictReader(io.StringIO(text))}

        assert SAID in states()["CR0003"]
        assert SAID not in states()["CR0001"]
        confirmed(ana, drafted)
        drafted.package.refresh_from_db()
        assert drafted.package.work_state == States.WAITING
        jobs.make_package(drafted.package.pk)
        assert SAID not in states()["CR0003"]
