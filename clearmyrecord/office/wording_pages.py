"""A text block as it looks on its paper: of invented data, watermarked; and the page that prints it as a picture."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pypdfium2

import petitions
from clearmyrecord.office import queries
from petitions import PaperRefused
from petitions.papers.data import Paper
from petitions.reading import PDFIUM
from petitions.wording import BLOCKS, Wording

SCALE = 1.4
"""Dots per point: 12-point type is easily read, and a page stays under 100 KB."""


@dataclass(frozen=True)
class ShownPage:
    """The page of the paper on which the block stands."""

    kind: str  # of the paper: motion, order, letter
    number: int
    pages: int
    png: bytes

    @property
    def data_url(self) -> str:
        """The picture for a page that was asked for with a text not saved yet: nothing is kept of it."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


def paper(name: str, texts: Mapping[str, str], key: str) -> Paper:
    """The paper that prints a block, watermarked; letters under the office's letterhead.

    Raises PaperRefused with what the words break in it.
    """
    office = queries.office()
    lines = tuple(office.letterhead.splitlines()) if office else ()
    return petitions.wording_preview(BLOCKS[key].kind, Wording(name, texts), key=key, letterhead=lines)


def page(name: str, texts: Mapping[str, str], key: str) -> ShownPage:
    """The page on which a block stands. Raises PaperRefused as `paper` does."""
    made = paper(name, texts, key)
    with PDFIUM:
        document = pypdfium2.PdfDocument(made.pdf)
        try:
            place = _page_of(document, texts[key])
            picture = document[place].render(scale=SCALE, grayscale=True).to_pil()
            count = len(document)
        finally:
            document.close()
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return ShownPage(made.kind, place + 1, count, out.getvalue())


def refusal(refused: PaperRefused) -> list[str]:
    """Why there is no page, in words for whoever edits."""
    return [f"The paper could not be drafted in these words: {reason}" for reason in refused.reasons]


def _page_of(document: pypdfium2.PdfDocument, text: str) -> int:
    """The first page with the longest beginning of the block's longest piece; the first page if it is nowhere."""
    piece = max((_letters(part) for part in re.split(r"\{[^{}]*\}", text)), key=len)
    pages = [_letters(document[index].get_textpage().get_text_bounded()) for index in range(len(document))]
    for length in (80, 40, 20):
        for index, letters in enumerate(pages):
            if piece[:length] in letters:
                return index
    return 0


def _letters(text: str) -> str:
    """Letters alone: numbers of lines stand between them, and hyphens where lines end."""
    return "".join(letter for letter in text if letter.isalpha())
