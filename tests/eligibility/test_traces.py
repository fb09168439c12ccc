"""Two accounts of one conviction: whose doing a difference is."""

from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.evaluate import evaluate
from eligibility.traces import Account, TwoPolicies, deciding_place
from tests.eligibility.case_tables import COUNTY, rows_of
from tests.eligibility.records.rows import history

AS_OF = date(2019, 11, 1)
OFFICE = policies.load("office_choice")
CONTRA_COSTA = policies.load("contra_costa_2019")


def office(*changes: tuple[str, str], title: str = "Another version") -> policies.Policy:
    """The office's choice with its text changed."""
    text = OFFICE.text.replace('title = "Office choice"', f'title = "{title}"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return policies.load(text=text)


BY_AGE_OF_CONVICTION = office(('rule = "convicted_years_ago"\nyears = 5\noutcome = "dismiss"\non = false',
                               'rule = "convicted_years_ago"\nyears = 5\noutcome = "dismiss"'))  # fmt: skip
FELONY = {"convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y"}


def account(policy: policies.Policy, *record: dict[str, str], as_of: date = AS_OF) -> Account:
    found = evaluate(history(*rows_of({"record": list(record)})), policy, county=COUNTY, as_of=as_of).table
    (row,) = found.select(["outcome", "rule", "trace", "facts_hash"]).to_pylist()
    return Account(**row)


def test_the_same_lines_under_another_title_are_the_same_policy():
    two = TwoPolicies(OFFICE, office())
    assert two.same
    found = account(OFFICE, FELONY)
    assert not two.policy_had_a_part(found, found)
    assert two.answered_otherwise(found, found) == ()


def test_a_line_switched_on_had_a_part_where_it_decided_and_none_where_it_was_not_reached():
    two = TwoPolicies(OFFICE, BY_AGE_OF_CONVICTION)
    assert not two.same
    before, after = account(OFFICE, FELONY), account(BY_AGE_OF_CONVICTION, FELONY)
    assert (before.outcome, after.outcome) == ("redesignate", "dismiss")
    assert two.policy_had_a_part(before, after)
    assert two.answered_otherwise(before, after) == ()
    misdemeanor = FELONY | {"severity": "misdemeanor"}
    before, after = account(OFFICE, misdemeanor), account(BY_AGE_OF_CONVICTION, misdemeanor)
    assert before.outcome == after.outcome == "dismiss"
    assert not two.policy_had_a_part(before, after)


def test_another_severity_answers_otherwise_and_the_policy_had_no_part():
    two = TwoPolicies(OFFICE, OFFICE)
    before, after = account(OFFICE, FELONY), account(OFFICE, FELONY | {"severity": "misdemeanor"})
    (pair, *_) = two.answered_otherwise(before, after)
    assert OFFICE.lines[pair[0]].rule.id == "not_a_felony"
    assert not two.policy_had_a_part(before, after)


def test_a_line_with_another_number_asks_something_else():
    two = TwoPolicies(BY_AGE_OF_CONVICTION, policies.load(text=BY_AGE_OF_CONVICTION.text.replace(
        'rule = "convicted_years_ago"\nyears = 5', 'rule = "convicted_years_ago"\nyears = 30')))  # fmt: skip
    assert len(two.tests) == len(BY_AGE_OF_CONVICTION.lines) - 1
    before, after = account(two.before, FELONY), account(two.after, FELONY)
    assert (before.outcome, after.outcome) == ("dismiss", "redesignate")
    assert two.policy_had_a_part(before, after)


def test_a_line_that_leads_elsewhere_asks_the_same():
    text = OFFICE.text.replace(
        'sections = ["11358"]\noutcome = "dismiss"', 'sections = ["11358"]\noutcome = "redesignate"'
    )
    two = TwoPolicies(OFFICE, policies.load(text=text))
    assert len(two.tests) == len(OFFICE.lines)
    assert len(two.lines) == len(OFFICE.lines) - 1
    grown = FELONY | {"section": "11358 HS"}
    assert two.policy_had_a_part(account(two.before, grown), account(two.after, grown))
    assert not two.policy_had_a_part(account(two.before, FELONY), account(two.after, FELONY))


def test_what_lines_saw_is_not_compared_where_they_looked_at_other_facts():
    two = TwoPolicies(OFFICE, CONTRA_COSTA)
    before, after = account(OFFICE, FELONY), account(CONTRA_COSTA, FELONY)
    assert before.facts_hash != after.facts_hash
    assert not two.saw_otherwise(before, after)


def test_other_values_behind_the_same_answers_are_told_by_their_hash():
    two = TwoPolicies(OFFICE, OFFICE)
    before, after = account(OFFICE, FELONY), account(OFFICE, FELONY | {"convicted": "2002-03-04"})
    assert before.trace == after.trace
    assert two.saw_otherwise(before, after)
    assert not two.saw_otherwise(before, before)


@pytest.mark.parametrize(("severity", "rule"), [("felony", "section_is"), ("", None)])
def test_where_the_record_leaves_it_open_no_line_decided(severity, rule):
    place = deciding_place(OFFICE, account(OFFICE, FELONY | {"severity": severity}))
    assert (None if place is None else OFFICE.lines[place].rule.id) == rule
