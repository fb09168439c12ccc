"""Reading the record files that a command was given, as one record set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from eligibility.commands.arguments import WrongUsage
from eligibility.facts import same_county
from eligibility.records import doj
from eligibility.records.history import build
from eligibility.records.problems import NotARecordFile
from eligibility.records.schema import History


class Unusable(Exception):
    """A file that is no record file; the message names it and says why."""


def read_files(paths: Sequence[Path]) -> History:
    """The history of these files, told apart by `source`, their place in the list.

    Raises WrongUsage for a missing file, Unusable for one that is no record file.
    """
    read: list[doj.Rows] = []
    for source, path in enumerate(paths):
        if not path.is_file():
            raise WrongUsage(f"There is no file {path}.")
        try:
            read.append(doj.read_rows(path, name=path.name, source=source))
        except NotARecordFile as error:
            raise Unusable(f"{path}: {error}") from None
    return build(
        pa.concat_tables([each.table for each in read]), unreadable=pa.concat_tables([each.problems for each in read])
    )


def described(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The files as result files name them: source, name and SHA-256."""
    return [{"source": source, "name": path.name, "sha256": _sha256(path)} for source, path in enumerate(paths)]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_county(history: History, county: str) -> None:
    """Refuse a county that no conviction of the files is in, and list those that are there."""
    counts = history.counts.filter(history.counts["convicted"])
    present = sorted({each for each in counts["county"].unique().to_pylist() if each})
    if present and same_county(county) not in {same_county(each) for each in present}:
        raise WrongUsage(f"No conviction in these files is in county {county!r}. Counties: {', '.join(present)}.")
