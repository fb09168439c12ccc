"""The letter that answers an inquiry: what a court cleared, what it was asked, what was not changed. Not filed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from petitions.papers import law, words
from petitions.papers.data import Office
from petitions.papers.drafts import page_template
from petitions.papers.letter import BLOCKS, MONTHS_ES, Language
from petitions.wording import STANDARD, Wording

MOST_CASES: Final = 14
"""More would not stand on the letter's one page."""
CLEARED: Final = ("sealed", "dismissed", "misdemeanor", "infraction", "resentenced")
ASKED: Final = ("waiting", "hearing", "denied")


@dataclass(frozen=True, slots=True)
class Found:
    """One conviction of which a court was asked: its case, what became of it (CLEARED or ASKED), and on which day."""

    case_number: str
    became: str
    day: date


@dataclass(frozen=True, slots=True)
class InquiryLetter:
    """What the letter is drafted from."""

    office: Office
    name: str
    name_is_stated: bool
    address: tuple[str, ...]
    is_deceased: bool
    asked_on: date
    found: tuple[Found, ...]
    not_changed: int
    defender_phone: str
    language: Language
    wording: Wording = STANDARD


def reasons(letter: InquiryLetter) -> list[str]:
    """Every reason why the letter may not be written, in plain English; empty when it may."""
    found = [*letter.wording.problems(), *law.unprintable(letter, "")]
    if letter.is_deceased:
        found.append("The person is recorded as deceased: no letter is sent.")
    if not letter.name.strip(" ,") or not "".join(letter.address).strip():
        found.append("The letter lacks the name or the address.")
    if not letter.defender_phone.strip() or not letter.office.phone.strip():
        found.append("A telephone number for help or questions is missing.")
    if letter.language not in BLOCKS or any(each.became not in (*CLEARED, *ASKED) for each in letter.found):
        found.append("The language of the letter, or what a court did, is not known.")
    if len(letter.found) > MOST_CASES:
        found.append(f"More than {MOST_CASES} cases do not stand on one page. Answer by telephone, or at the counter.")
    return found


def title(letter: InquiryLetter) -> str:
    """The line under the greeting."""
    return _words()[letter.language]["heading"]


def markup(letter: InquiryLetter) -> str:
    """The letter in markup. The data has passed `reasons`."""
    office, own = letter.office, f"{BLOCKS[letter.language]}."
    name = f"{office.office_name}, {words.county_name(office.county)} County"
    given = {
        "name": words.readable_name(letter.name, is_stated=letter.name_is_stated),
        "defender": letter.defender_phone,
        "phone": office.phone,
        "district_attorney": office.district_attorney,
    }

    def say(key: str) -> str:
        return letter.wording.say(own + key, **given | dict.fromkeys(("number", "day", "court", "count"), ""))

    shared = [(say(f"{part}_head"), say(part)) for part in ("check", "help", "questions")]
    return page_template("letter.html").render(
        language=letter.language,
        title=title(letter),
        head=office.letterhead or (name, ", ".join(office.address), office.phone),
        to=[given["name"], *letter.address],
        dear=say("dear"),
        parts=[*paragraphs(letter), *shared],
        closing=say("closing"),
        wording_version=letter.wording.version,
    )


def paragraphs(letter: InquiryLetter) -> list[tuple[str, str]]:
    """Heading (may be empty) and text of what was found, in order."""
    text = _words()[letter.language]
    asked = text["asked"].format(day=_day(letter, letter.asked_on), county=words.county_name(letter.office.county))
    parts = [("", asked)]
    for head, kinds in (("cleared_head", CLEARED), ("asked_head", ASKED)):
        lines = [
            text[each.became].format(number=each.case_number, day=_day(letter, each.day))
            for each in letter.found
            if each.became in kinds
        ]
        parts += [(text[head], " ".join(lines))] if lines else []
    if letter.not_changed:
        many = "others_one" if letter.not_changed == 1 else "others_many"
        parts.append((text["others_head"], text[many].format(number=letter.not_changed)))
    if len(parts) == 1:
        parts.append(("", text["nothing"]))
    return parts


def _day(letter: InquiryLetter, day: date) -> str:
    if letter.language == "en-US":
        return words.long_date(day)
    return f"{day.day} de {MONTHS_ES[day.month - 1]} de {day.year}"


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("inquiry.toml").read_text(encoding="utf-8"))
