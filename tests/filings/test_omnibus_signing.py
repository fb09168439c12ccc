"""An omnibus motion signed by its named attorney, filed under a number of its own, undone, withdrawn."""

from __future__ import annotations

import json

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.urls import reverse

import petitions
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.filings import jobs, omnibus_drafting, receipts, signing
from clearmyrecord.filings.models import OmnibusMotion, OmnibusVolume, Receipt, Signature
from clearmyrecord.office import queries as office
from tests.batches.test_omnibus import dismissals
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import PASSWORD, signed_in
from tests.filings.conftest import sign
from tests.filings.test_omnibus import archive_of, draw, drawn, wanted, zip_of
from tests.filings.test_papers import words_of

__all__ = ["dismissals", "drawn", "wanted"]


def text_of(motion: OmnibusMotion, kind: str) -> str:
    paper = motion.papers.get(kind=kind, superseded_at=None)
    return " ".join(words_of(default_storage.open(paper.storage_key).read()).split())


def confirm(actor, motion: OmnibusMotion, value: str = "yes") -> None:
    item = motion.batch.items.get(case_number="CR0003")
    batches.answer_court_record(
        actor=actor, batch_id=motion.batch_id, item_ids=[item.pk], value=value, source="Clerk Cruz, June 3, 2024"
    )


@pytest.fixture
def signed(drawn, theo) -> OmnibusMotion:
    """Signed by Theo and drawn anew, as the workers would."""
    sign(theo, drawn.batch)
    draw(drawn)
    drawn.refresh_from_db()
    return drawn


@pytest.fixture
def confirmed(signed, ana) -> OmnibusMotion:
    """The court still has every record."""
    confirm(ana, signed)
    return signed


def entered(actor, motion: OmnibusMotion, *, number="E-1", assigned="MSC26-001", **day) -> Receipt:
    return receipts.enter_motion(
        actor=actor,
        batch_id=motion.batch_id,
        filed_on=day.get("on", office.today()),
        number=number,
        assigned_number=assigned,
    )


def state_of(motion: OmnibusMotion) -> str:
    motion.refresh_from_db()
    return motion.state


class TestSigning:
    def test_motion_and_declaration_bear_the_name_and_the_order_and_volumes_stay(self, drawn, theo):
        before = {paper.pk: paper.kind for paper in drawn.papers.all()}
        assert "/s/" not in text_of(drawn, "motion")
        assert sign(theo, drawn.batch) == 1
        assert state_of(drawn) == "signing"
        draw(drawn)
        assert state_of(drawn) == "signed"
        for kind in ("motion", "declaration"):
            assert "/s/ Theo Tran" in text_of(drawn, kind)
        standing = drawn.papers.filter(superseded_at=None)
        assert standing.count() == len(before)
        kept = {pk for pk, kind in before.items() if kind not in ("motion", "declaration")}
        assert set(standing.filter(pk__in=before).values_list("pk", flat=True)) == kept

    def test_both_hashes_are_in_the_trail(self, signed):
        detail = AuditEvent.objects.get(verb="papers.signed_drawn").detail
        superseded = signed.papers.exclude(superseded_at=None)
        assert set(detail["superseded_sha256"].values()) == set(superseded.values_list("sha256", flat=True))
        assert len(detail["signed_sha256"]) == superseded.count() == 2

    def test_the_package_is_made_anew_with_one_envelope_for_the_motion(self, confirmed):
        jobs.make_package(confirmed.batch.package.pk)
        data = json.loads(zip_of(confirmed, "public").read("envelopes.json"))
        (envelope,) = data["envelopes"]
        assert data["not_ready"] == []
        assert envelope["reference"] == confirmed.reference
        roles = [(each["code"], each["role"]) for each in envelope["documents"]]
        assert roles[0] == ("motion", "lead")
        assert {role for _, role in roles[1:]} == {"attachment"}
        assert ("proposed-order-editable", "attachment") in roles
        assert archive_of(confirmed, "public").ready == 1
        (apart,) = json.loads(zip_of(confirmed, "confidential").read("envelopes.json"))["envelopes"]
        assert [(each["confidential"], each["role"]) for each in apart["documents"]] == [(True, "attachment")]

    def test_nothing_is_signed_while_a_volume_is_missing(self, wanted, theo):
        jobs.draft_omnibus(wanted.pk)
        with pytest.raises(Conflict):
            sign(theo, wanted.batch)
        assert not Signature.objects.exists()

    def test_nor_twice_nor_unseen(self, drawn, theo):
        with pytest.raises(Conflict):
            signing.sign(actor=theo, batch_id=drawn.batch_id, seen_hash="0" * 64, place="Martinez")
        seen = signing.papers_hash(signing.to_sign(drawn.batch))
        sign(theo, drawn.batch)
        with pytest.raises(Conflict):
            signing.sign(actor=theo, batch_id=drawn.batch_id, seen_hash=seen, place="Martinez")
        assert Signature.objects.count() == 1

    @pytest.mark.parametrize("who", ["ana", "sam", "ivy"])
    def test_nobody_but_the_named_attorney_signs(self, drawn, who, request):
        with pytest.raises(NotAllowed):
            sign(request.getfixturevalue(who), drawn.batch)

    def test_a_worker_killed_while_drawing_leaves_all_as_it_was_and_another_draws_it_once(
        self, drawn, theo, monkeypatch
    ):
        sign(theo, drawn.batch)
        with monkeypatch.context() as patch:
            patch.setattr(omnibus_drafting, "_write_signed", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                jobs.draft_omnibus(drawn.pk)
        assert not drawn.papers.exclude(superseded_at=None).exists()
        draw(drawn)
        draw(drawn)
        assert drawn.papers.exclude(superseded_at=None).count() == 2
        assert AuditEvent.objects.filter(verb="papers.signed_drawn").count() == 1

    def test_where_it_can_not_be_drawn_the_signature_falls_and_the_unsigned_papers_stay(
        self, drawn, theo, ana, monkeypatch
    ):
        sign(theo, drawn.batch)

        def refusing(_):
            raise petitions.PaperRefused(["The signature does not fit."])

        monkeypatch.setattr(omnibus_drafting.petitions, "draft_omnibus", refusing)
        draw(drawn)
        assert (state_of(drawn), drawn.refusals) == ("drafted", ["The signature does not fit."])
        assert set(Signature.objects.values_list("fallen_why", flat=True)) == {"not_drawn"}
        assert not drawn.papers.exclude(superseded_at=None).exists()
        shown = signed_in(ana).get(reverse("filings:omnibus", args=[drawn.batch_id])).content.decode()
        assert "The signature does not fit." in shown


class TestFiling:
    def test_the_number_the_day_and_the_receipt_are_kept(self, confirmed, ana):
        receipt = entered(ana, confirmed, number=" E-1 ", assigned=" MSC26-001 ")
        assert state_of(confirmed) == "filed"
        assert (receipt.assigned_number, receipt.number, receipt.filed_on) == ("MSC26-001", "E-1", office.today())
        event = AuditEvent.objects.get(verb="filing.filed")
        assert len(event.subjects) == 2
        assert "MSC26-001" not in str(event.detail)

    def test_an_open_answer_blocks_it_and_names_the_rows(self, signed, ana):
        with pytest.raises(Conflict, match=r"confirm that the court still has the record: row 2 \(CR0003\)"):
            entered(ana, signed)
        confirm(ana, signed, "no")
        with pytest.raises(Conflict, match=r"row 2 \(CR0003\)"):
            entered(ana, signed)
        assert not Receipt.objects.exists()

    def test_unsigned_it_is_never_filed(self, drawn, ana):
        confirm(ana, drawn)
        with pytest.raises(Conflict, match="Only signed papers"):
            entered(ana, drawn)

    @pytest.mark.parametrize("assigned", ["", "  ", "9" * 61])
    def test_without_the_courts_case_number_it_is_not_entered(self, confirmed, ana, assigned):
        with pytest.raises(Invalid, match="case number"):
            entered(ana, confirmed, assigned=assigned)

    def test_auditors_enter_nothing(self, confirmed, ivy):
        with pytest.raises(NotAllowed):
            entered(ivy, confirmed)

    def test_a_correction_keeps_what_was_entered_before(self, confirmed, ana):
        entered(ana, confirmed)
        receipts.correct_motion(
            actor=ana,
            batch_id=confirmed.batch_id,
            filed_on=office.today(),
            number="E-2",
            assigned_number="MSC26-002",
            reason="Misread.",
        )
        assert list(Receipt.objects.order_by("pk").values_list("assigned_number", "undone_reason")) == [
            ("MSC26-001", "Misread."),
            ("MSC26-002", ""),
        ]
        assert state_of(confirmed) == "filed"

    def test_undoing_needs_a_reason_and_leaves_it_signed(self, confirmed, ana, sam):
        entered(ana, confirmed)
        with pytest.raises(Invalid):
            receipts.undo_motion(actor=sam, batch_id=confirmed.batch_id, reason=" ")
        receipts.undo_motion(actor=sam, batch_id=confirmed.batch_id, reason="Another motion.")
        assert state_of(confirmed) == "signed"
        with pytest.raises(Conflict):
            receipts.undo_motion(actor=sam, batch_id=confirmed.batch_id, reason="Again.")
        entered(sam, confirmed)
        assert state_of(confirmed) == "filed"


class TestWithdrawal:
    def test_takes_the_signature_with_it(self, signed, sam):
        batches.withdraw(actor=sam, batch_id=signed.batch_id, reason="Wrong policy.")
        assert state_of(signed) == "withdrawn"
        assert set(Signature.objects.values_list("fallen_why", flat=True)) == {"withdrawn"}
        assert not signed.papers.filter(superseded_at=None).exists()

    def test_what_the_court_took_stays_filed_and_its_convictions_held(self, confirmed, ana, sam):
        entered(ana, confirmed)
        batches.withdraw(actor=sam, batch_id=confirmed.batch_id, reason="Wrong policy.")
        assert state_of(confirmed) == "filed"
        assert set(confirmed.batch.items.values_list("holds", flat=True)) == {True}
        assert confirmed.papers.filter(superseded_at=None).exists()
        with pytest.raises(Conflict, match="withdrawn"):
            receipts.undo_motion(actor=sam, batch_id=confirmed.batch_id, reason="No.")


class TestTheDatabaseItself:
    @staticmethod
    def signature(motion, signer) -> Signature:
        return Signature(motion=motion, signer=signer, name="X", place="X", signed_on="2026-01-01", seen_hash="0" * 64)

    @pytest.mark.parametrize("who", ["ana", "sam"])
    def test_refuses_a_signature_of_anybody_else(self, drawn, who, request):
        with pytest.raises(DatabaseError, match="Only the named attorney"), transaction.atomic():
            self.signature(drawn, request.getfixturevalue(who)).save()

    def test_refuses_a_signature_on_a_withdrawn_batch(self, drawn, theo, sam):
        batches.withdraw(actor=sam, batch_id=drawn.batch_id, reason="Wrong policy.")
        with pytest.raises(DatabaseError, match="approved batch"), transaction.atomic():
            self.signature(drawn, theo).save()

    def test_refuses_a_second_one_and_one_of_nothing(self, drawn, theo):
        sign(theo, drawn.batch)
        with pytest.raises(DatabaseError, match="one_standing_motion_signature"), transaction.atomic():
            self.signature(drawn, theo).save()
        with pytest.raises(DatabaseError), transaction.atomic():
            self.signature(None, theo).save()

    @pytest.mark.parametrize("state", ["signing", "signed", "filed"])
    def test_refuses_a_signed_motion_without_one(self, drawn, state, ana):
        confirm(ana, drawn)
        with pytest.raises(DatabaseError, match="standing signature"), transaction.atomic():
            OmnibusMotion.objects.filter(pk=drawn.pk).update(state=state)

    def test_refuses_filed_without_a_receipt_and_a_receipt_without_a_signature(self, confirmed, ana):
        with pytest.raises(DatabaseError, match="receipt stands"), transaction.atomic():
            OmnibusMotion.objects.filter(pk=confirmed.pk).update(state="filed")
        told = {"filed_on": office.today(), "number": "1", "entered_by": ana}
        with pytest.raises(DatabaseError, match="numbered_motion"), transaction.atomic():
            Receipt.objects.create(motion=confirmed, **told)
        Signature.objects.update(fallen_at=confirmed.batch.approved_at, fallen_why="withdrawn")
        with pytest.raises(DatabaseError, match="Only signed papers"), transaction.atomic():
            Receipt.objects.create(motion=confirmed, assigned_number="M", **told)

    @pytest.mark.parametrize("value", [None, "no"])
    def test_refuses_filed_while_a_row_is_not_confirmed(self, signed, ana, value):
        if value:
            confirm(ana, signed, value)
        told = {"filed_on": office.today(), "number": "1", "entered_by": ana, "assigned_number": "M"}
        Receipt.objects.create(motion=signed, **told)
        with pytest.raises(DatabaseError, match="record of every row"), transaction.atomic():
            OmnibusMotion.objects.filter(pk=signed.pk).update(state="filed")


class TestPages:
    def url(self, motion) -> str:
        return reverse("filings:sign_batch", args=[motion.batch_id])

    def post(self, user, motion, **values):
        seen = signing.papers_hash(signing.to_sign(motion.batch))
        return signed_in(user).post(self.url(motion), {"seen_hash": seen, "place": "Martinez", **values})

    def test_signing_says_what_is_signed_and_takes_the_password(self, drawn, theo):
        page = signed_in(theo).get(self.url(drawn)).content.decode()
        for said in ("1 motion and 1 declaration", "for 2 convictions", "/s/ Theo Tran", "Sign the omnibus motion"):
            assert said in " ".join(page.split()), said
        assert self.post(theo, drawn, password="wrong").status_code == 422
        assert not Signature.objects.exists()
        assert self.post(theo, drawn, password=PASSWORD).status_code == 302
        assert Signature.objects.get().motion == drawn

    def test_others_are_refused(self, drawn, ana):
        assert self.post(ana, drawn, password=PASSWORD).status_code == 403

    def test_home_leads_the_attorney_there(self, drawn, theo, ana):
        tasks = {task.what: task for task in signed_in(theo).get("/").context["tasks"]}
        assert tasks["Omnibus motions to sign"].url == self.url(drawn)
        assert "Omnibus motions to sign" not in {task.what for task in signed_in(ana).get("/").context["tasks"]}

    def test_home_shows_an_analyst_the_answers_that_filing_waits_for_then_what_to_file(self, signed, ana, sam):
        what = "Court records to confirm in “Dismissals”"
        tasks = {task.what: task for task in signed_in(ana).get("/").context["tasks"]}
        assert (tasks[what].number, tasks[what].url) == (1, reverse("batches:court_records", args=[signed.batch_id]))
        assert what not in {task.what for task in signed_in(sam).get("/").context["tasks"]}
        confirm(ana, signed)
        tasks = {task.what: task for task in signed_in(ana).get("/").context["tasks"]}
        assert what not in tasks
        assert tasks["Signed omnibus motions to file"].url == reverse("filings:omnibus", args=[signed.batch_id])

    def test_the_page_names_the_rows_that_block_filing(self, signed, ana):
        page = reverse("filings:omnibus", args=[signed.batch_id])
        shown = signed_in(ana).get(page).content.decode()
        assert "Row 2, case CR0003, HS 11357: confirm that the court still has the record" in shown
        confirm(ana, signed)
        assert "Row 2" not in signed_in(ana).get(page).content.decode()

    def test_filing_correcting_and_undoing(self, confirmed, ana):
        page = reverse("filings:omnibus", args=[confirmed.batch_id])
        url, client = reverse("filings:motion_filed", args=[confirmed.batch_id]), signed_in(ana)
        day = office.today().isoformat()
        told = {"filed_on": day, "number": "E-1", "assigned_number": "MSC26-001"}
        assert client.post(url, told | {"assigned_number": ""}).status_code == 422
        assert client.post(url, told)["Location"] == page
        jobs.make_package(confirmed.batch.package.pk)
        assert "as case MSC26-001, number E-1" in client.get(page).content.decode()
        assert client.post(url, told | {"number": "E-2", "reason": "Misread."}).status_code == 302
        assert "as case MSC26-001, number E-1" in client.get(url).content.decode()
        undo = reverse("filings:undo_motion", args=[confirmed.batch_id])
        assert client.post(undo, {"reason": "Not ours."}).status_code == 302
        assert state_of(confirmed) == "signed"

    def test_auditors_see_it_and_enter_nothing(self, confirmed, ivy):
        assert signed_in(ivy).get(reverse("filings:omnibus", args=[confirmed.batch_id])).status_code == 200
        url = reverse("filings:motion_filed", args=[confirmed.batch_id])
        assert signed_in(ivy).post(url, {}).status_code == 403


def test_volumes_bear_no_signature(signed) -> None:
    assert set(OmnibusVolume.objects.filter(motion=signed).values_list("papers__superseded_at", flat=True)) == {None}
