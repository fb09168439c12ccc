"""The engine works on columns: nothing in it walks a table row by row."""

import re
from pathlib import Path

import pytest

import eligibility

MODULES = sorted(Path(eligibility.__file__).parent.rglob("*.py"))
ROW_BY_ROW = re.compile(r"\biterrows\b|\bitertuples\b|\.apply\([^)]*axis\s*=\s*(1|['\"]columns['\"])")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_no_module_walks_rows(module):
    assert not ROW_BY_ROW.search(module.read_text(encoding="utf-8"))
