"""Own mode's reading of a record file, row by row, from the specification: who, of what, when, and what came after.

Texts are trimmed and read in any case. A row without SUBJECT_ID, and one that matters without a full count number, is
set aside. The first convicted row of a count is its conviction; what is blank there, a later row of the count says.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.eligibility.reference.compatible import ZERO, day

SECTIONS = {
    "11357(A) HS": ("HS 11357(a)", ""),
    "11357(B) HS-POSS 28.5 GRAMS": ("HS 11357(b)", ""),
    "11357(C) HS": ("HS 11357(c)", ""),
    "11357 HS-POSSESS": ("HS 11357", ""),
    "11358 HS": ("HS 11358", ""),
    "11358(C) HS": ("HS 11358(c)", ""),
    "11358HS": ("HS 11358", ""),
    "11359 HS": ("HS 11359", ""),
    "11359 hs-sale": ("HS 11359", ""),
    "HS 11359": ("HS 11359", ""),
    "11360(A) HS": ("HS 11360(a)", ""),
    "11360A HS": ("HS 11360(a)", ""),
    "11360(B) HS": ("HS 11360(b)", ""),
    "11360 HS": ("HS 11360", ""),
    "664/11359 HS": ("HS 11359", "attempt"),
    "664-11359 HS-ATT": ("HS 11359", "attempt"),
    "182/11360(A) HS": ("HS 11360(a)", "conspiracy"),
    "148 PC": ("PC 148", ""),
    "459 PC-BURGLARY": ("PC 459", ""),
    "11358 PC": ("PC 11358", ""),
    "11357.5 HS": ("HS 11357.5", ""),
    "111357 HS": (None, ""),
    "UNKNOWN": (None, ""),
    "": (None, ""),
}
"""What each text of the random files says: section and part."""
POINTS_TO_COMMENT = ("", "SEE COMMENT FOR CHARGE", "see comment")
LISTED = re.compile(r"HS (11357|11358|11359|11360)(?=\(|$)")
CUSTODY = ("CUSTODY", "REVOKED", "REVOCATION", "WARRANT", "IN PRISON")


@dataclass
class Conviction:
    """One conviction as read; None where the record does not say."""

    row: int
    order: str
    section: str | None
    part: str
    severity: str | None
    inferred: bool
    convicted: date | None
    county: str
    juvenile: bool
    certified: bool
    arrests: list[date]
    sentence: list[dict[str, str]]
    custody_later: bool
    case_numbers: list[str]
    said: dict[str, str] = field(default_factory=dict)
    """What a person stated, by fact."""

    @property
    def listed(self):
        """The listed section's number, if it is one."""
        found = LISTED.match(self.section or "")
        return found[1] if found else None


@dataclass
class Subject:
    born: date | None = None
    dead: bool = False
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    convictions: list[Conviction] = field(default_factory=list)


def known(text):
    found = day(text)
    return None if found == ZERO else found


def moved(when, years=0, months=0, days=0):
    """Whole months first, then days; what overflows a month goes on into the next."""
    count = when.year * 12 + when.month - 1 + 12 * years + months
    return date(count // 12, count % 12 + 1, 1) + timedelta(days=when.day - 1 + days)


def placed(row):
    return bool(re.fullmatch(r"[0-9]{9,}", row["CNT_ORDER"]))


def matters(row):
    """A row that would be lost to somebody if it had no place."""
    if row["STP_TYPE_DESCR"].upper().startswith("DECEASED"):
        return False
    convicted = row["DISP_DESCR"].upper().startswith("CONVICTED")
    case = row["STP_TYPE_DESCR"].upper() == "COURT ACTION" and row["OFN"]
    return convicted or bool(case) or bool(LISTED.match(SECTIONS.get(row["OFFENSE_DESCR"], (None,))[0] or ""))


def read(given, stated=None):
    """The subjects of these rows by SUBJECT_ID, and the rows that are set aside.

    `stated`: what people stated of the convictions read at these rows.
    """
    subjects, aside = {}, []
    for number, each in enumerate(given, start=1):
        row = {name: value.strip() for name, value in each.items()}
        if not row["SUBJECT_ID"] or (not placed(row) and matters(row)):
            aside.append(number)
            continue
        subject = subjects.setdefault(row["SUBJECT_ID"], Subject())
        subject.rows.append((number, row))
        subject.born = subject.born or known(row["PRI_DOB"])
        subject.dead |= row["STP_TYPE_DESCR"].upper().startswith("DECEASED")
    for subject in subjects.values():
        counts = {}
        for number, row in subject.rows:
            if placed(row) and row["DISP_DESCR"].upper().startswith("CONVICTED"):
                counts.setdefault(row["CNT_ORDER"], []).append((number, row))
        subject.convictions = [_conviction(subject, rows) for rows in counts.values()]
        for each in subject.convictions:
            each.said = (stated or {}).get(each.row, {})
            if "severity" in each.said:
                each.severity, each.inferred = each.said["severity"], False
    return subjects, aside


def _conviction(subject, rows):
    number, first = rows[0]
    cycle, step = first["CNT_ORDER"][:3], first["CNT_ORDER"][3:6]
    of_cycle = [row for _, row in subject.rows if placed(row) and row["CNT_ORDER"][:3] == cycle]
    same_step = [row for row in of_cycle if row["CNT_ORDER"][3:6] == step and row["STP_TYPE_DESCR"] == "COURT ACTION"]
    later = [row for row in of_cycle if row["CNT_ORDER"][3:6] > step]
    texts = ("OFFENSE_DESCR", "CONV_OFFENSE_DESCR", "COMMENT_TEXT")
    section, part = _section(next((row for _, row in rows if any(row[name] for name in texts)), first))
    severity, inferred = _severity(rows)
    words = [row[name].upper() for row in later for name in ("STP_TYPE_DESCR", "DISP_DESCR", "COMMENT_TEXT")]
    numbers = [row["OFN"] for row in same_step if row["OFN"]] or [
        row["FE_NUM_CRT_CASE"] for row in same_step if row["FE_NUM_CRT_CASE"]
    ]
    court = f"{first['STP_ORI_TYPE_DESCR']} {first['STP_ORI_DESCR']}".upper()
    certified = "CERTIFIED TO ADULT" in first["DISP_DESCR"].upper()
    return Conviction(
        row=number, order=first["CNT_ORDER"], section=section, part=part, severity=severity, inferred=inferred,
        convicted=next((known(row["STP_EVENT_DATE"]) for _, row in rows if known(row["STP_EVENT_DATE"])), None),
        county=_county(_first(rows, "STP_ORI_CNTY_NAME")),
        juvenile="JUV" in court and not certified, certified=certified, arrests=_arrests(of_cycle),
        sentence=[row for _, row in subject.rows if row["CNT_ORDER"] == first["CNT_ORDER"] and _is_part(row)],
        custody_later=any(said in text for said in CUSTODY for text in words),
        case_numbers=list(dict.fromkeys(numbers)),
    )  # fmt: skip


def _first(rows, name):
    """What the first of the count's rows that says it says."""
    return next((row[name] for _, row in rows if row[name]), "")


def _county(text):
    return " ".join(text.upper().removesuffix(" COUNTY").split())


def _is_part(row):
    return bool(row["SENT_LOC_DESCR"] or row["SENT_LENGTH"] or row["SENT_TIME_CODE"])


def _section(row):
    """Of the offense convicted of where it names one, else of the one charged, or of the comment it points to."""
    if SECTIONS[row["CONV_OFFENSE_DESCR"]][0]:
        return SECTIONS[row["CONV_OFFENSE_DESCR"]]
    pointing = row["OFFENSE_DESCR"] in POINTS_TO_COMMENT
    return SECTIONS[row["COMMENT_TEXT"] if pointing else row["OFFENSE_DESCR"]]


def _severity(rows):
    """As the first convicted row that says one, else as the charge's; a text that is none stays unknown."""
    names = {name[:size]: name for name in ("FELONY", "MISDEMEANOR", "INFRACTION") for size in (1, len(name))}
    said = [row["CONV_STAT_DESCR"].upper() for _, row in rows if row["CONV_STAT_DESCR"]]
    text = said[0] if said else _first(rows, "OFFENSE_TOC").upper()
    severity = names.get(text, "").lower() or None
    return severity, severity is not None and not said


def _arrests(of_cycle):
    """The day of each arrest of the cycle that has one, as its first dated row gives it."""
    found = {}
    for row in of_cycle:
        if "ARREST" in row["STP_TYPE_DESCR"].upper() and known(row["STP_EVENT_DATE"]):
            found.setdefault(row["CNT_ORDER"][3:6], known(row["STP_EVENT_DATE"]))
    return list(found.values())


def offense(conviction):
    """First and last day on which the offense may have been done; None where nothing sets one."""
    if "offense_date" in conviction.said:
        return (date.fromisoformat(conviction.said["offense_date"]),) * 2
    before = [each for each in conviction.arrests if not conviction.convicted or each <= conviction.convicted]
    if not before:
        return None, conviction.convicted
    years = 1 if conviction.severity in ("misdemeanor", "infraction") else 3
    return moved(min(before), years=-years), max(before)


def sentence(conviction, as_of):
    """Route and end, as stated or as the record has it."""
    route, ends = _sentence_on_record(conviction, as_of)
    if "sentence_ended_on" in conviction.said:
        ends = date.fromisoformat(conviction.said["sentence_ended_on"])
        route = "serving" if ends >= as_of else "completed"
    if "still_serving" in conviction.said:
        route = "serving" if conviction.said["still_serving"] == "yes" else "completed"
    return route, ends


def amount(conviction):
    """Where what matters to the section is stated: within the limits of today, or beyond; else empty."""
    limits = {"plants": 6} if conviction.listed == "11358" else {"grams": 28.5, "concentrate_grams": 8}
    stated = {name: float(conviction.said[name]) for name in limits if name in conviction.said}
    if not stated:
        return ""
    return "beyond" if any(value > limits[name] for name, value in stated.items()) else "within"


def _sentence_on_record(conviction, as_of):
    if not conviction.sentence:
        old = conviction.convicted is not None and moved(conviction.convicted, years=5) < as_of
        return ("completed" if old and not conviction.custody_later else "unknown"), None
    total = {"Y": 0, "M": 0, "D": 0}
    for part in conviction.sentence:
        length, unit = part["SENT_LENGTH"], part["SENT_TIME_CODE"].upper()
        if not unit and part["SENT_LOC_DESCR"].startswith("FINE") and length in ("", "0"):
            continue  # money takes no time
        if not length.isdigit() or int(length) > 10_000 or unit not in total or "LIFE" in part["SENT_LOC_DESCR"]:
            return "unknown", None
        total[unit] += int(length)
    if conviction.convicted is None:
        return "unknown", None
    ends = moved(conviction.convicted, total["Y"], total["M"], total["D"])
    if ends >= as_of:
        return "serving", ends
    return ("unknown" if conviction.custody_later else "completed"), ends
