"""Days as the older tool reckons them: numbers since 1970, and January 1 of year 1 where there is none."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
NONE = int(np.datetime64("0001-01-01", "D").astype(np.int64))
_LONGEST = (2**63 - 1) / 86_400e9
"""Days in the longest span that the older tool can express."""
_EIGHT_DIGITS = re.compile(rb"[0-9]{8}\Z")


def parsed(text: bytes) -> int:
    """Strict YYYYMMDD; anything else is no date."""
    if not _EIGHT_DIGITS.match(text):
        return NONE
    year, month, day = text[:4].decode(), text[4:6].decode(), text[6:].decode()
    try:
        return int(np.datetime64(f"{year}-{month}-{day}", "D").astype(np.int64))
    except ValueError:
        return NONE


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def years_later(days: Days, years: int) -> Days:
    """Whole calendar years added; February 29 becomes March 1 in a common year."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    moved: Days = ((months + 12 * years).astype("datetime64[D]") + (dates - months)).astype(np.int64)
    return moved


def years_before(day: int, years: int) -> int:
    return int(years_later(np.array([day], dtype=np.int64), -years)[0])


def years_between(as_of: int, days: Days) -> NDArray[np.float64]:
    """Years of 365.25 days from a day to the as-of date; -1.0 where there is no day."""
    spans = np.clip((as_of - days).astype(np.float64), -_LONGEST, _LONGEST)
    return np.where(days == NONE, -1.0, spans * 24 / (24 * 365.25))


def age(as_of: int, births: Days) -> NDArray[np.float64]:
    """Years of 365.25 days since birth; that of someone without a birth date is the longest span there is."""
    spans: NDArray[np.float64] = np.clip((as_of - births).astype(np.float64), -_LONGEST, _LONGEST) / 365.25
    return spans


def printed(days: Days) -> list[bytes]:
    """MM/DD/YYYY."""
    texts = np.datetime_as_string(days.astype("datetime64[D]")).tolist()
    return [f"{text[5:7]}/{text[8:10]}/{text[:4]}".encode() for text in texts]
