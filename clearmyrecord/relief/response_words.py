"""Which column of a response is likely which, and what the court's words for a decision likely mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

FIELDS = {
    "case_number": ("Case number", r"\bcase\b|docket"),
    "decision": ("What the court did", r"decision|ruling|disposition|result|outcome|action|status|granted"),
    "decided_on": ("Day of the order", r"\b(order|ordered|ruling|decided|decision)\b.*\b(date|day|on)\b|date"),
    "reference": ("Our reference, if the court repeats it", r"reference|\bref\b|matter"),
    "exhibit_row": ("Row of Exhibit A, for an omnibus motion", r"exhibit|\brow\b|\bline\b|\bitem\b"),
    "name": ("Defendant", r"name|defendant|party"),
    "section": ("Code section", r"section|charge|offense|statute|count"),
    "convicted_on": ("Day of the conviction", r"convict|\bplea\b|judgment|sentenced"),
    "granted_as": ("What was granted, if in a column of its own", r"granted as|new (level|severity)|reduced to|relief"),
    "reason": ("Reason of a denial or rejection", r"reason|comment|note|remark"),
    "hearing_on": ("Day of the hearing", r"hearing|calendar|set for"),
    "department": ("Department", r"dep(t|artment)\b|courtroom|\broom\b"),
}
"""In the order of the form."""

REQUIRED = ("case_number", "decision", "decided_on")
MOST_TELLING_FIRST = (
    "reference", "exhibit_row", "hearing_on", "convicted_on", "granted_as", "reason", "department", "name", "section",
    "case_number", "decided_on", "decision",
)  # fmt: skip

MEANINGS = {
    "granted": "Granted as asked",
    "granted:sealed": "Granted: dismissed and sealed",
    "granted:dismissed": "Granted: dismissed",
    "granted:misdemeanor": "Granted: lowered to a misdemeanor",
    "granted:infraction": "Granted: lowered to an infraction",
    "granted:resentenced": "Granted: resentenced",
    "denied": "Denied",
    "hearing": "Set for hearing",
    "rejected": "Rejected by the clerk",
}
"""What a court's word can mean. A word that means none of these keeps its rows apart."""

_LIKELY = (
    ("denied", r"\bden(y|ied)\b|refused|opposed"),
    ("rejected", r"reject|returned|not accepted|deficien"),
    ("hearing", r"hearing|calendar|continued|set for"),
    ("granted:infraction", r"infraction"),
    ("granted:misdemeanor", r"misd|misdemeanor|reduced|redesignat"),
    ("granted:sealed", r"seal"),
    ("granted:dismissed", r"dismiss|\bdism\b"),
    ("granted:resentenced", r"resentenc"),
    ("granted", r"\bgrant(ed)?\b|approved|so ordered|^gr?$"),
)
MOST_WORDS = 40


def likely_columns(headings: Sequence[str]) -> dict[str, str]:
    """Which column is likely which field; every column at most once."""
    found: dict[str, str] = {}
    for name in MOST_TELLING_FIRST:
        pattern = re.compile(FIELDS[name][1], re.IGNORECASE)
        free = [heading for heading in headings if heading not in found.values()]
        if fits := [heading for heading in free if pattern.search(heading)]:
            found[name] = fits[0]
    return found


def likely_meaning(word: str) -> str:
    """What a court's word likely means; empty where it can't be told. A person looks at it before it counts."""
    if re.search(r"\bnot\b|\bno\b|partial|part\b", word, re.IGNORECASE):
        return ""
    return next((code for code, pattern in _LIKELY if re.search(pattern, word, re.IGNORECASE)), "")


def key(word: str) -> str:
    """A word as it is remembered: lower case, plain spaces."""
    return " ".join(word.casefold().split())[:100]


def words_of(cells: Sequence[str]) -> list[tuple[str, int]]:
    """The different words of a column with how often each stands, the most frequent first; at most MOST_WORDS."""
    counted = Counter(key(cell) for cell in cells if cell)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]


def meaning(word: str, words: Mapping[str, str]) -> tuple[str, str]:
    """Decision and what was granted, as somebody said of this word; empty where nobody did."""
    decision, _, granted_as = words.get(key(word), "").partition(":")
    return decision, granted_as
