"""Invented DOJ research files of realistic variety: for demonstration, tests and measurements. Nobody in them is real.

Every subject follows one story (an ordinary record, a sentence still running, a superstrike before the offense …), told
in cycles of arrest, court action and what came after. The stories' shares are fixed, so that a default file has enough
of every outcome and route. CII numbers begin with Z, which the DOJ doesn't use.
"""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from eligibility.records import sample_words as words
from eligibility.records.layout import COLUMNS, POSITION, WIDTH

LATEST = date(2026, 9, 30)
"""No event of a sample is later."""
THE_ACT = date(2016, 11, 9)
"""Day on which Proposition 64 took effect."""

Part = tuple[str, str, str]  # location, length, unit


@dataclass(frozen=True)
class Charge:
    """One charge as a court row gives it. `toc` is F, M or I; `disposition` begins with CONVICTED or does not."""

    section: str
    words: str
    toc: str
    disposition: str = "CONVICTED"
    severity: str | None = None  # as written; None: the one that belongs to toc
    comment: str = ""
    offense: str | None = None  # as written; None: section and words
    parts: tuple[Part, ...] = ()

    @property
    def is_conviction(self) -> bool:
        """Of this charge the subject was convicted."""
        return self.disposition.startswith("CONVICTED")


@dataclass(frozen=True)
class Cycle:
    """An arrest and what followed it."""

    arrested: date | None
    decided: date | None
    county: str
    charges: tuple[Charge, ...]
    numbers: tuple[str, ...] | None = None  # None: one is drawn
    juvenile_court: bool = False
    later: tuple[tuple[str, str, str], ...] = ()  # event, disposition, comment: after the court action
    decided_text: str | None = None  # as written instead of `decided`


@dataclass
class Person:
    """A subject: who, and all cycles."""

    born: date | None
    cycles: list[Cycle] = field(default_factory=list)
    deceased: date | None = None
    registered: date | None = None


def write(path: str | Path, *, subjects: int = 2400, seed: int = 1, county: str = "CONTRA COSTA") -> dict[str, int]:
    """Write an invented file of `subjects` people for `county`; the same arguments give the same bytes.

    Returns the number of subjects, rows, and convictions of listed sections in the county. Files of 200 and more
    subjects also hold a few rows that can't be read, as real ones do.
    """
    teller = _Teller(random.Random(seed), county.upper())
    stories = _shares(subjects)
    teller.rng.shuffle(stories)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = _Out(file, teller)
        for number, story in enumerate(stories):
            person = story(teller)
            out.person(person, 30_000_001 + number)
            if number % 800 == 799:  # one CII number under two SUBJECT_IDs, as when a request was made twice
                out.same_cii_again(_single(teller), 90_000_001 + number)
        if subjects >= 200:
            out.unreadable_rows()
    return {"subjects": subjects, "rows": out.rows, "prop64_convictions": teller.listed_convictions}


class _Teller:
    """Draws everything that stories need."""

    def __init__(self, rng: random.Random, county: str) -> None:
        self.rng = rng
        self.county = county
        self.courts = words.COURTS.get(county, (f"CASC{county}", f"CASC {county} CENTRAL", f"CAMC {county}"))
        self.police = words.POLICE.get(county, (f"CASO {county}", f"CAPD {county}"))
        self.listed_convictions = 0
        self._last_case = 10_000

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def day(self, first: int, last: int) -> date:
        """A weekday-blind day of the years `first` to `last`."""
        start = date(first, 1, 1)
        return min(LATEST, start + timedelta(days=self.rng.randrange((date(last, 12, 31) - start).days + 1)))

    def later(self, day: date, least: int, most: int) -> date:
        return min(LATEST, day + timedelta(days=self.rng.randint(least, most)))

    def born_before(self, day: date, youngest: int = 19, oldest: int = 46) -> date:
        return day - timedelta(days=self.rng.randint(int(youngest * 365.25) + 30, int(oldest * 365.25)))

    def case_number(self, decided: date) -> str:
        self._last_case += self.rng.randint(1, 9)
        if decided.year < words.MUNICIPAL_COURTS_UNTIL and self.chance(0.5):
            return f"CR{self._last_case}"
        return f"05-{decided.year % 100:02d}{self._last_case:06d}-{self.rng.randint(1, 9)}"

    def felony_parts(self) -> tuple[Part, ...]:
        """A sentence of an ordinary felony, long done for an old conviction."""
        kind = self.rng.randrange(4)
        if kind == 0:
            return (("PRISON", str(self.rng.choice((16, 24, 32, 36, 48))), "M"),)
        if kind == 1:
            return (("PROBATION", "3", "Y"), ("JAIL", str(self.rng.randrange(30, 365, 15)), "D"))
        if kind == 2:
            return (("PROBATION", "36", "M"), ("JAIL", str(self.rng.randint(2, 9)), "M"), ("FINE", "", ""))
        return (("JAIL", "365", "D"), ("PROBATION", "5", "Y"))

    def lesser_parts(self) -> tuple[Part, ...]:
        kind = self.rng.randrange(4)
        if kind == 0:
            return (("FINE", "", ""),)
        if kind == 1:
            return (("PROBATION", "12", "M"), ("FINE", "", ""))
        if kind == 2:
            return (("JAIL", str(self.rng.randint(5, 90)), "D"),)
        return (("CONDITIONAL SENTENCE", "1", "Y"),)

    def listed(
        self, *, felony: bool | None = None, parts: tuple[Part, ...] | None = None, dirty: bool = True
    ) -> Charge:
        """A conviction of a listed section; some are spelled the way records spell them."""
        is_felony = self.chance(0.55) if felony is None else felony
        section, said = self.rng.choice(words.LISTED_FELONIES if is_felony else words.LISTED_LESSER)
        toc = "F" if is_felony else "M"
        if parts is None:
            parts = self.felony_parts() if is_felony else self.lesser_parts()
        charge = Charge(section, said, toc, self._disposition(parts), parts=parts)
        if not is_felony and section.startswith("11357(B)") and self.chance(0.25):
            charge = replace(charge, severity="INFRACTION", parts=(("FINE", "", ""),), disposition="CONVICTED-FINE")
        return self._spelled(charge) if dirty else charge

    @staticmethod
    def _disposition(parts: tuple[Part, ...]) -> str:
        places = [place for place, _, _ in parts]
        if "PROBATION" in places:
            return "CONVICTED-PROB/JAIL" if "JAIL" in places else "CONVICTED-PROB"
        known = {"PRISON": "CONVICTED-PRISON", "JAIL": "CONVICTED-JAIL", "FINE": "CONVICTED-FINE"}
        return known.get(places[0], "CONVICTED-CONDITIONAL SENTENCE") if places else "CONVICTED"

    def _spelled(self, charge: Charge) -> Charge:
        number, _, code = charge.section.partition(" ")
        draw = self.rng.random()
        if draw < 0.80:
            return charge
        if draw < 0.86:
            told = self.rng.choice((f"COM: SCN-{self.rng.randint(1, 99)} {charge.section}", f"COM:{charge.section}"))
            return replace(charge, offense="SEE COMMENT FOR CHARGE", comment=told)
        if draw < 0.89:
            joined = self.rng.choice(("664/", "664-", "664.", "182/", "32/"))
            said = {"182/": "CONSPIRE ", "32/": "ACCESSORY "}.get(joined, "ATT ") + charge.words
            return replace(charge, offense=f"{joined}{charge.section}-{said}")
        bare = number.replace("(", "").replace(")", "")
        spellings = (
            f"{bare} {code}",
            f"{number}{code}",
            f"{code} {number}",
            f"{number} {code.lower()}",
            f"{number}  {code} ",
        )
        return replace(charge, offense=f"{self.rng.choice(spellings)}-{charge.words}")

    def other(self, *, convicted: bool = True) -> Charge:
        """A charge that has nothing to do with cannabis."""
        section, said, toc = self.rng.choice(words.OTHER_OFFENSES)
        if not convicted:
            return Charge(section, said, toc, self.rng.choice(words.NOT_CONVICTED))
        parts = self.felony_parts() if toc == "F" else self.lesser_parts()
        return Charge(section, said, toc, self._disposition(parts), parts=parts)

    def cycle(
        self, *charges: Charge, arrested: date, county: str | None = None, months: tuple[int, int] = (1, 14)
    ) -> Cycle:
        decided = self.later(arrested, months[0] * 30, months[1] * 30)
        return Cycle(arrested, decided, county or self.county, charges)

    def elsewhere(self) -> str:
        return self.rng.choice([each for each in words.OTHER_COUNTIES if each != self.county])

    def filler(
        self, person: Person, cycles: int, *, years: tuple[int, int] = (1978, 2013), convicted: float = 0.5
    ) -> None:
        """Further cycles without a listed charge, here and elsewhere."""
        first = max(years[0], person.born.year + 18 if person.born else years[0])
        for _ in range(cycles + self.rng.randint(0, 2)):
            arrested = self.day(first, max(first, years[1]))
            charges = [self.other(convicted=self.chance(convicted)) for _ in range(self.rng.choice((1, 2, 2, 3)))]
            county = self.county if self.chance(0.55) else self.elsewhere()
            made = self.cycle(*charges, arrested=arrested, county=county)
            if any(charge.is_conviction for charge in charges) and self.chance(0.15):
                made = replace(made, later=(("PROBATION", "PROB REVOKED", ""),))
            person.cycles.append(made)


# Stories. Each makes one subject.


def _ordinary(teller: _Teller) -> Person:
    """One to four old cannabis convictions among other things."""
    arrested = teller.day(1976, 2013)
    person = Person(teller.born_before(arrested))
    for _ in range(teller.rng.choices((1, 2, 3, 4), (36, 31, 19, 14))[0]):
        charges = [teller.listed()]
        if teller.chance(0.35):
            charges.append(teller.other(convicted=teller.chance(0.4)))
        person.cycles.append(teller.cycle(*charges, arrested=arrested))
        arrested = teller.later(arrested, 200, 2000)
        if arrested >= date(2016, 1, 1):
            break
    if teller.chance(0.06):
        person.cycles.append(teller.cycle(teller.listed(), arrested=arrested, county=teller.elsewhere()))
    teller.filler(person, teller.rng.randint(2, 5))
    if teller.chance(0.05):
        person.deceased = teller.day(2015, 2025)
    return person


def _single(teller: _Teller) -> Person:
    """A single conviction in a life, a felony, its sentence long done."""
    arrested = teller.day(1980, 2011)
    person = Person(teller.born_before(arrested))
    section, said = teller.rng.choice(words.NOT_11357)
    parts = teller.felony_parts()
    charge = Charge(section, said, "F", teller._disposition(parts), parts=parts)
    person.cycles.append(teller.cycle(charge, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 5), convicted=0.0)
    return person


def _serving(teller: _Teller, years: tuple[int, int] = (11, 16)) -> Person:
    """A single conviction, arrested before the Act, its sentence still running."""
    arrested = (
        teller.day(2014, 2015) if teller.chance(0.4) else date(2016, 1, 1) + timedelta(days=teller.rng.randrange(300))
    )
    person = Person(teller.born_before(arrested, 20, 40))
    length = str(teller.rng.randint(*years))
    section, said = teller.rng.choice(words.NOT_11357)
    charge = Charge(section, said, "F", "CONVICTED-PRISON", parts=(("PRISON", length, "Y"),))
    decided = date(2016, 11, 1) - timedelta(days=teller.rng.randrange(200)) if arrested < date(2016, 3, 1) else None
    made = teller.cycle(charge, arrested=arrested)
    person.cycles.append(replace(made, decided=decided) if decided else made)
    teller.filler(person, teller.rng.randint(2, 4), convicted=0.0)
    return person


def _serving_then(teller: _Teller) -> Person:
    """The same, with a sentence that ran in 2019 and is done today."""
    return _serving(teller, (5, 7))


def _serving_lesser_record(teller: _Teller) -> Person:
    """A sentence still running, after older convictions."""
    person = _serving(teller)
    teller.filler(person, 2, convicted=1.0)
    return person


def _unclear_sentence(teller: _Teller) -> Person:
    """A sentence that has no readable end: life, a unit that is none, a length that is missing."""
    arrested = teller.day(1990, 2013)
    person = Person(teller.born_before(arrested))
    part: Part = teller.rng.choice(
        (("PRISON", "", "L"), ("PRISON", "0", "L"), ("PRISON", "36", ""), ("JAIL", "SEE COM", "D"))
    )
    section, said = teller.rng.choice(words.LISTED_FELONIES)
    charge = Charge(section, said, "F", "CONVICTED-PRISON", parts=(part,))
    person.cycles.append(teller.cycle(charge, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 5), convicted=0.0 if teller.chance(0.5) else 0.4)
    return person


def _after_the_act(teller: _Teller) -> Person:
    """Arrested after the Act: at once (the offense may be older) or years after it."""
    draw = teller.rng.random()
    if draw < 0.55:
        arrested, felony = teller.day(2018, 2018), False
    elif draw < 0.8:
        arrested, felony = teller.day(2020, 2023), True
    else:
        arrested, felony = date(2016, 11, 20) + timedelta(days=teller.rng.randrange(250)), teller.chance(0.7)
    person = Person(teller.born_before(arrested, 21))
    person.cycles.append(teller.cycle(teller.listed(felony=felony), arrested=arrested, months=(1, 9)))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _across_the_act(teller: _Teller) -> Person:
    """Arrested before the Act, convicted after it."""
    arrested = date(2016, 6, 1) + timedelta(days=teller.rng.randrange(150))
    person = Person(teller.born_before(arrested, 21))
    person.cycles.append(teller.cycle(teller.listed(), arrested=arrested, months=(6, 16)))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _recent_trouble(teller: _Teller) -> Person:
    """A felony of old, and other convictions up to the last years."""
    arrested = teller.day(1990, 2012)
    person = Person(teller.born_before(arrested, 19, 30))
    person.cycles.append(teller.cycle(teller.listed(felony=True), arrested=arrested))
    teller.filler(person, 1, years=(2015, 2018), convicted=1.0)
    teller.filler(person, 1, years=(2022, 2025), convicted=1.0)
    teller.filler(person, teller.rng.randint(1, 3))
    return person


def _related(teller: _Teller) -> Person:
    """A related charge beside a cannabis charge of the same cycle."""
    return _with_related(teller, teller.rng.choice(words.RELATED), beside_listed=True)


def _related_4060(teller: _Teller) -> Person:
    """The related charge that the older review left to a person."""
    return _with_related(teller, words.DRUG_WITHOUT_PRESCRIPTION, beside_listed=True)


def _related_alone(teller: _Teller) -> Person:
    """A related charge and no cannabis charge in its cycle."""
    return _with_related(teller, teller.rng.choice(words.RELATED), beside_listed=False)


def _with_related(teller: _Teller, related: tuple[str, str], *, beside_listed: bool) -> Person:
    arrested = teller.day(1985, 2012)
    person = Person(teller.born_before(arrested))
    parts = teller.lesser_parts()
    charges = [Charge(*related, "M", teller._disposition(parts), parts=parts)]
    if beside_listed:
        charges.insert(
            0, teller.listed() if teller.chance(0.6) else replace(teller.listed(), disposition="DISMISSED", parts=())
        )
    person.cycles.append(teller.cycle(*charges, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 5))
    return person


def _superstrike_before(teller: _Teller) -> Person:
    """A superstrike older than the cannabis offense."""
    return _with_superstrike(teller, before=True)


def _superstrike_after(teller: _Teller) -> Person:
    """A superstrike later than the cannabis offense: no prior."""
    return _with_superstrike(teller, before=False)


def _with_superstrike(teller: _Teller, *, before: bool) -> Person:
    first = teller.day(1978, 1990)
    second = teller.later(first, 4000, 8000)
    person = Person(teller.born_before(first, 19, 30))
    section, said = teller.rng.choice(words.SUPERSTRIKES)
    strike = Charge(section, said, "F", "CONVICTED-PRISON", parts=(("PRISON", str(teller.rng.randint(6, 9)), "Y"),))
    days = (first, second) if before else (second, first)
    person.cycles.append(teller.cycle(strike, arrested=days[0]))
    person.cycles.append(teller.cycle(teller.listed(felony=True), arrested=days[1]))
    teller.filler(person, teller.rng.randint(1, 3))
    return person


def _registrant(teller: _Teller) -> Person:
    """Registered under PC 290, mostly for a conviction that requires it."""
    first = teller.day(1980, 1998)
    person = Person(teller.born_before(first, 20, 35))
    section, said = teller.rng.choice(words.REGISTRABLE)
    if teller.chance(0.8):
        parts = teller.felony_parts()
        person.cycles.append(
            teller.cycle(Charge(section, said, "F", teller._disposition(parts), parts=parts), arrested=first)
        )
    person.registered = teller.later(first, 900, 1500)
    person.cycles.append(teller.cycle(teller.listed(), arrested=teller.later(first, 1600, 5000)))
    teller.filler(person, teller.rng.randint(1, 3))
    return person


def _juvenile(teller: _Teller) -> Person:
    """Sixteen or seventeen: before a juvenile court, or certified to the adult court."""
    arrested = teller.day(1985, 2012)
    person = Person(arrested - timedelta(days=teller.rng.randint(5900, 6500)))
    charge = teller.listed()
    certified = teller.chance(0.4)
    if certified:
        charge = replace(charge, disposition="CONVICTED-CERTIFIED FROM JUV COURT")
    made = teller.cycle(charge, arrested=arrested, months=(1, 4))
    person.cycles.append(replace(made, juvenile_court=not certified))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _unclear_record(teller: _Teller) -> Person:
    """A date, a severity or a birth date that the record leaves open."""
    arrested = teller.day(1985, 2012)
    person = Person(teller.born_before(arrested))
    draw = teller.rng.randrange(4)
    charge = teller.listed(dirty=False)
    if draw == 0:
        charge = replace(charge, severity="")
    elif draw == 1:
        charge = replace(charge, severity="", toc="")
    made = teller.cycle(charge, arrested=arrested)
    if draw == 2:
        text = teller.rng.choice(("", "00000000", f"{arrested.year}0000", f"{arrested.year}1332"))
        made = replace(made, decided_text=text, arrested=None if teller.chance(0.5) else arrested)
    elif draw == 3:
        person.born = None
    person.cycles.append(made)
    teller.filler(person, teller.rng.randint(2, 4), convicted=0.4)
    return person


def _one_case(teller: _Teller) -> Person:
    """Several cannabis convictions in one case; some of them alike."""
    arrested = teller.day(1985, 2012)
    person = Person(teller.born_before(arrested))
    first = teller.listed(felony=True, dirty=False)
    second = first if teller.chance(0.4) else teller.listed(dirty=False)
    charges = [first, second]
    if teller.chance(0.3):
        charges.append(teller.other())
    person.cycles.append(teller.cycle(*charges, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _odd_numbers(teller: _Teller) -> Person:
    """A case with two numbers, or with none."""
    arrested = teller.day(1982, 2012)
    person = Person(teller.born_before(arrested))
    made = teller.cycle(teller.listed(), arrested=arrested)
    numbers = () if teller.chance(0.5) else (teller.case_number(arrested), teller.case_number(arrested))
    person.cycles.append(replace(made, numbers=numbers))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _aftermath(teller: _Teller) -> Person:
    """Later events of the cycle: relief already given, or custody, a warrant, a revocation."""
    arrested = teller.day(1985, 2012)
    person = Person(teller.born_before(arrested))
    made = teller.cycle(teller.listed(), arrested=arrested)
    later = teller.rng.choice(
        (
            ("COURT ACTION", "CONV SET ASIDE & DISM PER 1203.4 PC", ""),
            ("COURT ACTION", "DISMISSED", "11361.8 HS GRANTED-SEALED"),
            ("CUSTODY:PRISON", "", "RECEIVED FROM COURT"),
            ("COURT ACTION", "PROB REVOKED", "BENCH WARRANT ISSUED"),
        )
    )
    person.cycles.append(replace(made, later=(later,)))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


Story = Callable[[_Teller], Person]
STORIES: tuple[tuple[Story, float], ...] = (
    (_ordinary, 0.335),
    (_single, 0.11),
    (_serving, 0.055),
    (_serving_then, 0.025),
    (_serving_lesser_record, 0.025),
    (_unclear_sentence, 0.055),
    (_after_the_act, 0.06),
    (_across_the_act, 0.02),
    (_recent_trouble, 0.05),
    (_related, 0.035),
    (_related_4060, 0.025),
    (_related_alone, 0.025),
    (_superstrike_before, 0.02),
    (_superstrike_after, 0.02),
    (_registrant, 0.02),
    (_juvenile, 0.025),
    (_unclear_record, 0.03),
    (_one_case, 0.03),
    (_odd_numbers, 0.02),
    (_aftermath, 0.015),
)
"""Each story and its share of the subjects; the first takes what rounding leaves."""


def _shares(subjects: int) -> list[Story]:
    stories: list[Story] = []
    for story, share in STORIES[1:]:
        stories += [story] * round(share * subjects)
    return [_ordinary] * (subjects - len(stories)) + stories[:subjects]


class _Out:
    """Writes people as rows of 95 columns."""

    def __init__(self, file: object, teller: _Teller) -> None:
        self._csv = csv.writer(file, lineterminator="\n")  # type: ignore[arg-type]
        self._file = file
        self._teller = teller
        self.rows = 0
        self._front: list[str] = []
        self._csv.writerow(COLUMNS)

    def person(self, person: Person, subject_id: int, *, cii: str | None = None) -> None:
        """All rows of one person, the cycles in the order of their arrests."""
        rng = self._teller.rng
        cii = cii or f"Z{subject_id % 100_000_000:08d}"
        middle = f" {rng.choice('ABCDEGHJKLMNPRSTVW')}" if rng.random() < 0.4 else ""
        given = rng.choice(words.GIVEN_NAMES) + middle + rng.choice(words.SUFFIXES)
        name = f"{rng.choice(words.FAMILY_NAMES)},{given}"
        born = _text(person.born)
        race = rng.choice(words.RACES)
        sex = "M" if rng.random() < 0.84 else "F"
        self._front = [
            "", "A", str(subject_id), "#", cii, name, sex, born, "", "", "#", cii, name, sex, born, "", "", "", "", "",
            "#", *race, "BRO", "BROWN", "BLK", "BLACK", str(rng.choice((502, 505, 508, 510, 600, 602))),
            str(rng.randint(115, 260)), "N", "N", "CA", "CALIFORNIA", "S", "US",
        ]  # fmt: skip
        self._cii = cii
        cycles = sorted(person.cycles, key=lambda cycle: cycle.arrested or cycle.decided or LATEST)
        for number, cycle in enumerate(cycles):
            self._cycle(person, cycle, 101 + number)
        number = 101 + len(cycles)
        for day, kind, offense in (
            (person.registered, "REGISTRATION", "290(B) PC-REGISTRATION OF SEX OFFENDER"),
            (person.deceased, "DECEASED", ""),
        ):
            if day is not None:
                self._row(
                    person, number, day, 1, day, kind, self._teller.police[0], self._teller.county, 1, offense=offense
                )
                number += 1

    def same_cii_again(self, person: Person, subject_id: int) -> None:
        """Another SUBJECT_ID with the CII number written last."""
        self.person(person, subject_id, cii=self._cii)

    def _cycle(self, person: Person, cycle: Cycle, number: int) -> None:
        teller, rng, step = self._teller, self._teller.rng, 0
        here = cycle.county == teller.county
        start = cycle.arrested or cycle.decided
        if cycle.arrested is not None:
            step += 1
            agency = rng.choice(teller.police) if here else f"CAPD{cycle.county}"
            for count, charge in enumerate(cycle.charges, 1):
                self._row(
                    person,
                    number,
                    start,
                    step,
                    start,
                    "ARREST/DETAINED/CITED",
                    agency,
                    cycle.county,
                    count,
                    charge=charge,
                )
        step += 1
        court = self._court(cycle)
        for count, charge in enumerate(cycle.charges, 1):
            self._court_rows(person, cycle, number, step, count, charge, court)
        for kind, disposition, comment in cycle.later:
            step += 1
            day = teller.later(cycle.decided or LATEST, 60, 500)
            charge = replace(cycle.charges[0], disposition=disposition, comment=comment, offense=None)
            agency = court if kind == "COURT ACTION" else teller.police[0]
            self._row(person, number, start, step, day, kind, agency, cycle.county, 1, charge=charge, decided=True)

    def _court(self, cycle: Cycle) -> str:
        if cycle.juvenile_court:
            return f"CAJV {cycle.county} JUV COURT"
        if cycle.county != self._teller.county:
            return f"CASC{cycle.county}"
        decided = cycle.decided or LATEST
        courts = self._teller.courts
        if decided.year < words.MUNICIPAL_COURTS_UNTIL:
            return self._teller.rng.choice(courts)
        return self._teller.rng.choices(courts[: words.SUPERIOR_COURTS], (85, 15))[0]

    def _court_rows(
        self, person: Person, cycle: Cycle, number: int, step: int, count: int, charge: Charge, court: str
    ) -> None:
        """One row for the charge and, as the DOJ has it, one for each further part of its sentence."""
        decided = cycle.decided or LATEST
        if count == 1:
            self._numbers = (self._teller.case_number(decided),) if cycle.numbers is None else cycle.numbers
        if (
            charge.is_conviction
            and cycle.county == self._teller.county
            and charge.section[:5] in ("11357", "11358", "11359", "11360")
        ):
            self._teller.listed_convictions += 1
        rows = max(len(charge.parts), len(self._numbers) if count == 1 else 1, 1)
        parts = [*charge.parts, *[("", "", "")] * (rows - len(charge.parts))]
        for place, part in enumerate(parts):
            ofn = self._numbers[place] if place < len(self._numbers) else ""
            self._row(
                person, number, cycle.arrested or decided, step, decided, "COURT ACTION", court, cycle.county, count,
                charge=charge, decided=True, ofn=ofn, part=part, day_text=cycle.decided_text,
            )  # fmt: skip

    def _row(
        self, person: Person, cycle: int, start: date | None, step: int, day: date | None, kind: str, agency: str,
        county: str, count: int, *, charge: Charge | None = None, decided: bool = False, ofn: str = "",
        part: Part = ("", "", ""), offense: str = "", day_text: str | None = None,
    ) -> None:  # fmt: skip
        self.rows += 1
        row = [*self._front, *[""] * (WIDTH - len(self._front))]
        row[0] = f"{self.rows:08d}"
        juvenile = "JUV" in agency
        court = kind == "COURT ACTION"
        row[35:49] = [
            "#", str(cycle), _text(start), "#", f"{step:03d}", _text(day) if day_text is None else day_text,
            kind[0], kind, "JV" if juvenile else "CS" if court else "PD",
            "JUVENILE COURT" if juvenile else "SUPERIOR COURT" if court else "POLICE DEPT",
            f"CA007{len(agency):02d}00", agency, "", county,
        ]  # fmt: skip
        row[49:51] = ["#", f"{cycle:03d}{step:03d}{count:03d}000"]
        if charge is not None:
            said = f"{charge.section}-{charge.words}" if charge.offense is None else charge.offense
            row[POSITION["OFFENSE_DESCR"]], row[POSITION["OFFENSE_TOC"]] = said, charge.toc
            row[POSITION["COMMENT_TEXT"]] = charge.comment
            if decided:
                self._decide(row, charge, day, ofn)
        elif offense:
            row[POSITION["OFFENSE_DESCR"]] = offense
        row[83] = "#"
        if part[0]:
            row[86], row[87], row[88] = part
        if start is not None and person.born is not None:
            row[90] = str((start - person.born).days // 365)
        row[91], row[92], row[94] = "ACTIVE", "A", "##"
        self._csv.writerow(row)

    @staticmethod
    def _decide(row: list[str], charge: Charge, day: date | None, ofn: str) -> None:
        row[51], row[52] = _text(day), ofn
        row[POSITION["DISP_DESCR"]] = charge.disposition
        if charge.is_conviction:
            known = {"F": "FELONY", "M": "MISDEMEANOR", "I": "INFRACTION"}
            row[POSITION["CONV_STAT_DESCR"]] = known[charge.toc] if charge.severity is None else charge.severity
            if charge.offense is None:
                row[POSITION["CONV_OFFENSE_DESCR"]] = f"{charge.section}-{charge.words}"

    def unreadable_rows(self) -> None:
        """A row of nobody, one with a stray quotation mark, one with too many columns, and a last one cut off."""
        front, self._front = self._front, [*self._front]
        self._front[2] = ""
        day = date(2001, 5, 4)
        nobody = Person(None)
        charge = Charge("484(A) PC", "THEFT", "M", "DISMISSED")
        place = (self._teller.police[0], self._teller.county)
        self._row(nobody, 101, day, 1, day, "ARREST/DETAINED/CITED", *place, 1, charge=charge)
        self._front = front
        fields = [f"{self.rows + 1:08d}", "A", front[2], *[""] * 91, "##"]
        for at in (3, 10, 20, 35, 38, 49, 83):
            fields[at] = "#"
        fields[POSITION["STP_TYPE_DESCR"]] = "APPLICANT"
        fields[POSITION["CNT_ORDER"]] = "199001001000"
        text = ",".join([*fields[:93], '"SCHOOL BUS DRIVER', "##"])
        too_many = ",".join([*fields, "", "X"])
        cut_off = ",".join(fields[:60])
        self._file.write(f"{text}\n{too_many}\n{cut_off}")  # type: ignore[attr-defined]
        self.rows += 3


def _text(day: date | None) -> str:
    return "" if day is None else day.strftime("%Y%m%d")
