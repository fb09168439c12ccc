"""A policy's text and the form that reads like sentences: TOML to lines and back, and what is wrong in which line.

The lines of a form are those of the text, switched off ones included; the juvenile guard, which stands before the first
line of every policy, is none of them.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from clearmyrecord.errors import Invalid
from eligibility import policy as engine
from eligibility.policy import PolicyError
from eligibility.rules import RULES

MOST_LINES = 59
"""Lines of a policy: with the juvenile guard a trace has room for one letter each."""

NUMBERS = (int, float)
"""Kinds of parameters that are typed as a number."""

OUTCOME_VERBS = {
    "dismiss": "Dismiss",
    "redesignate": "Redesignate",
    "hand_review": "Leave to a person",
    "not_eligible": "Give no relief",
}
"""What a line does, as the first words of its sentence."""

WHEN_UNPROVEN_WORDS = {
    "hand_review": "Leave it to a person until somebody states the fact",
    "dismiss": "Presume that it was within what is lawful now, and go on",
    "redesignate": "Presume that it was beyond what is lawful now, and go on",
}
QUESTION_WORDS = {"record": "a question of the record, for an analyst", "law": "a question of law, for an attorney"}
KEY_WORDS = {
    "years": "years", "sections": "sections", "ask": "the question", "question": "whose question it is",
    "authority": "the authority", "outcome": "what follows", "rule": "the rule", "on": "on or off", "title": "title",
    "when_unproven": "what is not proven",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong: `line` is the number of the line (from 1), None where it concerns the policy as a whole."""

    message: str
    line: int | None = None
    key: str = ""

    @property
    def where(self) -> str:
        """The line and the key at fault, in words."""
        line = [f"Line {self.line}"] if self.line else []
        return ", ".join([*line, *([KEY_WORDS.get(self.key, self.key)] if self.key else [])])


@dataclass(frozen=True)
class Blank:
    """A place in a rule's sentence: plain text, or a parameter with its value."""

    text: str = ""
    name: str = ""
    value: str = ""
    number: bool = False


@dataclass(frozen=True)
class LineShown:
    """A line of the text as a form and a page show it. `position` counts from 1."""

    position: int
    rule: str
    blanks: tuple[Blank, ...]
    citation: str
    outcome: str
    on: bool
    question: str
    ask: str
    authority: str
    beyond_statute: bool
    reason_in_compatible_files: str
    faults: tuple[Fault, ...] = field(default=())

    @property
    def verb(self) -> str:
        return OUTCOME_VERBS.get(self.outcome, self.outcome)

    @property
    def condition(self) -> str:
        """The sentence after the verb: "the conviction is under H&S section 11357."."""
        return "".join(blank.text or blank.value for blank in self.blanks)

    @property
    def sentence(self) -> str:
        """The whole line as one sentence."""
        off = "" if self.on else "Switched off: "
        return f"{off}{self.verb} where {self.condition}"

    @property
    def asks(self) -> str:
        """The question of a line that leaves it to a person, and whose it is."""
        if self.outcome == "not_eligible" and self.question:
            return f"Where the record leaves it open: {QUESTION_WORDS.get(self.question, self.question)}."
        if self.outcome != "hand_review":
            return ""
        return f"Asks: {self.ask or 'Which relief, if any?'} ({QUESTION_WORDS.get(self.question, self.question)})"


def parsed(text: str) -> dict[str, Any]:
    """The text's keys and lines. Raises Invalid where it is not TOML or its lines are none."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"This is not TOML: {error}") from None
    lines = given.get("line", [])
    if not isinstance(lines, list) or not all(isinstance(each, dict) for each in lines):
        raise Invalid("Each line of the policy begins with [[line]].")
    return given


def written(given: Mapping[str, Any]) -> str:
    """TOML of a policy's keys and lines, in the order given."""
    parts = [f"{key} = {_value(value)}" for key, value in given.items() if key != "line"]
    for line in given.get("line", []):
        parts += ["", "[[line]]", *(f"{key} = {_value(value)}" for key, value in line.items())]
    return "\n".join(parts) + "\n"


def _value(value: Any) -> str:
    """Texts, numbers, yes or no, and lists of them; a TOML text is a JSON text without the delete character."""
    if isinstance(value, list):
        return f"[{', '.join(_value(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def faults(given: Mapping[str, Any]) -> list[Fault]:
    """Everything that keeps the policy from being used, the policy as a whole first, then line by line."""
    lines = given.get("line", [])
    head = {key: value for key, value in given.items() if key != "line"}
    found = [] if lines else [Fault("At least one line is needed.")]
    if len(lines) > MOST_LINES:
        found.append(Fault(f"At most {MOST_LINES} lines are possible."))
    harmless = {"rule": "subject_is_deceased", "outcome": "hand_review"}
    found += _faults_of({**head, "line": [harmless]}, None)
    if found:
        return found
    for number, line in enumerate(lines, start=1):
        found += _faults_of({**head, "line": [line]}, number)
    return found or _faults_of(given, None)


def _faults_of(given: Mapping[str, Any], line: int | None) -> list[Fault]:
    try:
        engine.load(text=written(given))
    except PolicyError as error:
        message = str(error).partition(": ")[2]
        return [Fault(message[:1].upper() + message[1:], line, error.key or "")]
    return []


def shown(given: Mapping[str, Any], wrong: list[Fault] | None = None) -> list[LineShown]:
    """The lines for a form or a page, each with its faults. Raises Invalid for a rule that the engine does not know."""
    lines = []
    head = {key: value for key, value in given.items() if key != "line"} | {"authority": "asked for here"}
    for position, line in enumerate(given.get("line", []), start=1):
        rule = RULES.get(str(line.get("rule")))
        if rule is None:
            raise Invalid(f"Line {position}: there is no rule {line.get('rule')!r}.")
        lines.append(
            LineShown(
                position=position,
                rule=rule.id,
                blanks=_blanks(rule.id, line),
                citation=rule.citation,
                outcome=str(line.get("outcome", "")),
                on=line.get("on", True) is not False,
                question=str(line.get("question", "record" if line.get("outcome") == "hand_review" else "")),
                ask=str(line.get("ask", "")),
                authority=str(line.get("authority", "")),
                beyond_statute=_is_beyond_statute(written({**head, "line": [{**line, "on": True}]})),
                reason_in_compatible_files=str(line.get("reason_in_compatible_files", "")),
                faults=tuple(each for each in wrong or () if each.line == position),
            )
        )
    return lines


@lru_cache(maxsize=2000)
def _is_beyond_statute(text: str) -> bool:
    """Whether the only line of this text may give relief for which the statute alone is no basis."""
    try:
        return engine.load(text=text).lines[-1].beyond_statute
    except PolicyError:
        return False


def _blanks(rule_id: str, line: Mapping[str, Any]) -> tuple[Blank, ...]:
    """The rule's sentence cut at its parameters."""
    rule = RULES[rule_id]
    sentence = rule.sentence({name: f"\0{name}\0" for name in rule.parameters})
    sentence = sentence[:1].lower() + sentence[1:]
    blanks = []
    for place, part in enumerate(sentence.split("\0")):
        if place % 2 == 0:
            blanks.append(Blank(text=part))
        else:
            value = line.get(part, "")
            value = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            blanks.append(Blank(name=part, value=value, number=rule.parameters[part] in NUMBERS))
    return tuple(blanks)


def number_of(text: str, kind: type) -> Any:
    """A parameter's number as it was typed; what is none stays text, and the engine says what is wrong with it."""
    if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,4})?", text):
        return text
    return float(text) if kind is float or "." in text else int(text)


def new_line(rule_id: str) -> dict[str, Any]:
    """A line of this rule to begin with: it leaves to a person. Raises Invalid for an unknown rule."""
    if rule_id not in RULES or rule_id == "juvenile":
        raise Invalid("Choose a rule from the list.")
    parameters = dict.fromkeys(RULES[rule_id].parameters, "")
    return {"rule": rule_id, **parameters, "outcome": "hand_review", "question": "record"}


def rules_to_add() -> list[tuple[str, str]]:
    """Every rule that a line may test, with its sentence; the places of its parameters are dots."""
    choices = []
    for rule in RULES.values():
        if rule.id != "juvenile":
            sentence = rule.sentence(dict.fromkeys(rule.parameters, "…"))
            choices.append((rule.id, sentence))
    return choices


def _words(given: Mapping[str, Any]) -> list[str]:
    proven = WHEN_UNPROVEN_WORDS.get(str(given.get("when_unproven", "hand_review")), "")
    head = [f"Title: {given.get('title', '')}", f"Authority: {given.get('authority') or 'none given'}"]
    head.append(f"A fact that no record carries: {proven}")
    lines = []
    for line in shown(given):
        asks = f" {line.asks}" if line.asks else ""
        lines.append(line.sentence + asks + (f" Authority: {line.authority}" if line.authority else ""))
    return head + lines


def compared(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts sentence by sentence: each with " " (in both), "-" (only before) or "+" (only after)."""
    one, other = _words(parsed(before)), _words(parsed(after))
    rows = []
    for what, start, end, begin, stop in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            rows += [(" ", each) for each in one[start:end]]
        else:
            rows += [("-", each) for each in one[start:end]] + [("+", each) for each in other[begin:stop]]
    return rows
