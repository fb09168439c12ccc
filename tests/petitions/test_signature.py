"""The attorney's typed signature: on motion, declaration and recommendation, only once given, by the named attorney."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from petitions import Paper, PaperRefused, draft, draft_omnibus, draft_recommendation, reading
from petitions.papers.data import Signature
from tests.petitions.cases import THEO, case_file, conviction, omnibus, recommendation, redesignation, serving

SIGNATURE = Signature(name=THEO.name, signed_on=date(2019, 11, 5), place="Martinez")
TYPED = f"/s/ {THEO.name}"


def text_of(paper: Paper) -> str:
    pages, faults = reading.read(paper.pdf)
    assert faults == []
    return " ".join(" ".join(run.text for page in pages for run in page.body).split())


@pytest.fixture(scope="module", params=["completed", "two kinds of relief", "serving"])
def pairs(request: pytest.FixtureRequest) -> list[tuple[Paper, Paper]]:
    """Each paper unsigned and signed."""
    made = {
        "completed": case_file,
        "two kinds of relief": lambda: case_file(conviction(), redesignation()),
        "serving": serving,
    }
    file = made[request.param]()
    return list(zip(draft(file), draft(replace(file, signature=SIGNATURE)), strict=True))


def test_motion_and_declaration_bear_name_and_day_and_the_order_does_not(pairs: list[tuple[Paper, Paper]]) -> None:
    for unsigned, signed in pairs:
        assert "/s/" not in text_of(unsigned)
        assert (TYPED in text_of(signed)) is (signed.kind != "order")
    motion, declaration, _ = (text_of(signed) for _, signed in pairs)
    assert "Dated: November 5, 2019" in motion
    assert "Executed on November 5, 2019, at Martinez, California." in declaration


def test_the_order_is_the_same_to_the_byte(pairs: list[tuple[Paper, Paper]]) -> None:
    assert [unsigned.sha256 == signed.sha256 for unsigned, signed in pairs] == [False, False, True]


def test_a_signature_takes_no_further_page(pairs: list[tuple[Paper, Paper]]) -> None:
    assert [unsigned.pages for unsigned, _ in pairs] == [signed.pages for _, signed in pairs]


def test_the_same_signature_gives_the_same_bytes() -> None:
    file = replace(case_file(), signature=SIGNATURE)
    assert [paper.sha256 for paper in draft(file)] == [paper.sha256 for paper in draft(file)]


def test_a_recommendation_and_the_papers_of_a_list_are_signed_alike() -> None:
    papers = draft_recommendation(replace(recommendation(), signature=SIGNATURE))
    papers += draft_omnibus(replace(omnibus(3, conviction()), signature=SIGNATURE)).papers
    assert [paper.kind for paper in papers if TYPED in text_of(paper)] == ["recommendation", "motion", "declaration"]


def test_another_attorneys_name_is_refused() -> None:
    with pytest.raises(PaperRefused, match="Another attorney signed"):
        draft(replace(case_file(), signature=replace(SIGNATURE, name="Somebody Else")))


@pytest.mark.parametrize("place", ["Mar\u202etinez", "{{ place }}", "<b>Martinez</b>"])
def test_a_place_is_printed_as_typed_or_refused(place: str) -> None:
    signed = replace(case_file(), signature=replace(SIGNATURE, place=place))
    if place.startswith("Mar"):
        with pytest.raises(PaperRefused):
            draft(signed)
    else:
        assert f"at {place}, California." in text_of(draft(signed)[1])
