"""Which earlier convictions are another case's: the record's case numbers, or where it has none the events."""

import pytest

from tests.eligibility.case_tables import decided

OWN = {"convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y"}


def remarks(*others, **own):
    return decided({"policy": "office_choice", "record": [OWN | own, *others]})["remark_ids"]


@pytest.mark.parametrize("own", ["CR1", ""])
@pytest.mark.parametrize("other", ["CR2", ""])
@pytest.mark.parametrize("between", [0, 1, 2, 3])
def test_a_superstrike_of_another_event_without_the_same_case_number_is_a_prior(own, other, between):
    cycles = [{"convicted": "2000-01-02", "section": "484 PC", "case": f"M{place}"} for place in range(between)]
    super_strike = {"convicted": "1999-01-01", "section": "205 PC", "case": other}
    assert "possible_super_strike_prior" in remarks(*cycles, super_strike, case=own)


def test_a_superstrike_of_the_same_case_number_is_none():
    assert "possible_super_strike_prior" not in remarks({"convicted": "1999-01-01", "section": "205 PC", "case": "CR1"})


def test_the_same_case_number_of_another_county_is_another_case():
    elsewhere = {"convicted": "1999-01-01", "section": "205 PC", "case": "CR1", "county": "KERN"}
    assert "possible_super_strike_prior" in remarks(elsewhere)


@pytest.mark.parametrize("registered", ["647.6(A) PC", "205 PC"])
def test_another_offense_of_the_same_event_is_no_prior(registered):
    assert remarks(beside=registered) == []


@pytest.mark.parametrize(("own", "others"), [("11358 HS", "11359 HS"), ("11359 HS", "11358 HS")])
def test_an_undated_conviction_has_no_priors_of_another_section(own, others):
    cycles = [{"convicted": f"199{place}-01-01", "section": others, "case": f"CR{place}"} for place in (7, 8)]
    assert "possible_same_section_priors" not in remarks(*cycles, convicted="", section=own)
    assert "possible_same_section_priors" in remarks(*cycles, convicted="", section=others)
