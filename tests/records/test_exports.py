"""Downloads that a spreadsheet program opens without calculating anything."""

import io

import pytest

from clearmyrecord.records.exports import csv_response, csv_safe, write_csv


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_what_could_start_a_formula_is_text(value):
    assert csv_safe(value) == f"'{value}"


@pytest.mark.parametrize("value", ["DOE,JANE", "11359 HS", "CR-1001", "", "NULL", "00123"])
def test_everything_else_stays_as_it_is(value):
    assert csv_safe(value) == value


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert [csv_safe(-3), csv_safe(2.5), csv_safe(None)] == ["-3", "2.5", ""]


def test_a_list_is_quoted_where_it_must_be():
    text = io.StringIO()
    write_csv(text, ["Name", "Number"], [['DOE, "J"', 1], ["=cmd|x", 2]])
    assert text.getvalue() == 'Name,Number\r\n"DOE, ""J""",1\r\n\'=cmd|x,2\r\n'


def test_a_download_is_an_attachment_that_spreadsheets_read_as_utf_8():
    response = csv_response("list.csv", ["Name"], [["PEÑA"]])
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert b"".join(response.streaming_content).decode("utf-8-sig") == "Name\r\nPEÑA\r\n"
