"""A court's extract, read by the columns that somebody chose."""

import gzip
import io
from datetime import date

import pytest

from eligibility.records.court import Extract, read_extract, read_table
from eligibility.records.court_mapping import ColumnMapping, NotAMapping, guessed
from eligibility.records.problems import NotARecordFile

COLUMNS = {
    "case_number": "Case",
    "name": "Name",
    "birth_date": "Born",
    "section": "Charge",
    "severity": "Level",
    "disposition": "Result",
    "conviction_date": "Decided",
}
MAPPING = ColumnMapping(columns=COLUMNS, convicted=("Convicted",), number_formats=("[xx-]NNNNNN[-x]",))
HEADER = "Case,Name,Born,Charge,Level,Result,Decided\n"
GOOD = '01-123456-7,"Roe, Jane",1/2/1970,11359 HS,F,Convicted,2004-03-25\n'


def read(text: str | bytes, mapping: ColumnMapping = MAPPING) -> Extract:
    return read_extract(io.BytesIO(text.encode() if isinstance(text, str) else text), name="court.csv", mapping=mapping)


def test_a_conviction_is_read_by_the_chosen_columns() -> None:
    (row,) = read(HEADER + GOOD).table.to_pylist()
    wanted = {"row": 1, "line": 2, "case_number": "01-123456-7", "name": "Roe, Jane", "birth_date": date(1970, 1, 2)}
    wanted |= {"code_section": "HS 11359", "prop64": "11359", "severity": "felony", "date": date(2004, 3, 25)}
    assert row == row | wanted


@pytest.mark.parametrize("sign", ["\t", "|", ";"])
def test_other_signs_between_columns_are_recognised(sign: str) -> None:
    plain = GOOD.replace('"Roe, Jane"', "Roe Jane")
    assert read((HEADER + plain).replace(",", sign)).table["name"].to_pylist() == ["Roe, Jane"]


def test_latin_1_a_byte_order_mark_and_packing_are_read() -> None:
    text = HEADER + GOOD.replace("Roe", "Muñoz")
    assert read(text.encode("latin-1")).table["name"].to_pylist() == ["Muñoz, Jane"]
    assert read(text.encode("latin-1")).encoding == "latin-1"
    assert read(gzip.compress(text.encode("utf-8-sig"))).table["name"].to_pylist() == ["Muñoz, Jane"]


def test_every_row_is_accounted_for() -> None:
    rows = [GOOD, GOOD.replace("Convicted", "Dismissed"), GOOD.replace("Convicted", ""), "a,b\n", "\n", GOOD]
    extract = read(HEADER + "".join(rows))
    assert extract.reconciliation == {
        "rows_read": 5, "rows_convictions": 2, "rows_no_conviction": 1, "rows_set_aside": 2
    }  # fmt: skip
    assert [(each["row"], each["line"], each["column"]) for each in extract.problems.to_pylist()] == [
        (4, 5, ""),
        (3, 4, "Result"),
    ]


def test_a_stray_quotation_mark_costs_its_own_row_only() -> None:
    extract = read(HEADER + GOOD + '01-1,"Roe,1/2/1970,11359 HS,F,Convicted,2004-03-25\n' + GOOD)
    assert extract.table["row"].to_pylist() == [1, 3]
    assert extract.problems["what"].to_pylist() == ["A quotation mark is opened and not closed."]


def test_a_line_break_in_a_quoted_text_does_not_end_the_row() -> None:
    assert read(HEADER + GOOD.replace("Roe, ", "Roe,\n") + GOOD).table["line"].to_pylist() == [2, 4]


@pytest.mark.parametrize(
    ("old", "new", "column", "done"),
    [
        ("1/2/1970", "1/2/70", "Born", "birth date unknown"),
        ("1/2/1970", "13/13/1970", "Born", "birth date unknown"),
        ("1/2/1970", "2010-01-01", "Born", "birth date unknown"),
        ("2004-03-25", "spring", "Decided", "conviction date unknown"),
        ("11359 HS", "possession", "Charge", "code section unknown"),
        (",F,", ",X,", "Level", "severity unknown"),
        ("01-123456-7", "B-7", "Case", "compared as written"),
    ],
)
def test_what_cannot_be_read_is_listed_with_its_place(old: str, new: str, column: str, done: str) -> None:
    (problem,) = read(HEADER + GOOD.replace(old, new)).problems.to_pylist()
    wanted = {"row": 1, "line": 2, "column": column, "value": new.strip(","), "done": done}
    assert problem == problem | wanted


def test_day_first_is_read_only_where_it_was_chosen() -> None:
    day_first = ColumnMapping(columns=COLUMNS, convicted=("Convicted",), date_order="day")
    assert read(HEADER + GOOD, day_first).table["birth_date"].to_pylist() == [date(1970, 2, 1)]


def test_a_name_in_columns_of_its_own_gets_its_comma() -> None:
    mapping = ColumnMapping(
        columns={"case_number": "No", "last_name": "Last", "first_name": "First", "suffix": "Sfx", "section": "S",
                 "conviction_date": "D"}
    )  # fmt: skip
    text = "No,Last,First,Sfx,S,D\n1,De Roe,Jane,Jr,11358 HS,20040325\n"
    assert read(text, mapping).table["name"].to_pylist() == ["De Roe Jr, Jane"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\xff\xfeC\0a\0", "UTF-16"),
        (b"%PDF-1.7", "a PDF"),
        (b"1,2\n3,4\n", "2 columns"),
        (b"01-1,20040325,11359,9\n", "no names"),
        ((HEADER.replace("Born", "DOB") + GOOD).encode(), "none of that name"),
        ((HEADER.replace("Born", "Name") + GOOD).encode(), "2 such columns"),
    ],
)
def test_another_kind_of_file_is_refused_with_what_was_found(content: bytes, found: str) -> None:
    with pytest.raises(NotARecordFile, match=found):
        read(content)


def test_a_beginning_can_be_looked_at_without_a_mapping() -> None:
    table = read_table(io.BytesIO((HEADER + GOOD * 30).encode()), name="court.csv", most=5)
    assert (len(table.header), len(table.texts)) == (7, 5)


def test_columns_with_usual_names_are_offered() -> None:
    assert guessed(["Case #", "Def. Last", "Last Name", "D.O.B.", "Charge", "Shoe"]) == {
        "case_number": "Case #", "last_name": "Last Name", "birth_date": "D.O.B.", "section": "Charge",
    }  # fmt: skip


def test_a_mapping_says_what_it_lacks() -> None:
    with pytest.raises(NotAMapping) as refused:
        ColumnMapping(columns={"disposition": "Result", "shoe_size": "Shoe"}, number_formats=("[NN", "?"))
    assert set(refused.value.fields) == {
        "case_number", "section", "conviction_date", "name", "convicted", "shoe_size", "number_formats"
    }  # fmt: skip
