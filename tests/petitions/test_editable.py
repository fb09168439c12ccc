"""The proposed order as an editable file: the PDF's words, and nothing that another machine would write differently."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document

from petitions import (
    PaperRefused,
    Wording,
    draft,
    draft_omnibus,
    draft_recommendation,
    order_docx,
    pleading,
    reading,
)
from petitions.editable import paragraphs
from petitions.examples import EXAMPLES
from petitions.papers.data import CaseFile
from petitions.papers.omnibus import Omnibus
from petitions.papers.recommendation import Recommendation
from petitions.wording import BLOCKS
from tests.petitions.cases import case_file, conviction, omnibus, recommendation, redesignation, serving

ORDERS = {
    name: given for name, make in EXAMPLES.items() if isinstance(given := make(), CaseFile | Omnibus | Recommendation)
}
HOSTILE = "<b>x</b> &amp; {{ 7*7 }} {% x %} http://127.0.0.1/x file:///etc/passwd </w:t><w:p/> ]]>"


def pdf_of(asked: CaseFile | Omnibus | Recommendation) -> bytes:
    if isinstance(asked, CaseFile):
        return draft(asked)[2].pdf
    return (draft_omnibus(asked).papers[2] if isinstance(asked, Omnibus) else draft_recommendation(asked)[1]).pdf


def lines_of(docx: bytes) -> list[str]:
    """The lines of the file in their order; blanks to fill in left out."""
    document = Document(io.BytesIO(docx))
    found = []
    for part in document.iter_inner_content():
        inside = [part] if hasattr(part, "runs") else [each for cell in part.rows[0].cells for each in cell.paragraphs]
        found += [line.replace("_", "").strip() for paragraph in inside for line in paragraph.text.split("\n")]
    return [line for line in found if line]


@pytest.mark.parametrize("name", list(ORDERS))
def test_it_says_line_by_line_what_the_pdf_says(name: str) -> None:
    pdf = reading.squeezed("".join(page.text for page in reading.read(pdf_of(ORDERS[name]))[0]))
    lines = [reading.squeezed(line) for line in lines_of(order_docx(ORDERS[name]))]
    at = next(number for number, line in enumerate(lines) if line.startswith("THEPEOPLEOFTHESTATE"))
    parties = "".join(lines[at : at + 2])  # they stand beside the title: a PDF draws them out of turn
    assert pdf.count(parties) == 1
    assert "".join(lines[:at] + lines[at + 2 :]) == pdf.replace(parties, "")


@pytest.mark.parametrize("asked", [case_file(), omnibus(3), recommendation()], ids=["case", "omnibus", "1172.1"])
def test_the_same_order_gives_the_same_bytes_in_another_process_too(
    asked: CaseFile | Omnibus | Recommendation,
) -> None:
    assert order_docx(asked) == order_docx(asked)
    alone = "import sys, hashlib; from petitions import order_docx; from tests.petitions.cases import *\n"
    made = {CaseFile: "case_file()", Omnibus: "omnibus(3)", Recommendation: "recommendation()"}[type(asked)]
    alone += f"sys.stdout.buffer.write(order_docx({made}))"
    assert subprocess.run([sys.executable, "-c", alone], capture_output=True, check=True).stdout == order_docx(asked)


def test_its_parts_stand_in_order_with_one_date_and_nothing_active_or_linked() -> None:
    with zipfile.ZipFile(io.BytesIO(order_docx(case_file()))) as zipped:
        names = zipped.namelist()
        assert names == sorted(names)
        assert names[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        content = {name: zipped.read(name) for name in names}
    assert not [name for name in names if "vba" in name or "embed" in name or "media" in name or "custom" in name]
    assert not any(b'TargetMode="External"' in part for part in content.values())
    assert not any(b"YBARRA" in part for name, part in content.items() if name != "word/document.xml")
    for part in content.values():
        ElementTree.fromstring(part)


def test_it_has_title_language_and_the_footer_of_the_paper_and_names_no_program() -> None:
    wording = Wording("Office 3", {"order.clerk": BLOCKS["order.clerk"].text})
    document = Document(io.BytesIO(order_docx(case_file(wording=wording))))
    about = document.core_properties
    title = "[Proposed] Order on People’s Motion to Dismiss and Seal Conviction"
    assert (about.title, about.language, about.subject) == (title, "en-US", "Wording: Office 3")
    assert about.author == about.last_modified_by == about.comments == ""
    assert about.created.date() == about.modified.date() == case_file().as_of
    number, below = document.sections[0].footer.paragraphs
    assert 'w:instr="PAGE"' in number._element.xml
    assert below.text == title
    assert below._element.xml.count("<w:top ") == 1
    assert 'w:lang w:val="en-US"' in document.styles.element.xml


def test_it_is_laid_out_like_pleading_paper() -> None:
    document = Document(io.BytesIO(order_docx(case_file())))
    section, normal = document.sections[0], document.styles["Normal"]
    assert (section.page_width.pt, section.page_height.pt) == (612, 792)
    assert (section.top_margin.pt, section.left_margin.pt) == (72, pleading.TEXT_LEFT)
    assert (normal.font.name, normal.font.size.pt, normal.paragraph_format.line_spacing.pt) == (
        "Times New Roman",
        12,
        24,
    )
    attorney, court = document.paragraphs[:2]
    assert attorney.text.count("\n") == 6  # lines 1 to 7, so that the court stands on line 8: rule 2.111(3)
    assert attorney.paragraph_format.right_indent.pt == pleading.TEXT_RIGHT - pleading.CLERK_LEFT
    assert court.text.startswith("SUPERIOR COURT OF CALIFORNIA\nCOUNTY OF CONTRA COSTA")
    title = document.tables[0].rows[0].cells[1].paragraphs[1]
    assert title.style.name == "Heading 1"


def test_the_lines_to_fill_in_and_the_judges_signature_stay_with_their_text() -> None:
    document = Document(io.BytesIO(order_docx(serving())))
    sentence = next(part for part in document.paragraphs if "The new sentence, no longer" in part.text)
    assert sentence.text.endswith("is:\n" + "_" * 60)
    assert sentence.paragraph_format.keep_with_next
    *_, ordered, dated, judge = document.paragraphs
    assert ordered.text == "IT IS SO ORDERED."
    assert ordered.paragraph_format.keep_with_next
    assert dated.text.startswith("Dated: ___")
    assert judge.text.endswith("_\nJudge of the Superior Court")


@pytest.mark.parametrize("field", ["name", "number", "branch", "count", "wording"])
def test_hostile_text_stays_text(field: str) -> None:
    court = case_file().case.court
    clerk = BLOCKS["order.clerk"].text
    plain = HOSTILE.replace("{{ 7*7 }} {% x %} ", "")
    asked, text = {
        "name": (case_file(defendant_name=HOSTILE), HOSTILE),
        "number": (case_file(number=HOSTILE), HOSTILE),
        "branch": (case_file(court=replace(court, branch=HOSTILE)), HOSTILE.upper()),
        "count": (case_file(conviction(court_count_number=HOSTILE)), HOSTILE),
        "wording": (case_file(wording=Wording("x", {"order.clerk": f"{clerk} {plain}"})), plain),
    }[field]
    assert text in " ".join(lines_of(order_docx(asked)))


def test_an_order_the_law_does_not_allow_is_refused() -> None:
    with pytest.raises(PaperRefused) as refused:
        order_docx(case_file(redesignation(sealing=True)))
    assert "sealing goes with dismissal" in " ".join(refused.value.reasons)


def test_letters_that_reverse_or_control_are_refused() -> None:
    for character in "\u202e\x07\n\ufffe":
        with pytest.raises(PaperRefused):
            order_docx(case_file(defendant_name=f"A{character}B"))


def test_sixty_convictions_are_sixty_paragraphs() -> None:
    lines = [conviction(key=str(day), convicted_on=date(2009, 1 + day % 12, 1 + day // 12)) for day in range(60)]
    ordered = [line for line in lines_of(order_docx(case_file(*lines))) if "DISMISSED" in line]
    assert len(ordered) == 60


def test_a_list_in_volumes_names_as_many_as_its_pdf() -> None:
    assert "(in 1 volume)" in " ".join(lines_of(order_docx(omnibus(3))))


def test_paragraphs_know_their_place() -> None:
    from petitions.drafting import drafts_of

    parts = paragraphs(drafts_of(case_file())[2])
    assert [part.place for part in parts[:5]] == ["attorney", "court", "parties", "paper", "paper"]
    assert {part.place for part in parts[5:]} == {"body"}
