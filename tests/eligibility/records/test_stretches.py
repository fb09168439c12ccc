"""Stretches of a file hold what reading it whole gives, and end between persons."""

import gzip
import random

import pyarrow as pa
import pytest

from eligibility.records import doj, sample
from eligibility.records.problems import NotARecordFile
from eligibility.records.stretches import Stretches
from tests.eligibility.records.rows import file_of, line
from tests.eligibility.records.test_fuzz import mangled

LIMIT = 1 << 30


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    path = tmp_path_factory.mktemp("stretches") / "sample.csv"
    sample.write(path, subjects=8, seed=5)
    return path.read_bytes().splitlines(keepends=True)


def stretched(path, stretch_bytes: int):
    """The rows of all stretches, the problems, and the stretches' rows by themselves."""
    stretches = Stretches(path, source=0, limit=LIMIT, stretch_bytes=stretch_bytes)
    pieces = [each.rows() for each in stretches]
    problems = pa.concat_tables([*(each.problems for each in pieces), stretches.problems.table()])
    assert stretches.rows_read == sum(each.rows_read for each in pieces)
    return pa.concat_tables([each.table for each in pieces]).unify_dictionaries(), problems, pieces


def assert_same(path, stretch_bytes: int) -> list:
    whole = doj.read_rows(path, name=path.name, schema=doj.CODED_ROWS)
    table, problems, pieces = stretched(path, stretch_bytes)
    assert table.to_pylist() == whole.table.to_pylist()
    assert problems.to_pylist() == whole.problems.to_pylist()
    return pieces


@pytest.mark.parametrize("stretch_bytes", [2_000, 20_000, 1_000_000])
@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_stretches_hold_what_the_file_holds(lines, tmp_path, stretch_bytes, ending):
    path = tmp_path / "file.csv"
    path.write_bytes(b"".join(lines).rstrip(b"\n") + ending)
    assert_same(path, stretch_bytes)


def test_a_stretch_ends_where_the_subject_changes(lines, tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"".join(lines))
    pieces = assert_same(path, 30_000)
    people = [set(each.table["SUBJECT_ID"].to_pylist()) for each in pieces]
    assert len(people) > 2
    assert sum(map(len, people)) == len(set.union(*people))


def test_a_packed_file_has_the_same_stretches(lines, tmp_path):
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(b"".join(lines)))
    assert len(assert_same(path, 30_000)) > 2


@pytest.mark.parametrize("first", range(0, 240, 40))
def test_stretches_of_a_mangled_file_hold_what_the_file_holds(lines, tmp_path, first):
    for seed in range(first, first + 40):
        path = tmp_path / f"{seed}.csv"
        path.write_bytes(mangled(lines, seed)[0])
        assert_same(path, random.Random(seed).choice([3_000, 9_000, 40_000]))


def test_a_line_break_within_quotes_is_never_cut(tmp_path):
    path = tmp_path / "file.csv"
    rows = [line(SUBJECT_ID=str(at // 3), COMMENT_TEXT="SCN-1\nCOM: TWO LINES") for at in range(30)]
    path.write_bytes(file_of(*rows))
    for stretch_bytes in range(1500, 2500, 61):
        table, problems, _ = stretched(path, stretch_bytes)
        assert table["COMMENT_TEXT"].to_pylist() == ["SCN-1\nCOM: TWO LINES"] * 30
        assert not problems.num_rows


def test_a_blank_subject_ends_no_stretch(tmp_path):
    path = tmp_path / "file.csv"
    subjects = [str(7 + at // 10) if at % 2 else "" for at in range(40)]
    path.write_bytes(file_of(*(line(SUBJECT_ID=each) for each in subjects)))
    pieces = assert_same(path, 4_000)
    people = [set(each.table["SUBJECT_ID"].to_pylist()) - {""} for each in pieces]
    assert len(people) > 1
    assert sum(map(len, people)) == len(set.union(*people))


def test_another_file_is_refused_by_its_first_stretch(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b",".join([b"a"] * 95) + b"\n" + b",".join([b"b"] * 95))
    with pytest.raises(NotARecordFile, match="CNT_ORDER"):
        stretched(path, 1_000_000)
