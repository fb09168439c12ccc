"""Comparing policies: who gains and who loses because of which rule."""

from collections import Counter
from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.compare import compare
from eligibility.evaluate import evaluate
from eligibility.records import doj, sample
from eligibility.records.history import build
from tests.eligibility.case_tables import COUNTY, rows_of, stated
from tests.eligibility.records.rows import history, row

AS_OF = date(2019, 11, 1)
PRESETS = [policies.load(name) for name in policies.presets()]
OFFICE = policies.load("office_choice")
GENEROUS = policies.load(text=OFFICE.text.replace("on = false", "on = true"))
CONTRA_COSTA = policies.load("contra_costa_2019")


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.write(path, subjects=300, seed=5, county=COUNTY)
    return build(doj.read_rows(path, name="sample.csv").table)


def difference(of, before, after, **given):
    found = compare(of, [before, after], county=COUNTY, as_of=AS_OF, **given)
    return found.differences[0]


def one(*record):
    return history(*rows_of({"record": list(record)}))


FELONY = {"convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y"}


def test_a_more_generous_policy_is_a_gain_by_its_own_rule():
    found = difference(one(FELONY), OFFICE, GENEROUS)
    assert (found.people_gaining, found.people_losing, found.convictions_gaining) == (1, 0, 1)
    (row,) = found.table.to_pylist()
    assert (row["source"], row["row"], row["subject_id"], row["cii_number"]) == (0, 1, "10000001", "Z00000001")
    assert (row["code_section"], row["severity"], row["case_number"]) == ("HS 11359", "felony", "CR1")
    assert row["conviction_date"] == date(2001, 3, 4)
    assert (row["direction"], row["outcome_before"], row["rule_before"]) == ("gains", "redesignate", "section_is")
    assert (row["outcome_after"], row["rule_after"]) == ("dismiss", "convicted_years_ago")
    (group,) = found.groups
    assert (group.reason_before, group.reason_after) == ("Section 11359", "Conviction occurred 5 or more years ago")
    assert (group.convictions, group.people) == (1, 1)


def test_what_is_left_to_a_person_is_less_than_relief_and_more_than_none():
    lately = {"convicted": "2018-03-04", "arrested": "2018-01-01", "section": "11359 HS", "severity": "misdemeanor"}
    felony_ago = FELONY | {"section": "11360 HS"}
    found = difference(one(lately, felony_ago), OFFICE, CONTRA_COSTA)
    assert [(each["outcome_after"], each["direction"]) for each in found.table.to_pylist()] == [
        ("not_eligible", "loses"),
        ("hand_review", "loses"),
    ]
    assert found.people_losing == 1


def test_a_conviction_in_the_scope_of_one_policy_alone():
    related = {"convicted": "2001-03-04", "section": "148 PC", "severity": "misdemeanor", "beside": "11357 HS"}
    (row,) = difference(one(related), OFFICE, CONTRA_COSTA).table.to_pylist()
    assert (row["outcome_before"], row["rule_before"]) == ("out_of_scope", "out_of_scope")
    assert (row["outcome_after"], row["direction"], row["severity"]) == ("dismiss", "gains", "misdemeanor")


def test_no_relief_either_way_is_neither_gain_nor_loss():
    text = 'name = "p"\ntitle = "P"\nscope = "prop64_and_related"\n[[line]]\nrule = "related_charge"\n'
    none = policies.load(text=text + 'outcome = "not_eligible"\n')
    related = {"convicted": "2001-03-04", "section": "148 PC", "severity": "misdemeanor"}
    found = difference(one(related), OFFICE, none)
    assert (found.convictions_neither, found.convictions_gaining, found.convictions_losing) == (1, 0, 0)
    assert found.table["direction"].to_pylist() == ["neither"]


def test_a_person_may_gain_by_one_conviction_and_lose_by_another():
    related = {"convicted": "2001-03-04", "section": "148 PC", "severity": "misdemeanor", "beside": "11357 HS"}
    lately = {"convicted": "2019-03-04", "section": "11358 HS", "arrested": "2018-03-04"}
    found = difference(one(related, lately), OFFICE, CONTRA_COSTA)
    assert (found.people_gaining, found.people_losing, found.people_who_do_both) == (1, 1, 1)


def test_stated_facts_count():
    unclear = FELONY | {"severity": ""}
    found = compare(
        one(unclear), [OFFICE], county=COUNTY, as_of=AS_OF, stated=stated({"severity": "misdemeanor"}, at=1)
    )
    assert found.sides[0].impact.by_severity["misdemeanor"]["dismiss"] == 1


def test_policies_that_presume_otherwise_do_not_share_what_they_presume():
    head = 'name = "{0}"\ntitle = "T"\nauthority = "Invented"\nwhen_unproven = "{0}"\n'
    line = '[[line]]\nrule = "amount_is_lawful"\noutcome = "dismiss"\n'
    asked = [policies.load(text=(head + line).format(each)) for each in ("hand_review", "dismiss", "redesignate")]
    found = compare(one(FELONY), asked, county=COUNTY, as_of=AS_OF)
    assert [side.impact.by_outcome["dismiss"] for side in found.sides] == [0, 1, 0]


def test_without_a_policy_there_is_nothing_to_compare(invented):
    with pytest.raises(ValueError, match="at least one policy"):
        compare(invented, [], county=COUNTY, as_of=AS_OF)


@pytest.mark.parametrize("policy", PRESETS, ids=policies.presets())
class TestEachPreset:
    def test_its_outcomes_are_those_of_an_evaluation(self, invented, policy):
        found = compare(invented, [GENEROUS, policy, CONTRA_COSTA], county=COUNTY, as_of=AS_OF).sides[1]
        at = found.facts.at
        table = evaluate(invented, policy, county=COUNTY, as_of=AS_OF).table
        assert [policies.OUTCOMES[each] for each in found.outcome[at]] == table["outcome"].to_pylist()
        assert [found.rules[each] for each in found.decider[at]] == table["rule"].to_pylist()
        assert [found.reasons[each] for each in found.decider[at]] == table["reason"].to_pylist()

    def test_against_itself_nobody_gains_or_loses(self, invented, policy):
        found = difference(invented, policy, policy)
        assert (found.table.num_rows, found.groups, found.people_gaining, found.people_losing) == (0, (), 0, 0)
        assert found.convictions_unchanged == found.convictions_compared > 0

    def test_what_one_gains_the_other_loses(self, invented, policy):
        there, back = difference(invented, policy, GENEROUS), difference(invented, GENEROUS, policy)
        assert by_direction(there, "gains") == by_direction(back, "loses")
        assert by_direction(there, "loses") == by_direction(back, "gains")
        assert (there.people_gaining, there.people_losing) == (back.people_losing, back.people_gaining)

    def test_the_totals_balance(self, invented, policy):
        comparison = compare(invented, [GENEROUS, policy], county=COUNTY, as_of=AS_OF)
        (found,) = comparison.differences
        for side, name in zip(comparison.sides, ("outcome_before", "outcome_after"), strict=True):
            changed = Counter(found.table[name].to_pylist())
            assert sum(side.impact.by_outcome.values()) == side.impact.convictions
            in_scope = found.convictions_unchanged + found.table.num_rows - changed["out_of_scope"]
            assert in_scope == side.impact.convictions
        changes = found.convictions_gaining + found.convictions_losing + found.convictions_neither
        assert changes == found.table.num_rows == sum(each.convictions for each in found.groups)

    def test_groups_count_convictions_and_people(self, invented, policy):
        found = difference(invented, policy, GENEROUS)
        people: dict = {}
        for each in found.table.to_pylist():
            people.setdefault(tuple(each[name] for name in GROUPED), []).append(each["person"])
        counted = {
            tuple(getattr(each, name) for name in GROUPED): (each.convictions, each.people) for each in found.groups
        }
        assert counted == {key: (len(persons), len(set(persons))) for key, persons in people.items()}
        gaining = {each["person"] for each in found.table.to_pylist() if each["direction"] == "gains"}
        assert found.people_gaining == len(gaining)


GROUPED = [
    "direction", "outcome_before", "rule_before", "reason_before", "outcome_after", "rule_after", "reason_after",
]  # fmt: skip


def by_direction(found, direction):
    """Whose outcome moves, from which to which, without saying which side is before."""
    return {
        (each["source"], each["row"], frozenset([each["outcome_before"], each["outcome_after"]]))
        for each in found.table.to_pylist()
        if each["direction"] == direction
    }


def test_files_without_convictions_compare_to_nothing():
    nothing = history(row(DISP_DESCR="DISMISSED"))
    found = compare(nothing, [OFFICE, CONTRA_COSTA], county=COUNTY, as_of=AS_OF)
    assert [side.impact.convictions for side in found.sides] == [0, 0]
    assert (found.differences[0].table.num_rows, found.differences[0].groups) == (0, ())
