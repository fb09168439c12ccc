"""The words of the papers as screens show them: texts checked, hashed, cut at their placeholders, compared."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from petitions.wording import BLOCKS, KINDS, PLACEHOLDERS, STANDARD, Block, Kind

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """A block that two wordings word differently; `parts` are the pieces with their marks: " ", "-" or "+"."""

    block: Block
    before: str
    after: str
    parts: tuple[tuple[str, str], ...]

    @property
    def paper(self) -> str:
        """The paper it belongs to, in words."""
        return KINDS[self.block.kind]


@dataclass(frozen=True)
class Shown:
    """A block of a wording, beside the standard one."""

    block: Block
    text: str

    @property
    def is_own(self) -> bool:
        """Whether it differs from the standard text of today."""
        return self.text != self.block.text


def in_full(texts: Texts) -> dict[str, str]:
    """Every block's text; the standard one where the wording is older than the block."""
    return {key: texts.get(key, block.text) for key, block in BLOCKS.items()}


def digest(texts: Texts) -> str:
    """SHA-256 of the texts by key, as canonical JSON."""
    canonical = json.dumps(dict(texts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def digest_of(text: str) -> str:
    """SHA-256 of one text: what a page says it showed."""
    return hashlib.sha256(text.encode()).hexdigest()


def standard() -> dict[str, str]:
    return STANDARD.in_full()


def typed(text: str) -> str:
    """A text as it was meant: without the blanks and line ends around it that a text field may send."""
    return text.replace("\r\n", "\n").strip()


def blocks(texts: Texts, *, kind: str = "", own: bool = False) -> list[Shown]:
    """The blocks of a wording in the order of the papers; of one kind of paper, or only those in own words."""
    shown = (Shown(block, texts.get(key, block.text)) for key, block in BLOCKS.items())
    return [each for each in shown if kind in ("", each.block.kind) and (each.is_own or not own)]


def by_kind(shown: Iterable[Shown]) -> list[tuple[Kind, str, list[Shown]]]:
    """Blocks by the paper they belong to: its kind, its name, its blocks."""
    found: dict[Kind, list[Shown]] = {}
    for each in shown:
        found.setdefault(each.block.kind, []).append(each)
    return [(kind, KINDS[kind], found[kind]) for kind in KINDS if kind in found]


def placeholders(block: Block) -> list[tuple[str, str, bool]]:
    """What a rewording of the block may use: the placeholder, what it stands for, whether it must stay."""
    return [(f"{{{name}}}", PLACEHOLDERS[name], name in block.required) for name in block.placeholders]


def neighbours(key: str) -> tuple[Block | None, Block | None]:
    """The blocks before and after one."""
    keys = list(BLOCKS)
    place = keys.index(key)
    before = BLOCKS[keys[place - 1]] if place else None
    return before, BLOCKS[keys[place + 1]] if place + 1 < len(keys) else None


def changes(before: Texts, after: Texts) -> list[Change]:
    """The blocks that differ, in the order of the papers."""
    found = []
    for key, block in BLOCKS.items():
        old, new = before.get(key, block.text), after.get(key, block.text)
        if old != new:
            found.append(Change(block, old, new, tuple(compared(old, new))))
    return found


def compared(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts word by word: pieces that stand in both (" "), only before ("-") or only after ("+")."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    pieces: list[tuple[str, str]] = []
    for act, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if act == "equal":
            pieces.append((" ", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(("-", "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(("+", "".join(new[new_from:new_to])))
    return pieces
