"""Random record files of varied dirt, the same for the same seed. Only invented people."""

import random

from eligibility.records.layout import COLUMNS
from tests.eligibility.records.rows import ORDINARY

SECTIONS = (
    "11357(A) HS-POSSESS", "11357(B) HS", "11357 HS-POSSESS", "11358 HS-CULTIVATE", "11359 HS-SALE",
    "11360(A) HS-TRANSPORT",
    "11359/11360 HS", "664-11359 HS-ATT", "664/11359 HS", "11359HS", "111357 HS", "11360.5 HS", " 11358 HS", "11359 hs",
    "647(F) PC-DISORDERLY", "647(f) PC", "148 PC-OBSTRUCT", "148(A)(1) PC", "4060 BP", "4060BP-X", "11364 HS-PARA",
    "1320(A) PC-FTA", "1320.5 PC", "602 PC", "187 PC-MURDER", "261 PC", "288(A) PC-LEWD", "137 PC", "286(C)(1) PC",
    "459 PC-BURGLARY",
    "245(D)(3) PC", "290(C) PC-REG", "SEE COMMENT FOR CHARGE", " SEE COMMENT FOR CHARGE ", "see comment for charge", "",
    "11357(b) HS", "246 PC 186.22(B)(4) PC",
)  # fmt: skip
COMMENTS = (
    "", "", "", "", "COM: 11358 HS", "SCN-1 11358 HS", "11359 HS", "11357(C) HS", "11357 HS, AND 11360 HS",
    ' QUOTED "11359"',
    "LINE ONE\r\n11360 HS", "\\.", "148 PC", "MUÑOZ",
)  # fmt: skip
DATES = (
    "20010304",
    "19990229",
    "20000229",
    "",
    "20150000",
    "2010123",
    "20161109",
    "20161110",
    "20190701",
    "20130630",
    "19800101",
)
BIRTHS = ("19700102", "19990704", "19600229", "", "19750000", "19620701", "2000 101")
WORDS = {
    "STP_TYPE_DESCR": ("COURT ACTION",) * 6 + ("ARREST/DETAINED/CITED", "REGISTRATION", "DECEASED", "PROBATION"),
    "DISP_DESCR": ("CONVICTED",) * 5 + ("CONVICTED-PROB/JAIL", " CONVICTED", "NOT CONVICTED", "DISMISSED", ""),
    "CONV_STAT_DESCR": ("FELONY",) * 5 + ("MISDEMEANOR", "INFRACTION", " FELONY ", "FELONEY", "", " "),
    "OFFENSE_TOC": ("F", "M", "", "N"),
    "STP_ORI_CNTY_NAME": ("CONTRA COSTA",) * 5 + ("ALAMEDA", "CONTRA COSTA ", "contra costa", ""),
    "OFN": ("CR1", "CR2", "", "CR,3", " CR4"),
    "SENT_LENGTH": ("", "1", "016", "X", "+2", "99999999999999999999"),
    "SENT_TIME_CODE": ("D", "M", "Y", "L", ""),
    "PRI_NAME": ("ROE,JANE", " BLANK", "PEÑA,INÉS", "O'NEIL", "DOE, JOHN"),
    "CYC_DATE": ("20000101", "20010101", ""),
    "PRI_DOB": BIRTHS,
    "STP_EVENT_DATE": DATES,
    "OFFENSE_DESCR": SECTIONS,
    "COMMENT_TEXT": COMMENTS,
}


def _row(some: random.Random, subject: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | ORDINARY | {"SUBJECT_ID": subject}
    row |= {column: some.choice(values) for column, values in WORDS.items()}
    cycle, step, count = some.choice((101, 102, 103)), some.choice((1, 2)), some.choice((1, 2))
    row["CNT_ORDER"] = f"{cycle}{step:03}{count:03}000"
    harmless = row["STP_TYPE_DESCR"] != "COURT ACTION" and not row["DISP_DESCR"].startswith("CONVICTED")
    if harmless and "113" not in row["OFFENSE_DESCR"] + row["COMMENT_TEXT"] and some.random() < 0.5:
        row["CNT_ORDER"] = some.choice(("", "10"))
    return row


def _field(some: random.Random, value: str) -> str:
    if any(mark in value for mark in ',"\r\n') or some.random() < 0.01:
        return '"' + value.replace('"', '""') + '"'
    return value


def record_file(seed: int) -> bytes:
    """A file of up to sixty rows of up to eight subjects, one of whom may have no SUBJECT_ID."""
    some = random.Random(seed)
    subjects = [str(number) for number in range(1, some.randint(2, 9))] + ([""] if some.random() < 0.4 else [])
    end = some.choice(("\n", "\r\n"))
    lines = [",".join(COLUMNS)] if some.random() < 0.8 else []
    for _ in range(some.randint(1, 60)):
        row = _row(some, some.choice(subjects))
        line = ",".join(_field(some, row[column]) for column in COLUMNS)
        lines += [line, line] if some.random() < 0.05 else [line]
        if some.random() < 0.03:
            lines.append("")
    return (end.join(lines) + (end if some.random() < 0.9 else "")).encode(some.choice(("latin-1", "utf-8")))
