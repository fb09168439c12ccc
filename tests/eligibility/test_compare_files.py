"""Two record files under one policy."""

from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.compare_files import compare_files
from eligibility.records import doj, sample
from eligibility.records.history import build
from tests.eligibility.case_tables import COUNTY
from tests.eligibility.records.rows import history, row

AS_OF = date(2019, 11, 1)
OFFICE = policies.load("office_choice")


def compared(before, after, policy=OFFICE):
    return compare_files(history(*before), history(*after), policy, county=COUNTY, as_of=AS_OF)


def changes(found):
    return [(each["change"], each["row_before"], each["row_after"]) for each in found.table.to_pylist()]


FELONY = row()
LATER = row(CNT_ORDER="102002001000", STP_EVENT_DATE="20030304", OFN="CR2")


def test_the_same_file_changes_nothing():
    found = compared([FELONY, LATER], [FELONY, LATER])
    assert (found.matched, found.changed, found.new, found.gone, found.table.num_rows) == (2, 0, 0, 0, 0)
    assert found.before == found.after


def test_what_one_file_alone_has_is_new_or_gone():
    found = compared([FELONY], [LATER])
    assert changes(found) == [("gone", 1, None), ("new", None, 1)]
    gone, new = found.table.to_pylist()
    assert (gone["outcome_before"], gone["outcome_after"], gone["case_number"]) == ("redesignate", None, "CR1")
    assert (new["outcome_before"], new["outcome_after"], new["reason_after"]) == (None, "redesignate", "Section 11359")


def test_a_changed_fact_is_named_with_both_values():
    found = compared([FELONY], [FELONY | {"CONV_STAT_DESCR": "MISDEMEANOR"}])
    (changed,) = found.table.to_pylist()
    assert changed["changed_facts"] == "severity: felony → misdemeanor"
    assert (changed["outcome_before"], changed["rule_before"]) == ("redesignate", "section_is")
    assert (changed["outcome_after"], changed["rule_after"]) == ("dismiss", "not_a_felony")
    assert (found.changed, found.gaining, found.losing) == (1, 1, 0)
    back = compared([FELONY | {"CONV_STAT_DESCR": "MISDEMEANOR"}], [FELONY])
    assert (back.gaining, back.losing) == (0, 1)


def test_a_fact_may_change_and_the_outcome_stay():
    found = compared([FELONY], [FELONY | {"PRI_DOB": ""}])
    (changed,) = found.table.to_pylist()
    assert changed["changed_facts"] == "birth date: 1970-01-02 → unknown"
    assert changed["outcome_before"] == changed["outcome_after"]
    assert (found.gaining, found.losing) == (0, 0)


def test_a_fact_that_no_line_came_to_is_no_change():
    lines = '[[line]]\nrule = "section_is"\nsections = ["11359"]\noutcome = "redesignate"\n'
    late = '[[line]]\nrule = "subject_is_deceased"\noutcome = "dismiss"\n'
    policy = policies.load(text=f'name = "p"\ntitle = "P"\nauthority = "Invented"\n{lines}{late}')
    dead = row(CNT_ORDER="", STP_TYPE_DESCR="DECEASED", OFFENSE_DESCR="", DISP_DESCR="", OFN="")
    assert compared([FELONY], [FELONY, dead], policy).changed == 0


MATCHING = [
    # what is otherwise in the second file, and whether it is the same conviction still
    ({}, True),
    ({"SUBJECT_ID": "99"}, True),
    ({"PRI_NAME": "DOE,JOHN"}, True),
    ({"CII_NUMBER": "Z99999999"}, False),
    ({"OFFENSE_DESCR": "11358 HS"}, False),
    ({"STP_EVENT_DATE": "20010305"}, False),
    ({"OFN": "CR9"}, False),
    ({"OFN": ""}, False),
    ({"CONV_STAT_DESCR": "MISDEMEANOR"}, True),
]


@pytest.mark.parametrize(("changed", "same"), MATCHING)
def test_what_makes_two_convictions_one(changed, same):
    assert compared([FELONY], [FELONY | changed]).matched == same


def test_without_a_cii_number_the_subject_id_counts():
    nameless = FELONY | {"CII_NUMBER": ""}
    assert compared([nameless], [nameless]).matched == 1
    assert compared([nameless], [nameless | {"SUBJECT_ID": "99"}]).matched == 0


def test_one_shared_case_number_of_several_is_enough():
    second = FELONY | {"CNT_ORDER": "101002002000", "OFFENSE_DESCR": "", "DISP_DESCR": "", "CONV_STAT_DESCR": ""}
    several = [FELONY, second | {"OFN": "CR7"}]
    assert compared([FELONY], several).matched == 1
    assert compared([FELONY | {"OFN": "CR7"}], several).matched == 1


def test_convictions_that_are_alike_match_one_to_one():
    twins = [FELONY, FELONY | {"CNT_ORDER": "101002002000"}]
    assert changes(compared(twins, [FELONY])) == [("gone", 2, None)]
    assert changes(compared([FELONY], twins)) == [("new", None, 2)]
    assert compared(twins, twins).matched == 2


def test_unnumbered_convictions_match_too():
    unnumbered = FELONY | {"OFN": ""}
    assert compared([unnumbered], [unnumbered]).matched == 1


@pytest.mark.parametrize("name", policies.presets())
def test_files_exchanged_give_new_for_gone(tmp_path, name):
    sample.write(tmp_path / "s.csv", subjects=120, seed=3, county=COUNTY)
    rows = doj.read_rows(tmp_path / "s.csv", name="s.csv").table
    half, policy = build(rows.slice(0, rows.num_rows // 2)), policies.load(name)
    there = compare_files(half, build(rows), policy, county=COUNTY, as_of=AS_OF)
    back = compare_files(build(rows), half, policy, county=COUNTY, as_of=AS_OF)
    assert there.new > 0
    assert (there.matched, there.new, there.gone, there.changed) == (back.matched, back.gone, back.new, back.changed)
    assert there.before.convictions == there.matched + there.gone
    assert there.after.convictions == there.matched + there.new


def test_a_file_without_convictions_has_only_lost_them():
    nothing = [row(DISP_DESCR="DISMISSED")]
    assert changes(compared([FELONY], nothing)) == [("gone", 1, None)]
    assert changes(compared(nothing, [FELONY])) == [("new", None, 1)]
    assert changes(compared(nothing, nothing)) == []
