"""What holds of the statute's own preset whatever the record."""

import re

import pytest

from eligibility import policy as policies
from eligibility.fact_values import ONLY_STATED, STATED_AS, VALUES
from eligibility.records import doj, sample
from eligibility.records.history import build
from eligibility.rules import RULES
from eligibility.stated import ON_PAPERS_ONLY, STATABLE
from tests.eligibility.case_tables import COUNTY, determinations

STATUTORY = policies.load("statutory")


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> list[dict]:
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.write(path, subjects=300, seed=5, county=COUNTY)
    history = build(doj.read_rows(path, name="sample.csv").table)
    return determinations(history, STATUTORY).table.to_pylist()


def test_the_statute_never_asks_for_more_than_it_gives(decided):
    assert {each["basis"] for each in decided} == {"statute", "presumption", None}


def test_it_knows_every_outcome(decided):
    assert {each["outcome"] for each in decided} == {
        "dismiss",
        "redesignate",
        "resentence",
        "hand_review",
        "not_eligible",
    }


def test_a_redesignation_always_lowers(decided):
    grade = {"felony": 3, "misdemeanor": 2, "infraction": 1}
    for each in decided:
        if each["outcome"] in ("redesignate", "resentence"):
            assert grade[each["new_severity"]] < grade[each["severity"]]


def test_relief_never_stands_beside_an_open_ground_to_oppose(decided):
    assert not [each for each in decided if "possible_ground_to_oppose" in each["open_questions"]]
    assert not [each for each in decided if "needs_legal_ground" in each["open_questions"]]


def test_every_possible_ground_names_its_subdivision_and_the_evidence_wanted():
    grounds = [line for line in STATUTORY.lines if "ground to oppose" in line.ask]
    assert len(grounds) == 10
    for line in grounds:
        assert line.question_kind == "law"
        assert re.search(r"§ 1135[89]\([cd]\)|§ 11360\(a\)\(3\)", line.ask), line.rule.id
        assert "Evidence wanted: " in line.ask


def test_open_law_names_its_question():
    for line in STATUTORY.lines[1:]:
        if line.question_kind == "law":
            assert "?" in line.ask or "Evidence wanted" in line.ask, line.rule.id


def test_every_rule_of_the_statute_cites_it():
    for line in STATUTORY.lines:
        assert "office policy" not in line.rule.citation
        assert "§" in line.rule.citation


def test_every_fact_that_a_rule_looks_at_has_values_and_every_stated_one_a_name():
    assert {name for each in RULES.values() for name in each.looks_at} <= VALUES.keys()
    assert STATED_AS.keys() <= VALUES.keys() >= ONLY_STATED
    assert {fact for names in STATED_AS.values() for fact in names} == STATABLE.keys() - ON_PAPERS_ONLY
