"""Composing: totals while choosing, and what is said before a batch is submitted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.batches import queries, services
from clearmyrecord.batches.cautions import cautions
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.totals import totals
from clearmyrecord.office.models import CourtText, Role, User
from clearmyrecord.records.models import Conviction, Suggestion
from clearmyrecord.reviews import services as reviews
from clearmyrecord.runs import services as run_services
from tests.batches.conftest import POSSESSION, twin
from tests.batches.test_pages import page, post
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.factories import CourtFactory, OfficeFactory
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

OTHER = "459 PC-BURGLARY"
PEOPLE = {
    "one felony": person(1, section=POSSESSION),
    "one felony lowered": person(1),
    "one misdemeanor": person(2, section=POSSESSION, severity="MISDEMEANOR"),
    "a felony of another county beside it": [
        *person(3),
        twin(3, "101002002000", section=OTHER, county="ALAMEDA", case="AL0003", day="20050203"),
    ],
    "a misdemeanor beside it": [
        *person(4),
        twin(4, "101002002000", section=OTHER, severity="MISDEMEANOR", case="CR0104", day="20050203"),
    ],
    "one of unknown severity beside it": [
        *person(5),
        twin(5, "101002002000", section=OTHER, severity="", case="CR0105", day="20050203"),
    ],
    "two felonies of one case": [*person(6), twin(6, "101002002000", section="11358 HS-CULTIVATE MARIJUANA")],
}


def read(ana, *names: str) -> None:
    """A current run over these of PEOPLE."""
    OfficeFactory()
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    read_file(ana, [row for name in names for row in PEOPLE[name]])
    evaluated(ana)


class TestTotals:
    @pytest.mark.parametrize(
        ("name", "no_felony", "felony_unknown", "no_conviction"),
        [
            ("one felony", 1, 0, 1),
            ("one felony lowered", 1, 0, 0),
            ("one misdemeanor", 0, 0, 1),
            ("a felony of another county beside it", 0, 0, 0),
            ("a misdemeanor beside it", 1, 0, 0),
            ("one of unknown severity beside it", 0, 1, 0),
            ("two felonies of one case", 1, 0, 0),
        ],
    )
    def test_who_has_nothing_left_is_counted_over_everything_on_record(
        self, ana, name, no_felony, felony_unknown, no_conviction
    ):
        read(ana, name)
        found = totals({})
        assert (found.people, found.cases) == (1, 1)
        assert (found.no_felony, found.felony_unknown, found.no_conviction) == (
            no_felony,
            felony_unknown,
            no_conviction,
        )

    def test_a_part_of_somebodys_convictions_leaves_the_rest(self, ana):
        read(ana, "two felonies of one case")
        found = totals({"section": "11358"})
        assert (found.convictions, found.no_felony, found.no_conviction) == (1, 0, 0)

    def test_a_filter_by_court_year_and_section_narrows_every_figure(self, run):
        everything = totals({})
        assert (everything.convictions, everything.people) == (9, 9)
        court = str(CourtText.objects.get(text="CASC MARTINEZ").court_id)
        found = totals({"court": court, "year": "2016"})
        assert (found.convictions, found.people, found.cases) == (1, 1, 1)
        assert totals({"year": "1990"}).convictions == 0

    def test_an_override_counts_as_what_it_says(self, ana):
        read(ana, "one felony lowered")
        assert totals({}).no_conviction == 0
        row = queries.free({}).get()
        reviews.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="small", basis="policy")
        assert totals({}).no_conviction == 1
        assert totals({"outcome": "redesignate"}).convictions == 0

    def test_what_another_batch_holds_is_told_apart(self, run, ana):
        held = services.compose(actor=ana, name="Held", filter={"section": "11358"})
        found = totals({})
        assert found.convictions == 8
        assert found.elsewhere == [(held, 1)]

    def test_a_stated_severity_and_case_number_count_at_once(self, ana):
        read(ana, "one of unknown severity beside it", "one felony")
        assert totals({}).felony_unknown == 1
        unclear = Conviction.objects.get(severity="")
        run_services.state_fact(
            actor=ana, conviction_id=unclear.pk, fact="severity", value="misdemeanor", source="docket"
        )
        found = totals({})
        assert (found.felony_unknown, found.no_felony) == (0, 2)

    def test_queries_do_not_grow_with_what_is_found(self, run, ana, django_assert_num_queries):
        totals({"section": "11357"})
        with CaptureQueriesContext(connection) as for_one:
            totals({"section": "11357"})
        assert len(for_one) <= 4
        with django_assert_num_queries(len(for_one)):
            totals({})


class TestPage:
    def test_a_choice_brings_the_totals_alone(self, run, ana):
        client, address = signed_in(ana), reverse("batches:compose")
        part = client.get(address, {"section": "11358"}, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert "1 conviction found" in part
        assert "Will have no felony left" in part
        assert 'name="section" value="11358"' in part
        whole = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert "<html" in client.get(address, {"section": "11358"}, headers=whole).content.decode()

    def test_court_year_and_section_come_first(self, run, ana):
        shown = page(ana, "compose").content.decode()
        places = [shown.index(f'name="{name}"') for name in ("court", "year", "section")]
        assert places == sorted(places)
        assert max(places) < shown.index("More filters") < shown.index('name="rule"')

    def test_says_over_what_the_people_are_counted(self, run, ana):
        assert "everything on record of these people, in every county" in page(ana, "compose").content.decode()


def of(batch: Batch, ana) -> dict[str, int]:
    return {each.code: each.number for each in cautions(batch, queries.candidates(batch), actor=ana)}


class TestCautions:
    def test_nothing_to_say_says_nothing(self, run, ana, sam):
        batch = services.compose(actor=ana, name="One", filter={"section": "11357"})
        assert of(batch, ana) == {}
        assert "Before you submit" not in page(ana, "batch", batch.pk).content.decode()

    def test_unclear_courts_lead_to_their_list(self, draft, ana, sam):
        assert of(draft, ana) == {"unmapped_court": 1}
        shown = page(ana, "batch", draft.pk).content.decode()
        assert "?show=questions&amp;code=unmapped_court#list" in shown

    def test_open_suggestions_are_counted(self, draft, ana, sam, candidate_of):
        two = (candidate_of(draft, name)[1].row.conviction for name in ("sale", "possession"))
        first, second = sorted(conviction.subject_id for conviction in two)
        Suggestion.objects.create(kind="subject", first_id=first, second_id=second, why="Alike.")
        assert of(draft, ana)["suggestion"] == 2

    def test_a_case_with_another_conviction_undecided_is_listed(self, ana, sam):
        two = [*person(1), twin(1, "101002002000", section="664/11358 HS-ATT CULTIVATE MARIJUANA")]
        OfficeFactory()
        CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
        read_file(ana, two)
        evaluated(ana)
        batch = services.compose(actor=ana, name="All", filter={})
        (ready,) = [each for each in queries.candidates(batch) if each.is_ready]
        assert of(batch, ana) == {"undecided": 1}
        shown = page(ana, "batch", batch.pk, show="undecided").content.decode()
        assert "not decided: those in this batch" in shown
        assert reverse("reviews:conviction", args=[ready.row.conviction_id]) in shown

    def test_a_case_with_another_conviction_in_another_batch_is_counted(self, ana, sam):
        read(ana, "two felonies of one case")
        services.compose(actor=ana, name="First", filter={"section": "11358"})
        batch = services.compose(actor=ana, name="Second", filter={})
        assert of(batch, ana) == {"elsewhere": 1, "held": 1}
        assert "First</a> (1)" in page(ana, "batch", batch.pk).content.decode()

    def test_says_when_every_supervisor_prepared_a_part(self, run, ana, sue):
        sue.is_attorney, sue.bar_number = True, "900002"
        sue.save()
        User.objects.filter(role=Role.SUPERVISOR).exclude(pk=sue.pk).update(is_active=False)
        row = queries.free({"section": "11359"}).filter(conviction__subject__cii_number="A00000001").get()
        reviews.override(actor=sue, determination_ids=[row.pk], outcome="dismiss", reason="small", basis="policy")
        batch = services.compose(actor=ana, name="Both", filter={})
        assert of(batch, ana)["approvers"] == 1
        shown = page(ana, "batch", batch.pk, show="approvers").content.decode()
        assert "every supervisor prepared a part of it" in shown
        assert reverse("reviews:conviction", args=[row.conviction_id]) in shown
        services.leave_out(actor=ana, batch_id=batch.pk, item_ids=[batch.items.get(conviction=row.conviction_id).pk])
        assert "approvers" not in of(batch, ana)

    def test_the_number_of_queries_does_not_grow_with_the_batch(self, run, ana, sam, django_assert_max_num_queries):
        small = services.compose(actor=ana, name="Small", filter={"section": "11357"})
        large = services.compose(actor=ana, name="Large", filter={})
        client = signed_in(ana)
        client.get(reverse("batches:batch", args=[small.pk]))
        with CaptureQueriesContext(connection) as for_one:
            client.get(reverse("batches:batch", args=[small.pk]))
        with django_assert_max_num_queries(len(for_one)):
            client.get(reverse("batches:batch", args=[large.pk]))


class TestComments:
    def note(self, sam, batch, item, text="The amount is over an ounce."):
        return post(sam, "comment", batch.pk, item.pk, text=text)

    def test_the_analyst_is_led_through_exactly_the_commented_ones(self, submitted, ana, sam):
        first, second, third = queries.frozen_items(submitted)
        assert self.note(sam, submitted, first).status_code == 302
        assert self.note(sam, submitted, third, "Another <person>.").status_code == 302
        assert "2 convictions with a comment" in page(sam, "batch", submitted.pk).content.decode()
        assert post(sam, "return", submitted.pk).status_code == 302
        submitted.refresh_from_db()
        assert submitted.comment == "See the comments on 2 convictions."
        shown = page(ana, "batch", submitted.pk).content.decode()
        assert "Came back with a comment: 2" in shown
        assert "Another &lt;person&gt;." in shown
        one = page(ana, "returned", submitted.pk, 1).content.decode()
        assert "The amount is over an ounce." in one
        assert reverse("batches:returned", args=[submitted.pk, 2]) in one
        last = page(ana, "returned", submitted.pk, 2).content.decode()
        assert "That was the last" in last
        assert page(ana, "returned", submitted.pk, 3).status_code == 404
        assert reverse("reviews:conviction", args=[second.conviction_id]) not in one + last

    def test_leaving_one_out_goes_on_with_the_next(self, submitted, ana, sam):
        items = list(queries.frozen_items(submitted))
        for item in items[:2]:
            self.note(sam, submitted, item)
        post(sam, "return", submitted.pk, comment="Two to look at.")
        response = post(ana, "leave_out", submitted.pk, item=items[0].pk, returned="2")
        assert response.url == reverse("batches:returned", args=[submitted.pk, 2])
        assert "Left out of this batch" in page(ana, "returned", submitted.pk, 1).content.decode()

    def test_a_comment_is_of_its_version_and_the_next_one_starts_without(self, submitted, ana, theo, sam):
        item = queries.frozen_items(submitted).first()
        self.note(sam, submitted, item)
        post(sam, "return", submitted.pk)
        services.submit(actor=ana, batch_id=submitted.pk, attorney_id=theo.pk, ready_count=3)
        services.return_batch(actor=sam, batch_id=submitted.pk, comment="Once more.")
        assert "Came back with a comment" not in page(ana, "batch", submitted.pk).content.decode()

    def test_the_analyst_reads_nothing_before_the_return(self, submitted, ana, sam):
        item = queries.frozen_items(submitted).first()
        self.note(sam, submitted, item)
        assert "over an ounce" not in page(ana, "item", submitted.pk, item.pk).content.decode()
        assert "over an ounce" in page(sam, "item", submitted.pk, item.pk).content.decode()
        assert page(ana, "returned", submitted.pk, 1).status_code == 404

    def test_is_for_supervisors_of_a_submitted_batch_and_needs_words(self, submitted, ana, ivy, sam):
        item = queries.frozen_items(submitted).first()
        for user in (ana, ivy):
            assert self.note(user, submitted, item).status_code == 403
        assert self.note(sam, submitted, item, " ").status_code == 422
        assert post(sam, "comment", submitted.pk, 999999, text="x").status_code == 404
        assert post(sam, "return", submitted.pk).status_code == 422  # neither comment
        services.return_batch(actor=sam, batch_id=submitted.pk, comment="Wait.")
        assert self.note(sam, submitted, item).status_code == 409
