"""Every screen of the application (screens.toml): at whose desk, over which thing, and what it is for.

One line for each stands in docs/screens.md, which `python -m tests.browser.screens` prints. Every page of the URL
configuration has its place here; tests/platform/test_walk.py fails for one that hasn't.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = "screenshots"
NOBODY = ""


@dataclass(frozen=True)
class Screen:
    """One screen; screens.toml says what each of these is."""

    name: str
    view: str
    says: str
    who: str = NOBODY
    of: tuple[str, ...] = ()
    query: str = ""
    steps: str = ""
    main: bool = False


_WRITTEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["screen"]
SCREENS = tuple(Screen(**each) for each in _WRITTEN)

PARTS = {
    "records:file_progress", "runs:run_progress", "runs:what_if_progress", "runs:trace", "reviews:facts",
    "desk:file_rows", "desk:viewers", "filings:progress", "filings:omnibus_progress", "reviews:comparing",
}  # fmt: skip
"""Answer with a part of a page, which is looked at where it stands."""

DOWNLOADS = {
    "reviews:download", "reviews:download_workbook", "reviews:changes_download", "reviews:changes_workbook",
    "reviews:opposition_download", "reviews:opposition_pdf", "reviews:attachment",
}  # fmt: skip
"""Answer with a file, beside those whose address ends as a file's name does."""


def listed() -> str:
    """The text of docs/screens.md."""
    lines = [f"- [{screen.name}]({FOLDER}/{screen.name}.webp): {screen.says}" for screen in SCREENS]
    about = "Pictures of the demonstration’s invented county; `make screenshots` takes them anew and writes this list."
    return "\n".join(("# Every screen", "", about, "", *lines, ""))


if __name__ == "__main__":
    print(listed(), end="")
