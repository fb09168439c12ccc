"""How papers name things: dates, sections, people, convictions. Constants that an attorney approves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from petitions.papers.data import SERVING_STATUSES, Case, ConvictionLine, PolicyNote
from petitions.wording import Wording

CODES: Final = {
    "HS": "Health and Safety Code",
    "PC": "Penal Code",
    "VC": "Vehicle Code",
    "BP": "Business and Professions Code",
    "WI": "Welfare and Institutions Code",
}
NUMERALS: Final = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PARTS: Final = {"attempt": "attempted violation of", "accessory": "being an accessory to a violation of"}
MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def long_date(day: date) -> str:
    """March 3, 2009."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def joined(parts: Sequence[str], word: str = "and") -> str:
    """a; a and b; a, b, and c."""
    if len(parts) < 3:
        return f" {word} ".join(parts)
    return f"{', '.join(parts[:-1])}, {word} {parts[-1]}"


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def readable_name(name: str, *, is_stated: bool) -> str:
    """DOJ's "YBARRA,PAZ M" as "PAZ M YBARRA"; a stated name, or one without exactly one comma, as it is.

    What stands before the comma (with a suffix such as JR, which DOJ writes there) comes last; spelling stays.
    """
    collapsed = " ".join(name.split())
    if is_stated or collapsed.count(",") != 1:
        return collapsed
    last, given = (part.strip() for part in collapsed.split(","))
    return f"{given} {last}".strip()


def county_name(county: str) -> str:
    """CONTRA COSTA as Contra Costa."""
    return " ".join(word.capitalize() for word in county.split())


def base_section(section: str) -> str:
    """11360 of 11360(a)."""
    return re.split(r"[(\s]", section, maxsplit=1)[0]


def section_phrase(line: ConvictionLine) -> str:
    """Health and Safety Code section 11359."""
    return f"{CODES[line.code]} section {line.section}"


def is_listed(line: ConvictionLine) -> bool:
    """Whether section 11361.8(e) itself names the offense of conviction."""
    return (
        line.code == "HS"
        and base_section(line.section) in {"11357", "11358", "11359", "11360"}
        and not line.attempt_text
    )


@dataclass(frozen=True, slots=True)
class Alike:
    """Convictions of a case that papers name together: alike in section, severity, date and relief."""

    lines: tuple[ConvictionLine, ...]

    @property
    def first(self) -> ConvictionLine:
        return self.lines[0]

    @property
    def phrase(self) -> str:
        """the felony conviction of Health and Safety Code section 11359 of March 3, 2009."""
        line, number = self.first, len(self.lines)
        severity = f"{line.severity} " if line.severity else ""
        part = f"{PARTS[line.attempt_text]} " if line.attempt_text else ""
        many = "s" if number > 1 else ""
        said = f"{severity}conviction{many} of {part}{section_phrase(line)} of {long_date(line.convicted_on)}"
        if number > 1:
            counted = NUMERALS[number] if number < len(NUMERALS) else str(number)
            return f"the {counted} {said}{self._counts}"
        return f"the {said}{self._counts}"

    @property
    def _counts(self) -> str:
        numbers = [line.court_count_number for line in self.lines if line.court_count_number]
        if not numbers:
            return ""
        return f" (the court’s count{'s' if len(numbers) > 1 else ''} {joined(numbers)})"


def alike(lines: Iterable[ConvictionLine]) -> list[Alike]:
    """Convictions grouped as papers name them, in order of conviction date, then section."""
    groups: dict[tuple[object, ...], list[ConvictionLine]] = {}
    ordered = sorted(lines, key=lambda line: (line.convicted_on, line.section, line.court_count_number or "", line.key))
    for line in ordered:
        same = (
            *named_by(line), line.relief, line.basis, line.sealing, line.new_section, line.new_severity, line.missing,
            line.sentence_end, tuple(sorted(line.stated.items())), line.ground, line.ground_authority,
        )  # fmt: skip
        groups.setdefault(same, []).append(line)
    return [Alike(tuple(group)) for group in groups.values()]


def named_by(line: ConvictionLine) -> tuple[object, ...]:
    """What tells a conviction from another on paper when no court count number is stated."""
    return (line.convicted_on, line.code, line.section, line.attempt_text or "", line.severity or "")


MISSING: Final = {
    "amount": "the amount of cannabis",
    "grams": "the amount of cannabis",
    "plants": "the number of plants",
    "offense_date": "the date of the offense",
    "age": "the defendant’s age at the offense",
}


def missing_phrase(line: ConvictionLine) -> str:
    """the amount of cannabis or the number of plants; of facts that papers may name, empty where none is missing."""
    return joined(list(dict.fromkeys(MISSING[fact] for fact in line.missing if fact in MISSING)), "or")


STATED: Final = {
    "grams": ("the amount was", "grams"),
    "plants": ("the number of plants was", ""),
    "age": ("the defendant’s age at the offense was", ""),
    "offense_date": ("the date of the offense was", ""),
}


def stated_facts(line: ConvictionLine) -> list[tuple[str, str]]:
    """Fact in words and its source: the amount was 12 grams, the police report. Only of facts that papers may state."""
    said = []
    for fact, (words, unit) in STATED.items():
        if fact in line.stated:
            value, source = line.stated[fact]
            said.append((f"{words} {_value(value)} {unit}".strip(), source))
    return said


def stated_phrases(line: ConvictionLine, wording: Wording) -> str:
    """According to SOURCE, the amount was 12 grams. Empty where nothing is stated."""
    said = [wording.say("facts.stated", fact=fact, source=source) for fact, source in stated_facts(line)]
    return " ".join(" ".join(text.split()) for text in said)


def _value(value: str) -> str:
    return long_date(date.fromisoformat(value)) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else value


def sentence_phrases(case: Case, wording: Wording) -> list[str]:
    """Why the sentences are taken as completed, or how they are being served; each in a sentence of its own."""
    if case.serving is None:
        groups = all_alike(case)
        said = [_completed(group, wording, many=False) for group in groups]
        of = Counter(text for group, text in zip(groups, said, strict=True) for _ in group.lines)
        return each_of(
            groups,
            [_completed(group, wording, many=of[text] > 1) for group, text in zip(groups, said, strict=True)],
        )
    form = case.serving
    status, term = SERVING_STATUSES[form.status], form.controlling_term
    return [wording.say("facts.serving", source=form.source, status=status, term=term, credits=form.credits)]


def _completed(group: Alike, wording: Wording, *, many: bool) -> str:
    line, sentence = group.first, "the sentences" if many else "the sentence"
    if "sentence_ended_on" in line.stated:
        value, source = line.stated["sentence_ended_on"]
        return wording.say("facts.sentence_stated", source=source, the_sentence=sentence, day=_value(value))
    if line.sentence_end:
        return wording.say("facts.sentence_computed", the_sentence=sentence, day=long_date(line.sentence_end))
    return wording.say("facts.no_sentence")


def by_relief(case: Case, relief: str) -> list[Alike]:
    """The convictions of a case that get one relief."""
    return alike(line for line in case.convictions if line.relief == relief)


def all_alike(case: Case) -> list[Alike]:
    """The convictions of a case, relief after relief."""
    return [group for relief in ("dismiss", "redesignate", "resentence") for group in by_relief(case, relief)]


def the_convictions(groups: list[Alike]) -> str:
    """the felony conviction of …; the misdemeanor conviction of …; and the two … convictions of …."""
    said = [group.phrase for group in groups]
    return joined(said) if len(said) < 3 else f"{'; '.join(said[:-1])}; and {said[-1]}"


def plural(groups: list[Alike], one: str, many: str) -> str:
    """The word that fits the number of convictions."""
    return one if sum(len(group.lines) for group in groups) == 1 else many


def ended(groups: list[Alike]) -> dict[str, str]:
    """The sentence is; the sentences are: as blocks on completion take them."""
    return {"the_sentence": plural(groups, "the sentence", "the sentences"), "are": plural(groups, "is", "are")}


def those(groups: list[Alike]) -> str:
    """That conviction; those convictions."""
    return plural(groups, "that conviction", "those convictions")


def new_offense(line: ConvictionLine) -> str:
    """a misdemeanor under Health and Safety Code section 11359(b)."""
    return f"{a(line.new_severity or '')} under {CODES['HS']} section {line.new_section}"


def change(line: ConvictionLine) -> str:
    """from a felony to a misdemeanor under …; only the new offense where the old severity is not known."""
    return f"from {a(line.severity)} to {new_offense(line)}" if line.severity else f"as {new_offense(line)}"


def policy_name(policy: PolicyNote) -> str:
    """“Contra Costa 2019”, version 1, signed on October 1, 2019."""
    signed = f", signed on {long_date(policy.signed_on)}" if policy.signed_on else ""
    return f"“{policy.name}”, version {policy.version}{signed}"


def short(part: list[Alike], groups: list[Alike]) -> str:
    """the conviction of section 11359 of March 3, 2009; in full where that would fit two of the case's groups."""
    named = [(group.first.section, group.first.convicted_on, group.first.attempt_text) for group in groups]
    if len(set(named)) < len(groups):
        return the_convictions(part)
    said = []
    for group in part:
        many = "s" if len(group.lines) > 1 else ""
        said.append(f"the conviction{many} of section {group.first.section} of {long_date(group.first.convicted_on)}")
    return joined(said)


def each_of(groups: list[Alike], said: list[str]) -> list[str]:
    """What is said of each group, once where it is the same of all, else with the group named before it."""
    if len(set(said)) == 1:
        return said[:1]
    by_text: dict[str, list[Alike]] = {}
    for group, text in zip(groups, said, strict=True):
        by_text.setdefault(text, []).append(group)
    return [f"As to {short(part, groups)}: {text}" for text, part in by_text.items() if text]
