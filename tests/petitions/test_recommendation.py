"""The recommendation under Penal Code section 1172.1: whom it reaches, what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from petitions import PaperRefused, checks, draft_recommendation, reading
from petitions.papers import recommendation as papers
from petitions.papers.recommendation import Factor, Recommendation
from tests.petitions.cases import COURT, recommendation, sentenced

KEPT = sentenced(new_section=None, new_severity=None, proposed="two years, low term")


def said(asked: Recommendation) -> str:
    assert papers.reasons(asked) == []
    return " ".join(" ".join(checks.put_in(draft).split()) for draft in papers.drafts(asked))


@pytest.mark.parametrize(
    ("asked", "must", "must_not"),
    [
        (recommendation(),
         ("status conference within 30 days", "appoint counsel", "committed to state prison on June 20, 2014",
          "stipulate to the resentencing", "1170.18(c)", "are presumed unless",
          "is VACATED, and, with the defendant’s concurrence", "judgment is entered for a misdemeanor under Health and "
          "Safety Code section 11360(a)(2)", "no longer than the original sentence", "(Exhibit C.)",
          "The People know of no victim.", "Exhibit D: Stipulation.", "On November 9, 2016"),
         ("SEAL", "seal", "DISMISSED", "11361.8", "1385", "petition")),
        (recommendation(KEPT, stipulated=False, commitment="county_jail_1170h"),
         ("The People ask for a hearing.", "county jail under Penal Code section 1170(h)",
          "the defendant is RESENTENCED to two years, low term"), ("VACATED", "stipulat")),
        (recommendation(sentenced(section="459", code="PC", new_section=None, new_severity=None),
                        victims="contacted", victims_said="By telephone on October 1, 2019 the victim did not object"),
         ("Penal Code section 459", "the victim did not object."), ("November 9, 2016", "Proposition 64")),
    ],
    ids=["lesser offense", "shorter term", "another felony"],
)  # fmt: skip
def test_the_papers_say_what_section_1172_1_gives_and_no_more(
    asked: Recommendation, must: tuple[str, ...], must_not: tuple[str, ...]
) -> None:
    text = said(asked)
    assert [words for words in must if words not in text] == []
    assert [words for words in must_not if words in text] == []


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (recommendation(commitment="probation"), "not probation alone"),
        (recommendation(commitment="county_jail"), "not probation alone"),
        (recommendation(replace(KEPT, severity="misdemeanor")), "has none"),
        (recommendation(counts=()), "no count"),
        (recommendation(is_supervising=False), "supervising deputy"),
        (recommendation(court=replace(COURT, county="ALAMEDA")), "another county"),
        (recommendation(proposed_days=5000), "longer than the original"),
        (recommendation(concurs=False), "the defendant's concurrence"),
        (recommendation(sentenced(new_severity="felony")), "no lesser offense"),
        (recommendation(sentenced(new_section="11359(b)")), "is not a misdemeanor under 11359(b)"),
        (recommendation(sentenced(new_severity=None)), "its section and its severity"),
        (recommendation(victims="not_reached"), "reach the victim"),
        (recommendation(factors=(Factor("x", "Z"),)), "Exhibit Z is named but not listed"),
        (recommendation(factors=()), "lacks the post-conviction factors"),
        (recommendation(exhibits=(("B", "x"), ("B", "y"), ("C", "z"))), "Two exhibits have the letter B"),
        (recommendation(sentenced(proposed=" ")), "lacks the proposed sentence"),
        (recommendation(sentenced(convicted_on=date(2015, 1, 1))), "not in order"),
        (recommendation(defendant_name="A\u202eB"), "U+202E"),
    ],
)  # fmt: skip
def test_what_section_1172_1_does_not_reach_is_refused(asked: Recommendation, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        draft_recommendation(asked)
    assert why in " ".join(refused.value.reasons)


def test_recommendation_and_order_are_two_pdfs_that_stand_the_clerks_checks() -> None:
    drawn = draft_recommendation(recommendation(sentenced(), sentenced(section="11359", new_section="11359(b)")))
    assert [paper.kind for paper in drawn] == ["recommendation", "order"]
    text = " ".join(page.text for page in reading.read(drawn[0].pdf)[0])
    assert "RESENTENCE (Pen. Code, § 1172.1(a)(1), (b))" in " ".join(text.replace("\u00a0", " ").split())
    again = draft_recommendation(recommendation(sentenced(), sentenced(section="11359", new_section="11359(b)")))
    assert [paper.pdf for paper in again] == [paper.pdf for paper in drawn]


def test_one_of_them_is_previewed_alone_with_a_watermark() -> None:
    (order,) = draft_recommendation(recommendation(), purpose="preview", only="order")
    assert order.kind == "order"
    for page in reading.read(order.pdf)[0]:
        assert any("NOT FOR FILING" in run.text for run in page.artifacts)


def test_hostile_text_is_printed_as_text() -> None:
    text = "<b>x</b> {{ 7*7 }} file:///etc/passwd http://x.example/ " + "Y" * 200
    drawn = draft_recommendation(recommendation(safe_because=text, supervision=text, factors=(Factor(text, "B"),)))
    printed = "".join(page.text for page in reading.read(drawn[0].pdf)[0])
    assert reading.squeezed(printed).count(reading.squeezed(text)) == 3
