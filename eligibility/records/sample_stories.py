"""The stories of invented subjects: an ordinary record, a sentence still running, a superstrike before the offense …

Their shares are fixed, so that a file of the pilot's size has enough of every outcome and route.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from eligibility.records import sample_words as words
from eligibility.records.sample_teller import Charge, Part, Person, Teller


def _ordinary(teller: Teller) -> Person:
    """One to four old cannabis convictions among other things."""
    arrested = teller.day(1976, 2013)
    person = Person(teller.born_before(arrested))
    for _ in range(teller.rng.choices((1, 2, 3, 4), (26, 32, 24, 18))[0]):
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


def single(teller: Teller) -> Person:
    """A single conviction in a life, a felony, its sentence long done."""
    arrested = teller.day(1980, 2011)
    person = Person(teller.born_before(arrested))
    section, said = teller.rng.choice(words.NOT_11357)
    parts = teller.felony_parts()
    charge = Charge(section, said, "F", teller.disposition(parts), parts=parts)
    person.cycles.append(teller.cycle(charge, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 5), convicted=0.0)
    return person


def _serving(teller: Teller, years: tuple[int, int] = (11, 16)) -> Person:
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


def _serving_then(teller: Teller) -> Person:
    """The same, with a sentence that ran in 2019 and is done today."""
    return _serving(teller, (5, 7))


def _serving_lesser_record(teller: Teller) -> Person:
    """A long sentence still running, after older convictions."""
    if teller.chance(0.4):
        person = _serving(teller)
    else:
        arrested = teller.day(2010, 2013)
        person = Person(teller.born_before(arrested, 20, 40))
        section, said = teller.rng.choice(words.LISTED_FELONIES)
        parts = (("PRISON", str(teller.rng.randint(15, 20)), "Y"),)
        person.cycles.append(
            teller.cycle(Charge(section, said, "F", "CONVICTED-PRISON", parts=parts), arrested=arrested)
        )
    teller.filler(person, 2, years=(1995, 2009), convicted=1.0)
    return person


def _unclear_part(teller: Teller) -> Part:
    """A part of a sentence without a readable end: life, a unit that is none, a length that is missing."""
    return teller.rng.choice(
        (("PRISON", "", "L"), ("PRISON", "0", "L"), ("PRISON", "36", ""), ("JAIL", "SEE COM", "D"))
    )


def _unclear_sentence(teller: Teller) -> Person:
    """A sentence that has no readable end."""
    arrested = teller.day(1990, 2013)
    person = Person(teller.born_before(arrested))
    section, said = teller.rng.choice(words.LISTED_FELONIES)
    charge = Charge(section, said, "F", "CONVICTED-PRISON", parts=(_unclear_part(teller),))
    person.cycles.append(teller.cycle(charge, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 5), convicted=0.0 if teller.chance(0.5) else 0.4)
    return person


def _after_the_act(teller: Teller) -> Person:
    """Arrested after the Act: at once (the offense may be older), or years after it."""
    draw = teller.rng.random()
    felony, parts = False, None
    if draw < 0.5:
        arrested = teller.day(2018, 2018)
    elif draw < 0.85:
        arrested, felony = teller.day(2020, 2023), True
        parts = (("PRISON", str(teller.rng.randint(8, 10)), "Y"),) if teller.chance(0.9) else None
    else:
        arrested, felony = date(2016, 11, 20) + timedelta(days=teller.rng.randrange(250)), teller.chance(0.7)
    if teller.chance(0.28):
        parts = (_unclear_part(teller),)
    person = Person(teller.born_before(arrested, 21))
    person.cycles.append(teller.cycle(teller.listed(felony=felony, parts=parts), arrested=arrested, months=(1, 9)))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _across_the_act(teller: Teller) -> Person:
    """Arrested before the Act, convicted after it."""
    arrested = date(2016, 6, 1) + timedelta(days=teller.rng.randrange(150))
    person = Person(teller.born_before(arrested, 21))
    person.cycles.append(teller.cycle(teller.listed(), arrested=arrested, months=(6, 16)))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _recent_trouble(teller: Teller) -> Person:
    """A felony of old, and other convictions up to the last years."""
    arrested = teller.day(1990, 2012)
    person = Person(teller.born_before(arrested, 19, 30))
    person.cycles.append(teller.cycle(teller.listed(felony=True), arrested=arrested))
    teller.filler(person, 1, years=(2015, 2018), convicted=1.0)
    teller.filler(person, 1, years=(2022, 2025), convicted=1.0)
    teller.filler(person, teller.rng.randint(1, 3))
    return person


def _related(teller: Teller) -> Person:
    """A related charge beside a cannabis charge of the same cycle."""
    return _with_related(teller, teller.rng.choice(words.RELATED), beside_listed=True)


def _related_4060(teller: Teller) -> Person:
    """The related charge that the older review left to a person."""
    return _with_related(teller, words.DRUG_WITHOUT_PRESCRIPTION, beside_listed=True)


def _related_alone(teller: Teller) -> Person:
    """A related charge and no cannabis charge in its cycle."""
    return _with_related(teller, teller.rng.choice(words.RELATED), beside_listed=False)


def _with_related(teller: Teller, related: tuple[str, str], *, beside_listed: bool) -> Person:
    arrested = teller.day(1985, 2012)
    person = Person(teller.born_before(arrested))
    parts = teller.lesser_parts()
    charges = [Charge(*related, "M", teller.disposition(parts), parts=parts)]
    if beside_listed:
        charges.insert(
            0, teller.listed() if teller.chance(0.6) else replace(teller.listed(), disposition="DISMISSED", parts=())
        )
    person.cycles.append(teller.cycle(*charges, arrested=arrested))
    teller.filler(person, teller.rng.randint(2, 5))
    return person


def _superstrike_before(teller: Teller) -> Person:
    """A superstrike older than the cannabis offense."""
    return _with_superstrike(teller, before=True)


def _superstrike_after(teller: Teller) -> Person:
    """A superstrike later than the cannabis offense: no prior."""
    return _with_superstrike(teller, before=False)


def _with_superstrike(teller: Teller, *, before: bool) -> Person:
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


def _registrant(teller: Teller) -> Person:
    """Registered under PC 290, mostly for a conviction that requires it."""
    first = teller.day(1980, 1998)
    person = Person(teller.born_before(first, 20, 35))
    section, said = teller.rng.choice(words.REGISTRABLE)
    if teller.chance(0.8):
        parts = teller.felony_parts()
        person.cycles.append(
            teller.cycle(Charge(section, said, "F", teller.disposition(parts), parts=parts), arrested=first)
        )
    person.registered = teller.later(first, 900, 1500)
    person.cycles.append(teller.cycle(teller.listed(), arrested=teller.later(first, 1600, 5000)))
    teller.filler(person, teller.rng.randint(1, 3))
    return person


def _juvenile(teller: Teller) -> Person:
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


def _unclear_record(teller: Teller) -> Person:
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


def _one_case(teller: Teller) -> Person:
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


def _odd_numbers(teller: Teller) -> Person:
    """A case with two numbers, or with none."""
    arrested = teller.day(1982, 2012)
    person = Person(teller.born_before(arrested))
    made = teller.cycle(teller.listed(), arrested=arrested)
    numbers = () if teller.chance(0.5) else (teller.case_number(arrested), teller.case_number(arrested))
    person.cycles.append(replace(made, numbers=numbers))
    teller.filler(person, teller.rng.randint(2, 4))
    return person


def _aftermath(teller: Teller) -> Person:
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


Story = Callable[[Teller], Person]
STORIES: tuple[tuple[Story, float], ...] = (
    (_ordinary, 0.3),
    (single, 0.11),
    (_serving, 0.055),
    (_serving_then, 0.025),
    (_serving_lesser_record, 0.035),
    (_unclear_sentence, 0.055),
    (_after_the_act, 0.085),
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


def shares(subjects: int) -> list[Story]:
    """The story of each of so many subjects, in the order of STORIES."""
    stories: list[Story] = []
    for story, share in STORIES[1:]:
        stories += [story] * round(share * subjects)
    return [_ordinary] * (subjects - len(stories)) + stories[:subjects]
