"""Dates as court systems write them, made into the YYYYMMDD that the record's own dates are read from."""

import re

_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AP]M)?$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_LETTERS = re.compile(r"(\d{1,2})[-/ ]([A-Z]{3})[A-Z]*[-/ ](\d{4})|([A-Z]{3})[A-Z]* (\d{1,2}),? (\d{4})")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def written_date(text: str, *, day_first: bool = False) -> str:
    """The date as YYYYMMDD if it is written in a way that is known, else the text itself. It may still be no day.

    A year of two digits is not guessed.
    """
    plain = _TIME.sub("", text.strip().upper())
    if found := _YEAR_FIRST.fullmatch(plain):
        year, mark, month, day = found.groups()
        return _joined(year, month, day) if mark or len(plain) == 8 else text
    if found := _YEAR_LAST.fullmatch(plain):
        one, _, other, year = found.groups()
        return _joined(year, other, one) if day_first else _joined(year, one, other)
    if found := _LETTERS.fullmatch(plain):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        return _joined(year, str(_MONTHS.index(month) + 1), day) if month in _MONTHS else text
    return text


def _joined(year: str, month: str, day: str) -> str:
    return f"{year}{month:0>2}{day:0>2}"
