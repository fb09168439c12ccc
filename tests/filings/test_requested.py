"""Papers made on request for an approved case: proof of service, letters, archive copies."""

from __future__ import annotations

import io
import json
from datetime import date

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from docx import Document

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.filings import drafting, jobs, requested
from clearmyrecord.filings.models import Letter, Paper
from clearmyrecord.records.models import Subject
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.runs import services as runs
from tests.batches.conftest import PEOPLE, approved_by, submitted_by, twin
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.filings.conftest import drawn, sign
from tests.filings.test_papers import words_of as raw_words_of
from tests.filings.test_papers import zip_of
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated

PROOF = {
    "server": "Clara Clerk",
    "server_address": "1 Demonstration Street, Martinez, CA 94553",
    "method": "mail",
    "consents": False,
    "served": [("Public Defender of Contra Costa County", "3 Demonstration Street, Martinez, CA 94553")],
}
LETTER = {
    "ordered_on": date(2024, 9, 3),
    "address": ("4 Invented Lane", "Richmond, CA 94801"),
    "address_source": "confirmed by counsel on September 4, 2024",
    "defender_phone": "(925) 555-0199",
}


def words_of(row) -> str:
    return " ".join(raw_words_of(default_storage.open(row.storage_key).read()).split())


@pytest.fixture
def filing(drafted):
    """A case whose one conviction is to be dismissed and sealed."""
    return drafted.filings.get(case_number="CR0002")


def prove(actor, filing, **others):
    return requested.prove_service(actor=actor, filing_id=filing.pk, **PROOF | others)


def write(actor, filing, done=("sealed",), languages=("en-US", "es-US"), **others):
    return requested.write_letters(actor=actor, filing_id=filing.pk, done=done, languages=languages, **LETTER | others)


class TestProofOfService:
    def test_names_the_papers_the_server_and_who_is_served(self, filing, ana):
        text = words_of(prove(ana, filing))
        for said in (
            "Clara Clerk", "Public Defender of Contra Costa County", "CR0002", "United States Postal Service",
            "Motion to Dismiss and Seal Conviction", "Declaration of Theo Tran", "[Proposed] Order",
        ):  # fmt: skip
            assert said in text, said

    def test_is_a_paper_of_the_filing_and_goes_into_the_package(self, filing, ana):
        paper = prove(ana, filing)
        assert (paper.kind, paper.filing) == ("proof", filing)
        jobs.make_package(filing.batch.package.pk)
        assert "CR0002-completed-proof-of-service.pdf" in zip_of(filing.batch).namelist()

    def test_a_newer_one_replaces_it(self, filing, ana):
        first, second = prove(ana, filing), prove(ana, filing, server="Carl Clerk")
        first.refresh_from_db()
        assert first.superseded_at
        assert "Clara Clerk" in words_of(first)  # its bytes stay what they were
        assert "Proof of Service" not in words_of(second).split("I served")[1].split(" on Public")[0]

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ({"server": "Theo Tran"}, "not the signing attorney"),
            ({"method": "electronic"}, "Service by e-mail needs consent or an order."),
            ({"served": []}, "nobody who was served"),
        ],
    )
    def test_what_the_law_forbids_is_refused_with_the_reason(self, given, reason, filing, ana):
        with pytest.raises(Invalid, match=reason):
            prove(ana, filing, **given)
        assert not Paper.objects.filter(kind="proof").exists()

    def test_analysts_only_and_never_for_a_withdrawn_batch(self, filing, ana, sam, ivy):
        for actor in (sam, ivy):
            with pytest.raises(NotAllowed):
                prove(actor, filing)
        batches.withdraw(actor=sam, batch_id=filing.batch_id, reason="Wrong policy.")
        with pytest.raises(Conflict):
            prove(ana, filing)


class TestLetters:
    def test_say_in_english_and_spanish_what_the_court_did(self, filing, ana):
        english, spanish = (words_of(letter) for letter in write(ana, filing))
        assert "dismissed and sealed one conviction in your case" in english
        assert "September 3, 2024" in english
        assert "anuló y selló una condena en su caso" in spanish
        assert "3 de septiembre de 2024" in spanish
        for text in (english, spanish):
            assert "P2 DOE" in text
            assert "4 Invented Lane" in text
            assert "(925) 555-0199" in text
            assert "11358" not in text

    def test_several_convictions_of_a_case_with_different_reliefs_are_one_set_of_papers_and_a_letter_each(
        self, run, ana, theo, sam
    ):
        read_file(ana, [*PEOPLE["sale"], twin(1, "101002002000", section="11358 HS-CULTIVATE MARIJUANA")])
        runs.use_run(actor=ana, run_id=evaluated(ana).pk)
        both = reviews.standing().filter(conviction__subject__cii_number="A00000001")
        assert set(both.values_list("standing_outcome", flat=True)) == {"dismiss", "redesignate"}
        batch = submitted_by(ana, batches.compose(actor=ana, name="Both", filter={}), theo)
        approved_by(sam, batch)
        for chunk in batch.paper_chunks.all():
            jobs.draft_chunk(chunk.pk)
        filing = batch.filings.get(case_number="CR0001")
        assert sorted(filing.papers.values_list("kind", flat=True)) == ["declaration", "motion", "order"]
        assert requested.reliefs_of(drafting.items_of(filing)) == {"misdemeanor": 1, "sealed": 1}
        sealed, lowered = write(ana, filing, done=("sealed", "misdemeanor"), languages=("en-US",))
        assert "dismissed and sealed" in words_of(sealed)
        assert "lowered one conviction in your case to a misdemeanor" in words_of(lowered)

    def test_are_no_papers_of_the_package(self, filing, ana):
        write(ana, filing)
        jobs.make_package(filing.batch.package.pk)
        assert not any("letter" in name for name in zip_of(filing.batch).namelist())

    def test_a_newer_one_replaces_it(self, filing, ana):
        write(ana, filing)
        write(ana, filing, languages=("en-US",), ordered_on=date(2024, 9, 4))
        assert Letter.objects.filter(superseded_at=None).count() == 2
        assert Letter.objects.count() == 3

    def test_none_is_written_to_somebody_recorded_as_deceased(self, filing, ana):
        Subject.objects.filter(pk=filing.subject_id).update(deceased=True)
        with pytest.raises(Invalid, match="deceased: no letter is sent"):
            write(ana, filing)
        assert not Letter.objects.exists()

    def test_nothing_is_said_that_was_not_asked_for(self, filing, ana):
        with pytest.raises(Invalid, match="Choose what the court ordered"):
            write(ana, filing, done=("misdemeanor",))

    def test_fall_with_the_batch(self, filing, ana, sam):
        write(ana, filing)
        batches.withdraw(actor=sam, batch_id=filing.batch_id, reason="Wrong policy.")
        assert not Letter.objects.filter(superseded_at=None).exists()


class TestArchiveCopy:
    def shown(self, user, filing, kind="motion"):
        paper = filing.papers.get(kind=kind)
        return signed_in(user).get(reverse("filings:archive_copy", args=[paper.pk]))

    def test_is_the_same_paper_as_pdf_a_2u(self, filing, ana):
        response = self.shown(ana, filing)
        assert response["Content-Disposition"] == 'inline; filename="archive-CR0002-completed-motion.pdf"'
        with pikepdf.open(io.BytesIO(response.content)) as pdf, pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "U")
        paper = filing.papers.get(kind="motion")
        assert " ".join(raw_words_of(response.content).split()) == words_of(paper)

    def test_same_paper_same_bytes(self, filing, ana):
        assert self.shown(ana, filing).content == self.shown(ana, filing).content

    def test_of_a_proof_none_is_made(self, filing, ana):
        prove(ana, filing)
        assert self.shown(ana, filing, "proof").status_code == 404


class TestPage:
    def test_offers_what_may_be_asked_for(self, filing, ana, ivy):
        url = reverse("filings:filing", args=[filing.pk])
        shown = signed_in(ana).get(url).content.decode()
        for said in ("Draft a proof of service", "Dismissed and sealed: 1 conviction", "archive copy (PDF/A)"):
            assert said in shown
        assert "Draft a proof of service" not in signed_in(ivy).get(url).content.decode()

    def test_a_proof_is_asked_for_and_shown(self, filing, ana):
        filled = {
            f"proof-{name}": value
            for name, value in {
                "server": "Clara Clerk", "server_address": "1 Demonstration Street", "may_serve": "on",
                "method": "mail", "who_1": "Public Defender", "address_1": "3 Demonstration Street",
            }.items()
        }  # fmt: skip
        response = signed_in(ana).post(reverse("filings:proof", args=[filing.pk]), filled)
        assert response.status_code == 302
        assert "Proof of Service" in signed_in(ana).get(response.url).content.decode()
        response = signed_in(ana).post(reverse("filings:proof", args=[filing.pk]), filled | {"proof-server": ""})
        assert response.status_code == 422

    def test_letters_are_asked_for_and_open_in_the_browser(self, filing, ana):
        filled = {
            "letter-done": ["sealed"], "letter-languages": ["es-US"], "letter-ordered_on": "2024-09-03",
            "letter-address": "4 Invented Lane\nRichmond, CA 94801", "letter-address_source": "counsel",
            "letter-defender_phone": "(925) 555-0199",
        }  # fmt: skip
        response = signed_in(ana).post(reverse("filings:letters", args=[filing.pk]), filled)
        assert response.status_code == 302
        letter = Letter.objects.get()
        response = signed_in(ana).get(reverse("filings:letter", args=[letter.pk]))
        assert b"".join(response.streaming_content).startswith(b"%PDF-")
        event = AuditEvent.objects.filter(verb="subject.viewed").latest("pk")
        assert (event.kind, event.subjects) == ("pdf", [filing.subject_id])

    @pytest.mark.parametrize(
        ("field", "value"), [("done", []), ("ordered_on", "2999-01-01"), ("address", " "), ("address_source", "")]
    )
    def test_a_letter_that_lacks_something_comes_back(self, field, value, filing, ana):
        filled = {
            "letter-done": ["sealed"], "letter-languages": ["es-US"], "letter-ordered_on": "2024-09-03",
            "letter-address": "4 Invented Lane\nRichmond, CA 94801", "letter-address_source": "counsel",
            "letter-defender_phone": "(925) 555-0199",
        } | {f"letter-{field}": value}  # fmt: skip
        assert signed_in(ana).post(reverse("filings:letters", args=[filing.pk]), filled).status_code == 422
        assert not Letter.objects.exists()

    def test_readers_only(self, filing, adam, ivy):
        assert signed_in(adam).get(reverse("filings:filing", args=[filing.pk])).status_code == 403
        for name in ("proof", "letters"):
            assert signed_in(ivy).post(reverse(f"filings:{name}", args=[filing.pk])).status_code == 403


class TestOrderToEdit:
    def url(self, filing, kind="order") -> str:
        return reverse("filings:order_to_edit", args=[filing.papers.get(kind=kind, superseded_at=None).pk])

    def test_is_the_file_of_the_package_under_a_name_beside_the_pdf(self, filing, ana):
        response = signed_in(ana).get(self.url(filing))
        assert response["Content-Disposition"] == 'attachment; filename="CR0002-completed-order.docx"'
        content = b"".join(response.streaming_content)
        assert content == zip_of(filing.batch).read("CR0002-completed-order.docx")
        text = " ".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
        assert "11358" in text

    def test_is_made_when_nobody_drafted_it(self, filing, ana):
        order = filing.papers.get(kind="order")
        key = f"orders/{filing.batch_id}/{order.sha256}.docx"
        before = default_storage.open(key).read()
        default_storage.delete(key)
        assert b"".join(signed_in(ana).get(self.url(filing)).streaming_content) == before

    def test_is_linked_from_the_case_and_seen_by_the_trail(self, filing, ivy):
        assert self.url(filing) in signed_in(ivy).get(reverse("filings:filing", args=[filing.pk])).content.decode()
        signed_in(ivy).get(self.url(filing))
        event = AuditEvent.objects.get(verb="subject.viewed", kind="download")
        assert event.subjects == [filing.subject_id]

    def test_only_of_a_standing_order_and_only_for_readers(self, filing, ana, adam, sam):
        assert signed_in(ana).get(self.url(filing, "motion")).status_code == 404
        assert signed_in(adam).get(self.url(filing)).status_code == 403
        url = self.url(filing)
        batches.withdraw(actor=sam, batch_id=filing.batch_id, reason="Wrong policy.")
        assert signed_in(ana).get(url).status_code == 404

    def test_never_leads_and_has_a_code_of_its_own(self, filing, theo):
        sign(theo, filing.batch, filing.pk)
        drawn(filing.batch)
        (envelope,) = json.loads(zip_of(filing.batch).read("envelopes.json"))["envelopes"]
        (to_edit,) = (each for each in envelope["documents"] if each["code"] == "proposed-order-editable")
        assert (to_edit["role"], to_edit["file"]) == ("attachment", "CR0002-completed-order.docx")
        assert envelope["documents"][0]["code"] == "motion"
