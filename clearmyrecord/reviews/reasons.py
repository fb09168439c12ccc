"""The reasons that overrides are often given: a short dated list (`reasons.toml`), each for its direction."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DIRECTIONS = {"grants": "To grant relief", "denies": "To deny relief", "changes": "For another relief"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the list. `directions`: grants, denies or changes relief."""

    code: str
    says: str
    directions: tuple[str, ...]
    since: date
    until: date | None


@functools.cache
def every() -> tuple[Reason, ...]:
    """The whole list, past reasons too."""
    listed = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))["reason"]
    return tuple(
        Reason(each["code"], each["says"], tuple(each["for"]), each["since"], each.get("until")) for each in listed
    )


def offered(on: date) -> list[Reason]:
    """The reasons on offer that day, in the order of the list."""
    return [each for each in every() if each.since <= on and (each.until is None or on <= each.until)]


def named(code: str) -> Reason | None:
    """The reason of this code, whether or not it is still on offer."""
    return next((each for each in every() if each.code == code), None)


def direction(found: str, wanted: str) -> str:
    """What an override to the outcome `wanted` does where the run found `found`: grants, denies or changes relief."""
    if wanted == "not_eligible":
        return "denies"
    return "grants" if found in ("hand_review", "not_eligible") else "changes"


def fits(code: str, found: str, wanted: str) -> bool:
    """Whether the reason of this code can be the one for such an override."""
    reason = named(code)
    return reason is not None and direction(found, wanted) in reason.directions
