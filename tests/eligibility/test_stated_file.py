"""A file of stated facts: which convictions its rows are about, and what becomes of rows that fit none."""

import pyarrow as pa
import pytest

from eligibility import stated_file
from eligibility.records.doj import read_rows
from eligibility.records.history import build
from eligibility.records.problems import NotARecordFile
from eligibility.stated import STATED
from tests.eligibility.records.rows import file_of, history, line, row

HEADER = "subject_id,case_number,code_section,fact,value,source,count_order\n"
GOOD = "10000001,CR1,HS 11359,grams,20,Lab report 7,\n"


@pytest.fixture
def facts_file(tmp_path):
    def write(*rows: str, header: str = HEADER, encoding: str = "utf-8"):
        path = tmp_path / "facts.csv"
        path.write_bytes((header + "".join(rows)).encode(encoding))
        return stated_file.read(path, source=1)

    return write


def said(table):
    assert table.schema == STATED
    return [tuple(each.values()) for each in table.to_pylist()]


def wrong(file):
    return [(each["row"], each["line"], each["column"], each["what"]) for each in file.problems().to_pylist()]


def test_a_row_states_a_fact_of_its_conviction(facts_file):
    file = facts_file(GOOD)
    assert said(file.match(history(row()))) == [(0, 1, "grams", "20", "Lab report 7")]
    assert wrong(file) == []


def test_it_applies_to_every_conviction_it_fits(facts_file):
    twice = history(row(), row(CNT_ORDER="101002002000"), row(CNT_ORDER="101002003000", OFFENSE_DESCR="11358 HS"))
    assert [each[1] for each in said(facts_file(GOOD).match(twice))] == [1, 2]


def test_the_count_order_narrows_it(facts_file):
    twice = history(row(), row(CNT_ORDER="101002002000"))
    file = facts_file(GOOD.replace(",\n", ",101002002000\n"))
    assert [each[1] for each in said(file.match(twice))] == [2]


@pytest.mark.parametrize(
    ("changed", "by"),
    [("10000001", "10000002"), ("CR1", "CR2"), ("CR1", ""), ("HS 11359", "HS 11358"), ("HS 11359", "664/11359 HS")],
)
def test_a_row_that_fits_nothing_is_a_problem(facts_file, changed, by):
    file = facts_file(GOOD.replace(changed, by))
    assert said(file.match(history(row()))) == []
    ((number, at, column, what),) = wrong(file)
    assert (number, at, column) == (1, 2, "subject_id")
    assert "No conviction has this" in what


@pytest.mark.parametrize("spelling", ["11359 HS", "hs 11359", "11359 HS-POSSESS"])
def test_sections_are_compared_as_parsed(facts_file, spelling):
    assert said(facts_file(GOOD.replace("HS 11359", spelling)).match(history(row())))


def test_a_conviction_without_a_number_is_named_by_none(facts_file):
    nameless = history(row(OFN=""))
    assert said(facts_file(GOOD.replace("CR1", "")).match(nameless))
    assert not said(facts_file(GOOD).match(nameless))


@pytest.mark.parametrize(
    ("bad", "column", "says"),
    [
        (GOOD.replace("20", "much"), "value", "write a number"),
        (GOOD.replace("grams", "ounces"), "value", "No fact is called 'ounces'"),
        (GOOD.replace("Lab report 7", " "), "source", "A value is needed"),
        (GOOD.replace("10000001", ""), "subject_id", "A value is needed"),
        (GOOD.replace("HS 11359", "weed"), "code_section", "No code section can be read"),
        (GOOD.replace("Lab report 7", "Lab, report 7, twice"), "", "more cells than there are columns"),
        ("10000001\n", "code_section", "A value is needed"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem_and_costs_no_other(facts_file, bad, column, says):
    file = facts_file(bad, GOOD)
    assert len(said(file.match(history(row())))) == 1
    ((number, at, where, what),) = wrong(file)
    assert (number, at, where) == (1, 2, column)
    assert says in what


def test_rows_that_contradict_one_another_state_nothing(facts_file):
    file = facts_file(GOOD, GOOD.replace("20", "30"))
    assert said(file.match(history(row()))) == []
    assert [each[0] for each in wrong(file)] == [1, 2]
    assert "Lines 2, 3 state different values" in wrong(file)[0][3]


def test_the_same_value_twice_is_no_contradiction(facts_file):
    file = facts_file(GOOD, GOOD.replace("20", "20.0"))
    assert len(said(file.match(history(row())))) == 1
    assert wrong(file) == []


def test_a_subject_id_of_two_people_in_two_files_states_nothing(facts_file, tmp_path):
    tables = []
    for source, number in enumerate(["1", "2"]):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(file_of(line(CII_NUMBER=number)))
        tables.append(read_rows(path, name=path.name, source=source).table)
    file = facts_file(GOOD)
    assert said(file.match(build(pa.concat_tables(tables)))) == []
    assert "several people" in wrong(file)[0][3]


def test_chunks_of_subjects_are_matched_one_after_the_other(facts_file):
    file = facts_file(GOOD, GOOD.replace("10000001", "2"), GOOD.replace("10000001", "3"))
    assert len(said(file.match(history(row())))) == 1
    assert len(said(file.match(history(row(SUBJECT_ID="2"))))) == 1
    assert [each[0] for each in wrong(file)] == [3]


def test_other_encodings_and_orders_of_columns_are_read(facts_file):
    header = "\ufeffFact,Value,Source,Subject_ID,Code_Section,Case_Number\n"
    file = facts_file("grams,20,Ñ,10000001,HS 11359,CR1\n", header=header)
    assert said(file.match(history(row())))[0][4] == "Ñ"
    file = facts_file(GOOD.replace("Lab", "Ñ"), encoding="latin-1")
    assert said(file.match(history(row())))[0][4].startswith("Ñ")


def test_a_file_without_the_columns_is_refused_in_words(facts_file):
    with pytest.raises(NotARecordFile, match="no column code_section, source"):
        facts_file(header="subject_id,case_number,fact,value\n")
    with pytest.raises(NotARecordFile, match="The first line must name the columns"):
        facts_file(header="")


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_file_separated_otherwise_is_refused_with_the_sign_as_its_likely_cause(facts_file, sign, name):
    with pytest.raises(NotARecordFile, match=f"The columns are separated by {name}"):
        facts_file(GOOD.replace(",", sign), header=HEADER.replace(",", sign))
    with pytest.raises(NotARecordFile, match=f"The columns are separated by {name}"):
        facts_file(header='"' + HEADER.strip().replace(",", f'"{sign}"') + '"\r\n')


def test_a_sign_in_a_header_of_other_columns_is_no_cause(facts_file):
    with pytest.raises(NotARecordFile, match="The first line must name the columns"):
        facts_file(header="subject_id;case_number;fact\n")
