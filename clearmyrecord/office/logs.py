"""The log's format: where something broke, never what the data were."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutData(logging.Formatter):
    """Writes kind and place of an exception without its message, which may quote a record (as PostgreSQL's do)."""

    def formatException(self, ei: ExcInfo) -> str:
        kind, error, trace = ei
        lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        cause = error.__cause__ if error else None
        names = [each.__name__ for each in (kind, type(cause) if cause else None) if each]
        return "\n".join([*lines, " from ".join(names)])
