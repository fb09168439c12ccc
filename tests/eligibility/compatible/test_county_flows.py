"""The county pilots' tables, line by line, as their files showed them."""

import pytest

from tests.eligibility.compatible.test_files import file_of, one, results
from tests.eligibility.records.rows import arrest, row

MAYBE = "Maybe Eligible - Flag for Review"
OTHER = {"CNT_ORDER": "102002001000", "OFFENSE_DESCR": "459 PC-BURGLARY"}
MURDER = OTHER | {"OFFENSE_DESCR": "187 PC"}

CONTRA_COSTA = [
    ([row(STP_EVENT_DATE="20161109")], "Not eligible", "Occurred after 11/09/2016"),
    ([row(OFFENSE_DESCR="148 PC-OBSTRUCT")], MAYBE, "No Related Prop64 Charges"),
    ([arrest(), row(OFFENSE_DESCR="4060 BP-DRUGS")], MAYBE, "4060 BP"),
    ([arrest(), row(OFFENSE_DESCR="148 PC -OBSTRUCT")], "Eligible for Dismissal", "148 PC"),
    ([row(CONV_STAT_DESCR="MISDEMEANOR")], "Eligible for Dismissal", "Misdemeanor or Infraction"),
    ([row(OFFENSE_DESCR="11357(C) HS")], "Eligible for Dismissal", "11357 HS"),
    ([row(), row(**OTHER)], "Eligible for Dismissal", "No convictions in past 5 years"),
    ([row(), row(**OTHER, STP_EVENT_DATE="20190101")], MAYBE, "Has convictions in past 5 years"),
    ([row(SENT_LENGTH="3", SENT_TIME_CODE="Y")], "Eligible for Dismissal", "Sentence Completed"),
    ([row(SENT_LENGTH="90", SENT_TIME_CODE="Y")], MAYBE, "Sentence not Completed"),
]  # fmt: skip
SACRAMENTO = [
    ([row(OFFENSE_DESCR="11357(b) HS")], "Eligible for Dismissal", "HS 11357(b)"),
    ([row(), row(**OTHER)], "Eligible for Dismissal", "No convictions in past 10 years"),
    ([row(), row(**OTHER, STP_EVENT_DATE="20130101")], "Eligible for Reduction", "Has convictions in past 10 years"),
    ([row()], "Eligible for Dismissal", "Sentence Completed"),
    ([row(SENT_LENGTH="90", SENT_TIME_CODE="Y")], "Eligible for Reduction", "Sentence not Completed"),
]
LOS_ANGELES = [
    ([row(CONV_STAT_DESCR="INFRACTION")], "To be reviewed by City Attorneys", "Misdemeanor or Infraction"),
    ([row(STP_EVENT_DATE="20161109")], "Not eligible", "Occurred after 11/09/2016"),
    ([row(OFFENSE_DESCR="11357(A) HS")], "Eligible for Dismissal", "11357(a) or 11357(b)"),
    ([row(OFFENSE_DESCR="11357(C) HS")], "Hand Review", "Other 11357"),
    ([row(), row(**MURDER, STP_EVENT_DATE="20000101")], "Not eligible", "PC 667(e)(2)(c)(iv)"),
    ([row(), row(**MURDER, STP_EVENT_DATE="20010304")], "Eligible for Dismissal", "50 years or older"),
    ([row(), arrest(STP_TYPE_DESCR="REGISTRATION", OFFENSE_DESCR="290(C) PC")], "Not eligible", "PC 290"),
    (
        [row(), *(row(CNT_ORDER=f"10{n}001001000", STP_EVENT_DATE="20000101") for n in (2, 3))],
        "Not eligible", "Two priors",
    ),
    ([row(PRI_DOB="20000101")], "Eligible for Dismissal", "21 years or younger"),
    ([row(PRI_DOB="19800101")], "Eligible for Dismissal", "Only has 11357-60 charges and completed sentence"),
    ([row(PRI_DOB="19800101"), row(**OTHER)], "Eligible for Dismissal", "No convictions in past 10 years"),
    (
        [row(PRI_DOB="19800101", STP_EVENT_DATE="20120101", SENT_LENGTH="20", SENT_TIME_CODE="Y")],
        "Hand Review", "Currently serving sentence",
    ),
    (
        [row(PRI_DOB="19800101", STP_EVENT_DATE="20120101"), row(**OTHER), arrest(STP_TYPE_DESCR="DECEASED")],
        "Eligible for Dismissal", "Deceased",
    ),
    (
        [row(PRI_DOB="19800101", STP_EVENT_DATE="20120101"), row(**OTHER)],
        "Hand Review", "No applicable eligibility criteria",
    ),
]  # fmt: skip
SAN_FRANCISCO = [
    ([row()], "needs review", "over 1 lb: no match"),
    ([row(OFFENSE_DESCR="11358 HS")], "eligible", ""),
    ([row(CONV_STAT_DESCR="MISDEMEANOR")], "eligible", ""),
    ([row(OFFENSE_DESCR="11358 HS"), row(**MURDER)], "ineligible", "superstrikes"),
]
TABLES = {
    "contra_costa_2019": CONTRA_COSTA,
    "san_joaquin_2019": CONTRA_COSTA,
    "sacramento_2019": SACRAMENTO,
    "los_angeles_2019": LOS_ANGELES,
    "san_francisco_2018": SAN_FRANCISCO,
    "dismiss_all": [([row()], "Eligible for Dismissal", "Dismiss all Prop 64 charges")],
    "dismiss_all_and_related": [
        ([row(OFFENSE_DESCR="148 PC")], "Eligible for Dismissal", "Dismiss all Prop 64 and related charges")
    ],
}


@pytest.mark.parametrize(
    ("preset", "rows", "determination", "reason"),
    [
        pytest.param(preset, *case, id=f"{preset} {number}")
        for preset, table in TABLES.items()
        for number, case in enumerate(table)
    ],
)
def test_the_first_line_that_holds_decides(tmp_path, preset, rows, determination, reason):
    code, out = one(tmp_path, file_of(*rows), policy=preset)
    assert code == 0
    decided = {each["Eligibility Reason"]: each for each in results(out / "Prop64_Results.csv")}
    assert decided[reason]["Eligibility Determination"] == determination
