"""Reading DOJ research files: no good row is lost, every bad one is listed."""

import csv
import gzip
import io
import zipfile

import pytest

from eligibility.records import blocks, doj, sample
from eligibility.records.doj import read_blocks, read_rows
from eligibility.records.layout import COLUMNS
from tests.eligibility.records.rows import file_of, line, read

LINE = line()


def problems(content: bytes) -> list[dict[str, object]]:
    return read(content).problems.to_pylist()


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


class TestShapesOfFiles:
    @pytest.mark.parametrize(
        "content",
        [
            file_of(LINE, LINE),
            file_of(LINE, LINE, header=False),
            file_of(LINE, LINE).replace(b"\n", b"\r\n"),
            b"\xef\xbb\xbf" + file_of(LINE, LINE),
            file_of(LINE, LINE).replace(b"RECORD_ID", b'"record_id"', 1),
            gzip.compress(file_of(LINE, LINE)),
            zipped(**{"folder/file.dat": file_of(LINE, LINE), "__MACOSX/x": b"x"}),
            file_of(LINE, LINE).rstrip(b"\n"),
            file_of(LINE, "", LINE, "\r", ""),
        ],
    )
    def test_every_shape_gives_the_same_two_rows(self, content):
        rows = read(content)
        assert rows.rows_read == 2
        assert rows.table["row"].to_pylist() == [1, 2]
        assert rows.table["PRI_NAME"].to_pylist() == ["ROE,JANE"] * 2
        assert rows.problems.num_rows == 0

    def test_a_path_is_read_as_well_as_a_stream(self, tmp_path):
        (tmp_path / "file.csv").write_bytes(file_of(LINE))
        assert read_rows(tmp_path / "file.csv", name="file.csv", source=3).table["source"].to_pylist() == [3]

    def test_a_zip_that_cannot_be_rewound_is_read(self):
        class Arriving(io.BytesIO):
            def seekable(self) -> bool:
                return False

        assert read_rows(Arriving(zipped(a=file_of(LINE))), name="a.zip").rows_read == 1

    def test_lines_are_those_of_the_file_even_after_line_breaks_in_a_field(self):
        rows = read(file_of(LINE, line(COMMENT_TEXT='TWO\nLINES "X", Y').replace('"X"', '""X""'), "", LINE))
        assert rows.table["line"].to_pylist() == [2, 3, 6]
        assert rows.table["COMMENT_TEXT"].to_pylist()[1] == 'TWO\nLINES "X", Y'
        assert rows.problems.num_rows == 0

    def test_texts_that_look_like_missing_values_or_numbers_stay_texts(self):
        rows = read(file_of(line(PRI_NAME="NULL", RECORD_ID="00123", COMMENT_TEXT="1E5", OFN="NA")))
        values = [rows.table[name][0].as_py() for name in ("PRI_NAME", "RECORD_ID", "COMMENT_TEXT", "OFN")]
        assert values == ["NULL", "00123", "1E5", "NA"]

    def test_latin_1_and_utf_8_lines_are_both_read(self):
        latin = line(PRI_NAME="MUÑOZ,ANA").encode("latin-1") + b"\n"
        rows = read(file_of(line(PRI_NAME="PEÑA,LUZ")) + latin)
        assert rows.table["PRI_NAME"].to_pylist() == ["PEÑA,LUZ", "MUÑOZ,ANA"]
        assert rows.encoding == "latin-1"

    def test_a_header_with_other_names_is_read_by_position_and_noted(self):
        content = file_of(LINE).replace(b"SUBJECT_STATUS", b"STATUS", 1)
        assert read(content).table.num_rows == 1
        assert problems(content)[0]["done"] == "columns read by position"

    def test_a_header_alone_gives_no_rows_and_a_warning(self):
        rows = read(file_of())
        assert (rows.rows_read, rows.table.num_rows) == (0, 0)
        assert rows.problems["what"].to_pylist() == ["The file holds a header and no records."]

    def test_progress_counts_the_records(self):
        seen: list[int] = []
        read_rows(io.BytesIO(file_of(LINE, LINE)), name="x", progress=seen.append)
        assert seen == [2]


class TestBadLines:
    def test_a_line_of_another_width_is_set_aside_and_the_rest_used(self):
        rows = read(file_of(LINE, LINE + ",x", LINE))
        assert rows.table["row"].to_pylist() == [1, 3]
        assert rows.table["line"].to_pylist() == [2, 4]
        [problem] = rows.problems.to_pylist()
        assert (problem["row"], problem["line"], problem["done"]) == (2, 3, "row set aside")
        assert problem["what"] == "The line has 96 columns instead of 95."
        assert rows.rows_read == 3

    def test_empty_columns_too_many_cost_nothing(self):
        rows = read(file_of(LINE + ",,", LINE))
        assert rows.table.num_rows == 2
        assert rows.problems["done"].to_pylist() == ["empty columns ignored"]

    def test_a_last_line_cut_off_is_said_to_be(self):
        [problem] = problems(file_of(LINE) + LINE[:200].encode())
        assert problem["what"].startswith("The file's last line is cut off after")

    def test_a_stray_quotation_mark_costs_neither_its_row_nor_the_next(self):
        rows = read(file_of(LINE, line(END_OF_REC="##").replace(",CR1,", ',"CR1,'), LINE, LINE))
        assert rows.table["OFN"].to_pylist() == ["CR1", '"CR1', "CR1", "CR1"]
        [problem] = rows.problems.to_pylist()
        assert (problem["column"], problem["row"], problem["value"]) == ("OFN", 2, '"CR1')

    def test_two_stray_marks_on_lines_far_apart_do_not_swallow_what_is_between(self):
        bad = LINE.replace(",CR1,", ',"CR1,')
        rows = read(file_of(bad, *[LINE] * 60, bad, LINE))
        assert rows.table.num_rows == 63

    def test_two_stray_marks_near_each_other_do_not_swallow_what_is_between(self):
        bad = LINE.replace(",CR1,", ',"CR1,')
        rows = read(file_of(bad, LINE, bad, LINE))
        assert (rows.table.num_rows, rows.problems.num_rows) == (4, 2)

    def test_a_mark_that_swallows_a_comma_on_its_own_line_is_read_as_text(self):
        rows = read(file_of(LINE.replace(",CONVICTED,", ',"CONVICTED",').replace(",CR1,", ',A "CR1" B,'), LINE))
        assert rows.table["OFN"].to_pylist() == ['A "CR1" B', "CR1"]

    def test_a_line_that_lacks_a_column_is_not_filled_from_a_name_with_a_comma(self):
        short = LINE.replace(",CR1,", ",", 1)
        rows = read(file_of(short, LINE))
        assert rows.table.num_rows == 1
        assert "94 columns" in rows.problems["what"].to_pylist()[0]

    def test_a_line_whose_columns_moved_is_set_aside(self):
        moved = LINE.replace('"ROE,JANE"', '"ROE,JANE', 1).replace(",CR1,", ",", 1)
        rows = read(file_of(moved, LINE))
        assert rows.table["row"].to_pylist() == [2]
        assert "in the wrong places" in rows.problems["what"].to_pylist()[0]

    def test_a_long_value_is_cut_in_the_problem(self):
        [problem] = problems(file_of(LINE, LINE + ",x" * 200))
        assert len(problem["value"]) < 130

    def test_a_quoted_text_too_long_for_a_field_is_a_bad_line(self):
        before = csv.field_size_limit(300)
        try:
            rows = read(file_of(line(COMMENT_TEXT="A LONG\nCOMMENT" * 50), LINE))
        finally:
            csv.field_size_limit(before)
        assert rows.table["row"].to_pylist()[-1] == rows.rows_read
        assert rows.problems.num_rows > 0


class TestBlocks:
    @pytest.mark.parametrize("size", [1500, 2000, 4096])
    def test_the_size_of_blocks_changes_nothing(self, size, monkeypatch):
        lines = [
            LINE,
            line(COMMENT_TEXT="TWO\nLINES"),
            LINE + ",x",
            line(PRI_NAME="PEÑA,LUZ"),
            LINE.replace(",CR1,", ',"CR1,'),
            *[line(RECORD_ID=str(number)) for number in range(120)],
            line(COMMENT_TEXT="A\n\nB"),
        ]
        whole = read(file_of(*lines))
        monkeypatch.setattr(blocks.Blocks.__init__, "__kwdefaults__", {"block_bytes": size})
        pieces = read(file_of(*lines))
        assert pieces.table.equals(whole.table)
        assert pieces.problems.equals(whole.problems)
        assert whole.rows_read == pieces.rows_read == len(lines)

    def test_reading_block_by_block_gives_the_same_rows(self, monkeypatch):
        monkeypatch.setattr(blocks.Blocks.__init__, "__kwdefaults__", {"block_bytes": 2000})
        content = file_of(*[LINE] * 30, LINE + ",x", *[LINE] * 3)
        pieces = list(read_blocks(io.BytesIO(content), name="x"))
        assert len(pieces) > 3
        assert sum(piece.rows_read for piece in pieces) == 34
        assert [number for piece in pieces for number in piece.table["row"].to_pylist()] == [
            *range(1, 31), *range(32, 35)
        ]  # fmt: skip
        assert sum(piece.problems.num_rows for piece in pieces) == 1

    def test_problems_after_the_last_row_are_given_too(self):
        [piece] = read_blocks(io.BytesIO(file_of()), name="x")
        assert (piece.table.num_rows, piece.problems.num_rows) == (0, 1)


def test_a_written_sample_is_read_as_python_reads_it(tmp_path):
    sample.write(tmp_path / "file.csv", subjects=60, seed=5)
    rows = read_rows(tmp_path / "file.csv", name="file.csv")
    with open(tmp_path / "file.csv", encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))
    assert expected[0] == list(COLUMNS)
    assert [
        list(each) for each in zip(*[column.to_pylist() for column in rows.table.columns[3:]], strict=True)
    ] == expected[1:]
    assert rows.table.schema == doj.ROWS


@pytest.mark.parametrize(("delimiter", "called"), [("\t", "tabs"), ("|", "bars"), (";", "semicolons")])
def test_another_delimiter_is_read_and_said(delimiter, called):
    plain = read(file_of(line(PRI_NAME="ROE JANE"), line(PRI_NAME="DOE JOHN")))
    content = file_of(line(PRI_NAME="ROE JANE"), line(PRI_NAME="DOE JOHN")).replace(b",", delimiter.encode())
    found = read(content)
    assert found.table.equals(plain.table)
    (problem,) = found.problems.to_pylist()
    assert called in problem["what"]
    assert problem["done"] == "read all the same"


def test_a_stray_quotation_mark_is_text_whatever_the_delimiter():
    content = file_of(line(PRI_NAME="ROE J")).replace(b",", b"|").replace(b"ROE J", b'ROE "J')
    assert read(content).table["PRI_NAME"].to_pylist() == ['ROE "J']
