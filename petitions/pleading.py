"""California pleading paper: the page, its grid, and what stands outside the text on every page.

Line numbers, rules, page number and footer title are drawn once per page as artifacts, so that no reading aloud meets
them. They are written into the page here, not laid out as text: one shared drawing of 28 numbers costs next to nothing.
Figures are points (1/72 inch); rules cited are California Rules of Court.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pydyf
from fontTools import subset
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
.whole {{ white-space: nowrap; }}
.together {{ break-inside: avoid; }}
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


_FURNITURE_TEXT: Final = "".join(map(chr, range(32, 127))) + "§–’"


@cache
def _furniture_font() -> tuple[bytes, dict[str, Any]]:
    """The typeface cut down to what numbers and footers need, with the figures a PDF states of it."""
    options = subset.Options(
        drop_tables=["FFTM", "GSUB", "GPOS", "GDEF", "kern", "DSIG"],
        layout_features=[],
        recalc_timestamp=False,
        hinting=False,
        notdef_outline=True,
    )
    font = subset.load_font(str(font_path()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=_FURNITURE_TEXT)
    cutter.subset(font)
    out = BytesIO()
    font.save(out, reorderTables=False)
    scale = 1000 / font["head"].unitsPerEm
    head, table, cmap = font["head"], font["OS/2"], font.getBestCmap()
    widths = []
    for code in range(32, 256):
        name = cmap.get(ord(bytes([code]).decode("cp1252", "replace")))
        widths.append(round(font["hmtx"][name][0] * scale) if name else 0)
    return out.getvalue(), {
        "widths": widths,
        "bbox": [round(value * scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "ascent": round(table.sTypoAscender * scale),
        "descent": round(table.sTypoDescender * scale),
        "cap": round(getattr(table, "sCapHeight", 1341) * scale),
    }


def _add_font(pdf: pydyf.PDF) -> bytes:
    """Put the furniture's typeface into a PDF. Returns its reference."""
    data, figures = _furniture_font()
    file = pydyf.Stream([data], pydyf.Dictionary({"Length1": len(data)}), compress=True)
    pdf.add_object(file)
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": "/PLEADS+LiberationSerif",
            "Flags": 34,  # serif, nonsymbolic
            "FontBBox": pydyf.Array(figures["bbox"]),
            "ItalicAngle": 0,
            "Ascent": figures["ascent"],
            "Descent": figures["descent"],
            "CapHeight": figures["cap"],
            "StemV": 80,
            "FontFile2": file.reference,
        }
    )
    pdf.add_object(descriptor)
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/TrueType",
            "BaseFont": "/PLEADS+LiberationSerif",
            "Encoding": "/WinAnsiEncoding",
            "FirstChar": 32,
            "LastChar": 255,
            "Widths": pydyf.Array(figures["widths"]),
            "FontDescriptor": descriptor.reference,
        }
    )
    pdf.add_object(font)
    reference: bytes = font.reference
    return reference


def _shown(text: str, size: float, x: float, from_top: float) -> str:
    """Operators that show one line of furniture with its baseline `from_top` of the page."""
    literal = text.encode("cp1252").hex()
    return f"BT /F {size:g} Tf 1 0 0 1 {x:.3f} {PAGE_HEIGHT - from_top:.3f} Tm <{literal}> Tj ET"


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


def _centred(text: str, size: float, from_top: float) -> str:
    return _shown(text, size, (TEXT_LEFT + TEXT_RIGHT - width(text, size)) / 2, from_top)


def _across(text: str) -> bytes:
    """Outlined letters from lower left to upper right; empty without text."""
    if not text:
        return b""
    size, slope = 36.0, 0.7071
    reach = width(text, size) * slope / 2
    x, y = PAGE_WIDTH / 2 - reach + size * 0.25, PAGE_HEIGHT / 2 - reach - size * 0.25
    turned = f"{slope} {slope} -{slope} {slope} {x:.2f} {y:.2f} Tm"
    return f"q .75 G .5 w BT /F {size:g} Tf 1 Tr {turned} <{text.encode('cp1252').hex()}> Tj ET Q".encode("ascii")


def furnish(pdf: pydyf.PDF, *, footer: str, numbered: bool, labels: Sequence[str] = (), watermark: str = "") -> None:
    """Draw page number and footer title on every page, and on pleading paper line numbers and rules.

    `labels` are printed in place of the page numbers, for a document in volumes. `footer` is one line of Latin text.
    `watermark` goes across the page in outline. The whole is an artifact: it belongs to the paper, not to its text.
    """
    font = _add_font(pdf)
    fonts = pydyf.Dictionary({"Font": pydyf.Dictionary({"F": font})})
    marks = _numbers_and_rules() if numbered else _line(TEXT_LEFT, FOOTER_RULE, TEXT_RIGHT, FOOTER_RULE).encode()
    form = pydyf.Stream(
        [marks, _across(watermark), b"0 g", _centred(footer, FOOTER_SIZE, FOOTER_BASELINE).encode("ascii")],
        pydyf.Dictionary(
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array([0, 0, PAGE_WIDTH, PAGE_HEIGHT]),
                "Resources": fonts,
            }
        ),
        compress=True,
    )
    pdf.add_object(form)
    objects = {object_.number: object_ for object_ in pdf.objects}
    for index, reference in enumerate(pdf.page_references):
        page = objects[int(reference.split()[0])]
        resources = objects[int(page["Resources"].split()[0])]
        resources["XObject"]["Furniture"] = form.reference
        objects[int(resources["Font"].split()[0])]["F"] = font
        content = objects[int(page["Contents"].split()[0])].stream
        content.insert(0, b"q")  # the page's own content is drawn upside down in a frame of its own
        content += [
            b"Q /Artifact <</Type /Pagination>> BDC q /Furniture Do Q 0 g",
            _centred(labels[index] if labels else str(index + 1), TEXT_SIZE, PAGE_NUMBER_BASELINE).encode("ascii"),
            b"EMC",
        ]
