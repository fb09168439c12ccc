"""The review queue and a conviction's page, as their people use them."""

import csv
import io
import re
from collections import Counter
from datetime import datetime

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.reviews import answering, queries, services
from clearmyrecord.reviews.models import Ground, Override, Review
from clearmyrecord.reviews.tallies import SORTS
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, person

pytestmark = pytest.mark.django_db

QUEUE = "/reviews/"


def page_of(row) -> str:
    return reverse("reviews:conviction", args=[row.conviction_id])


def shown(response) -> int:
    """Convictions listed on a page of the queue."""
    return len(response.context["page_obj"].object_list)


class TestQueue:
    def test_analyst_sees_everybody_and_it_is_one_event(self, run, ana):
        response = signed_in(ana).get(QUEUE)
        assert shown(response) == len(PEOPLE)
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("list", len(PEOPLE))

    @pytest.mark.parametrize(
        ("filter_", "number"),
        [
            ("outcome=dismiss", 3),
            ("route=unknown", 2),
            ("basis=presumption", 3),
            ("section=11358", 2),
            ("year=2010", 5),
            ("state=open", 6),
            ("state=accepted", 0),
            ("question=ground", 1),
            ("question=route", 2),
            ("question=law", 0),
            ("rule=section_is&section=11357", 1),
            ("outcome=nonsense", 6),
        ],
    )
    def test_coded_filters_narrow_it(self, filter_, number, run, ana):
        assert shown(signed_in(ana).get(f"{QUEUE}?{filter_}")) == number

    def test_every_sort_order_lists_everybody(self, run, ana):
        for sort in SORTS:
            assert shown(signed_in(ana).get(f"{QUEUE}?sort={sort}")) == len(PEOPLE)

    def test_what_needs_confirmation_can_be_found(self, standing_of, ana):
        row = standing_of("sale")
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="x")
        Review.objects.update(needs_confirmation=True)
        assert shown(signed_in(ana).get(f"{QUEUE}?question=confirm")) == 1

    def test_auditor_sees_it_without_boxes_and_the_administrator_not_at_all(self, run, ivy, adam):
        response = signed_in(ivy).get(QUEUE)
        assert response.status_code == 200
        assert b'name="row"' not in response.content
        assert signed_in(adam).get(QUEUE).status_code == 403
        assert signed_in(None).get(QUEUE).status_code == 302

    def test_before_the_first_run_it_says_what_to_do(self, office, ana):
        assert b"Nothing to review yet" in signed_in(ana).get(QUEUE).content

    def test_the_number_of_queries_does_not_grow_with_the_list(self, office, ana, django_assert_num_queries):
        sections = ["11357 HS", *["11359 HS"] * 39]
        read_file(ana, [row for number, section in enumerate(sections, 1) for row in person(number, section=section)])
        evaluated(ana)
        client = signed_in(ana)
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as for_one:
            assert shown(client.get(f"{QUEUE}?section=11357")) == 1
        with django_assert_num_queries(len(for_one)):
            assert shown(client.get(QUEUE)) == 40

    def test_the_download_has_a_line_for_each_and_no_formula(self, office, ana):
        read_file(ana, person(1, PRI_NAME="=HYPERLINK(1)"))
        evaluated(ana)
        response = signed_in(ana).get(f"{QUEUE}download/?outcome=redesignate")
        lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
        assert len(lines) == 2
        assert not any(cell.startswith("=") for line in lines for cell in line)
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="download").count() == 1

    def test_the_workbook_says_what_the_file_says_in_the_order_of_the_list(self, run, ana):
        client = signed_in(ana)
        sent = b"".join(client.get(f"{QUEUE}download/?sort=-subject").streaming_content).decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(sent)))
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{QUEUE}download/workbook/?sort=-subject").content))
        cells = [[_as_text(cell.value) for cell in row] for row in book.active]
        assert cells == lines
        assert [line[1] for line in lines[1:]] == [f"A{number:08d}" for number in range(len(PEOPLE), 0, -1)]
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="download").count() == 2


def _as_text(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value or "")


class TestSelection:
    def test_if_somebody_decides_meanwhile_nothing_is_done_and_the_numbers_are_shown_anew(self, standing_of, ana, theo):
        client, rows = signed_in(ana), [standing_of(name).pk for name in ("sale", "attempt", "cultivation")]
        filled = {"ids": ",".join(map(str, rows)), "outcome": "not_eligible", "basis": "policy", "reason": "Large."}
        shown = client.post("/reviews/selection/override/", filled).context["preview"]
        services.override(actor=theo, determination_ids=rows[:1], outcome="not_eligible", reason="Larger.")
        services.override(actor=theo, determination_ids=rows[1:2], outcome="dismiss", reason="Small.")
        confirmed = filled | {"ids": shown.joined, "seen": shown.seen, "confirmed": "yes"}
        anew = client.post("/reviews/selection/override/", confirmed)
        assert anew.status_code == 409
        assert b"Somebody decided some of these" in anew.content
        assert b"2 convictions will be overridden" in anew.content
        assert b"1: already overridden to this outcome" in anew.content
        assert set(Override.objects.values_list("author", flat=True)) == {theo.pk}
        now = anew.context["preview"]
        client.post("/reviews/selection/override/", confirmed | {"ids": now.joined, "seen": now.seen})
        assert set(Override.objects.filter(author=ana).values_list("determination", flat=True)) == set(rows[1:])

    def test_nothing_is_accepted_either_if_one_of_them_was_decided(self, standing_of, ana, theo):
        rows = [standing_of(name).pk for name in ("sale", "cultivation")]
        services.accept(actor=theo, determination_ids=rows[:1])
        anew = signed_in(ana).post("/reviews/selection/accept/", {"ids": ",".join(map(str, rows))})
        assert anew.status_code == 409
        assert b"1 conviction will be accepted" in anew.content
        assert Review.objects.get().by == theo

    def test_of_a_selection_the_numbers_are_those_of_plain_counting(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        rows = list(queries.standing())
        action = {"action": "override", "everything": "on"}
        preview = signed_in(ana).post("/reviews/selection/?sort=-date", action).context["preview"]
        plain = Counter((row.standing_outcome, row.route) for row in rows)
        assert {(outcome, route): number for outcome, route, number in preview.groups} == plain
        assert sorted(preview.ids) == sorted(row.pk for row in rows)
        assert (preview.people, preview.not_decided_yet) == (len(PEOPLE), len(PEOPLE) - 1)

    def test_what_was_determined_again_is_not_in_the_selection_any_more(self, standing_of, ana):
        old = standing_of("sale").pk
        answering.answer(actor=ana, determination_id=old, fact="still_serving", value="yes", source="docket")
        for address, others in (("", {"row": old}), ("override/", {"ids": old, "outcome": "dismiss", "reason": "x"})):
            values = {"action": "override", "basis": "policy", **others}
            assert signed_in(ana).post(f"/reviews/selection/{address}", values).status_code == 409

    def test_numbers_come_before_accepting_and_exactly_these_are_accepted(self, standing_of, ana):
        client = signed_in(ana)
        preview = client.post("/reviews/selection/?outcome=dismiss", {"action": "accept", "everything": "on"})
        assert b"3 convictions will be accepted" in preview.content
        assert not Review.objects.exists()
        ids = re.search(rb'name="ids" value="([\d,]+)"', preview.content)[1].decode()
        response = client.post("/reviews/selection/accept/?outcome=dismiss", {"ids": ids})
        assert response.url == f"{QUEUE}?outcome=dismiss"
        assert Review.objects.filter(state="accepted", looked_at_singly=False).count() == 3

    def test_what_is_decided_already_is_left_alone_and_said_so(self, standing_of, ana):
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk])
        preview = signed_in(ana).post("/reviews/selection/", {"action": "accept", "everything": "on"})
        assert b"5 convictions will be accepted" in preview.content
        assert b"1: already accepted" in preview.content

    def test_an_override_asks_outcome_and_reason_then_shows_numbers_then_does_it(self, standing_of, ana):
        client = signed_in(ana)
        rows = [standing_of("sale").pk, standing_of("cultivation").pk]
        form = client.post("/reviews/selection/", {"action": "override", "row": rows})
        assert b"2 convictions selected" in form.content
        filled = {"ids": ",".join(map(str, rows)), "outcome": "dismiss", "basis": "policy", "reason": "Small."}
        preview = client.post("/reviews/selection/override/", filled)
        assert b"1 conviction will be overridden" in preview.content
        assert b"1: already the outcome of the run" in preview.content
        assert b"Basis: Policy" in preview.content
        assert not Override.objects.exists()
        client.post("/reviews/selection/override/", {**filled, "ids": rows[0], "confirmed": "yes"})
        assert Override.objects.get().determination_id == rows[0]

    def test_an_override_without_a_reason_goes_nowhere(self, standing_of, ana):
        filled = {
            "ids": standing_of("sale").pk,
            "outcome": "dismiss",
            "basis": "policy",
            "reason": "",
            "confirmed": "yes",
        }
        assert signed_in(ana).post("/reviews/selection/override/", filled).status_code == 422
        assert not Override.objects.exists()

    def test_nothing_ticked_and_garbled_ids_are_refused_in_words(self, run, ana):
        assert signed_in(ana).post("/reviews/selection/", {"action": "accept"}).status_code == 422
        assert signed_in(ana).post("/reviews/selection/accept/", {"ids": "1;DROP"}).status_code == 422

    def test_auditor_and_administrator_may_not(self, standing_of, ivy, adam):
        for user in (ivy, adam):
            response = signed_in(user).post("/reviews/selection/accept/", {"ids": standing_of("sale").pk})
            assert response.status_code == 403


class TestConviction:
    def test_it_shows_reason_rules_source_row_and_history_and_is_one_event(self, standing_of, ana):
        row = standing_of("cultivation")
        response = signed_in(ana).get(page_of(row))
        text = response.content.decode()
        assert "H&amp;S § 11358" in text
        assert "Every rule of the policy" in text
        assert "CR0002" in text
        assert "whole history" in text
        assert "DOE,P2" in text
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("page", [row.conviction.subject_id])

    def test_accepting_goes_on_to_the_next_of_the_queue(self, standing_of, ana):
        first, second = standing_of("sale"), standing_of("cultivation")
        response = signed_in(ana).post(
            f"/reviews/{first.conviction_id}/accept/?state=open", {"determination": first.pk}
        )
        assert response.url == f"{page_of(second)}?state=open"
        assert standing_of("sale").looked_at_singly

    def test_accepting_what_is_not_shown_any_more_is_a_conflict(self, standing_of, ana):
        row = standing_of("sale")
        response = signed_in(ana).post(f"/reviews/{row.conviction_id}/accept/", {"determination": 0})
        assert response.status_code == 409

    def test_overriding_with_a_basis_nobody_stated_comes_back_with_the_reason(self, standing_of, ana):
        row = standing_of("sale")
        filled = {"determination": row.pk, "outcome": "dismiss", "basis": "statute", "reason": "Small."}
        response = signed_in(ana).post(f"/reviews/{row.conviction_id}/override/", filled)
        assert response.status_code == 422
        assert b"no stated fact shows it" in response.content
        filled["basis"] = "policy"
        assert signed_in(ana).post(f"/reviews/{row.conviction_id}/override/", filled).status_code == 302
        assert standing_of("sale").standing_outcome == "dismiss"

    def test_resentencing_is_not_offered_for_a_completed_sentence(self, standing_of, ana):
        assert b'value="resentence"' not in signed_in(ana).get(page_of(standing_of("cultivation"))).content

    def test_the_route_is_answered_on_the_page(self, standing_of, ana):
        row = standing_of("endless")
        url = f"/reviews/{row.conviction_id}/answer/route/"
        lacking = {"determination": row.pk, "route-completed": "yes", "route-source": "Docket"}
        assert signed_in(ana).post(url, lacking).status_code == 422
        response = signed_in(ana).post(url, lacking | {"route-ended_on": "2015-01-01"})
        assert response.status_code == 302
        assert standing_of("endless").route == "completed"

    def test_an_attorney_chooses_a_ground_and_an_analyst_sees_that_one_is_needed(self, standing_of, ana, theo):
        row = standing_of("attempt")
        assert b"Needs a legal ground" in signed_in(ana).get(page_of(row)).content
        filled = {"determination": row.pk, "ground": "treated_as_listed", "authority": "Invented v. Example"}
        url = f"/reviews/{row.conviction_id}/ground/"
        assert signed_in(ana).post(url, filled).status_code == 403
        assert signed_in(theo).post(url, filled).status_code == 302
        assert Ground.objects.get().attorney == theo

    def test_comment_confirm_and_withdraw(self, standing_of, ana, sam):
        row = standing_of("sale")
        base = f"/reviews/{row.conviction_id}"
        assert signed_in(sam).post(f"{base}/comment/", {"text": "Look again."}).status_code == 302
        services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="x")
        Review.objects.update(needs_confirmation=True)
        assert signed_in(ana).post(f"{base}/confirm/", {"determination": row.pk}).status_code == 302
        assert (
            signed_in(ana).post(f"{base}/withdraw/", {"determination": row.pk, "withdraw-reason": ""}).status_code
            == 422
        )
        sent = signed_in(ana).post(f"{base}/withdraw/", {"determination": row.pk, "withdraw-reason": "Misread"})
        assert sent.status_code == 302
        assert b"Look again." in signed_in(ana).get(page_of(row)).content

    def test_auditor_sees_everything_and_no_form_to_change_it(self, standing_of, ivy, adam):
        row = standing_of("endless")
        response = signed_in(ivy).get(page_of(row))
        assert response.status_code == 200
        assert b'action="/reviews/' not in response.content
        assert signed_in(ivy).post(f"/reviews/{row.conviction_id}/comment/", {"text": "x"}).status_code == 403
        assert signed_in(adam).get(page_of(row)).status_code == 403

    def test_what_the_run_does_not_know_is_404_and_get_does_not_act(self, standing_of, ana):
        assert signed_in(ana).get("/reviews/999999/").status_code == 404
        assert signed_in(ana).get(f"/reviews/{standing_of('sale').conviction_id}/accept/").status_code == 405
        assert (
            signed_in(ana).post(f"/reviews/{standing_of('sale').conviction_id}/answer/nothing/", {}).status_code == 404
        )

    def test_markup_in_a_record_stays_text(self, office, ana):
        read_file(ana, person(1, PRI_NAME="<SCRIPT>ALERT(1)</SCRIPT>"))
        evaluated(ana)
        text = signed_in(ana).get(page_of(queries.standing().get())).content.decode()
        assert "<SCRIPT>" not in text
        assert "&lt;SCRIPT&gt;" in text
