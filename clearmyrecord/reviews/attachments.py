"""Documents that stand behind a decision: kept as they came, told by their content, never shown in a page."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile

from clearmyrecord.errors import Invalid
from clearmyrecord.office.models import User
from clearmyrecord.records.storage import written_whole
from clearmyrecord.reviews.models import Attachment

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
CHUNK = 64 * 1024
LOOKED_AT = 1024
"""Bytes at either end in which a kind of document shows itself."""

REFUSED = "is not a PDF, PNG or JPEG document, whatever its name says. Nothing was kept."


def kind_of(head: bytes, tail: bytes) -> Attachment.Kind | None:
    """What the first and last bytes of a document show it to be; None for anything else, or one that is cut off."""
    if head.startswith(b"%PDF-") and b"%%EOF" in tail:
        return Attachment.Kind.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and tail.endswith(b"IEND\xaeB`\x82"):
        return Attachment.Kind.PNG
    if head.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail:
        return Attachment.Kind.JPEG
    return None


def check(upload: UploadedFile[bytes]) -> Attachment.Kind:
    """The kind of an upload. Raises Invalid, naming the file, if it is empty, too large or of another kind."""
    name = printable(upload.name or "")
    if not upload.size:
        raise Invalid(f"{name} is empty.")
    if upload.size > MOST_BYTES:
        raise Invalid(f"{name} has {upload.size / MEGABYTE:.1f} MB; at most {MOST_BYTES // MEGABYTE} MB can be kept.")
    upload.seek(0)
    head = upload.read(LOOKED_AT)
    upload.seek(max(0, upload.size - LOOKED_AT))
    tail = upload.read(LOOKED_AT)
    upload.seek(0)
    kind = kind_of(head, tail)
    if kind is None:
        raise Invalid(f"{name} {REFUSED}")
    return kind


def keep(*, actor: User, upload: UploadedFile[bytes]) -> Attachment:
    """Keep a document, in the caller's transaction; the bytes lie under their hash. Raises Invalid as `check` does."""
    kind = check(upload)
    sha256 = _sha256(upload)
    key = f"attachments/{sha256}"
    with written_whole(key) as stream:
        _copy(upload, stream)
    return Attachment.objects.create(
        name=printable(upload.name or ""),
        kind=kind,
        size=upload.size or 0,
        sha256=sha256,
        storage_key=key,
        kept_by=actor,
    )


def printable(name: str) -> str:
    """The name that somebody gave a document, without folders and unprintable letters, to be shown beside it."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return plain.strip()[-200:] or "document"


def _sha256(upload: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for part in upload.chunks(CHUNK):
        digest.update(part)
    return digest.hexdigest()


def _copy(upload: UploadedFile[bytes], stream: BinaryIO) -> None:
    for part in upload.chunks(CHUNK):
        stream.write(part)
