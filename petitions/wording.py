"""The words of the papers as named text blocks: the product's standard wording, and what an office puts in place.

A block is plain text with {placeholders} from its own fixed list. They are replaced as text: nothing is evaluated, and
what is put in is not looked through again. What the law requires or forbids in a block is data beside it, so an
office's rewording is refused with the law named. Words can't prove what a sentence means: a rewording is still read
and approved by somebody other than its author.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from petitions.papers.characters import named, unprintable_in
from petitions.papers.forbidden import CITED, CITES, IDENTIFIERS, STUBS

Kind = Literal[
    "motion", "memorandum", "declaration", "order", "omnibus", "recommendation", "proof", "letter_en", "letter_es"
]
KINDS: Final[Mapping[Kind, str]] = {
    "motion": "Notice of motion and motion",
    "memorandum": "Memorandum of points and authorities",
    "declaration": "Declaration",
    "order": "Proposed order",
    "omnibus": "Omnibus motion, declaration and order",
    "recommendation": "Recommendation and order under Penal Code section 1172.1",
    "proof": "Proof of service",
    "letter_en": "Letter to the person, English",
    "letter_es": "Letter to the person, Spanish",
}
LONGEST: Final = 4000  # characters: more would fill two pages with one paragraph
LONGEST_VERSION: Final = 80
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a part of one, that an office may reword."""

    key: str  # "order.dismiss": stays for ever, frozen batches name it
    kind: Kind
    title: str  # as screens list it: "Ordered: dismissed"
    text: str  # the standard wording
    placeholders: tuple[str, ...]  # that a rewording may use, in the order of the standard text
    required: tuple[str, ...]  # those it must use
    must: tuple[tuple[str, str], ...]  # phrase and law; one in capitals stands exactly once, in capitals
    paper: str  # the kind of paper that prints it
    example: str  # which invented data shows it; empty: the first of its kind


@dataclass(frozen=True, slots=True)
class Only:
    """A word that only some blocks may use, or none."""

    pattern: re.Pattern[str]
    blocks: frozenset[str]
    law: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A version of the words: the standard ones but where `texts` has another text for a block's key."""

    version: str  # printed into the file of every paper: "standard", "Contra Costa 3"
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)

    def say(self, key: str, /, **values: str) -> str:
        """The text of a block with its placeholders replaced. `convictions` that open it begin with a capital.

        Raises KeyError for a block that does not exist, or a placeholder that is given no value.
        """
        said: list[str] = []
        for text, name in _parts(self.texts.get(key, BLOCKS[key].text)):
            said.append(text)
            if name is not None:
                value = values[name]
                opens = name == "convictions" and not "".join(said).strip()
                said.append(value[:1].upper() + value[1:] if opens else value)
        return "".join(said)

    def in_full(self) -> dict[str, str]:
        """Every block's text as this wording has it: what to keep with a batch that must render the same for ever."""
        return {key: self.texts.get(key, block.text) for key, block in BLOCKS.items()}

    def problems(self) -> list[str]:
        """Everything for which papers in this wording are refused, in plain English; empty when nothing is."""
        found = [f"The wording’s version holds {named(letter)}." for letter in unprintable_in(self.version)]
        if not self.version.strip() or len(self.version) > LONGEST_VERSION:
            found.append(f"The wording needs a version of at most {LONGEST_VERSION} characters.")
        for key, text in self.texts.items():
            title = f"“{BLOCKS[key].title}” ({KINDS[BLOCKS[key].kind]})" if key in BLOCKS else "The wording"
            found += [f"{title}: {problem}" for problem in problems(key, text)]
        return found


def problems(key: str, text: str) -> list[str]:
    """Why a text can't take the place of a block's standard text, in plain English; empty when it can."""
    return list(_problems(key, text))


@lru_cache(maxsize=2_000)
def _problems(key: str, text: str) -> tuple[str, ...]:
    block = BLOCKS.get(key)
    if block is None:
        return (f"There is no text block “{key}”.",)
    if not text.strip():
        return ("The text is empty.",)
    if len(text) > LONGEST:
        return (f"The text has {len(text):,} characters; at most {LONGEST:,} fit.",)
    return (*_letters(text), *_braces(block, text), *_required(block, text), *_unwanted(block, text))


def _letters(text: str) -> Iterator[str]:
    for character in unprintable_in(text):
        if character in "\r\n":
            yield "The text holds a line break: a block is one paragraph."
        else:
            yield f"The text holds {named(character)}, which a court paper can't print."


def _braces(block: Block, text: str) -> Iterator[str]:
    allowed = ", ".join(f"{{{name}}}" for name in block.placeholders) or "none"
    used = []
    for match in _BRACES.finditer(text):
        if match.group(1) is None:
            yield "A brace stands by itself or twice: a placeholder is written {name}, and braces serve nothing else."
            break
        used.append(match.group(1))
    for name in dict.fromkeys(used):
        if name not in block.placeholders:
            yield f"There is no placeholder {{{name}}} in this text. It may use: {allowed}."
    for name in block.required:
        if name not in used:
            yield f"The placeholder {{{name}}} is missing: {PLACEHOLDERS[name]}."


def _required(block: Block, text: str) -> Iterator[str]:
    whole, bare = _plain(text), _plain(_BRACES.sub(" … ", text))
    for phrase, law in block.must:
        if phrase.isupper():
            if bare.count(phrase) != 1:
                yield f"The text must say “{phrase}” exactly once, in capitals ({law})."
        elif _plain(phrase).casefold() not in (whole if "{" in phrase else bare).casefold():
            yield f"The text must say “{phrase}” ({law})."


def _unwanted(block: Block, text: str) -> Iterator[str]:
    bare = _plain(_BRACES.sub(" … ", text))
    for rule in ONLY:
        if block.key not in rule.blocks and (match := rule.pattern.search(bare)):
            yield f"“{match.group()}” does not belong in this text: {rule.law}."
    for cited in sorted(set(CITED.findall(bare)) - CITES[block.paper]):
        yield f"Section {cited} is not among the statutes approved for this paper."
    if stub := STUBS.search(bare):
        yield f"“{stub.group()}” looks like an unfilled mark."
    for pattern, what in IDENTIFIERS:
        if pattern.search(bare):
            yield f"The text holds {what}."


def _plain(text: str) -> str:
    """One blank between words, and the apostrophe as the papers print it."""
    return " ".join(text.replace("'", "’").split())


@lru_cache(maxsize=2_000)
def _parts(text: str) -> tuple[tuple[str, str | None], ...]:
    """The text cut at its placeholders: what stands before each, and its name; after the last, None."""
    parts: list[tuple[str, str | None]] = []
    at = 0
    for match in _BRACES.finditer(text):
        if match.group(1) is not None:
            parts.append((text[at : match.start()], match.group(1)))
            at = match.end()
    return (*parts, (text[at:], None))


def _block(row: Mapping[str, Any], grammar: frozenset[str]) -> Block:
    placeholders = tuple(dict.fromkeys(match.group(1) for match in _BRACES.finditer(row["text"])))
    return Block(
        key=row["key"],
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        placeholders=placeholders,
        required=tuple(row.get("required", (name for name in placeholders if name not in grammar))),
        must=tuple((phrase, law) for phrase, law in row.get("must", ())),
        paper=row.get("paper", row["kind"]),
        example=row.get("example", ""),
    )


def _words_for_some(table: Mapping[str, Any]) -> tuple[Only, ...]:
    """Words that only some blocks may use, then those that none may."""
    rules = []
    for row in table["only"]:
        elsewhere = {block.key for block in BLOCKS.values() if block.kind not in row.get("kinds", KINDS)}
        pattern = re.compile(rf"\b{re.escape(row['word'])}\w*", re.IGNORECASE)
        rules.append(Only(pattern, frozenset({*row["blocks"], *elsewhere}), row["law"]))
    return (
        *rules,
        *(Only(re.compile(row["pattern"]), frozenset(row.get("but", ())), row["law"]) for row in table["never"]),
    )


_TABLE: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PLACEHOLDERS: Final[Mapping[str, str]] = _TABLE["placeholders"]  # what each stands for, as screens explain it
BLOCKS: Final[Mapping[str, Block]] = {
    row["key"]: _block(row, frozenset(_TABLE["rules"]["grammar"])) for row in _TABLE["block"]
}  # by key, in the order of the papers
ONLY: Final = _words_for_some(_TABLE)
STANDARD: Final = Wording("standard")
