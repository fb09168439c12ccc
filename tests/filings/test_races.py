"""People who sign, file and withdraw at the same instant, each on a connection of their own."""

from __future__ import annotations

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, NotAllowed
from clearmyrecord.filings import receipt_matching as matching
from clearmyrecord.filings import receipt_rows, receipts, signing
from clearmyrecord.filings.models import Filing, OmnibusMotion, PaperChunk, Receipt, Signature
from clearmyrecord.office import queries as office
from tests.batches.conftest import approved_by, submitted_by
from tests.batches.test_omnibus import as_omnibus, dismissals
from tests.batches.test_races import again, at_once
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.filings.conftest import confirmed, sign

__all__ = ["dismissals"]
pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 15


@pytest.fixture
def first(draft, ana, theo) -> Batch:
    """Submitted, nothing left to confirm; each round takes a copy of it."""
    batch = submitted_by(ana, draft, theo)
    confirmed(ana, batch)
    return batch


def fresh(first: Batch, theo, sam) -> Batch:
    """A further approved batch whose papers wait for Theo's signature; nothing is really drawn."""
    batch = again(first, theo)
    batch = approved_by(sam, batch)
    batch.filings.update(state=Filing.State.DRAFTED)
    PaperChunk.objects.filter(batch=batch).update(work_state="done")
    return batch


def fresh_signed(first: Batch, theo, sam) -> Batch:
    batch = fresh(first, theo, sam)
    sign(theo, batch)
    batch.filings.update(state=Filing.State.SIGNED)
    return batch


def signs(actor, batch: Batch):
    seen = signing.papers_hash(signing.to_sign(batch))
    return lambda: signing.sign(actor=actor, batch_id=batch.pk, seen_hash=seen, place="Martinez")


def test_the_attorney_signing_in_two_windows_at_once_signs_once(first, theo, sam):
    for _ in range(ROUNDS):
        batch = fresh(first, theo, sam)
        results = at_once(signs(theo, batch), signs(theo, batch))
        assert {type(result) for result in results} == {int, Conflict}, results
        assert Signature.objects.filter(filing__batch=batch, fallen_at=None).count() == 3
        assert AuditEvent.objects.filter(verb="papers.signed", target_id=batch.pk).count() == 1
        assert PaperChunk.objects.filter(batch=batch, work_state="waiting").count() == 1


def test_two_attorneys_signing_at_once_leave_only_the_named_ones_signatures(first, theo, sam, sue):
    sue.is_attorney, sue.bar_number = True, "900002"
    sue.save()
    for _ in range(ROUNDS):
        batch = fresh(first, theo, sam)
        results = at_once(signs(theo, batch), signs(sue, batch))
        assert [type(result) for result in results] == [int, NotAllowed], results
        assert set(Signature.objects.filter(filing__batch=batch).values_list("signer", flat=True)) == {theo.pk}


def test_signing_beside_withdrawing_leaves_no_signature_standing_on_a_withdrawn_batch(first, theo, sam):
    for _ in range(ROUNDS):
        batch = fresh(first, theo, sam)
        results = at_once(
            signs(theo, batch), lambda batch=batch: batches.withdraw(actor=sam, batch_id=batch.pk, reason="Stop.")
        )
        assert isinstance(results[1], Batch), results
        assert isinstance(results[0], int | Conflict), results
        assert not Signature.objects.filter(filing__batch=batch, fallen_at=None).exists()
        assert set(batch.filings.values_list("state", flat=True)) == {"withdrawn"}


def test_two_people_entering_one_case_at_once_enter_it_once(first, theo, sam, ana):
    for _ in range(ROUNDS):
        filing = fresh_signed(first, theo, sam).filings.first()
        results = at_once(
            *(
                lambda actor=actor, filing=filing: receipts.enter(
                    actor=actor, filing_id=filing.pk, filed_on=office.today(), number=actor.username
                )
                for actor in (ana, sam)
            )
        )
        assert {type(result) for result in results} == {Receipt, Conflict}, results
        assert Receipt.objects.filter(filing=filing).count() == 1


def test_filing_beside_withdrawing_leaves_a_case_either_filed_and_held_or_withdrawn(first, theo, sam, ana):
    both = {"filed": 0, "withdrawn": 0}
    for _ in range(ROUNDS):
        batch = fresh_signed(first, theo, sam)
        filing = batch.filings.first()
        at_once(
            lambda filing=filing: receipts.enter(actor=ana, filing_id=filing.pk, filed_on=office.today(), number="1"),
            lambda batch=batch: batches.withdraw(actor=sam, batch_id=batch.pk, reason="Stop."),
        )
        filing.refresh_from_db()
        both[filing.state] += 1
        is_filed = filing.state == "filed"
        assert filing.receipts.exists() is is_filed
        assert batch.items.filter(case_number=filing.case_number, holds=True).exists() is is_filed
        assert filing.signatures.filter(fallen_at=None).exists() is is_filed
    assert sum(both.values()) == ROUNDS
    print(both)


def test_one_list_recorded_by_two_people_at_once_is_recorded_once(first, theo, sam, ana):
    for number in range(ROUNDS // 3):
        batch = fresh_signed(first, theo, sam)
        day = f"{office.today():%m/%d/%Y}"
        rows = [
            f"{filing.case_number},{day},E{number}-{filing.pk},{filing.reference}" for filing in batch.filings.all()
        ]
        content = "\n".join(["Case,Filed,Envelope,Reference", *rows]).encode()
        of = receipts.upload(actor=ana, court=batch.filings.first().court, name="list.csv", content=content)
        table = receipts.rows_of(of)
        of = receipts.choose_columns(actor=ana, list_id=of.pk, columns=receipt_rows.likely(table.headings))
        seen = matching.matches_hash(matching.lines(of, table, today=office.today()))
        results = at_once(
            *(
                lambda actor=actor, of=of, seen=seen: receipts.record(actor=actor, list_id=of.pk, seen_hash=seen)
                for actor in (ana, sam)
            )
        )
        assert sorted(type(result).__name__ for result in results) in (["Conflict", "int"], ["Invalid", "int"]), results
        assert Receipt.objects.filter(filing__batch=batch).count() == 3
        assert AuditEvent.objects.filter(verb="receipt_list.recorded", target_id=of.pk).count() == 1


def fresh_motion(first: Batch, theo, sam) -> OmnibusMotion:
    """The omnibus motion of a further approved batch, waiting for Theo's signature; nothing is really drawn."""
    batch = again(first, theo)
    batches.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash)
    OmnibusMotion.objects.filter(batch=batch).update(state="drafted", work_state="done")
    return OmnibusMotion.objects.select_related("batch").get(batch=batch)


@pytest.fixture
def first_list(dismissals, ana, theo) -> Batch:
    """Submitted as one omnibus motion, the court's records confirmed."""
    batch = as_omnibus(ana, dismissals, theo)
    item = batch.items.get(case_number="CR0003")
    batches.answer_court_record(actor=ana, batch_id=batch.pk, item_ids=[item.pk], value="yes", source="Clerk Cruz")
    return batch


def test_an_omnibus_motion_signed_twice_at_once_is_signed_once(first_list, theo, sam):
    for _ in range(ROUNDS):
        motion = fresh_motion(first_list, theo, sam)
        results = at_once(signs(theo, motion.batch), signs(theo, motion.batch))
        assert {type(result) for result in results} == {int, Conflict}, results
        assert motion.signatures.filter(fallen_at=None).count() == 1


def test_an_omnibus_motion_signed_or_filed_beside_withdrawing_is_either_filed_and_held_or_withdrawn(
    first_list, theo, sam, ana
):
    for number in range(ROUNDS):
        motion = fresh_motion(first_list, theo, sam)
        if number % 2:
            sign(theo, motion.batch)
            OmnibusMotion.objects.filter(pk=motion.pk).update(state="signed")
        acts = (
            signs(theo, motion.batch),
            lambda motion=motion: receipts.enter_motion(
                actor=ana, batch_id=motion.batch_id, filed_on=office.today(), number="1", assigned_number="M1"
            ),
        )
        results = at_once(
            acts[number % 2],
            lambda motion=motion: batches.withdraw(actor=sam, batch_id=motion.batch_id, reason="Stop."),
        )
        assert isinstance(results[1], Batch), results
        motion.refresh_from_db()
        is_filed = motion.state == "filed"
        assert is_filed or motion.state == "withdrawn"
        assert motion.receipts.exists() is is_filed
        assert motion.signatures.filter(fallen_at=None).exists() is is_filed
        assert motion.batch.items.filter(holds=True).exists() is is_filed
