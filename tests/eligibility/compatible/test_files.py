"""Compatible mode as a whole: the files it writes, and the files it refuses, as the older tool does."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from eligibility.__main__ import main
from eligibility.records.layout import COLUMNS
from tests.eligibility.records.rows import arrest, row

GIVEN = Path(__file__).resolve().parents[4] / "shared" / "samples" / "doj"
"""Invented files that come with the task, with the older tool's answers; a fresh clone has none."""
GOLDEN = Path(__file__).parent / "golden"
OPTIONS = {
    "baselineEligibility": {"dismiss": ["11357", "11358"], "reduce": ["11359", "11360"]},
    "additionalRelief": {"subjectIsDeceased": True, "yearsCrimeFreeThreshold": 5},
}
HEADER = ",".join(COLUMNS)


def file_of(*rows: dict[str, str], header: str = HEADER, end: str = "\n") -> bytes:
    return "".join(f"{each}{end}" for each in (header, *map(line, rows)) if each).encode("latin-1")


def line(each: dict[str, str]) -> str:
    return ",".join('"' + each[name] + '"' if "," in each[name] else each[name] for name in COLUMNS)


def run(folder, *files, policy=None, county="CONTRA COSTA", as_of="2020-07-01"):
    if policy is None:
        policy = folder / "options.json"
        policy.write_text(json.dumps(OPTIONS))
    out = folder / "out"
    given = ["--county", county, "--policy", str(policy), "--as-of", as_of, "--out", str(out), "--compatible"]
    return main(["evaluate", *map(str, files), *given]), out


def one(folder, content: bytes, **given):
    path = folder / "doj.csv"
    path.write_bytes(content)
    return run(folder, path, **given)


def results(path):
    with path.open(newline="", encoding="latin-1") as stream:
        return list(csv.DictReader(stream))


def figures(path):
    found = json.loads(path.read_text())
    found.pop("processingTimeInSeconds")
    return found


@pytest.mark.skipif(not GIVEN.exists(), reason="the given samples lie outside the repository")
@pytest.mark.parametrize("name", ["typical", "dirty"])
def test_the_given_samples_come_out_byte_for_byte(tmp_path, name):
    code, out = one(
        tmp_path, gzip.decompress((GIVEN / f"{name}.csv.gz").read_bytes()), policy=GIVEN / f"{name}.options.json"
    )
    assert code == 0
    expected = GIVEN / f"{name}.expected"
    for file in ("All_Results", "All_Results_Condensed", "Prop64_Results"):
        assert (out / f"{file}.csv").read_bytes() == gzip.decompress((expected / f"{file}.csv.gz").read_bytes())
    assert figures(out / "gogen.json") == figures(expected / "gogen.json")


def test_a_small_file_of_every_oddity_comes_out_byte_for_byte(tmp_path):
    code, out = one(tmp_path, (GOLDEN / "doj.csv").read_bytes(), policy=GOLDEN / "options.json")
    assert code == 0
    for name in ("All_Results.csv", "All_Results_Condensed.csv", "Prop64_Results.csv"):
        assert (out / name).read_bytes() == (GOLDEN / "expected" / name).read_bytes(), name
    assert figures(out / "gogen.json") == figures(GOLDEN / "expected" / "gogen.json")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("content", "kind", "message"),
        [
            (b"", "OTHER", "EOF"),
            (b"RECORD_ID,SUBJECT_STATUS\n", "OTHER", "EOF"),
            (file_of(row()) + b"1,2,3\n", "PARSING", "record on line 2: wrong number of fields"),
            (file_of(row())[:-10], "PARSING", "record on line 1: wrong number of fields"),
            (file_of(row(PRI_NAME='A"B')), "PARSING", 'bare " in non-quoted-field'),
            (file_of(row(PRI_NAME='"A"B')), "PARSING", 'extraneous or missing " in quoted-field'),
            (file_of(row(PRI_NAME='"A')), "PARSING", 'extraneous or missing " in quoted-field'),
            (file_of(row(PRI_NAME="ROE")).replace(b",", b"|"), "PARSING", "record on line 1: wrong number of fields"),
        ],
        ids=["empty", "short", "narrow record", "cut off", "bare quote", "quote inside", "open quote", "pipes"],
    )
    def test_a_file_gives_an_error_of_its_own(self, tmp_path, capsys, content, kind, message):
        code, out = one(tmp_path, content)
        assert code == 1
        (error,) = json.loads((out / "gogen.err").read_text()).values()
        assert error["errorType"] == kind
        assert message in error["errorMessage"]
        assert capsys.readouterr().err == f"{tmp_path / 'doj.csv'}: {error['errorMessage']}\n"
        assert not (out / "gogen.json").exists()

    def test_lines_are_counted_after_the_header_and_blank_ones_count(self, tmp_path):
        _, out = one(tmp_path, file_of(row()) + b"\n1,2\n")
        (error,) = json.loads((out / "gogen.err").read_text()).values()
        assert error["errorMessage"] == "record on line 3: wrong number of fields"

    def test_a_good_file_beside_a_bad_one_is_written_without_figures(self, tmp_path, capsys):
        (tmp_path / "good.csv").write_bytes(file_of(row()))
        code, out = run(tmp_path, tmp_path / "missing.csv", tmp_path / "good.csv")
        assert code == 1
        assert sorted(path.name for path in out.iterdir()) == [
            "All_Results_2.csv", "All_Results_Condensed_2.csv", "Prop64_Results_2.csv", "gogen.err",
        ]  # fmt: skip
        assert f"open {tmp_path / 'missing.csv'}: no such file or directory" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "changed",
        [{"CNT_ORDER": "10100"}, {"CNT_ORDER": "10", "OFFENSE_DESCR": "459 PC", "OFN": ""}],
        ids=["no step on a conviction in scope", "no cycle on any conviction"],
    )
    def test_a_count_too_short_stops_with_row_and_column(self, tmp_path, capsys, changed):
        code, out = one(tmp_path, file_of(row(), row(SUBJECT_ID="2", **changed)))
        assert code == 1
        assert "data row 2, column CNT_ORDER" in capsys.readouterr().err
        assert not (out / "gogen.err").exists()

    def test_a_blank_count_on_an_arrest_is_harmless(self, tmp_path):
        assert one(tmp_path, file_of(arrest(CNT_ORDER="", OFFENSE_DESCR="459 PC")))[0] == 0

    def test_an_unknown_section_stops_at_the_first_felony_and_is_unnoticed_without(self, tmp_path, capsys):
        options = tmp_path / "a.json"
        options.write_text('{"baselineEligibility": {"dismiss": ["11357(a)"]}}')
        assert one(tmp_path, file_of(row(CONV_STAT_DESCR="INFRACTION")), policy=options)[0] == 0
        assert one(tmp_path, file_of(row()), policy=options)[0] == 1
        assert "data row 1" in capsys.readouterr().err


class TestReading:
    def test_a_header_alone_is_a_file_of_nothing(self, tmp_path):
        code, out = one(tmp_path, file_of())
        assert code == 0
        assert (out / "All_Results.csv").read_text().count("\n") == 1
        assert figures(out / "gogen.json")["lineCount"] == 0

    @pytest.mark.parametrize("header", ['"RECORD_ID"' + HEADER[9:], "\xef\xbb\xbf" + HEADER, HEADER.lower()])
    def test_a_header_that_is_not_recognised_is_a_row(self, tmp_path, header):
        _, out = one(tmp_path, file_of(row(), header=header))
        assert figures(out / "gogen.json")["lineCount"] == 2

    def test_a_header_of_any_width_is_passed_over(self, tmp_path):
        assert one(tmp_path, file_of(row(), header=HEADER + ","))[0] == 0

    def test_line_ends_of_windows_and_blank_lines_change_nothing(self, tmp_path):
        rows = [row(), row(SUBJECT_ID="2", PRI_NAME=" ROE")]
        _, out = one(tmp_path, file_of(*rows))
        plain = (out / "All_Results.csv").read_bytes()
        _, out = one(tmp_path, file_of(*rows, end="\r\n\r\n"))
        assert (out / "All_Results.csv").read_bytes() == plain

    def test_several_files_are_treated_one_by_one_and_their_figures_added(self, tmp_path):
        for name in ("a", "b"):
            (tmp_path / f"{name}.csv").write_bytes(file_of(row()))
        _, out = run(tmp_path, tmp_path / "a.csv", tmp_path / "b.csv")
        assert {path.name for path in out.glob("All_Results_[12].csv")} == {"All_Results_1.csv", "All_Results_2.csv"}
        assert figures(out / "gogen.json")["subjectsWithProp64ConvictionCountInCounty"] == 2


class TestPolicies:
    def test_a_preset_of_the_older_shape_is_run_as_options(self, tmp_path):
        _, out = one(tmp_path, file_of(row()), policy="office_choice")
        (found,) = results(out / "Prop64_Results.csv")
        assert found["Eligibility Reason"] == "Reduce all HS 11359 convictions"

    def test_a_policy_the_older_tool_has_no_line_for_is_wrong_usage(self, tmp_path, capsys):
        policy = tmp_path / "own.toml"
        policy.write_text(
            'name = "a"\ntitle = "A"\nauthority = "B"\n[[line]]\nrule = "sentence_completed"\noutcome = "dismiss"\n'
        )
        assert one(tmp_path, file_of(row()), policy=policy)[0] == 2
        said = capsys.readouterr().err
        assert said.startswith(f"Policy {policy}, line 1, ")
        assert "sentence_completed" in said

    def test_an_options_file_with_neither_block_chooses_nothing_as_the_older_tool_has_it(self, tmp_path):
        (tmp_path / "none.json").write_bytes(b'{"note": "\xd1"}')
        code, out = one(tmp_path, file_of(row()), policy=tmp_path / "none.json")
        assert code == 0
        assert results(out / "All_Results.csv")[0]["Eligibility Determination"] == ""

    def test_options_out_of_range_are_refused_in_the_older_words(self, tmp_path):
        options = tmp_path / "a.json"
        options.write_text('{"additionalRelief": {"SUBJECTAGETHRESHOLD": 39}}')
        code, out = one(tmp_path, file_of(row()), policy=options)
        assert code == 1
        assert json.loads((out / "gogen.err").read_text())[""]["errorMessage"] == (
            "SubjectAgeThreshold should be between 40 and 65, or 0"
        )
