"""Which characters a court paper can print: those the typeface has, and none that reverse, hide or break text."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from petitions import pleading


@lru_cache(maxsize=20_000)
def unprintable_in(text: str) -> tuple[str, ...]:
    """The characters of a text that can't be printed (Unicode categories C and Z, but blank; right-to-left letters)."""
    return tuple(sorted(character for character in set(text) if not _is_printable(character)))


def named(character: str) -> str:
    """RIGHT-TO-LEFT OVERRIDE (U+202E)."""
    return f"{unicodedata.name(character, 'a control character')} (U+{ord(character):04X})"


@cache
def _is_printable(character: str) -> bool:
    return character == " " or (unicodedata.category(character)[0] not in "CZ" and _plain(character))


def _plain(character: str) -> bool:
    return pleading.has_glyph(character) and unicodedata.bidirectional(character) not in ("R", "AL")
