"""The command line, as IT staff use it."""

import csv
import json
from dataclasses import replace
from datetime import date

import pytest

from eligibility import policy as policies
from eligibility import results
from eligibility.__main__ import main
from eligibility.evaluate import evaluate
from tests.eligibility.records.rows import arrest, file_of, history, line

PROMISED = {
    "source", "row", "record_id", "subject_id", "cii_number", "case_number", "conviction_date", "code_section",
    "severity", "outcome", "route", "basis", "sealing", "new_section", "new_severity", "rule", "reason", "citation",
    "trace", "question", "remarks", "unknown_facts",
}  # fmt: skip


@pytest.fixture
def record_file(tmp_path):
    path = tmp_path / "doj.csv"
    path.write_bytes(
        file_of(
            line(SENT_LOC_DESCR="JAIL", SENT_LENGTH="1", SENT_TIME_CODE="Y", OFN="CR,1"),
            line(SUBJECT_ID="2", CII_NUMBER="NA", CONV_STAT_DESCR="", OFFENSE_TOC="", PRI_DOB="19700230"),
            line(SUBJECT_ID="3", CII_NUMBER="3", STP_ORI_CNTY_NAME="KERN"),
        )
    )
    return path


def evaluating(*files, out, county="contra costa", policy="office_choice", as_of="2019-11-01", more=()):
    return main(
        [
            "evaluate",
            *map(str, files),
            "--county",
            county,
            "--policy",
            policy,
            "--as-of",
            as_of,
            "--out",
            str(out),
            *more,
        ]
    )


class TestEvaluate:
    def test_it_writes_determinations_problems_and_a_summary(self, record_file, tmp_path, capsys):
        assert evaluating(record_file, out=tmp_path / "out") == 0
        with (tmp_path / "out" / "determinations.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert rows[0].keys() >= PROMISED
        assert [row["outcome"] for row in rows] == ["redesignate", "hand_review"]
        assert rows[0]["case_number"] == "CR,1"
        assert rows[0]["conviction_date"] == "2001-03-04"
        assert (rows[1]["cii_number"], rows[1]["unknown_facts"], rows[1]["basis"]) == ("NA", "severity", "")
        assert (tmp_path / "out" / "problems.csv").read_text(encoding="utf-8").count("PRI_DOB") == 1
        summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
        assert summary["counts"]["outcome"] == {"hand_review": 1, "redesignate": 1}
        assert summary["impact"]["people_with_no_felony"] == 1
        assert summary["reconciliation"]["convictions_in_scope"] == summary["reconciliation"]["determinations"] == 2
        assert summary["reconciliation"]["rows_read"] == 3
        assert summary["files"][0]["name"] == "doj.csv"
        assert len(summary["files"][0]["sha256"]) == 64
        assert "2 convictions of 2 people decided: 1 hand_review, 1 redesignate." in capsys.readouterr().err

    def test_the_same_input_gives_the_same_bytes(self, record_file, tmp_path):
        for folder in ("one", "two"):
            evaluating(record_file, out=tmp_path / folder, more=["--quiet"])
        for name in ("determinations.csv", "problems.csv", "summary.json"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    def test_quiet_says_nothing(self, record_file, tmp_path, capsys):
        evaluating(record_file, out=tmp_path / "out", more=["--quiet"])
        assert capsys.readouterr().err == ""

    def test_a_person_in_two_files_is_one_person(self, record_file, tmp_path):
        second = tmp_path / "later.csv"
        second.write_bytes(file_of(line(SUBJECT_ID="9", OFFENSE_DESCR="459 PC", STP_EVENT_DATE="20190101")))
        evaluating(record_file, second, out=tmp_path / "out", policy="contra_costa_2019")
        with (tmp_path / "out" / "determinations.csv").open(newline="", encoding="utf-8") as stream:
            first = next(csv.DictReader(stream))
        assert (first["outcome"], first["rule"]) == ("hand_review", "several_convictions_one_within")

    def test_another_countys_policy_is_noted(self, record_file, tmp_path, capsys):
        assert evaluating(record_file, out=tmp_path / "out", county="KERN", policy="contra_costa_2019") == 0
        assert "was made for CONTRA COSTA, not for KERN" in capsys.readouterr().err

    def test_a_file_without_convictions_is_done(self, tmp_path):
        path = tmp_path / "none.csv"
        path.write_bytes(file_of(line(DISP_DESCR="DISMISSED")))
        assert evaluating(path, out=tmp_path / "out") == 0


class TestStatedFacts:
    HEADER = "subject_id,case_number,code_section,fact,value,source\n"

    def evaluated(self, record_file, tmp_path, *rows):
        facts = tmp_path / "facts.csv"
        facts.write_text(self.HEADER + "".join(rows))
        code = evaluating(record_file, out=tmp_path / "out", more=["--facts", str(facts)])
        return code, *(
            list(csv.DictReader((tmp_path / "out" / name).open(newline="", encoding="utf-8")))
            for name in ("determinations.csv", "problems.csv")
        )

    def test_a_fact_from_a_file_decides(self, record_file, tmp_path):
        row = '10000001,"CR,1",HS 11359,still_serving,yes,Minute order\n'
        code, determinations, _ = self.evaluated(record_file, tmp_path, row)
        assert code == 0
        assert (determinations[0]["outcome"], determinations[0]["route"]) == ("resentence", "serving")

    def test_a_row_that_fits_nothing_is_listed_and_the_rest_is_done(self, record_file, tmp_path, capsys):
        code, determinations, problems = self.evaluated(record_file, tmp_path, "9,X,HS 11359,grams,5,Report\n")
        assert code == 0
        assert len(determinations) == 2
        assert [(each["source"], each["line"]) for each in problems][-1] == ("1", "2")

    def test_a_file_of_something_else_is_refused(self, record_file, tmp_path, capsys):
        assert evaluating(record_file, out=tmp_path / "out", more=["--facts", str(record_file)]) == 1
        assert "a file of stated facts" in capsys.readouterr().err
        assert evaluating(record_file, out=tmp_path / "out", more=["--facts", str(tmp_path / "none.csv")]) == 2


class TestWrongUsage:
    def test_an_unknown_county_lists_those_present(self, record_file, tmp_path, capsys):
        assert evaluating(record_file, out=tmp_path / "out", county="MARIN") == 2
        assert "Counties: CONTRA COSTA, KERN." in capsys.readouterr().err
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(("typed", "meant"), [("CONTA COSTA", "CONTRA COSTA"), ("kerm county", "KERN")])
    def test_a_misspelled_county_is_answered_with_the_nearest_ones(self, record_file, tmp_path, capsys, typed, meant):
        assert evaluating(record_file, out=tmp_path / "out", county=typed) == 2
        assert f"{typed!r}. Did you mean {meant}? Counties: CONTRA COSTA, KERN." in capsys.readouterr().err

    def test_a_county_like_none_of_these_is_answered_with_the_list_alone(self, record_file, tmp_path, capsys):
        assert evaluating(record_file, out=tmp_path / "out", county="MARIN") == 2
        assert "Did you mean" not in capsys.readouterr().err

    def test_a_bad_policy_file_is_named(self, record_file, tmp_path, capsys):
        (tmp_path / "ours.toml").write_text('name = "ours"\n')
        assert evaluating(record_file, out=tmp_path / "out", policy=str(tmp_path / "ours.toml")) == 2
        assert capsys.readouterr().err.startswith(f"Policy {tmp_path / 'ours.toml'}, key 'title': a text is needed.")

    def test_an_unknown_policy(self, record_file, tmp_path, capsys):
        assert evaluating(record_file, out=tmp_path / "out", policy="mine") == 2
        assert "Presets: contra_costa_2019, " in capsys.readouterr().err

    def test_a_missing_file(self, tmp_path, capsys):
        assert evaluating(tmp_path / "gone.csv", out=tmp_path / "out") == 2
        assert "There is no file" in capsys.readouterr().err

    @pytest.mark.parametrize("arguments", [[], ["evaluate"], ["sample", "--out", "x", "--subjects", "0"], ["sing"]])
    def test_wrong_arguments(self, arguments, capsys):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 2
        assert "usage: python -m eligibility" in capsys.readouterr().err

    def test_a_date_that_is_none(self, record_file, tmp_path, capsys):
        with pytest.raises(SystemExit) as end:
            evaluating(record_file, out=tmp_path / "out", as_of="11/01/2019")
        assert end.value.code == 2
        assert "YYYY-MM-DD" in capsys.readouterr().err

    def test_a_day_before_the_act(self, record_file, tmp_path, capsys):
        with pytest.raises(SystemExit) as end:
            evaluating(record_file, out=tmp_path / "out", as_of="2016-11-08")
        assert end.value.code == 2
        assert "the Act is in force from 2016-11-09" in capsys.readouterr().err
        assert evaluating(record_file, out=tmp_path / "out", as_of="2016-11-09") == 0


class TestUnusable:
    def test_a_file_that_is_no_record_file(self, tmp_path, capsys):
        path = tmp_path / "letter.csv"
        path.write_text("Dear Sir or Madam\n" * 20)
        assert evaluating(path, out=tmp_path / "out") == 1
        assert str(path) in capsys.readouterr().err

    def test_a_folder_that_cannot_be_written(self, record_file, tmp_path, capsys):
        (tmp_path / "out").write_text("in the way")
        assert evaluating(record_file, out=tmp_path / "out") == 1

    def test_rows_unaccounted_for_stop_the_run(self):
        of = history(arrest())
        result = evaluate(of, policies.load("office_choice"), county="KERN", as_of=date(2019, 11, 1))
        of.reconciliation["rows_read"] += 1
        with pytest.raises(results.DoesNotBalance, match="2 rows were read, but 1"):
            results.reconciliation(of, result)

    def test_convictions_undecided_stop_the_run(self, record_file, tmp_path, monkeypatch, capsys):
        def losing(*given, **more):
            found = evaluate(*given, **more)
            return replace(found, table=found.table.slice(1))

        monkeypatch.setattr("eligibility.results.evaluate", losing)
        assert evaluating(record_file, out=tmp_path / "out") == 1
        assert "2 convictions are in scope, but 1 were decided." in capsys.readouterr().err
        assert not (tmp_path / "out").exists()


def test_a_sample_is_written_and_evaluated(tmp_path):
    assert main(["sample", "--subjects", "120", "--seed", "7", "--out", str(tmp_path / "s.csv")]) == 0
    for name in policies.presets():
        assert evaluating(tmp_path / "s.csv", out=tmp_path / name, policy=name) == 0


def test_presets_are_listed(capsys):
    assert main(["policies"]) == 0
    shown = capsys.readouterr().out
    assert "contra_costa_2019: Contra Costa 2019 (CONTRA COSTA)\n" in shown
    assert "statutory: What the statute gives\n" in shown


def test_facts_that_can_be_stated_are_listed(capsys):
    assert main(["facts"]) == 0
    assert "severity [choice (felony, misdemeanor, infraction)]: Severity." in capsys.readouterr().out
