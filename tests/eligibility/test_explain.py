"""Explanations: every line with its answer, every fact with its value and where it stands."""

from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.explain import explain
from eligibility.fact_values import VALUES
from eligibility.rules import RULES
from tests.eligibility.case_tables import AS_OF, COUNTY, rows_of, stated
from tests.eligibility.records.rows import history

CASE = {
    "record": [
        {"arrested": "2001-01-01", "convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y, 6 M"},
        {"convicted": "2003-03-04", "section": "459 PC"},
    ]
}


def explained(case=CASE, name="contra_costa_2019", row=2, **given):
    return explain(history(*rows_of(case)), policies.load(name), county=COUNTY, as_of=AS_OF, source=0, row=row, **given)


def fact(explanation, name):
    return next(each for each in explanation.facts if each.name == name)


def test_every_line_is_there_with_its_answer():
    found = explained()
    assert "".join(line.answer for line in found.lines) == "nnnnnnnynyn"
    assert [line.description.rule for line in found.lines if line.decides] == ["several_convictions_none_for"]


def test_no_line_decides_what_the_record_leaves_open():
    case = {"record": [{"convicted": "2001-03-04", "section": "11359 HS", "severity": "", "sentence": "1 Y"}]}
    found = explained(case, "office_choice", row=1)
    assert not any(line.decides for line in found.lines)
    assert found.lines[1].unknown_facts == ("severity",)
    assert fact(found, "severity").value is None


def test_facts_name_the_rows_they_come_from():
    found = explained()
    assert fact(found, "severity").rows == [(0, 2)]
    assert fact(found, "offense to").value == date(2001, 1, 1)
    assert fact(found, "offense to").rows == [(0, 1)]
    assert fact(found, "convictions on record").value == 2
    assert fact(found, "convictions on record").rows == [(0, 2), (0, 4)]
    assert fact(found, "sentence ends").value == date(2002, 9, 4)
    assert fact(found, "sentence ends").rows == [(0, 2), (0, 3)]
    assert fact(found, "birth date").rows == [(0, 1)]
    assert fact(found, "Prop 64 charge in the cycle").value == "yes"
    assert fact(found, "Prop 64 charge in the cycle").rows == [(0, 1), (0, 2)]


def test_a_cycle_without_arrest_takes_the_offense_from_the_conviction():
    case = {"record": [{"convicted": "2001-03-04", "section": "11359 HS"}]}
    found = explained(case, row=1)
    assert fact(found, "offense from").value is None
    assert fact(found, "offense to").rows == [(0, 1)]
    assert fact(found, "sentence ends").rows == [(0, 1)]


def test_a_stated_fact_names_its_document():
    found = explained(stated=stated({"offense_date": "2000-12-24"}, at=2))
    assert fact(found, "offense from").value == date(2000, 12, 24)
    assert fact(found, "offense from").stated_in == "Police report 12-345"
    assert fact(found, "severity").stated_in is None


def test_a_policy_on_amounts_shows_the_amounts():
    text = 'name = "p"\ntitle = "P"\nauthority = "Invented"\n[[line]]\nrule = "amount_is_lawful"\noutcome = "dismiss"\n'
    of = history(*rows_of(CASE))
    found = explain(
        of, policies.load(text=text), county=COUNTY, as_of=AS_OF, source=0, row=2, stated=stated({"grams": "5"}, at=2)
    )
    assert (fact(found, "grams").value, fact(found, "grams").rows) == (5.0, [])
    assert fact(found, "plants").value is None


def test_a_row_that_is_no_conviction_in_scope_is_an_error():
    with pytest.raises(LookupError, match="row 4"):
        explained(row=4)


def test_every_fact_that_a_rule_names_has_a_value():
    assert {name for rule in RULES.values() for name in rule.looks_at} <= VALUES.keys()


def test_every_rule_says_what_it_is_about():
    for rule in RULES.values():
        assert rule.reason
        assert rule.citation
        assert rule.test.__doc__
