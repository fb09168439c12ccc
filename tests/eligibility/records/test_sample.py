"""The invented record file: repeatable, of the pilot's size, and various enough to show everything."""

from collections import Counter
from datetime import date

import pyarrow.compute as pc
import pytest

from eligibility import policy
from eligibility.evaluate import evaluate
from eligibility.records import sample
from eligibility.records.doj import read_rows
from eligibility.records.history import build


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "file.csv"
    told = sample.write(path)
    rows = read_rows(path, name=path.name)
    return told, rows, build(rows.table, unreadable=rows.problems)


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path):
    for name, seed in (("a", 4), ("b", 4), ("c", 5)):
        sample.write(tmp_path / name, subjects=40, seed=seed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_the_default_is_of_the_pilots_size(pilot):
    told, rows, history = pilot
    assert told["subjects"] == 2400
    assert told["rows"] == rows.rows_read
    assert 23 < told["rows"] / told["subjects"] < 28
    assert 3000 < told["prop64_convictions"] < 3600
    here = history.counts.filter(
        pc.field("convicted") & pc.field("prop64").is_valid() & (pc.field("county") == "CONTRA COSTA")
    )
    assert here.num_rows == told["prop64_convictions"]


def test_it_is_various(pilot):
    _, _, history = pilot
    convictions = history.counts.filter(history.counts["convicted"])
    assert set(convictions["part"].to_pylist()) == {"", "attempt", "conspiracy", "accessory"}
    assert set(convictions["relief_noted"].to_pylist()) == {None, "1203.4", "other"}
    numbers = Counter(len(each) for each in convictions["case_numbers"].to_pylist())
    assert set(numbers) >= {0, 1, 2}
    for column in ("juvenile", "certified_adult", "in_comment", "severity_inferred", "custody_noted", "related"):
        assert 10 < pc.sum(convictions[column]).as_py() < convictions.num_rows
    assert pc.sum(history.subjects["deceased"]).as_py() > 30
    assert pc.sum(history.subjects["registered"]).as_py() > 30
    assert history.subjects["birth_date"].null_count > 10
    assert pc.sum(history.sentences["life"]).as_py() > 30
    assert len(set(convictions["county"].to_pylist())) > 8
    courts = convictions.filter(pc.field("county") == "CONTRA COSTA")["court_text"].to_pylist()
    assert len(set(courts)) == 6


def test_names_are_of_many_kinds_and_cii_numbers_nobodys(pilot):
    _, _, history = pilot
    names = history.subjects["name"].to_pylist()
    assert len(set(names)) > 2000
    assert any("Ñ" in name for name in names)
    assert any(name.endswith(" JR") for name in names)
    assert all(number.startswith("Z") for number in history.subjects["cii_number"].to_pylist() if number)


def test_some_cii_numbers_stand_under_two_subject_ids(pilot):
    _, _, history = pilot
    shared = [number for number, times in Counter(history.subjects["cii_number"].to_pylist()).items() if times > 1]
    assert len(shared) == 3


def test_another_county_and_a_tiny_file_can_be_asked_for(tmp_path):
    sample.write(tmp_path / "file.csv", subjects=3, seed=2, county="Fresno")
    rows = read_rows(tmp_path / "file.csv", name="file.csv")
    assert rows.problems.num_rows == 0
    assert "FRESNO" in rows.table["STP_ORI_CNTY_NAME"].to_pylist()


def test_nobodys_file_is_empty(tmp_path):
    assert sample.write(tmp_path / "file.csv", subjects=0)["rows"] == 0


@pytest.mark.parametrize("as_of", [date(2019, 11, 1), date(2026, 11, 24)])
@pytest.mark.parametrize("name", ["contra_costa_2019", "office_choice"])
def test_there_are_thirty_of_every_outcome_and_route(pilot, name, as_of):
    found = evaluate(pilot[2], policy.load(name), county="CONTRA COSTA", as_of=as_of).table
    pairs = Counter(zip(found["outcome"].to_pylist(), found["route"].to_pylist(), strict=True))
    assert min(pairs.values()) >= 30, pairs
    assert len({route for _, route in pairs}) == 3
