"""The fast compatible mode and the plain reading of its description agree on random files."""

import random
from datetime import date

import pytest

from eligibility.compatible import days, flows, reader, result_files
from eligibility.compatible.facts import gather
from eligibility.options import LISTED, Options
from tests.eligibility.reference import compatible as plain
from tests.eligibility.reference.dirt import record_file

COUNTY = "CONTRA COSTA"


def options_of(seed: int) -> Options:
    some = random.Random(seed)
    sections = some.sample(LISTED, 4)
    cut = some.randint(0, 4)
    return Options(
        dismiss=tuple(sections[:cut]), reduce=tuple(sections[cut : some.randint(cut, 4)]),
        under_21_at_conviction=some.random() < 0.3, only_listed=some.random() < 0.5, deceased=some.random() < 0.5,
        age=some.choice((0, 0, 40, 58, 65)), years_since_conviction=some.choice((0, 0, 7, 15)),
        years_crime_free=some.choice((0, 0, 5, 10)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(240))
def test_every_line_of_all_results_is_the_same(tmp_path, seed):
    path = tmp_path / "doj.csv"
    path.write_bytes(record_file(seed))
    options = options_of(seed)
    as_of = random.Random(seed).choice((date(2020, 7, 1), date(2020, 2, 29), date(2021, 11, 9)))
    facts = gather(reader.read(path), COUNTY, days.number(as_of))
    result_files.write(tmp_path, "", facts, flows.configurable(options)(facts))
    written = (tmp_path / "All_Results.csv").read_bytes().decode("latin-1")
    expected = plain.all_results(path.read_bytes(), options, COUNTY, as_of)
    assert written.split("\n", 1)[1] == "".join(f"{line}\n" for line in expected)
