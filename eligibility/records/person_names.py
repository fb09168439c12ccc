"""A name in its parts, so that two spellings of one person's can be compared part by part."""

import re
import unicodedata
from dataclasses import dataclass

SUFFIXES = {"JR": "JR", "JUNIOR": "JR", "SR": "SR", "SENIOR": "SR", "II": "II", "2ND": "II", "III": "III", "3RD": "III",
            "IV": "IV", "4TH": "IV"}  # fmt: skip
_MARKS = re.compile(r"[^0-9A-Z, ]")
_SEPARATED = re.compile(r"[-/.]")


@dataclass(frozen=True, slots=True)
class PersonName:
    """Capitals without accents. `surnames`: the words of the surname, of a double one several."""

    surnames: tuple[str, ...]
    first: str
    middle: str
    suffix: str

    @property
    def surname(self) -> str:
        return "".join(self.surnames)


def plain_name(text: str) -> str:
    """Capitals without accents and apostrophes; hyphens and points are blanks, a comma stays."""
    letters = "".join(each for each in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(each))
    return " ".join(_MARKS.sub("", _SEPARATED.sub(" ", letters)).replace(",", " , ").split())


def person_name(text: str) -> PersonName:
    """Read `ROE-DOE,JANE Q JR` and the like. Without a comma the surname is the first word."""
    words = plain_name(text).split()
    suffix = next((SUFFIXES[word] for word in words[1:] if word in SUFFIXES), "")
    words = words[:1] + [word for word in words[1:] if word not in SUFFIXES]
    if "," in words:
        at = words.index(",")
        surnames, given = words[:at], [word for word in words[at:] if word != ","]
    else:
        surnames, given = words[:1], words[1:]
    return PersonName(tuple(surnames), given[0] if given else "", "".join(given[1:]), suffix)
