"""The decision tables of every preset and rule, of bases, routes and remarks."""

import pytest

from tests.eligibility.case_tables import FOLDER, cases, decided, decided_together

ALL = [(table.stem, case) for table in sorted(FOLDER.glob("*.toml")) for case in cases(table.stem)]


@pytest.mark.parametrize("table", sorted({table for table, _ in ALL}))
def test_a_table_holds_with_all_its_cases_in_one_record_file(table):
    told = cases(table)
    for case, found in zip(told, decided_together(told), strict=True):
        assert shown(found, case) == case["expect"], case["name"]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{table}: {case['name']}") for table, case in ALL])
def test_the_table_holds(case):
    assert shown(decided(case), case) == case["expect"]


def shown(found, case):
    return {name: "nothing" if found.get(name) is None else found[name] for name in case["expect"]}
