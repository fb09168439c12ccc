"""Proposed orders as word-processor files, for the judge to edit (rule 3.1312(c) asks it of civil ones; so do courts).

The words are those of the PDF, paragraph by paragraph: both are made from the same draft. The layout is like pleading
paper, with its margins, type and 24-point pitch, but without the numbers in the margin: an editor moves lines, and
numbers that no longer fit them would be worse than none. A court numbers what it files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from petitions.drafting import drafts_of
from petitions.papers.data import CaseFile
from petitions.papers.drafts import Draft
from petitions.papers.omnibus import Omnibus
from petitions.papers.recommendation import Recommendation

BLANKS: Final = {"date": 18, "sign": 30, "whole-line": 60}  # underscores, by the class of the blank


@dataclass(slots=True)
class Paragraph:
    """A paragraph of a draft: where it stands, how it is set, and its lines."""

    place: str  # "attorney", "court", "parties", "paper", "body"
    is_title: bool = False
    indented: bool = True
    at_right: bool = False
    with_next: bool = False  # kept on one page with what follows
    lines: list[str] = field(default_factory=lambda: [""])


def order_docx(asked: CaseFile | Omnibus | Recommendation) -> bytes:
    """The proposed order of a case, a list or a recommendation as .docx. Same input, same bytes.

    Raises PaperRefused as drafting the PDF does; what a clerk would reject in the finished PDF is not looked for here.
    """
    (order,) = (draft for draft in drafts_of(asked) if draft.kind == "order")
    from petitions import word_file  # here, so that only who asks for the file needs the library that writes it

    return word_file.written(paragraphs(order), order, asked.as_of)


def paragraphs(draft: Draft) -> list[Paragraph]:
    """The paragraphs of a draft, in their order, as its markup has them."""
    reader = _Reader()
    reader.feed(draft.markup.split("<body>", 1)[1])
    for paragraph in reader.found:
        paragraph.lines = [re.sub(r"[ \n]+", " ", line).strip() for line in paragraph.lines]
    return reader.found


class _Reader(HTMLParser):
    """Paragraphs out of our own markup: p, h1, br, blanks, and the boxes around them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Paragraph] = []
        self._open: Paragraph | None = None
        self._boxes: list[list[str]] = []  # their classes, from outside in

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "div":
            self._boxes.append(classes)
        elif tag in ("p", "h1", "h2"):
            self._open = self._paragraph(tag, classes)
            self.found.append(self._open)
        elif tag == "br" and self._open:
            self._open.lines.append("")
        elif tag == "span" and self._open and "blank" in classes:
            self._open.lines[-1] += "_" * next(length for name, length in BLANKS.items() if name in classes)

    def _paragraph(self, tag: str, classes: list[str]) -> Paragraph:
        named = next((place for place in ("attorney", "court", "parties") if place in classes), "")
        around = {name for box in self._boxes for name in box}
        plain = bool(named) or "paper" in around or tag != "p"
        return Paragraph(
            place=named or ("paper" if "paper" in around else "body"),
            is_title=tag == "h1",
            indented=not plain and not {"flush", "right"} & set(classes),
            at_right="right" in classes,
            with_next="together" in around or "together" in classes,
        )

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._boxes.pop()
        elif tag in ("p", "h1", "h2"):
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open.lines[-1] += data
