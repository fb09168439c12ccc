"""The queue: what its filters leave and say they leave, its orders, who has which conviction, and what is kept."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.records.models import Problem
from clearmyrecord.reviews import queries, services
from clearmyrecord.reviews.filters import HIDDEN, QueueFilter, filtered
from clearmyrecord.reviews.models import Assignment, Opening, Override, Review, SavedFilter
from clearmyrecord.reviews.tallies import SORTED_BY, SORTS, reason_code
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs import queries as runs
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, person

pytestmark = pytest.mark.django_db

QUEUE = "/reviews/"
MOST_QUERIES = 12


@pytest.fixture
def worked_on(standing_of: Any, ana: Any, theo: Any) -> None:
    """Something of everything: accepted, overridden, to be confirmed, assigned, with a problem in its row."""
    services.accept(actor=ana, determination_ids=[standing_of("possession").pk])
    services.override(actor=ana, determination_ids=[standing_of("sale").pk], outcome="dismiss", reason="Small.")
    Review.objects.filter(state="overridden").update(needs_confirmation=True)
    reading = standing_of("undated").reading
    Problem.objects.create(file=reading.file_subject.file, row=reading.row, column="STP_EVENT_DATE", what="x", done="y")
    services.assign(actor=ana, determination_ids=[standing_of("attempt").pk], to=theo)


def queries_of(client: Client, address: str) -> int:
    """How many statements a page runs; savepoints are those of the tests."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)


class TestFilter:
    def test_every_choice_leaves_as_many_as_it_says_whatever_else_is_chosen(self, worked_on):
        counted = tally(runs.current_run())
        for chosen in ({}, {"outcome": "dismiss"}, {"section": "11358"}, {"state": "open", "route": "completed"}):
            assert counted.total(chosen) == filtered(queries.standing(), chosen).count()
            for field, counts in counted.counts(chosen).items():
                for value, number in counts.items():
                    found = filtered(queries.standing(), chosen | {field: value}).count()
                    assert found == number, (chosen, field, value)

    def test_every_field_has_something_to_choose(self, worked_on):
        counts = tally(runs.current_run()).counts({})
        assert set(counts) == set(QueueFilter.base_fields) - set(HIDDEN)
        assert all(counts.values()), [field for field, values in counts.items() if not values]

    @pytest.mark.parametrize(
        ("filter_", "people"),
        [
            ("severity=felony", set(PEOPLE)),
            ("severity=infraction", set()),
            ("problem=STP_EVENT_DATE", {"undated"}),
            ("remark=attempt", {"attempt"}),
            ("confirm=yes", {"sale"}),
            ("assignee=none", set(PEOPLE) - {"attempt"}),
            ("rule=gone", set(PEOPLE)),
            ("reason=0000000000", set(PEOPLE)),
        ],
    )
    def test_it_finds_these_people(self, filter_, people, worked_on, ana):
        page = signed_in(ana).get(f"{QUEUE}?{filter_}").context["page_obj"]
        names = {
            name
            for name, rows in PEOPLE.items()
            for row in page
            if row.conviction.subject.cii_number == rows[0]["CII_NUMBER"]
        }
        assert names == people

    def test_a_reason_is_chosen_by_its_code(self, standing_of, ana):
        reason = standing_of("possession").reason
        page = signed_in(ana).get(f"{QUEUE}?reason={reason_code(reason)}").context["page_obj"]
        assert {row.reason for row in page} == {reason}

    def test_choices_say_how_many_they_leave_and_none_that_leave_nothing_are_offered(self, run, ana):
        text = signed_in(ana).get(QUEUE).content.decode()
        assert "Dismiss (3)" in text
        assert "Infraction" not in text

    def test_counts_follow_the_next_act(self, standing_of, ana):
        client = signed_in(ana)
        assert b"Accepted (" not in client.get(QUEUE).content
        services.accept(actor=ana, determination_ids=[standing_of("possession").pk])
        assert b"Accepted (1)" in client.get(QUEUE).content

    def test_the_two_queues_of_hand_review_and_ones_own_are_a_click_away(self, worked_on, theo):
        queues = {each["words"]: each for each in signed_in(theo).get(QUEUE).context["queues"]}
        assert queues["Assigned to me"]["count"] == 1
        assert queues["Record questions"]["query"] == "question=record"
        assert queues["Questions of law"]["query"] == "question=law"


class TestSearch:
    @pytest.mark.parametrize("text", ["doe p2", "DOE,P2", "cr0002", "A00000002"])
    def test_it_finds_a_name_a_case_number_or_a_cii_number(self, text, standing_of, ana):
        client = signed_in(ana)
        response = client.post("/reviews/search/?sort=date", {"text": text})
        assert re.fullmatch(r"/reviews/\?sort=date&search=[0-9a-f-]{36}", response.url)
        page = client.get(response.url)
        assert [row.pk for row in page.context["page_obj"]] == [standing_of("cultivation").pk]
        assert b"11358 (1)" in page.content

    def test_the_address_of_a_search_is_its_makers_alone(self, run, ana, theo):
        address = signed_in(ana).post("/reviews/search/", {"text": "DOE"}).url
        assert signed_in(theo).get(address).context["search"] is None
        assert signed_in(ana).post("/reviews/search/", {"text": " "}).status_code == 422
        assert signed_in(ana).get(f"{QUEUE}?search=garbled").status_code == 200


class TestOrder:
    def test_headings_say_how_the_list_is_sorted_and_turn_it_round(self, run, ana):
        text = signed_in(ana).get(f"{QUEUE}?sort=date&outcome=dismiss").content.decode()
        assert 'aria-sort="ascending"' in text
        assert "sort=-date" in text
        assert text.count("outcome=dismiss") > len(SORTS) // 2

    @pytest.mark.parametrize("sort", SORTS)
    def test_neighbours_go_through_every_row_in_the_order_of_the_list_and_back(self, sort, worked_on):
        counted = tally(runs.current_run())
        ids = counted.listed({"sort": sort}).conviction.tolist()
        assert len(ids) == len(PEOPLE)
        beside = [counted.beside({"sort": sort}, pk) for pk in ids]
        assert [before for before, _ in beside] == [None, *ids[:-1]]
        assert [after for _, after in beside] == [*ids[1:], None]

    def test_one_that_has_left_the_filter_still_has_a_next(self, worked_on, standing_of):
        left, counted = standing_of("possession").conviction_id, tally(runs.current_run())
        assert left not in counted.listed({"state": "open"}).conviction
        assert counted.beside({"state": "open"}, left)[1] == standing_of("attempt").conviction_id
        assert counted.beside({"state": "open"}, 0) == (None, None)

    @pytest.mark.parametrize("sort", sorted(SORTED_BY))
    def test_it_is_sorted_by_what_the_column_shows_and_what_is_empty_stands_last(self, sort, worked_on):
        rows = queries.standing().in_bulk()
        columns = {
            "subject": lambda row: row.conviction.subject.search_name,
            "section": lambda row: row.conviction.code_section,
            "date": lambda row: str(row.conviction.convicted_on or ""),
            "outcome": lambda row: (row.standing_outcome, row.route),
            "route": lambda row: row.route,
            "basis": lambda row: row.standing_basis,
            "reason": lambda row: (row.rule, row.reason),
            "review": lambda row: row.review_state,
            "assigned": lambda row: row.assignee_name or "",
        }
        for name, turned in ((sort, False), (f"-{sort}", True)):
            listed = [columns[sort](rows[pk]) for pk in tally(runs.current_run()).listed({"sort": name}).determination]
            with_value = [each for each in listed if each]
            assert with_value == sorted(with_value, reverse=turned), name
            assert listed[: len(with_value)] == with_value


class TestQueries:
    """At most twelve, the same for few and for many."""

    def many(self, ana: Any) -> None:
        read_file(ana, [row for number in range(1, 60) for row in person(number)])
        evaluated(ana)

    @pytest.mark.parametrize("filter_", ["", "outcome=redesignate&assignee=none&sort=-date", "problem=x&year=2010"])
    def test_of_the_queue(self, filter_, office, ana):
        client = signed_in(ana)
        read_file(ana, person(1))
        evaluated(ana)
        client.get(QUEUE)
        few = queries_of(client, f"{QUEUE}?{filter_}")
        self.many(ana)
        client.get(QUEUE)
        assert queries_of(client, f"{QUEUE}?{filter_}") == few <= MOST_QUERIES

    def test_of_the_queue_after_an_act_and_counted_anew(self, run, standing_of, ana):
        client = signed_in(ana)
        client.get(QUEUE)
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        assert queries_of(client, QUEUE) <= MOST_QUERIES
        audit.record(actor=ana, verb="unheard.of")
        assert queries_of(client, QUEUE) <= MOST_QUERIES

    def test_of_a_convictions_page(self, office, ana):
        client = signed_in(ana)
        self.many(ana)
        row = queries.standing().order_by("pk")[5]
        address = reverse("reviews:conviction", args=[row.conviction_id]) + "?state=open&outcome=redesignate"
        client.get(address)
        assert queries_of(client, address) <= MOST_QUERIES
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        services.comment(actor=ana, conviction_id=row.conviction_id, text="Look.")
        client.get(address)
        assert queries_of(client, address) <= MOST_QUERIES


class TestTaking:
    def test_two_who_take_get_two(self, run, ana, theo):
        one = services.take_next(actor=ana, values={})
        other = services.take_next(actor=theo, values={})
        assert one != other
        assert Assignment.objects.get(conviction=one).to == ana
        assert AuditEvent.objects.filter(verb="review.taken").count() == 2

    def test_what_somebody_has_open_is_left_to_them_for_a_while(self, standing_of, ana, theo):
        first = standing_of("sale").conviction_id
        services.opened(actor=theo, conviction_id=first)
        assert services.take_next(actor=ana, values={}) != first
        Opening.objects.update(at=timezone.now() - timedelta(minutes=11))
        assert services.take_next(actor=ana, values={}) == first

    def test_only_what_waits_in_the_filter_is_taken_until_nothing_is_left(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("possession").pk])
        client = signed_in(ana)
        response = client.post("/reviews/take/?section=11357", follow=True)
        assert b"Nothing is left to take" in response.content
        taken = client.post("/reviews/take/?section=11358")
        assert taken.url == f"/reviews/{standing_of('cultivation').conviction_id}/?section=11358"

    def test_two_who_open_the_same_are_told(self, standing_of, ana, theo):
        address = reverse("reviews:conviction", args=[standing_of("sale").conviction_id])
        assert b"may be deciding it now" not in signed_in(ana).get(address).content
        assert b"Ana Alvarez opened this conviction" in signed_in(theo).get(address).content

    def test_who_opens_what_is_assigned_to_another_is_told(self, worked_on, standing_of, ana, theo):
        address = reverse("reviews:conviction", args=[standing_of("attempt").conviction_id])
        assert b"Assigned to Theo Tran" in signed_in(ana).get(address).content
        assert b"Assigned to" not in signed_in(theo).get(address).content

    def test_a_selection_is_assigned_after_its_numbers_were_shown(self, standing_of, ana, theo):
        client = signed_in(ana)
        preview = client.post("/reviews/selection/?outcome=dismiss", {"action": "assign", "everything": "on"})
        assert b"3 convictions will be assigned" in preview.content
        ids = preview.context["preview"].joined
        client.post("/reviews/selection/assign/", {"ids": ids, "to": theo.pk})
        assert Assignment.objects.filter(to=theo, by=ana).count() == 3
        client.post("/reviews/selection/assign/", {"ids": ids, "to": ""})
        assert Assignment.objects.filter(to=None).count() == 3

    def test_who_may_not_review_is_given_nothing(self, standing_of, ana, sam, ivy):
        pk = standing_of("sale").pk
        with pytest.raises(Invalid):
            services.assign(actor=ana, determination_ids=[pk], to=sam)
        with pytest.raises(NotAllowed):
            services.take_next(actor=ivy, values={})
        services.assign(actor=sam, determination_ids=[pk], to=ana)


class TestUndo:
    def test_the_last_decision_is_undone_and_shown_again(self, standing_of, ana):
        row, client = standing_of("sale"), signed_in(ana)
        client.post(f"/reviews/{row.conviction_id}/accept/?state=open", {"determination": row.pk})
        response = client.post("/reviews/undo/")
        assert response.url == f"/reviews/{row.conviction_id}/?state=open"
        assert standing_of("sale").review_state == "open"
        assert client.post("/reviews/undo/").status_code == 409

    def test_an_override_is_taken_back(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        services.undo(actor=ana, determination_id=row.pk)
        assert (standing_of("sale").standing_outcome, standing_of("sale").review_state) == (row.outcome, "open")
        assert AuditEvent.objects.get(verb="review.undone").detail["undone"] == "overridden"

    def test_what_somebody_else_decided_or_what_replaced_an_override_is_left(self, standing_of, ana, theo):
        pk = standing_of("sale").pk
        services.override(actor=ana, determination_ids=[pk], outcome="dismiss", reason="Small.")
        with pytest.raises(Conflict, match="Somebody else"):
            services.undo(actor=theo, determination_id=pk)
        services.override(actor=theo, determination_ids=[pk], outcome="not_eligible", reason="Large.")
        with pytest.raises(Conflict, match="earlier override"):
            services.undo(actor=theo, determination_id=pk)
        assert Override.objects.filter(superseded_at=None).get().author == theo

    def test_what_nobody_decided_cant_be_undone(self, standing_of, ana):
        with pytest.raises(Conflict, match="nothing to undo"):
            services.undo(actor=ana, determination_id=standing_of("sale").pk)


class TestNext:
    def test_who_has_the_next_page_is_only_told_where_it_is(self, standing_of, ana):
        first, second = standing_of("sale"), standing_of("cultivation")
        known = {"X-Next-Known": str(second.conviction_id)}
        address = f"/reviews/{first.conviction_id}/accept/?state=open"
        response = signed_in(ana).post(address, {"determination": first.pk}, headers=known)
        assert (response.status_code, response.content) == (204, b"")
        assert response["X-Next"] == f"/reviews/{second.conviction_id}/?state=open"

    def test_what_is_sent_ahead_is_logged_as_sent_and_does_not_count_as_open(self, standing_of, ana):
        row, client = standing_of("sale"), signed_in(ana)
        client.get(f"/reviews/{row.conviction_id}/", headers={"X-Prefetch": "yes"})
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("prefetch", [row.conviction.subject_id])
        assert not Opening.objects.exists()
        client.post(f"/reviews/{row.conviction_id}/opened/")
        assert Opening.objects.get().user == ana

    def test_a_listed_reason_is_reason_enough(self, standing_of, ana):
        row = standing_of("sale")
        filled = {"determination": row.pk, "outcome": "dismiss", "basis": "policy", "listed": "more_than_statute"}
        address = f"/reviews/{row.conviction_id}/override/"
        assert signed_in(ana).post(address, filled).status_code == 302
        assert Override.objects.get().reason == "The office asks for more than the statute gives."
        assert signed_in(ana).post(address, filled | {"listed": "", "reason": " "}).status_code == 422

    def test_keys_can_be_turned_off(self, standing_of, ana):
        client, address = signed_in(ana), f"/reviews/{standing_of('sale').conviction_id}/"
        assert b'data-keys="on"' in client.get(address).content
        client.post("/reviews/keys/", {"on": "no"})
        assert b'data-keys="off"' in client.get(address).content

    def test_what_the_rules_looked_at_is_looked_up_on_demand(self, standing_of, ana):
        address = f"/reviews/{standing_of('sale').conviction_id}/facts/"
        assert b"<dt>" in signed_in(ana).get(address).content


class TestTrailOfManyAtOnce:
    def test_one_event_names_the_act_its_count_and_the_hash_of_the_ids(self, standing_of, ana):
        pks = sorted(standing_of(name).pk for name in ("sale", "cultivation"))
        services.accept(actor=ana, determination_ids=pks)
        event = AuditEvent.objects.get(verb="review.accepted")
        assert event.detail["convictions"] == 2
        assert event.detail["ids_sha256"] == hashlib.sha256(",".join(map(str, pks)).encode()).hexdigest()
        assert set(Review.objects.values_list("by", flat=True)) == {ana.pk}


class TestSavedFilters:
    def test_a_filter_is_kept_opened_again_and_forgotten(self, run, ana, theo):
        client, coded = signed_in(ana), {"outcome": "dismiss", "sort": "-date"}
        client.post(f"/reviews/filters/?{urlencode(coded)}", {"name": "Old ones"})
        saved = SavedFilter.objects.get()
        assert saved.coded == coded
        assert b"Old ones" in client.get(QUEUE).content
        assert b"Old ones" not in signed_in(theo).get(QUEUE).content
        assert signed_in(theo).post(f"/reviews/filters/{saved.pk}/forget/").status_code == 404
        client.post(f"/reviews/filters/{saved.pk}/forget/")
        assert not SavedFilter.objects.exists()

    def test_one_without_a_name_is_refused(self, run, ana):
        assert signed_in(ana).post("/reviews/filters/?outcome=dismiss", {"name": " "}).status_code == 422
