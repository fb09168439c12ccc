"""The words of each kind of paper, line by line: a changed word shows here before it shows in court."""

from __future__ import annotations

import pytest

from tests.petitions.samples import GOLDEN, SAMPLES, text_of


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_paper_says_what_it_said(name: str) -> None:
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert text_of(name) == golden  # meant to change: python -m tests.petitions.samples golden
