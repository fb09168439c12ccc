"""Lists and reports of the office as tagged PDFs. Court papers are `petitions`' own; what staff print for themselves is
drawn by the same renderer."""

from __future__ import annotations

from petitions import render
from petitions.papers.characters import unprintable_in


def pdf(markup: str, *, footer: str, style: str) -> bytes:
    """The markup as a tagged PDF; same markup, same bytes. Characters that paper can't show are printed as numbers."""
    numbers = {ord(each): f"[U+{ord(each):04X}]" for each in unprintable_in(markup) if each not in "\n\t"}
    return render.render(markup.translate(numbers), footer=footer, numbered=False, extra_style=style).pdf
