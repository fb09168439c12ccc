"""A simulated court: reads a hand-off's CSV and nothing else, decides, and answers with slips of every kind."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from clearmyrecord.relief.models import ResponseRow

Kind = ResponseRow.Kind
Key = tuple[str, str]
"""Case number and section: what a row of the invented county is about."""
Told = dict[str, str]

HEADINGS = (
    "Case Number",
    "Defendant",
    "Charge",
    "Ruling",
    "Granted As",
    "Order Date",
    "Reason",
    "Hearing Date",
    "Dept",
)
MEANINGS = {"granted": "granted", "denied": "denied", "set for hearing": "hearing"}
"""What the office says once of this court's words."""
DECISIONS = {"granted": 75, "less": 8, "denied": 10, "hearing": 7}
"""How often the court decides so; `less` is a grant of less than was asked."""
LESS = {"sealed": "dismissed", "misdemeanor": "infraction"}
ORDERED = {
    "sealed": "Dismissed and sealed",
    "dismissed": "Dismissed",
    "misdemeanor": "Reduced to misdemeanor",
    "infraction": "Reduced to infraction",
}
SLIPS = {
    "unknown number": (Kind.UNKNOWN,),
    "another's number": (Kind.DIFFERS,),
    "misspelt": (Kind.DIFFERS,),
    "unknown word": (Kind.UNUSABLE,),
    "impossible day": (Kind.UNUSABLE,),
    "contradicted": (Kind.CONTRADICTS, Kind.CONTRADICTS),
    "repeated": (Kind.MATCH, Kind.REPEATED),
    "missing": (),
}
"""Each slip, and what the rows that it leaves of one conviction must be taken for."""
SHARE = 0.03
"""Of the convictions, the share that has each slip."""


@dataclass
class Book:
    """What the court decided, and what it wrote of that."""

    decided: dict[Key, tuple[str, str]] = field(default_factory=dict)
    """Decision, and what was granted."""
    slips: dict[Key, str] = field(default_factory=dict)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """What each row must be taken for, in the order of the rows."""

    @property
    def understood(self) -> dict[Key, tuple[str, str]]:
        """What can be known from its response: what it decided, without the convictions that a slip hides."""
        hidden = {key for key, slip in self.slips.items() if Kind.MATCH not in SLIPS[slip]}
        return {key: said for key, said in self.decided.items() if key not in hidden}

    @property
    def granted(self) -> dict[Key, str]:
        """What it granted, of what can be known."""
        return {key: granted_as for key, (decision, granted_as) in self.understood.items() if decision == "granted"}

    def response(self) -> bytes:
        """Its response file."""
        text = io.StringIO()
        csv.writer(text).writerows([HEADINGS, *self.rows])
        return text.getvalue().encode()


def answer(handed: Sequence[Told], *, today: date, seed: int = 7) -> Book:
    """The court's book on the rows of a hand-off; the same rows and seed give the same."""
    draw, book = random.Random(seed), Book()
    places = draw.sample(range(len(handed)), len(handed))
    each = round(len(handed) * SHARE)
    slips = {place: slip for slip in SLIPS for place in [places.pop() for _ in range(each)]}
    for place, told in enumerate(handed):
        key = (told["Case number"], told["Section"])
        (way,) = draw.choices(list(DECISIONS), weights=list(DECISIONS.values()))
        asked = told["Relief asked"]
        granted_as = {"granted": asked, "less": LESS[asked]}.get(way, "")
        book.decided[key] = ("granted" if granted_as else way, granted_as)
        row = _row(told, *book.decided[key], today)
        if slip := slips.get(place, ""):
            book.slips[key] = slip
        another = handed[place - 2]  # no case has three rows
        book.rows += [tuple(each.values()) for each in _with_slip(row, slip, another["Case number"], today)]
        book.kinds += SLIPS.get(slip, (Kind.MATCH,))
    return book


def _row(told: Told, decision: str, granted_as: str, today: date) -> Told:
    """The row as it should be."""
    day = f"{today:%m/%d/%Y}"
    row = dict.fromkeys(HEADINGS, "") | {
        "Case Number": told["Case number"], "Defendant": told["Defendant"].upper(),
        "Charge": f"{told['Section']} {told['Code']}", "Order Date": day,
    }  # fmt: skip
    if decision == "granted":
        return row | {"Ruling": "GRANTED", "Granted As": ORDERED[granted_as]}
    if decision == "denied":
        return row | {"Ruling": "DENIED", "Reason": "Not within the section."}
    hearing = f"{today + timedelta(21):%m/%d/%Y}"
    return row | {"Ruling": "SET FOR HEARING", "Order Date": "", "Hearing Date": hearing, "Dept": "31"}


def _with_slip(row: Told, slip: str, another: str, today: date) -> list[Told]:
    """What the court wrote of a conviction: the row, or what the slip made of it. `another`: another case's number."""
    day = f"{today:%m/%d/%Y}"
    otherwise = {"Ruling": "GRANTED" if row["Ruling"] == "DENIED" else "DENIED", "Order Date": day}
    return {
        "unknown number": [row | {"Case Number": f"9{row['Case Number']}"}],
        "another's number": [row | {"Case Number": another}],
        "misspelt": [row | {"Defendant": row["Defendant"] + row["Defendant"][-1]}],
        "unknown word": [row | {"Ruling": "OFF CALENDAR"}],
        "impossible day": [row | {"Order Date": "02/30/2026"}],
        "contradicted": [row, row | otherwise],
        "repeated": [row, row],
        "missing": [],
    }.get(slip, [row])


def by_decision(book: Book) -> Counter[str]:
    """How many convictions the court decided how."""
    return Counter(decision for decision, _ in book.decided.values())
