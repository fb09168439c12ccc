"""What invented records are drawn from: people, cycles, charges and sentences by chance, from a seed."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from eligibility.records import sample_words as words

LATEST = date(2026, 9, 30)
"""No event of a sample is later."""

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


class Teller:
    """Draws everything that stories need; the same seed draws the same."""

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
        charge = Charge(section, said, toc, self.disposition(parts), parts=parts)
        if not is_felony and section.startswith("11357(B)") and self.chance(0.25):
            charge = replace(charge, severity="INFRACTION", parts=(("FINE", "", ""),), disposition="CONVICTED-FINE")
        return self._spelled(charge) if dirty else charge

    @staticmethod
    def disposition(parts: tuple[Part, ...]) -> str:
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
        return Charge(section, said, toc, self.disposition(parts), parts=parts)

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
