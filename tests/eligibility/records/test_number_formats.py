"""Case numbers as courts write them, and what of them counts."""

import pytest

from eligibility.records.number_formats import NotAFormat, fits, key, number_format, possible_keys

MARTINEZ = [number_format("[xx-]NNNNNN[-x]")]
OTHERS = [number_format("AA-YYYY-N+"), number_format("AAYYN+")]


@pytest.mark.parametrize("written", ["05-123456-7", "051234567", "123456", "123456-7", " 05 123456 7 "])
def test_the_parts_that_do_not_count_are_left_away(written: str) -> None:
    assert key(written, MARTINEZ) == "123456"


def test_years_and_leading_zeros_are_levelled() -> None:
    assert key("CR-2004-0012345", OTHERS) == key("CR0412345", OTHERS) == "CR0412345"


def test_a_number_in_no_known_format_counts_as_it_is_written() -> None:
    assert key("00A-0012", MARTINEZ) == "0A12"
    assert not fits("00A-0012", MARTINEZ)
    assert fits("00A-0012", [])


def test_a_blank_has_no_key() -> None:
    assert key(" - ", MARTINEZ) == ""
    assert possible_keys(" - ", MARTINEZ) == []


def test_a_number_that_lacks_what_the_court_adds_is_also_compared_as_it_stands() -> None:
    with_check_digit = [number_format("AAN+-x")]
    assert key("CR10011-7", with_check_digit) in possible_keys("CR10011", with_check_digit)


def test_leading_zeros_count_where_a_format_has_so_many_digits() -> None:
    assert key("000123", MARTINEZ) == "000123"


@pytest.mark.parametrize(
    ("written", "says"), [("[NN", "brackets"), ("xx-x", "no digit that counts"), ("++N", "stands for nothing")]
)
def test_what_is_no_format_is_refused(written: str, says: str) -> None:
    with pytest.raises(NotAFormat, match=says):
        number_format(written)
