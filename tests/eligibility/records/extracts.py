"""Invented convictions as three courts and the DOJ write them, with slips of a written list and the truth beside it."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa

from eligibility.records.court_mapping import ColumnMapping
from eligibility.records.reconciling import KNOWN
from eligibility.records.sample_words import FAMILY_NAMES, GIVEN_NAMES

SECTIONS = ("HS 11357(b)", "HS 11357(c)", "HS 11358", "HS 11359", "HS 11360(a)", "PC 459", "VC 23152(a)")
SUFFIXES = ("", "", "", "", "", "", "", "JR", "SR", "II", "III")

HEADER = ("Case #", "Location", "Defendant", "DOB", "Charge", "Deg", "Dispo", "Dispo Date", "Sentence")

MAPPING = ColumnMapping(
    columns={
        "case_number": "Case #",
        "court": "Location",
        "name": "Defendant",
        "birth_date": "DOB",
        "section": "Charge",
        "severity": "Deg",
        "disposition": "Dispo",
        "conviction_date": "Dispo Date",
        "sentence": "Sentence",
    },
    convicted=("Convicted", "Pled guilty"),
    number_formats=("[xx-]NNNNNN[-x]", "AANNNNNN[-xx]", "AA-YYYY-NNNNNNN", "AAYYN+"),
)
"""How the extracts of the three courts are read."""


@dataclass
class Person:
    surnames: list[str]
    first: str
    middle: str
    suffix: str
    born: date | None

    def copy(self) -> "Person":
        return Person(list(self.surnames), self.first, self.middle, self.suffix, self.born)


@dataclass
class Charge:
    person: Person
    court: int
    number: int
    section: str
    severity: str
    convicted: date
    digits: str = ""  # of the case number, as the court writes them; set by a slip


@dataclass
class Sample:
    """One extract and the DOJ's list, with what is true: for each row of the extract the id of its conviction or None.

    `slips`: the kinds of slip in each row. `namesakes`: rows whose person shares name and birth year with another
    person of the DOJ's list, who is not the same.
    """

    extract: bytes
    known: pa.Table
    truth: list[int | None]
    slips: list[tuple[str, ...]]
    namesakes: set[int] = field(default_factory=set)


def _slip(chance: random.Random, person: Person, change: Callable[[str], str]) -> None:
    if chance.random() < 0.5:
        place = chance.randrange(len(person.surnames))
        person.surnames[place] = change(person.surnames[place])
    else:
        person.first = change(person.first)


def _swapped(chance: random.Random, text: str) -> str:
    places = [place for place in range(len(text) - 1) if text[place] != text[place + 1]]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _dropped(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :] if len(text) > 2 else text


def _doubled(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place] + text[place:]


def letters_swapped(chance: random.Random, charge: Charge) -> None:
    _slip(chance, charge.person, lambda text: _swapped(chance, text))


def letter_dropped(chance: random.Random, charge: Charge) -> None:
    _slip(chance, charge.person, lambda text: _dropped(chance, text))


def letter_doubled(chance: random.Random, charge: Charge) -> None:
    _slip(chance, charge.person, lambda text: _doubled(chance, text))


def _day_and_month(day: date) -> date:
    return date(day.year, day.day, day.month) if day.day <= 12 else day.replace(day=min(day.month, 28))


def birth_day_and_month_swapped(chance: random.Random, charge: Charge) -> None:
    if charge.person.born is not None and charge.person.born.day <= 12:
        charge.person.born = _day_and_month(charge.person.born)


def conviction_day_and_month_swapped(chance: random.Random, charge: Charge) -> None:
    if charge.convicted.day <= 12:
        charge.convicted = _day_and_month(charge.convicted)


def maiden_surname(chance: random.Random, charge: Charge) -> None:
    charge.person.surnames = [chance.choice(FAMILY_NAMES)]


def double_surname(chance: random.Random, charge: Charge) -> None:
    if len(charge.person.surnames) > 1:
        del charge.person.surnames[chance.randrange(2)]
    else:
        charge.person.surnames.append(chance.choice(FAMILY_NAMES))


def suffix(chance: random.Random, charge: Charge) -> None:
    charge.person.suffix = "" if charge.person.suffix else chance.choice(("JR", "SR", "II"))


def case_digits_transposed(chance: random.Random, charge: Charge) -> None:
    charge.number = int("1" + _swapped(chance, f"{charge.number:06}")) - 1_000_000


def birth_digits_transposed(chance: random.Random, charge: Charge) -> None:
    born = charge.person.born
    if born is not None and born.year % 10 != born.year // 10 % 10:
        year = born.year // 100 * 100 + born.year % 10 * 10 + born.year // 10 % 10
        charge.person.born = date(year, born.month, min(born.day, 28))


def birth_date_missing(chance: random.Random, charge: Charge) -> None:
    charge.person.born = None


SLIPS = (
    letters_swapped, letter_dropped, letter_doubled, birth_day_and_month_swapped, conviction_day_and_month_swapped,
    maiden_surname, double_surname, suffix, case_digits_transposed, birth_digits_transposed, birth_date_missing,
)  # fmt: skip
"""The written list. Beside them every row's number is written in its court's own format, and the DOJ's otherwise."""


def doj_number(charge: Charge) -> str:
    year = f"{charge.convicted.year % 100:02}"
    return (f"{charge.number:06}", f"BA{charge.number:06}", f"CR{year}{charge.number}")[charge.court]


def court_number(chance: random.Random, charge: Charge, year: int) -> str:
    if charge.court == 0:
        return f"{chance.randrange(1, 9):02}-{charge.number:06}-{charge.number % 9}"
    return f"BA{charge.number:06}-01" if charge.court == 1 else f"CR-{year}-{charge.number:07}"


def _person(chance: random.Random) -> Person:
    surnames = [chance.choice(FAMILY_NAMES)]
    if chance.random() < 0.08:
        surnames.append(chance.choice(FAMILY_NAMES))
    middle = chance.choice(GIVEN_NAMES) if chance.random() < 0.5 else ""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(55 * 365))
    return Person(surnames, chance.choice(GIVEN_NAMES), middle, chance.choice(SUFFIXES), born)


def _charges(chance: random.Random, person: Person) -> list[Charge]:
    """Some cases of one person: more than one count in a case, and two cases decided on one day, among them."""
    found: list[Charge] = []
    while not found or chance.random() < 0.4:
        assert person.born is not None
        convicted = person.born + timedelta(days=18 * 366 + chance.randrange(20 * 365))
        if found and chance.random() < 0.1:
            convicted = found[-1].convicted
        court, number = chance.randrange(3), chance.randrange(1, 1_000_000)
        for section in chance.sample(SECTIONS, 2 if chance.random() < 0.1 else 1):
            severity = chance.choice(("felony", "misdemeanor"))
            found.append(Charge(person, court, number, section, severity, convicted))
    return found


def sample(seed: int, rows: int, *, namesakes: int = 500, only_one_side: float = 0.1) -> Sample:
    """As many rows on each side, of which nine in ten are on both. Two in five of those have a slip, some have two."""
    chance = random.Random(seed)
    both: list[Charge] = []
    court_only: list[Charge] = []
    doj_only: list[Charge] = []
    shared = round(rows * (1 - only_one_side))
    alone = rows - shared - namesakes
    while len(both) < shared or len(court_only) < alone or len(doj_only) < alone:
        for charge in _charges(chance, _person(chance)):
            where = chance.random()
            chosen = both if where < 0.82 else court_only if where < 0.91 else doj_only
            if len(chosen) < (shared if chosen is both else alone):
                chosen.append(charge)
    pairs = [_namesakes(chance) for _ in range(namesakes)]
    doj_only += [one for one, _ in pairs]
    on_court: list[tuple[Charge, int | None]] = [(charge, place) for place, charge in enumerate(both)]
    on_court += [(charge, None) for charge in court_only] + [(other, -1) for _, other in pairs]
    chance.shuffle(on_court)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(HEADER)
    found = Sample(b"", known_table(chance, [*both, *doj_only]), [], [])
    for row, (charge, place) in enumerate(on_court, 1):
        slips: tuple[str, ...] = ()
        year = charge.convicted.year
        if place is not None and place >= 0:
            charge, slips = _with_slips(chance, charge)
        if place == -1:
            found.namesakes.add(row)
        found.truth.append(place if place is None or place >= 0 else None)
        found.slips.append(slips)
        writer.writerow(_court_row(chance, charge, year))
    found.extract = stream.getvalue().encode()
    return found


def _with_slips(chance: random.Random, charge: Charge) -> tuple[Charge, tuple[str, ...]]:
    lot = chance.random()
    kinds = chance.sample(SLIPS, 2 if lot < 0.08 else 1 if lot < 0.4 else 0)
    changed = Charge(
        charge.person.copy(), charge.court, charge.number, charge.section, charge.severity, charge.convicted
    )
    for kind in kinds:
        kind(chance, changed)
    return changed, tuple(kind.__name__ for kind in kinds)


def _namesakes(chance: random.Random) -> tuple[Charge, Charge]:
    """Two people of one name and birth year; half of them were convicted of the same in the same court and year."""
    one = _person(chance)
    other = one.copy()
    assert one.born is not None
    other.born = date(one.born.year, 1, 1) + timedelta(days=chance.randrange(365))
    if other.born == one.born:
        other.born += timedelta(days=1)
    first, second = _charges(chance, one)[0], _charges(chance, other)[0]
    if chance.random() < 0.5:
        second.section, second.court, second.severity = first.section, first.court, first.severity
        second.convicted = date(first.convicted.year, 1, 1) + timedelta(days=chance.randrange(365))
    return first, second


def known_table(chance: random.Random, charges: list[Charge]) -> pa.Table:
    """The convictions as the DOJ's files show them."""
    columns: dict[str, list[object]] = {name: [] for name in KNOWN.names}
    for place, charge in enumerate(charges):
        person = charge.person
        name = f"{'-'.join(person.surnames)},{person.first} {person.middle[:1]} {person.suffix}".rstrip()
        values = (
            place, " ".join(name.split()), person.born, charge.section, charge.convicted, charge.severity,
            [doj_number(charge)],
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return pa.table(columns, schema=KNOWN)


def _court_row(chance: random.Random, charge: Charge, year: int) -> list[str]:
    person = charge.person
    surname = (" " if chance.random() < 0.5 else "-").join(person.surnames).title()
    name = f"{surname}{' ' + person.suffix.title() if person.suffix else ''}, {person.first.title()} {person.middle}"
    code, _, number = charge.section.partition(" ")
    return [
        court_number(chance, charge, year),
        ("Martinez", "Richmond", "Pittsburg")[charge.court],
        name.strip(),
        f"{person.born:%m/%d/%Y}" if person.born else "",
        f"{code}{number}" if chance.random() < 0.5 else f"{number} {code}",
        charge.severity[:1].upper(),
        "Convicted" if chance.random() < 0.5 else "Pled guilty",
        f"{charge.convicted:%Y-%m-%d}",
        "Probation 3 years",
    ]


def slip_counts(found: Sample) -> Counter[str]:
    """How many true pairs have each kind of slip; rows without any under `none`."""
    return Counter(kind for kinds, true in zip(found.slips, found.truth, strict=True) if true is not None
                   for kind in kinds or ("none",))  # fmt: skip
