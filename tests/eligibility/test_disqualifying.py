"""The lists of convictions that may be a superstrike or may require registration under PC 290(c)."""

from datetime import date, timedelta

import pytest

from eligibility.law import tables
from eligibility.law.code_sections import normalised
from tests.eligibility.test_law_tables import pc


def may_be(
    list_name: str, section: str, part: str = "", severity: str | None = "felony", as_of: date = date(2019, 11, 1)
) -> bool:
    return any(
        each.beside is None and each.may_be(normalised(section), part, severity)
        for each in tables.disqualifying(list_name, as_of)
    )


@pytest.mark.parametrize(
    "section",
    [
        "PC 37", "PC 128", "PC 187(a)", "PC 189", "PC 191.5", "PC 205", "PC 207", "PC 209.5", "PC 217.1", "PC 220",
        "PC 245(d)(3)", "PC 245(d)", "PC 261(a)(2)", "PC 264.1", "PC 269", "PC 286", "PC 288a", "PC 288(a)", "PC 288.5",
        "PC 451.5", "PC 653f", "PC 653f(b)", "PC 667.61", "PC 4500", "PC 11418(a)(1)", "PC 12308", "PC 18745",
        "MV 1672(a)",
    ],
)  # fmt: skip
def test_sections_that_may_be_a_superstrike(section):
    assert may_be("super_strikes", section)


@pytest.mark.parametrize(
    "section",
    [
        "PC 137", "PC 192", "PC 211", "PC 245(a)(1)", "PC 261.5", "PC 288.2", "PC 459", "PC 653f(c)", "HS 11418",
        "PC 186.22", "PC 190a",
    ],
)  # fmt: skip
def test_sections_that_are_none(section):
    assert not may_be("super_strikes", section)


@pytest.mark.parametrize(
    ("clause", "sections"),
    [
        ("I", "261 262 264.1 269 286 287 288a 288 288.5 289 207 209 220"),
        ("II", "286 287 288a 289"),
        ("III", "288"),
        ("V", "653f(b)"),
        ("VI", "245(d)(3)"),
        ("VII", "11418(a)(1)"),
    ],
)
def test_the_clauses_of_the_superstrikes(clause, sections):
    lines = [each for each in tables.table("super_strikes.toml")["offense"] if each["clause"] == clause]
    assert sorted(name for each in lines for name in each["sections"]) == sorted(
        f"PC {each}" for each in sections.split()
    )


def test_the_open_clause_lists_felonies_punishable_by_life():
    lines = [each for each in tables.table("super_strikes.toml")["offense"] if each["clause"] == "VIII"]
    alone, with_gang = (
        {name for each in lines if ("with" in each) == gang for name in each["sections"]} for gang in (False, True)
    )
    assert alone == pc(
        "37 128 205 209 209.5 217.1(b) 218 219 220(b) 451.5 4500 18745 12308 18755 12310 667.61 667.7 667.71"
    ) | {"MV 1672(a)"}
    assert with_gang == pc("136.1 213(a)(1)(a) 215 246 519 12022.55")


def test_attempts_count_for_homicide_alone():
    assert may_be("super_strikes", "PC 187", "attempt")
    assert not may_be("super_strikes", "PC 288", "attempt")
    assert not may_be("super_strikes", "PC 187", "conspiracy")


REGISTRABLE = (
    "187 207 209 220 236.1(b) 236.1(c) 243.4 261(a)(1) 261(a)(2) 261(a)(3) 261(a)(4) 261(a)(6) 262(a)(1) 264.1 266 "
    "266c 266h(b) 266i(b) 266j 267 269 272 285 286 287 288a 288 288.2 288.3 288.4 288.5 288.7 289 311.1 311.2(b) "
    "311.2(c) 311.2(d) 311.3 311.4 311.10 311.11 314(1) 314(2) 314.1 314.2 647.6 647a 653f(c)"
)


@pytest.mark.parametrize("section", sorted(pc(REGISTRABLE)))
def test_sections_that_may_require_registration_under_290c(section):
    assert may_be("registration_290c", section)


@pytest.mark.parametrize(
    "number", ["236.1(a)", "261(a)(5)", "262(a)(2)", "266h(a)", "266i(a)", "311.2(a)", "314(3)", "653f(b)"]
)
def test_subdivisions_that_do_not(number):
    assert not may_be("registration_290c", f"PC {number}")


def test_288_2_registers_as_a_felony_only():
    assert not may_be("registration_290c", "PC 288.2", severity="misdemeanor")


@pytest.mark.parametrize(
    ("list_name", "section", "first_day"),
    [
        ("super_strikes", "PC 187", date(2012, 11, 7)),
        ("super_strikes", "PC 287", date(2019, 1, 1)),
        ("registration_290c", "PC 647.6", date(2007, 10, 13)),
        ("registration_290c", "PC 236.1(b)", date(2012, 11, 7)),
        ("registration_290c", "PC 287", date(2019, 1, 1)),
    ],
)
def test_a_list_and_its_later_lines_hold_from_their_first_day(list_name, section, first_day):
    assert may_be(list_name, section, as_of=first_day)
    assert not may_be(list_name, section, as_of=first_day - timedelta(days=1))


def test_a_misdemeanor_is_no_strike_and_an_unknown_severity_may_be():
    assert not may_be("super_strikes", "PC 288", severity="misdemeanor")
    assert may_be("super_strikes", "PC 288", severity=None)


@pytest.mark.parametrize("part", ["attempt", "conspiracy"])
def test_attempts_and_conspiracies_may_register(part):
    assert may_be("registration_290c", "PC 647.6", part, "misdemeanor")


def test_an_accessory_never_counts():
    assert not may_be("registration_290c", "PC 288", "accessory")
    assert not may_be("super_strikes", "PC 187", "accessory")


@pytest.mark.parametrize("section", ["PC 261.5", "PC 311.2(a)", "PC 311.5", "PC 314", "PC 290", "PC 653f(a)"])
def test_sections_near_those_that_register(section):
    assert may_be("registration_290c", section) is (
        section == "PC 314"
    )  # (1) and (2) register; the record names neither
