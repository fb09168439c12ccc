"""Own mode, through the real reader, at once and in small parts, agrees with a plain reading on random files."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from eligibility import options as older
from eligibility import policy as policies
from eligibility.evaluate import evaluate
from eligibility.records.history import build
from eligibility.results import evaluate_in_parts
from eligibility.stated import STATED
from tests.eligibility.records.rows import file_of, line, read
from tests.eligibility.reference import own as plain
from tests.eligibility.reference import own_record
from tests.eligibility.reference.own_dirt import rows_of, stated_of
from tests.eligibility.reference.test_compatible import options_of

AS_OF = date(2020, 7, 1)
COUNTY = "CONTRA COSTA"
FILES = 300


def as_json(chosen: older.Options) -> str:
    relief = {
        "subjectUnder21AtConviction": chosen.under_21_at_conviction, "subjectHasOnlyProp64Charges": chosen.only_listed,
        "subjectIsDeceased": chosen.deceased, "subjectAgeThreshold": chosen.age,
        "yearsSinceConvictionThreshold": chosen.years_since_conviction,
        "yearsCrimeFreeThreshold": chosen.years_crime_free,
    }  # fmt: skip
    baseline = {"dismiss": list(chosen.dismiss), "reduce": list(chosen.reduce)}
    return json.dumps({"baselineEligibility": baseline, "additionalRelief": relief})


def chosen_for(seed: int) -> older.Options:
    """Any options; for every other file those that redesignate all, so that much reaches the last lines."""
    options = options_of(seed)
    return replace(options, dismiss=(), reduce=older.LISTED) if seed % 2 else options


@pytest.mark.parametrize("seed", range(FILES))
def test_every_determination_is_the_same(seed):
    rows, chosen = rows_of(seed), chosen_for(seed)
    said = stated_of(seed, rows)
    stated = pa.table(
        {
            "source": pa.array([0 for facts in said.values() for _ in facts], pa.int16()),
            "row": pa.array([number for number, facts in said.items() for _ in facts], pa.int32()),
            "fact": [fact for facts in said.values() for fact in facts],
            "value": [value for facts in said.values() for value in facts.values()],
            "source_document": ["Minute order" for facts in said.values() for _ in facts],
        }
    ).cast(STATED)
    policy = policies.load(text=older.as_policy(as_json(chosen)))
    given = read(file_of(*(line(**each) for each in rows)))
    at_once = evaluate(build(given.table), policy, county=COUNTY, as_of=AS_OF, stated=stated).table
    in_parts = evaluate_in_parts(
        given.table, policy, county=COUNTY, as_of=AS_OF, unreadable=given.problems, stated=stated, part_rows=3
    ).determinations.table
    expected = plain.decide_rows(rows, COUNTY, chosen, AS_OF, said)
    compared = list(next(iter(expected.values()))) if expected else []
    found = {each["row"]: {name: each[name] for name in compared} for each in at_once.to_pylist()}
    for each in found.values():
        each["unknown_facts"] = set(each["unknown_facts"])
    assert found == expected
    assert in_parts.to_pylist() == at_once.to_pylist()


@pytest.mark.parametrize("seed", range(0, FILES, 5))
def test_the_same_rows_are_set_aside(seed):
    rows = rows_of(seed)
    problems = build(read(file_of(*(line(**each) for each in rows))).table).problems.to_pylist()
    assert sorted(each["row"] for each in problems if each["done"] == "row set aside") == own_record.read(rows)[1]


def test_the_random_files_meet_every_kind_of_answer_often():
    seen = Counter()
    for seed in range(FILES):
        rows = rows_of(seed)
        for each in plain.decide_rows(rows, COUNTY, chosen_for(seed), AS_OF, stated_of(seed, rows)).values():
            seen.update({f"rule {each['rule']}", each["outcome"], f"route {each['route']}", f"basis {each['basis']}"})
            seen.update({each["new_severity"], f"sealing {each['sealing']}", *each["trace"], *each["unknown_facts"]})
            seen.update({"arrested": each["offense_from"] is not None, "ends": each["sentence_ends"] is not None})
    for often in (
        "rule record_unclear", "rule no_rule_applies", "rule juvenile", "rule under_age_at_conviction",
        "dismiss", "redesignate", "resentence", "hand_review", "route completed", "route serving", "route unknown",
        "basis statute", "basis presumption", "basis policy", "misdemeanor", "infraction",
        "sealing yes", "y", "n", "u", "severity",
        "birth date", "conviction date", "dates of other convictions", "other convictions' code sections", "sentence",
        "arrested", "ends",
    ):  # fmt: skip
        assert seen[often] >= 5, (often, seen[often])
