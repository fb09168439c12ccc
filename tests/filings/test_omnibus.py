"""From an approved omnibus batch to its two ZIPs, and back when it is withdrawn."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

import petitions
from clearmyrecord import work
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import NotAllowed
from clearmyrecord.filings import jobs, omnibus, omnibus_drafting
from clearmyrecord.filings.models import Filing, OmnibusMotion, OmnibusPackage, OmnibusPaper, OmnibusVolume, Package
from tests.batches.conftest import approved_by
from tests.batches.test_omnibus import as_omnibus, dismissals
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.filings.test_papers import words_of

__all__ = ["dismissals"]
States = work.Work.WorkState
IDENTIFIERS = ("A00000002", "01/01/1980")


@pytest.fixture
def wanted(dismissals, ana, theo, sam) -> OmnibusMotion:
    """Of two people, composed by Ana, approved by Sam."""
    batch = as_omnibus(ana, dismissals, theo)
    approved_by(sam, batch)
    return OmnibusMotion.objects.get(batch=batch)


def draw(motion: OmnibusMotion) -> None:
    """As the workers would."""
    jobs.draft_omnibus(motion.pk)
    for volume in OmnibusVolume.objects.filter(motion=motion):
        jobs.draw_volume(volume.pk)
    jobs.pack_omnibus(motion.package.pk)


@pytest.fixture
def drawn(wanted) -> OmnibusMotion:
    draw(wanted)
    wanted.refresh_from_db()
    return wanted


def zip_of(motion, which) -> zipfile.ZipFile:
    package = OmnibusPackage.objects.get(motion=motion)
    return zipfile.ZipFile(io.BytesIO(default_storage.open(getattr(package, f"{which}_key")).read()))


class TestApproval:
    def test_wants_one_motion_and_no_filing_of_a_case(self, wanted):
        assert (wanted.work_state, wanted.state) == (States.WAITING, "drafting")
        assert wanted.package.work_state == States.NONE
        assert not Filing.objects.filter(batch=wanted.batch).exists()
        assert not Package.objects.filter(batch=wanted.batch).exists()


class TestDrawing:
    def test_motion_declaration_and_order_come_first_then_each_volume(self, wanted):
        jobs.draft_omnibus(wanted.pk)
        kinds = OmnibusPaper.objects.filter(motion=wanted).values_list("kind", flat=True)
        assert sorted(kinds) == ["declaration", "motion", "order"]
        volumes = OmnibusVolume.objects.filter(motion=wanted)
        assert [(volume.is_confidential, volume.number, volume.work_state) for volume in volumes] == [
            (False, 1, States.WAITING),
            (True, 1, States.WAITING),
        ]
        assert wanted.package.work_state == States.NONE

    def test_a_list_goes_into_as_many_volumes_as_it_needs(self, wanted, monkeypatch):
        whole = petitions.draft_omnibus
        monkeypatch.setattr(omnibus_drafting.petitions, "draft_omnibus", lambda list_: whole(list_, rows_a_volume=1))
        draw(wanted)
        names = zip_of(wanted, "public").namelist()
        assert "exhibit-A-1-volume-2-of-2-order.pdf" in names
        text = words_of(zip_of(wanted, "public").read("exhibit-A-1-volume-2-of-2-motion.pdf"))
        assert "Rows 2 to 2" in text
        assert "Total: 2 convictions of 2 persons in 2 cases." in text

    def test_a_drawn_volume_keeps_no_plan(self, drawn):
        assert set(drawn.volumes.values_list("plan", flat=True)) == {None}

    def test_delivered_twice_writes_once(self, drawn):
        draw(drawn)
        assert drawn.papers.count() == 3 + 2 + 1
        assert AuditEvent.objects.filter(verb="omnibus.volume_drawn").count() == 2
        assert AuditEvent.objects.filter(verb="package.made").count() == 1

    def test_a_worker_that_fails_leaves_no_row_and_another_attempt_draws_all(self, wanted, monkeypatch):
        jobs.draft_omnibus(wanted.pk)
        volume = OmnibusVolume.objects.filter(motion=wanted).first()
        with monkeypatch.context() as patch:
            patch.setattr(omnibus_drafting.petitions, "draw_volume", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                jobs.draw_volume(volume.pk)
        assert not volume.papers.exists()
        draw(wanted)
        assert OmnibusPackage.objects.get(motion=wanted).public_key

    def test_a_refused_volume_says_why_and_nothing_is_offered(self, wanted, monkeypatch, ana):
        def refusing(_):
            raise petitions.PaperRefused(["A name can't be printed."])

        monkeypatch.setattr(omnibus_drafting.petitions, "draw_volume", refusing)
        draw(wanted)
        wanted.refresh_from_db()
        assert (wanted.state, set(wanted.refusals)) == ("refused", {"A name can't be printed."})
        assert not OmnibusPackage.objects.get(motion=wanted).public_key
        shown = signed_in(ana).get(reverse("filings:omnibus", args=[wanted.batch_id])).content.decode()
        assert "A name can&#x27;t be printed." in shown

    def test_failed_work_is_started_again_by_an_analyst(self, wanted, ana, ivy):
        OmnibusMotion.objects.update(work_state=States.FAILED)
        with pytest.raises(NotAllowed):
            omnibus.try_again(actor=ivy, batch_id=wanted.batch_id)
        assert omnibus.try_again(actor=ana, batch_id=wanted.batch_id) == 1


class TestPackage:
    def test_the_public_papers_carry_no_identifier_and_the_confidential_ones_are_apart(self, drawn):
        public, confidential = zip_of(drawn, "public"), zip_of(drawn, "confidential")
        assert sorted(public.namelist()) == [
            "exhibit-A-1-volume-1-of-1-motion.pdf",
            "exhibit-A-1-volume-1-of-1-order.pdf",
            "index.pdf",
            "omnibus-exhibit-A-1-declaration.pdf",
            "omnibus-exhibit-A-1-motion.pdf",
            "omnibus-exhibit-A-1-order.pdf",
        ]
        said = " ".join(words_of(public.read(name)) for name in public.namelist())
        assert "CR0002" in said
        assert not any(identifier in said for identifier in IDENTIFIERS)
        assert sorted(confidential.namelist()) == ["exhibit-A-1-volume-1-of-1-confidential.pdf", "index.pdf"]
        attached = words_of(confidential.read("exhibit-A-1-volume-1-of-1-confidential.pdf"))
        assert all(identifier in attached for identifier in IDENTIFIERS)

    def test_the_index_says_what_must_be_confirmed_and_is_made_anew_when_it_is(self, drawn, ana):
        def index():
            return words_of(zip_of(drawn, "public").read("index.pdf")).replace("\r\n", " ")

        assert "1 cases: confirm that the court still has the record" in index()
        item = drawn.batch.items.get(case_number="CR0003")
        batches.answer_court_record(
            actor=ana, batch_id=drawn.batch_id, item_ids=[item.pk], value="yes", source="Clerk Cruz"
        )
        jobs.pack_omnibus(drawn.package.pk)
        assert "confirm that the court" not in index()

    def test_same_papers_same_bytes(self, drawn):
        first = OmnibusPackage.objects.get(motion=drawn)
        work.start_again(first)
        jobs.pack_omnibus(first.pk)
        second = OmnibusPackage.objects.get(motion=drawn)
        assert (first.public_sha256, first.confidential_sha256) == (second.public_sha256, second.confidential_sha256)


class TestWithdrawal:
    def test_supersedes_the_papers_and_removes_both_zips(self, drawn, sam, django_capture_on_commit_callbacks):
        package = OmnibusPackage.objects.get(motion=drawn)
        with django_capture_on_commit_callbacks(execute=True):
            batches.withdraw(actor=sam, batch_id=drawn.batch_id, reason="Wrong policy.")
        assert not drawn.papers.filter(superseded_at=None).exists()
        assert not default_storage.exists(package.public_key)
        assert not default_storage.exists(package.confidential_key)

    def test_a_volume_in_work_then_writes_nothing(self, wanted, sam):
        jobs.draft_omnibus(wanted.pk)
        batches.withdraw(actor=sam, batch_id=wanted.batch_id, reason="Stop.")
        for volume in OmnibusVolume.objects.filter(motion=wanted):
            jobs.draw_volume(volume.pk)
        assert not OmnibusPaper.objects.filter(motion=wanted, superseded_at=None).exists()


class TestPages:
    def test_papers_of_the_batch_lead_here_and_offer_both_downloads(self, drawn, ana):
        response = signed_in(ana).get(reverse("filings:package", args=[drawn.batch_id]))
        assert response.url == reverse("filings:omnibus", args=[drawn.batch_id])
        shown = signed_in(ana).get(response.url).content.decode()
        for which in ("papers", "confidential"):
            assert reverse("filings:omnibus_download", args=[drawn.batch_id, which]) in shown
        assert "Exhibit A-1 to People’s Omnibus Motion, Volume 1 of 1" in shown

    def test_shows_how_far_it_is_and_asks_again_quietly(self, wanted, ana):
        shown = signed_in(ana).get(reverse("filings:omnibus", args=[wanted.batch_id])).content.decode()
        assert "0 of 1" in shown
        assert "X-Background" in shown

    def test_a_volume_is_a_view_of_everybody_in_the_list(self, drawn, ana):
        volume = drawn.papers.filter(kind="exhibit").first()
        response = signed_in(ana).get(reverse("filings:omnibus_paper", args=[volume.pk]))
        assert b"".join(response.streaming_content).startswith(b"%PDF-")
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("pdf", 2)

    def test_a_download_is_seen_by_the_trail(self, drawn, ivy):
        url = reverse("filings:omnibus_download", args=[drawn.batch_id, "confidential"])
        response = signed_in(ivy).get(url)
        assert response["Content-Disposition"].startswith("attachment")
        b"".join(response.streaming_content)
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("download", 2)

    def test_nothing_is_given_before_it_is_whole_nor_after_withdrawal(self, wanted, ana, sam):
        url = reverse("filings:omnibus_download", args=[wanted.batch_id, "papers"])
        assert signed_in(ana).get(url).status_code == 409
        draw(wanted)
        batches.withdraw(actor=sam, batch_id=wanted.batch_id, reason="Wrong policy.")
        assert signed_in(ana).get(url).status_code == 409
        paper = wanted.papers.first()
        assert signed_in(ana).get(reverse("filings:omnibus_paper", args=[paper.pk])).status_code == 404

    def test_administrators_see_none_and_auditors_start_nothing(self, wanted, adam, ivy):
        assert signed_in(adam).get(reverse("filings:omnibus", args=[wanted.batch_id])).status_code == 403
        again = reverse("filings:omnibus_try_again", args=[wanted.batch_id])
        assert signed_in(ivy).post(again).status_code == 403
