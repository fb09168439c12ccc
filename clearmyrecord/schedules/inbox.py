"""The inbox folder: which new files lie in it, and taking each once. IT fills it; nothing is written or removed there.

A file is taken once its size and time were the same for a while. What was read is a copy, so a file that changes all
the same while it is read can't become something else than its SHA-256 says. Behind Django's storage API ("inbox").
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from clearmyrecord.errors import Invalid
from clearmyrecord.office.models import User
from clearmyrecord.records import services as records
from clearmyrecord.schedules.models import DueRun, InboxFile

QUIET = timedelta(seconds=15)
"""How long a file must have stayed the same."""

UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
"""How programs that copy name a file until it is whole. Hidden files are left alone, too."""

State = InboxFile.State


def is_set_up() -> bool:
    """Whether this installation has an inbox folder."""
    return "inbox" in settings.STORAGES


def _folder() -> Storage:
    return storages["inbox"]


def look(due: DueRun, now: datetime) -> list[InboxFile]:
    """Note what lies in the folder; returns what is still to be taken, and what changed too lately for that.

    Raises OSError if the folder can't be read.
    """
    known = _newest()
    return [
        row for name, size, modified in _found() if (row := _noted(due, now, known.get(name), name, size, modified))
    ]


def _newest() -> dict[str, InboxFile]:
    rows = InboxFile.objects.order_by("name", "-pk").distinct("name")
    return {row.name: row for row in rows}


def _found() -> Iterator[tuple[str, int, datetime]]:
    """Name, size and time of every file, by name; one that vanishes meanwhile is left out."""
    folder = _folder()
    for name in sorted(folder.listdir("")[1]):
        if name.startswith(".") or name.lower().endswith(UNFINISHED) or len(name) > 255:
            continue
        try:
            yield name, folder.size(name), folder.get_modified_time(name)
        except FileNotFoundError:
            continue


def _noted(
    due: DueRun, now: datetime, row: InboxFile | None, name: str, size: int, modified: datetime
) -> InboxFile | None:
    """The file's row if it may still be taken; None once it was taken, is known, or was refused as it is."""
    if row is not None and (row.size, row.modified_at) == (size, modified):
        left = row.state == State.UNREADABLE and row.due_run_id != due.pk  # IT may have mended it since
        if row.state != State.CHANGING and not left:
            return None
        row.state, row.due_run, row.reason = State.CHANGING, due, ""
        row.save(update_fields=["state", "due_run", "reason"])
        return row
    if row is None or row.state != State.CHANGING:
        row, _ = InboxFile.objects.get_or_create(
            name=name,
            state=State.CHANGING,
            defaults={"size": size, "modified_at": modified, "same_since": now, "due_run": due},
        )
    row.size, row.modified_at, row.same_since, row.due_run = size, modified, now, due
    row.save(update_fields=["size", "modified_at", "same_since", "due_run"])
    return row


def untaken() -> list[tuple[str, int]]:
    """Name and size of what lies in the folder and was never taken; writes nothing. Raises OSError."""
    known = _newest()
    done = (State.TAKEN, State.KNOWN, State.REFUSED)
    return [
        (name, size)
        for name, size, modified in _found()
        if not (
            (row := known.get(name)) and row.state in done and (row.size, row.modified_at) == (size, modified)
        )
    ]  # fmt: skip


def is_quiet(row: InboxFile, now: datetime) -> bool:
    """Whether the file has stayed the same long enough to be taken."""
    return now - row.same_since >= QUIET


def take(row: InboxFile, *, actor: User, now: datetime) -> None:
    """Have the file read, unless the very same one is known; a file that can't be read is left, with the reason.

    The day of the file's own time counts as that on which the office received it. May be done twice.
    """
    received = min(timezone.localdate(row.modified_at), timezone.localdate(now))
    try:
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
            with _folder().open(row.name) as stream:
                shutil.copyfileobj(stream, copy, 1 << 20)
            copy.seek(0)
            given = UploadedFile(copy, row.name)
            row.record_file = records.upload(actor=actor, file=given, received_on=received).file
        row.state = State.TAKEN if _is_first(row, actor) else State.KNOWN
    except Invalid as refused:
        row.state, row.reason = State.REFUSED, str(refused)
    except OSError as error:
        row.state, row.reason = State.UNREADABLE, f"The file could not be opened ({type(error).__name__})."
    row.save(update_fields=["state", "reason", "record_file"])


def _is_first(row: InboxFile, actor: User) -> bool:
    """Whether this file brought its record file in, and neither a person nor another file of the inbox did."""
    file = row.record_file
    others = InboxFile.objects.filter(record_file=file, state=State.TAKEN).exclude(pk=row.pk)
    return file is not None and file.uploaded_by_id == actor.pk and not others.exists()
