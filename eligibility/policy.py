"""A policy: ordered lines of rule, parameters and outcome, read from TOML and checked.

Before the first line of every policy stands the juvenile guard (no adult paper for a minor's offense); the lines of a
Policy include it, and so do traces.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility.law import tables
from eligibility.rules import RULES, Rule

OUTCOMES = ("dismiss", "redesignate", "resentence", "hand_review", "not_eligible")
LINE_OUTCOMES = ("dismiss", "redesignate", "hand_review", "not_eligible")
WHEN_UNPROVEN = ("hand_review", "dismiss", "redesignate")
SCOPES = ("prop64", "prop64_and_related")
LISTED = ("11357", "11358", "11359", "11360")
PRESETS = Path(__file__).parent / "policies"

_KEYS = {"name", "title", "county", "authority", "scope", "when_unproven", "line"}
_LINE_KEYS = {"rule", "outcome", "on", "question", "ask", "authority"}


class PolicyError(ValueError):
    """A policy that cannot be used. `line` is the number of the policy's line (from 1), `key` the key at fault."""

    def __init__(self, message: str, *, line: int | None = None, key: str | None = None) -> None:
        self.line, self.key = line, key
        where = [f"line {line}"] if line is not None else []
        where += [f"key {key!r}"] if key is not None else []
        super().__init__(f"Policy, {', '.join(where)}: {message}" if where else f"Policy: {message}")


@dataclass(frozen=True)
class Line:
    """One line: where the rule holds and none before it did, the outcome is this one."""

    rule: Rule
    parameters: dict[str, Any]
    outcome: str
    question_kind: str  # record or law; of hand_review only
    ask: str  # the question of a hand_review
    authority: str = ""  # of this line alone; the policy's own covers every line
    beyond_statute: bool = False  # may give relief for which the statute alone is no basis

    @property
    def reason(self) -> str:
        return self.rule.printed_reason(self.parameters)

    @property
    def sentence(self) -> str:
        return self.rule.sentence(self.parameters)


GUARD = Line(
    RULES["juvenile"], {}, "hand_review", "law", "Juvenile route, no adult paper: who takes this conviction further?"
)


@dataclass(frozen=True)
class Policy:
    """A checked policy. `county` is None where the policy serves any county. `sha256` is that of `text`."""

    name: str
    title: str
    county: str | None
    authority: str
    related_in_scope: bool
    when_unproven: str
    lines: tuple[Line, ...]
    text: str
    sha256: str


@dataclass(frozen=True)
class LineDescription:
    """A line as a screen or the rule book prints it. `position` counts from 1, in step with the trace's letters."""

    position: int
    rule: str
    sentence: str
    reason: str
    citation: str
    outcome: str
    question_kind: str


def line_descriptions(policy: Policy) -> list[LineDescription]:
    """Every line of the policy, the juvenile guard first."""
    return [
        LineDescription(
            position=position,
            rule=line.rule.id,
            sentence=line.sentence,
            reason=line.reason,
            citation=line.rule.citation,
            outcome=line.outcome,
            question_kind=line.question_kind,
        )
        for position, line in enumerate(policy.lines, start=1)
    ]


def presets() -> list[str]:
    """The names of the policies that come with the engine."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def load(name_or_path: str | Path | None = None, *, text: str | None = None) -> Policy:
    """A policy by preset name, by path, or from its text. Raises PolicyError."""
    if text is None:
        text = _text_of(str(name_or_path))
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"this is not TOML: {error}") from None
    return _checked(given, text)


def _text_of(name_or_path: str) -> str:
    if name_or_path in presets():
        return (PRESETS / f"{name_or_path}.toml").read_text(encoding="utf-8")
    path = Path(name_or_path)
    if not path.is_file():
        raise PolicyError(f"there is no preset and no file {name_or_path!r}. Presets: {', '.join(presets())}.")
    return path.read_text(encoding="utf-8")


def _checked(given: dict[str, Any], text: str) -> Policy:
    for key in sorted(given.keys() - _KEYS):
        raise PolicyError(f"there is no such key. Known: {', '.join(sorted(_KEYS))}.", key=key)
    for key in ("name", "title"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            raise PolicyError("a text is needed.", key=key)
    for key in ("county", "authority"):
        if not isinstance(given.get(key, ""), str):
            raise PolicyError("a text is needed.", key=key)
    scope = _one_of(given.get("scope", "prop64"), SCOPES, key="scope")
    when_unproven = _one_of(given.get("when_unproven", "hand_review"), WHEN_UNPROVEN, key="when_unproven")
    authority = given.get("authority", "").strip()
    if when_unproven != "hand_review" and not authority:
        raise PolicyError("deciding unproven facts otherwise than by hand_review needs an authority.", key="authority")
    lines = given.get("line")
    if not isinstance(lines, list) or not lines or not all(isinstance(each, dict) for each in lines):
        raise PolicyError("at least one [[line]] is needed.", key="line")
    read = [_line(each, number, authority=authority) for number, each in enumerate(lines, start=1)]
    return Policy(
        name=given["name"],
        title=given["title"],
        county=given.get("county") or None,
        authority=authority,
        related_in_scope=scope == "prop64_and_related",
        when_unproven=when_unproven,
        lines=(GUARD, *(line for line in read if line is not None)),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _one_of(value: Any, allowed: tuple[str, ...], *, key: str, line: int | None = None) -> str:
    if value not in allowed:
        raise PolicyError(f"one of {', '.join(allowed)} is needed, not {value!r}.", key=key, line=line)
    return str(value)


def _line(given: dict[str, Any], number: int, *, authority: str) -> Line | None:
    """A line that is switched on; None for one that is off, which is checked all the same."""
    rule = RULES[_one_of(given.get("rule"), tuple(RULES), key="rule", line=number)]
    outcome = _one_of(given.get("outcome"), LINE_OUTCOMES, key="outcome", line=number)
    for key in sorted(given.keys() - _LINE_KEYS - rule.parameters.keys()):
        known = ", ".join(sorted({*_LINE_KEYS, *rule.parameters}))
        raise PolicyError(f"there is no such key for rule {rule.id}. Known: {known}.", line=number, key=key)
    parameters = {name: _parameter(given, name, kind, number) for name, kind in rule.parameters.items()}
    on = given.get("on", True)
    if not isinstance(on, bool):
        raise PolicyError("true or false is needed.", line=number, key="on")
    kind, ask = "", ""
    if outcome == "hand_review":
        kind = _one_of(given.get("question", "record"), ("record", "law"), key="question", line=number)
        ask = given.get("ask", f"{rule.printed_reason(parameters)}: which relief, if any?")
        if not isinstance(ask, str):
            raise PolicyError("a text is needed.", line=number, key="ask")
    elif given.keys() & {"question", "ask"}:
        raise PolicyError("only a line that leads to hand_review asks a question.", line=number, key="question")
    own_authority = given.get("authority", "")
    if not isinstance(own_authority, str):
        raise PolicyError("a text is needed.", line=number, key="authority")
    own_authority = own_authority.strip()
    beyond_statute = _can_yield_policy(rule, parameters, outcome)
    if on and beyond_statute and not (authority or own_authority):
        raise PolicyError(
            f"this line can give {outcome} beyond the statute, so it needs an authority: its own or the policy's.",
            line=number,
            key="authority",
        )
    return Line(rule, parameters, outcome, kind, ask, own_authority, beyond_statute) if on else None


def _parameter(given: dict[str, Any], name: str, kind: type, number: int) -> Any:
    value = given.get(name)
    if kind is int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 150:
            raise PolicyError("a whole number of years, from 1, is needed.", line=number, key=name)
        return value
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
        raise PolicyError('a list of sections such as ["11357"] is needed.', line=number, key=name)
    if given["rule"] == "section_is":
        for section in value:
            if section not in LISTED:
                raise PolicyError(f"one of {', '.join(LISTED)} is needed, not {section!r}.", line=number, key=name)
    return value


def _can_yield_policy(rule: Rule, parameters: dict[str, Any], outcome: str) -> bool:
    """Whether the line may give relief that the basis table calls policy."""
    if outcome not in ("dismiss", "redesignate"):
        return False
    sections = parameters.get("sections", LISTED)
    severities = ("felony",) if outcome == "redesignate" else ("felony", "misdemeanor", "infraction")
    found = [tables.basis(f"HS {each}", severity, outcome) for each in sections for severity in severities]
    return any("policy" in (each.name, each.under_lawful_age) for each in found)
