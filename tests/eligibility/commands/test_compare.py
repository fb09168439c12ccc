"""The command `compare`, as an analyst uses it."""

import csv
import json

import pytest

from eligibility.__main__ import main
from tests.eligibility.records.rows import file_of, line


@pytest.fixture
def record_file(tmp_path):
    path = tmp_path / "doj.csv"
    path.write_bytes(
        file_of(
            line(OFN="CR1", SENT_LOC_DESCR="JAIL", SENT_LENGTH="1", SENT_TIME_CODE="Y"),
            line(SUBJECT_ID="2", CII_NUMBER="2", OFFENSE_DESCR="11357 HS"),
        )
    )
    return path


def comparing(*files, out, policies="office_choice,contra_costa_2019", county="contra costa", more=()):
    named = ["--county", county, "--policies", policies, "--as-of", "2019-11-01", "--out", str(out)]
    return main(["compare", *map(str, files), *named, *more])


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_it_writes_figures_gains_and_losses_and_says_them(record_file, tmp_path, capsys):
    out = tmp_path / "out"
    assert comparing(record_file, out=out) == 0
    found = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in found["policies"]] == ["office_choice", "contra_costa_2019"]
    assert found["policies"][0]["by_section"]["HS 11357"]["dismiss"] == 1
    assert found["differences"][0]["people_gaining"] == 1
    assert found["files"][0]["name"] == "doj.csv"
    (gained,) = rows_of(out / "gains_and_losses.csv")
    assert (gained["policy_before"], gained["policy_after"]) == ("office_choice", "contra_costa_2019")
    assert (gained["row"], gained["direction"], gained["outcome_after"]) == ("1", "gains", "dismiss")
    said = capsys.readouterr().err
    assert "1 person gains by 1 conviction, 0 people lose by 0 convictions; 1 of 2 convictions unchanged." in said
    assert "1 person gains: redesignate (Section 11359) → dismiss (Sentence Completed)" in said


def test_the_same_input_gives_the_same_bytes(record_file, tmp_path):
    for folder in ("one", "two"):
        comparing(record_file, out=tmp_path / folder, more=["--quiet"])
    for name in ("comparison.json", "gains_and_losses.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_quiet_says_nothing(record_file, tmp_path, capsys):
    assert comparing(record_file, out=tmp_path / "out", more=["--quiet"]) == 0
    assert comparing(record_file, record_file, out=tmp_path / "o", policies="office_choice", more=["--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_two_files_under_one_policy(record_file, tmp_path, capsys):
    later = tmp_path / "later.csv"
    later.write_bytes(file_of(line(OFN="CR1", CONV_STAT_DESCR="MISDEMEANOR")))
    assert comparing(record_file, later, out=tmp_path / "out", policies="office_choice") == 0
    found = rows_of(tmp_path / "out" / "changes.csv")
    assert [each["change"] for each in found] == ["changed", "gone"]
    assert found[0]["changed_facts"] == "severity: felony → misdemeanor"
    figures = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert figures["convictions"]["gone"] == 1
    assert (
        "1 conviction in both files: 0 unchanged, 1 changed (1 with more relief, 0 with less)."
        in capsys.readouterr().err
    )


WRONG = [
    ({"policies": "office_choice"}, "one policy and exactly two files"),
    ({"policies": ","}, "Name at least one policy"),
    ({"policies": "office_choice,office_choice"}, "Two policies are called 'office_choice'"),
    ({"policies": "office_choice,mine"}, "no preset and no file 'mine'"),
    ({"county": "MARIN"}, "Counties: CONTRA COSTA."),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_wrong_usage_says_what_to_change(record_file, tmp_path, capsys, given, said):
    assert comparing(record_file, out=tmp_path / "out", **given) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_used(record_file, tmp_path, capsys):
    assert comparing(tmp_path / "gone.csv", out=tmp_path / "out") == 2
    (tmp_path / "letter.csv").write_text("Dear Sir or Madam\n" * 20)
    assert comparing(record_file, tmp_path / "letter.csv", out=tmp_path / "out") == 1
    assert "letter.csv: " in capsys.readouterr().err


def test_stated_facts_are_facts_under_every_policy(record_file, tmp_path, capsys):
    facts = tmp_path / "facts.csv"
    head = "subject_id,case_number,code_section,fact,value,source\n"
    facts.write_text(head + "10000001,CR1,HS 11359,severity,misdemeanor,minute order\n9,CR1,HS 11359,grams,5,report\n")
    out = tmp_path / "out"
    assert comparing(record_file, out=out, more=["--facts", str(facts)]) == 0
    found = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert found["policies"][0]["by_section"]["HS 11359"]["dismiss"] == 1
    assert "facts.csv, line 3, subject_id: No conviction has this subject" in capsys.readouterr().err


def test_two_files_take_no_stated_facts(record_file, tmp_path, capsys):
    more = ["--facts", str(record_file)]
    assert comparing(record_file, record_file, out=tmp_path / "o", policies="office_choice", more=more) == 2
    assert "leave out --facts" in capsys.readouterr().err


def test_one_file_named_twice_is_refused_since_it_would_count_twice(record_file, tmp_path, capsys):
    assert comparing(record_file, record_file, out=tmp_path / "o") == 2
    assert "are the same file: name it once" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_named(record_file, capsys):
    assert comparing(record_file, out=record_file / "out") == 1
    assert f"{record_file / 'out'} can't be read or written: Not a directory." in capsys.readouterr().err
