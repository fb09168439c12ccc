"""Offense families: what a policy may have in its scope, and that scope and reconciliation agree on it."""

from pathlib import Path

import pytest

from eligibility import evaluate as engine
from eligibility import policy as policies
from eligibility import results
from eligibility.law import offense_families
from tests.eligibility.case_tables import COUNTY, determinations
from tests.eligibility.records.rows import history, row

HEAD = 'name = "p"\ntitle = "P"\nauthority = "Invented"\n'
LINE = '[[line]]\nrule = "not_a_felony"\noutcome = "hand_review"\n'


@pytest.mark.parametrize(
    ("family", "section", "severity", "related", "belongs"),
    [
        ("prop64", "HS 11357", "felony", False, True),
        ("prop64", "HS 11358(c)", None, False, True),
        ("prop64", "HS 11359", "misdemeanor", True, True),
        ("prop64", "HS 11360(b)", "infraction", False, True),
        ("prop64", "HS 11361", "felony", False, False),
        ("prop64", "HS 11357.5", "felony", False, False),
        ("prop64", "PC 11358", "felony", False, False),
        ("prop64", None, "felony", False, False),
        ("related", "HS 11359", "felony", True, True),
        ("related", "PC 148", "misdemeanor", False, False),
        ("prop64_open_law", "HS 11530", "felony", False, True),
        ("prop64_open_law", "HS 11530.1", "felony", False, True),
        ("prop64_open_law", "HS 11530.5", "felony", False, True),
        ("prop64_open_law", "HS 11531", "felony", False, True),
        ("prop64_open_law", "HS 11532", "felony", False, False),
        ("prop64_open_law", "PC 32", "felony", False, True),
        ("prop64_not_named", "HS 11357.5", "misdemeanor", False, True),
        ("prop64_not_named", "HS 11361(a)", "felony", False, True),
        ("prop64_not_named", "HS 11366", "felony", False, True),
        ("prop64_not_named", "HS 11366.5(a)", "felony", False, True),
        ("prop64_not_named", "HS 11379.6", "felony", False, True),
        ("prop64_not_named", "PC 182(a)(1)", "felony", False, True),
        ("prop64_not_named", "PC 4573", "felony", False, True),
        ("prop64_not_named", "PC 4573.5", "felony", False, True),
        ("prop64_not_named", "PC 4573.6", "felony", False, True),
        ("prop64_not_named", "PC 4573.8", "felony", False, True),
        ("prop64_not_named", "PC 4573.9", "felony", False, True),
        ("prop64_not_named", "VC 23222(b)", "infraction", False, True),
        ("prop64_not_named", "VC 23222(a)", "infraction", False, False),
        ("misdemeanors", "PC 459", "misdemeanor", False, True),
        ("misdemeanors", None, "misdemeanor", False, True),
        ("misdemeanors", "PC 459", None, False, True),
        ("misdemeanors", "PC 459", "felony", False, False),
        ("misdemeanors", "PC 459", "infraction", False, False),
    ],
)
def test_what_belongs_to_a_family(family, section, severity, related, belongs):
    assert offense_families.family(family).holds(section, severity, related=related) is belongs


def test_every_family_says_what_it_is_and_where_that_is_from():
    assert {"prop64", "related", "misdemeanors"} < set(offense_families.names())
    for name in offense_families.names():
        found = offense_families.family(name)
        assert found.says.endswith(".")
        assert found.source


def test_an_unknown_family_is_an_error():
    with pytest.raises(KeyError):
        offense_families.family("prop65")


MIXED = [
    row(),
    row(CNT_ORDER="101002002000", OFFENSE_DESCR="148 PC"),
    row(CNT_ORDER="101002003000", OFFENSE_DESCR="11361 HS"),
    row(CNT_ORDER="101002004000", OFFENSE_DESCR="664/11358 HS", CONV_STAT_DESCR="MISDEMEANOR"),
    row(CNT_ORDER="101002005000", OFFENSE_DESCR="459 PC", CONV_STAT_DESCR="MISDEMEANOR", STP_ORI_CNTY_NAME="KERN"),
    row(CNT_ORDER="101002006000", OFFENSE_DESCR="", CONV_STAT_DESCR="MISDEMEANOR"),
]


@pytest.mark.parametrize(
    ("families", "rows"),
    [
        (["prop64"], [1, 4]),
        (["prop64", "related"], [1, 2, 4]),
        (["prop64_not_named"], [3]),
        (["misdemeanors"], [4, 6]),
        (["prop64", "misdemeanors", "related"], [1, 2, 4, 6]),
    ],
)
def test_the_scope_is_the_families_of_the_county_and_balances(families, rows):
    found = determinations(history(*MIXED), policies.load(text=f"{HEAD}families = {families}\n{LINE}"))
    assert found.table["row"].to_pylist() == rows
    assert results.reconciliation(history(*MIXED), found)["convictions_in_scope"] == len(rows)
    assert found.county == COUNTY


def test_the_walk_through_a_policy_knows_no_law():
    text = Path(engine.__file__).read_text(encoding="utf-8")
    for word in ("1135", "1136", "prop64", "Prop", "H&S", "1203"):
        assert word not in text
