"""Walking a policy: what unknown means, and what is looked at."""

from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.evaluate import ENGINE_VERSION, evaluate
from tests.eligibility.case_tables import COUNTY, decided, determinations, stated
from tests.eligibility.records.rows import arrest, history, row

HEAD = 'name = "p"\ntitle = "P"\nauthority = "Invented"\nscope = "prop64_and_related"\n'
NO_SEVERITY = {
    "CONV_STAT_DESCR": "",
    "OFFENSE_TOC": "",
    "SENT_LOC_DESCR": "JAIL",
    "SENT_LENGTH": "1",
    "SENT_TIME_CODE": "Y",
}


def policy(*lines: str) -> policies.Policy:
    return policies.load(text=HEAD + "".join(f"[[line]]\n{line}\n" for line in lines))


def only(*rows, under: policies.Policy, **given):
    (found,) = determinations(history(*rows), under, **given).table.to_pylist()
    return found


class TestUnknown:
    def test_an_unknown_line_of_the_same_outcome_changes_nothing(self):
        under = policy(
            'rule = "not_a_felony"\noutcome = "dismiss"',
            'rule = "section_is"\nsections = ["11359"]\noutcome = "dismiss"',
        )
        found = only(row(**NO_SEVERITY), under=under)
        assert (found["outcome"], found["rule"], found["trace"]) == ("dismiss", "section_is", "nuy")

    def test_an_unknown_line_of_another_outcome_leaves_it_to_a_person(self):
        under = policy(
            'rule = "not_a_felony"\noutcome = "not_eligible"',
            'rule = "section_is"\nsections = ["11359"]\noutcome = "dismiss"',
        )
        found = only(row(**NO_SEVERITY), under=under)
        assert (found["outcome"], found["unknown_facts"], found["basis"]) == ("hand_review", ["severity"], None)

    def test_an_unknown_line_after_the_deciding_one_is_not_asked(self):
        under = policy(
            'rule = "section_is"\nsections = ["11359"]\noutcome = "dismiss"',
            'rule = "not_a_felony"\noutcome = "not_eligible"',
        )
        found = only(row(**NO_SEVERITY), under=under)
        assert (found["outcome"], found["trace"], found["unknown_facts"]) == ("dismiss", "nyu", [])

    def test_all_unknown_facts_before_the_end_are_named(self):
        under = policy(
            'rule = "not_a_felony"\noutcome = "dismiss"',
            'rule = "subject_is_at_least"\nyears = 50\noutcome = "not_eligible"',
        )
        found = only(row(**NO_SEVERITY, PRI_DOB=""), under=under)
        assert found["unknown_facts"] == ["severity", "birth date"]
        assert found["question"] == "What do the court's papers say on severity, birth date?"

    def test_an_unknown_question_of_law_before_a_question_of_record_stays_one_of_law(self):
        under = policy(
            'rule = "not_a_felony"\noutcome = "hand_review"\nquestion = "law"',
            'rule = "section_is"\nsections = ["11359"]\noutcome = "hand_review"\nquestion = "record"',
        )
        found = only(row(**NO_SEVERITY), under=under)
        assert (found["outcome"], found["rule"], found["question_kind"]) == ("hand_review", "section_is", "law")

    def test_only_unknown_hand_review_lines_end_without_a_rule(self):
        found = only(row(**NO_SEVERITY), under=policy('rule = "not_a_felony"\noutcome = "hand_review"'))
        assert (found["rule"], found["trace"], found["unknown_facts"]) == ("no_rule_applies", "nu", [])

    def test_a_section_that_only_unknown_parts_could_name_is_unknown(self):
        under = policy('rule = "section_is"\nsections = ["11357", "11358"]\noutcome = "dismiss"')
        assert only(row(), under=under)["trace"] == "nn"


class TestFactsHash:
    under = policy(
        'rule = "section_is"\nsections = ["11357"]\noutcome = "dismiss"', 'rule = "not_a_felony"\noutcome = "dismiss"'
    )

    def hash_of(self, **changed: str) -> str:
        found = only(row(**changed), under=self.under)
        assert len(found["facts_hash"]) == 16
        return str(found["facts_hash"])

    def test_it_is_the_same_for_the_same_values(self):
        assert self.hash_of() == self.hash_of(PRI_NAME="DOE,JOHN")

    def test_it_follows_a_value_that_was_looked_at(self):
        assert self.hash_of() != self.hash_of(CONV_STAT_DESCR="INFRACTION")

    def test_it_leaves_out_what_lines_after_the_deciding_one_look_at(self):
        dismissed = {"OFFENSE_DESCR": "11357 HS"}
        assert self.hash_of(**dismissed) == self.hash_of(**dismissed, CONV_STAT_DESCR="INFRACTION")

    def test_it_does_not_change_from_release_to_release(self):
        assert self.hash_of() == "12d919f6c2baaafa"


class TestStatedFacts:
    def test_facts_about_another_conviction_change_nothing(self):
        found = only(row(), under=policies.load("office_choice"), stated=stated({"still_serving": "yes"}, at=9))
        assert found["route"] == "completed"

    def test_facts_for_papers_change_nothing(self):
        found = only(row(), under=policies.load("office_choice"), stated=stated({"case_number": "CR9"}, at=1))
        assert found["case_number"] == "CR1"


class TestPeople:
    def test_files_with_different_birth_dates_leave_the_age_open(self):
        first = row(SUBJECT_ID="1", CII_NUMBER="")
        second = row(SUBJECT_ID="2", CII_NUMBER="", PRI_DOB="19800101", OFFENSE_DESCR="459 PC")
        from eligibility.records.history import identify

        of = history(first, second)
        one = of.subjects.select(["source", "subject_id"]).append_column("person", [[7, 7]])
        under = policy('rule = "subject_is_at_least"\nyears = 50\noutcome = "dismiss"')
        (found,) = determinations(identify(of, one), under).table.to_pylist()
        assert (found["trace"], found["unknown_facts"], found["person"]) == ("nu", ["birth date"], 7)

    def test_a_file_of_nobody_gives_no_determinations(self):
        nobody = history(arrest(OFFENSE_DESCR="459 PC"))
        result = determinations(nobody, policies.load("contra_costa_2019"))
        assert (result.in_scope, result.table.num_rows, result.counts()["people"]) == (0, 0, 0)

    def test_no_rows_at_all(self):
        assert determinations(history(), policies.load("office_choice")).in_scope == 0


def test_counts_go_by_people_and_by_conviction():
    of = history(
        row(SENT_LOC_DESCR="JAIL", SENT_LENGTH="1", SENT_TIME_CODE="Y"),
        row(CNT_ORDER="101002002000", OFFENSE_DESCR="11357(B) HS", CONV_STAT_DESCR="MISDEMEANOR"),
        row(SUBJECT_ID="2", CII_NUMBER="Z2", CONV_STAT_DESCR="", OFFENSE_TOC=""),
    )
    counts = determinations(of, policies.load("office_choice")).counts()
    assert counts["outcome"] == {"dismiss": 1, "hand_review": 1, "redesignate": 1}
    assert counts["outcome_and_route"] == {
        "dismiss completed": 1,
        "hand_review completed": 1,
        "redesignate completed": 1,
    }
    assert (counts["people"], counts["people_with_relief"]) == (2, 1)
    assert counts["basis"] == {"none": 1, "presumption": 1, "statute": 1}


def test_the_county_may_be_called_a_county():
    result = evaluate(
        history(row()), policies.load("office_choice"), county="Contra Costa County", as_of=date(2019, 11, 1)
    )
    assert (result.in_scope, result.county) == (1, COUNTY)


def test_the_engine_names_its_version():
    assert ENGINE_VERSION.count(".") == 2


def test_a_case_without_its_rule_fails_loudly():
    with pytest.raises(policies.PolicyError):
        decided({"line": {"rule": "no_such_rule"}, "record": [{"convicted": "2001-03-04", "section": "11359 HS"}]})
