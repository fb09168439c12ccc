"""A record set in parts of whole persons is decided as the whole would be."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from eligibility import policy as policies
from eligibility.export import DoesNotBalance
from eligibility.parts import evaluate_in_parts, parts
from eligibility.records import doj, sample
from tests.eligibility.records.rows import row, table

AS_OF = date(2019, 11, 1)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = tmp_path_factory.mktemp("parts") / "sample.csv"
    sample.write(path, subjects=150, seed=11)
    return doj.read_rows(path, name="sample.csv", schema=doj.CODED_ROWS)


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


def test_an_error_in_a_part_ends_the_run(rows, monkeypatch):
    def unbalanced(*given):
        raise DoesNotBalance("a row is missing")

    monkeypatch.setattr("eligibility.parts.reconciliation", unbalanced)
    with pytest.raises(DoesNotBalance, match="a row is missing"):
        results(rows, part_rows=500)
