"""The browser packages and our own static files, brought to where the web server finds them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USWDS = ROOT / "node_modules" / "@uswds" / "uswds" / "dist"
LEFT_OUT = ("material-icons", "material-icons-deprecated")
"""Thousands of pictures that no page shows; collecting them takes half a minute."""


def collect(var: Path) -> bool:
    """Copy what pages use into `var`/assets and collect it all; False if nothing changed since the last time."""
    stamp, state = var / "static.stamp", _state()
    if stamp.exists() and stamp.read_text() == state and (var / "static").is_dir():
        return False
    wanted = var / "assets" / "uswds"
    shutil.rmtree(wanted, ignore_errors=True)
    for source in _wanted():
        target = wanted / source.relative_to(USWDS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    shutil.rmtree(var / "static", ignore_errors=True)
    nothing = {"SECRET_KEY": "x", "DEMO": "1", "DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://none"}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", "--skip-checks"],
        cwd=ROOT,
        env=os.environ | nothing | {"VAR_DIR": str(var)},
        check=True,
    )
    stamp.write_text(state)
    return True


def _wanted() -> Iterator[Path]:
    """Of USWDS: styles, scripts with their maps, web fonts, pictures."""
    for folder, endings in (("css", (".min.css", ".map")), ("js", (".min.js", ".min.js.map")), ("fonts", (".woff2",))):
        yield from (path for path in (USWDS / folder).rglob("*") if path.name.endswith(endings))
    for path in (USWDS / "img").rglob("*"):
        if path.is_file() and not set(path.parts) & set(LEFT_OUT):
            yield path


def _state() -> str:
    """Changes when the browser packages or a file of ours changes."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", ROOT / "requirements" / "all.lock", *sorted((ROOT / "static").rglob("*"))):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    collect(Path(os.environ.get("VAR_DIR", ROOT / "var")))
