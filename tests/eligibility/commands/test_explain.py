"""The command `explain`, as an analyst reads it."""

from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.__main__ import main
from eligibility.commands.explain import COLUMNS, Case, explained
from tests.eligibility.case_tables import COUNTY, rows_of, stated
from tests.eligibility.records.rows import file_of, history, line

AS_OF = date(2019, 11, 1)
RECORD = [
    {"arrested": "2001-01-01", "convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y, 6 M"},
    {"convicted": "2003-03-04", "section": "459 PC"},
]


def text_of(*record, policy="office_choice", given=None):
    of = history(*rows_of({"record": list(record)}))
    return explained(Case(of, policies.load(policy), COUNTY, AS_OF, ["doj.csv"], given), "10000001")


def test_it_says_what_was_decided_and_why():
    text = text_of(*RECORD)
    assert text.startswith(
        "ROE,JANE; CII number Z00000001; SUBJECT_ID 10000001 in doj.csv; born January 2, 1970\n"
        "Policy Office choice (office_choice), CONTRA COSTA, as of November 1, 2019\n"
        "Convictions on record: 2; in the policy's scope: 1\n"
        "\n"
        "1. H&S § 11359, felony, convicted March 4, 2001\n"
    )
    for said in (
        "   Case       CR1\n",
        "   Read from  doj.csv, row 2\n",
        "   Outcome    redesignate\n",
        "   Reason     Section 11359 (rule section_is)\n",
        "   Becomes    H&S § 11359(b), misdemeanor\n",
        "   Route      completed\n",
        "   Sealing    no\n",
    ):
        assert said in text


def test_every_line_has_its_answer_and_one_decides():
    text = text_of(*RECORD)
    assert "     2 no       The conviction is a misdemeanor or an infraction. → dismiss\n" in text
    assert "   >  5 yes      The conviction is under H&S section 11359. → redesignate (this line decides)\n" in text
    assert text.count("this line decides") == 1


def test_facts_come_with_their_rows():
    text = text_of(*RECORD, policy="contra_costa_2019")
    assert "     severity                     felony; doj.csv, row 2\n" in text
    assert "     convictions on record        2; doj.csv, rows 2, 4\n" in text
    assert "     sentence ends                September 4, 2002; doj.csv, rows 2, 3\n" in text
    assert "     deceased" not in text


def test_many_rows_are_not_all_named():
    text = text_of(*RECORD, *RECORD, policy="contra_costa_2019")
    assert "4; doj.csv, rows 2, 4, 6 and 1 more\n" in text


def test_a_stated_fact_names_its_document():
    text = text_of(*RECORD, given=stated({"offense_date": "2000-12-24"}, at=2))
    assert "December 24, 2000; stated: Police report 12-345\n" in text


def test_what_the_record_leaves_open_is_asked():
    text = text_of({"convicted": "2001-03-04", "section": "11359 HS", "severity": ""})
    assert "     2 unknown  The conviction is a misdemeanor or an infraction. → dismiss (unclear: severity)\n" in text
    assert "   Unclear    severity\n" in text
    assert "   Question   What do the court's papers say on severity? (question of the record)\n" in text
    assert "1. H&S § 11359, severity unknown, convicted March 4, 2001\n" in text
    assert "this line decides" not in text


def test_a_line_that_the_law_overrules_does_not_decide():
    line = '[[line]]\nrule = "section_is"\nsections = ["11359"]\noutcome = "redesignate"\n'
    lowering = policies.load(text=f'name = "p"\ntitle = "P"\nauthority = "Invented"\n{line}')
    of = history(*rows_of({"record": [{"convicted": "2001-03-04", "section": "11359 HS", "severity": "misdemeanor"}]}))
    text = explained(Case(of, lowering, COUNTY, AS_OF, ["doj.csv"]), "10000001")
    assert "   Outcome    hand_review\n" in text
    assert "(rule severity_not_lowered)" in text
    assert "     2 yes      The conviction is under H&S section 11359. → redesignate\n" in text
    assert "this line decides" not in text


def test_remarks_and_what_must_be_answered_are_in_words():
    text = text_of({"convicted": "2001-03-04", "section": "664/11359 HS"})
    assert "1. attempt, H&S § 11359, felony" in text
    assert "Attempt (PC 664): H&S § 11361.8(e) does not name it" in text
    assert "   To answer  " in text
    assert "H&S § 11361.8(e) does not name this offense: an attorney must choose a" in text


def test_a_conviction_without_case_number_or_date_says_so():
    text = text_of({"convicted": "", "section": "11357 HS"})
    assert "convicted unknown\n" in text


def test_no_line_is_wider_than_a_page():
    for name in policies.presets():
        assert max(map(len, text_of(*RECORD, policy=name).splitlines())) <= COLUMNS


def test_nothing_in_scope_lists_what_is_on_record():
    text = text_of({"convicted": "2003-03-04", "section": "459 PC"}, {"convicted": "2004-03-04", "section": "??"})
    assert "Convictions on record: 2; in the policy's scope: 0\n" in text
    assert "The policy decides on no conviction of this subject. On record:\n" in text
    assert "  PC § 459, felony, March 4, 2003, county CONTRA COSTA: doj.csv, row 1\n" in text
    assert "  section unknown, felony, March 4, 2004, county CONTRA COSTA: doj.csv, row 2\n" in text


class TestTheCommand:
    @pytest.fixture
    def record_file(self, tmp_path):
        path = tmp_path / "doj.csv"
        path.write_bytes(file_of(line(), line(SUBJECT_ID="2", CII_NUMBER="A2", PRI_NAME="DOE,JOHN")))
        return path

    def explaining(self, *files, subject="10000001", county="CONTRA COSTA"):
        named = ["--county", county, "--policy", "office_choice", "--as-of", "2019-11-01", "--subject", subject]
        return main(["explain", *map(str, files), *named])

    @pytest.mark.parametrize("subject", ["2", "A2", " a2 "])
    def test_a_subject_is_found_by_either_number(self, record_file, capsys, subject):
        assert self.explaining(record_file, subject=subject) == 0
        said = capsys.readouterr().out
        assert "DOE,JOHN" in said
        assert "ROE,JANE" not in said

    def test_an_unknown_subject_is_wrong_usage(self, record_file, capsys):
        assert self.explaining(record_file, subject="77") == 2
        found = capsys.readouterr()
        assert (found.out, found.err) == (
            "", "Nobody in these files has the SUBJECT_ID or CII number '77'. Check the number.\n"
        )  # fmt: skip

    def test_one_subject_id_of_two_files_may_be_two_people(self, record_file, tmp_path, capsys):
        second = tmp_path / "second.csv"
        second.write_bytes(file_of(line(SUBJECT_ID="2", CII_NUMBER="B9", PRI_NAME="POE,ANN")))
        assert self.explaining(record_file, second, subject="2") == 0
        said = capsys.readouterr().out
        assert said.startswith("2 people have this number, each in another file.\n")
        assert "SUBJECT_ID 2 in second.csv" in said
        assert "second.csv, row 1" in said

    def test_a_person_in_two_files_is_told_of_once(self, record_file, tmp_path, capsys):
        second = tmp_path / "second.csv"
        second.write_bytes(file_of(line(SUBJECT_ID="9", CII_NUMBER="A2", OFN="CR7", STP_EVENT_DATE="20020304")))
        assert self.explaining(record_file, second, subject="A2") == 0
        said = capsys.readouterr().out
        assert "Convictions on record: 2; in the policy's scope: 2\n" in said
        assert "SUBJECT_ID 2 in doj.csv" in said
        assert "SUBJECT_ID 9 in second.csv" in said

    def test_another_county_is_wrong_usage(self, record_file, capsys):
        assert self.explaining(record_file, county="MARIN") == 2
        assert "Counties: CONTRA COSTA." in capsys.readouterr().err


def test_a_file_of_stated_facts_is_cited(tmp_path, capsys):
    path, facts = tmp_path / "doj.csv", tmp_path / "facts.csv"
    path.write_bytes(file_of(line(OFN="CR1")))
    head = "subject_id,case_number,code_section,fact,value,source\n"
    facts.write_text(head + "10000001,CR1,HS 11359,severity,misdemeanor,minute order\n")
    named = ["--county", COUNTY, "--policy", "office_choice", "--as-of", "2019-11-01", "--subject", "10000001"]
    assert main(["explain", str(path), *named, "--facts", str(facts)]) == 0
    said = capsys.readouterr().out
    assert "Outcome    dismiss" in said
    assert "minute order" in said
