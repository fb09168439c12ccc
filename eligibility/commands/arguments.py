"""Reading what was typed: days, numbers, and the usage errors of all commands."""

from __future__ import annotations

import argparse
from datetime import date

from eligibility.law import contents

DONE, UNUSABLE, WRONG_USAGE = 0, 1, 2


class WrongUsage(Exception):
    """The command cannot be carried out as given; the message says what to change."""


def day(text: str) -> date:
    """A date typed as YYYY-MM-DD, not before the law that is applied."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"write the date as YYYY-MM-DD, not {text!r}") from None
    begins = min(day for limit in contents.limits() if limit.name == "act_in_force" for day, _ in limit.values)
    if found < begins:
        raise argparse.ArgumentTypeError(f"the Act is in force from {begins.isoformat()}; give that day or a later one")
    return found


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is needed, not {text!r}")
    return int(text)
