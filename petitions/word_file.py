"""Paragraphs written as a word-processor file (.docx)."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from petitions import pleading, zipped
from petitions.editable import Paragraph
from petitions.papers.drafts import Draft

FACE: Final = "Times New Roman"
UNNEEDED: Final = (
    "/docProps/thumbnail.jpeg", "/docProps/app.xml", "/customXml/", "/word/theme/", "/word/stylesWithEffects.xml",
    "/word/numbering.xml", "/word/webSettings.xml", "/word/fontTable.xml",
)  # of the library's template  # fmt: skip
STYLES: Final = (
    "Normal", "heading 1", "footer", "Heading 1 Char", "Footer Char", "Default Paragraph Font", "Normal Table",
    "No List",
)  # fmt: skip
CAPTION_WIDTHS: Final = (
    pleading.CAPTION_MIDDLE - pleading.TEXT_LEFT,
    pleading.TEXT_RIGHT - pleading.CAPTION_MIDDLE,
)
LINE: Final = {"val": "single", "sz": "6", "space": "1", "color": "000000"}


def written(parts: Sequence[Paragraph], draft: Draft, as_of: date) -> bytes:
    """The file's bytes. Same paragraphs, same bytes: its dates are `as_of`."""
    document = Document(io.BytesIO(_template()))
    _set_footer(document, draft.footer)
    cells: dict[str, Any] = {}
    for part in parts:
        if part.place in ("parties", "paper"):
            cells = cells or _caption(document)
            _add(cells[part.place], part)
        else:
            _add(document, part)
    for cell in cells.values():
        cell._element.remove(cell.paragraphs[0]._element)  # the empty one that every new cell has
    _describe(document, draft, as_of)
    return _packed(document)


@functools.cache
def _template() -> bytes:
    """The library's template with our page and styles, and without what no order needs; read anew for each order."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    styles = document.styles.element
    for style in list(styles.style_lst):
        if style.name_val not in STYLES:
            styles.remove(style)
    for owner in (document.part.package, document.part):
        for reference, relation in list(owner.rels.items()):
            if not relation.is_external and relation.target_part.partname.startswith(UNNEEDED):
                del owner.rels[reference]
    whole = io.BytesIO()
    document.save(whole)
    return whole.getvalue()


def _add(to: Any, part: Paragraph) -> None:
    """One paragraph; its lines stay lines of it."""
    paragraph = to.add_paragraph(style="Heading 1" if part.is_title else None)  # looking up "Normal" is slow
    for number, line in enumerate(part.lines):
        run = paragraph.add_run()
        if number:
            run.add_break()
        run.add_text(line)
    set_as = paragraph.paragraph_format
    if part.with_next:
        set_as.keep_with_next = set_as.keep_together = True
    if part.indented:
        set_as.first_line_indent = Pt(36)
    if part.at_right:
        set_as.left_indent = Pt(216)
    if part.place == "court":
        set_as.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if part.place == "attorney":
        set_as.right_indent = Pt(pleading.TEXT_RIGHT - pleading.CLERK_LEFT)  # the clerk's space stays empty


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Pt(pleading.PAGE_WIDTH), Pt(pleading.PAGE_HEIGHT)
    section.left_margin, section.right_margin = Pt(pleading.TEXT_LEFT), Pt(pleading.PAGE_WIDTH - pleading.TEXT_RIGHT)
    section.top_margin, section.bottom_margin, section.footer_distance = Pt(72), Pt(60), Pt(18)


def _set_styles(document: Any) -> None:
    for name in ("Normal", "Heading 1", "Footer"):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = FACE, RGBColor(0, 0, 0)
        style.font.size = Pt(10 if name == "Footer" else pleading.TEXT_SIZE)
        style.font.bold = name == "Heading 1"
        faces = style.element.rPr.rFonts
        for attribute in list(faces.attrib):  # a theme's face would win over the one named
            del faces.attrib[attribute]
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            faces.set(qn(f"w:{script}"), FACE)
        set_as = style.paragraph_format
        set_as.space_before = set_as.space_after = Pt(0)
        set_as.line_spacing_rule, set_as.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pleading.PITCH)
        set_as.widow_control = True
    document.styles["Footer"].paragraph_format.line_spacing = Pt(12)


def _set_footer(document: Any, title: str) -> None:
    """Page number, below it a line, below that the title of the paper (rule 2.110)."""
    number, below = document.sections[0].footer.paragraphs[0], document.sections[0].footer.add_paragraph(style="Footer")
    for paragraph in (number, below):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field_ = OxmlElement("w:fldSimple")
    field_.set(qn("w:instr"), "PAGE")
    number._element.append(field_)
    below.add_run().add_text(title)
    borders = _edges("w:pBdr", "top")
    below._element.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _edges(kind: str, *edges: str) -> Any:
    """Borders of a paragraph or a cell."""
    borders = OxmlElement(kind)
    for edge in edges:
        line = OxmlElement(f"w:{edge}")
        for name, value in LINE.items():
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders


def _caption(document: Any) -> dict[str, Any]:
    """Two cells side by side, by place: title of the case, and number and title of the paper."""
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, CAPTION_WIDTHS, strict=True):
        column.width = column.cells[0].width = Pt(width)
    left, right = table.rows[0].cells
    left._element.get_or_add_tcPr().append(_edges("w:tcBorders", "bottom", "right"))
    return {"parties": left, "paper": right}


def _describe(document: Any, draft: Draft, as_of: date) -> None:
    """Title and language; no name of a person, machine or program, and no clock."""
    about, moment = document.core_properties, datetime.combine(as_of, time(), tzinfo=UTC)
    about.title, about.subject, about.language = draft.title, f"Wording: {draft.wording_version}", "en-US"
    about.author = about.last_modified_by = about.comments = about.keywords = about.category = ""
    about.created = about.modified = moment
    about.revision = 1


def _packed(document: Any) -> bytes:
    """The file's parts in the order of their names, with one date, so that same words are same bytes."""
    loose = io.BytesIO()
    document.save(loose)
    return zipped.packed(zipped.unpacked(loose.getvalue()))
