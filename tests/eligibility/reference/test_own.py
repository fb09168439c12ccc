"""Own mode and a plain row-by-row reading agree on random files: rule, outcome and trace."""

import json
import random
from collections import defaultdict
from datetime import date

import pytest

from eligibility import options as older
from eligibility import policy as policies
from eligibility.evaluate import evaluate
from tests.eligibility.records.rows import history, row
from tests.eligibility.reference import own as plain
from tests.eligibility.reference.compatible import prop64, section_of
from tests.eligibility.reference.test_compatible import options_of

SECTIONS = ("11357(A) HS", "11357 HS-POSSESS", "11358 HS", "11359 HS-SALE", "11360(A) HS", "459 PC-BURGLARY")
SEVERITIES = ("FELONY", "FELONY", " felony ", "MISDEMEANOR", "INFRACTION", "FELONEY", "")
DATES = ("20010304", "20000229", "20130701", "20150630", "20150000", "", "2010123")
BIRTHS = ("19700102", "19810601", "19950101", "19600229", "19620701", "19620702", "", "19701399")


def rows_of(seed: int) -> list[dict[str, str]]:
    some = random.Random(seed)
    rows = []
    for subject in range(some.randint(1, 8)):
        born = some.choice(BIRTHS)
        for count in range(some.randint(1, 4)):
            rows.append(
                row(
                    SUBJECT_ID=str(subject), CII_NUMBER=f"A{subject:08}", PRI_NAME=f"ROE,P{subject}", PRI_DOB=born,
                    CNT_ORDER=f"10{count}001001000", OFN=f"CR{subject}{count}", OFFENSE_DESCR=some.choice(SECTIONS),
                    STP_EVENT_DATE=some.choice(DATES), CONV_STAT_DESCR=some.choice(SEVERITIES),
                    OFFENSE_TOC=some.choice(("F", "M", "")), STP_ORI_CNTY_NAME=some.choice(("CONTRA COSTA", "KERN")),
                )
            )  # fmt: skip
    return rows


def as_json(chosen: older.Options) -> str:
    relief = {
        "subjectUnder21AtConviction": chosen.under_21_at_conviction, "subjectHasOnlyProp64Charges": chosen.only_listed,
        "subjectIsDeceased": chosen.deceased, "subjectAgeThreshold": chosen.age,
        "yearsSinceConvictionThreshold": chosen.years_since_conviction,
        "yearsCrimeFreeThreshold": chosen.years_crime_free,
    }  # fmt: skip
    baseline = {"dismiss": list(chosen.dismiss), "reduce": list(chosen.reduce)}
    return json.dumps({"baselineEligibility": baseline, "additionalRelief": relief})


@pytest.mark.parametrize("seed", range(200))
def test_rule_outcome_and_trace_are_the_same(seed):
    rows, chosen, as_of = rows_of(seed), options_of(seed), date(2020, 7, 1)
    policy = policies.load(text=older.as_policy(as_json(chosen)))
    table = evaluate(history(*rows), policy, county="CONTRA COSTA", as_of=as_of).table
    found = {
        number: (rule, outcome, trace)
        for number, rule, outcome, trace in zip(
            *(table[name].to_pylist() for name in ("row", "rule", "outcome", "trace")), strict=True
        )
    }
    subjects = defaultdict(list)
    for each in rows:
        subjects[each["SUBJECT_ID"]].append(each)
    expected = {
        number: plain.decide(each, subjects[each["SUBJECT_ID"]], chosen, as_of)
        for number, each in enumerate(rows, start=1)
        if each["STP_ORI_CNTY_NAME"] == "CONTRA COSTA" and prop64(section_of(each))
    }
    assert found == expected


def test_the_random_files_meet_every_kind_of_answer():
    seen = set()
    for seed in range(200):
        for each in rows_of(seed):
            if prop64(section_of(each)):
                rule, outcome, trace = plain.decide(each, [each], options_of(seed), date(2020, 7, 1))
                seen |= {rule, outcome, *trace}
    assert seen >= {
        "record_unclear",
        "no_rule_applies",
        "under_age_at_conviction",
        "juvenile",
        "redesignate",
        "y",
        "n",
        "u",
    }
