"""From an approved omnibus batch to its ZIPs, and back when it is withdrawn."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

import petitions
from clearmyrecord import work
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import NotAllowed
from clearmyrecord.filings import jobs, omnibus_drafting, packaging, services
from clearmyrecord.filings.models import Archive, Filing, OmnibusMotion, OmnibusPaper, OmnibusVolume
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
    jobs.make_package(motion.batch.package.pk)


@pytest.fixture
def drawn(wanted) -> OmnibusMotion:
    draw(wanted)
    wanted.refresh_from_db()
    return wanted


def archive_of(motion, which) -> Archive:
    """The only ZIP of the public papers, or of the confidential ones."""
    return Archive.objects.get(package__batch=motion.batch, is_confidential=which == "confidential")


def zip_of(motion, which) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(default_storage.open(archive_of(motion, which).storage_key).read()))


class TestApproval:
    def test_wants_one_motion_and_no_filing_of_a_case(self, wanted):
        assert (wanted.work_state, wanted.state) == (States.WAITING, "drafting")
        assert wanted.batch.package.work_state == States.NONE
        assert not Filing.objects.filter(batch=wanted.batch).exists()


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
        assert wanted.batch.package.work_state == States.NONE

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
        assert archive_of(wanted, "public").papers == 3 + 2

    def test_a_refused_volume_says_why_and_nothing_is_offered(self, wanted, monkeypatch, ana):
        def refusing(_):
            raise petitions.PaperRefused(["A name can't be printed."])

        monkeypatch.setattr(omnibus_drafting.petitions, "draw_volume", refusing)
        draw(wanted)
        wanted.refresh_from_db()
        assert (wanted.state, set(wanted.refusals)) == ("refused", {"A name can't be printed."})
        assert not Archive.objects.exists()
        shown = signed_in(ana).get(reverse("filings:omnibus", args=[wanted.batch_id])).content.decode()
        assert "A name can&#x27;t be printed." in shown

    def test_failed_work_is_started_again_by_an_analyst(self, wanted, ana, ivy):
        OmnibusMotion.objects.update(work_state=States.FAILED)
        with pytest.raises(NotAllowed):
            services.try_again(actor=ivy, batch_id=wanted.batch_id)
        assert services.try_again(actor=ana, batch_id=wanted.batch_id) == 1
        jobs.draft_omnibus(wanted.pk)
        OmnibusVolume.objects.update(work_state=States.FAILED)
        assert services.try_again(actor=ana, batch_id=wanted.batch_id) == 2


ACCOMPANYING = ["envelopes.json", "index.csv", "index.pdf", "manifest.json"]


class TestPackage:
    def test_the_public_papers_carry_no_identifier_and_the_confidential_ones_are_apart(self, drawn):
        public, confidential = zip_of(drawn, "public"), zip_of(drawn, "confidential")
        assert sorted(public.namelist()) == sorted(
            [
                "exhibit-A-1-volume-1-of-1-motion.pdf",
                "exhibit-A-1-volume-1-of-1-order.pdf",
                "omnibus-exhibit-A-1-declaration.pdf",
                "omnibus-exhibit-A-1-motion.pdf",
                "omnibus-exhibit-A-1-order.docx",
                "omnibus-exhibit-A-1-order.pdf",
                *ACCOMPANYING,
            ]
        )
        said = " ".join(words_of(public.read(name)) for name in public.namelist() if name.endswith(".pdf"))
        assert "CR0002" in said
        assert not any(identifier in said for identifier in IDENTIFIERS)
        attachment = "exhibit-A-1-volume-1-of-1-confidential.pdf"
        assert sorted(confidential.namelist()) == sorted([attachment, *ACCOMPANYING])
        attached = words_of(confidential.read(attachment))
        assert all(identifier in attached for identifier in IDENTIFIERS)

    def test_each_has_its_own_manifest(self, drawn):
        for which in ("public", "confidential"):
            opened = zip_of(drawn, which)
            manifest = json.loads(opened.read("manifest.json"))
            assert manifest["archive"] == archive_of(drawn, which).name
            assert [each["file"] for each in manifest["files"]] == opened.namelist()[:-1]

    def test_an_unsigned_motion_waits_for_its_signature(self, drawn):
        data = json.loads(zip_of(drawn, "public").read("envelopes.json"))
        assert data["envelopes"] == []
        (waiting,) = data["not_ready"]
        assert (waiting["reference"], waiting["case_number"]) == (drawn.reference, "(to be assigned by the Court)")
        assert waiting["why"].startswith("unsigned; proof of service not included")

    def test_the_indexes_say_what_must_be_confirmed_and_are_made_anew_when_it_is(self, drawn, ana):
        def indexes():
            opened = zip_of(drawn, "public")
            return " ".join(
                [
                    words_of(opened.read("index.pdf")).replace("\r\n", " "),
                    opened.read("index.csv").decode("utf-8-sig"),
                ]
            )

        assert indexes().count("1 case: confirm that the court still has the record") == 2
        item = drawn.batch.items.get(case_number="CR0003")
        batches.answer_court_record(
            actor=ana, batch_id=drawn.batch_id, item_ids=[item.pk], value="yes", source="Clerk Cruz"
        )
        jobs.make_package(drawn.batch.package.pk)
        assert "confirm that the court" not in indexes()

    def test_same_papers_same_bytes(self, drawn):
        first = {which: archive_of(drawn, which).sha256 for which in ("public", "confidential")}
        work.start_again(drawn.batch.package)
        jobs.make_package(drawn.batch.package.pk)
        assert {which: archive_of(drawn, which).sha256 for which in first} == first

    def test_over_the_limit_it_is_split_between_papers_and_volumes(self, wanted, monkeypatch):
        whole, planned = petitions.draft_omnibus, packaging.archives.planned_omnibus
        monkeypatch.setattr(omnibus_drafting.petitions, "draft_omnibus", lambda list_: whole(list_, rows_a_volume=1))
        monkeypatch.setattr(
            packaging.archives, "planned_omnibus", lambda *rest, **named: planned(*rest, **named, limit=200_000)
        )
        draw(wanted)
        public = list(Archive.objects.filter(is_confidential=False))
        assert len(public) > 1
        assert all(archive.size <= 200_000 for archive in public)
        names = [
            name
            for archive in public
            for name in zipfile.ZipFile(io.BytesIO(default_storage.open(archive.storage_key).read())).namelist()
            if name not in ACCOMPANYING
        ]
        assert len(names) == len(set(names)) == 3 + 1 + 2 * 2


class TestWithdrawal:
    def test_supersedes_the_papers_and_removes_both_zips(self, drawn, sam, django_capture_on_commit_callbacks):
        keys = [archive_of(drawn, which).storage_key for which in ("public", "confidential")]
        with django_capture_on_commit_callbacks(execute=True):
            batches.withdraw(actor=sam, batch_id=drawn.batch_id, reason="Wrong policy.")
        assert not drawn.papers.filter(superseded_at=None).exists()
        assert not any(map(default_storage.exists, keys))

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
        for which in ("public", "confidential"):
            assert reverse("filings:download", args=[archive_of(drawn, which).pk]) in shown
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
        url = reverse("filings:download", args=[archive_of(drawn, "confidential").pk])
        response = signed_in(ivy).get(url)
        assert response["Content-Disposition"].startswith("attachment")
        b"".join(response.streaming_content)
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subject_count) == ("download", 2)

    def test_nothing_is_given_before_it_is_whole_nor_after_withdrawal(self, wanted, ana, sam):
        page = reverse("filings:omnibus", args=[wanted.batch_id])
        assert ".zip" not in signed_in(ana).get(page).content.decode()
        draw(wanted)
        url = reverse("filings:download", args=[archive_of(wanted, "public").pk])
        batches.withdraw(actor=sam, batch_id=wanted.batch_id, reason="Wrong policy.")
        assert signed_in(ana).get(url).status_code == 409
        assert ".zip" not in signed_in(ana).get(page).content.decode()
        paper = wanted.papers.first()
        assert signed_in(ana).get(reverse("filings:omnibus_paper", args=[paper.pk])).status_code == 404

    def test_administrators_see_none_and_auditors_start_nothing(self, wanted, adam, ivy):
        assert signed_in(adam).get(reverse("filings:omnibus", args=[wanted.batch_id])).status_code == 403
        again = reverse("filings:try_again", args=[wanted.batch_id])
        assert signed_in(ivy).post(again).status_code == 403

    def test_the_proposed_order_can_be_taken_to_edit(self, drawn, ana, adam):
        order = drawn.papers.get(kind="order")
        url = reverse("filings:omnibus_order_to_edit", args=[order.pk])
        assert url in signed_in(ana).get(reverse("filings:omnibus", args=[drawn.batch_id])).content.decode()
        response = signed_in(ana).get(url)
        assert response["Content-Disposition"] == 'attachment; filename="omnibus-exhibit-A-1-order.docx"'
        assert b"".join(response.streaming_content) == zip_of(drawn, "public").read("omnibus-exhibit-A-1-order.docx")
        assert AuditEvent.objects.get(verb="order.downloaded").target_id == order.pk
        assert signed_in(adam).get(url).status_code == 403
        motion = drawn.papers.get(kind="motion")
        assert signed_in(ana).get(reverse("filings:omnibus_order_to_edit", args=[motion.pk])).status_code == 404
