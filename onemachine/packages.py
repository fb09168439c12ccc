"""The system packages that no Python or npm registry has. Standard library only: runs before anything is set up."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
TYPEFACE = "LiberationSerif-Regular.ttf"
"""The font file of court papers (`petitions.pleading.FONT_FILE`, which cannot be imported before set-up)."""


@dataclass(frozen=True)
class Need:
    """A package of Debian or Ubuntu, and what tells that it is there."""

    package: str
    why: str
    library: str = ""
    programs: tuple[str, ...] = ()

    def is_met(self) -> bool:
        if self.library:
            return _loads(self.library)
        return any(shutil.which(program) for program in self.programs)


TO_RUN = (
    Need("libpango-1.0-0", "draws the papers", library="libpango-1.0.so.0"),
    Need("libpangoft2-1.0-0", "draws the papers", library="libpangoft2-1.0.so.0"),
    Need("libharfbuzz-subset0", "embeds fonts in the papers", library="libharfbuzz-subset.so.0"),
)
TO_TEST = (
    Need("chromium", "drives the pages in browser tests", programs=CHROMIUM),
    Need("poppler-utils", "shows pages of papers as pictures", programs=("pdftoppm",)),
)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_typeface() -> bool:
    """Whether the typeface of the papers is installed."""
    return any(next(Path(folder).rglob(TYPEFACE), None) for folder in FONT_FOLDERS)


def can_make_environments() -> bool:
    """Debian splits Python's venv into a package of its own."""
    return bool(importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"))


def missing(*, tests: bool) -> list[str]:
    """Names of the packages that are not there."""
    names = [need.package for need in (*TO_RUN, *(TO_TEST if tests else ())) if not need.is_met()]
    if not has_typeface():
        names.append("fonts-liberation")
    if not can_make_environments():
        names.append(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    return names


def apt() -> list[str] | None:
    """How apt may be called here without asking anybody, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "apt-get"]
    return None


def install(names: list[str]) -> bool:
    """Install through apt; False where that isn't allowed or did not work."""
    command = apt()
    if command is None:
        return False
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *names]):
        if subprocess.run([*command, *arguments], env=quiet, stdout=subprocess.DEVNULL).returncode:
            return False
    return True
