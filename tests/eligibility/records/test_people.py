"""Who is one person across files, and readings that a newer one replaces."""

import pyarrow as pa
import pytest

from eligibility.records.history import build, drop_readings, identify
from tests.eligibility.records.rows import row, table


def two_files(first: list[dict[str, str]], second: list[dict[str, str]]):
    return build(pa.concat_tables([table(*first), table(*second, source=1)]))


def persons(history) -> list[int]:
    return history.subjects["person"].to_pylist()


SECOND_FILE = 1 << 32
"""What the source 1 adds to a person's number."""


class TestIdentify:
    def test_one_cii_number_in_two_files_is_one_person(self):
        found = two_files([row(SUBJECT_ID="1")], [row(SUBJECT_ID="77", CII_NUMBER="Z00000001", PRI_DOB="")])
        assert persons(found) == [1, 1]
        assert found.counts["person"].to_pylist() == [1, 1]

    def test_one_cii_number_with_two_birth_dates_is_left_to_a_person(self):
        assert persons(two_files([row()], [row(PRI_DOB="19750102")])) == [1, SECOND_FILE + 1]

    def test_one_cii_number_under_two_subject_ids_of_one_file_is_left_to_a_person(self):
        assert persons(build(table(row(SUBJECT_ID="1"), row(SUBJECT_ID="2")))) == [1, 2]

    def test_blank_cii_numbers_join_nobody(self):
        assert persons(two_files([row(CII_NUMBER="")], [row(CII_NUMBER=" ")])) == [1, SECOND_FILE + 1]

    def test_the_caller_may_decide(self):
        found = two_files([row()], [row(SUBJECT_ID="2", CII_NUMBER="Z2")])
        given = pa.table({"source": [0, 1], "subject_id": ["10000001", "2"], "person": [500, 500]})
        decided = identify(found, given)
        assert persons(decided) == [500, 500]
        assert decided.counts["person"].to_pylist() == [500, 500]

    def test_a_subject_that_the_caller_forgot_is_an_error(self):
        given = pa.table({"source": [1], "subject_id": ["10000001"], "person": [500]})
        with pytest.raises(ValueError, match="no person given"):
            identify(build(table(row())), given)


class TestDropReadings:
    def test_replaced_convictions_and_their_sentences_leave(self):
        jail = {"SENT_LOC_DESCR": "JAIL", "SENT_LENGTH": "3", "SENT_TIME_CODE": "M"}
        found = two_files([row(**jail)], [row(**jail), row(CNT_ORDER="103001001000", **jail)])
        kept = drop_readings(found, pa.table({"source": [0, 1], "row": [1, 99]}))
        assert kept.counts["source"].to_pylist() == [1, 1]
        assert kept.counts["count"].to_pylist() == [0, 1]
        assert kept.sentences["count"].to_pylist() == [0, 1]

    def test_nothing_to_drop_changes_nothing(self):
        found = build(table(row()))
        assert (
            drop_readings(found, pa.table({"source": pa.array([], pa.int16()), "row": pa.array([], pa.int32())}))
            is found
        )

    def test_only_convictions_are_dropped(self):
        found = build(table(row(DISP_DESCR="DISMISSED")))
        assert drop_readings(found, pa.table({"source": [0], "row": [1]})).counts.num_rows == 1
