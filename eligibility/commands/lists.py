"""`policies` and `facts`: what there is to choose from."""

from __future__ import annotations

import argparse
from typing import Any

from eligibility import policy, stated
from eligibility.commands.arguments import DONE


def add(commands: Any) -> None:
    """Tell the parser of both commands."""
    commands.add_parser("policies", help="list the presets").set_defaults(command=_policies)
    commands.add_parser("facts", help="list the facts that a person may state").set_defaults(command=_facts)


def _policies(given: argparse.Namespace) -> int:
    for name in policy.presets():
        each = policy.load(name)
        print(f"{each.name}: {each.title}" + (f" ({each.county})" if each.county else ""))
    return DONE


def _facts(given: argparse.Namespace) -> int:
    for name, each in stated.STATABLE.items():
        choices = f" ({', '.join(each.choices)})" if each.choices else ""
        print(f"{name} [{each.kind}{choices}]: {each.label}. {each.help}")
    return DONE
