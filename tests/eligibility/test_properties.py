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
from eligibility.records.schema import History
from tests.eligibility.case_tables import COUNTY, determinations
from tests.eligibility.records.rows import row

PRESETS = [policies.load(name) for name in policies.presets()]
SUBJECTS = 60
AS_OF = date(2019, 11, 1)
Found = dict[tuple[str, int, int], dict]
"""By policy, source and row."""


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> pa.Table:
    """An invented file's rows; `row` stays with each when they are moved about."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.write(path, subjects=SUBJECTS, seed=11, county=COUNTY)
    return doj.read_rows(path, name="sample.csv").table


@pytest.fixture(scope="module")
def history(rows) -> History:
    return build(rows)


@pytest.fixture(scope="module")
def whole(rows) -> Found:
    """What every preset gives the whole file."""
    return by_row(rows)


def by_row(table: pa.Table, *, under: list[policies.Policy] = PRESETS, as_of: date = AS_OF) -> Found:
    """What each policy gives the conviction of each row."""
    history = build(table)
    found: Found = {}
    for each in under:
        given = determinations(history, each, as_of=as_of).table.drop_columns(["person"]).to_pylist()
        found |= {(each.name, every["source"], every["row"]): every for every in given}
    return found


def subjects_of(table: pa.Table) -> list[str]:
    return list(table["SUBJECT_ID"].unique().to_pylist())


def of_subjects(table: pa.Table, chosen) -> pa.Table:
    return table.filter(pc.is_in(table["SUBJECT_ID"], pa.array(list(chosen), pa.string())))


def without_source(found: Found) -> dict[tuple[str, int], dict]:
    """The determinations, whichever file they came from; a record's identity names its file."""
    return {
        (name, at): {key: value for key, value in each.items() if key not in ("source", "record_id")}
        for (name, _, at), each in found.items()
    }


class TestAnyHistory:
    """Under every preset."""

    @seed(20191101)
    @settings(max_examples=8, deadline=None)
    @given(shuffle=st.randoms(use_true_random=False))
    def test_the_order_of_subjects_does_not_matter(self, rows, whole, shuffle: random.Random):
        order = subjects_of(rows)
        shuffle.shuffle(order)
        assert by_row(pa.concat_tables([of_subjects(rows, [each]) for each in order])) == whole

    @seed(20191101)
    @settings(max_examples=5, deadline=None)
    @given(size=st.integers(9, SUBJECTS))
    def test_chunks_of_subjects_equal_the_whole(self, rows, whole, size):
        order = subjects_of(rows)
        found: Found = {}
        for start in range(0, len(order), size):
            found |= by_row(of_subjects(rows, order[start : start + size]))
        assert found == whole

    @seed(20191101)
    @settings(max_examples=8, deadline=None)
    @given(chosen=st.sets(st.integers(0, SUBJECTS - 1)))
    def test_splitting_a_file_in_two_does_not_matter(self, rows, whole, chosen):
        order = subjects_of(rows)
        second = [order[each] for each in chosen if each < len(order)]
        moved = of_subjects(rows, second)
        moved = moved.set_column(
            moved.schema.get_field_index("source"),
            "source",
            pa.array([1] * len(moved), rows.schema.field("source").type),
        )
        parts = [of_subjects(rows, {*order} - {*second}), moved]
        assert without_source(by_row(pa.concat_tables(parts))) == without_source(whole)

    @seed(20191101)
    @settings(max_examples=8, deadline=None)
    @given(
        section=st.sampled_from(["11359 HS", "187 PC", "148 PC", "??"]),
        day=st.sampled_from(["19990101", "20180101", ""]),
        name=st.sampled_from(["DECEASED", "COURT ACTION"]),
    )
    def test_an_unrelated_subject_changes_nobody_else(self, rows, whole, section, day, name):
        stranger = row(
            SUBJECT_ID="77777777",
            CII_NUMBER="Z77777777",
            OFFENSE_DESCR=section,
            STP_EVENT_DATE=day,
            STP_TYPE_DESCR=name,
        )
        added = {"source": 0, "row": 999_999, "line": 1_000_000, **stranger}
        found = by_row(pa.concat_tables([pa.Table.from_pylist([added], schema=rows.schema), rows]))
        assert {at: each for at, each in found.items() if each["row"] != 999_999} == whole

    @seed(20191101)
    @settings(max_examples=10, deadline=None)
    @given(as_of=st.dates(date(2016, 11, 9), date(2030, 12, 31)))
    def test_the_trace_bears_out_the_outcome(self, rows, as_of):
        under = {each.name: each for each in PRESETS}
        for (name, _, _), found in by_row(rows, as_of=as_of).items():
            check_trace(found, under[name])
            check_columns(found, under[name])


OPTIONS = {
    "under_age_at_conviction": (18, 21),
    "subject_is_at_least": (65, 40),
    "convicted_years_ago": (15, 1),
    "no_conviction_for": (15, 1),
    "only_listed_convictions": None,
    "subject_is_deceased": None,
    "sentence_completed": None,
}
"""Options that an office may add, with the least and the most generous number of years."""


def choice(options: dict[str, int | None], dismissed: set[str]) -> policies.Policy:
    """A policy of these options: an offense after the Act is refused, sections not dismissed are redesignated."""
    lines = ['rule = "offense_after_act"\noutcome = "not_eligible"', 'rule = "not_a_felony"\noutcome = "dismiss"']
    lines += [f'rule = "section_is"\nsections = ["{each}"]\noutcome = "dismiss"' for each in sorted(dismissed)]
    for name, years in options.items():
        lines.append(f'rule = "{name}"\noutcome = "dismiss"' + (f"\nyears = {years}" if years else ""))
    left = sorted({*policies.LISTED} - dismissed)
    lines += [f'rule = "section_is"\nsections = ["{each}"]\noutcome = "redesignate"' for each in left]
    text = 'name = "choice"\ntitle = "Choice"\nauthority = "Invented"\n'
    return policies.load(text=text + "".join(f"[[line]]\n{each}\n" for each in lines))


@st.composite
def two_choices(draw) -> tuple[policies.Policy, policies.Policy]:
    """An office's choice and a more generous one: more options, more generous numbers, more sections dismissed."""
    options: dict[str, int | None] = {}
    more: dict[str, int | None] = {}
    for name, range_ in OPTIONS.items():
        chosen, added = draw(st.booleans()), draw(st.booleans())
        strict: int | None = None
        generous: int | None = None
        if range_:
            least, most = range_
            low, high = sorted(draw(st.integers(*sorted(range_))) for _ in range(2))
            strict, generous = (low, high) if most > least else (high, low)
        if chosen:
            options[name] = strict
        if chosen or added:
            more[name] = generous
    dismissed = draw(st.sets(st.sampled_from(policies.LISTED)))
    return choice(options, dismissed), choice(more, dismissed | draw(st.sets(st.sampled_from(policies.LISTED))))


@seed(20191101)
@settings(max_examples=40, deadline=None)
@given(two=two_choices(), as_of=st.dates(date(2016, 11, 9), date(2030, 12, 31)))
def test_more_generous_options_never_lose_relief(history, two, as_of):
    """Without unknowns nobody gets less; with unknowns relief never becomes a denial."""
    rank = {"not_eligible": 0, "hand_review": 1, "resentence": 2, "redesignate": 2, "dismiss": 3}
    strict, generous = (determinations(history, each, as_of=as_of).table.to_pylist() for each in two)
    assert strict
    for before, after in zip(strict, generous, strict=True):
        if "u" not in before["trace"] + after["trace"]:
            assert rank[after["outcome"]] >= rank[before["outcome"]]
        elif rank[before["outcome"]] > 1:
            assert after["outcome"] != "not_eligible"


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
