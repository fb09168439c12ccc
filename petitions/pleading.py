"""California pleading paper: the page, its grid, its style, and the measures of its typeface.

Figures are points (1/72 inch); rules cited are California Rules of Court.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

PAGE_WIDTH: Final = 612.0
PAGE_HEIGHT: Final = 792.0
TOP: Final = 72.0  # rule 2.111(1): line 1 begins an inch from the top
PITCH: Final = 24.0  # rule 2.108(4): three numbers an inch caps it; line 8 then stands at 3 1/3 inches
LINES: Final = 28
TEXT_LEFT: Final = 108.0
TEXT_RIGHT: Final = 570.0  # rule 2.107: at least half an inch of margin
TEXT_SIZE: Final = 12.0  # rule 2.104
FOOTER_SIZE: Final = 10.0  # rule 2.110
FIRST_BASELINE: Final = 88.05  # of 12 pt Liberation Serif set 24 pt high, from the top of the page
NUMBER_RIGHT: Final = 88.0
LEFT_RULES: Final = (96.0, 99.0)
RIGHT_RULE: Final = 574.0
FOOTER_RULE: Final = 765.0  # from the top; the page number stands above it, the title below
PAGE_NUMBER_BASELINE: Final = 760.5
FOOTER_BASELINE: Final = 777.0
CLERK_LEFT: Final = 306.0  # rule 2.111(2): right of centre, lines 1 to 7 of page 1
CLERK_BOTTOM: Final = 240.0
CAPTION_MIDDLE: Final = (
    284.0  # parties left of it; case number and title right of it, wide enough for titles in capitals
)

FONT_FAMILY: Final = "Liberation Serif"
FONT_FILE: Final = "LiberationSerif-Regular.ttf"
FONT_FOLDERS: Final = (
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/truetype/liberation2",
    "/usr/share/fonts/liberation-serif-fonts",
    "/usr/share/fonts/liberation-serif",
    "/usr/share/fonts/liberation",
    "/usr/share/fonts/ttf-liberation",
)

STYLE: Final = f"""
@page {{ size: {PAGE_WIDTH}pt {PAGE_HEIGHT}pt;
  margin: {TOP}pt {PAGE_WIDTH - TEXT_RIGHT}pt {PAGE_HEIGHT - TOP - LINES * PITCH}pt {TEXT_LEFT}pt; }}
html {{ font: {TEXT_SIZE}pt/{PITCH}pt "{FONT_FAMILY}"; color: #000; hyphens: manual; overflow-wrap: anywhere; }}
body, h1, h2, p {{ margin: 0; padding: 0; font-size: {TEXT_SIZE}pt; font-weight: normal; }}
p {{ text-indent: 36pt; orphans: 2; widows: 2; }}
p.flush, .attorney, .court, .caption p {{ text-indent: 0; }}
h2 {{ text-align: center; break-after: avoid; }}
.attorney {{ height: {7 * PITCH}pt; width: {CLERK_LEFT - TEXT_LEFT}pt; }}
.attorney.tight {{ line-height: {PITCH / 2}pt; padding-top: {PITCH / 4}pt; height: {6.75 * PITCH}pt; }}
.court {{ text-align: center; }}
.caption {{ display: flow-root; }}
.parties {{ float: left; width: {CAPTION_MIDDLE - TEXT_LEFT - 1}pt; border: 0 solid #000;
  border-width: 0 1pt 1pt 0; margin-bottom: -1pt; }}
.paper {{ margin-left: {CAPTION_MIDDLE - TEXT_LEFT - 1}pt; padding-left: 9pt; border-left: 1pt solid #000; }}
h1 {{ bookmark-level: 1; }}
.whole {{ white-space: nowrap; }} .case {{ text-decoration: underline; }}
.together {{ break-inside: avoid; }}
.ending {{ break-before: avoid; }}
.blank {{ display: inline-block; border-bottom: .75pt solid #000; height: 14pt; }}
.typed {{ display: inline-block; border-bottom: .75pt solid #000; line-height: 14pt; }}
.date {{ width: 130pt; }} .place {{ width: 150pt; }} .sign {{ width: 215pt; }} .whole-line {{ width: 440pt; }}
.right {{ margin-left: 216pt; text-indent: 0; }}
.beside {{ margin-top: -{PITCH}pt; }}
"""


class FontMissing(RuntimeError):
    """The typeface of the papers is not installed; says which package brings it."""


@cache
def font_path() -> Path:
    """Where Liberation Serif lies on this machine (environment variable PLEADING_FONT_FOLDER comes first)."""
    for folder in (os.environ.get("PLEADING_FONT_FOLDER", ""), *FONT_FOLDERS):
        if folder and (path := Path(folder, FONT_FILE)).is_file():
            return path
    raise FontMissing("Liberation Serif is not installed. Install the package fonts-liberation.")


@cache
def _metrics() -> tuple[dict[int, int], int]:
    """Advance width by code point, and units per em."""
    with TTFont(font_path()) as font:
        widths = font["hmtx"].metrics
        return {code: widths[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def has_glyph(character: str) -> bool:
    """Whether the typeface can print it."""
    return ord(character) in _metrics()[0]


def width(text: str, size: float = TEXT_SIZE) -> float:
    """How wide a text prints, in points, kerning not counted."""
    widths, em = _metrics()
    return sum(widths.get(ord(character), em) for character in text) * size / em
