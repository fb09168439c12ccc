"""The decision tables of every preset and rule, of bases, routes and remarks."""

import pytest

from tests.eligibility.case_tables import FOLDER, cases, decided

ALL = [(table.stem, case) for table in sorted(FOLDER.glob("*.toml")) for case in cases(table.stem)]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{table}: {case['name']}") for table, case in ALL])
def test_the_table_holds(case):
    found = decided(case)
    shown = {name: "nothing" if found.get(name) is None else found[name] for name in case["expect"]}
    assert shown == case["expect"]
