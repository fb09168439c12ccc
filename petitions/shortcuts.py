"""Work of the layout engine that is the same for many papers, done once: styles computed, lines broken and shaped.

Each shortcut remembers what a function of the engine answered, which depends on nothing but what it was asked, and
gives that again. A test renders every kind of paper with and without them and finds the same bytes.
"""

from __future__ import annotations

import copy
from itertools import count
from typing import Any, Final
from xml.etree.ElementTree import Element

from weasyprint import draw
from weasyprint.css import Style, StyleFor
from weasyprint.draw.text import draw_text
from weasyprint.layout import inline, preferred
from weasyprint.pdf.stream import Stream
from weasyprint.text.line_break import split_first_line

KEPT: Final = 20_000  # answers of each kind; then all are forgotten, so that memory stays bounded


class _Kept(dict[Any, Any]):
    """Answers by question."""

    def keep(self, question: Any, answer: Any) -> None:
        if len(self) >= KEPT:
            self.clear()
        self[question] = answer


_styles, _lines, _drawings = _Kept(), _Kept(), _Kept()
_numbers = count(1)
_set_computed_styles = StyleFor.set_computed_styles


def take() -> None:
    """Put the shortcuts in the place of the engine's own functions, for the whole process."""
    StyleFor.set_computed_styles = _set_shared_style
    inline.split_first_line = preferred.split_first_line = _split_first_line
    draw.draw_text = _draw_text


def leave() -> None:
    """Put the engine's own functions back."""
    StyleFor.set_computed_styles = _set_computed_styles
    inline.split_first_line = preferred.split_first_line = split_first_line
    draw.draw_text = draw_text


def _set_shared_style(
    style_for: StyleFor,
    element: Any,
    parent: Any,
    root: Any = None,
    pseudo_type: str | None = None,
    base_url: str | None = None,
    target_collector: Any = None,
) -> None:
    """One style for all elements alike in their parent's style and in what is declared; a page has its own."""
    computed = style_for.get_computed_styles()
    question = None
    if isinstance(element, Element):
        above = computed[parent, None].number if parent is not None else 0
        question = _hashable(
            (above, pseudo_type, *style_for.get_cascaded_styles().get((element, pseudo_type), {}).items())
        )
    if style := _styles.get(question):
        computed[element, pseudo_type] = style
        if target_collector and style["anchor"]:
            target_collector.collect_anchor(style["anchor"])
        return
    _set_computed_styles(style_for, element, parent, root, pseudo_type, base_url, target_collector)
    style = computed[element, pseudo_type]
    style.number = next(_numbers)
    if question:
        _styles.keep(question, style)


def _hashable(question: tuple[Any, ...]) -> tuple[Any, ...] | None:
    try:
        hash(question)
    except TypeError:
        return None
    return question


def _split_first_line(
    text: str, style: Style, context: Any, max_width: Any, justification_spacing: float,
    is_line_start: bool = True, minimum: bool = False,
) -> Any:  # fmt: skip
    """The first line of a text in a width, with its shaped letters."""
    question = (text, id(style), max_width, justification_spacing, is_line_start, minimum)
    if kept := _lines.get(question):
        return kept[0]
    answer = split_first_line(text, style, context, max_width, justification_spacing, is_line_start, minimum)
    _lines.keep(question, (answer, style))  # with the style, so that its id stays its own
    return answer


def _draw_text(stream: Stream, box: Any, offset_x: float, text_overflow: str, block_ellipsis: str) -> None:
    """A line of text in a PDF: what shows its letters is remembered, where it stands is not."""
    question = (box.pango_layout.text, id(box.style), text_overflow, block_ellipsis)
    if kept := _drawings.get(question):
        shown, font, style = kept
        stream.set_color(style["color"])
        stream.begin_text()
        stream.set_text_matrix(1, 0, 0, -1, box.position_x, box.position_y + box.baseline)
        stream.set_font_size(*font)
        stream.stream.append(shown)
        stream.end_text()
        return
    box.pango_layout = copy.copy(box.pango_layout)  # the engine puts state into it, and other papers share it
    draw_text(stream, box, offset_x, text_overflow, block_ellipsis)
    if box.text.strip() and _is_plain(stream) and box.style["text_decoration_line"] == "none":
        _drawings.keep(question, (stream.stream[-2], stream._old_font, box.style))


def _is_plain(stream: Stream) -> bool:
    """Whether what was drawn last is one piece of text, in the typeface and with glyphs that every paper has."""
    before, shown, end = stream.stream[-3:]
    one_piece = before[-3:] in (b" Tm", b" Tf") and shown[-3:] == b" TJ" and end == b"ET"
    return one_piece and all(getattr(face, "has_only_usual_glyphs", False) for face in stream._fonts.values())
