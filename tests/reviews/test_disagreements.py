"""Where people disagree with the engine: by rule and section, how many, and why."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.reviews import services
from clearmyrecord.reviews.disagreements import Disagreement, disagreements
from clearmyrecord.reviews.filters import QueueFilter, filtered
from clearmyrecord.reviews.queries import standing
from clearmyrecord.reviews.tallying import tally
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

pytestmark = pytest.mark.django_db
PAGE = "reviews:disagreements"
NO_OBJECTION = "The people do not oppose."


@pytest.fixture
def decided(ana: Any, theo: Any, office: Any) -> Any:
    """Five convictions under one rule: two overridden for one reason, one for another, one accepted, one open."""
    rows = [row for number in range(1, 6) for row in person(number)]
    rows += [row for number in range(6, 8) for row in person(number, section="11358 HS-CULTIVATE MARIJUANA")]
    read_file(ana, rows)
    run = evaluated(ana)
    sale = list(standing(run).filter(conviction__prop64="11359").order_by("pk").values_list("pk", flat=True))
    services.override(actor=ana, determination_ids=sale[:2], outcome="dismiss", reason=NO_OBJECTION)
    services.override(actor=theo, determination_ids=[sale[2]], outcome="not_eligible", reason="A prior bars it.")
    services.accept(actor=ana, determination_ids=[sale[3]])
    grown = standing(run).filter(conviction__prop64="11358").order_by("pk").first()
    services.accept(actor=ana, determination_ids=[grown.pk])
    return run


def group(found: list[Disagreement], section: str) -> Disagreement:
    (only,) = [each for each in found if each.section == section]
    return only


class TestTheFigures:
    def test_count_what_was_decided_otherwise_of_what_was_decided(self, decided):
        sale = group(disagreements(decided), "11359")
        assert (sale.determinations, sale.decided, sale.otherwise, sale.rate) == (5, 4, 3, 75.0)
        assert dict(sale.to) == {"dismiss": 2, "not_eligible": 1}
        assert sale.reasons == [(NO_OBJECTION, 2), ("A prior bars it.", 1)]

    def test_of_a_group_in_which_everybody_agreed_are_nought(self, decided):
        grown = group(disagreements(decided), "11358")
        assert (grown.determinations, grown.decided, grown.otherwise, grown.rate) == (2, 1, 0, 0.0)

    def test_an_override_withdrawn_is_no_disagreement(self, ana, decided):
        row = standing(decided).filter(override_reason=NO_OBJECTION).order_by("pk").first()
        services.withdraw_override(actor=ana, determination_id=row.pk, reason="By mistake.")
        sale = group(disagreements(decided), "11359")
        assert (sale.decided, sale.otherwise) == (3, 2)

    def test_the_link_leads_to_the_convictions_that_were_counted(self, decided):
        sale = group(disagreements(decided), "11359")
        coded = QueueFilter(sale.asked, tally=tally(decided)).coded()
        assert coded == sale.asked
        assert filtered(standing(decided), coded).count() == sale.otherwise

    def test_hand_reviews_are_told_apart(self, ana, theo, office):
        read_file(ana, person(1, severity=""))
        row = standing(evaluated(ana)).get()
        assert row.outcome == "hand_review"
        services.override(actor=theo, determination_ids=[row.pk], outcome="dismiss", reason=NO_OBJECTION)
        page = signed_in(theo).get(reverse(PAGE)).content.decode()
        assert "Left to a person" in page
        assert "Decided otherwise" not in page


class TestThePage:
    def test_shows_numbers_reasons_and_where_to_draft_the_next_version(self, ana, decided):
        page = signed_in(ana).get(reverse(PAGE)).content.decode()
        for words in ("75.0 %", NO_OBJECTION, "A prior bars it.", f"?source={decided.policy_id}", "state=overridden"):
            assert words in page

    def test_shows_no_reasons_to_who_may_see_no_records(self, adam, decided):
        response = signed_in(adam).get(reverse(PAGE))
        assert response.status_code == 403
        assert NO_OBJECTION not in response.content.decode()

    def test_an_auditor_reads_it_but_drafts_nothing(self, ivy, decided):
        page = signed_in(ivy).get(reverse(PAGE)).content.decode()
        assert "75.0 %" in page
        assert "?source=" not in page

    def test_before_anything_is_decided_says_what_will_stand_here(self, ana, run):
        assert "Nobody has decided anything yet" in signed_in(ana).get(reverse(PAGE)).content.decode()

    def test_needs_few_queries(self, ana, decided):
        client = signed_in(ana)
        client.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(PAGE))
        assert len(captured) <= 12
