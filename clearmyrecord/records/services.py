"""What changes record files and who is who. Only these functions, and what they call, write this app's tables."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import Office, Role, User
from clearmyrecord.records import court_reading, loading, reading, signals
from clearmyrecord.records.copying import lock_identities
from clearmyrecord.records.identity import confirm_suggestion, refuse_suggestion, undo_suggestion
from clearmyrecord.records.models import Conviction, Reading, RecordFile, Suggestion
from clearmyrecord.records.storage import written_whole
from eligibility.records import doj
from eligibility.records.problems import NotARecordFile

__all__ = [
    "Upload",
    "confirm_suggestion",
    "read_again",
    "read_file",
    "refuse_suggestion",
    "set_aside",
    "undo_suggestion",
    "upload",
]

PIECE = 1 << 20
"""Bytes taken at a time from an upload."""

PACKED_LIMIT = 2 * 1024**3
"""Bytes that an upload may have as it comes; unpacked it may have no more either."""


@dataclass(frozen=True)
class Upload:
    """An uploaded file's row; `known` if the very same file had been uploaded before."""

    file: RecordFile
    known: bool


def upload(*, actor: User, file: "UploadedFile[Any]", received_on: date) -> Upload:
    """Keep an uploaded record file and have it read. Analysts only.

    The same bytes are recognised by their SHA-256 and stored once, also when they come twice at the same instant.
    Raises Invalid, in words for the person who chose it, for a file that isn't a record file; then nothing is kept.
    """
    access.require(actor, Role.ANALYST)
    return keep(actor=actor, file=file, look_at=_look_at, received_on=received_on)


def keep(
    *, actor: User, file: "UploadedFile[Any]", look_at: Callable[[Any, str], None], received_on: date, **values: Any
) -> Upload:
    """Keep an upload's bytes once, after `look_at` (the file, its name) has refused what can't be used. For services.

    `values` are the row's others. Raises as `upload`.
    """
    if received_on > timezone.localdate():
        raise Invalid("The day the office received the file can't lie in the future.")
    name = _plain_name(file.name or "")
    try:
        look_at(file, name)
        sha256, size = _digest(file)
        known = RecordFile.objects.filter(sha256=sha256).first()
        if known is not None:
            return _recognised(actor, known)
        key = f"records/{sha256}"
        with written_whole(key) as stream:
            for piece in _pieces(file):
                stream.write(piece)
    except NotARecordFile as refused:
        audit.record(actor=actor, verb="record_file.upload", outcome="refused")
        raise Invalid(str(refused)) from refused
    row = RecordFile(sha256=sha256, name=name, size=size, storage_key=key, received_on=received_on, **values)
    return _registered(actor, row)


def _registered(actor: User, row: RecordFile) -> Upload:
    """Insert the file's row, or find that another upload of the same bytes was quicker. Their content is the same."""
    with transaction.atomic():
        row.uploaded_by = actor
        made = RecordFile.objects.bulk_create([row], ignore_conflicts=True)
        kept = RecordFile.objects.get(sha256=made[0].sha256)
        ours = RecordFile.objects.filter(pk=kept.pk, uploaded_by=actor, uploaded_at=row.uploaded_at).exists()
        if ours:
            if kept.work_state == work.Work.WorkState.WAITING:
                work.ring(kept)
            audit.record(actor=actor, verb="record_file.uploaded", target=kept, detail={"bytes": kept.size})
    return Upload(kept, known=False) if ours else _recognised(actor, kept)


def _recognised(actor: User, known: RecordFile) -> Upload:
    audit.record(actor=actor, verb="record_file.recognised", target=known)
    return Upload(known, known=True)


def _plain_name(name: str) -> str:
    """The file's own name without folders and control characters, to show it again."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[-200:] or "record file"


def _pieces(file: "UploadedFile[Any]") -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _digest(file: "UploadedFile[Any]") -> tuple[str, int]:
    """SHA-256 and size, counted while streaming."""
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(file):
        size += len(piece)
        if size > PACKED_LIMIT:
            raise NotARecordFile(
                expected=f"at most {PACKED_LIMIT:,} bytes",
                found="more than that",
                likely_cause="Ask the DOJ for the file in parts.",
            )
        digest.update(piece)
    return digest.hexdigest(), size


def _look_at(file: "UploadedFile[Any]", name: str) -> None:
    """Unpack the whole file once, counting, and read its first block: what isn't a record file is refused at once."""
    stream: BinaryIO = file.file or file  # type: ignore[assignment]
    stream.seek(0)
    with doj.unpacked(stream, name) as unpacked:
        while unpacked.read(PIECE):
            pass
    stream.seek(0)
    pieces = doj.read_blocks(stream, name=name)
    try:
        next(pieces, None)
    finally:
        pieces.close()  # type: ignore[attr-defined]


def read_file(file_id: int) -> None:
    """Read an uploaded file: Parquet, then subjects, events, readings and convictions in one transaction.

    For the worker. Safe to deliver twice and to be killed anywhere: nothing of it stands before the commit.
    """
    with work.lease(RecordFile, file_id) as lease:
        if lease is None:
            return
        file: RecordFile = lease.row()
        if file.kind == RecordFile.Kind.COURT:
            court_reading.read_leased(lease, file)
            return
        try:
            content = reading.read(file, _Progress(lease))
        except NotARecordFile as refused:
            with lease.writing() as row:
                row.refusal = str(refused)
                row.save(update_fields=["refusal"])
                audit.record(actor=None, verb="record_file.refused", target=row)
            return
        lease.progress(content.reconciliation["rows_read"], content.reconciliation["rows_read"])
        with lease.writing() as row:
            _store(row, content)


class _Progress:
    """Shows the rows read so far, at most once a second's worth of blocks."""

    EVERY = 20_000

    def __init__(self, lease: work.Lease) -> None:
        self._lease, self._shown = lease, 0

    def __call__(self, rows_read: int) -> None:
        if rows_read - self._shown >= self.EVERY:
            self._shown = rows_read
            self._lease.progress(rows_read, 0)


def _store(file: RecordFile, content: reading.FileContent) -> None:
    """Write what the file says and mark it as read, in the caller's transaction."""
    loaded = loading.store(file, content)
    file.parquet_key = content.parquet_key
    file.read_at = timezone.now()
    file.rows_read = content.reconciliation["rows_read"]
    file.reconciliation = content.reconciliation | {
        "subjects_known": loaded.subjects_known,
        "subjects_new": loaded.subjects_new,
        "convictions_known": loaded.convictions_known,
        "convictions_new": loaded.convictions_new,
        "problems": sum(table.num_rows for table in content.problems),
    }
    file.counties = content.counties
    file.save(update_fields=["parquet_key", "read_at", "rows_read", "reconciliation", "counties"])
    signals.file_read.send(sender=RecordFile, file=file)
    if loaded.suggestion_ids:
        signals.suggested.send(sender=Suggestion, suggestion_ids=loaded.suggestion_ids)
    detail = {"rows": file.rows_read, "suggestions": len(loaded.suggestion_ids)}
    audit.record(actor=None, verb="record_file.read", target=file, detail=detail)


def read_again(*, actor: User, file_id: int) -> RecordFile:
    """Have a file read again whose reading failed. Analysts only. Raises Conflict if it didn't fail."""
    access.require(actor, Role.ANALYST)
    with transaction.atomic():
        file = _locked_file(file_id)
        if file.work_state != work.Work.WorkState.FAILED:
            raise Conflict("Only a file whose reading failed can be read again.")
        work.start_again(file)
        audit.record(actor=actor, verb="record_file.read_again", target=file)
    return file


def set_aside(*, actor: User, file_id: int, reason: str) -> RecordFile:
    """Leave a file out of every later run. Analysts only. What hangs on its convictions stays.

    Raises Invalid without a reason, Conflict while it is being read or when it is set aside already.
    """
    access.require(actor, Role.ANALYST)
    if not reason.strip():
        raise Invalid("Say why the file is set aside.")
    with transaction.atomic():
        lock_identities()
        file = _locked_file(file_id)
        if file.set_aside_at is not None:
            raise Conflict("The file is set aside already.")
        if file.work_state in (work.Work.WorkState.WAITING, work.Work.WorkState.WORKING):
            raise Conflict("The file is still being read. Set it aside when that is done.")
        file.set_aside_at, file.set_aside_by, file.set_aside_reason = timezone.now(), actor, reason.strip()
        file.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_reason"])
        of_file = Reading.objects.filter(file_subject__file=file).exclude(conviction=None)
        loading.renew_convictions(list(of_file.values_list("conviction_id", flat=True).distinct()))
        signals.file_set_aside.send(sender=RecordFile, file=file)
        audit.record(actor=actor, verb="record_file.set_aside", target=file)
    return file


def order_files(newest_by: str) -> None:
    """Tell the newest reading of each conviction by this from now on, in the caller's transaction."""
    if Office.objects.exclude(newest_by=newest_by).update(newest_by=newest_by):
        several = Conviction.objects.annotate(number=Count("readings")).filter(number__gt=1)
        loading.renew_convictions(list(several.values_list("pk", flat=True)))


def _locked_file(file_id: int) -> RecordFile:
    file = RecordFile.objects.select_for_update().filter(pk=file_id).first()
    if file is None:
        raise NotFound("There is no such record file.")
    return file
