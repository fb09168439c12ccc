"""`rulebook`: a policy's rules in plain English."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from eligibility import policy
from eligibility.commands.arguments import DONE
from eligibility.rulebook import rulebook


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    printing = commands.add_parser("rulebook", help="print a policy's rules in plain English")
    printing.add_argument("--policy", required=True, metavar="NAME|PATH", help="a preset or a TOML file")
    printing.add_argument("--out", type=Path, metavar="FILE", help="Markdown; without it, standard output")
    printing.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Print or write the rule book; returns the exit code."""
    text = rulebook(policy.load(given.policy)).text()
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.write_text(text, encoding="utf-8")
    return DONE
