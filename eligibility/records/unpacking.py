"""A record file as it arrives: plain, gzip or zip, recognised by its first bytes, unpacked while it is read."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from eligibility.records.problems import NotARecordFile

UNPACKED_LIMIT = 2 * 1024**3
"""Bytes that a file may hold once unpacked, unless whoever reads it says otherwise."""

RATIO_LIMIT = 200
"""Unpacked bytes per packed byte. Real record files repeat themselves about thirtyfold."""

RATIO_MATTERS_FROM = 32 * 1024**2
"""Unpacked bytes from which the ratio is looked at: a small file does no harm."""

EXPECTED = "a DOJ research file: comma-separated text with 95 columns, plain, .gz or .zip"

_OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
}


def _fill(stream: BinaryIO, buffer: bytearray | memoryview) -> int:
    """Read into the buffer, without a copy where the stream can; returns how many bytes."""
    if hasattr(stream, "readinto"):
        return int(stream.readinto(buffer) or 0)
    piece = stream.read(len(buffer))
    buffer[: len(piece)] = piece
    return len(piece)


class _Packed(io.RawIOBase):
    """A stream that counts what is taken from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = _fill(self._stream, buffer)
        self.taken += size
        return size


class _Unpacked(io.RawIOBase):
    """An unpacked stream that refuses to grow past the limits."""

    def __init__(self, stream: BinaryIO, *, limit: int, packed: _Packed | None, packed_size: int | None) -> None:
        self._stream, self._limit, self._packed, self._packed_size = stream, limit, packed, packed_size
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            size = _fill(self._stream, buffer)
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
            raise NotARecordFile(
                expected="a whole packed file",
                found=f"one that can't be unpacked after {self.given:,} bytes ({error})",
                likely_cause="The file was cut off or damaged on its way, or is protected by a password.",
            ) from error
        self.given += size
        self._check()
        return size

    def _check(self) -> None:
        if self.given > self._limit:
            raise NotARecordFile(
                expected=f"at most {self._limit:,} bytes once unpacked",
                found="more than that",
                likely_cause="Ask the DOJ for the file in parts, or split it between two subjects.",
            )
        packed = self._packed_size if self._packed is None else self._packed.taken
        if packed is not None and self.given > RATIO_MATTERS_FROM and self.given > RATIO_LIMIT * max(packed, 1):
            raise NotARecordFile(
                expected="a packed record file",
                found=f"one that grows more than {RATIO_LIMIT} times when unpacked",
                likely_cause="No record file packs that well: this one may have been made to do harm.",
            )


def is_packed(path: Path) -> bool:
    """Whether the file is a gzip or zip file."""
    with path.open("rb") as stream:
        return stream.read(4).startswith((b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"))


@contextmanager
def unpacked(
    stream: BinaryIO, name: str, *, limit: int = UNPACKED_LIMIT, expected: str = EXPECTED
) -> Iterator[BinaryIO]:
    """The bytes of a record file, unpacked and counted while they are read.

    `name` is the file's own name and `expected` what it should be, for the messages. Raises NotARecordFile (here or
    while reading) for another kind of file, an archive of several files or within an archive, an unsafe archive, and
    more than `limit` bytes.
    """
    packed = _Packed(stream)
    buffered = io.BufferedReader(packed, 1 << 16)
    start = buffered.peek(8)[:8]
    if start.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=buffered) as opened:
            yield _limited(opened, name, limit=limit, packed=packed, expected=expected)  # type: ignore[arg-type]
    elif start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        with _zip(stream, buffered, name) as archive:
            member = _only_member(archive, name, expected)
            try:
                opened_member = archive.open(member)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
                raise NotARecordFile(
                    expected=expected,
                    found=f"an archive whose file can't be opened ({error})",
                    likely_cause="Archives with a password can't be read; unpack it first.",
                ) from error
            with opened_member:
                size = member.compress_size
                yield _limited(opened_member, name, limit=limit, packed_size=size, expected=expected)  # type: ignore[arg-type]
    else:
        yield _limited(buffered, name, limit=limit, expected=expected)


def _limited(
    stream: BinaryIO,
    name: str,
    *,
    limit: int,
    expected: str,
    packed: _Packed | None = None,
    packed_size: int | None = None,
) -> BinaryIO:
    counted = _Unpacked(stream, limit=limit, packed=packed, packed_size=packed_size)
    opened = io.BufferedReader(counted, 1 << 20)
    start = opened.peek(8)[:8]
    inside = packed is not None or packed_size is not None
    if inside and (start.startswith(b"\x1f\x8b") or start.startswith(b"PK\x03\x04")):
        raise NotARecordFile(
            expected="one CSV file inside the archive",
            found=f"another archive inside {name}",
            likely_cause="Unpack the outer archive and upload what is inside.",
        )
    for signature, kind in _OTHER_KINDS.items():
        if start.startswith(signature):
            raise NotARecordFile(
                expected=expected,
                found=kind,
                likely_cause="Another file was chosen, or it was saved in another format.",
            )
    return opened


def _zip(stream: BinaryIO, buffered: "io.BufferedReader[_Packed]", name: str) -> zipfile.ZipFile:
    # A zip file is read from its end: what can't seek is kept whole, packed, and only so.
    if stream.seekable():
        stream.seek(0)
        source: BinaryIO = stream
    else:
        source = io.BytesIO(buffered.read())
    try:
        return zipfile.ZipFile(source)
    except zipfile.BadZipFile as error:
        raise NotARecordFile(
            expected="a whole .zip file",
            found=f"one that can't be opened ({error})",
            likely_cause=f"{name} was cut off or damaged on its way.",
        ) from error


def _only_member(archive: zipfile.ZipFile, name: str, expected: str) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/") and ".DS_Store" not in member.filename
    ]
    if any(member.filename in ("[Content_Types].xml", "mimetype") for member in members):
        raise NotARecordFile(
            expected=expected,
            found="a spreadsheet or document (.xlsx, .docx, .ods)",
            likely_cause="Use the CSV file as the DOJ sent it: a spreadsheet program changes numbers and dates.",
        )
    if len(members) != 1:
        raise NotARecordFile(
            expected="one CSV file inside the archive",
            found=f"{len(members)} files in {name}",
            likely_cause="Upload each record file by itself.",
        )
    path = PurePosixPath(members[0].filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise NotARecordFile(
            expected="a file name inside the archive",
            found="a path that leads out of it",
            likely_cause="No ordinary program writes such an archive: it may have been made to do harm.",
        )
    return members[0]
