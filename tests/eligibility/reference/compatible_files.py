"""The older tool's other files and the county pilots' tables, row by row, as their description tells them."""

import csv
import io
import re
from collections import Counter, defaultdict
from datetime import date

from eligibility.records.layout import COLUMNS
from tests.eligibility.reference import compatible as plain
from tests.eligibility.reference.compatible import ZERO, prop64, section_of, shifted

ACT = date(2016, 11, 9)
DISMISSAL, REDUCTION = "Eligible for Dismissal", "Eligible for Reduction"
NOT_ELIGIBLE, MAYBE = "Not eligible", "Maybe Eligible - Flag for Review"
HAND_REVIEW, CITY = "Hand Review", "To be reviewed by City Attorneys"
UNITS = {"D": 24, "M": 732, "Y": 8784}
"""Hours."""
HOUR = 3600 * 10**9
"""Nanoseconds, in which a length is counted."""
RELATED = re.compile(
    r"647\(f\)\s*PC|602\s*PC|466\s*PC|148\.9\s*PC|148\s*PC|11364\s*HS|11550\s*HS|4140\s*BP|4149\s*BP|4060\s*BP"
    r"|40508\s*VC|1320[^\d.][^.]*PC"
)
LISTED = ("11357", "11358", "11359", "11360")


CONDENSED = (
    "CII_NUMBER", "PRI_NAME", "GENDER", "PRI_DOB", "RACE_DESCR", "CYC_DATE", "STP_EVENT_DATE", "STP_ORI_DESCR",
    "STP_ORI_CNTY_NAME", "DISP_DATE", "OFN", "OFFENSE_DESCR", "DISP_DESCR", "CONV_STAT_DESCR", "SENT_LOC_DESCR",
    "SENT_LENGTH", "SENT_TIME_CODE", "CYC_AGE", "COMMENT_TEXT", "END_OF_REC",
)  # fmt: skip


class Subject(plain.Subject):
    """With the ends of sentences and the cycles that hold a Prop 64 row."""

    def __init__(self):
        super().__init__()
        self.cycles = set()

    def push(self, index, row):
        known = len(self.convictions)
        if not self.begun:
            self.cycles = set()
        super().push(index, row)
        cycle = row["CNT_ORDER"][:3]
        if prop64(section_of(row)):
            self.cycles.add(cycle)
        for each in self.convictions:
            each["marked"] = each.get("marked") or (cycle in self.cycles and each["event"][:3] == cycle)
        if not row["DISP_DESCR"].startswith("CONVICTED"):
            return
        length = row["SENT_LENGTH"] if re.fullmatch(r"[+-]?[0-9]+", row["SENT_LENGTH"]) else "0"
        number = max(-(2**63), min(int(length), 2**63 - 1))
        part = _wrapped(number * UNITS.get(row["SENT_TIME_CODE"], 0) * HOUR) / HOUR
        last = self.convictions[-1]
        if len(self.convictions) > known:
            last["end"] = last["date"].toordinal() * 24
        last["end"] += part


def _wrapped(number):
    """As 64 bits hold it: a length beyond them starts again from the other end."""
    return (number + 2**63) % 2**64 - 2**63


class File:
    """One record file: its records, its subjects and, per table, who gets what."""

    def __init__(self, content: bytes, county: str, as_of: date):
        self.county, self.as_of = county, as_of
        self.now = as_of.toordinal() * 24
        text = content.decode("latin-1").replace("\r\n", "\n")
        read = list(csv.reader(io.StringIO(text, newline="")))
        self.records = [fields for fields in read[text.startswith("RECORD_ID") :] if fields]
        self.rows = [dict(zip(COLUMNS, fields, strict=True)) for fields in self.records]
        self.subjects = defaultdict(Subject)
        for index, row in enumerate(self.rows):
            self.subjects[row["SUBJECT_ID"]].push(index, row)

    def decided(self, table, related=False):
        """Per row in scope: determination and reason."""
        return {
            each["index"]: table(each, subject, self)
            for subject in self.subjects.values()
            for each in subject.convictions
            if each["county"] == self.county
            and (prop64(each["section"]) or (related and RELATED.search(each["section"])))
        }

    def lines(self, decided, columns=COLUMNS, only=False):
        """The lines of a result file."""
        of_row = {each["index"]: (each, subject) for subject in self.subjects.values() for each in subject.convictions}
        lines = []
        for index, row in enumerate(self.rows):
            found = [""] * 18
            if index in decided:
                each, subject = of_row[index]
                found = [*self._columns(each, subject)[:-2], *decided[index]]
            elif only:
                continue
            found[2] = plain.other_charge(row)
            lines.append(",".join(plain.quoted(each) for each in [*(row[name] for name in columns), *found]))
        return lines

    def _columns(self, conviction, subject):
        nothing = plain.Options(dismiss=(), reduce=())
        return plain._columns(conviction, subject, nothing, self.as_of)

    def condensed(self, decided):
        return self.lines(decided, CONDENSED)

    def figures(self, decided, options):
        """gogen.json of this file alone."""
        everyone = [(each, subject) for subject in self.subjects.values() for each in subject.convictions]
        listed = [pair for pair in everyone if pair[0]["county"] == self.county and prop64(pair[0]["section"])]
        reasons = Counter(decided[each["index"]] for each, _ in listed)
        dismissals = {reason: number for (what, reason), number in reasons.items() if what == DISMISSAL}
        reductions = {reason: number for (what, reason), number in reasons.items() if what == REDUCTION}
        all_dismissed = {each["index"]: (DISMISSAL, "") for each, _ in listed}
        relieved = {id(subject) for each, subject in listed if decided[each["index"]][0] in (DISMISSAL, REDUCTION)}
        earliest = min((each["date"] for each, _ in listed), default=self.as_of)
        felonies = sum(each["felony"] for each, _ in listed)
        return {
            "county": self.county,
            "earliestConviction": f"{earliest.isoformat()}T00:00:00Z",
            "lineCount": len(self.rows),
            "reliefWithCurrentEligibilityChoices": self._relief(decided),
            "reliefWithDismissAllProp64": self._relief(all_dismissed),
            "prop64ConvictionsCountInCountyByCodeSection": dict(Counter(prop64(each["section"]) for each, _ in listed)),
            "subjectsWithProp64ConvictionCountInCounty": len({id(subject) for _, subject in listed}),
            "prop64FelonyConvictionsCountInCounty": felonies,
            "prop64NonFelonyConvictionsCountInCounty": len(listed) - felonies,
            "subjectsWithSomeReliefCount": len(relieved),
            "convictionDismissalCountByCodeSection": {
                each: dismissals.get(f"Dismiss all HS {each} convictions", 0) for each in options.dismiss
            },
            "convictionReductionCountByCodeSection": {
                each: reductions.get(f"Reduce all HS {each} convictions", 0) for each in options.reduce
            },
            "convictionDismissalCountByAdditionalRelief": {
                reason: number
                for reason, number in dismissals.items()
                if not reason.startswith("Dismiss all HS") and reason != "Misdemeanor or Infraction"
            },
        }

    def _relief(self, decided):
        since = shifted(self.as_of, -7)
        sets = {
            "CountSubjectsNoFelony": (lambda each: each["felony"], (DISMISSAL, REDUCTION)),
            "CountSubjectsNoConvictionLast7Years": (lambda each: each["date"] > since, (DISMISSAL,)),
            "CountSubjectsNoConviction": (lambda each: True, (DISMISSAL,)),
        }
        found = {}
        for name, (belongs, relief) in sets.items():
            of_subject = [[each for each in subject.convictions if belongs(each)] for subject in self.subjects.values()]
            found[name] = sum(
                bool(some) and all(decided.get(each["index"], ("",))[0] in relief for each in some)
                for some in of_subject
            )
        return found


def by_options(options):
    return lambda each, subject, file: plain.decide(each, subject, options, file.as_of)


def dismiss_all(each, subject, file):
    return DISMISSAL, "Dismiss all Prop 64 charges"


def dismiss_all_and_related(each, subject, file):
    return DISMISSAL, "Dismiss all Prop 64 and related charges"


def _since_any(subject, as_of):
    return -1.0 if subject.latest == ZERO else (as_of - subject.latest).days / 365.25


def contra_costa(each, subject, file):
    section = each["section"]
    if each["date"] >= ACT:
        return NOT_ELIGIBLE, "Occurred after 11/09/2016"
    if RELATED.search(section):
        if not each["marked"]:
            return MAYBE, "No Related Prop64 Charges"
        return (MAYBE, "4060 BP") if section == "4060 BP" else (DISMISSAL, section.strip())
    if not each["felony"]:
        return DISMISSAL, "Misdemeanor or Infraction"
    if section.startswith("11357"):
        return DISMISSAL, "11357 HS"
    if len(subject.convictions) > 1:
        if _since_any(subject, file.as_of) > 5:
            return DISMISSAL, "No convictions in past 5 years"
        return MAYBE, "Has convictions in past 5 years"
    return (DISMISSAL, "Sentence Completed") if each["end"] < file.now else (MAYBE, "Sentence not Completed")


def sacramento(each, subject, file):
    if each["date"] >= ACT:
        return NOT_ELIGIBLE, "Occurred after 11/09/2016"
    if not each["felony"]:
        return DISMISSAL, "Misdemeanor or Infraction"
    if each["section"].startswith("11357(b)"):
        return DISMISSAL, "HS 11357(b)"
    if len(subject.convictions) > 1:
        if _since_any(subject, file.as_of) > 10:
            return DISMISSAL, "No convictions in past 10 years"
        return REDUCTION, "Has convictions in past 10 years"
    return (DISMISSAL, "Sentence Completed") if each["end"] < file.now else (REDUCTION, "Sentence not Completed")


def _came_before(subject, patterns, each, otherwise):
    dates = [
        one["date"] for one in subject.convictions if any(re.search(wanted, one["section"]) for wanted in patterns)
    ]
    if dates:
        return min(dates) < each["date"]
    return otherwise and each["date"] > ZERO


def _gang_pair(subject):
    enhanceable = r"(136\.1|215|213\(A\)\(1\)\(A\)|246|519|12022\.55) PC"
    enhanced = {one["event"] for one in subject.convictions if "186.22(B)(4) PC" in one["section"]}
    return any(one["event"] in enhanced and re.search(enhanceable, one["section"]) for one in subject.convictions)


def los_angeles(each, subject, file):
    section, as_of, convictions = each["section"], file.as_of, subject.convictions
    if not each["felony"]:
        return CITY, "Misdemeanor or Infraction"
    if each["date"] >= ACT:
        return NOT_ELIGIBLE, "Occurred after 11/09/2016"
    if prop64(section) == "11357":
        if section.startswith(("11357(A)", "11357(B)")):
            return DISMISSAL, "11357(a) or 11357(b)"
        return HAND_REVIEW, "Other 11357"
    if _came_before(subject, plain.SUPERSTRIKES, each, _gang_pair(subject)):
        return NOT_ELIGIBLE, "PC 667(e)(2)(c)(iv)"
    if _came_before(subject, plain.REGISTRABLE, each, subject.registered):
        return NOT_ELIGIBLE, "PC 290"
    same = [one for one in convictions if prop64(one["section"]) and one["section"][:5] == section[:5]]
    if sum(one["date"] < each["date"] for one in same) >= 2:
        return NOT_ELIGIBLE, "Two priors"
    if shifted(subject.birth, 50) <= as_of:
        return DISMISSAL, "50 years or older"
    if (as_of - subject.birth).days / 365.25 <= 21:
        return DISMISSAL, "21 years or younger"
    ended = all(one["end"] <= file.now for one in convictions)
    if ended and all(prop64(one["section"]) for one in convictions):
        return DISMISSAL, "Only has 11357-60 charges and completed sentence"
    if all(one["date"] <= shifted(as_of, -10) for one in convictions):
        return DISMISSAL, "No convictions in past 10 years"
    if not ended:
        return HAND_REVIEW, "Currently serving sentence"
    return (DISMISSAL, "Deceased") if subject.deceased else (HAND_REVIEW, "No applicable eligibility criteria")


TABLES = {
    "contra_costa_2019": (contra_costa, True),
    "san_joaquin_2019": (contra_costa, True),
    "sacramento_2019": (sacramento, False),
    "los_angeles_2019": (los_angeles, False),
    "dismiss_all": (dismiss_all, False),
    "dismiss_all_and_related": (dismiss_all_and_related, True),
}


def summed(files):
    """The figures of several files: numbers are summed, the earliest date is the earliest of the files."""
    first, *others = files
    for other in others:
        merged = {}
        for key, value in first.items():
            if isinstance(value, dict):
                names = {*value, *other[key]}
                merged[key] = {name: value.get(name, 0) + other[key].get(name, 0) for name in names}
            elif isinstance(value, int):
                merged[key] = value + other[key]
            else:
                merged[key] = min(value, other[key])
        first = merged
    return first
