"""What of a history is drawn: each step as a moment, each part of a sentence as a term. Writes and reads nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

import numpy as np

from clearmyrecord.desk.timeline import Moment, Term
from clearmyrecord.records.histories import LIFE, Count, SentencePart, Step, sentence_parts
from eligibility import dates
from eligibility.cycles import is_arrest
from eligibility.law.code_sections import printed

_CUSTODY = re.compile(r"\b(PRISON|JAIL|CUSTODY|CONFINE|CYA|YOUTH|LIFE|DEATH)")
UNITS = ("years", "months", "days")


def moments_of(steps: Sequence[Step], in_scope: Collection[int]) -> list[Moment]:
    """A moment for each step, for the convictions in scope of one and its others apart."""
    return [moment for step in steps for moment in _of_step(step, in_scope)]


def _of_step(step: Step, in_scope: Collection[int]) -> Iterator[Moment]:
    convicted = [count for count in step.counts if count.convicted]
    ours = [count for count in convicted if count.conviction_id in in_scope]
    others = [count for count in convicted if count.conviction_id not in in_scope]
    for kind, counts in (("scope", ours), ("conviction", others)):
        if counts:
            yield Moment(step.cycle_key, kind, step.day, _said(step, counts), len(counts))
    if not convicted:
        yield Moment(step.cycle_key, _kind(step.type), step.day, _said(step, step.counts))
    elif step.day is not None:
        for part in (part for count in convicted for part in sentence_parts(count.sentence) if not part.unit):
            yield Moment(step.cycle_key, "sentence", None, f"Sentence of {_day(step.day)}: {part.words}")


def _kind(type: str) -> str:
    word = type.upper()
    if is_arrest(word):
        return "arrest"
    return {"REGISTRATION": "registration", "DECEASED": "death"}.get(word.split(" ")[0].split(":")[0], "other")


def _said(step: Step, counts: Sequence[Count]) -> str:
    where = ", ".join(filter(None, (step.agency, step.county.title())))
    head = ": ".join(filter(None, (_day(step.day), step.type.capitalize() or "Event")))
    return "; ".join([head + (f" ({where})" if where else ""), *map(count_words, counts)])


def section_words(count: Count) -> str:
    """The section as the office writes it, else as the file has it."""
    return printed(count.code_section) if count.code_section else count.section_text or "section not readable"


def count_words(count: Count) -> str:
    """A count in a line: section, severity, disposition."""
    return ", ".join(filter(None, (section_words(count), count.severity, count.disposition.lower())))


def conviction_words(step: Step, count: Count) -> str:
    """Which conviction: section and date."""
    return f"{section_words(count)}, {_day(step.day) if step.day else 'no date'}"


def _day(day: date | None) -> str:
    return f"{day:%B} {day.day}, {day.year}" if day else "No date"


def terms_of(steps: Sequence[Step]) -> list[Term]:
    """The parts of each conviction's sentence, one after the other from its date: as long as the record can mean.

    Credits and early release are in no record, so an end is no proof of completion. Of several counts of a step
    the one that ends last is drawn.
    """
    chosen = []
    for step in steps:
        sentences = [sentence_parts(count.sentence) for count in step.counts if count.convicted and count.sentence]
        if step.day is not None and sentences:
            chosen.append((step, step.day, max(sentences, key=_length)))
    return [term for step, day, parts in chosen for term in _terms(step, day, parts)]


def _length(parts: Sequence[SentencePart]) -> tuple[bool, float]:
    days = {"years": 365.25, "months": 30.44, "days": 1.0}
    return any(part.unit == LIFE for part in parts), sum(part.length * days.get(part.unit, 0) for part in parts)


def _terms(step: Step, day: date, parts: Sequence[SentencePart]) -> Iterator[Term]:
    begins, passed = day, dict.fromkeys(UNITS, 0)
    for part in parts:
        kind = "custody" if _CUSTODY.search(part.words.upper()) else "supervision"
        if part.unit == LIFE:
            yield Term(step.cycle_key, kind, begins, None, f"From {_day(begins)}: {part.words}")
            return
        if part.length and part.unit:
            passed[part.unit] += part.length
            ends = _after(day, passed)
            yield Term(step.cycle_key, kind, begins, ends, f"From {_day(begins)}: {part.words}, to {_day(ends)}")
            begins = ends


def _after(day: date, passed: dict[str, int]) -> date:
    """The engine's own arithmetic, so that the drawing ends where the determination says."""
    moved: date = dates.plus(np.array([day], "datetime64[D]"), **{name: passed[name] for name in UNITS})[0].item()
    return moved
