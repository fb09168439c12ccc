"""What a PDF draws, read operator by operator and apart from the product's own reader: text, lines, and their marks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pikepdf

Matrix = tuple[float, float, float, float, float, float]
PAINTING = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "EI"}


@dataclass(frozen=True)
class Text:
    """A piece of text; x and baseline in points from the left and the top of the sheet."""

    text: str
    x: float
    baseline: float
    size: float
    width: float  # as its glyphs and the spaces between them advance
    mcid: int | None  # its number in the page's tags; None for an artifact

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Line:
    """A straight line that is stroked."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass
class Sheet:
    """All that one page draws."""

    texts: list[Text] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)  # painting operators outside all marked content

    @property
    def body(self) -> list[Text]:
        return [text for text in self.texts if text.mcid is not None]

    @property
    def artifacts(self) -> list[Text]:
        return [text for text in self.texts if text.mcid is None]


@lru_cache(maxsize=64)
def sheets(pdf: bytes) -> list[Sheet]:
    """Every page of a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [_Drawing(page).sheet for page in document.pages]


class _Drawing:
    def __init__(self, page: pikepdf.Page) -> None:
        self.sheet, self.height = Sheet(), float(page.MediaBox[3])
        self._draw(page, page.Resources, (1, 0, 0, 1, 0, 0), [])

    def _draw(self, source: Any, resources: Any, start: Matrix, marks: list[int | None]) -> None:
        frame, frames, marks = start, [], list(marks)
        text_frame, font, size, at = frame, "", 0.0, (0.0, 0.0)
        for operands, operator in pikepdf.parse_content_stream(source):
            name = str(operator)
            if name in PAINTING and not marks:
                self.sheet.unmarked.append(name)
            match name:
                case "q":
                    frames.append(frame)
                case "Q":
                    frame = frames.pop()
                case "cm":
                    frame = _times(_matrix(operands), frame)
                case "BDC" | "BMC":
                    properties = operands[1] if name == "BDC" else {}
                    marks.append(int(properties["/MCID"]) if "/MCID" in properties else None)
                case "EMC":
                    marks.pop()
                case "Tf":
                    font, size = str(operands[0]), float(operands[1])
                case "Tm":
                    text_frame = _times(_matrix(operands), frame)
                case "Tj" | "TJ":
                    said, width = _said(operands[0], resources.Font[font])
                    where = (text_frame[4], self.height - text_frame[5])
                    scale = (text_frame[2] ** 2 + text_frame[3] ** 2) ** 0.5
                    self.sheet.texts.append(
                        Text(said, *where, size * scale, width * size * scale / 1000, marks[-1] if marks else None)
                    )
                case "m":
                    at = self._point(operands, frame)
                case "l":
                    self.sheet.lines.append(Line(*at, *self._point(operands, frame)))
                case "Do":
                    form = resources.XObject[str(operands[0])]
                    self._draw(form, form.Resources, frame, marks)

    def _point(self, operands: Any, frame: Matrix) -> tuple[float, float]:
        x, y = map(float, operands)
        a, b, c, d, e, f = frame
        return a * x + c * y + e, self.height - (b * x + d * y + f)


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _said(shown: Any, font: Any) -> tuple[str, float]:
    """The letters, and how far they advance in thousandths of the type size."""
    (descendant,) = font.DescendantFonts
    letters, advances = _letters(font.ToUnicode.read_bytes()), widths(descendant)
    text, width = "", 0.0
    for piece in shown if isinstance(shown, pikepdf.Array) else [shown]:
        if not isinstance(piece, pikepdf.String):
            width -= float(piece)
            continue
        glyphs = bytes(piece)
        for at in range(0, len(glyphs), 2):
            text += letters[glyphs[at : at + 2].hex()]
            width += advances[int.from_bytes(glyphs[at : at + 2], "big")]
    return text, width


def widths(font: Any) -> dict[int, float]:
    """Width by glyph of a font's W array, where each run of widths follows its first glyph."""
    runs = list(font.W)
    return {
        int(first) + index: float(width)
        for first, run in zip(runs[::2], runs[1::2], strict=True)
        for index, width in enumerate(run)
    }


def to_unicode(font: Any) -> dict[str, str]:
    """What each glyph says, by its number in hexadecimal."""
    return _letters(font.ToUnicode.read_bytes())


@lru_cache(maxsize=64)
def _letters(table: bytes) -> dict[str, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", table.split(b"endcodespacerange")[1])
    return {glyph.decode(): bytes.fromhex(said.decode()).decode("utf-16-be") for glyph, said in pairs}


@dataclass(frozen=True)
class Tag:
    """An element of the tag tree: its role, its children, and what text it holds itself, as page and number."""

    role: str
    kids: tuple[Tag, ...]
    own: tuple[tuple[int, int], ...]
    element: Any

    def walk(self) -> Iterator[Tag]:
        """This element and all below it, in the order in which they are read aloud."""
        yield self
        for kid in self.kids:
            yield from kid.walk()


def tags(document: pikepdf.Pdf) -> Tag:
    """The tag tree of an open document, which must stay open."""
    numbers = {page.objgen: index for index, page in enumerate(document.pages)}
    return _tag(document.Root.StructTreeRoot.K[0], numbers)


def _tag(element: Any, numbers: dict[tuple[int, int], int]) -> Tag:
    kids = list(element.K) if isinstance(element.get("/K"), pikepdf.Array) else []
    own = [(numbers[element.Pg.objgen], int(kid)) for kid in kids if isinstance(kid, int)]
    below = [_tag(kid, numbers) for kid in kids if not isinstance(kid, int)]
    return Tag(str(element.S)[1:], tuple(below), tuple(own), element)
