"""The entries of the law's lists in plain English, as the rule book prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from eligibility.law.code_sections import PRINTED_CODES

_CODES = PRINTED_CODES | {"VC": "Veh. Code", "MV": "Mil. & Vet. Code"}
_OUTCOMES = {"dismiss": "Dismissal", "redesignate": "Redesignation"}
_ROUTES = {
    "completed": "sentence completed",
    "serving": "sentence being served",
    "unknown": "not known whether completed",
}


def sections(listed: Iterable[str]) -> str:
    """Normalised sections as a lawyer writes them: `H&S §§ 11357, 11358(c); PC § 182`."""
    pairs = (each.partition(" ")[::2] for each in listed)
    groups = ((code, [number for _, number in group]) for code, group in groupby(pairs, key=lambda pair: pair[0]))
    return "; ".join(
        f"{_CODES.get(code, code)} {'§§' if len(numbers) > 1 else '§'} {', '.join(numbers)}" for code, numbers in groups
    )


def entries(table: dict[str, Any]) -> Iterator[str]:
    """Each entry of one of the law's tables, whatever its shape."""
    if isinstance(table.get("sections"), list):
        yield sections(table["sections"])
    if "severities" in table and "sections" not in table:
        yield f"Any offense; severity {_or(table['severities'])}, or one that the record does not say"
    for offense in table.get("offense", ()):
        if "kind" in offense:
            yield f"{sections([offense['section']])}: {offense['says']}; {_or(offense['severities'])}"
        else:
            yield _disqualifying(offense, table)
    for line in table.get("basis", ()):
        yield _basis(line)
    for ground in table.get("ground", ()):
        needs = "; the attorney gives the authority" if ground["authority_required"] else ""
        yield f"{ground['says']} ({_or([_ROUTES[each] for each in ground['routes']])}{needs})"
    for opposition in table.get("opposition", ()):
        where = ", ".join(
            f"{_ROUTES[route]}: {sections([opposition[route]])}" for route in _ROUTES if route in opposition
        )
        yield f"{opposition['says'].rstrip('.')} ({where}; by {opposition['proof']})"
    for part in table.values():
        if isinstance(part, dict) and "sections" in part:
            says = part["says"].rstrip(".")
            if "priors" in part:
                says = f"At least {part['priors']} {says[:1].lower()}{says[1:]}"
            yield f"{says}: {sections(part['sections'])}"
    if "years_after_judgment" in table:
        years = table["years_after_judgment"]
        yield f"Without probation: {years} year{'s' if years > 1 else ''} or more after judgment"
    if "never" in table:
        yield f"Excepted offenses: {sections(table['never'])}"


def _or(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _disqualifying(offense: dict[str, Any], table: dict[str, Any]) -> str:
    clause = f"Clause ({offense['clause']}), " if "clause" in offense else ""
    through = f" through § {offense['through']}" if "through" in offense else ""
    beside = f", beside {sections([offense['with']])} in the same event" if "with" in offense else ""
    attempts = ", attempts too" if offense.get("attempts") else ""
    since = offense.get("effective", table["effective"])
    later = f", from {since:%B} {since.day}, {since.year}" if since != table["effective"] else ""
    says = clause + offense["says"]
    return f"{says[:1].upper()}{says[1:]}: {sections(offense['sections'])}{through}{attempts}{beside}{later}"


def _basis(line: dict[str, Any]) -> str:
    of = sections(line["sections"]) if "sections" in line else "any section"
    said = f"{_OUTCOMES[line['outcome']]} of {of} as {_or(line['severities'])}: {line['basis']}"
    if line.get("proven_by"):
        said += "; statute if the amount is stated to be within the limits"
    if "under_lawful_age" in line:
        said += f"; {line['under_lawful_age']} if surely under 21 at the offense"
    return f"{said}. {line['why']}"
