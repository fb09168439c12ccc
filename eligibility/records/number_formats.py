"""How a court writes its case numbers, and what of a number counts when two are compared.

A format is written as the court writes a number, with signs for what changes: `N` a digit, `N+` one or more digits,
`A` a letter, `YY` or `YYYY` a year, `x` a digit or letter that doesn't count (a branch, a check digit, a defendant's
number). What stands in square brackets may be missing. Hyphens, blanks and other marks never count: `[xx-]NNNNNN[-x]`
is met by `05-123456-7`, `051234567` and `123456`, and all three are one number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST_TO_COMPARE = 5
"""Letters and digits that a number needs for a single differing one to be taken for a slip."""

_SIGN = re.compile(r"YYYY|YY|N+\+?|[Ax\[\]0-9B-MO-WZ]")
_PARTS = {"YYYY": r"(\d{4})", "YY": r"(\d{2})", "A": "([A-Z])", "x": "[0-9A-Z]", "[": "(?:", "]": ")?"}
_MARKS = re.compile(r"[^0-9A-Z]+")
_DIGITS = re.compile(r"\d+")


class NotAFormat(ValueError):
    """A format that can't be read. `str()` says what is wrong, for whoever typed it."""


@dataclass(frozen=True)
class NumberFormat:
    """One way in which a court writes its numbers."""

    written: str
    pattern: re.Pattern[str]
    signs: tuple[str, ...]  # of each group of the pattern

    def key(self, plain: str) -> str | None:
        """What counts of a number without its marks; None if it isn't written so."""
        found = self.pattern.fullmatch(plain)
        if found is None:
            return None
        parts = []
        for sign, part in zip(self.signs, found.groups(), strict=True):
            if part is not None:
                parts.append(part[-2:] if sign == "YYYY" else part.lstrip("0") or "0" if sign[0] == "N" else part)
        return "".join(parts)


def number_format(written: str) -> NumberFormat:
    """Read a format. Raises NotAFormat."""
    plain = re.sub(r"[^0-9A-Zx+\[\]]", "", written.strip())
    pattern, signs, place = "", [], 0
    while place < len(plain):
        found = _SIGN.match(plain, place)
        if found is None:
            raise NotAFormat(f"{written!r} holds {plain[place]!r}, which stands for nothing in a format.")
        sign = found[0]
        digits = rf"(\d{{{sign.count('N')}{',' if sign.endswith('+') else ''}}})"
        part = digits if sign[0] == "N" else _PARTS.get(sign, sign)
        if part.startswith("(") and sign != "[":
            signs.append(sign)
        pattern += part
        place = found.end()
    if not any(sign[0] == "N" for sign in signs):
        raise NotAFormat(f"{written!r} has no digit that counts: write N for each, or N+ for some.")
    try:
        return NumberFormat(written.strip(), re.compile(pattern), tuple(signs))
    except re.error:
        raise NotAFormat(f"The square brackets of {written!r} don't close each other.") from None


def as_written(plain: str) -> str:
    """What counts of a number of which nothing is known: letters, and digits without leading zeros."""
    return _DIGITS.sub(lambda digits: digits[0].lstrip("0") or "0", plain)


def keys(number: str, formats: Sequence[NumberFormat]) -> list[str]:
    """What counts of a number by each format it is written in, the first format first; else as it is written."""
    plain = _MARKS.sub("", number.upper())
    found = [key for each in formats if (key := each.key(plain)) is not None]
    return list(dict.fromkeys(found)) or ([as_written(plain)] if plain else [])


def fits(number: str, formats: Sequence[NumberFormat]) -> bool:
    """Whether the number is written in one of the formats; any is where there are none."""
    plain = _MARKS.sub("", number.upper())
    return not formats or any(each.key(plain) is not None for each in formats)
