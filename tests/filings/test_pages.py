"""The pages of papers: progress, each case, PDFs, the ZIP."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

from clearmyrecord import work
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.filings import jobs
from clearmyrecord.filings.models import Archive, Paper
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in


def archive_of(batch) -> Archive:
    return Archive.objects.get(package__batch=batch)


def page(user, name, *args, **query):
    return signed_in(user).get(reverse(f"filings:{name}", args=args), query)


class TestPackagePage:
    def test_shows_how_far_the_papers_are_and_asks_again_quietly(self, approved, ana):
        shown = page(ana, "package", approved.pk).content.decode()
        assert "0 of 4" in shown
        assert "X-Background" in shown
        assert page(ana, "progress", approved.pk).headers.get("HX-Refresh") is None

    def test_lists_each_case_with_its_papers_and_the_download(self, drafted, ana):
        shown = page(ana, "package", drafted.pk).content.decode()
        assert reverse("filings:download", args=[archive_of(drafted).pk]) in shown
        for paper in Paper.objects.filter(filing__batch=drafted):
            assert reverse("filings:paper", args=[paper.pk]) in shown
        assert page(ana, "progress", drafted.pk).headers["HX-Refresh"] == "true"

    def test_a_batch_that_is_not_approved_has_none(self, draft, ana):
        assert page(ana, "package", draft.pk).status_code == 404

    def test_all_filings_are_listed_by_court_and_state(self, drafted, ana):
        court = drafted.items.first().court_id
        assert "CR0002" in page(ana, "filings", court=court, state="drafted").content.decode()
        assert "CR0002" not in page(ana, "filings", state="refused").content.decode()


class TestPdf:
    def test_opens_in_the_browser_with_safe_headers(self, drafted, ana):
        paper = Paper.objects.filter(filing__batch=drafted).first()
        response = page(ana, "paper", paper.pk)
        pdf = b"".join(response.streaming_content)
        assert pdf.startswith(b"%PDF-")
        assert len(pdf) == paper.size
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'inline; filename="{paper.file_name}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("pdf", [paper.filing.subject_id])

    def test_a_superseded_one_is_not_given(self, drafted, ana, sam):
        paper = Paper.objects.filter(filing__batch=drafted).first()
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        response = page(ana, "paper", paper.pk)
        assert response.status_code == 404
        assert "superseded" in response.content.decode()


class TestZip:
    def test_is_downloaded_and_seen_by_the_trail(self, drafted, ana):
        response = page(ana, "download", archive_of(drafted).pk)
        archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
        assert len(archive.namelist()) == 12 + 4 + 4
        assert response["Content-Disposition"].startswith("attachment")
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("download", 4)

    def test_is_not_offered_before_it_is_whole_nor_after_it_was_made_anew(self, drafted, ana):
        gone = archive_of(drafted).pk
        work.start_again(drafted.package)
        assert ".zip" not in page(ana, "package", drafted.pk).content.decode()
        jobs.make_package(drafted.package.pk)
        assert page(ana, "download", gone).status_code == 404

    def test_is_gone_after_withdrawal(self, drafted, ana, sam):
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        assert page(ana, "download", archive_of(drafted).pk).status_code == 409
        shown = page(ana, "package", drafted.pk).content.decode()
        assert "Superseded" in shown
        assert ".zip" not in shown


class TestRoles:
    @pytest.mark.parametrize("name", ["package", "progress", "download"])
    def test_administrators_see_no_papers(self, drafted, adam, name):
        assert page(adam, name, archive_of(drafted).pk if name == "download" else drafted.pk).status_code == 403

    def test_auditors_read_and_start_nothing(self, approved, ivy):
        assert page(ivy, "package", approved.pk).status_code == 200
        assert signed_in(ivy).post(reverse("filings:try_again", args=[approved.pk])).status_code == 403
