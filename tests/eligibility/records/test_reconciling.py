"""A court's convictions against the DOJ's: what is one, what contradicts, what only a person can say."""

import io
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from eligibility.records.court import EXTRACT, read_extract
from eligibility.records.number_formats import number_format
from eligibility.records.pairing import Block, candidates, one_to_one
from eligibility.records.reconciling import KNOWN, Reconciliation, agreeing, differing, reconcile
from tests.eligibility.records.extracts import MAPPING, Sample, sample
from tests.eligibility.records.finding import Finding, judge

FORMATS = [number_format("[xx-]NNNNNN[-x]")]
COURT = {
    "row": 1, "line": 2, "case_number": "05-123456-7", "name": "Roe, Jane", "birth_date": date(1970, 1, 12),
    "code_section": "HS 11359", "severity": "felony", "date": date(2004, 3, 5),
}  # fmt: skip
DOJ = {
    "conviction": 1, "name": "ROE,JANE", "birth_date": date(1970, 1, 12), "code_section": "HS 11359",
    "date": date(2004, 3, 5), "severity": "felony", "case_numbers": ["123456"],
}  # fmt: skip


def compared(court: list[dict[str, Any]], doj: list[dict[str, Any]]) -> Reconciliation:
    extract = pa.Table.from_pylist([COURT | each for each in court], schema=EXTRACT)
    known = pa.Table.from_pylist([DOJ | each for each in doj], schema=KNOWN)
    return reconcile(extract, known, formats=FORMATS)


def pair(court: dict[str, Any], doj: dict[str, Any] | None = None) -> dict[str, Any] | None:
    pairs = compared([court], [doj or {}]).pairs.to_pylist()
    return pairs[0] if pairs else None


@pytest.mark.parametrize(
    "court",
    [
        {},
        {"birth_date": None},
        {"severity": None},
        {"name": "ROE, JANE QUINCY"},
        {"name": "Roe, J."},
        {"name": "Róe, Jané"},
        {"case_number": "123456"},
    ],
)
def test_the_same_case_section_and_day_match_where_nothing_contradicts(court: dict[str, Any]) -> None:
    found = pair(court)
    assert found is not None
    assert found["kind"] == "matched"


@pytest.mark.parametrize(
    ("court", "differs"),
    [
        ({"severity": "misdemeanor"}, ["severity"]),
        ({"birth_date": date(1970, 12, 1)}, ["birth_date"]),
        ({"birth_date": date(1971, 1, 12)}, ["birth_date"]),
        ({"name": "Roee, Jane"}, ["surname"]),
        ({"name": "Doe, Jane"}, ["surname"]),
        ({"name": "Roe-Doe, Jane"}, ["surname"]),
        ({"date": date(2004, 5, 3)}, ["conviction_date"]),
        ({"date": date(2004, 3, 12)}, ["conviction_date"]),
        ({"code_section": "HS 11357(c)"}, ["section"]),
    ],
)
def test_the_same_case_with_something_else_contradicts_and_names_it(court: dict[str, Any], differs: list[str]) -> None:
    found = pair(court)
    assert found is not None
    assert (found["kind"], differing(found)) == ("contradicting", differs)
    assert "case_number" in agreeing(found)


@pytest.mark.parametrize(
    "court",
    [{"case_number": "05-132456-7"}, {"case_number": "05-123457-7"}, {"case_number": ""}],
)
def test_another_or_no_case_number_is_only_a_suggestion(court: dict[str, Any]) -> None:
    found = pair(court)
    assert found is not None
    assert (found["kind"], found["likely"]) == ("suggested", True)


def test_a_person_with_two_cases_of_one_day_is_asked_about_below_the_confirm_line() -> None:
    found = pair({"case_number": "05-987654-7"})
    assert found is not None
    assert (found["kind"], found["likely"]) == ("suggested", False)


@pytest.mark.parametrize(
    "court",
    [
        {"name": "Roe, Walter", "birth_date": date(1968, 7, 30)},
        {"name": "Roe, Walter", "birth_date": None},
        {"case_number": "05-987654-7", "date": date(2001, 6, 7)},
        {"case_number": "05-987654-7", "birth_date": date(1970, 9, 3)},
        {"code_section": "HS 11357(c)", "severity": "misdemeanor"},
    ],
)
def test_another_person_or_another_count_is_no_pair(court: dict[str, Any]) -> None:
    assert pair(court) is None


def test_an_exact_key_is_not_taken_by_what_only_looks_alike() -> None:
    found = compared([{"case_number": "05-123457-7"}, {"severity": "misdemeanor"}], [{}])
    assert found.pairs["court"].to_pylist() == [1]
    assert found.only_court.tolist() == [0]


def test_one_of_several_numbers_of_the_doj_is_enough() -> None:
    found = pair({}, {"case_numbers": ["777777", "05-123456-7"]})
    assert found is not None
    assert found["kind"] == "matched"


def test_empty_lists_reconcile() -> None:
    assert compared([], [{}]).only_known.tolist() == [0]
    assert compared([{}], []).only_court.tolist() == [0]


def test_a_key_that_too_many_share_is_cut_by_a_finer_one_and_else_counted() -> None:
    many = pa.array([1] * 600).to_numpy()
    finer = pa.array(list(range(600))).to_numpy()
    one, other, left_out = candidates([[Block(many, many), Block(finer, finer)]], 600)
    assert (one.tolist(), left_out) == (other.tolist(), 0)
    assert candidates([[Block(many, many)]], 600)[2] == 600


def test_every_row_gets_the_best_partner_that_no_better_pair_takes() -> None:
    left, right = pa.array([0, 0, 1, 1]).to_numpy(), pa.array([0, 1, 0, 1]).to_numpy()
    assert one_to_one(left, right, pa.array([5.0, 4.0, 6.0, 1.0]).to_numpy()).tolist() == [1, 2]


@pytest.fixture(scope="module")
def found() -> tuple[Sample, Finding]:
    made = sample(21, 8_000, namesakes=500)
    extract = read_extract(io.BytesIO(made.extract), name="court.csv", mapping=MAPPING)
    return made, judge(made, extract.table, reconcile(extract.table, made.known, formats=MAPPING.formats))


class TestWithSlipsOfTheWrittenList:
    def test_of_every_kind_at_least_98_in_100_true_pairs_are_found(self, found: tuple[Sample, Finding]) -> None:
        assert len(found[1].recall) == 12
        assert {kind: share for kind, share in found[1].recall.items() if share < 0.98} == {}

    def test_at_most_one_suggestion_in_two_hundred_is_false(self, found: tuple[Sample, Finding]) -> None:
        assert found[1].asked > 1_500
        assert found[1].asked_wrongly <= 0.005 * found[1].asked

    def test_nothing_is_matched_wrongly_or_where_keys_differ(self, found: tuple[Sample, Finding]) -> None:
        assert found[1].matched > 5_000
        assert (found[1].matched_wrongly, found[1].matched_by_other_keys) == (0, 0)

    def test_no_namesake_of_the_same_birth_year_is_suggested_as_likely(self, found: tuple[Sample, Finding]) -> None:
        assert len(found[0].namesakes) == 500
        assert found[1].namesakes_likely == 0

    def test_every_row_is_in_exactly_one_list(self, found: tuple[Sample, Finding]) -> None:
        assert found[1].rows_accounted_for == 8_000
