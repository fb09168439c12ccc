"""An inbox as an account without special rights sees it, whoever runs the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class AsAnybody(FileSystemStorage):
    """Refuses what the mode of a file refuses; a superuser may read everything otherwise."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        if not Path(self.path(name)).stat().st_mode & 0o400:
            raise PermissionError(name)
        return super()._open(name, mode)
