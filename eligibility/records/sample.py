"""Invented DOJ research files of realistic variety: for demonstration, tests and measurements. Nobody in them is real.

Every subject follows a story, told in cycles of arrest, court action and what came after. CII numbers begin with Z,
which the DOJ doesn't use.
"""

import csv
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TextIO

from eligibility.records import sample_words as words
from eligibility.records.layout import COLUMNS, POSITION, WIDTH
from eligibility.records.sample_stories import shares, single
from eligibility.records.sample_teller import LATEST, Charge, Cycle, Part, Person, Teller


def write(path: str | Path, *, subjects: int = 2400, seed: int = 1, county: str = "CONTRA COSTA") -> dict[str, int]:
    """Write an invented file of `subjects` people for `county`; the same arguments give the same bytes.

    Returns the number of subjects, rows, and convictions of listed sections in the county. Files of 200 and more
    subjects also hold a few rows that can't be read, as real ones do.
    """
    teller = Teller(random.Random(seed), county.upper())  # noqa: S311 - repeatable, not secret
    stories = shares(subjects)
    teller.rng.shuffle(stories)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = _Out(file, teller)
        for number, story in enumerate(stories):
            person = story(teller)
            out.person(person, 30_000_001 + number)
            if number % 800 == 799:  # one CII number under two SUBJECT_IDs, as when a request was made twice
                out.same_cii_again(single(teller), 90_000_001 + number)
        if subjects >= 200:
            out.unreadable_rows()
    return {"subjects": subjects, "rows": out.rows, "prop64_convictions": teller.listed_convictions}


class _Out:
    """Writes people as rows of 95 columns."""

    def __init__(self, file: TextIO, teller: Teller) -> None:
        self._csv = csv.writer(file, lineterminator="\n")
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
        self._file.write(f"{text}\n{too_many}\n{cut_off}")
        self.rows += 3


def _text(day: date | None) -> str:
    return "" if day is None else day.strftime("%Y%m%d")
