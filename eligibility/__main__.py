"""The command line: evaluate record files without any server.

Exit codes: 0 done (problems are in problems.csv and counted on standard error); 1 a file could not be used at all, or
the results do not balance; 2 wrong usage or policy.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from eligibility import policy
from eligibility.commands import compare, evaluate, explain, lists, rulebook, sample
from eligibility.commands.arguments import UNUSABLE, WRONG_USAGE, WrongUsage
from eligibility.commands.reading import Unusable
from eligibility.records.problems import NotARecordFile
from eligibility.results import DoesNotBalance

COMMANDS = (evaluate, compare, explain, rulebook, sample, lists)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.command(given))
    except (WrongUsage, policy.PolicyError) as error:
        return _say(WRONG_USAGE, str(error))
    except OSError as error:
        if error.filename is None or error.strerror is None:
            return _say(UNUSABLE, str(error))
        return _say(UNUSABLE, f"{error.filename} can't be read or written: {error.strerror}.")
    except (Unusable, NotARecordFile, DoesNotBalance) as error:
        return _say(UNUSABLE, str(error))


def _say(code: int, message: str) -> int:
    print(message, file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USAGE, f"{message}\n\n{self.format_usage()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m eligibility", description="Decides on convictions in DOJ research files.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
