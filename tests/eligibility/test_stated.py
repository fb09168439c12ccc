"""Stated facts: reading what a person wrote, and laying it beside the convictions."""

from datetime import date

import numpy as np
import pytest

from eligibility.stated import ON_PAPERS_ONLY, STATABLE, StatedFactError, beside, read_value
from tests.eligibility.case_tables import stated


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("offense_date", " 2001-03-04 ", date(2001, 3, 4)),
        ("grams", "28.5", 28.5),
        ("plants", "6", 6.0),
        ("still_serving", "Yes", True),
        ("still_serving", "no", False),
        ("severity", "Felony", "felony"),
        ("case_number", "CR-1", "CR-1"),
    ],
)
def test_a_value_is_read(fact, text, value):
    assert read_value(fact, text) == value


@pytest.mark.parametrize(
    ("fact", "text", "says"),
    [
        ("height", "6", "No fact is called 'height'"),
        ("grams", " ", "a value is needed"),
        ("offense_date", "03/04/2001", "YYYY-MM-DD"),
        ("grams", "a few", "write a number"),
        ("grams", "nan", "write a number"),
        ("grams", "inf", "write a number"),
        ("grams", "-1", "write a number"),
        ("plants", "6.5", "a whole number"),
        ("still_serving", "perhaps", "yes or no"),
        ("severity", "wobbler", "felony, misdemeanor, infraction"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(fact, text, says):
    with pytest.raises(StatedFactError, match=says):
        read_value(fact, text)


def test_papers_facts_can_be_stated_too():
    assert STATABLE.keys() > ON_PAPERS_ONLY


def test_facts_are_laid_beside_the_conviction_they_are_about():
    columns = beside(stated({"grams": "5"}, at=7), np.array([0, 0]), np.array([3, 7]))
    assert columns.numbers("grams", 2).tolist()[1] == 5
    assert np.isnan(columns.numbers("grams", 2)[0])
    assert columns.document("grams", 1) == "Police report 12-345"
    assert columns.document("grams", 0) is None
    assert columns.document("plants", 1) is None


def test_a_bad_value_is_refused_even_for_another_conviction():
    with pytest.raises(StatedFactError):
        beside(stated({"grams": "x"}, at=7), np.array([0]), np.array([3]))
