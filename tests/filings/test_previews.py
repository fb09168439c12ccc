"""The papers a conviction would become, before there is a batch."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings.models import Paper
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import second_person
from clearmyrecord.reviews import services as review_services
from clearmyrecord.runs import services as runs
from tests.batches.conftest import PEOPLE, twin
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated


def row_of(name: str):
    """What stands for one of PEOPLE."""
    return reviews.standing().get(conviction__subject__cii_number=PEOPLE[name][0]["CII_NUMBER"])


def shown(user, row, kind="motion"):
    return signed_in(user).get(reverse("filings:preview", args=[row.conviction_id, kind]))


def words_of(response) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(response.content))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


@pytest.mark.usefixtures("run")
class TestPreview:
    @pytest.mark.parametrize(
        ("kind", "says"),
        [
            ("motion", "Motion to Dismiss and Seal Conviction"),
            ("declaration", "declare"),
            ("order", "DISMISSED as legally invalid"),
        ],
    )
    def test_each_paper_is_a_watermarked_pdf_of_what_stands(self, kind, says, ana):
        response = shown(ana, row_of("cultivation"), kind)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'inline; filename="preview-CR0002-completed-{kind}.pdf"'
        text = words_of(response)
        for said in ("PREVIEW", "NOT FOR FILING", "CR0002", "P2 DOE", "11358", "February 3, 2010", says):
            assert said in text, said

    def test_nothing_is_kept_and_no_batch_is_needed(self, ana):
        shown(ana, row_of("cultivation"))
        assert not Batch.objects.exists()
        assert not Paper.objects.exists()

    def test_it_is_a_view_of_the_subject(self, ana):
        row = row_of("cultivation")
        shown(ana, row)
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("pdf", [row.conviction.subject_id])
        assert (event.target_type, event.target_id) == ("records.conviction", row.conviction_id)

    def test_an_attorney_sees_their_own_name_and_anybody_else_a_placeholder(self, ana, theo):
        row = row_of("cultivation")
        assert "Theo Tran (State Bar No. 900001)" in words_of(shown(theo, row))
        assert "[Attorney to sign]" in words_of(shown(ana, row))

    def test_an_override_is_in_it_at_once(self, ana):
        row = row_of("sale")
        assert "redesignat" in words_of(shown(ana, row)).lower()
        review_services.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small.")
        assert "REDESIGNATED" not in words_of(shown(ana, row_of("sale"), "order"))

    def test_the_browser_shows_it_and_runs_nothing_in_it(self, ana):
        response = shown(ana, row_of("cultivation"))
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("name", "missing"),
        [
            ("numberless", "The record has no case number. What is it?"),
            ("elsewhere", "“CASC NOWHERE” is not mapped to a court of the office"),
            ("endless", "Is the sentence completed?"),
            ("attempt", "Needs a legal ground"),
            ("serving", "status, controlling term, credits and hearing choice"),
        ],
    )
    def test_what_can_not_be_drafted_says_what_is_missing(self, name, missing, ana):
        row = row_of(name)
        response = shown(ana, row)
        assert response.status_code == 422
        assert missing in response.content.decode()
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("page", [row.conviction.subject_id])

    def test_what_is_not_eligible_becomes_no_paper(self, ana, theo):
        row = row_of("sale")
        review_services.override(actor=ana, determination_ids=[row.pk], outcome="not_eligible", reason="Barred.")
        assert "second person" in shown(ana, row_of("sale")).content.decode()
        waiting = row_of("sale")
        second_person.confirm(actor=theo, determination_id=waiting.pk, override_id=waiting.override_id)
        response = shown(ana, row_of("sale"))
        assert response.status_code == 422
        assert "no paper asks for relief" in response.content.decode()
        page = signed_in(ana).get(reverse("reviews:conviction", args=[row.conviction_id])).content.decode()
        assert "Show the motion" not in page

    def test_another_kind_or_another_conviction_is_not_found(self, ana):
        assert shown(ana, row_of("sale"), "letter").status_code == 404
        assert signed_in(ana).get(reverse("filings:preview", args=[999999, "motion"])).status_code == 404

    def test_readers_only(self, ivy, sam, adam):
        row = row_of("cultivation")
        assert shown(ivy, row).status_code == 200
        assert shown(sam, row).status_code == 200
        assert shown(adam, row).status_code == 403
        assert shown(None, row).status_code == 302

    def test_the_page_of_the_conviction_offers_it(self, ana):
        row = row_of("cultivation")
        page = signed_in(ana).get(reverse("reviews:conviction", args=[row.conviction_id])).content.decode()
        assert "Show the motion this would become" in page
        assert reverse("filings:preview", args=[row.conviction_id, "order"]) in page


def test_the_other_convictions_of_the_case_are_in_it(run, ana):
    second = twin(2, "101002002000", section="11357 HS-POSSESS MARIJUANA")
    read_file(ana, [*PEOPLE["cultivation"], second])
    runs.use_run(actor=ana, run_id=evaluated(ana).pk)
    row = reviews.standing().get(conviction__subject__cii_number="A00000002", conviction__prop64="11358")
    text = words_of(shown(ana, row, "order"))
    assert "11358" in text
    assert "11357" in text
