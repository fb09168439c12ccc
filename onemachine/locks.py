"""`python -m onemachine.locks`: the lock files hold what pyproject.toml and package.json ask for, and no address."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def locked(lock: Path) -> dict[str, list[str]]:
    """Versions by package name; several where they differ by Python version."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def wrong() -> list[str]:
    """What is wrong with the lock files, one sentence each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "server.lock": [*project["dependencies"], *extras["server"]],
        "all.lock": [*project["dependencies"], *(line for lines in extras.values() for line in lines)],
    }
    found = []
    for file, lines in wanted.items():
        versions = locked(ROOT / "requirements" / file)
        for requirement in map(Requirement, lines):
            have = versions.get(canonicalize_name(requirement.name), [])
            if not have or not all(requirement.specifier.contains(version) for version in have):
                found.append(f"{file} does not hold {requirement}: run `make lock`.")
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    npm = ROOT / "package-lock.json"
    if json.loads(npm.read_text())["packages"][""]["dependencies"] != asked:
        found.append("package-lock.json does not fit package.json: run `npm install`.")
    for path in (*(ROOT / "requirements").glob("*.lock"), npm):
        if "://" in path.read_text():
            found.append(f"{path.name} holds an address; lock files name packages and hashes only.")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(wrong()) or None)
