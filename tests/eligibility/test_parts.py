"""A record set in parts of whole persons is decided as the whole would be."""

import json
import subprocess
import sys
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eligibility import policy as policies
from eligibility.commands.reading import are_large, over_files
from eligibility.compare import Comparing
from eligibility.parts import OutOfOrder, over_file, over_rows, parts
from eligibility.records import doj, sample
from eligibility.records.stretches import Stretches
from eligibility.results import DoesNotBalance, Evaluating, evaluate_in_parts
from tests.eligibility.records.rows import row, table

AS_OF = date(2019, 11, 1)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("parts") / "sample.csv"
    sample.write(path, subjects=150, seed=11)
    return path


@pytest.fixture(scope="module")
def rows(file):
    return doj.read_rows(file, name="sample.csv", schema=doj.CODED_ROWS)


def evaluating():
    return Evaluating(policies.load("contra_costa_2019"), "CONTRA COSTA", AS_OF)


def stretches(path):
    return Stretches(path, source=0, limit=1 << 30, stretch_bytes=50_000)


def results(read, *, part_rows: int):
    return evaluate_in_parts(
        read.table,
        policies.load("contra_costa_2019"),
        county="CONTRA COSTA",
        as_of=AS_OF,
        unreadable=read.problems,
        part_rows=part_rows,
    )


def scattered(read, seed: int):
    """The same file with the rows of each subject far apart."""
    order = np.random.default_rng(seed).permutation(read.table.num_rows)
    return doj.Rows(read.table.take(pa.array(order)), read.problems, read.rows_read, read.encoding)


@pytest.mark.parametrize("part_rows", [1, 100, 1_000])
def test_parts_give_what_the_whole_gives(rows, part_rows):
    whole, parted = results(rows, part_rows=1_000_000), results(rows, part_rows=part_rows)
    assert parted.determinations.table.combine_chunks().equals(whole.determinations.table.combine_chunks())
    assert parted.reconciliation == whole.reconciliation
    assert parted.impact == whole.impact
    assert parted.problems.equals(whole.problems)
    assert parted.counties == whole.counties


def test_rows_of_a_subject_may_be_far_apart(rows):
    given = scattered(rows, seed=3)
    whole, parted = results(given, part_rows=1_000_000), results(given, part_rows=200)
    assert parted.determinations.table.equals(whole.determinations.table)


def test_a_part_holds_every_row_of_its_subjects(rows):
    found = list(parts(scattered(rows, seed=4).table, 300))
    ids = [set(part["SUBJECT_ID"].to_pylist()) for part in found]
    assert len(found) > 3
    assert sum(part.num_rows for part in found) == rows.table.num_rows
    assert sum(map(len, ids)) == len(set.union(*ids))


def test_files_that_share_a_cii_number_stand_in_one_part():
    first, second = table(row(SUBJECT_ID="1")), table(row(SUBJECT_ID="7"), source=1)
    other = table(row(SUBJECT_ID="2", CII_NUMBER="Z9"))
    found = list(parts(pa.concat_tables([first, other, second]), 1))
    assert [part["SUBJECT_ID"].to_pylist() for part in found] == [["1", "7"], ["2"]]


def test_files_that_share_a_subject_id_alone_do_not():
    first, second = table(row(CII_NUMBER="Z1")), table(row(CII_NUMBER="Z2"), source=1)
    assert len(list(parts(pa.concat_tables([first, second]), 1))) == 2


def test_a_file_in_the_order_of_its_subjects_is_decided_while_it_is_read(rows, file):
    asked = evaluating()
    found = asked.joined(over_file(stretches(file), asked, None))
    whole = results(rows, part_rows=1_000_000)
    assert found.determinations.table.combine_chunks().equals(whole.determinations.table.combine_chunks())
    assert (found.reconciliation, found.impact, found.counties) == (whole.reconciliation, whole.impact, whole.counties)
    assert found.problems.equals(whole.problems)


def test_a_subject_who_comes_back_later_in_the_file_is_noticed(file, tmp_path):
    first, *lines = file.read_bytes().splitlines(keepends=True)
    other = tmp_path / "other.csv"
    other.write_bytes(b"".join([first, *lines[1:], lines[0]]))
    with pytest.raises(OutOfOrder):
        over_file(stretches(other), evaluating(), None)


@pytest.mark.parametrize("moved", [0, 1])
def test_the_command_decides_a_file_in_any_order(file, tmp_path, moved, monkeypatch):
    monkeypatch.setattr("eligibility.records.stretches.STRETCH_BYTES", 50_000)
    first, *lines = file.read_bytes().splitlines(keepends=True)
    given = tmp_path / "given.csv"
    given.write_bytes(b"".join([first, *lines[moved:], *lines[:moved]]))
    asked = over_files([given], None, lambda stated: evaluating())
    alone = results(doj.read_rows(given, name="given.csv", schema=doj.CODED_ROWS), part_rows=1_000_000)
    assert evaluating().joined(asked.answers).determinations.table["facts_hash"].to_pylist() == (
        alone.determinations.table["facts_hash"].to_pylist()
    )
    assert [(each["name"], each["rows"]) for each in asked.described] == [("given.csv", len(lines))]


def test_policies_compared_in_parts_give_what_the_whole_gives(rows):
    names = ("contra_costa_2019", "statutory", "dismiss_all")
    asked = Comparing([policies.load(each) for each in names], "CONTRA COSTA", AS_OF)
    whole, parted = (
        asked.joined(over_rows(rows.table, rows.problems, asked, None, part_rows=size)) for size in (1_000_000, 200)
    )
    assert parted.comparison.figures() == whole.comparison.figures()
    assert parted.counties == whole.counties
    for one, other in zip(parted.comparison.differences, whole.comparison.differences, strict=True):
        assert one.table.equals(other.table)


def test_an_error_in_a_part_ends_the_run(rows, monkeypatch):
    def unbalanced(*given):
        raise DoesNotBalance("a row is missing")

    monkeypatch.setattr("eligibility.results.reconciliation", unbalanced)
    with pytest.raises(DoesNotBalance, match="a row is missing"):
        results(rows, part_rows=500)


def test_a_large_file_is_shared_with_other_processes(tmp_path):
    path = tmp_path / "large.csv"
    sample.write(path, subjects=3_500, seed=2)
    assert are_large([path])
    command = [
        sys.executable,
        "-m",
        "eligibility",
        "evaluate",
        str(path),
        "--county",
        "CONTRA COSTA",
        "--as-of",
        "2019-11-01",
    ]
    command += ["--policy", "contra_costa_2019", "--out", str(tmp_path / "out")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    alone = results(doj.read_rows(path, name="large.csv", schema=doj.CODED_ROWS), part_rows=1_000_000)
    assert pq.read_table(tmp_path / "out" / "determinations.parquet")["facts_hash"].to_pylist() == (
        alone.determinations.table["facts_hash"].to_pylist()
    )
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["reconciliation"] == alone.reconciliation
