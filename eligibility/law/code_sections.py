"""Code sections as record files spell them: `11357(A) HS-POSSESS`, `664/11359 HS`, `HS11358`, `COM: SCN-1 11358 HS`.

A section is a code, a number and subdivisions. Two sections are equal when these are; a number is never found inside
a longer one (`111357 HS`, `11360.5 HS`), and the code counts (`11358 PC` is not Health and Safety Code).
"""

import functools
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

PRINTED_CODES = {"HS": "H&S", "BP": "B&P", "WI": "W&I"}
"""Codes that are printed otherwise than the record files write them."""

_SPELLINGS = {"H&S": "HS", "HSC": "HS", "B&P": "BP", "W&I": "WI", "WIC": "WI", "P.C.": "PC", "H.S.": "HS", "V.C.": "VC"}
# fmt: off
_KNOWN = (
    "HS", "PC", "VC", "BP", "WI", "GC", "FG", "LC", "RT", "UI", "IC", "MV", "HN", "PR", "ED", "EC", "CC", "FC", "FA",
    "AC", "CI", "FI", "PU", "SH", "WC", "US",
)
# fmt: on
_CODE = "|".join(re.escape(code) for code in [*_SPELLINGS, *_KNOWN])

# A charge of another kind joined to the offense: attempt (PC 664), conspiracy (PC 182), accessory (PC 32).
_PARTS = {"664": "attempt", "182": "conspiracy", "32": "accessory"}
_PART = r"""
    (?: (?:PC\s*)? (?:664\s*(?:PC)?\s*[/.\-]\s*(?=182|32))? (?P<part>664|182|32) (?:\s*\([A-Z0-9]{1,3}\))* \s*(?:PC)?
        (?: \s*[/.\-]\s* (?=\d{3}) | (?<=664)\s+(?=\d{3}) | (?<=664\ PC)\s+(?=\d{3}) | (?=1135[789]|11360) )
    )?
"""
_SECTION = re.compile(
    rf"""
    (?: (?<![A-Z]) (?P<before>{_CODE}) \s*[-:\#]?\s* )?
    (?<![\d.]) {_PART}
    (?P<number>\d{{1,5}}(?:\.\d{{1,2}})?) (?![\d.]*\d)
    (?P<letters>(?!(?:{_CODE})(?![A-Z]))[A-Z]{{1,2}}(?![A-Z]))?
    (?P<subdivisions>(?:\s*\(\s*[A-Z0-9]{{1,4}}\s*\))*)
    (?: \s*-?\s* (?P<after>{_CODE}) (?![A-Z]) )?
    """,
    re.VERBOSE,
)
# What may stand before a number that carries no code at all, for it still to be read as a listed section.
_LEAD = re.compile(r"^[\s/]*(?:(?:COM|COMMENT|SCN\s*-?\s*\d{1,9}|ORIG|CHARGE|ATT|ATTEMPT|PLEA|TO)\b[\s:./-]*)*$")
_JOINT = re.compile(r"^\s*(?:/|,|&|AND)\s*$")
_ATTEMPT_WORD = re.compile(r"\bATT(?:EMPT(?:ED)?)?\b[\s:.-]*$")
_CONSPIRACY_WORD = re.compile(r"\bCONSP(?:IRE|IRACY)?\b(?:\s+TO)?[\s:.-]*$")


@dataclass(frozen=True, slots=True)
class CodeSection:
    """A section of a code, e.g. code HS, number 11358, subdivisions ("c",).

    `part` is "attempt", "conspiracy" or "accessory" where the text joins one to the offense, else "".
    """

    code: str
    number: str
    subdivisions: tuple[str, ...] = ()
    part: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.number}" + "".join(f"({each})" for each in self.subdivisions)

    @property
    def flat(self) -> str:
        """The section without brackets: PC 647(f) and `647F PC` are the same."""
        return f"{self.code} {self.number}" + "".join(self.subdivisions)

    def within(self, other: "CodeSection") -> bool:
        """This is `other`, or a subdivision of it."""
        if self.code != other.code:
            return False
        if self.number == other.number:
            return self.subdivisions[: len(other.subdivisions)] == other.subdivisions
        return self.flat == other.flat


@functools.cache
def _sections_of(family: str) -> tuple[CodeSection, ...]:
    table = tomllib.loads((Path(__file__).parent / "families" / f"{family}.toml").read_text(encoding="utf-8"))
    return tuple(normalised(section) for section in table["sections"])


@functools.lru_cache(maxsize=200_000)
def normalised(text: str) -> CodeSection:
    """The section of a normalised text such as "HS 11358(c)". Raises ValueError for any other spelling."""
    found = re.fullmatch(r"([A-Z]{2}) (\d+(?:\.\d+)?[a-z]{0,2})((?:\([a-z0-9]+\))*)", text)
    if found is None:
        raise ValueError(f"not a normalised code section: {text!r}")
    return CodeSection(found[1], found[2], tuple(re.findall(r"\(([a-z0-9]+)\)", found[3])))


def is_listed(section: CodeSection) -> bool:
    """One of H&S §§ 11357 to 11360 (H&S § 11361.8(e))."""
    return any(section.within(listed) for listed in _sections_of("prop64"))


def is_related(section: CodeSection) -> bool:
    """One of the charges that county offices reviewed beside the listed ones."""
    return any(section.within(related) for related in _sections_of("related"))


@functools.lru_cache(maxsize=200_000)
def parse_all(text: str) -> tuple[CodeSection, ...]:
    """Every section in a text, from left to right. Upper and lower case are read alike."""
    text = text.upper()
    found = list(_SECTION.finditer(text))
    sections: list[CodeSection] = []
    following: tuple[str, int] | None = None  # code and start of the section to the right
    for match in reversed(found):
        code = match["after"] or match["before"]
        if code is None and following is not None and _JOINT.match(text[match.end() : following[1]]):
            code = following[0]  # 11360/11357 HS
        if code is None and match["number"] in _listed_numbers() and _LEAD.match(text[: match.start()]):
            code = "HS"
        if code is None:
            following = None
            continue
        code = _SPELLINGS.get(code, code)
        following = (code, match.start())
        sections.append(_section(code, match, text))
    return tuple(_with_part_after(sections[::-1]))


@functools.cache
def _listed_numbers() -> frozenset[str]:
    return frozenset(listed.number for listed in _sections_of("prop64"))


def _section(code: str, match: re.Match[str], text: str) -> CodeSection:
    number = match["number"]
    subdivisions = tuple(each.lower() for each in re.findall(r"[A-Z0-9]+", match["subdivisions"] or ""))
    if match["letters"]:
        # The Penal Code has sections named with letters (288a, 653f); elsewhere the brackets were left out.
        if code == "PC":
            number += match["letters"].lower()
        else:
            subdivisions = (*match["letters"].lower(), *subdivisions)
    part = _PARTS.get(match["part"] or "", "")
    before = text[: match.start()]
    if not part and _ATTEMPT_WORD.search(before):
        part = "attempt"
    if not part and _CONSPIRACY_WORD.search(before):
        part = "conspiracy"
    return CodeSection(code, number, subdivisions, part)


def _with_part_after(sections: list[CodeSection]) -> list[CodeSection]:
    """`11357(C) HS/664 PC`: the attempt stands after the offense, as a section of its own."""
    for place in range(len(sections) - 1, 0, -1):
        joined = sections[place]
        if joined.code == "PC" and joined.number in _PARTS and not sections[place - 1].part:
            sections[place - 1] = replace(sections[place - 1], part=_PARTS[joined.number])
            del sections[place]
    return sections


@functools.lru_cache(maxsize=200_000)
def parse(text: str) -> CodeSection | None:
    """The section that a text is about: the leftmost listed one (H&S §§ 11357 to 11360), else the leftmost."""
    sections = parse_all(text)
    return next((each for each in sections if is_listed(each)), sections[0] if sections else None)


def printed(section: str) -> str:
    """A normalised section as screens print it: "HS 11358(c)" is "H&S § 11358(c)"."""
    code, _, number = section.partition(" ")
    return f"{PRINTED_CODES.get(code, code)} § {number}"


PARSED = pa.schema(
    [("code_section", pa.string()), ("part", pa.string()), ("prop64", pa.string()), ("related", pa.bool_())]
)


def parse_column(texts: pa.Array) -> pa.Table:
    """What each text says, row for row: `code_section`, `part`, `prop64` (a listed number), `related`.

    Every text is parsed: give distinct ones and spread the answers.
    """
    columns: dict[str, list[str | bool | None]] = {name: [] for name in PARSED.names}
    for text in texts.to_pylist():
        section = parse(text or "")
        columns["code_section"].append(None if section is None else str(section))
        columns["part"].append("" if section is None else section.part)
        columns["prop64"].append(section.number if section is not None and is_listed(section) else None)
        columns["related"].append(any(is_related(each) for each in parse_all(text or "")))
    return pa.table(columns, schema=PARSED)
