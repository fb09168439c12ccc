"""All files of a compatible run, several input files and the county tables agree with the plain reading."""

import json
import random
from datetime import date

import pytest

from eligibility.compatible.run import run
from tests.eligibility.reference import compatible_files as plain
from tests.eligibility.reference.dirt import record_file
from tests.eligibility.reference.test_compatible import COUNTY, options_of
from tests.eligibility.reference.test_own import as_json

AS_OF = (date(2020, 7, 1), date(2020, 2, 29), date(2021, 11, 9))


def expect_files(folder, suffix, file, decided):
    wanted = {
        "All_Results": file.lines(decided),
        "All_Results_Condensed": file.condensed(decided),
        "Prop64_Results": file.lines(decided, only=True),
    }
    for name, lines in wanted.items():
        written = (folder / f"{name}{suffix}.csv").read_bytes().decode("latin-1")
        assert written.split("\n", 1)[1] == "".join(f"{line}\n" for line in lines), name


def put(folder, seed, number):
    paths = [folder / f"doj{each}.csv" for each in range(number)]
    for each, path in enumerate(paths):
        path.write_bytes(record_file(1000 + seed + 5000 * each))
    return paths


@pytest.mark.parametrize("seed", range(120))
def test_every_file_of_a_run_by_options_is_the_same(tmp_path, seed):
    some = random.Random(seed)
    options, as_of, paths = options_of(seed), some.choice(AS_OF), put(tmp_path, seed, some.randint(1, 3))
    policy = tmp_path / "options.json"
    policy.write_text(as_json(options))
    out = tmp_path / "out"
    assert run(paths, county=COUNTY, policy=str(policy), as_of=as_of, folder=out) == 0
    figures = []
    for number, path in enumerate(paths, start=1):
        file = plain.File(path.read_bytes(), COUNTY, as_of)
        decided = file.decided(plain.by_options(options))
        expect_files(out, f"_{number}" if len(paths) > 1 else "", file, decided)
        figures.append(file.figures(decided, options))
    written = json.loads((out / "gogen.json").read_text())
    del written["processingTimeInSeconds"]
    assert written == plain.summed(figures)


@pytest.mark.parametrize("preset", plain.TABLES)
@pytest.mark.parametrize("seed", range(20))
def test_every_file_of_a_county_table_is_the_same(tmp_path, preset, seed):
    as_of, (path,) = random.Random(seed).choice(AS_OF), put(tmp_path, 500 + 20 * len(preset) + seed, 1)
    table, related = plain.TABLES[preset]
    assert run([path], county=COUNTY, policy=preset, as_of=as_of, folder=tmp_path / "out") == 0
    file = plain.File(path.read_bytes(), COUNTY, as_of)
    expect_files(tmp_path / "out", "", file, file.decided(table, related))
