"""`sample`: write an invented record file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from eligibility.commands.arguments import DONE, positive
from eligibility.records import sample


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    inventing = commands.add_parser("sample", help="write an invented record file")
    inventing.add_argument("--subjects", type=positive, default=2400, metavar="N")
    inventing.add_argument("--seed", type=int, default=1, metavar="S")
    inventing.add_argument("--county", default="CONTRA COSTA")
    inventing.add_argument("--out", required=True, type=Path, metavar="FILE")
    inventing.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Write the file; returns the exit code."""
    sample.write(given.out, subjects=given.subjects, seed=given.seed, county=given.county)
    return DONE
