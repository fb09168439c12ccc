"""The typeface of the papers as a PDF carries it: cut down once per process, the same for every paper.

A cut holds every letter of Western Latin text, used or not, so no paper depends on what was drawn before it. A paper
with other letters gets a cut of its own.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Final

from fontTools.ttLib import TTFont
from weasyprint import HTML
from weasyprint.pdf.fonts import Font
from weasyprint.text.fonts import FontConfiguration

from petitions import pleading

LETTERS: Final = bytes(range(32, 256)).decode("cp1252", "ignore").replace("\x7f", "")
LIGATURES: Final = {"\ufb01": "fi", "\ufb02": "fl"}


class Typeface(Font):  # type: ignore[misc]  # the library brings no types
    """A font of the layout engine that knows all its usual glyphs from the start and is cut down to them once."""

    def __init__(self, drawn: Font) -> None:
        self.__dict__.update(drawn.__dict__)
        self.to_unicode, self.widths = dict(_glyphs()), dict(_widths())

    def for_a_paper(self) -> Typeface:
        """A copy, as drawing adds the glyphs that a paper uses besides the usual ones."""
        mine = copy.copy(self)
        mine.to_unicode, mine.widths, mine.missing = dict(self.to_unicode), dict(self.widths), {}
        return mine

    @property
    def has_only_usual_glyphs(self) -> bool:
        """Whether a paper drawn with this copy needs no cut of its own."""
        return len(self.to_unicode) == len(_glyphs()) and not self.missing

    def clean(self, to_unicode: dict[int, str], hinting: bool) -> None:
        """Cut the font down; called by the layout engine once for each PDF."""
        if self.has_only_usual_glyphs:
            self.file_content = _usual_cut()
        else:
            super().clean(to_unicode, hinting)


@cache
def fonts() -> FontConfiguration:
    """The fonts of this machine; raises FontMissing without the typeface."""
    pleading.font_path()
    return FontConfiguration()


@cache
def typeface() -> Typeface:
    """The typeface, not yet used for any paper."""
    return _keyed()[1]


def for_a_paper() -> dict[int, Font]:
    """The fonts that a paper starts with, as the layout engine looks for them."""
    key, face = _keyed()
    return {key: face.for_a_paper()}


def shown(text: str) -> str:
    """The text as hexadecimal numbers of glyphs, as a PDF shows it; a letter that is not usual as a question mark."""
    numbers = _numbers()
    return "".join(f"{numbers.get(letter, numbers['?']):04x}" for letter in text)


@cache
def _keyed() -> tuple[int, Typeface]:
    page = HTML(string=f'<p style="font: 12pt {pleading.FONT_FAMILY}">x', base_url="").render(font_config=fonts())
    page.write_pdf()
    ((key, drawn),) = page.fonts.items()
    return key, Typeface(drawn)


@cache
def _usual_cut() -> bytes:
    face = copy.copy(typeface())
    Font.clean(face, _glyphs(), hinting=False)
    content: bytes = face.file_content
    return content


@cache
def _numbers() -> dict[str, int]:
    """Glyph number by letter, of the usual letters."""
    with TTFont(pleading.font_path()) as font:
        names = font.getBestCmap()
        return {letter: font.getGlyphID(names[ord(letter)]) for letter in (*LETTERS, *LIGATURES)}


@cache
def _glyphs() -> dict[int, str]:
    """What each usual glyph says; a blank for one that holds words together, too."""
    said: dict[int, str] = {}
    for letter, number in _numbers().items():
        said.setdefault(number, LIGATURES.get(letter, letter))
    return said


@cache
def _widths() -> dict[int, int]:
    """Width by glyph number, in thousandths of the type size."""
    with TTFont(pleading.font_path()) as font:
        order, em = font.getGlyphOrder(), font["head"].unitsPerEm
        return {number: round(font["hmtx"][order[number]][0] * 1000 / em) for number in _glyphs()}
