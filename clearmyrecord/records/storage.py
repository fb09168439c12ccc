"""Bytes behind the storage API, such that a reader sees a whole file or none."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage


@contextmanager
def written_whole(key: str) -> Iterator[BinaryIO]:
    """A stream whose content stands under `key` once the block ends without an error; an older content is replaced.

    On a folder: written beside it as .tmp, synced, renamed. Elsewhere: written to a temporary file, sent whole.
    """
    if isinstance(default_storage, FileSystemStorage) or isinstance(
        getattr(default_storage, "_wrapped", None), FileSystemStorage
    ):
        path = Path(default_storage.path(key))
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
        try:
            with open(temporary, "xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        return
    with tempfile.TemporaryFile() as stream:
        yield _binary(stream)
        stream.seek(0)
        if default_storage.exists(key):
            default_storage.delete(key)
        default_storage.save(key, File(stream))


def _binary(stream: IO[bytes]) -> BinaryIO:
    return stream  # type: ignore[return-value]
