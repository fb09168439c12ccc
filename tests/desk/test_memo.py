"""The memo to the file: a determination with all that it rests on."""

import io
import time

import pikepdf
import pypdfium2
import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.records.models import Subject
from clearmyrecord.reviews import queries
from clearmyrecord.reviews import services as reviews
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Determination
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, office, person, run, standing_of

pytestmark = pytest.mark.django_db
__all__ = ["office", "run", "standing_of"]

LONGEST = 0.7
"""Seconds of processor time for a memo as PDF."""


def memo(user, pk: int) -> str:
    response = signed_in(user).get(f"/desk/memo/{pk}/")
    assert response.status_code == 200
    return response.content.decode()


def pdf(user, pk: int) -> bytes:
    response = signed_in(user).get(f"/desk/memo/{pk}.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return response.content


def text_of(pdf_bytes: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf_bytes)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


class TestEvidence:
    @pytest.mark.parametrize("who", list(PEOPLE))
    def test_screen_and_paper_have_facts_steps_citations_and_the_very_rows(self, who, standing_of, ana):
        row = standing_of(who)
        shown, printed = memo(ana, row.pk), text_of(pdf(ana, row.pk))
        source = row.reading
        for text in (shown, printed):
            assert row.conviction.subject.cii_number in text
            assert row.run.policy.title in text
            assert source.file_subject.file.sha256 in text
            assert f"Row {source.row} (line {source.line})" in text
            assert row.conviction.case_numbers[0] in text
            assert "July 1, 2024" in text
            assert "Sentence ends" in text  # a fact that every explanation has
        if row.citation:
            assert row.citation in printed

    def test_an_override_stands_first_with_reason_and_author(self, standing_of, ana):
        row = standing_of("sale")
        reviews.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="The office asks for it.")
        for text in (memo(ana, row.pk), text_of(pdf(ana, row.pk))):
            assert text.count("The office asks for it.") == 2
            assert "Ana Alvarez" in text

    def test_an_override_that_waits_for_a_second_person_does_not_stand(self, standing_of, ana):
        row = standing_of("cultivation")
        reviews.override(actor=ana, determination_ids=[row.pk], outcome="not_eligible", reason="A minor was there.")
        text = memo(ana, row.pk)
        assert "Waits for a second person" in text
        assert ">Stands<" not in text

    def test_an_override_that_was_withdrawn_is_told_as_such(self, standing_of, ana):
        row = standing_of("sale")
        reviews.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="A slip.")
        reviews.withdraw_override(actor=ana, determination_id=row.pk, reason="Wrong line.")
        text = memo(ana, row.pk)
        assert "no longer stands" in text
        assert "Stands</th>" not in text

    def test_one_that_was_replaced_says_so_and_that_the_facts_are_todays(self, standing_of, ana):
        row = standing_of("endless")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="no", source="Docket of March 3"
        )
        assert Determination.objects.get(pk=row.pk).superseded_at is not None
        text = memo(ana, row.pk)
        assert "replaced" in text
        assert "These are the facts of today" in text
        now = queries.standing_of(row.conviction_id)
        assert "These are the facts of today" not in memo(ana, now.pk)

    def test_one_of_an_earlier_run_says_that_it_is_not_in_use(self, run, standing_of, ana):
        row = standing_of("sale")
        runs.use_run(actor=ana, run_id=evaluated(ana).pk)
        assert "not the run in use" in memo(ana, row.pk)


class TestPaper:
    def test_it_is_one_tagged_titled_page(self, standing_of, ana):
        row = standing_of("sale")
        with pikepdf.open(io.BytesIO(pdf(ana, row.pk))) as document:
            assert len(document.pages) == 1
            assert document.Root.MarkInfo.Marked
            assert document.docinfo["/Title"] == f"Memo to file, determination {row.pk}"

    def test_hostile_names_and_reasons_are_printed_as_text(self, office, ana):
        hostile = "</p><script>alert(1)</script>&amp; \x01\x0b \u202eEOD 漢 <img src='http://x.example/'>"
        read_file(ana, person(1, section="11359 HS-<b>"))
        row = evaluated(ana).determinations.get()
        Subject.objects.update(name=hostile)
        reviews.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason=hostile)
        assert "<script>alert" not in memo(ana, row.pk)
        printed = text_of(pdf(ana, row.pk))
        assert "<script>alert(1)</script>" in printed
        assert "[U+202E]EOD [U+6F22]" in printed

    def test_it_takes_little_time(self, standing_of, ana):
        row = standing_of("sale")
        pdf(ana, row.pk)  # the typeface is read once per process
        started = time.process_time()
        pdf(ana, row.pk)
        assert time.process_time() - started < LONGEST


class TestAccess:
    def test_screen_and_paper_are_events_of_the_trail(self, standing_of, ivy):
        row = standing_of("sale")
        memo(ivy, row.pk)
        pdf(ivy, row.pk)
        events = AuditEvent.objects.filter(verb="subject.viewed", target_type="runs.determination").order_by("pk")
        assert [(each.kind, each.target_id, each.subjects) for each in events] == [
            ("page", row.pk, [row.conviction.subject_id]),
            ("pdf", row.pk, [row.conviction.subject_id]),
        ]

    def test_an_administrator_sees_none_and_the_unknown_is_404(self, standing_of, adam, ana):
        for part in ("/", ".pdf"):
            assert signed_in(adam).get(f"/desk/memo/{standing_of('sale').pk}{part}").status_code == 403
            assert signed_in(ana).get(f"/desk/memo/999999{part}").status_code == 404
