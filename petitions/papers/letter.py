"""The letter that tells a person what the court did, in plain English or Spanish: one page, and only what that means.

It goes to a verified address and to nobody else; it holds no section, no amount and no birth date. None is written to
a person recorded as deceased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from petitions import wording
from petitions.papers import law, words
from petitions.papers.data import Court, Office
from petitions.papers.drafts import page_template
from petitions.wording import STANDARD, Wording

Done = Literal["sealed", "dismissed", "misdemeanor", "infraction"]
Language = Literal["en-US", "es-US"]

STYLE: Final = """
@page { margin: 72pt 72pt 54pt 72pt; }
html { line-height: 15pt; }
p { text-indent: 0; margin-bottom: 7pt; }
h1 { margin: 8pt 0; font-size: 14pt; }
h2 { text-align: left; text-decoration: underline; }
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter is drafted from. What was done is one thing: two reliefs are two letters."""

    office: Office
    court: Court
    name: str  # as DOJ writes it, or as stated
    name_is_stated: bool
    address: tuple[str, ...]
    address_is_verified: bool
    is_deceased: bool
    case_number: str
    done: Done
    convictions: int
    ordered_on: date
    defender_phone: str
    language: Language
    wording: Wording = STANDARD


def reasons(letter: Letter) -> list[str]:
    """Every reason why the letter may not be written, in plain English; empty when it may."""
    found = [*letter.wording.problems(), *law.unprintable(letter, "")]
    if letter.is_deceased:
        found.append("The person is recorded as deceased: no letter is sent.")
    if not letter.address_is_verified or not "".join(letter.address).strip():
        found.append("There is no verified address.")
    if not letter.case_number.strip() or not letter.name.strip(" ,") or letter.convictions < 1:
        found.append("The letter lacks the name, the case number or the number of convictions.")
    if not letter.defender_phone.strip() or not letter.office.phone.strip():
        found.append("The office page lacks a telephone number for help or questions.")
    if letter.language not in BLOCKS or f"{BLOCKS[letter.language]}.did_{letter.done}" not in wording.BLOCKS:
        found.append("What the court did, or the language of the letter, is not known.")
    return found


BLOCKS: Final = {"en-US": "letter_en", "es-US": "letter_es"}
MONTHS_ES: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def paragraphs(letter: Letter) -> list[tuple[str, str]]:
    """Heading (may be empty) and text, in order."""
    return [
        ("", _say(letter, f"did_{letter.done}")),
        (_say(letter, "means_head"), _say(letter, f"means_{letter.done}")),
        *((_say(letter, f"{part}_head"), _say(letter, part)) for part in ("limits", "check", "help", "questions")),
    ]


def _say(letter: Letter, key: str) -> str:
    """A block of the letter's language; each may use every field."""
    return letter.wording.say(f"{BLOCKS[letter.language]}.{key}", **_values(letter))


def _values(letter: Letter) -> dict[str, str]:
    day, blocks = letter.ordered_on, BLOCKS[letter.language]
    many = "one" if letter.convictions == 1 else "many"
    return {
        "name": words.readable_name(letter.name, is_stated=letter.name_is_stated),
        "number": letter.case_number,
        "day": words.long_date(day)
        if letter.language == "en-US"
        else f"{day.day} de {MONTHS_ES[day.month - 1]} de {day.year}",
        "court": f"{letter.court.name}, County of {words.county_name(letter.court.county)}",
        "count": letter.wording.say(f"{blocks}.{many}", number=str(letter.convictions)),
        "defender": letter.defender_phone,
        "phone": letter.office.phone,
        "district_attorney": letter.office.district_attorney,
    }


def title(letter: Letter) -> str:
    """The line under the greeting: the court changed your record in case ...."""
    return _say(letter, "subject")


def markup(letter: Letter) -> str:
    """The letter in markup. The data has passed `reasons`."""
    office = letter.office
    name = f"{office.office_name}, {words.county_name(office.county)} County"
    return page_template("letter.html").render(
        language=letter.language,
        title=title(letter),
        head=office.letterhead or (name, ", ".join(office.address), office.phone),
        to=[words.readable_name(letter.name, is_stated=letter.name_is_stated), *letter.address],
        dear=_say(letter, "dear"),
        parts=paragraphs(letter),
        closing=_say(letter, "closing"),
        wording_version=letter.wording.version,
    )
