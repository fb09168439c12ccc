"""Tags, language, title, fonts, bookmarks, table headers, artifacts and reading order of every kind of paper.

The rules of PDF/UA-1 (ISO 14289-1) as far as a program can tell them, on the file itself: no checker can be had here.
"""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator

import pikepdf
import pytest

from petitions import checks, render
from petitions.papers import declaration, exhibit, letter, motion, order
from petitions.papers.drafts import Draft
from petitions.reading import squeezed
from tests.petitions import cases, drawn
from tests.petitions.samples import SAMPLES

ROLES = {"Document", "H1", "H2", "P", "Div", "Span", "NonStruct", "Table", "THead", "TBody", "TR", "TH", "TD"}
UA = re.compile(rb'pdfuaid:part="1"')


@pytest.fixture(scope="module", params=list(SAMPLES))
def pdfs(request: pytest.FixtureRequest) -> list[bytes]:
    return SAMPLES[request.param]()


def opened(pdfs: list[bytes]) -> Iterator[pikepdf.Pdf]:
    for pdf in pdfs:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            yield document


def test_the_file_states_its_title_its_language_and_its_standard(pdfs: list[bytes]) -> None:
    for document in opened(pdfs):
        metadata = document.Root.Metadata.read_bytes()
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            assert xmp["dc:title"] == str(document.docinfo.Title)
            assert xmp["pdf:Producer"] == str(document.docinfo.Producer) == "Clear My Record"
        assert str(document.docinfo.Title).strip()
        assert str(document.Root.Lang) in ("en-US", "es-US")
        assert UA.search(metadata)
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert not {"/CreationDate", "/ModDate", "/Author"} & set(document.docinfo.keys())


def test_the_spanish_letter_states_spanish() -> None:
    (document,) = opened(SAMPLES["letter-spanish"]())
    assert str(document.Root.Lang) == "es-US"


def test_everything_drawn_is_tagged_or_an_artifact(pdfs: list[bytes]) -> None:
    for pdf in pdfs:
        for sheet in drawn.sheets(pdf):
            assert sheet.unmarked == []
            assert sheet.body


def test_each_piece_of_text_is_in_the_tag_tree_once_and_found_from_its_page(pdfs: list[bytes]) -> None:
    for pdf, document in zip(pdfs, opened(pdfs), strict=True):
        tree = drawn.tags(document)
        in_tree = Counter(place for tag in tree.walk() for place in tag.own)
        drawn_on = {(page, text.mcid) for page, sheet in enumerate(drawn.sheets(pdf)) for text in sheet.body}
        assert set(in_tree.values()) == {1}
        assert drawn_on <= set(in_tree)
        found = document.Root.StructTreeRoot.ParentTree.Nums
        by_page = {int(found[at]): found[at + 1] for at in range(0, len(found), 2)}
        for tag in tree.walk():
            for page, number in tag.own:
                assert by_page[int(document.pages[page].StructParents)][number].objgen == tag.element.objgen
        assert [str(page.Tabs) for page in document.pages] == ["/S"] * len(document.pages)


def test_tags_are_of_known_roles_and_know_their_parents(pdfs: list[bytes]) -> None:
    for document in opened(pdfs):
        for tag in drawn.tags(document).walk():
            assert tag.role in ROLES
            assert all(kid.element.P.objgen == tag.element.objgen for kid in tag.kids)


def test_headings_begin_with_one_of_the_first_level_and_each_has_a_bookmark(pdfs: list[bytes]) -> None:
    for pdf, document in zip(pdfs, opened(pdfs), strict=True):
        headings = [tag for tag in drawn.tags(document).walk() if re.fullmatch(r"H\d", tag.role)]
        assert [tag.role for tag in headings] == ["H1"] + ["H2"] * (len(headings) - 1)
        with document.open_outline() as outline:
            marked = [entry.title for root in outline.root for entry in (root, *root.children)]
            pages = [entry.destination[0] for root in outline.root for entry in (root, *root.children)]
        assert [squeezed(title) for title in marked] == [squeezed(said(pdf, tag)) for tag in headings]
        assert all(page.objgen in {each.objgen for each in document.pages} for page in pages)


def test_each_cell_of_a_table_names_its_column_and_rows_are_whole(pdfs: list[bytes]) -> None:
    for document in opened(pdfs):
        for table in (tag for tag in drawn.tags(document).walk() if tag.role == "Table"):
            assert [part.role for part in table.kids] == ["THead", "TBody"]
            rows = [row for part in table.kids for row in part.kids]
            assert {row.role for row in rows} == {"TR"}
            heads = [str(cell.element.ID) for cell in rows[0].kids]
            assert {cell.role for cell in rows[0].kids} == {"TH"}
            assert len(set(heads)) == len(heads)
            for row in rows[1:]:
                assert [[str(head) for head in cell.element.A.Headers] for cell in row.kids] == [[h] for h in heads]
                assert len({page for tag in row.walk() for page, _ in tag.own}) == 1


def test_fonts_are_embedded_and_every_glyph_has_a_width_and_a_meaning(pdfs: list[bytes]) -> None:
    for document in opened(pdfs):
        fonts = document.pages[0].Resources.Font
        assert all(page.Resources.Font.objgen == fonts.objgen for page in document.pages)
        for font in fonts.values():
            (descendant,) = font.DescendantFonts
            assert len(descendant.FontDescriptor.FontFile2.read_bytes()) == descendant.FontDescriptor.FontFile2.Length1
            assert str(font.BaseFont).endswith("+Liberation-Serif")
            assert {int(glyph, 16) for glyph in drawn.to_unicode(font)} == set(drawn.widths(descendant))


def said(pdf: bytes, tag: drawn.Tag) -> str:
    """The text of a tag and all below it, as it is read aloud."""
    texts = [{text.mcid: text.text for text in sheet.body} for sheet in drawn.sheets(pdf)]
    return "".join(texts[page].get(number, "") for each in tag.walk() for page, number in each.own)


def read_aloud(pdf: bytes) -> str:
    """The whole text in the order of its tags, without blanks."""
    (document,) = opened([pdf])
    return squeezed(said(pdf, drawn.tags(document)))


@pytest.mark.parametrize("kind", [motion, declaration, order])
def test_a_paper_is_read_aloud_in_the_order_of_its_words(kind) -> None:
    for file in (cases.case_file(), cases.case_file(cases.conviction(), cases.redesignation()), cases.serving()):
        made: Draft = kind.draft(file)
        pdf = render.render(made.markup, footer=made.footer, shared=made.shared).pdf
        assert read_aloud(pdf) == squeezed(checks.put_in(made))


def test_an_exhibit_is_read_aloud_row_by_row_and_a_letter_paragraph_by_paragraph() -> None:
    for volume in exhibit.public_volumes(cases.omnibus(70), rows_a_volume=60):
        copies, _ = render.render_copies(
            exhibit.markup(volume), ["x"], labels=exhibit.page_labels(volume), extra_style=exhibit.STYLE
        )
        assert read_aloud(copies[0].pdf) == squeezed("".join(exhibit.given(volume)))
    markup = letter.markup(cases.letter())
    pdf = render.render(markup, footer="", numbered=False, extra_style=letter.STYLE).pdf
    assert read_aloud(pdf) == squeezed(checks.words_in(markup))


def test_line_numbers_and_footer_are_drawn_the_same_on_every_page_of_a_paper(pdfs: list[bytes]) -> None:
    for pdf in pdfs:
        furniture = [[text for text in sheet.artifacts if text.baseline != 760.5] for sheet in drawn.sheets(pdf)]
        assert all(one == another for one, another in itertools.pairwise(furniture))
