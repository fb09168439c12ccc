"""One motion for many cases: what may be in it, what it says, and its exhibit in volumes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from petitions import Paper, PaperRefused, checks, draft_omnibus, draw_volume, reading
from petitions.papers import exhibit
from petitions.papers import omnibus as omnibus_papers
from petitions.papers.data import ConvictionLine
from petitions.papers.exhibit import Volume
from petitions.papers.omnibus import Omnibus
from tests.petitions.cases import COURT, conviction, identified, listed, omnibus, redesignation, resentencing

ENDED = date(2018, 1, 1)
REDESIGNATED = redesignation(sentence_end=ENDED)


def said(given: Omnibus) -> str:
    """The words of the three papers."""
    assert omnibus_papers.reasons(given) == []
    return " ".join(" ".join(checks.put_in(each).split()) for each in omnibus_papers.drafts(given, volumes=3))


@pytest.mark.parametrize(
    ("line", "must", "must_not"),
    [
        (conviction(sentence_end=ENDED),
         ("the 5 convictions listed in Exhibit A-1", "are DISMISSED as legally invalid",
          "SEALED as to those convictions only", "5 convictions of 3 persons in 5 cases",
          "The public defender was given the list on October 20, 2019", "Exhibit A-1 (in 3 volumes)",
          "as follows: 12 (a question of law is open).", "Eligibility is presumed", "engine version 1.4.0",
          "file a copy of this order, or enter it in the register of actions, in each listed case"),
         ("REDESIGNATED", "danger", "1385", "EXAMPLE", "11361.9")),
        (REDESIGNATED,
         ("Exhibit A-2", "REDESIGNATED, each as a misdemeanor", "for all purposes", "Under present law the offense is"),
         ("DISMISSED", "SEAL", "seal,", "danger", "1385", "EXAMPLE")),
        (redesignation(section="11358", new_section="11358(b)", new_severity="infraction", sentence_end=ENDED,
                       stated={"plants": ("4", "the report")}),
         ("Exhibit A-3", "each as an infraction"), ("SEAL", "Exhibit A-2", "the report")),
        (conviction(section="11359", basis="policy", missing=(), may_say_no_exception=True, sentence_end=ENDED),
         ("the People concede eligibility", "“Contra Costa 2019”, version 1"), ("Eligibility is presumed",)),
        (conviction(basis="statute", missing=(), stated={"grams": ("12", "the report")}, sentence_end=ENDED),
         ("a source that the office’s file of the case names states amount, plants, or age; within those facts the "
          "conduct is now lawful", "section 11361.8(e) are met"), ("the report", "12 grams")),
    ],
    ids=["dismiss", "redesignate as misdemeanors", "redesignate as infractions", "policy", "statute"],
)  # fmt: skip
def test_the_papers_of_a_list_say_what_the_law_gives_and_no_more(
    line: ConvictionLine, must: tuple[str, ...], must_not: tuple[str, ...]
) -> None:
    text = said(omnibus(line=line))
    assert [words for words in must if words not in text] == []
    assert [words for words in must_not if words in text] == []


def test_sections_with_their_own_reasons_are_named() -> None:
    cultivation = conviction(section="11358", missing=("plants",), may_say_no_exception=True, sentence_end=ENDED)
    text = said(omnibus(rows=(*omnibus(2).rows, listed(9, cultivation))))
    assert "As to the listed convictions of section 11357(a): The DOJ record does not state the amount" in text
    assert "As to the listed convictions of section 11358: The DOJ record does not state the number of plants" in text


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (omnibus(0), "no conviction"),
        (omnibus(rows=(*omnibus(2).rows, listed(7, REDESIGNATED))), "one relief"),
        (omnibus(rows=(*omnibus(2).rows, listed(7, conviction(basis="policy", sentence_end=ENDED)))),
         "one basis"),
        (omnibus(2, resentencing()), "still being served"),
        (omnibus(2, conviction(sentence_end=date(2030, 1, 1))), "was not over"),
        (omnibus(2, conviction(sealing=False)), "sealing goes with dismissal"),
        (omnibus(2, redesignation(may_say_no_exception=False)), "possible ground to oppose"),
        (omnibus(2, conviction(attempt_text="attempt", ground="treated_as_listed", ground_authority="x")),
         "a motion of its own"),
        (omnibus(rows=omnibus(2).rows[:1] * 2), "more than once"),
        (omnibus(court=replace(COURT, case_number_pattern=r"\d+")), "form of the court's case numbers"),
        (omnibus(rows=(listed(1, conviction(), defendant_name="A\u202eB"),)), "U+202E"),
        (omnibus(rows=(listed(1, conviction(), case_number=" "),)), "no case number"),
        (omnibus(source_files=()), "No record file"),
    ],
)  # fmt: skip
def test_a_list_that_the_law_does_not_allow_is_refused(given: Omnibus, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        draft_omnibus(given)
    assert why in " ".join(refused.value.reasons)


@pytest.fixture(scope="module")
def volumes() -> list[Volume]:
    return draft_omnibus(identified(omnibus(130, REDESIGNATED)), rows_a_volume=60).volumes


@pytest.fixture(scope="module")
def drawn(volumes: list[Volume]) -> list[list[Paper]]:
    return [draw_volume(volume) for volume in volumes]


def text_of(paper: Paper) -> str:
    return " ".join(page.text for page in reading.read(paper.pdf)[0])


def test_rows_and_pages_go_on_from_volume_to_volume(volumes: list[Volume], drawn: list[list[Paper]]) -> None:
    public = [volume for volume in volumes if not volume.confidential]
    assert [(volume.first_row, volume.last_row) for volume in public] == [(1, 60), (61, 120), (121, 130)]
    page = 1
    for volume, (to_motion, _) in zip(public, drawn, strict=False):
        for labels in reading.read(to_motion.pdf)[0]:
            assert f"Page {page} of {public[-1].of_pages}" in [run.text.strip() for run in labels.artifacts]
            page += 1
        assert f"Volume {volume.number} of 3" in text_of(to_motion)
    assert page - 1 == public[-1].of_pages


def test_the_totals_stand_on_the_last_page_of_the_last_volume_alone(drawn: list[list[Paper]]) -> None:
    total = "Total: 130 convictions of 87 persons in 130 cases."
    assert [total in text_of(papers[0]) for papers in drawn[:3]] == [False, False, True]


def test_the_exhibit_to_the_order_equals_the_exhibit_to_the_motion_row_by_row(drawn: list[list[Paper]]) -> None:
    for to_motion, to_order in drawn[:3]:
        assert text_of(to_motion) == text_of(to_order)
        assert to_motion.title.startswith("Exhibit A-2 to People’s Omnibus Motion, Volume")
        assert to_order.title.startswith("Exhibit A-2 to [Proposed] Order on People’s Omnibus Motion, Volume")
        for paper in (to_motion, to_order):
            with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
                assert str(pdf.docinfo.Title) == paper.title


def test_identifiers_stand_in_the_confidential_attachment_alone(drawn: list[list[Paper]]) -> None:
    for papers in drawn:
        for paper in papers:
            secret = "02/03/1971" in text_of(paper) or "A01234567" in text_of(paper) or "PATRICK" in text_of(paper)
            assert secret is (paper.kind == "confidential")
            if paper.kind == "confidential":
                assert paper.title.startswith("CONFIDENTIAL")
                assert "CONFIDENTIAL: not for the public file" in text_of(paper)


def test_every_page_repeats_the_heads_and_keeps_rows_whole(volumes: list[Volume], drawn: list[list[Paper]]) -> None:
    for volume, papers in zip(volumes, drawn, strict=True):
        for page in reading.read(papers[0].pdf)[0]:
            assert "Case number" in page.text
            assert all(54 < run.baseline < 740 and run.left >= 36 and run.right <= 576 for run in page.body)
        with pikepdf.open(io.BytesIO(papers[0].pdf)) as pdf:
            kinds = [str(element.S) for element in _elements(pdf.Root.StructTreeRoot.K[0])]
            assert kinds.count("/TH") == len(volume.columns) * len(volume.pages)
            assert kinds.count("/TD") == len(volume.columns) * (volume.last_row - volume.first_row + 1)
            assert str(pdf.Root.Lang) == "en-US"


def _elements(element: pikepdf.Object) -> list[pikepdf.Object]:
    kids = element.get("/K", [])
    found = [element]
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
            found += _elements(kid)
    return found


def test_a_volume_has_the_same_bytes_when_drawn_again(volumes: list[Volume], drawn: list[list[Paper]]) -> None:
    assert [paper.sha256 for paper in draw_volume(volumes[1])] == [paper.sha256 for paper in drawn[1]]


def test_long_names_wrap_and_are_counted_before_the_pages_break() -> None:
    names = [
        "X" * 200,
        "MARIA DE LOS ANGELES " * 9,
        "O-" * 90,
        "ÑÚÑEZ," + "É" * 100,
        "{{ x }} <b>http://x</b> file:///x",
    ]
    rows = tuple(listed(n, REDESIGNATED, defendant_name=names[n % 5], name_is_stated=True) for n in range(100))
    for volume in draft_omnibus(omnibus(rows=rows)).volumes:
        assert len(draw_volume(volume)) == 2


def test_rows_are_sorted_by_case_number_as_numbers() -> None:
    rows = tuple(listed(n, REDESIGNATED, case_number=number) for n, number in enumerate(["CR10", "CR9", "CR100"]))
    cells = exhibit.public_volumes(omnibus(rows=rows))[0].pages[0]
    assert [row[1] for row in cells] == ["CR9", "CR10", "CR100"]


def test_a_row_that_reads_back_differently_is_found(volumes: list[Volume]) -> None:
    volume = volumes[0]
    first, *rest = volume.pages
    changed = replace(volume, pages=((("1", "05-999999-9", *first[0][2:]), *first[1:]), *rest))
    pages, _ = reading.read(draw_volume(volume)[0].pdf)
    faults = checks.exhibit_faults(
        pages, given=exhibit.given(changed), labels=exhibit.page_labels(volume), footer="x", public=True
    )
    assert "row by row" in faults[0]
