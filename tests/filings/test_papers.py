"""From an approved batch to the ZIP, and back when it is withdrawn."""

from __future__ import annotations

import csv
import io
import zipfile

import pypdfium2
import pytest
from django.core.files.storage import default_storage

import petitions
from clearmyrecord import work
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, NotAllowed
from clearmyrecord.filings import drafting, jobs, packaging, queries, services
from clearmyrecord.filings.models import Archive, Package, Paper, PaperChunk
from tests.batches.conftest import approved_by, submitted_by
from tests.cast import *  # noqa: F403 (the cast's fixtures)

States = work.Work.WorkState


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def zip_of(batch) -> zipfile.ZipFile:
    """The only package of a batch whose cases are all at one court."""
    archive = Archive.objects.get(package__batch=batch)
    return zipfile.ZipFile(io.BytesIO(default_storage.open(archive.storage_key).read()))


class TestApproval:
    def test_wants_one_filing_for_each_case_and_route(self, approved):
        assert approved.filings.count() == 4
        assert approved.filings.filter(route="serving").count() == 1
        assert set(approved.filings.values_list("state", flat=True)) == {"drafting"}
        assert PaperChunk.objects.get(batch=approved).work_state == States.WAITING

    def test_the_package_waits_for_the_last_chunk(self, approved):
        assert approved.package.work_state == States.NONE
        jobs.make_package(approved.package.pk)
        assert not Archive.objects.filter(package__batch=approved).exists()

    def test_filings_are_shared_out_in_chunks(self, draft, ana, theo, sam, monkeypatch):
        monkeypatch.setattr(services, "FILINGS_IN_A_CHUNK", 2)
        batch = submitted_by(ana, draft, theo)
        approved_by(sam, batch)
        chunks = PaperChunk.objects.filter(batch=batch).order_by("pk")
        assert [chunk.filings.count() for chunk in chunks] == [2, 1]
        jobs.draft_chunk(chunks[1].pk)
        assert Package.objects.get(batch=batch).work_state == States.NONE
        jobs.draft_chunk(chunks[0].pk)
        assert Package.objects.get(batch=batch).work_state == States.WAITING


class TestDrafting:
    def test_makes_motion_declaration_and_order_of_each_case(self, drafted):
        papers = Paper.objects.filter(filing__batch=drafted)
        assert papers.count() == 12
        assert set(papers.values_list("kind", flat=True)) == {"motion", "declaration", "order"}
        assert set(drafted.filings.values_list("state", flat=True)) == {"drafted"}

    def test_a_paper_says_what_was_frozen(self, drafted):
        paper = Paper.objects.get(filing__batch=drafted, filing__case_number="CR0002", kind="motion")
        text = words_of(default_storage.open(paper.storage_key).read())
        for said in ("CR0002", "P2 DOE", "11358", "February 3, 2010", "Theo Tran", "900001"):
            assert said in text, said
        assert len(pypdfium2.PdfDocument(default_storage.open(paper.storage_key).read())) == paper.pages

    def test_delivered_twice_writes_once(self, drafted):
        for chunk in PaperChunk.objects.filter(batch=drafted):
            jobs.draft_chunk(chunk.pk)
        jobs.make_package(drafted.package.pk)
        assert Paper.objects.filter(filing__batch=drafted).count() == 12
        assert AuditEvent.objects.filter(verb="papers.drafted").count() == 1
        assert AuditEvent.objects.filter(verb="package.made").count() == 1

    def test_a_case_that_may_not_be_drafted_says_why_and_has_no_paper(self, approved, monkeypatch):
        whole = petitions.draft

        def refusing(file, **asked):
            if file.case.number == "CR0001":
                raise petitions.PaperRefused(["The case number can't be printed."])
            return whole(file, **asked)

        monkeypatch.setattr(drafting.petitions, "draft", refusing)
        for chunk in PaperChunk.objects.filter(batch=approved):
            jobs.draft_chunk(chunk.pk)
        jobs.make_package(approved.package.pk)
        filing = approved.filings.get(case_number="CR0001")
        assert (filing.state, filing.refusals) == ("refused", ["The case number can't be printed."])
        assert not filing.papers.exists()
        index = zip_of(approved).read("index.csv").decode("utf-8-sig")
        assert "not drafted: The case number can't be printed." in index
        assert sum(name.endswith(".pdf") for name in zip_of(approved).namelist()) == 9 + 1  # and the index

    def test_a_worker_that_fails_leaves_no_row_and_another_attempt_drafts_all(self, approved, monkeypatch):
        chunk = PaperChunk.objects.get(batch=approved)
        with monkeypatch.context() as patch:
            patch.setattr(drafting.petitions, "draft", lambda *_, **asked: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                jobs.draft_chunk(chunk.pk)
        assert not Paper.objects.exists()
        jobs.draft_chunk(chunk.pk)
        assert Paper.objects.count() == 12

    def test_failed_work_is_started_again_by_an_analyst(self, approved, ana, ivy):
        PaperChunk.objects.filter(batch=approved).update(work_state=States.FAILED, work_attempts=5)
        assert queries.progress(approved, queries.package_of(approved)).failed
        with pytest.raises(NotAllowed):
            services.try_again(actor=ivy, batch_id=approved.pk)
        assert services.try_again(actor=ana, batch_id=approved.pk) == 1
        jobs.draft_chunk(PaperChunk.objects.get(batch=approved).pk)
        assert queries.progress(approved, queries.package_of(approved)).drafted == 4
        with pytest.raises(Conflict):
            services.try_again(actor=ana, batch_id=approved.pk)


class TestPackage:
    def test_holds_every_paper_and_an_index_as_csv_and_pdf(self, drafted):
        archive = zip_of(drafted)
        names = archive.namelist()
        assert len(names) == len(set(names)) == 12 + 4 + 4
        assert "CR0002-completed-motion.pdf" in names
        assert sum(name.endswith("-order.docx") for name in names) == 4  # each order once more, to edit
        assert {"index.csv", "index.pdf", "envelopes.json", "manifest.json"} <= set(names)
        assert not any("DOE" in name for name in names)
        rows = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
        assert len(rows) == 1 + 4
        state = rows[0].index("State")
        assert all(row[state].startswith("unsigned; proof of service not included") for row in rows[1:])
        assert "Index of papers" in words_of(archive.read("index.pdf"))

    def test_same_papers_same_bytes(self, drafted):
        first = Archive.objects.get(package__batch=drafted)
        work.start_again(drafted.package)
        jobs.make_package(drafted.package.pk)
        again = Archive.objects.get(package__batch=drafted)
        assert again.pk != first.pk
        assert (again.name, again.sha256, again.storage_key) == (first.name, first.sha256, first.storage_key)
        assert default_storage.exists(again.storage_key)

    def test_a_damaged_paper_is_never_packed(self, drafted, sam):
        paper = Paper.objects.filter(filing__batch=drafted).first()
        path = default_storage.path(paper.storage_key)
        with open(path, "ab") as stream:
            stream.write(b"x")
        work.start_again(drafted.package)
        with pytest.raises(packaging.PaperDamaged, match=paper.storage_key):
            jobs.make_package(drafted.package.pk)


class TestWithdrawal:
    def test_supersedes_the_papers_and_removes_the_package(self, drafted, sam, django_capture_on_commit_callbacks):
        key = Archive.objects.get(package__batch=drafted).storage_key
        with django_capture_on_commit_callbacks(execute=True):
            batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        assert not Paper.objects.filter(filing__batch=drafted, superseded_at=None).exists()
        assert set(drafted.filings.values_list("state", flat=True)) == {"withdrawn"}
        assert queries.package_of(drafted) is None
        assert not default_storage.exists(key)

    def test_a_chunk_in_work_then_writes_nothing(self, approved, sam, monkeypatch):
        whole = drafting.draft_filing

        def withdrawn_meanwhile(batch, filing, *rest):
            drafted = whole(batch, filing, *rest)
            if approved.filings.filter(state="drafting").exists():
                batches.withdraw(actor=sam, batch_id=batch.pk, reason="Stop.")
            return drafted

        monkeypatch.setattr(drafting, "draft_filing", withdrawn_meanwhile)
        jobs.draft_chunk(PaperChunk.objects.get(batch=approved).pk)
        assert not Paper.objects.exists()
        assert PaperChunk.objects.get(batch=approved).work_state == States.DONE
        assert set(approved.filings.values_list("state", flat=True)) == {"withdrawn"}
