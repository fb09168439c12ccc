"""From rows to subjects, events, counts and sentences."""

from datetime import date

import pyarrow as pa
import pytest

from eligibility.records.doj import read_rows
from eligibility.records.history import build
from eligibility.records.layout import COLUMNS
from eligibility.records.sample import write
from eligibility.records.schema import COUNTS, EVENTS, SENTENCES, SUBJECTS
from tests.eligibility.records.rows import arrest, file_of, history, line, only_count, read, row, table


def said(found, column: str) -> list[str]:
    return [each["what"] for each in found.problems.to_pylist() if each["column"] == column]


class TestAccounting:
    def test_rows_read_are_counts_additions_and_rows_set_aside(self, tmp_path):
        write(tmp_path / "file.csv", subjects=300, seed=3)
        rows = read_rows(tmp_path / "file.csv", name="file.csv")
        sums = build(rows.table, unreadable=rows.problems).reconciliation
        assert sums["rows_read"] == rows.rows_read
        assert sums["rows_read"] == sum(number for name, number in sums.items() if name != "rows_read")
        assert sums["rows_set_aside"] == 3

    def test_every_kind_of_row_is_accounted_for_by_what_it_is(self):
        sums = history(
            arrest(),
            row(),
            row(SENT_LOC_DESCR="JAIL", SENT_LENGTH="3", SENT_TIME_CODE="M"),
            row(STP_TYPE_DESCR="REGISTRATION", DISP_DESCR="", CNT_ORDER="103001001000", OFFENSE_DESCR="290 PC"),
            row(STP_TYPE_DESCR="DECEASED", DISP_DESCR="", CNT_ORDER=""),
            row(STP_TYPE_DESCR="APPLICANT", DISP_DESCR="", CNT_ORDER="104001001000"),
            row(SUBJECT_ID="  "),
        ).reconciliation
        assert sums == {
            "rows_read": 7,
            "rows_counts": 2,
            "rows_added_to_one": 1,
            "rows_registrations": 1,
            "rows_deaths": 1,
            "rows_other_events": 1,
            "rows_set_aside": 1,
        }

    def test_no_rows_give_an_empty_history_of_the_same_shape(self):
        empty = history()
        assert empty.counts.schema == COUNTS
        assert empty.subjects.schema == SUBJECTS
        assert empty.events.schema == EVENTS
        assert empty.sentences.schema == SENTENCES
        assert set(empty.reconciliation.values()) == {0}

    def test_rows_without_a_subject_are_never_one_person(self):
        found = history(row(SUBJECT_ID=""), row(SUBJECT_ID=" "))
        assert found.subjects.num_rows == 0
        assert [each["done"] for each in found.problems.to_pylist()] == ["row set aside"] * 2

    @pytest.mark.parametrize("order", ["", "101", "10100", "1010020", "A01002001000"])
    def test_a_conviction_without_a_usable_count_number_is_set_aside(self, order):
        found = history(row(CNT_ORDER=order), arrest())
        assert found.reconciliation["rows_set_aside"] == 1
        assert len(said(found, "CNT_ORDER")) == 1

    def test_a_short_count_number_matters_for_a_case_number_and_a_cannabis_charge_only(self):
        found = history(
            row(CNT_ORDER="1", DISP_DESCR="DISMISSED", OFFENSE_DESCR="484 PC"),
            arrest(CNT_ORDER="1"),
            arrest(CNT_ORDER="", OFFENSE_DESCR="484 PC"),
        )
        assert found.reconciliation["rows_set_aside"] == 2
        assert found.reconciliation["rows_other_events"] == 1

    def test_a_conviction_without_a_county_is_a_problem(self):
        assert said(history(row(STP_ORI_CNTY_NAME=" ")), "STP_ORI_CNTY_NAME")

    @pytest.mark.parametrize(
        ("column", "name", "value"),
        [
            ("STP_EVENT_DATE", "date", date(2001, 3, 4)),
            ("STP_ORI_CNTY_NAME", "county", "CONTRA COSTA"),
            ("OFFENSE_DESCR", "code_section", "HS 11359"),
            ("CONV_STAT_DESCR", "severity", "felony"),
        ],
    )
    def test_what_the_first_row_of_a_conviction_lacks_a_later_one_says(self, column, name, value):
        found = history(row(**{column: " "}), row(), row(**{column: ""}))
        [conviction] = found.counts.to_pylist()
        assert (conviction["row"], conviction[name]) == (1, value)
        assert not said(found, column)

    def test_what_a_row_says_is_never_replaced_and_never_by_another_counts(self):
        found = history(
            row(STP_EVENT_DATE="", OFFENSE_DESCR="11358 HS"),
            row(OFFENSE_DESCR="11359 HS", CNT_ORDER="101002002000"),
            row(OFFENSE_DESCR="11360 HS", DISP_DESCR="DISMISSED"),
        )
        assert found.counts["code_section"].to_pylist() == ["HS 11358", "HS 11359"]
        assert found.counts["date"].to_pylist() == [None, date(2001, 3, 4)]


class TestSubjects:
    def test_a_later_row_repairs_what_the_first_lacks(self):
        found = history(arrest(PRI_DOB="", PRI_NAME="", CII_NUMBER=" "), row())
        [subject] = found.subjects.to_pylist()
        assert subject["birth_date"] == date(1970, 1, 2)
        assert (subject["name"], subject["cii_number"], subject["row"]) == ("ROE,JANE", "Z00000001", 1)

    @pytest.mark.parametrize("text", ["19750000", "19750230", "1975", "JANUARY1", "²0010101"])
    def test_an_unreadable_birth_date_is_unknown_and_a_problem(self, text):
        found = history(row(PRI_DOB=text))
        assert found.subjects["birth_date"].to_pylist() == [None]
        assert found.subjects["birth_date_text"].to_pylist() == [text]
        assert said(found, "PRI_DOB")

    def test_a_blank_birth_date_is_unknown_and_no_problem(self):
        found = history(row(PRI_DOB=" ", CII_NUMBER=""))
        assert found.subjects["birth_date"].to_pylist() == [None]
        assert found.subjects["cii_number"].to_pylist() == [None]
        assert not said(found, "PRI_DOB")

    def test_contradictions_within_a_subject_are_problems_and_the_first_is_used(self):
        found = history(arrest(), row(PRI_DOB="19710102", CII_NUMBER="Z00000002"), row(PRI_DOB="19710102"))
        assert found.subjects["birth_date"].to_pylist() == [date(1970, 1, 2)]
        assert len(said(found, "PRI_DOB")) == len(said(found, "CII_NUMBER")) == 1

    def test_rows_of_a_subject_need_not_be_adjacent(self):
        found = history(arrest(), row(SUBJECT_ID="2"), row(SUBJECT_ID="10000001 "))
        assert found.subjects["subject_id"].to_pylist() == ["10000001", "2"]
        assert found.counts["subject"].to_pylist() == [0, 1, 0]

    def test_death_and_registration_are_the_subjects(self):
        found = history(
            row(),
            row(STP_TYPE_DESCR="REGISTRATION", DISP_DESCR="", CNT_ORDER="103001001000", OFFENSE_DESCR="290(B) PC"),
            row(STP_TYPE_DESCR="deceased ", DISP_DESCR="", CNT_ORDER="104001001000"),
            row(SUBJECT_ID="2", STP_TYPE_DESCR="REGISTRATION", DISP_DESCR="", OFFENSE_DESCR="11590 HS"),
        )
        assert found.subjects["deceased"].to_pylist() == [True, False]
        assert found.subjects["registered"].to_pylist() == [True, False]


class TestCounts:
    def test_a_conviction_takes_its_first_convicted_row(self):
        count = only_count(row(DISP_DESCR="", STP_EVENT_DATE=""), row(RECORD_ID="7"), row(RECORD_ID="8"))
        assert (count["row"], count["line"], count["record_id"]) == (2, 3, "7")

    @pytest.mark.parametrize(
        ("disposition", "convicted"),
        [
            ("CONVICTED-PROB/JAIL", True),
            (" CONVICTED", True),
            ("convicted", True),
            ("NOT CONVICTED", False),
            ("", False),
        ],
    )
    def test_what_counts_as_convicted(self, disposition, convicted):
        assert history(row(DISP_DESCR=disposition)).counts["convicted"].to_pylist() == [convicted]

    @pytest.mark.parametrize(
        ("stated", "charged", "severity", "inferred"),
        [
            ("FELONY", "M", "felony", False),
            (" felony ", "M", "felony", False),
            ("M", "F", "misdemeanor", False),
            ("INFRACTION", "", "infraction", False),
            ("", "F", "felony", True),
            ("   ", "M", "misdemeanor", True),
            ("", "I", "infraction", True),
            ("", "", None, False),
            ("FELNY", "F", None, False),
        ],
    )
    def test_severity(self, stated, charged, severity, inferred):
        found = history(row(CONV_STAT_DESCR=stated, OFFENSE_TOC=charged))
        [count] = found.counts.to_pylist()
        assert (count["severity"], count["severity_inferred"]) == (severity, inferred)
        assert bool(said(found, "CONV_STAT_DESCR")) == (severity is None)

    def test_a_later_row_of_the_count_gives_the_severity_the_first_lacks(self):
        count = only_count(row(CONV_STAT_DESCR=""), row(CONV_STAT_DESCR="MISDEMEANOR"))
        assert (count["severity"], count["severity_inferred"]) == ("misdemeanor", False)

    @pytest.mark.parametrize(
        ("changed", "section", "in_comment"),
        [
            ({"OFFENSE_DESCR": "SEE COMMENT FOR CHARGE", "COMMENT_TEXT": "SCN-1 11358 HS"}, "HS 11358", True),
            ({"OFFENSE_DESCR": " see comment", "COMMENT_TEXT": "COM:11358 HS"}, "HS 11358", True),
            ({"OFFENSE_DESCR": "  ", "COMMENT_TEXT": "11358 HS"}, "HS 11358", True),
            ({"OFFENSE_DESCR": "484 PC", "COMMENT_TEXT": "11358 HS"}, "PC 484", False),
            ({"OFFENSE_DESCR": "11359 HS", "CONV_OFFENSE_DESCR": "415 PC"}, "PC 415", False),
            ({"OFFENSE_DESCR": "", "COMMENT_TEXT": "", "CONV_OFFENSE_DESCR": "11358 HS"}, "HS 11358", False),
            ({"OFFENSE_DESCR": "11359 HS", "CONV_OFFENSE_DESCR": "SEE COMMENT"}, "HS 11359", False),
        ],
    )
    def test_the_section_is_that_of_the_offense_convicted_of(self, changed, section, in_comment):
        count = only_count(row(**changed))
        assert (count["code_section"], count["in_comment"]) == (section, in_comment)

    def test_another_offense_than_charged_is_a_problem_where_cannabis_is_one_of_them(self):
        assert said(history(row(CONV_OFFENSE_DESCR="415 PC-DISTURB PEACE")), "CONV_OFFENSE_DESCR")
        assert not said(history(row(OFFENSE_DESCR="242 PC", CONV_OFFENSE_DESCR="415 PC")), "CONV_OFFENSE_DESCR")

    def test_a_section_that_cannot_be_read_is_a_problem(self):
        found = history(row(OFFENSE_DESCR="111357 HS"))
        assert found.counts["code_section"].to_pylist() == [None]
        assert said(found, "OFFENSE_DESCR")

    @pytest.mark.parametrize("text", ["", "20010000", "20011332", "2001"])
    def test_a_missing_or_impossible_conviction_date_is_unknown_and_a_problem(self, text):
        found = history(row(STP_EVENT_DATE=text))
        [count] = found.counts.to_pylist()
        assert (count["date"], count["date_text"]) == (None, text)
        assert said(found, "STP_EVENT_DATE")

    def test_county_is_trimmed_and_in_capitals(self):
        assert only_count(row(STP_ORI_CNTY_NAME=" contra  costa "))["county"] == "CONTRA COSTA"

    def test_juvenile_courts_and_those_certified_from_them(self):
        assert only_count(row(STP_ORI_DESCR="CAJV MARTINEZ JUV COURT"))["juvenile"]
        assert only_count(row(STP_ORI_TYPE_DESCR="JUVENILE COURT"))["juvenile"]
        certified = only_count(row(DISP_DESCR="CONVICTED-CERTIFIED FROM JUV COURT"))
        assert (certified["juvenile"], certified["certified_adult"]) == (False, True)


class TestCaseNumbers:
    def test_all_distinct_numbers_of_the_event_in_order(self):
        count = only_count(row(OFN="CR2"), row(OFN="CR1"), row(OFN=" CR2 "), row(DISP_DESCR="", OFN="CR3"))
        assert count["case_numbers"] == ["CR2", "CR1", "CR3"]

    def test_numbers_of_other_events_and_of_arrests_are_not_taken(self):
        count = only_count(arrest(OFN="A1"), row(), row(CNT_ORDER="103001001000", DISP_DESCR="DISMISSED", OFN="CR9"))
        assert count["case_numbers"] == ["CR1"]

    def test_the_court_case_number_stands_in_for_a_missing_ofn(self):
        assert only_count(row(OFN="", FE_NUM_CRT_CASE="CC5"))["case_numbers"] == ["CC5"]
        assert only_count(row(OFN="CR1", FE_NUM_CRT_CASE="CC5"))["case_numbers"] == ["CR1"]

    def test_none_is_none(self):
        assert only_count(row(OFN=" "))["case_numbers"] == []


class TestSentences:
    def part(self, **changed: str) -> dict[str, object]:
        [part] = history(row(**changed)).sentences.to_pylist()
        return part

    def test_parts_belong_to_their_own_conviction_even_when_they_are_not_adjacent(self):
        jail = {"SENT_LOC_DESCR": "JAIL", "SENT_LENGTH": "90", "SENT_TIME_CODE": "D"}
        found = history(
            row(**jail),
            row(CNT_ORDER="102002002000", OFFENSE_DESCR="484 PC"),
            row(SENT_LOC_DESCR="PROBATION", SENT_LENGTH="3", SENT_TIME_CODE="Y"),
        )
        assert [(part["count"], part["row"], part["location"]) for part in found.sentences.to_pylist()] == [
            (0, 1, "JAIL"),
            (0, 3, "PROBATION"),
        ]

    @pytest.mark.parametrize(
        ("length", "unit", "expected"),
        [
            ("36", "M", (36, "M", True, False)),
            (" 12", "m", (12, "M", True, False)),
            ("000", "D", (0, "D", True, False)),
            ("", "L", (None, "L", False, True)),
            ("36", "", (36, "", False, False)),
            ("SEE COM", "D", (None, "D", False, False)),
            ("99999999", "Y", (None, "Y", False, False)),
        ],
    )
    def test_length_and_unit(self, length, unit, expected):
        part = self.part(SENT_LOC_DESCR="PRISON", SENT_LENGTH=length, SENT_TIME_CODE=unit)
        assert (part["length"], part["unit"], part["readable"], part["life"]) == expected

    def test_life_may_stand_in_the_place(self):
        assert self.part(SENT_LOC_DESCR="PRISON LIFE", SENT_LENGTH="1", SENT_TIME_CODE="Y")["life"]

    def test_a_fine_takes_no_time(self):
        part = self.part(SENT_LOC_DESCR="FINE")
        assert (part["length"], part["unit"], part["readable"]) == (0, "D", True)

    def test_a_length_that_is_there_and_unreadable_is_a_problem(self):
        assert said(history(row(SENT_LOC_DESCR="JAIL", SENT_LENGTH="X", SENT_TIME_CODE="D")), "SENT_LENGTH")
        assert not said(history(row(SENT_LOC_DESCR="JAIL")), "SENT_LENGTH")

    def test_a_count_without_conviction_has_no_sentence(self):
        assert history(row(DISP_DESCR="DISMISSED", SENT_LOC_DESCR="JAIL")).sentences.num_rows == 0


class TestEvents:
    def test_events_are_cycle_and_step_with_the_first_known_date(self):
        found = history(arrest(), row(STP_EVENT_DATE="0"), row(CNT_ORDER="101002002000"), row(CNT_ORDER="102001001000"))
        events = [(each["cycle"], each["step"], each["date"], each["row"]) for each in found.events.to_pylist()]
        assert events == [
            ("101", "001", date(2001, 1, 1), 1),
            ("101", "002", date(2001, 3, 4), 2),
            ("102", "001", date(2001, 3, 4), 4),
        ]

    def test_rows_without_a_count_number_are_events_of_their_own(self):
        found = history(*[arrest(CNT_ORDER="", OFFENSE_DESCR="") for _ in range(2)])
        assert [each["cycle"] for each in found.events.to_pylist()] == ["", ""]


def test_files_that_share_subject_ids_do_not_share_people():
    both = build(pa.concat_tables([table(row()), table(row(CII_NUMBER="Z00000009"), source=1)]))
    assert both.subjects.num_rows == 2
    assert both.subjects["person"].to_pylist() == [1, (1 << 32) + 1]


def test_a_history_comes_out_the_same_from_many_pieces():
    whole = table(arrest(), row(), row(SUBJECT_ID="2", PRI_NAME="PEÑA,LUZ"))
    pieces = pa.concat_tables([whole.slice(place, 1) for place in range(3)])
    assert build(pieces).counts.equals(build(whole).counts)


def test_unreadable_lines_of_the_file_are_counted_as_set_aside():
    rows = read(file_of(line(), line() + ",x"))
    found = build(rows.table, unreadable=rows.problems)
    assert (found.reconciliation["rows_read"], found.reconciliation["rows_set_aside"]) == (2, 1)
    assert found.problems.num_rows == 1
    assert len(COLUMNS) == 95
