"""What the passing of time brings, on the day it does and by the rule that does it."""

from datetime import date, timedelta

import pytest

from eligibility import policy as policies
from eligibility.coming import coming, over_time
from eligibility.evaluate import evaluate
from eligibility.records import doj, sample
from eligibility.records.history import build
from tests.eligibility.case_tables import COUNTY, policy_of, rows_of, stated
from tests.eligibility.records.rows import history

AT_FIFTY = policy_of({"line": {"rule": "subject_is_at_least", "years": 50}})
RELIEF = ("dismiss", "redesignate", "resentence")


def born(day: str):
    """One felony of a person born on that day."""
    felony = {"convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y"}
    return history(*rows_of({"subject": {"born": day}, "record": [felony]}))


def found(of, policy=AT_FIFTY, as_of=date(2025, 1, 1), **given):
    table = coming(of, policy, county=COUNTY, as_of=as_of, **given)
    return [
        (each["on"], each["outcome_before"], each["outcome_after"], each["rule_after"]) for each in table.to_pylist()
    ]


@pytest.mark.parametrize(
    ("birth", "on"),
    [
        ("1975-01-02", date(2025, 1, 2)),
        ("1975-01-31", date(2025, 1, 31)),
        ("1975-02-01", date(2025, 2, 1)),
        ("1975-03-02", date(2025, 3, 2)),
        ("1975-04-01", date(2025, 4, 1)),
    ],
)
def test_who_turns_fifty_becomes_eligible_on_the_birthday(birth, on):
    assert found(born(birth)) == [(on, "hand_review", "dismiss", "subject_is_at_least")]


@pytest.mark.parametrize(
    "birth",
    [
        pytest.param("1975-01-01", id="eligible today already"),
        pytest.param("1975-04-02", id="a day after the last one looked at"),
        pytest.param("", id="the age is not known"),
    ],
)
def test_who_is_not_listed(birth):
    assert found(born(birth)) == []


def test_fewer_days_ahead_find_less():
    assert found(born("1975-02-15"), ahead=44) == []
    assert len(found(born("1975-02-15"), ahead=45)) == 1


def test_a_stated_fact_counts():
    facts = stated({"severity": "misdemeanor"}, at=2)
    assert found(born("1975-01-20"), stated=facts) == [
        (date(2025, 1, 20), "hand_review", "dismiss", "subject_is_at_least")
    ]


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.write(path, subjects=60, seed=5, county=COUNTY)
    return build(doj.read_rows(path, name="sample.csv").table)


def at_every_birthday() -> policies.Policy:
    """Eligible at even ages alone, so that within 90 days some become it and others cease to be."""
    lines = [
        f'[[line]]\nrule = "subject_is_at_least"\nyears = {years}\n'
        f'outcome = "{"not_eligible" if years % 2 else "dismiss"}"\n'
        for years in range(90, 17, -1)
    ]
    head = 'name = "birthdays"\ntitle = "Birthdays"\nauthority = "Invented"\nscope = "prop64"\n'
    return policies.load(text=head + "".join(lines))


def test_it_is_what_evaluating_each_day_finds(invented):
    """The same as a slow search: everybody, on every day, each day by itself."""
    policy, start = at_every_birthday(), date(2019, 11, 1)

    def eligible(day):
        table = evaluate(invented, policy, county=COUNTY, as_of=day).table
        outcomes = zip(table["source"].to_pylist(), table["row"].to_pylist(), table["outcome"].to_pylist(), strict=True)
        return {(source, row) for source, row, outcome in outcomes if outcome in RELIEF}

    first, then = eligible(start), {}
    for number in range(1, 91):
        for each in eligible(start + timedelta(days=number)) - first:
            then.setdefault(each, start + timedelta(days=number))
    assert len(then) > 3
    table = coming(invented, policy, county=COUNTY, as_of=start)
    listed = zip(table["source"].to_pylist(), table["row"].to_pylist(), table["on"].to_pylist(), strict=True)
    assert {(source, row): on for source, row, on in listed} == then
    assert table["on"].to_pylist() == sorted(table["on"].to_pylist())


def test_several_days_against_the_first(invented):
    policy = policies.load("los_angeles_2019")
    days = [date(2019, 11, 1), date(2019, 11, 1), date(2029, 11, 1)]
    same, later = over_time(invented, policy, county=COUNTY, days=days)
    assert same.table.num_rows == 0
    assert later.convictions_gaining > 0
