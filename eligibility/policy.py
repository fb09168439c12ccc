"""A policy: ordered lines of rule, parameters and outcome, read from TOML and checked.

Before the first line of every policy stands the juvenile guard (no adult paper for a minor's offense); the lines of a
Policy include it, and so do traces.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility import options, probation_rules, statutory_rules  # noqa: F401  # their rules register themselves
from eligibility.law import code_sections, offense_families, tables
from eligibility.rules import RULES, Rule

OUTCOMES = ("dismiss", "redesignate", "resentence", "hand_review", "not_eligible")
LINE_OUTCOMES = ("dismiss", "redesignate", "hand_review", "not_eligible")
WHEN_UNPROVEN = ("hand_review", "dismiss", "redesignate")
SCOPES = {"prop64": ("prop64",), "prop64_and_related": ("prop64", "related")}
"""The older key `scope`, and the offense families that it stands for."""
LISTED = ("11357", "11358", "11359", "11360")
PRESETS = Path(__file__).parent / "policies"

_KEYS = {
    "name", "title", "county", "authority", "scope", "families", "relief", "experimental", "when_unproven", "line",
}  # fmt: skip
_LINE_KEYS = {"rule", "outcome", "on", "question", "ask", "authority", "reason_in_compatible_files"}
_ASKING = ("hand_review", "not_eligible")
_SECTION = re.compile(r"(?P<number>\d+)(\([a-z0-9]+\))*")


class PolicyError(ValueError):
    """A policy that cannot be used.

    `line` is the number of the policy's line (from 1), `key` the key at fault, `text_line` the line of the TOML text
    that this stands on, where there is one; `file` the preset or file that the text came from.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        key: str | None = None,
        text_line: int | None = None,
        file: str | None = None,
    ) -> None:
        self.message, self.line, self.key, self.text_line, self.file = message, line, key, text_line, file
        where = [f"Policy {file}" if file else "Policy"]
        where += [f"line {line}"] if line is not None else []
        where += [f"key {key!r}"] if key is not None else []
        where += [f"text line {text_line}"] if text_line is not None else []
        super().__init__(f"{', '.join(where)}: {message}")


@dataclass(frozen=True)
class Line:
    """One line: where the rule holds and none before it did, the outcome is this one."""

    rule: Rule
    parameters: dict[str, Any]
    outcome: str
    question_kind: str  # record or law: of hand_review, and of a not_eligible line that the record leaves open
    ask: str  # the question of a hand_review
    reason_in_compatible_files: str = ""  # the older tool's words for it, if they differ
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
    """A checked policy. `county` is None where the policy serves any county. `sha256` is that of `text`.

    `families` are the offense families it decides on, `relief` the law it asks relief under. An experimental one is not
    offered for an office's runs.
    """

    name: str
    title: str
    county: str | None
    authority: str
    families: tuple[str, ...]
    relief: str
    experimental: bool
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
    file = str(name_or_path) if text is None else None
    if text is None:
        text = _text_of(str(name_or_path))
        if str(name_or_path).lower().endswith(".json"):
            text = _from_options(text, file)
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise PolicyError(f"this is not TOML: {error}", text_line=int(at[1]) if at else None, file=file) from None
    try:
        return _checked(given, text)
    except PolicyError as error:
        where = _text_line(text, error.line, error.key)
        raise PolicyError(error.message, line=error.line, key=error.key, text_line=where, file=file) from None


def _text_line(text: str, line: int | None, key: str | None) -> int | None:
    """Where in the text the key stands, or else the policy's line begins; None where neither does."""
    lines = text.splitlines()
    heads = [number for number, each in enumerate(lines, start=1) if re.match(r"\s*\[\[\s*line\s*\]\]", each)]
    if line is not None and line > len(heads):
        return None  # lines written another way, such as line = [{...}]
    begins = 0 if line is None else heads[line - 1]
    ends = next((each for each in heads if each > begins), len(lines) + 1)
    sets_key = re.compile(rf"""\s*["']?{re.escape(key or "")}["']?\s*=""")
    found = (number for number in range(begins + 1, ends) if sets_key.match(lines[number - 1]))
    return next(found, begins or None)


def _from_options(text: str, file: str | None) -> str:
    try:
        return options.as_policy(text)
    except options.OptionsError as error:
        raise PolicyError(f"eligibility options: {error}", file=file) from None


def _text_of(name_or_path: str) -> str:
    if name_or_path in presets():
        return (PRESETS / f"{name_or_path}.toml").read_text(encoding="utf-8")
    path = Path(name_or_path)
    if not path.is_file():
        raise PolicyError(f"there is no preset and no file {name_or_path!r}. Presets: {', '.join(presets())}.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError(
            "this is not text in UTF-8. Save it as plain text in UTF-8, or choose another file.", file=name_or_path
        ) from None


def _checked(given: dict[str, Any], text: str) -> Policy:
    for key in sorted(given.keys() - _KEYS):
        raise PolicyError(f"there is no such key. Known: {', '.join(sorted(_KEYS))}.", key=key)
    for key in ("name", "title"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            raise PolicyError("a text is needed.", key=key)
    for key in ("county", "authority"):
        if not isinstance(given.get(key, ""), str):
            raise PolicyError("a text is needed.", key=key)
    families = _families(given)
    relief = _one_of(given.get("relief", tables.PROP_64), tables.reliefs(), key="relief")
    experimental = given.get("experimental", False)
    if not isinstance(experimental, bool):
        raise PolicyError("true or false is needed.", key="experimental")
    when_unproven = _one_of(given.get("when_unproven", "hand_review"), WHEN_UNPROVEN, key="when_unproven")
    authority = given.get("authority", "").strip()
    if when_unproven != "hand_review" and not authority:
        raise PolicyError("deciding unproven facts otherwise than by hand_review needs an authority.", key="authority")
    lines = given.get("line")
    if not isinstance(lines, list) or not lines or not all(isinstance(each, dict) for each in lines):
        raise PolicyError("at least one [[line]] is needed.", key="line")
    read = [_line(each, number, authority=authority, relief=relief) for number, each in enumerate(lines, start=1)]
    return Policy(
        name=given["name"],
        title=given["title"],
        county=given.get("county") or None,
        authority=authority,
        families=families,
        relief=relief,
        experimental=experimental,
        when_unproven=when_unproven,
        lines=(GUARD, *(line for line in read if line is not None)),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _one_of(value: Any, allowed: tuple[str, ...], *, key: str, line: int | None = None) -> str:
    if value not in allowed:
        near = difflib.get_close_matches(str(value), allowed, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise PolicyError(f"one of {', '.join(allowed)} is needed, not {value!r}.{meant}", key=key, line=line)
    return str(value)


def _families(given: dict[str, Any]) -> tuple[str, ...]:
    """The offense families in scope, as named, or as the older key `scope` stands for."""
    if "families" not in given:
        return SCOPES[_one_of(given.get("scope", "prop64"), tuple(SCOPES), key="scope")]
    if "scope" in given:
        raise PolicyError("the families say it already; leave this key out.", key="scope")
    return _names_of_families(given["families"], key="families")


def _names_of_families(value: Any, *, key: str, line: int | None = None) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise PolicyError('a list of offense families such as ["prop64"] is needed.', key=key, line=line)
    return tuple(_one_of(each, offense_families.names(), key=key, line=line) for each in value)


def _line(given: dict[str, Any], number: int, *, authority: str, relief: str) -> Line | None:
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
    kind, ask = _question(given, rule.printed_reason(parameters), outcome, number)
    compatible = given.get("reason_in_compatible_files", "")
    if not isinstance(compatible, str):
        raise PolicyError("a text is needed.", line=number, key="reason_in_compatible_files")
    own_authority = given.get("authority", "")
    if not isinstance(own_authority, str):
        raise PolicyError("a text is needed.", line=number, key="authority")
    own_authority = own_authority.strip()
    beyond_statute = _can_yield_policy(rule, parameters, outcome, relief)
    if on and beyond_statute and not (authority or own_authority):
        raise PolicyError(
            f"this line can give {outcome} beyond the statute, so it needs an authority: its own or the policy's.",
            line=number,
            key="authority",
        )
    return Line(rule, parameters, outcome, kind, ask, compatible, own_authority, beyond_statute) if on else None


def _question(given: dict[str, Any], reason: str, outcome: str, number: int) -> tuple[str, str]:
    """Whose question the line asks, and which.

    A line to not_eligible asks only where the record leaves it open: such a line never denies relief by itself.
    """
    for key in ("question", "ask"):
        if key in given and outcome not in (_ASKING if key == "question" else ("hand_review",)):
            raise PolicyError("only a line that leads to hand_review asks a question.", line=number, key=key)
    if outcome not in _ASKING or (outcome == "not_eligible" and "question" not in given):
        return "", ""
    kind = _one_of(given.get("question", "record"), ("record", "law"), key="question", line=number)
    ask = given.get("ask", f"{reason}: which relief, if any?") if outcome == "hand_review" else ""
    if not isinstance(ask, str):
        raise PolicyError("a text is needed.", line=number, key="ask")
    return kind, ask


def _parameter(given: dict[str, Any], name: str, kind: type, number: int) -> Any:
    value = given.get(name)
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
            raise PolicyError("a number above 0 is needed.", line=number, key=name)
        return float(value)
    if kind is int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 150:
            raise PolicyError("a whole number of years, from 1, is needed.", line=number, key=name)
        return value
    if name == "families":
        return list(_names_of_families(value, key=name, line=number))
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
        raise PolicyError('a list of sections such as ["11357"] is needed.', line=number, key=name)
    if given["rule"] == "section_is":
        for section in value:
            _check_section(section, number, name)
    return value


def _check_section(section: str, number: int, key: str) -> None:
    """A listed section or a subdivision of one, spelled as the law is cited: 11357, 11357(a), 11360(a)(2)."""
    found = _SECTION.fullmatch(section)
    if found is not None and found["number"] in LISTED:
        return
    meant = code_sections.parse(f"{section} HS")
    hint = ""
    if found is None and meant is not None and code_sections.is_listed(meant):
        hint = f" Write it as {str(meant).removeprefix('HS ')!r}."
    raise PolicyError(
        f"one of {', '.join(LISTED)} or a subdivision such as '11357(a)' is needed, not {section!r}.{hint}",
        line=number,
        key=key,
    )


def _can_yield_policy(rule: Rule, parameters: dict[str, Any], outcome: str, relief: str) -> bool:
    """Whether the line may give relief that the basis table calls policy."""
    if outcome not in ("dismiss", "redesignate") or relief != tables.PROP_64:
        return False
    sections = parameters.get("sections", LISTED)
    severities = ("felony",) if outcome == "redesignate" else ("felony", "misdemeanor", "infraction")
    found = [tables.basis(f"HS {each}", severity, outcome) for each in sections for severity in severities]
    return any("policy" in (each.name, each.under_lawful_age) for each in found)
