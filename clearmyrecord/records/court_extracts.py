"""What changes courts' extracts: the services of that part."""

from datetime import date
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import Court, Role, User
from clearmyrecord.records import court_reading
from clearmyrecord.records.copying import lock_identities
from clearmyrecord.records.models import CourtMapping, CourtRow, RecordFile
from clearmyrecord.records.services import Upload, keep
from eligibility.records.court import read_table
from eligibility.records.court_mapping import ColumnMapping

LOOKED_AT = 200
"""Rows at the start of an extract that are read before it is kept."""


def upload(*, actor: User, file: "UploadedFile[Any]", court: Court, received_on: date) -> Upload:
    """Keep a court's extract. It is read once somebody has said which column holds what. Analysts only.

    Raises Invalid, in words for the person who chose it, for a file that is no text in columns; then nothing is kept.
    """
    access.require(actor, Role.ANALYST)
    return keep(
        actor=actor,
        file=file,
        look_at=_look_at,
        received_on=received_on,
        kind=RecordFile.Kind.COURT,
        court=court,
        work_state=work.Work.WorkState.NONE,
    )


def _look_at(file: "UploadedFile[Any]", name: str) -> None:
    stream: BinaryIO = file.file or file  # type: ignore[assignment]
    stream.seek(0)
    read_table(stream, name=name, most=LOOKED_AT)


def save_mapping(*, actor: User, file_id: int, mapping: ColumnMapping) -> CourtMapping:
    """Keep which column holds what, for this extract and the court's next ones. Analysts only.

    Raises Conflict once the extract is being read.
    """
    access.require(actor, Role.ANALYST)
    with transaction.atomic():
        file = _unread(file_id)
        saved = file.mapping
        if saved is None or saved.values != mapping.as_dict():
            court = file.court
            if court is None:
                raise NotFound("There is no such extract.")
            saved = CourtMapping.objects.create(court=court, values=mapping.as_dict(), saved_by=actor)
        file.mapping = saved
        file.save(update_fields=["mapping"])
        audit.record(actor=actor, verb="court_extract.mapped", target=file, detail={"mapping": saved.pk})
    return saved


def read(*, actor: User, file_id: int, mapping_id: int) -> RecordFile:
    """Have an extract read by the mapping whose preview was shown. Analysts only.

    Raises Conflict if it is being read already, or if somebody has changed the mapping since.
    """
    access.require(actor, Role.ANALYST)
    with transaction.atomic():
        file = _unread(file_id)
        if file.mapping_id is None or file.mapping_id != mapping_id:
            raise Conflict("The columns were changed since you looked. Look at the preview again.")
        work.start_again(file)
        audit.record(actor=actor, verb="court_extract.started", target=file, detail={"mapping": mapping_id})
    return file


def _unread(file_id: int) -> RecordFile:
    file = RecordFile.objects.select_for_update(of=("self",)).filter(pk=file_id, kind=RecordFile.Kind.COURT).first()
    if file is None:
        raise NotFound("There is no such extract.")
    if file.work_state != work.Work.WorkState.NONE or file.set_aside_at is not None:
        raise Conflict("This extract is being read, or was. Its columns can’t be changed any more.")
    return file


def confirm(*, actor: User, row_id: int, reason: str) -> CourtRow:
    """Answer that a row of an extract is the DOJ's conviction beside it. Analysts only.

    Neither record is changed. Raises Invalid without a reason, Conflict if it was answered already.
    """
    return _answer(actor, row_id, reason, CourtRow.State.CONFIRMED)


def refuse(*, actor: User, row_id: int, reason: str) -> CourtRow:
    """Answer that they are not one: the row becomes a conviction of its own. Analysts only. Raises as `confirm`."""
    return _answer(actor, row_id, reason, CourtRow.State.REFUSED)


def _answer(actor: User, row_id: int, reason: str, state: CourtRow.State) -> CourtRow:
    access.require(actor, Role.ANALYST)
    if not reason.strip():
        raise Invalid("Say what your answer rests on.")
    with transaction.atomic():
        lock_identities()
        row = _locked(row_id)
        if row.state != CourtRow.State.OPEN:
            raise Conflict("This was answered. Reload to see how.")
        if row.file.set_aside_at is not None:
            raise Conflict("The extract is set aside.")
        _keep_answer(row, actor, reason, state)
        suggested = court_reading.make_own(row) if state == CourtRow.State.REFUSED else []
        row.save()
        if state == CourtRow.State.REFUSED:
            court_reading.announce(row.file, suggested)
        _record(actor, f"court_row.{state}", row)
    return row


def undo(*, actor: User, row_id: int, reason: str) -> CourtRow:
    """Take back that a row is the DOJ's conviction; it is open again. Analysts only.

    Raises Invalid without a reason, Conflict unless it is confirmed: a refused row is a conviction, with work on it.
    """
    access.require(actor, Role.ANALYST)
    if not reason.strip():
        raise Invalid("Say why the answer is taken back.")
    with transaction.atomic():
        row = _locked(row_id)
        if row.state != CourtRow.State.CONFIRMED:
            raise Conflict("Only a confirmed answer can be taken back.")
        _keep_answer(row, None, reason, CourtRow.State.OPEN)
        row.save()
        _record(actor, "court_row.undone", row)
    return row


def _keep_answer(row: CourtRow, actor: User | None, reason: str, state: CourtRow.State) -> None:
    row.state, row.decided_by, row.decided_at = state, actor, timezone.now() if actor else None
    row.reasons.append(reason.strip())


def _record(actor: User, verb: str, row: CourtRow) -> None:
    concerned = [each.subject_id for each in (row.conviction, row.own) if each is not None]
    audit.record(actor=actor, verb=verb, target=row, subjects=concerned, detail={"reason": len(row.reasons)})


def _locked(row_id: int) -> CourtRow:
    rows = CourtRow.objects.select_for_update(of=("self",)).select_related("file", "conviction")
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise NotFound("There is no such row of an extract.")
    return row
