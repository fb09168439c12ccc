"""The older tool's configurable flow, row by row, as its description tells it."""

import csv
import io
import re
from collections import defaultdict
from datetime import date, timedelta

from eligibility.options import Options
from eligibility.records.layout import COLUMNS

ZERO = date(1, 1, 1)
SUPERSTRIKES = [
    rf"{section} PC"
    for section in (
        r"37", r"128", r"187", r"188", r"189(\.1|\.5)?", r"190(\.\d\d?)?(\(.*\))?", r"191(\.5)?", r"205", r"207",
        r"209(\.5)?", r"217\.1", r"218", r"219", r"220", r"245\(D\)\(3\)", r"261(\(.*\))?", r"262(\(.*\))?", r"264\.1",
        r"269", r"286(\(C\)\([1-3]\)(\([A-C]\))?|\(D\)\([1-3]\))?", r"287", r"288(\(A\)|\(B\)\([12]\))?",
        r"(136\.1|215|213\(A\)\(1\)\(A\)|246|519|12022\.55).*186\.22\(B\)\(4\)",
    )
]  # fmt: skip
REGISTRABLE = [
    rf"{section} PC" for section in (r"261", r"261[(.A-Za-z]+.*", r"286[^.]*", r"287", r"288", r"288A.*", r"269")
]


def day(text):
    if not re.fullmatch("[0-9]{8}", text):
        return ZERO
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return ZERO


def shifted(when, years):
    try:
        return when.replace(year=when.year + years)
    except ValueError:
        return date(when.year + years, 3, 1)


def prop64(text):
    found = re.search("11357|11358|11359|11360", text)
    return found.group() if found else ""


def section_of(row):
    offense = row["OFFENSE_DESCR"]
    see_comment = offense.strip() in ("", "SEE COMMENT FOR CHARGE")
    return (row["COMMENT_TEXT"] if see_comment else offense).split("-")[0]


def other_charge(row):
    offense, comment = row["OFFENSE_DESCR"], row["COMMENT_TEXT"]
    if offense.strip() in ("", "SEE COMMENT FOR CHARGE") or not prop64(comment):
        return ""
    if prop64(offense) != prop64(comment):
        return comment
    here, there = (re.search(r"11357\(([A-D])\)", text) for text in (offense, comment))
    if prop64(offense) == "11357" and there and (not here or (here[1] in "AB") != (there[1] in "AB")):
        return comment
    return ""


class Subject:
    """All rows of one SUBJECT_ID in file order."""

    def __init__(self):
        self.convictions = []
        self.deceased = self.registered = False
        self.begun = False

    def push(self, index, row):
        if not self.begun:
            self.birth, self.seen, self.cases = day(row["PRI_DOB"]), set(), defaultdict(list)
            self.begun = row["SUBJECT_ID"] != ""
        convicted = row["DISP_DESCR"].startswith("CONVICTED")
        self.deceased |= row["STP_TYPE_DESCR"] == "DECEASED"
        self.registered |= row["STP_TYPE_DESCR"] == "REGISTRATION" and row["OFFENSE_DESCR"].startswith("290")
        event = row["CNT_ORDER"][:6]
        if row["STP_TYPE_DESCR"] == "COURT ACTION" and row["OFN"] and row["OFN"] not in self.cases[event]:
            self.cases[event].append(row["OFN"])
        if convicted and row["CNT_ORDER"] not in self.seen:
            self.seen.add(row["CNT_ORDER"])
            severity = row["CONV_STAT_DESCR"]
            self.convictions.append(
                {
                    "index": index, "section": section_of(row), "county": row["STP_ORI_CNTY_NAME"],
                    "date": day(row["STP_EVENT_DATE"]), "event": event,
                    "felony": severity == "FELONY" or (severity == "" and row["OFFENSE_TOC"] == "F"),
                }
            )  # fmt: skip

    @property
    def latest(self):
        return max((each["date"] for each in self.convictions), default=ZERO)

    def number(self, section):
        return sum(prop64(each["section"]) == section for each in self.convictions)

    def sections(self, patterns):
        texts = [each["section"] for each in self.convictions]
        return ";".join(text for text in texts if any(re.search(each, text) for each in patterns)) or "-"


def decide(conviction, subject, options: Options, as_of):
    """Determination and reason by the first rule that holds."""
    dismissal, section = "Eligible for Dismissal", conviction["section"]
    if not conviction["felony"]:
        return dismissal, "Misdemeanor or Infraction"
    for each in options.dismiss:
        if each in section:
            return dismissal, f"Dismiss all HS {each} convictions"
    if options.under_21_at_conviction and shifted(subject.birth, 21) > conviction["date"]:
        return dismissal, "21 years or younger"
    if options.age and shifted(subject.birth, options.age) <= as_of:
        return dismissal, f"{options.age} years or older"
    since = options.years_since_conviction
    if since and conviction["date"] <= shifted(as_of, -since):
        return dismissal, f"Conviction occurred {since} or more years ago"
    free = options.years_crime_free
    if free and subject.latest < shifted(as_of, -free):
        return dismissal, f"No convictions in the past {free} years"
    if options.only_listed and all(prop64(each["section"]) for each in subject.convictions):
        return dismissal, "Only has 11357-60 charges"
    if options.deceased and subject.deceased:
        return dismissal, "Individual is deceased"
    for each in options.reduce:
        if each in section:
            return "Eligible for Reduction", f"Reduce all HS {each} convictions"
    return "", ""


def years(as_of, when):
    return "-1.0" if when == ZERO else f"{(as_of - when) / timedelta(hours=1) / (24 * 365.25):.1f}"


def quoted(value):
    if value and (value == "\\." or any(mark in value for mark in ',"\r\n') or value[0] in " \t"):
        return '"' + value.replace('"', '""') + '"'
    return value


def all_results(content: bytes, options: Options, county: str, as_of: date) -> list[str]:
    """Every record's line of All_Results, without its end and without the header's."""
    text = content.decode("latin-1").replace("\r\n", "\n")
    read = list(csv.reader(io.StringIO(text, newline="")))
    records = [fields for fields in read[text.startswith("RECORD_ID") :] if fields]
    rows = [dict(zip(COLUMNS, fields, strict=True)) for fields in records]
    subjects = defaultdict(Subject)
    for index, row in enumerate(rows):
        subjects[row["SUBJECT_ID"]].push(index, row)
    results = {}
    for subject in subjects.values():
        for each in subject.convictions:
            if each["county"] == county and prop64(each["section"]):
                results[each["index"]] = _columns(each, subject, options, as_of)
    lines = []
    for index, (fields, row) in enumerate(zip(records, rows, strict=True)):
        found = results.get(index, [""] * 18)
        lines.append(",".join(quoted(each) for each in [*fields, *found[:2], other_charge(row), *found[3:]]))
    return lines


def _columns(conviction, subject, options, as_of):
    when = conviction["date"]
    counts = [subject.number(section) for section in ("11357", "11358", "11359", "11360")]
    return [
        "; ".join(subject.cases[conviction["event"]]), str(len(subject.convictions)), "",
        "Y" if when > date(2016, 11, 9) else "N", subject.sections(SUPERSTRIKES), subject.sections(REGISTRABLE),
        "Yes" if subject.registered else "-", f"{when.month:02}/{when.day:02}/{when.year:04}", years(as_of, when),
        years(as_of, subject.latest), str(sum(counts)), *map(str, counts), "Deceased" if subject.deceased else "-",
        *decide(conviction, subject, options, as_of),
    ]  # fmt: skip
