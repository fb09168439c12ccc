"""A whole run: files one by one, their result files, the figures, and the file of errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from eligibility.compatible import choice, days, reader, result_files, summary
from eligibility.compatible.facts import Panics, gather
from eligibility.options import OptionsError

DONE, REFUSED = 0, 1


def run(files: Sequence[Path], *, county: str, policy: str, as_of: date, folder: Path) -> int:
    """Write what the older tool would write. Returns the exit code; raises PolicyError for a policy it cannot run."""
    try:
        chosen = choice.of(policy)
    except OptionsError as error:
        folder.mkdir(parents=True, exist_ok=True)
        return _refuse(folder, {"": ("OTHER", str(error))})
    folder.mkdir(parents=True, exist_ok=True)
    refused: dict[str, tuple[str, str]] = {}
    figures: dict[str, Any] | None = None
    for number, path in enumerate(files, start=1):
        try:
            facts = gather(reader.read(path), county, days.number(as_of))
            decided = chosen.flow(facts)
        except reader.Refused as error:
            refused[str(path)] = (error.kind, str(error))
            continue
        except Panics as error:
            print(f"{path}: {error}", file=sys.stderr)
            return REFUSED
        result_files.write(folder, f"_{number}" if len(files) > 1 else "", facts, decided)
        figures = summary.added(figures, summary.of_file(facts, decided, chosen.options))
    if refused:
        return _refuse(folder, refused)
    (folder / "gogen.json").write_text(json.dumps(figures, separators=(",", ":")), encoding="utf-8")
    return DONE


def _refuse(folder: Path, refused: dict[str, tuple[str, str]]) -> int:
    found = {path: {"errorType": kind, "errorMessage": message} for path, (kind, message) in sorted(refused.items())}
    (folder / "gogen.err").write_text(json.dumps(found, separators=(",", ":")), encoding="utf-8")
    for path, (_, message) in sorted(refused.items()):
        print(f"{path}: {message}", file=sys.stderr)
    return REFUSED
