"""Random rows for own mode, the same for the same seed: whole cycles of arrest, court and what came later, with dirt.

Only invented people.
"""

import random

from tests.eligibility.records.rows import row
from tests.eligibility.reference.own_record import SECTIONS, known, moved

BIRTHS = (
    "19700102",
    "19810601",
    "19810601",
    "19920101",
    "19950101",
    "19600229",
    "19620701",
    "19990704",
    "19920101",
    "",
    "19701399",
)
COURT_DATES = (
    "20010304", "20000229", "20130701", "20150630", "20160131", "20180910", "20191231", "20190214", "20161109",
    "20150000", "",
)  # fmt: skip
SEVERITIES = ("FELONY",) * 8 + (" felony ", "F", "MISDEMEANOR", "m", "INFRACTION", "FELONEY") + ("",) * 5
COUNTIES = ("CONTRA COSTA", "CONTRA COSTA", " contra  costa ", "CONTRA COSTA COUNTY", "KERN", "")
SENTENCES = (
    ("JAIL", "006", "M"), ("PRISON", "2", "Y"), ("PROBATION", "3", "y"), ("JAIL", "31", "D"), ("PRISON", "16", "M"),
    ("PRISON", "4", "Y"), ("FINE", "", ""), ("FINE", "0", ""), ("JAIL", "X", "M"), ("JAIL", "", ""), ("", "5", ""),
    ("PRISON", "", "L"), ("JAIL", "99999", "D"), ("LIFE WITH PAROLE", "7", "Y"),
)  # fmt: skip
AFTER = (
    {"STP_TYPE_DESCR": "CUSTODY:JAIL"}, {"STP_TYPE_DESCR": "PROBATION", "DISP_DESCR": "PROB REVOKED"},
    {"STP_TYPE_DESCR": "COURT ACTION", "COMMENT_TEXT": "BENCH WARRANT ISSUED"}, {"STP_TYPE_DESCR": "PROBATION"},
    {"STP_TYPE_DESCR": "COURT ACTION", "DISP_DESCR": "PROB REINSTATED"}, {"STP_TYPE_DESCR": "SUPPLEMENTAL ARREST"},
)  # fmt: skip
DISPOSITIONS = ("CONVICTED",) * 6 + ("convicted-prob/jail", "DISMISSED", "CONVICTED-CERTIFIED TO ADULT COURT")
OF_A_COUNT = ("STP_EVENT_DATE", "STP_ORI_CNTY_NAME", "OFFENSE_DESCR", "OFFENSE_TOC")
SHORT = ("", "101", "101002", "10100200", "A01002001000")


class _Teller:
    """Tells the rows of one subject."""

    def __init__(self, some: random.Random, number: int):
        self.some, self.born = some, some.choice(BIRTHS)
        self.same = {"SUBJECT_ID": str(number), "CII_NUMBER": f"A{number:08}", "PRI_NAME": f"ROE,P{number}"}

    def row(self, order: str, **changed: str) -> dict[str, str]:
        some = self.some
        nothing = dict.fromkeys(("OFFENSE_DESCR", "OFFENSE_TOC", "DISP_DESCR", "CONV_STAT_DESCR", "OFN"), "")
        identity = dict(self.same)
        identity["PRI_DOB"] = self.born if some.random() < 0.8 else ""
        if some.random() < 0.1:
            identity["SUBJECT_ID"] = f" {identity['SUBJECT_ID']} "
        if some.random() < 0.04:
            identity["SUBJECT_ID"] = some.choice(("", "  "))
        if some.random() < 0.04:
            order = some.choice(SHORT)
        return row(**(nothing | identity | {"CNT_ORDER": order} | changed))

    def rows(self) -> list[dict[str, str]]:
        told = []
        for cycle in range(101, 101 + self.some.randint(1, 3)):
            told += self._cycle(str(cycle))
        if self.some.random() < 0.2:
            told.append(self.row("", STP_TYPE_DESCR=self.some.choice(("DECEASED", "deceased")), STP_EVENT_DATE=""))
        return told

    def _cycle(self, cycle: str) -> list[dict[str, str]]:
        some, told = self.some, []
        convicted = some.choice(COURT_DATES)
        year = int(convicted[:4] or "2010")
        for step in range(1, some.choice((1, 1, 2, 3))):
            arrested = some.choice((f"{year - 1}0630", f"{year}0101", f"{year}1231", f"{year - 4}0229", "", "20150000"))
            kind = some.choice(("ARREST/DETAINED/CITED", "arrest/detained/cited"))
            section = some.choice(list(SECTIONS))
            told.append(
                self.row(f"{cycle}{step:03}001000", STP_TYPE_DESCR=kind, STP_EVENT_DATE=arrested, OFFENSE_DESCR=section)
            )
        for count in range(1, some.choice((2, 2, 3))):
            told += self._count(f"{cycle}004{count:03}000", convicted)
        if some.random() < 0.4:
            told.append(self.row(f"{cycle}{some.choice(('003', '005', '006'))}001000", **some.choice(AFTER)))
        return told

    def _section(self) -> str:
        """Mostly a listed one, which stand first."""
        return self.some.choice(list(SECTIONS)[: self.some.choice((13, 16, None))])

    def _count(self, order: str, convicted: str) -> list[dict[str, str]]:
        some = self.some
        said = {
            "STP_TYPE_DESCR": "COURT ACTION", "STP_EVENT_DATE": convicted, "OFFENSE_DESCR": self._section(),
            "CONV_STAT_DESCR": some.choice(SEVERITIES), "OFFENSE_TOC": some.choice(("F", "F", "F", "M", "I", "N", "")),
            "DISP_DESCR": some.choice(DISPOSITIONS),
            "STP_ORI_CNTY_NAME": some.choice(COUNTIES), "OFN": some.choice(("CR1", "CR2", "")),
            "FE_NUM_CRT_CASE": some.choice(("C9", "")),
            "STP_ORI_TYPE_DESCR": "JUVENILE COURT" if some.random() < 0.03 else "SUPERIOR COURT",
        }  # fmt: skip
        if some.random() < 0.2:
            said |= {"COMMENT_TEXT": said["OFFENSE_DESCR"]}
            said |= {"OFFENSE_DESCR": some.choice(("SEE COMMENT FOR CHARGE", "", " see comment "))}
        if some.random() < 0.1:
            said |= {"CONV_OFFENSE_DESCR": some.choice(list(SECTIONS))}
        told = []
        for _ in range(some.choice((1, 1, 1, 2))):
            part = {}
            if some.random() < 0.7:
                names = ("SENT_LOC_DESCR", "SENT_LENGTH", "SENT_TIME_CODE")
                part = dict(zip(names, some.choice(SENTENCES[: some.choice((6, 6, 14))]), strict=True))
            lacking = {some.choice(OF_A_COUNT): ""} if some.random() < 0.15 else {}
            told.append(self.row(order, **(said | part | lacking)))
            if some.random() < 0.3:
                said |= {"CONV_STAT_DESCR": some.choice(SEVERITIES)}
        return told


STATED = {
    "offense_date": (
        "2000-06-01",
        "2002-05-31",
        "2002-06-01",
        "2012-12-31",
        "2013-01-01",
        "2001-01-01",
        "2011-06-01",
        "2016-11-09",
    ),
    "severity": ("felony", "felony", "misdemeanor", "infraction"),
    "sentence_ended_on": ("2015-01-01", "2020-06-30", "2020-07-01"),
    "still_serving": ("yes", "no"),
    "plants": ("5", "6", "6", "7"),
    "grams": ("20", "28.5", "28.6"),
    "concentrate_grams": ("8", "8.1"),
}


def stated_of(seed: int, rows: list[dict[str, str]]) -> dict[int, dict[str, str]]:
    """What people stated, by row; in every second file nothing. The route is never stated twice."""
    some = random.Random(seed)
    if seed % 4 < 2:
        return {}
    stated = {}
    for number, each in enumerate(rows, start=1):
        facts = some.sample(list(STATED), some.choice((0, 2, 3, 4)))
        if "still_serving" in facts and "sentence_ended_on" in facts:
            facts.remove("still_serving")
        stated[number] = {fact: some.choice(STATED[fact]) for fact in facts}
        if some.random() < 0.2 and known(each["PRI_DOB"]):  # on the 20th birthday, within the limits
            stated[number] |= {"offense_date": moved(known(each["PRI_DOB"]), years=20).isoformat()}
            stated[number] |= {"plants": "6", "grams": "20"}
    return stated


def rows_of(seed: int) -> list[dict[str, str]]:
    """The rows of up to five subjects, in the order of their telling or, in every third file, in none."""
    some = random.Random(seed)
    rows = [each for number in range(1, some.randint(2, 6)) for each in _Teller(some, number).rows()]
    if seed % 3 == 0:
        some.shuffle(rows)
    return rows
