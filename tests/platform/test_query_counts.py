"""Every page that lists or shows asks the database at most twelve times, the same for few people and for many."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import signed_in
from tests.platform.filled import Filled
from tests.platform.test_walk import pages

pytestmark = pytest.mark.django_db

MOST = 12
"""With those of every request: the session, the user, the office, and the event of the trail where people are shown."""

EXCEPTIONS: dict[str, int] = {}
"""Pages that ask more often, always the same number of times."""


@dataclass(frozen=True)
class Page:
    """A page at the desks of these people; what its address names, by the names of `Filled`, or as it is after `:`."""

    view: str
    who: str
    of: str = ""
    query: str = ""

    def address(self, filled: Filled) -> str:
        def named(name: str) -> object:
            return name[1:] if name.startswith(":") else filled.things[name]

        asked = [part.split("=") for part in self.query.split("&") if part]
        values = {name: named(value) for name, value in asked}
        args = [named(name) for name in self.of.split()]
        return reverse(self.view, args=args) + (f"?{urlencode(values)}" if values else "")


PAGES = (
    Page("desk:home", "ana theo sam ivy adam pat"),
    Page("desk:glossary", "ana"),
    Page("desk:first_steps", "ana sam adam"),
    Page("desk:subject", "ana theo sam ivy", "subject"),
    Page("desk:file_rows", "ana", "subject"),
    Page("desk:viewers", "ivy", "subject"),
    Page("desk:suggestions", "ana", "subject"),
    Page("desk:memo", "ana ivy", "determination"),
    Page("office:password", "ana"),
    Page("office:office", "adam"),
    Page("office:courts", "adam"),
    Page("office:new_court", "adam"),
    Page("office:court", "adam", "court"),
    Page("office:court_texts", "adam"),
    Page("office:users", "adam"),
    Page("office:new_user", "adam"),
    Page("office:user", "adam", "account"),
    Page("office:release", "adam", "account"),
    Page("office:wordings", "ana theo adam"),
    Page("office:wording", "theo", "wording"),
    Page("office:wording_block", "theo", "wording block"),
    Page("office:approve_wording", "sam", "wording"),
    Page("office:compare_wordings", "sam", query="before=:&after=wording"),
    Page("office:trail", "ivy"),
    Page("records:files", "ana sam ivy"),
    Page("records:upload", "ana"),
    Page("records:file", "ana ivy", "file"),
    Page("records:file_progress", "ana", "file"),
    Page("records:problems", "ana", "file"),
    Page("records:set_aside", "ana", "file"),
    Page("records:suggestions", "ana ivy"),
    Page("records:search", "ana"),
    Page("records:court_upload", "ana"),
    Page("records:court_columns", "ana", "new_extract"),
    Page("records:court_preview", "ana", "new_extract"),
    Page("records:court_extract", "ana", "extract"),
    Page("records:court_rows", "ana", "extract"),
    Page("records:court_only_doj", "ana", "extract"),
    Page("records:court_row", "ana", "court_row"),
    Page("runs:runs", "ana sam ivy"),
    Page("runs:start", "ana"),
    Page("runs:run", "ana sam ivy", "run"),
    Page("runs:run_progress", "ana", "run"),
    Page("runs:trace", "ana", "determination"),
    Page("runs:facts", "ana", "conviction"),
    Page("runs:fact_form", "ana", "conviction :grams"),
    Page("runs:policies", "ana sam ivy"),
    Page("runs:new_policy", "ana"),
    Page("runs:policy", "ana sam", "policy"),
    Page("runs:edit_policy", "ana", "policy_draft"),
    Page("runs:policy_text", "ana", "policy_draft"),
    Page("runs:sign_policy", "sam", "policy_draft"),
    Page("runs:compare_policies", "sam", query="before=policy&after=policy_draft"),
    Page("runs:rule_book", "sam", "policy"),
    Page("runs:what_if", "ana sam", query="policy=other_policy"),
    Page("runs:what_if_people", "sam", query="policy=other_policy&side=:1&group=:gains"),
    Page("reviews:queue", "ana theo sam ivy"),
    Page("reviews:queue", "ana", query="state=:open&outcome=:dismiss"),
    Page("reviews:conviction", "ana theo sam ivy", "conviction"),
    Page("reviews:facts", "ana", "conviction"),
    Page("reviews:choose_changes", "ana"),
    Page("reviews:changes", "ana", "run other_run"),
    Page("reviews:changed_conviction", "ana", "run other_run changed_conviction"),
    Page("reviews:disagreements", "sam"),
    Page("reviews:second_reviews", "theo sam"),
    Page("reviews:settle", "sam", "disagreement"),
    Page("reviews:opposition", "theo ivy"),
    Page("reviews:opposition_list", "theo", ":unopposed"),
    Page("batches:batches", "ana sam ivy"),
    Page("batches:compose", "ana"),
    Page("batches:batch", "ana theo sam ivy", "draft"),
    Page("batches:batch", "ana", "draft", "show=:questions"),
    Page("batches:batch", "ana sam", "returned"),
    Page("batches:batch", "ana theo sam ivy", "submitted"),
    Page("batches:batch", "sam", "approved"),
    Page("batches:returned", "ana", "returned :1"),
    Page("batches:complete", "ana", "draft asking_item :case_number"),
    Page("batches:serving_form", "ana", "draft serving_item"),
    Page("batches:recommendation", "theo", "serving_conviction"),
    Page("batches:item", "ana sam", "submitted submitted_item"),
    Page("batches:court_records", "ana", "submitted"),
    Page("batches:sample", "sam", "submitted :1"),
    Page("batches:sample_item", "sam", "submitted :1 :1"),
    Page("batches:given", "pat"),
    Page("batches:given_batch", "pat", "submitted"),
    Page("batches:given_item", "pat", "submitted submitted_item"),
    Page("batches:propose", "pat", "submitted"),
    Page("batches:defenders", "sam"),
    Page("batches:end_grant", "sam", "grant"),
    Page("batches:objection", "theo", "submitted objection"),
    Page("filings:filings", "ana theo ivy"),
    Page("filings:package", "ana theo sam", "approved"),
    Page("filings:progress", "ana", "approved"),
    Page("filings:filing", "ana", "drafted"),
    Page("filings:sign_batch", "theo", "approved"),
    Page("filings:sign_filing", "theo", "drafted"),
    Page("filings:filed", "ana", "signed"),
    Page("filings:receipt_lists", "ana"),
    Page("filings:upload_receipts", "ana"),
    Page("filings:columns", "ana", "receipt_list"),
    Page("filings:receipt_list", "ana", "receipt_list"),
    Page("relief:answers", "ana sam ivy"),
    Page("relief:answers", "ana", query="show=:answered"),
    Page("relief:notice", "ana"),
    Page("relief:notice_print", "ana"),
    Page("relief:matter", "ana theo", "matter"),
    Page("relief:conviction", "ana", "answered_item"),
    Page("relief:objections", "ana theo"),
    Page("relief:objection", "theo", "court_objection"),
    Page("relief:responses", "ana"),
    Page("relief:upload", "ana"),
    Page("relief:response", "ana", "response"),
    Page("relief:response", "ana", "recorded"),
    Page("relief:columns", "ana", "response"),
    Page("relief:words", "ana", "response"),
    Page("relief:row", "ana", "row"),
    Page("relief:assign", "ana", "row matter"),
    Page("relief:still_shown", "ana"),
    Page("relief:confirm", "ana", "answer"),
    Page("relief:inquiries", "ana ivy"),
    Page("relief:new_inquiry", "ana"),
    Page("relief:inquiry", "ana", "inquiry"),
    Page("relief:impact", "ana sam"),
    Page("relief:hand_offs", "ana"),
    Page("relief:to_court", "ana", "court :filed"),
    Page("relief:to_doj", "ana"),
    Page("relief:hand_off_columns", "ana", "court"),
    Page("relief:hand_off", "ana", "hand_off"),
    Page("schedules:schedules", "ana sam ivy"),
    Page("schedules:set_up", "ana"),
    Page("schedules:schedule", "ana sam", "schedule"),
    Page("schedules:change", "ana", "schedule"),
    Page("schedules:end", "sam", "schedule"),
    Page("schedules:dry_run", "ana", "proposed_version"),
    Page("schedules:approve", "sam", "proposed_version"),
    Page("schedules:due_run", "ana", "due_run"),
    Page("schedules:changed", "ana", "due_run :found_eligible"),
    Page("schedules:watch", "ana"),
    Page("schedules:on_date", "ana"),
)

NOT_LISTED = {
    "office:sign_in", "office:unlock", "relief:ask", "relief:asked",  # nobody is signed in, or all is locked
    "records:found",  # a search of the session: its list is that of tests/records/test_pages.py
    "reviews:second_review", "filings:omnibus", "filings:motion_filed",
    "reviews:download_workbook",  # a file
}  # fmt: skip
"""Pages of one form or one conviction that wait for what `Filled` hasn't."""


def test_every_page_is_counted() -> None:
    assert pages() - {page.view for page in PAGES} == NOT_LISTED


def test_a_page_asks_at_most_twelve_times_for_few_people_and_for_many(ana, theo, sam, ivy, adam, pat) -> None:
    cast = {user.username: user for user in (ana, theo, sam, ivy, adam, pat)}
    clients = {name: signed_in(user) for name, user in cast.items()}
    few = counted(clients, Filled(cast, people=1, first=1))
    many = counted(clients, Filled(cast, people=4, first=101))
    assert {name: (few[name], number) for name, number in many.items() if few[name] != number} == {}
    assert {name: number for name, number in many.items() if number > MOST} == EXCEPTIONS


def counted(clients: dict[str, Client], filled: Filled) -> dict[str, int]:
    """The statements of each page, by its name and whose desk it is at."""
    return {
        f"{page.view} {page.of} {page.query} {who}": queries_of(clients[who], page.address(filled))
        for page in PAGES
        for who in page.who.split()
    }


def queries_of(client: Client, address: str) -> int:
    """How many statements a page runs once it is warm; savepoints are those of the tests."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)
