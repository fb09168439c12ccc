"""What public defenders say of a submitted batch, and how attorneys of the office resolve it."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import objection_queries, queries, services
from clearmyrecord.batches.models import Batch, ItemComment, Objection, ObjectionAnswer, Preparer, Proposal
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office.access import require, require_attorney
from clearmyrecord.office.models import Role, User

HELD = "An objection of the public defender holds: its conviction is taken out."
DECIDED = "The office decided this batch or took it back meanwhile."


@transaction.atomic
def object_to(*, actor: User, batch_id: int, item_id: int, reason: str) -> Objection:
    """Object to one conviction of a submitted batch that is given to this public defender, with a reason.

    The batch is locked: an objection that is there first stops an approval where the office wants them resolved. Raises
    NotAllowed, NotFound, Invalid without a reason, Conflict once the batch is decided or the same person objected.
    """
    batch = _given(actor, batch_id)
    item = batch.items.filter(pk=item_id).first()
    if item is None:
        raise NotFound("This conviction is not in the batch.")
    if not reason.strip():
        raise Invalid("Say why you object.")
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                batch=batch, version=batch.version, conviction_id=item.conviction_id, reason=reason.strip(), by=actor
            )
    except IntegrityError as refused:
        raise Conflict("You objected to this conviction already.") from refused
    detail = {"objection": made.pk, "version": batch.version}
    audit.record(actor=actor, verb="batch.objected", target=batch, detail=detail, subjects=[item.snapshot["person"]])
    return made


@transaction.atomic
def propose(
    *, actor: User, batch_id: int, case_number: str, section: str, name: str, what: str, reason: str
) -> Proposal:
    """Propose what should be in the batch: a case number and section, or a person's name and what of theirs.

    Public defenders, for a submitted batch given to them. Raises NotAllowed, NotFound, Invalid, or Conflict once it is
    decided.
    """
    batch = _given(actor, batch_id)
    written = {"case_number": case_number, "section": section, "name": name, "what": what, "reason": reason}
    written = {field: text.strip() for field, text in written.items()}
    if not (written["case_number"] and written["section"]) and not (written["name"] and written["what"]):
        raise Invalid("Give a case number and section, or a person’s name and what should be added.")
    if not written["reason"]:
        raise Invalid("Say why it should be added.")
    made = Proposal.objects.create(batch=batch, version=batch.version, by=actor, **written)
    detail = {"proposal": made.pk, "version": batch.version}
    audit.record(actor=actor, verb="batch.addition_proposed", target=batch, detail=detail)
    return made


def _given(actor: User, batch_id: int) -> Batch:
    """The batch, locked, for a public defender to whom it is given; Conflict unless it waits for approval."""
    require(actor, Role.PUBLIC_DEFENDER)
    given = objection_queries.given_or_404(actor, batch_id)
    batch = Batch.objects.select_for_update().get(pk=given.pk)
    if batch.state != Batch.State.SUBMITTED:
        raise Conflict(DECIDED)
    return batch


@transaction.atomic
def answer(*, actor: User, batch_id: int, objection_id: int, text: str) -> ObjectionAnswer:
    """Resolve an objection with a reason why the conviction stays; the defender reads it. Attorneys.

    Raises NotAllowed, NotFound, Invalid without a reason, Conflict once it is resolved or the batch decided.
    """
    batch, objection = _to_resolve(actor, batch_id, objection_id, text)
    made = ObjectionAnswer.objects.create(objection=objection, text=text.strip(), by=actor)
    _note(actor, batch, objection, "batch.objection_answered")
    return made


@transaction.atomic
def take_out(*, actor: User, batch_id: int, objection_id: int, text: str) -> ObjectionAnswer:
    """Resolve an objection by taking its conviction out: the batch is returned, and the attorney prepared a part.

    Attorneys. Raises NotAllowed, NotFound, Invalid without a reason, Conflict once it is resolved or the batch decided.
    """
    batch, objection = _to_resolve(actor, batch_id, objection_id, text)
    made = ObjectionAnswer.objects.create(objection=objection, taken_out=True, text=text.strip(), by=actor)
    of_it = {"batch": batch, "version": batch.version, "conviction_id": objection.conviction_id}
    ItemComment.objects.create(**of_it, text=made.text, by=actor)  # so that the analyst sees which one is out
    batch.state, batch.comment = Batch.State.RETURNED, HELD
    batch.save(update_fields=["state", "comment"])
    batch.items.filter(conviction=objection.conviction_id).delete()
    Preparer.objects.get_or_create(batch=batch, user=actor)
    _note(actor, batch, objection, "batch.objection_held")
    return made


def _to_resolve(actor: User, batch_id: int, objection_id: int, text: str) -> tuple[Batch, Objection]:
    require_attorney(actor)
    batch = Batch.objects.select_for_update().get(pk=queries.batch_or_404(actor, batch_id).pk)
    objection = objection_queries.objection_or_404(actor, batch.pk, objection_id)
    if not text.strip():
        raise Invalid("Give the reason. The public defender reads it.")
    if batch.state != Batch.State.SUBMITTED:
        raise Conflict(services.CHANGED)
    if not objection_queries.open_objections(batch).filter(pk=objection.pk).exists():
        raise Conflict("This objection is resolved already. Reload to see how.")
    return batch, objection


def _note(actor: User, batch: Batch, objection: Objection, verb: str) -> None:
    subject = objection.conviction.subject
    detail = {"objection": objection.pk, "version": batch.version}
    people = [subject.same_as_id or subject.pk]
    audit.record(actor=actor, verb=verb, target=batch, detail=detail, subjects=people)
