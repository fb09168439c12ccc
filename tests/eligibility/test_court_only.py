"""Somebody whom only a court's extract shows: what else is on record is unknown, and so is whatever hangs on it."""

from datetime import date
from typing import Any

import pyarrow as pa

from eligibility.evaluate import evaluate
from eligibility.facts import CRIMINAL_HISTORY
from eligibility.policy import load
from eligibility.records.court import EXTRACT
from eligibility.records.court_rows import as_rows
from eligibility.records.doj import ROWS
from eligibility.records.history import build, from_courts, identify
from tests.eligibility.records.rows import row, table

AS_OF = date(2024, 7, 1)
COURT = {
    "row": 7,
    "line": 8,
    "case_number": "05-123456-7",
    "court": "Martinez",
    "name": "Roe, Jane",
    "birth_date": date(1970, 1, 12),
    "section_text": "11359 HS",
    "severity": "felony",
    "date": date(2004, 3, 5),
    "sentence": "",
}
POLICY = """
name = "invented"
title = "Invented"
authority = "invented for this test"
[[line]]
rule = "{rule}"
{parameters}
outcome = "dismiss"
"""
LISTED_ONLY = POLICY.format(rule="only_listed_convictions", parameters="")
LONG_AGO = POLICY.format(rule="no_conviction_for", parameters="years = 5")


def decided(policy: str, *doj: dict[str, str], **court: Any) -> dict[str, Any]:
    """The determination of a conviction that only the court shows; `doj`: the person's rows in the DOJ's file."""
    extract = pa.Table.from_pylist([COURT | court], schema=EXTRACT)
    rows = as_rows(extract, county="CONTRA COSTA", subjects=["row 7"])
    rows = rows.set_column(0, "source", pa.array([1], pa.int16())).cast(ROWS)
    known = table(*doj).cast(ROWS) if doj else ROWS.empty_table()
    history = from_courts(build(pa.concat_tables([known, rows])), [1])
    one_person = pa.table(
        {
            "source": history.subjects["source"],
            "subject_id": history.subjects["subject_id"],
            "person": pa.array([1] * history.subjects.num_rows, pa.int64()),
        }
    )
    found = evaluate(identify(history, one_person), load(text=policy), county="CONTRA COSTA", as_of=AS_OF)
    return next(each for each in found.table.to_pylist() if each["source"] == 1)


def test_whether_it_is_the_only_conviction_is_left_to_a_person_and_named() -> None:
    found = decided(LISTED_ONLY)
    assert (found["outcome"], found["unknown_facts"]) == ("hand_review", [CRIMINAL_HISTORY])


def test_whether_a_later_one_followed_is_left_to_a_person_and_named() -> None:
    found = decided(LONG_AGO)
    assert (found["outcome"], found["unknown_facts"]) == ("hand_review", [CRIMINAL_HISTORY])


def test_priors_are_possible_until_an_attorney_answers() -> None:
    remarks = decided(LISTED_ONLY)["remark_ids"]
    assert {"possible_super_strike_prior", "possible_290c_prior", "court_only"} <= set(remarks)


def test_the_sentence_is_unknown_and_never_taken_as_completed() -> None:
    assert decided(LISTED_ONLY)["route"] == "unknown"


def test_a_recent_conviction_answers_for_itself() -> None:
    found = decided(LONG_AGO, date=date(2023, 3, 5))
    assert (found["trace"], found["rule"]) == ("nn", "no_rule_applies")


def test_with_a_doj_history_confirmed_to_be_the_same_person_everything_is_known() -> None:
    found = decided(LISTED_ONLY, row(OFN="CR9"))
    assert (found["outcome"], found["unknown_facts"]) == ("dismiss", ["sentence"])
    assert "possible_super_strike_prior" not in found["remark_ids"]
    assert "court_only" in found["remark_ids"]
