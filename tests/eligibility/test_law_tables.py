"""The law's numbers and lists."""

from datetime import date

import pytest

from eligibility.law import citations, tables
from eligibility.law.former_offenses import FormerOffense, former_offense, names_the_act

ACT = date(2016, 11, 9)


def pc(numbers: str) -> set[str]:
    """Sections of the Penal Code, by their numbers."""
    return {f"PC {each}" for each in numbers.split()}


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
            ("import_export_grams", 28.5),
            ("import_export_concentrate_grams", 4.0),
            ("infraction_concentrate_grams", 8.0),
            ("recipient_minor_age", 18),
            ("employer_age", 21),
            ("juvenile_prior_age", 16),
        ],
    )
    def test_the_number_in_force(self, name, value):
        assert tables.limit(name, date(2019, 11, 1)) == value

    def test_a_limit_holds_from_its_first_day(self):
        assert tables.limit("plants", ACT) == 6
        with pytest.raises(ValueError, match="plants on 2016-11-08"):
            tables.limit("plants", date(2016, 11, 8))

    def test_the_infraction_limit_for_concentrate_was_raised_in_2017(self):
        assert tables.limit("infraction_concentrate_grams", date(2017, 6, 26)) == 4.0
        assert tables.limit("infraction_concentrate_grams", date(2017, 6, 27)) == 8.0

    def test_every_limit_says_what_it_is_and_where_that_is_from(self):
        for name, limit in tables.table("limits.toml").items():
            assert limit["says"].endswith("."), name
            assert limit["source"], name

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
        ("HS 11357(a)", "misdemeanor", "redesignate", "statute"),
        ("HS 11357(b)", "misdemeanor", "redesignate", "statute"),
        ("HS 11357(c)", "misdemeanor", "redesignate", "statute"),
        ("HS 11358", "misdemeanor", "redesignate", "statute"),
        ("HS 11360(b)", "misdemeanor", "redesignate", "statute"),
        ("HS 11357", "felony", "redesignate", "statute"),
        ("HS 11357(b)", "infraction", "dismiss", "presumption"),
        ("HS 11360(b)", "infraction", "dismiss", "presumption"),
        ("HS 11357(a)", "misdemeanor", "dismiss", "presumption"),
        ("HS 11358", "felony", "dismiss", "presumption"),
        ("HS 11358", None, "dismiss", "presumption"),
        ("HS 11357(a)", "felony", "dismiss", "presumption"),
        ("HS 11357", "felony", "dismiss", "presumption"),
        ("HS 11359", "felony", "dismiss", "policy"),
        ("HS 11360(a)", "felony", "dismiss", "policy"),
        ("HS 11357(c)", "misdemeanor", "dismiss", "policy"),
        ("HS 11357(d)", "misdemeanor", "dismiss", "policy"),
        ("HS 11358", "infraction", "dismiss", "presumption"),
        ("HS 11359", "infraction", "dismiss", "policy"),
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
        ("HS 11358", "felony", "infraction", ("HS 11358(b)", "infraction")),
        ("HS 11357(b)", "misdemeanor", "infraction", ("HS 11357(a)(2)", "infraction")),
        ("HS 11357(a)", "misdemeanor", "infraction", ("HS 11357(a)(2)", "infraction")),
        ("HS 11357(a)", "felony", "infraction", ("HS 11357(a)(2)", "infraction")),
        ("HS 11358", "misdemeanor", "infraction", ("HS 11358(b)", "infraction")),
        ("HS 11358", "misdemeanor", "adult", None),
        ("HS 11360(b)", "misdemeanor", "infraction", ("HS 11360(b)", "infraction")),
        ("HS 11360(b)", "felony", "infraction", ("HS 11360(b)", "infraction")),
        ("HS 11360(a)", "felony", "infraction", ("HS 11360(a)(2)", "misdemeanor")),
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


@pytest.mark.parametrize(
    ("exception", "sections"),
    [
        ("super_strike", {"HS 11358", "HS 11359", "HS 11360(a)"}),
        ("registration_290c", {"HS 11358", "HS 11359", "HS 11360(a)"}),
        ("same_section", {"HS 11358", "HS 11359", "HS 11360(a)"}),
        ("minor", {"HS 11359", "HS 11360(a)"}),
        ("employed_under_21", {"HS 11359"}),
        ("import_export", {"HS 11360(a)"}),
        ("environmental", {"HS 11358"}),
    ],
)
def test_each_exception_is_only_its_own_sections(exception, sections):
    every = {"HS 11357", "HS 11357(a)", "HS 11357(b)", "HS 11358", "HS 11359", "HS 11360(a)", "HS 11360(b)", "HS 11361"}
    assert {each for each in every if tables.has_exception(exception, each)} == sections
    assert not tables.has_exception(exception, None)


def test_every_exception_has_its_case():
    named = {name for name, each in tables.table("exceptions.toml").items() if isinstance(each, dict)}
    assert named == {
        "super_strike", "registration_290c", "same_section", "minor", "employed_under_21", "import_export",
        "environmental",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("section", "route", "grounds"),
    [
        ("HS 11357(a)", "completed", {"same_offense": "HS 11361.8(e)"}),
        ("HS 11360(b)", "serving", {"same_offense": "HS 11361.8(a)", "danger": "HS 11361.8(b)"}),
        ("HS 11361", "unknown", {}),
        (None, "unknown", {}),
        (
            "HS 11358",
            "unknown",
            {
                "super_strike": "HS 11358(d)(1)",
                "registration_290c": "HS 11358(d)(1)",
                "same_section": "HS 11358(d)(2)",
                "environmental": "HS 11358(d)(3)",
            },
        ),
        (
            "HS 11359",
            "unknown",
            {
                "super_strike": "HS 11359(c)(1)",
                "registration_290c": "HS 11359(c)(1)",
                "same_section": "HS 11359(c)(2)",
                "minor": "HS 11359(c)(3)",
                "employed_under_21": "HS 11359(d)",
            },
        ),
        (
            "HS 11360(a)",
            "unknown",
            {
                "super_strike": "HS 11360(a)(3)(A)",
                "registration_290c": "HS 11360(a)(3)(A)",
                "same_section": "HS 11360(a)(3)(B)",
                "minor": "HS 11360(a)(3)(C)",
                "import_export": "HS 11360(a)(3)(D)",
            },
        ),
    ],
)
def test_the_grounds_to_oppose_and_the_subdivisions_they_stand_in(section, route, grounds):
    assert {each.code: each.subdivision for each in tables.grounds_to_oppose(section, route)} == grounds


def test_only_danger_is_proven_by_less_than_clear_and_convincing_evidence():
    found = {each.code: each.proof for each in tables.grounds_to_oppose("HS 11358", "serving")}
    assert found.pop("danger") == "a preponderance of the evidence"
    assert set(found.values()) == {"clear and convincing evidence"}


@pytest.mark.parametrize(
    ("section", "severity", "kinds", "amount", "never"),
    [
        ("HS 11357(a)", "felony", {"possession"}, "", False),
        ("HS 11357(a)", "misdemeanor", {"possession"}, "", False),
        ("HS 11357(b)", "misdemeanor", {"possession"}, "within", False),
        ("HS 11357(b)", "infraction", {"possession"}, "within", False),
        ("HS 11357(b)", "felony", {"possession"}, "within", True),
        ("HS 11357(c)", "misdemeanor", {"possession"}, "beyond", False),
        ("HS 11357(c)", "felony", {"possession"}, "beyond", True),
        ("HS 11357(d)", "misdemeanor", {"school"}, "", False),
        ("HS 11357(d)", "felony", {"school"}, "", True),
        ("HS 11357(e)", "misdemeanor", {"school"}, "", False),
        ("HS 11357(e)", "felony", {"school"}, "", True),
        ("HS 11357", "felony", {"possession"}, "", False),
        ("HS 11357", "misdemeanor", {"possession", "school"}, "", False),
        ("HS 11357", None, {"possession", "school"}, "", False),
        ("HS 11358", "felony", {"cultivation"}, "", False),
        ("HS 11359(a)", "felony", {"sale"}, "", False),
        ("HS 11360(a)", "felony", {"sale"}, "", False),
        ("HS 11360(b)", "misdemeanor", {"gift"}, "within", False),
        ("HS 11360(b)", "felony", {"gift"}, "within", True),
        ("HS 11360", "felony", {"sale"}, "", False),
        ("HS 11360", "misdemeanor", {"sale", "gift"}, "", False),
        ("HS 11361", "felony", set(), "", False),
        (None, "felony", set(), "", False),
    ],
)
def test_the_offenses_of_before_the_act(section, severity, kinds, amount, never):
    assert former_offense(section, severity) == FormerOffense(frozenset(kinds), amount, never)


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("HS 11357", False),
        ("HS 11357(a)", True),
        ("HS 11357(b)(2)", True),
        ("HS 11357(c)", True),
        ("HS 11357(d)", True),
        ("HS 11357(e)", False),
        ("HS 11358", False),
        ("HS 11358(a)", True),
        ("HS 11358(b)", True),
        ("HS 11358(c)", True),
        ("HS 11358(d)(1)", True),
        ("HS 11359", False),
        ("HS 11359(a)", True),
        ("HS 11359(b)", True),
        ("HS 11359(c)(3)", True),
        ("HS 11359(d)", True),
        ("HS 11360(a)", False),
        ("HS 11360(a)(1)", True),
        ("HS 11360(a)(2)", True),
        ("HS 11360(a)(3)(d)", True),
        ("HS 11360(b)", False),
    ],
)
def test_subdivisions_that_have_their_meaning_from_the_act(section, names):
    assert names_the_act(section) is names


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


def test_a_dismissal_after_probation_cites_and_seals_by_its_own_law():
    assert tables.reliefs() == ("hs_11361_8", "pc_1203_4")
    assert citations.of_relief("dismiss", "completed", "pc_1203_4") == "PC §§ 1203.4, 1203.4a"
    assert tables.relief("hs_11361_8")["seals"] == ["completed"]
    assert tables.relief("pc_1203_4")["seals"] == []
    assert tables.redesignation("HS 11359", "felony", ACT, law="pc_1203_4") is None
    assert tables.basis("PC 484", "misdemeanor", "dismiss", "pc_1203_4").name == "statute"
    assert tables.basis("PC 484", "felony", "dismiss", "pc_1203_4").name == "policy"


def test_what_a_dismissal_after_probation_never_reaches():
    excepted = pc("286(c) 287(c) 288a(c) 288 288.5 289(j) 311.1 311.2 311.3 311.11") | {"VC 42002.1"}
    assert set(tables.relief("pc_1203_4")["never"]) == excepted


def test_two_priors_of_the_same_section():
    assert tables.same_section_priors() == 2


@pytest.mark.parametrize(
    ("file", "first_day"),
    [
        ("basis.toml", ACT),
        ("sections/redesignation.toml", ACT),
        ("exceptions.toml", ACT),
        ("grounds.toml", ACT),
        ("oppositions.toml", ACT),
        ("super_strikes.toml", date(2012, 11, 7)),
        ("registration_290c.toml", date(2007, 10, 13)),
    ],
)
def test_the_day_a_table_is_of(file, first_day):
    assert tables.table(file)["effective"] == first_day


def test_the_former_law_held_until_the_day_before_the_act():
    assert tables.table("sections/former.toml")["last_day"] == date(2016, 11, 8)


@pytest.mark.parametrize(
    ("name", "first_days"),
    [
        ("lawful_age", {"2016-11-09"}),
        ("adult_age", {"1972-03-04"}),
        ("limitation_years_felony", {"1985-01-01"}),
        ("limitation_years_misdemeanor", {"1985-01-01"}),
        ("no_sentence_part_years", {"1900-01-01"}),
        ("import_export_grams", {"2016-11-09"}),
        ("import_export_concentrate_grams", {"2016-11-09"}),
        ("infraction_concentrate_grams", {"2016-11-09", "2017-06-27"}),
        ("recipient_minor_age", {"2016-11-09"}),
        ("employer_age", {"2016-11-09"}),
        ("juvenile_prior_age", {"1995-01-01"}),
        ("act_in_force", {"2016-11-09"}),
        ("possession_grams", {"2016-11-09"}),
        ("concentrate_grams", {"2016-11-09"}),
        ("plants", {"2016-11-09"}),
    ],
)
def test_the_days_from_which_a_number_holds(name, first_days):
    assert {key for key in tables.table("limits.toml")[name] if key[0].isdigit()} == first_days


@pytest.mark.parametrize(
    ("family", "sections"),
    [
        ("prop64", "HS 11357, HS 11358, HS 11359, HS 11360"),
        ("prop64_open_law", "HS 11530, HS 11530.1, HS 11530.5, HS 11531, PC 32"),
        (
            "prop64_not_named",
            "HS 11357.5, HS 11361, HS 11366, HS 11366.5, HS 11379.6, PC 182, PC 4573, PC 4573.5, PC 4573.6, PC 4573.8, "
            "PC 4573.9, VC 23222(b)",
        ),
        (
            "related",
            "PC 647(f), PC 602, PC 466, PC 148.9, PC 148, PC 1320, HS 11364, HS 11550, BP 4140, BP 4149, BP 4060, "
            "VC 40508",
        ),
    ],
)
def test_the_sections_of_a_family(family, sections):
    assert tables.table(f"families/{family}.toml")["sections"] == sections.split(", ")


def test_the_sections_that_an_attorney_never_treats_as_listed():
    named = "PC 182, PC 4573, PC 4573.5, PC 4573.6, PC 4573.8, PC 4573.9, HS 11361, HS 11366, HS 11379.6"
    ground = next(each for each in tables.table("grounds.toml")["ground"] if each["code"] == "treated_as_listed")
    assert ground["never_sections"] == named.split(", ")


def test_the_subdivisions_of_the_act():
    named = (
        "HS 11357(a), HS 11357(b), HS 11357(c), HS 11357(d), HS 11358(a), HS 11358(b), HS 11358(c), HS 11358(d), "
        "HS 11359(a), HS 11359(b), HS 11359(c), HS 11359(d), HS 11360(a)(1), HS 11360(a)(2), HS 11360(a)(3)"
    )
    assert tables.table("sections/former.toml")["of_the_act"] == named.split(", ")


def test_both_clauses_of_oral_copulation_were_renumbered_on_one_day():
    offenses = tables.table("super_strikes.toml")["offense"]
    assert [each["effective"] for each in offenses if each["sections"] == ["PC 287"]] == [date(2019, 1, 1)] * 2
