"""What holds of any history: invented files, fixed seeds."""

import random
import re
from datetime import date
from pathlib import Path

import hypothesis.strategies as st
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, seed, settings

import eligibility
from eligibility import policy as policies
from eligibility.records import doj, sample
from eligibility.records.history import build
from tests.eligibility.case_tables import COUNTY, determinations
from tests.eligibility.records.rows import row

POLICIES = [policies.load(name) for name in policies.presets()]
SUBJECTS = 60


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> pa.Table:
    """An invented file's rows; `row` stays with each when they are moved about."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.write(path, subjects=SUBJECTS, seed=11, county=COUNTY)
    return doj.read_rows(path, name="sample.csv").table


def by_row(table: pa.Table, under: policies.Policy, *, as_of: date = date(2019, 11, 1)) -> dict[int, dict]:
    found = determinations(build(table), under, as_of=as_of).table.drop_columns(["person"]).to_pylist()
    return {each["row"]: each for each in found}


def subjects_of(table: pa.Table) -> list[str]:
    return list(table["SUBJECT_ID"].unique().to_pylist())


def of_subjects(table: pa.Table, chosen) -> pa.Table:
    return table.filter(pc.is_in(table["SUBJECT_ID"], pa.array(list(chosen))))


@pytest.mark.parametrize("under", POLICIES, ids=policies.presets())
class TestAnyHistory:
    @seed(20191101)
    @settings(max_examples=8, deadline=None)
    @given(shuffle=st.randoms(use_true_random=False))
    def test_the_order_of_subjects_does_not_matter(self, rows, under, shuffle: random.Random):
        order = subjects_of(rows)
        shuffle.shuffle(order)
        moved = pa.concat_tables([of_subjects(rows, [each]) for each in order])
        assert by_row(moved, under) == by_row(rows, under)

    @seed(20191101)
    @settings(max_examples=8, deadline=None)
    @given(size=st.integers(1, SUBJECTS))
    def test_chunks_of_subjects_equal_the_whole(self, rows, under, size):
        order = subjects_of(rows)
        found: dict[int, dict] = {}
        for start in range(0, len(order), size):
            found |= by_row(of_subjects(rows, order[start : start + size]), under)
        assert found == by_row(rows, under)

    @seed(20191101)
    @settings(max_examples=8, deadline=None)
    @given(
        section=st.sampled_from(["11359 HS", "187 PC", "148 PC", "??"]),
        day=st.sampled_from(["19990101", "20180101", ""]),
        name=st.sampled_from(["DECEASED", "COURT ACTION"]),
    )
    def test_an_unrelated_subject_changes_nobody_else(self, rows, under, section, day, name):
        stranger = row(
            SUBJECT_ID="77777777",
            CII_NUMBER="Z77777777",
            OFFENSE_DESCR=section,
            STP_EVENT_DATE=day,
            STP_TYPE_DESCR=name,
        )
        added = {"source": 0, "row": 999_999, "line": 1_000_000, **stranger}
        more = pa.concat_tables([pa.Table.from_pylist([added], schema=rows.schema), rows])
        found = by_row(more, under)
        found.pop(999_999, None)
        assert found == by_row(rows, under)

    @seed(20191101)
    @settings(max_examples=10, deadline=None)
    @given(as_of=st.dates(date(2016, 11, 9), date(2030, 12, 31)))
    def test_the_trace_bears_out_the_outcome(self, rows, under, as_of):
        for found in by_row(rows, under, as_of=as_of).values():
            check_trace(found, under)
            check_columns(found, under)


def check_trace(found: dict, under: policies.Policy) -> None:
    """Nothing before the deciding line surely held, and unknown lines before it lead where it leads."""
    trace = found["trace"]
    assert re.fullmatch("[ynu]+", trace)
    assert len(trace) == len(under.lines)
    first = trace.find("y")
    before = trace if first < 0 else trace[:first]
    outcome = "hand_review" if first < 0 else under.lines[first].outcome
    if any(letter == "u" and line.outcome != outcome for letter, line in zip(before, under.lines, strict=False)):
        assert (found["outcome"], found["rule"]) == ("hand_review", "record_unclear")
        assert found["unknown_facts"]
    elif found["rule"] not in ("severity_not_lowered", "record_unclear"):
        assert found["outcome"] == (
            "resentence" if outcome == "redesignate" and found["route"] == "serving" else outcome
        )
        assert found["rule"] == (under.lines[first].rule.id if first >= 0 else "no_rule_applies")


def check_columns(found: dict, under: policies.Policy) -> None:
    """Columns that hang together."""
    relieved = found["outcome"] in ("dismiss", "redesignate", "resentence")
    assert (found["basis"] is not None) == relieved
    seals = found["outcome"] == "dismiss" and found["route"] == "completed" and under.relief == "hs_11361_8"
    assert (found["sealing"] == "yes") == seals
    assert (
        bool(found["new_section"]) == bool(found["new_severity"]) == (found["outcome"] in ("redesignate", "resentence"))
    )
    assert found["outcome"] != "resentence" or found["route"] == "serving"
    assert found["outcome"] != "redesignate" or found["route"] != "serving"
    assert (found["question_kind"] is not None) == (found["question"] is not None)
    assert found["outcome"] != "hand_review" or found["question"]
    assert ("route_unknown" in found["open_questions"]) == (relieved and found["route"] == "unknown")
    assert not found["open_questions"] or relieved


def test_no_module_of_the_engine_walks_rows():
    for path in Path(eligibility.__file__).parent.rglob("*.py"):
        assert not re.search(r"\.iterrows\(|\.itertuples\(|apply\(.*axis", path.read_text("utf-8")), path
