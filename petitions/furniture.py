"""What stands outside the text on every page: line numbers, rules, page number, footer title.

They are drawn once per page as artifacts, so that no reading aloud meets them. They are written into the page here, not
laid out as text: one shared drawing of 28 numbers costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import pydyf

from petitions.pleading import (
    FIRST_BASELINE,
    FOOTER_BASELINE,
    FOOTER_RULE,
    FOOTER_SIZE,
    LEFT_RULES,
    LINES,
    NUMBER_RIGHT,
    PAGE_HEIGHT,
    PAGE_NUMBER_BASELINE,
    PAGE_WIDTH,
    PITCH,
    RIGHT_RULE,
    TEXT_LEFT,
    TEXT_RIGHT,
    TEXT_SIZE,
    width,
)
from petitions.typeface import shown, typeface

PLAIN_MARGIN: Final = 54.0  # of the rule above the footer where a page is no pleading paper


def _shown(text: str, size: float, x: float, from_top: float) -> str:
    """Operators that show one line of furniture with its baseline `from_top` of the page."""
    font = typeface().hash
    return f"BT /{font} {size:g} Tf 1 0 0 1 {x:.3f} {PAGE_HEIGHT - from_top:.3f} Tm <{shown(text)}> Tj ET"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f".75 w {x1:.2f} {PAGE_HEIGHT - y1:.2f} m {x2:.2f} {PAGE_HEIGHT - y2:.2f} l S"


@cache
def _numbers_and_rules() -> bytes:
    """The drawing that every page shares: 28 numbers, double rule left, single rule right, rule above the footer."""
    marks = ["0 g 0 G"]
    for index in range(LINES):
        number = str(index + 1)
        marks.append(_shown(number, TEXT_SIZE, NUMBER_RIGHT - width(number), FIRST_BASELINE + index * PITCH))
    marks += [_line(x, 0, x, PAGE_HEIGHT) for x in (*LEFT_RULES, RIGHT_RULE)]
    marks.append(_line(TEXT_LEFT, FOOTER_RULE, TEXT_RIGHT, FOOTER_RULE))
    return "\n".join(marks).encode("ascii")


def _centred(text: str, size: float, middle: float, from_top: float) -> str:
    return _shown(text, size, middle - width(text, size) / 2, from_top)


def _across(text: str) -> bytes:
    """Outlined letters from lower left to upper right; empty without text."""
    if not text:
        return b""
    size, slope = 36.0, 0.7071
    reach = width(text, size) * slope / 2
    x, y = PAGE_WIDTH / 2 - reach + size * 0.25, PAGE_HEIGHT / 2 - reach - size * 0.25
    turned = f"{slope} {slope} -{slope} {slope} {x:.2f} {y:.2f} Tm"
    return f"q .75 G .5 w BT /{typeface().hash} {size:g} Tf 1 Tr {turned} <{shown(text)}> Tj ET Q".encode("ascii")


def furnish(
    pdf: pydyf.PDF, *, footer: str, numbered: bool, labels: Sequence[str] = (), watermark: str = ""
) -> pydyf.Stream:
    """Draw page number and footer title on every page, and on pleading paper line numbers and rules.

    `labels` are printed in place of the page numbers, for a document in volumes. `footer` is one line of Latin text,
    centred under the text on pleading paper, else on the sheet. `watermark` goes across the page in outline. The whole
    is an artifact: it belongs to the paper, not to its text. Returns what all pages share; `foot` is its last part.
    """
    objects = {object_.number: object_ for object_ in pdf.objects}
    pages = [objects[_number(reference)] for reference in pdf.page_references]
    left, right = _edges(numbered=numbered)
    marks = _numbers_and_rules() if numbered else _line(left, FOOTER_RULE, right, FOOTER_RULE).encode("ascii")
    form = pydyf.Stream(
        [marks, _across(watermark), b"0 g", foot(footer, numbered=numbered)],
        pydyf.Dictionary(
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array([0, 0, PAGE_WIDTH, PAGE_HEIGHT]),
                "Resources": pydyf.Dictionary({"Font": objects[_number(pages[0]["Resources"])]["Font"]}),
            }
        ),
        compress=True,
    )
    pdf.add_object(form)
    for page, label in zip(pages, labels or map(str, range(1, len(pages) + 1)), strict=False):
        objects[_number(page["Resources"])]["XObject"]["Furniture"] = form.reference
        content = objects[_number(page["Contents"])].stream
        content.insert(0, b"q")  # the page's own content is drawn upside down in a frame of its own
        content += [
            b"Q /Artifact <</Type /Pagination>> BDC q /Furniture Do Q 0 g",
            _centred(label, TEXT_SIZE, (left + right) / 2, PAGE_NUMBER_BASELINE).encode("ascii"),
            b"EMC",
        ]
    return form


def foot(title: str, *, numbered: bool) -> bytes:
    """Operators that show the title below the rule."""
    return _centred(title, FOOTER_SIZE, sum(_edges(numbered=numbered)) / 2, FOOTER_BASELINE).encode("ascii")


def _edges(*, numbered: bool) -> tuple[float, float]:
    return (TEXT_LEFT, TEXT_RIGHT) if numbered else (PLAIN_MARGIN, PAGE_WIDTH - PLAIN_MARGIN)


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
