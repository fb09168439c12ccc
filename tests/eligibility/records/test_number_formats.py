"""Case numbers as courts write them, and what of them counts."""

import pytest

from eligibility.records.number_formats import NotAFormat, fits, keys, number_format

MARTINEZ = [number_format("[xx-]NNNNNN[-x]")]
OTHERS = [number_format("AA-YYYY-NNNNNNN"), number_format("AAYYN+")]


@pytest.mark.parametrize("written", ["05-123456-7", "051234567", "123456", "123456-7", " 05 123456 7 "])
def test_the_parts_that_do_not_count_are_left_away(written: str) -> None:
    assert keys(written, MARTINEZ) == ["123456"]


def test_years_and_leading_zeros_are_levelled() -> None:
    assert keys("CR-2004-0012345", OTHERS)[0] == keys("CR0412345", OTHERS)[0] == "CR0412345"


def test_a_number_in_no_known_format_counts_as_it_is_written() -> None:
    assert keys("00A-0012", MARTINEZ) == ["0A12"]
    assert not fits("00A-0012", MARTINEZ)
    assert fits("00A-0012", [])


def test_a_blank_has_no_key() -> None:
    assert keys(" - ", MARTINEZ) == []


@pytest.mark.parametrize(
    ("written", "says"), [("[NN", "brackets"), ("xx-x", "no digit that counts"), ("++N", "stands for nothing")]
)
def test_what_is_no_format_is_refused(written: str, says: str) -> None:
    with pytest.raises(NotAFormat, match=says):
        number_format(written)
