"""What no paper may print: stubs of a template, personal identifiers, statutes that no attorney approved for it.

Read by the checks on finished papers and by those on an office's own wording. Numbers in comments are the points of
section 8 of the notes on court documents.
"""

from __future__ import annotations

import re
from typing import Final

STUBS: Final = re.compile(r"\{\{|\}\}|\{%|\bNone\b|\bnan\b|\bTBD\b|____|\(s\)|[Ll]orem ipsum")  # 21
MOTION_CITES: Final = frozenset(
    ["11357", "11358", "11359", "11360", "11361.8", "11362.1", "11362.2", "667", "290", "13151", "28"]
)  # statutes that an attorney approved for the paper; what people and records bring along is theirs
CITES: Final = {
    "motion": MOTION_CITES,
    "declaration": MOTION_CITES,
    "order": MOTION_CITES | {"1172.1"},
    "proof": frozenset({"1013a", "1013b"}),
    "recommendation": MOTION_CITES | {"1170", "1170.18", "1172.1"},
    "letter": frozenset[str](),  # plain words alone
}  # 25
CITED: Final = re.compile(r"(?:§§?|\b[Ss]ections?)\s*(\d+(?:\.\d+)?[a-z]?)")
CII: Final = re.compile(r"\bA\d{8}\b")
IDENTIFIERS: Final = (
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "a number with the form of a social security number"),
    (re.compile(r"\b(?:CII|SSN|FBI|DOB)\b|[Dd]ate of birth|[Ss]ocial [Ss]ecurity"), "a mark of a personal identifier"),
)  # 20
