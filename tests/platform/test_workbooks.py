"""Workbooks that a spreadsheet program opens without calculating anything, and that lose nothing on the way."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from clearmyrecord import workbooks
from clearmyrecord.workbooks import LONGEST, workbook, workbook_response


def opened(rows: list[list[Any]], columns: tuple[str, ...] = ("One",)) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(columns, rows)))


def cell_of(value: Any) -> Any:
    return opened([[value]]).active["A2"]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|x", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "  =1", "＝1"])
def test_what_could_start_a_formula_is_a_text_and_stays_one_when_it_is_edited(text):
    cell = cell_of(text)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_no_formula_stands_anywhere_in_the_file():
    written = workbook(["=HEADING()", "x"], [["=1+1", "#N/A"], ["=A1", "＝1"]])
    with ZipFile(io.BytesIO(written)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="e"' not in sheet


@pytest.mark.parametrize("text", ["DOE,JANE", "11359 HS", "00123", "1e5", "NULL", "#N/A", "PEÑA", "TRUE"])
def test_every_other_text_is_itself(text):
    cell = cell_of(text)
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", False)


def test_numbers_and_dates_stay_such_and_nothing_is_empty():
    assert [cell_of(each).value for each in (-3, 2.5, Decimal("0.25"), None)] == [-3, 2.5, 0.25, None]
    assert cell_of(date(2010, 5, 17)).value == datetime(2010, 5, 17)
    assert cell_of(True).value == "True"


def test_a_time_is_that_of_the_office():
    assert cell_of(datetime(2026, 11, 24, 20, 0, tzinfo=UTC)).value.isoformat() == "2026-11-24T12:00:00"


def test_what_a_cell_cant_hold_is_said():
    assert cell_of("A\x00B\x0bC").value == "A�B�C"
    long = cell_of("x" * (LONGEST + 1)).value
    assert len(long) == LONGEST
    assert long.endswith("cut here: a cell holds no more)")


def test_rows_beyond_a_sheet_go_on_in_another_under_the_same_heading(monkeypatch):
    monkeypatch.setattr(workbooks, "ROWS_OF_A_SHEET", 3)
    book = opened([[1], [2], [3]])
    assert [[row[0].value for row in sheet] for sheet in book] == [["One", 1, 2], ["One", 3]]


def test_an_empty_list_has_its_heading():
    assert [[cell.value for cell in row] for row in opened([], ("Name", "Number")).active] == [["Name", "Number"]]


def test_a_download_is_an_attachment():
    response = workbook_response("list.xlsx", ["Name"], [["PEÑA"]])
    assert response["Content-Disposition"] == 'attachment; filename="list.xlsx"'
    assert response["Content-Type"] == workbooks.CONTENT_TYPE
