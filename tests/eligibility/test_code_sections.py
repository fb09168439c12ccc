"""Code sections in every spelling that record files have been seen to use."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.law.code_sections import CodeSection, normalised, parse, parse_all, parse_column, printed


@pytest.mark.parametrize(
    ("text", "section", "part"),
    [
        ("11357(A) HS-POSSESS", "HS 11357(a)", ""),
        ("11357B HS", "HS 11357(b)", ""),
        ("11357(B)HS", "HS 11357(b)", ""),
        ("11357 (B) HS", "HS 11357(b)", ""),
        ("11357(B) HS,POSSESS UNDER ONE OUNCE", "HS 11357(b)", ""),
        ("11358(c) hs-cultivate", "HS 11358(c)", ""),
        ("HS11358", "HS 11358", ""),
        ("HS 11359(B)-POSSESS FOR SALE", "HS 11359(b)", ""),
        ("H&S 11357(B)", "HS 11357(b)", ""),
        ("11358", "HS 11358", ""),
        ("11358-CULTIVATE", "HS 11358", ""),
        ("/11360(B) HS-GIVE", "HS 11360(b)", ""),
        ("SCN-1 11358 HS", "HS 11358", ""),
        ("COM: SCN-69 11358 HS", "HS 11358", ""),
        ("COM:11358 HS", "HS 11358", ""),
        ("PLEA TO 11360 HS, SENT SUSPENDED", "HS 11360", ""),
        ("11360/11357 HS", "HS 11360", ""),
        ("11359 HS / 484(A) PC", "HS 11359", ""),
        ("529 PC / 11359 HS", "HS 11359", ""),
        ("664/11359 HS-ATT", "HS 11359", "attempt"),
        ("664-11359 HS-ATT", "HS 11359", "attempt"),
        ("664.11359 HS", "HS 11359", "attempt"),
        ("66411359 HS", "HS 11359", "attempt"),
        ("11357(C) HS/664 PC-POSSESS", "HS 11357(c)", "attempt"),
        ("ATTEMPT 11359(B) HS", "HS 11359(b)", "attempt"),
        ("182/11357(D) HS-CONSPIRE", "HS 11357(d)", "conspiracy"),
        ("182(A)(1)/11359 HS", "HS 11359", "conspiracy"),
        ("CONSPIRACY TO 11359 HS", "HS 11359", "conspiracy"),
        ("664/182/11359 HS", "HS 11359", "conspiracy"),
        ("32/11359 HS", "HS 11359", "accessory"),
        ("32 PC/11359 HS", "HS 11359", "accessory"),
        ("32 PC-ACCESSORY", "PC 32", ""),
        ("664 187 PC", "PC 187", "attempt"),
        ("246/186.22(B)(4)  PC-SHOOT", "PC 246", ""),
        ("288A(C)(1) PC", "PC 288a(c)(1)", ""),
        ("182.5 PC", "PC 182.5", ""),
        ("245(A)(1)PC-ADW", "PC 245(a)(1)", ""),
    ],
)
def test_a_spelling_is_read(text, section, part):
    read = parse(text)
    assert (str(read), read.part) == (section, part)


@pytest.mark.parametrize(
    "text", ["", "CHARGE UNREADABLE", "SCN-1234567890", "111357 HS", "113590 HS", "CASE 11358", "13(A)"]
)
def test_no_section_is_read_where_there_is_none(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    "text", ["111357 HS", "113590 HS", "11360.5 HS", "11358 PC", "11359.5 HS-SYNTHETIC", "1135 HS"]
)
def test_a_neighbouring_number_or_code_is_not_listed(text):
    assert parse_column(pa.array([text]))["prop64"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("text", "related"),
    [
        ("647(F) PC-DISORDERLY", True),
        ("647F PC", True),
        ("148(A)(1) PC", True),
        ("602(L) PC", True),
        ("1320(A) PC", True),
        ("4060 BP", True),
        ("11550A HS", True),
        ("11602 PC", False),
        ("1466 PC", False),
        ("1320.5 PC", False),
        ("647(A) PC", False),
        ("148.10 PC", False),
    ],
)
def test_related_charges_are_told_by_section_not_by_letters(text, related):
    assert parse_column(pa.array([text]))["related"].to_pylist() == [related]


def test_a_column_gives_one_answer_for_each_text():
    table = parse_column(pa.array(["11358 HS", None, "148 PC/11359 HS"]))
    assert table.to_pylist() == [
        {"code_section": "HS 11358", "part": "", "prop64": "11358", "related": False},
        {"code_section": None, "part": "", "prop64": None, "related": False},
        {"code_section": "HS 11359", "part": "", "prop64": "11359", "related": True},
    ]


def test_sections_are_printed_with_their_codes_names():
    assert printed("HS 11358(c)") == "H&S § 11358(c)"
    assert printed("PC 664") == "PC § 664"


def test_a_normalised_section_comes_back_as_it_was():
    assert normalised("PC 288a(c)(1)") == CodeSection("PC", "288a", ("c", "1"))
    with pytest.raises(ValueError, match="not a normalised"):
        normalised("11358 HS")


def test_all_sections_of_a_text_are_found_in_order():
    assert [str(each) for each in parse_all("11357,11358 HS & 148.9 PC")] == ["HS 11357", "HS 11358", "PC 148.9"]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(alphabet="0123456789 ().-/,HSPCVBKABCDE&:", max_size=40))
def test_any_text_is_read_without_failing_and_what_is_read_is_normalised(text):
    for section in parse_all(text):
        assert normalised(str(section)).number == section.number


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.integers(1, 999_999), st.sampled_from(["HS", "PC", "VC"]))
def test_a_number_is_listed_only_as_itself(number, code):
    listed = parse_column(pa.array([f"{number} {code}-WORDS"]))["prop64"].to_pylist()[0]
    assert listed == (str(number) if code == "HS" and 11357 <= number <= 11360 else None) or str(number)[:3] in (
        "664",
        "182",
    )
