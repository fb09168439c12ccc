"""A batch keeps the wording in which it was submitted, and courts their own way of hearing."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

import petitions
from clearmyrecord.batches import services
from clearmyrecord.batches.casefile import case_file
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.snapshots import canonical_hash
from clearmyrecord.office.models import Court, Hearing, Office, User
from petitions.papers.data import Approval, CaseFile
from petitions.reading import read
from tests.batches.conftest import submitted_by
from tests.cast import signed_in
from tests.office.wordings import KEY, OTHER, OWN, approved, change, draft_by


def file_of(batch: Batch) -> CaseFile:
    """The first case of a batch as its papers are drafted."""
    batch = Batch.objects.get(pk=batch.pk)
    item = batch.items.order_by("case_number").first()
    assert item is not None
    approval = Approval("First batch", batch.run.as_of, batch.list_hash, reviewed_singly=True)
    return case_file(heading=batch.heading, items=[item.snapshot], approval=approval)


def motion_of(batch: Batch) -> str:
    (motion, *_) = petitions.draft(file_of(batch))
    return " ".join(" ".join(page.text for page in read(motion.pdf)[0]).split())


class TestWording:
    def test_is_the_standard_one_while_the_office_has_no_other(self, submitted: Batch) -> None:
        assert submitted.heading["wording"]["version"] == "standard"
        assert submitted.wording is not None
        assert submitted.wording.texts == petitions.STANDARD.in_full()

    def test_is_the_version_in_force_at_submission(self, draft: Batch, ana: User, theo: User, sam: User) -> None:
        version = approved(draft_by(theo), sam, {KEY: OWN})
        batch = submitted_by(ana, draft, theo)
        assert batch.wording == version
        assert batch.heading["wording"] == {"id": version.pk, "version": "Contra Costa 1", "sha256": version.sha256}
        assert "to all counsel of record" in motion_of(batch)

    def test_stays_after_a_newer_version_is_approved(self, draft: Batch, ana: User, theo: User, sam: User) -> None:
        approved(draft_by(theo), sam, {KEY: OWN})
        batch = submitted_by(ana, draft, theo)
        before = petitions.draft(file_of(batch))
        approved(draft_by(theo), sam, {KEY: OTHER})
        after = petitions.draft(file_of(batch))
        assert [paper.sha256 for paper in after] == [paper.sha256 for paper in before]
        assert {paper.wording_version for paper in after} == {"Contra Costa 1"}

    def test_is_chosen_anew_when_a_returned_batch_is_submitted_again(
        self, draft: Batch, ana: User, theo: User, sam: User
    ) -> None:
        batch = submitted_by(ana, draft, theo)
        services.return_batch(actor=sam, batch_id=batch.pk, comment="Once more, please.")
        version = approved(draft_by(theo), sam, {KEY: OTHER})
        assert submitted_by(ana, batch, theo).wording == version

    def test_is_part_of_what_the_approved_hash_stands_for(self, submitted: Batch) -> None:
        snapshots = [item.snapshot for item in submitted.items.all()]
        assert canonical_hash(submitted.heading, snapshots) == submitted.list_hash
        other = submitted.heading | {"wording": submitted.heading["wording"] | {"sha256": "0" * 64}}
        assert canonical_hash(other, snapshots) != submitted.list_hash

    def test_the_batchs_page_says_which_it_is(self, submitted: Batch, sam: User) -> None:
        shown = signed_in(sam).get(f"/batches/{submitted.pk}/").content.decode()
        assert f'href="/wording/{submitted.wording_id}/">standard</a>' in shown

    def test_the_database_refuses_another_after_submission(self, submitted: Batch, theo: User, sam: User) -> None:
        version = approved(draft_by(theo), sam, {KEY: OWN})
        with pytest.raises(IntegrityError, match="keeps its wording"), transaction.atomic():
            Batch.objects.filter(pk=submitted.pk).update(wording=version)

    def test_the_database_refuses_a_submission_in_a_draft(self, draft: Batch, theo: User) -> None:
        unapproved = change(draft_by(theo), KEY, OWN)
        for wording in (unapproved, None):
            with pytest.raises(IntegrityError, match="approved or the standard"), transaction.atomic():
                Batch.objects.filter(pk=draft.pk).update(state="submitted", wording=wording)


class TestHearing:
    """Whether papers for completed sentences ask for one: the court's own way, else the office's."""

    @pytest.mark.parametrize(
        ("office", "court", "asked"),
        [
            (False, Hearing.AS_OFFICE, False),
            (True, Hearing.AS_OFFICE, True),
            (False, Hearing.REQUESTED, True),
            (True, Hearing.NONE, False),
        ],
    )
    def test_goes_by_the_court_before_the_office(
        self, draft: Batch, ana: User, theo: User, office: bool, court: Hearing, asked: bool
    ) -> None:
        Office.objects.update(hearing_requested=office)
        Court.objects.update(hearing=court)
        assert file_of(submitted_by(ana, draft, theo)).case.hearing_requested is asked

    def test_names_department_and_judge_where_one_is_asked_for(self, draft: Batch, ana: User, theo: User) -> None:
        Court.objects.update(hearing=Hearing.REQUESTED, department="5", judge="Hon. Jane Example")
        assert "Hearing date: Time: Dept.: 5 Judge: Hon. Jane Example" in motion_of(submitted_by(ana, draft, theo))


def test_a_batch_submitted_before_wordings_were_kept_is_drafted_in_the_standard_one(submitted: Batch) -> None:
    heading = {name: value for name, value in submitted.heading.items() if name != "wording"}
    items = [submitted.items.all()[0].snapshot]
    approval = Approval("First batch", submitted.run.as_of, submitted.list_hash, reviewed_singly=True)
    assert case_file(heading=heading, items=items, approval=approval).wording is petitions.STANDARD
