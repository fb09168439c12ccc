"""Signing: by the named attorney alone, after approval, as an act of its own; what it leaves and what it never does."""

from __future__ import annotations

import json

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

import petitions
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.filings import drafting, signing
from clearmyrecord.filings.models import Archive, Filing, Paper, PaperChunk, Signature
from clearmyrecord.office.models import User
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import PASSWORD, signed_in
from tests.filings.conftest import drawn, sign
from tests.filings.test_papers import words_of, zip_of


def text_of(paper: Paper) -> str:
    return " ".join(words_of(default_storage.open(paper.storage_key).read()).split())


def standing(batch, kind: str) -> Paper:
    return Paper.objects.get(filing__batch=batch, filing__case_number="CR0002", kind=kind, superseded_at=None)


class TestWhoSigns:
    def test_the_named_attorney_signs_every_case_of_the_batch(self, drafted, theo):
        assert sign(theo, drafted) == 4
        assert set(drafted.filings.values_list("state", flat=True)) == {"signing"}
        signature = Signature.objects.filter(filing__batch=drafted).first()
        assert (signature.signer, signature.name, signature.place) == (theo, "Theo Tran", "Martinez")
        assert signature.signed_on == timezone.localdate()

    def test_or_one_case_singly(self, drafted, theo):
        one = drafted.filings.get(case_number="CR0002")
        assert sign(theo, drafted, one.pk) == 1
        assert drafted.filings.filter(state="drafted").count() == 3
        event = AuditEvent.objects.get(verb="papers.signed")
        assert event.subjects == [one.subject_id]

    @pytest.mark.parametrize("who", ["ana", "sam", "ivy"])
    def test_nobody_without_the_mark_signs(self, drafted, who, request):
        with pytest.raises(NotAllowed):
            sign(request.getfixturevalue(who), drafted)
        assert not Signature.objects.exists()

    def test_another_attorney_signs_nothing(self, drafted, sue):
        sue.is_attorney, sue.bar_number = True, "900002"
        sue.save()
        with pytest.raises(NotAllowed, match="Only Theo Tran"):
            sign(sue, drafted)
        assert not Signature.objects.exists()

    def test_nothing_is_signed_twice(self, drafted, theo):
        seen = signing.papers_hash(signing.to_sign(drafted))
        sign(theo, drafted)
        with pytest.raises(Conflict):
            signing.sign(actor=theo, batch_id=drafted.pk, seen_hash=seen, place="Martinez")
        assert Signature.objects.count() == 4
        assert AuditEvent.objects.filter(verb="papers.signed").count() == 1

    def test_papers_that_were_not_shown_are_not_signed(self, drafted, theo):
        with pytest.raises(Conflict):
            signing.sign(actor=theo, batch_id=drafted.pk, seen_hash="0" * 64, place="Martinez")

    def test_papers_still_being_drafted_are_not_signed(self, approved, theo):
        with pytest.raises(Conflict):
            sign(theo, approved)

    def test_a_declaration_needs_its_place(self, drafted, theo):
        with pytest.raises(Invalid):
            sign(theo, drafted, place="  ")


class TestSignedPapers:
    def test_bear_the_name_and_the_day_only_after_the_act(self, drafted, theo):
        before = standing(drafted, "motion")
        assert "/s/" not in text_of(before)
        sign(theo, drafted)
        drawn(drafted)
        today = timezone.localdate()
        day = f"{today:%B} {today.day}, {today.year}"
        motion, declaration = standing(drafted, "motion"), standing(drafted, "declaration")
        for said in (f"Dated: {day}", "By: /s/ Theo Tran", "State Bar No. 900001"):
            assert said in text_of(motion), said
        for said in (f"Executed on {day}, at Martinez, California.", "/s/ Theo Tran"):
            assert said in text_of(declaration), said
        assert motion.sha256 != before.sha256
        before.refresh_from_db()
        assert before.superseded_at is not None

    def test_the_proposed_order_is_the_judges_and_stays_as_it_was(self, drafted, theo):
        before = standing(drafted, "order")
        sign(theo, drafted)
        drawn(drafted)
        assert standing(drafted, "order").pk == before.pk
        assert "/s/" not in text_of(before)

    def test_all_cases_become_signed_and_both_hashes_are_in_the_trail(self, drafted, theo):
        before = set(Paper.objects.exclude(kind="order").values_list("sha256", flat=True))
        sign(theo, drafted)
        drawn(drafted)
        assert set(drafted.filings.values_list("state", flat=True)) == {"signed"}
        detail = AuditEvent.objects.get(verb="papers.signed_drawn").detail
        assert set(detail["superseded_sha256"].values()) == before
        after = Paper.objects.filter(superseded_at=None).exclude(kind="order").values_list("sha256", flat=True)
        assert sorted(detail["signed_sha256"]) == sorted(after)

    def test_the_package_is_made_anew_and_offers_the_signed_cases_for_filing(self, drafted, theo):
        assert json.loads(zip_of(drafted).read("envelopes.json"))["envelopes"] == []
        sign(theo, drafted, drafted.filings.get(case_number="CR0002").pk)
        drawn(drafted)
        opened = zip_of(drafted)
        data = json.loads(opened.read("envelopes.json"))
        assert [each["case_number"] for each in data["envelopes"]] == ["CR0002"]
        assert len(data["not_ready"]) == 3
        assert "/s/ Theo Tran" in words_of(opened.read("CR0002-completed-motion.pdf"))
        assert "signed on" in opened.read("index.csv").decode()
        assert Archive.objects.get(package__batch=drafted).ready == 1

    def test_delivered_twice_they_are_drawn_once(self, drafted, theo):
        sign(theo, drafted)
        drawn(drafted)
        drawn(drafted)
        assert AuditEvent.objects.filter(verb="papers.signed_drawn").count() == 1
        assert Paper.objects.filter(filing__batch=drafted).count() == 12 + 8

    def test_where_they_can_not_be_drawn_the_signature_falls_and_the_unsigned_papers_stay(
        self, drafted, theo, monkeypatch
    ):
        sign(theo, drafted)

        def refusing(file, **asked):
            raise petitions.PaperRefused(["The signature does not fit."])

        monkeypatch.setattr(drafting.petitions, "draft", refusing)
        drawn(drafted)
        assert set(drafted.filings.values_list("state", flat=True)) == {"drafted"}
        assert drafted.filings.first().refusals == ["The signature does not fit."]
        assert set(Signature.objects.values_list("fallen_why", flat=True)) == {"not_drawn"}
        assert Paper.objects.filter(superseded_at=None).count() == 12


class TestWithdrawal:
    def test_takes_the_signatures_with_it(self, drafted, theo, sam):
        sign(theo, drafted)
        drawn(drafted)
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        assert set(Signature.objects.values_list("fallen_why", flat=True)) == {"withdrawn"}
        assert not Paper.objects.filter(superseded_at=None).exists()

    def test_a_withdrawn_batch_is_never_signed(self, drafted, theo, sam):
        seen = signing.papers_hash(signing.to_sign(drafted))
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        with pytest.raises(Conflict):
            signing.sign(actor=theo, batch_id=drafted.pk, seen_hash=seen, place="Martinez")


class TestTheDatabaseItself:
    @staticmethod
    def signature(batch, signer) -> Signature:
        return Signature(
            filing=batch.filings.first(), signer=signer, name="X", place="X", signed_on="2026-01-01", seen_hash="0" * 64
        )

    @pytest.mark.parametrize("who", ["ana", "sam"])
    def test_refuses_a_signature_of_anybody_else(self, drafted, who):
        with pytest.raises(DatabaseError, match="Only the named attorney"), transaction.atomic():
            self.signature(drafted, User.objects.get(username=who)).save()

    def test_refuses_a_signature_on_a_withdrawn_batch(self, drafted, theo, sam):
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        with pytest.raises(DatabaseError, match="approved batch"), transaction.atomic():
            self.signature(drafted, theo).save()

    def test_refuses_a_second_one(self, drafted, theo):
        sign(theo, drafted)
        with pytest.raises(DatabaseError, match="one_standing_signature"), transaction.atomic():
            self.signature(drafted, theo).save()

    @pytest.mark.parametrize("state", ["signing", "signed", "filed"])
    def test_refuses_a_signed_filing_without_one(self, drafted, state):
        with pytest.raises(DatabaseError, match="standing signature"), transaction.atomic():
            drafted.filings.update(state=state)

    @pytest.mark.parametrize("change", [{"name": "Somebody Else"}, {"signed_on": "2020-01-01"}])
    def test_refuses_to_change_one(self, drafted, theo, change):
        sign(theo, drafted)
        with pytest.raises(DatabaseError, match="only falls"), transaction.atomic():
            Signature.objects.update(**change)

    def test_refuses_to_raise_a_fallen_one_or_delete_one(self, drafted, theo, sam):
        sign(theo, drafted)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Signature.objects.all().delete()
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        with pytest.raises(DatabaseError, match="only falls"), transaction.atomic():
            Signature.objects.update(fallen_at=None, fallen_why="")


class TestPage:
    def url(self, batch) -> str:
        return reverse("filings:sign_batch", args=[batch.pk])

    def post(self, user, batch, **values):
        seen = signing.papers_hash(signing.to_sign(batch))
        return signed_in(user).post(self.url(batch), {"seen_hash": seen, "place": "Martinez", **values})

    def test_says_what_is_signed_in_numbers(self, drafted, theo):
        shown = signed_in(theo).get(self.url(drafted)).content.decode()
        for said in ("Confirm it’s you", "4 motions and 4 declarations in 4 cases", "/s/ Theo Tran", "Sign 4 cases"):
            assert said in shown, said
        assert 'value="Martinez"' in shown

    def test_signs_with_the_password(self, drafted, theo):
        response = self.post(theo, drafted, password=PASSWORD)
        assert response["Location"] == reverse("filings:package", args=[drafted.pk])
        assert Signature.objects.count() == 4

    @pytest.mark.parametrize("password", ["", "not my password"])
    def test_and_never_without(self, drafted, theo, password):
        response = self.post(theo, drafted, password=password)
        assert response.status_code == 422
        assert not Signature.objects.exists()
        assert set(drafted.filings.values_list("state", flat=True)) == {Filing.State.DRAFTED}

    def test_five_wrong_passwords_lock_the_account(self, drafted, theo):
        for _ in range(5):
            self.post(theo, drafted, password="wrong")
        assert self.post(theo, drafted, password=PASSWORD).status_code == 422
        theo.refresh_from_db()
        assert theo.locked_at is not None
        assert not Signature.objects.exists()

    def test_others_are_refused(self, drafted, ana, sue):
        assert self.post(ana, drafted, password=PASSWORD).status_code == 403
        sue.is_attorney, sue.bar_number = True, "900002"
        sue.save()
        assert self.post(sue, drafted, password=PASSWORD).status_code == 403
        assert signed_in(sue).get(self.url(drafted)).status_code == 403

    def test_the_home_page_of_the_attorney_leads_there(self, drafted, theo, ana):
        tasks = {task.what: task for task in signed_in(theo).get("/").context["tasks"]}
        assert (tasks["Cases to sign"].number, tasks["Cases to sign"].url) == (4, self.url(drafted))
        assert "Cases to sign" not in {task.what for task in signed_in(ana).get("/").context["tasks"]}

    def test_screens_say_unsigned_until_then(self, drafted, ana, theo):
        package = reverse("filings:package", args=[drafted.pk])
        assert "4 unsigned" in signed_in(ana).get(package).content.decode()
        sign(theo, drafted)
        assert PaperChunk.objects.filter(batch=drafted, work_state="waiting").exists()
        assert "signatures drawn" in signed_in(ana).get(package).content.decode()
        drawn(drafted)
        assert "4 signed and not filed" in signed_in(ana).get(package).content.decode()
