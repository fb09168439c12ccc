"""The law's numbers and lists."""

from datetime import date, timedelta

import pytest

from eligibility.law import citations, code_sections, tables
from eligibility.law.code_sections import normalised

ACT = date(2016, 11, 9)


class TestLimits:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("act_in_force", ACT),
            ("possession_grams", 28.5),
            ("concentrate_grams", 8.0),
            ("plants", 6),
            ("lawful_age", 21),
            ("adult_age", 18),
            ("limitation_years_felony", 3),
            ("limitation_years_misdemeanor", 1),
            ("no_sentence_part_years", 5),
        ],
    )
    def test_the_number_in_force(self, name, value):
        assert tables.limit(name, date(2019, 11, 1)) == value

    def test_a_limit_holds_from_its_first_day(self):
        assert tables.limit("plants", ACT) == 6
        with pytest.raises(ValueError, match="plants on 2016-11-08"):
            tables.limit("plants", date(2016, 11, 8))

    def test_an_unknown_limit_is_an_error(self):
        with pytest.raises(KeyError):
            tables.limit("ounces", ACT)


@pytest.mark.parametrize(
    ("section", "severity", "outcome", "basis"),
    [
        ("HS 11358", "felony", "redesignate", "statute"),
        ("HS 11359", "felony", "redesignate", "statute"),
        ("HS 11360(a)", "felony", "redesignate", "statute"),
        ("HS 11359", "felony", "resentence", "statute"),
        ("HS 11357(b)", "misdemeanor", "dismiss", "presumption"),
        ("HS 11360(b)", "misdemeanor", "dismiss", "presumption"),
        ("HS 11358", "felony", "dismiss", "presumption"),
        ("HS 11358", None, "dismiss", "presumption"),
        ("HS 11357(a)", "felony", "dismiss", "presumption"),
        ("HS 11357", "felony", "dismiss", "presumption"),
        ("HS 11359", "felony", "dismiss", "policy"),
        ("HS 11360(a)", "felony", "dismiss", "policy"),
        ("HS 11357(c)", "misdemeanor", "dismiss", "policy"),
        ("HS 11357(d)", "misdemeanor", "dismiss", "policy"),
        ("HS 11358", "infraction", "dismiss", "policy"),
        ("HS 11359", None, "redesignate", "policy"),
        ("PC 148", "misdemeanor", "dismiss", "policy"),
        (None, "misdemeanor", "dismiss", "policy"),
    ],
)
def test_the_basis_of_a_relief(section, severity, outcome, basis):
    assert tables.basis(section, severity, outcome).name == basis


@pytest.mark.parametrize(
    ("section", "severity", "variant", "becomes"),
    [
        ("HS 11357(a)", "felony", "adult", ("HS 11357(b)(2)", "misdemeanor")),
        ("HS 11358", "felony", "adult", ("HS 11358(c)", "misdemeanor")),
        ("HS 11359", "felony", "adult", ("HS 11359(b)", "misdemeanor")),
        ("HS 11360(a)", "felony", "adult", ("HS 11360(a)(2)", "misdemeanor")),
        ("HS 11357(a)", "felony", "infraction", ("HS 11357(a)(2)", "infraction")),
        ("HS 11358", "felony", "infraction", ("HS 11358(b)", "infraction")),
        ("HS 11357(b)", "misdemeanor", "infraction", ("HS 11357(a)(2)", "infraction")),
        ("HS 11360(b)", "misdemeanor", "infraction", ("HS 11360(b)", "infraction")),
        ("HS 11359", "felony", "infraction", ("HS 11359(b)", "misdemeanor")),
        ("HS 11357(b)", "misdemeanor", "adult", None),
        ("HS 11359", "misdemeanor", "adult", None),
        ("HS 11359", None, "adult", None),
        (None, "felony", "adult", None),
        ("HS 11361", "felony", "adult", None),
    ],
)
def test_what_a_conviction_becomes(section, severity, variant, becomes):
    target = tables.redesignation(section, severity, date(2019, 11, 1), variant=variant)
    assert (target and (target.section, target.severity)) == becomes


def test_nothing_is_redesignated_before_the_act():
    assert tables.redesignation("HS 11359", "felony", date(2016, 11, 8)) is None
    assert tables.redesignation("HS 11359", "felony", ACT) is not None


@pytest.mark.parametrize(
    ("section", "keeps"),
    [
        ("HS 11358", True),
        ("HS 11359(a)", True),
        ("HS 11360", True),
        ("HS 11360(a)", True),
        ("HS 11360(b)", False),
        ("HS 11357(a)", False),
        (None, False),
    ],
)
def test_which_sections_keep_their_exceptions(section, keeps):
    assert tables.keeps_exceptions(section) is keeps


def may_be(list_name: str, section: str, part: str = "", severity: str | None = "felony") -> bool:
    return any(
        each.beside is None and each.may_be(normalised(section), part, severity)
        for each in tables.disqualifying(list_name)
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


class TestGrounds:
    def ground(self, code):
        return next(each for each in tables.grounds() if each.code == code)

    def test_an_attempt_may_be_treated_as_listed(self):
        assert self.ground("treated_as_listed").may_be_given("HS 11359", "attempt", "completed")
        assert self.ground("treated_as_listed").authority_required

    @pytest.mark.parametrize(
        ("section", "part"),
        [
            ("HS 11359", "conspiracy"),
            ("PC 182", ""),
            ("PC 4573.6", ""),
            ("HS 11361", ""),
            ("HS 11366", ""),
            ("HS 11379.6(a)", ""),
            (None, ""),
        ],
    )
    def test_what_may_never_be(self, section, part):
        assert not self.ground("treated_as_listed").may_be_given(section, part, "completed")

    def test_no_offense_is_for_those_serving_only(self):
        assert self.ground("no_offense_11361_8_a").may_be_given("PC 148", "", "serving")
        assert not self.ground("no_offense_11361_8_a").may_be_given("PC 148", "", "completed")

    def test_leaving_out_is_always_possible(self):
        assert self.ground("no_ground").leaves_out
        assert self.ground("no_ground").may_be_given(None, "", "unknown")


def test_no_relief_cites_no_subdivision():
    assert citations.of_relief("hand_review", "completed") == ""
    assert citations.of_relief("resentence", "serving") == "H&S § 11361.8(a)-(b)"


def test_two_priors_of_the_same_section():
    assert tables.same_section_priors() == 2


# The lists once more, section by section, to be read beside the statute: one section off is a person wronged.

SUPER_STRIKES = """
    PC 261, PC 262, PC 264.1, PC 269, PC 286, PC 287, PC 288a, PC 288, PC 288.5, PC 289, PC 207, PC 209, PC
    220, PC 187, PC 653f(b), PC 245(d)(3), PC 11418(a)(1), PC 37, PC 128, PC 205, PC 209.5, PC 217.1(b), PC
    218, PC 219, PC 220(b), PC 451.5, PC 4500, PC 18745, PC 12308, PC 18755, PC 12310, PC 667.61, PC 667.7,
    PC 667.71, MV 1672(a), PC 136.1, PC 213(a)(1)(a), PC 215, PC 246, PC 519, PC 12022.55
"""
REGISTRATION_290C = """
    PC 187, PC 207, PC 209, PC 220, PC 236.1(b), PC 236.1(c), PC 243.4, PC 261(a)(1), PC 261(a)(2), PC
    261(a)(3), PC 261(a)(4), PC 261(a)(6), PC 262(a)(1), PC 264.1, PC 266, PC 266c, PC 266h(b), PC 266i(b),
    PC 266j, PC 267, PC 269, PC 272, PC 285, PC 286, PC 287, PC 288a, PC 288, PC 288.3, PC 288.4, PC 288.5,
    PC 288.7, PC 289, PC 311.1, PC 311.2(b), PC 311.2(c), PC 311.2(d), PC 311.3, PC 311.4, PC 311.10, PC
    311.11, PC 314(1), PC 314(2), PC 314.1, PC 314.2, PC 647.6, PC 647a, PC 653f(c), PC 288.2
"""


@pytest.mark.parametrize(
    ("name", "sections"), [("super_strikes", SUPER_STRIKES), ("registration_290c", REGISTRATION_290C)]
)
def test_a_list_holds_these_sections_and_no_others(name, sections):
    found = [str(section) for offense in tables.disqualifying(name) for section in offense.sections]
    assert found == " ".join(sections.split()).split(", ")


def test_the_gang_offenses_stand_beside_an_enhancement():
    assert {str(each.beside) for each in tables.disqualifying("super_strikes") if each.beside} == {"PC 186.22(b)(4)"}


@pytest.mark.parametrize(
    ("kind", "sections"),
    [
        ("listed", "HS 11357, HS 11358, HS 11359, HS 11360"),
        (
            "related",
            "PC 647(f), PC 602, PC 466, PC 148.9, PC 148, PC 1320, HS 11364, HS 11550, "
            "BP 4140, BP 4149, BP 4060, VC 40508",
        ),
    ],
)
def test_the_sections_that_offices_review(kind, sections):
    assert ", ".join(str(each) for each in code_sections._sections_of(kind)) == sections


def test_the_sections_that_keep_their_exceptions():
    table = tables._table("exceptions.toml")
    assert (table["sections"], table["except"]) == (["HS 11358", "HS 11359", "HS 11360"], ["HS 11360(b)"])


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("basis", ACT),
        ("exceptions", ACT),
        ("grounds", ACT),
        ("sections/redesignation", ACT),
        ("super_strikes", date(2012, 11, 7)),
        ("registration_290c", date(2021, 1, 1)),
    ],
)
def test_since_when_a_table_holds(name, since):
    assert tables._table(f"{name}.toml")["effective"] == since


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("act_in_force", ACT),
        ("possession_grams", ACT),
        ("concentrate_grams", ACT),
        ("plants", ACT),
        ("lawful_age", ACT),
        ("adult_age", date(1972, 3, 4)),
        ("limitation_years_felony", date(1985, 1, 1)),
        ("limitation_years_misdemeanor", date(1985, 1, 1)),
        ("no_sentence_part_years", date(1900, 1, 1)),
    ],
)
def test_a_limit_is_known_from_its_first_day_and_not_before(name, since):
    assert tables.limit(name, since) is not None
    with pytest.raises(ValueError, match=name):
        tables.limit(name, since - timedelta(days=1))


@pytest.mark.parametrize(
    ("section", "severity", "outcome", "named", "under_lawful_age"),
    [
        ("HS 11357(a)", "felony", "redesignate", "statute", "statute"),
        ("HS 11357(b)", "misdemeanor", "redesignate", "statute", "statute"),
        ("HS 11360(b)", "misdemeanor", "redesignate", "statute", "statute"),
        ("HS 11358(b)", "misdemeanor", "redesignate", "policy", "policy"),
        ("HS 11357(c)", "misdemeanor", "redesignate", "policy", "policy"),
        ("HS 11357(b)", "infraction", "dismiss", "presumption", "policy"),
        ("HS 11360(b)", "infraction", "dismiss", "presumption", "policy"),
        ("HS 11357(a)", "misdemeanor", "dismiss", "presumption", "presumption"),
        ("HS 11358", "misdemeanor", "dismiss", "presumption", "presumption"),
    ],
)
def test_the_basis_by_grade_and_age(section, severity, outcome, named, under_lawful_age):
    found = tables.basis(section, severity, outcome)
    assert (found.name, found.under_lawful_age) == (named, under_lawful_age)


def test_what_no_attorney_may_treat_as_listed():
    (ground,) = [each for each in tables.grounds() if each.code == "treated_as_listed"]
    assert ground.never_sections == (
        "PC 182",
        "PC 4573",
        "PC 4573.5",
        "PC 4573.6",
        "PC 4573.8",
        "PC 4573.9",
        "HS 11361",
        "HS 11366",
        "HS 11379.6",
    )
