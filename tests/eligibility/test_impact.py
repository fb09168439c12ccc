"""The summary figures: small tables, and a plain recount over an invented file."""

import json
from collections import Counter
from datetime import date

import pyarrow.compute as pc
import pytest

from eligibility import policy as policies
from eligibility.compare import compare
from eligibility.evaluate import evaluate
from eligibility.impact import impact, section_without_subdivision, together
from eligibility.records import doj, sample
from eligibility.records.history import build
from tests.eligibility.case_tables import COUNTY, rows_of, stated
from tests.eligibility.records.rows import history

AS_OF = date(2019, 11, 1)


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.write(path, subjects=400, seed=5, county=COUNTY)
    return build(doj.read_rows(path, name="sample.csv").table)


def impact_of(*record, policy="office_choice", as_of=AS_OF, **given):
    of = history(*rows_of({"record": list(record)}))
    return impact(of, evaluate(of, policies.load(policy), county=COUNTY, as_of=as_of, **given))


DISMISSED = {"convicted": "2001-03-04", "section": "11357 HS"}
REDESIGNATED = {"convicted": "2001-03-04", "section": "11359 HS", "sentence": "1 Y"}
RESENTENCED = {"convicted": "2019-03-04", "section": "11359 HS", "arrested": "2014-01-01", "sentence": "3 Y"}
OTHER_FELONY = {"convicted": "2003-03-04", "section": "459 PC"}
OTHER_MISDEMEANOR = OTHER_FELONY | {"severity": "misdemeanor"}

LEFT_WITH_NO = [
    # the record                                                felony, conviction, recent conviction
    ([DISMISSED], (1, 1, 0)),
    ([REDESIGNATED], (1, 0, 0)),
    ([RESENTENCED], (1, 0, 0)),
    ([DISMISSED, OTHER_FELONY], (0, 0, 0)),
    ([DISMISSED, OTHER_MISDEMEANOR], (1, 0, 0)),
    ([DISMISSED | {"severity": "misdemeanor"}], (0, 1, 0)),
    ([DISMISSED | {"severity": "misdemeanor"}, OTHER_FELONY], (0, 0, 0)),
    ([DISMISSED | {"county": "KERN"}], (0, 0, 0)),
    ([DISMISSED, DISMISSED | {"county": "KERN"}], (0, 0, 0)),
    ([DISMISSED, OTHER_FELONY | {"severity": ""}], (0, 0, 0)),
    ([DISMISSED | {"severity": ""}], (0, 1, 0)),
    # seven years before the as-of date is 2012-11-01: recent only after that day
    ([DISMISSED | {"convicted": "2012-11-01"}], (1, 1, 0)),
    ([DISMISSED | {"convicted": "2012-11-02"}], (1, 1, 1)),
    ([DISMISSED | {"convicted": "2012-11-02"}, OTHER_MISDEMEANOR], (1, 0, 1)),
    ([DISMISSED | {"convicted": "2012-11-02"}, OTHER_MISDEMEANOR | {"convicted": ""}], (1, 0, 0)),
    ([REDESIGNATED | {"convicted": "2012-11-02"}], (1, 0, 0)),
]


@pytest.mark.parametrize(("record", "expected"), LEFT_WITH_NO)
def test_who_is_left_without_a_felony_or_a_conviction(record, expected):
    found = impact_of(*record)
    assert (
        found.people_with_no_felony,
        found.people_with_no_conviction,
        found.people_with_no_recent_conviction,
    ) == expected


def test_a_stated_severity_counts_before_the_records():
    found = impact_of(DISMISSED | {"severity": ""}, stated=stated({"severity": "felony"}, at=1))
    assert (found.people_with_no_felony, found.felonies, found.severity_unknown) == (1, 1, 0)


def test_a_person_in_two_files_is_one():
    first, second = rows_of({"record": [DISMISSED]}), rows_of({"record": [OTHER_FELONY]})
    for each in second:
        each["SUBJECT_ID"] = "999"
    of = history(*first, *second)
    apart = impact(of, evaluate(of, policies.load("office_choice"), county=COUNTY, as_of=AS_OF))
    assert apart.people_with_no_conviction == 1
    one = of.counts.set_column(of.counts.schema.get_field_index("person"), "person", [[0, 0]])
    together = type(of)(of.subjects, of.events, one, of.sentences, of.problems, of.reconciliation)
    found = impact(together, evaluate(together, policies.load("office_choice"), county=COUNTY, as_of=AS_OF))
    assert (found.people, found.people_with_no_conviction) == (1, 0)


def test_convictions_are_counted_by_section_severity_and_outcome():
    found = impact_of(DISMISSED, REDESIGNATED, REDESIGNATED | {"section": "11359(a) HS", "severity": "misdemeanor"})
    assert {name: number for name, number in found.by_outcome.items() if number} == {"dismiss": 2, "redesignate": 1}
    assert found.by_section["HS 11359"]["dismiss"] == 1
    assert found.by_section["HS 11359"]["redesignate"] == 1
    assert found.by_severity["misdemeanor"]["dismiss"] == 1
    assert (found.convictions, found.convictions_with_relief) == (3, 3)
    assert (found.felonies, found.non_felonies, found.severity_unknown) == (2, 1, 0)
    assert found.earliest_conviction == date(2001, 3, 4)


def test_nothing_decided_gives_nothing():
    found = impact_of(OTHER_FELONY)
    assert (found.convictions, found.people, found.earliest_conviction) == (0, 0, None)
    assert (found.by_section, found.by_severity) == ({}, {})
    assert set(found.by_outcome.values()) == {0}
    assert found.figures()["earliest_conviction"] is None


def test_figures_go_by_section_without_subdivision():
    assert section_without_subdivision("HS 11358(c)") == "HS 11358"


@pytest.mark.parametrize("name", policies.presets())
def test_the_figures_equal_a_plain_recount(invented, name):
    determinations = evaluate(invented, policies.load(name), county=COUNTY, as_of=AS_OF)
    assert recounted(invented, determinations) == {
        name: value
        for name, value in impact(invented, determinations).figures().items()
        if name in recounted(invented, determinations)
    }


@pytest.mark.parametrize("name", policies.presets())
def test_a_comparison_gives_the_same_figures(invented, name):
    policy = policies.load(name)
    determinations = evaluate(invented, policy, county=COUNTY, as_of=AS_OF)
    found = compare(invented, [policy], county=COUNTY, as_of=AS_OF)
    assert found.sides[0].impact == impact(invented, determinations)


@pytest.mark.parametrize("name", policies.presets())
def test_parts_without_a_common_person_add_up_to_the_whole(tmp_path, name):
    sample.write(tmp_path / "s.csv", subjects=90, seed=3, county=COUNTY)
    rows, policy = doj.read_rows(tmp_path / "s.csv", name="s.csv").table, policies.load(name)
    subjects = rows["SUBJECT_ID"].unique()

    def of(chosen):
        history = build(rows.filter(pc.is_in(rows["SUBJECT_ID"], chosen)))
        return impact(history, evaluate(history, policy, county=COUNTY, as_of=AS_OF))

    parts = [of(subjects.slice(start, 30)) for start in range(0, len(subjects), 30)]
    assert json.dumps(together(parts).figures()) == json.dumps(of(subjects).figures())
    assert together(parts[:1]) == parts[0]


def test_no_part_has_no_figures():
    with pytest.raises(ValueError, match="at least one part"):
        together([])


def recounted(of, determinations):
    """The figures once more, person by person, as a person would count them."""
    decided = {(each["source"], each["row"]): each for each in determinations.table.to_pylist()}
    people: dict[int, list] = {}
    for conviction in of.counts.to_pylist():
        if conviction["convicted"]:
            people.setdefault(conviction["person"], []).append(conviction)
    no_felony = no_conviction = no_recent = with_relief = 0
    for convictions in people.values():
        outcomes = [decided.get((each["source"], each["row"]), {}) for each in convictions]
        given = list(zip(convictions, outcomes, strict=True))
        dismissed = [each.get("outcome") == "dismiss" for each in outcomes]
        lowered = [each.get("new_severity") in ("misdemeanor", "infraction") for each in outcomes]
        relieved = [one or other for one, other in zip(dismissed, lowered, strict=True)]
        felonies = [free for (each, _), free in zip(given, relieved, strict=True) if each["severity"] == "felony"]
        unclear = [free for (each, _), free in zip(given, relieved, strict=True) if each["severity"] is None]
        recent = [free for (each, _), free in zip(given, dismissed, strict=True) if is_recent(each)]
        undated = [free for (each, _), free in zip(given, dismissed, strict=True) if each["date"] is None]
        no_felony += bool(felonies) and all(felonies + unclear)
        no_conviction += all(dismissed)
        no_recent += bool(recent) and all(recent + undated)
        with_relief += any(each.get("outcome") in ("dismiss", "redesignate", "resentence") for each in outcomes)
    days = [each["conviction_date"] for each in decided.values() if each["conviction_date"]]
    severities = Counter(each["severity"] for each in decided.values())
    outcomes = Counter(each["outcome"] for each in decided.values())
    return {
        "people_with_no_felony": no_felony,
        "people_with_no_conviction": no_conviction,
        "people_with_no_recent_conviction": no_recent,
        "people_with_relief": with_relief,
        "people": len({each["person"] for each in decided.values()}),
        "felonies": severities["felony"],
        "severity_unknown": severities[None],
        "earliest_conviction": min(days).isoformat(),
        "by_outcome": {name: outcomes[name] for name in policies.OUTCOMES},
    }


def is_recent(conviction):
    return conviction["date"] is not None and conviction["date"] > date(2012, 11, 1)
