"""Why a conviction was decided as it was: every line with its answer, and the facts with their values and sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from eligibility.arrow import passing, present
from eligibility.cycles import is_arrest
from eligibility.evaluate import walk
from eligibility.fact_values import ONLY_STATED, STATED_AS, VALUES
from eligibility.facts import Facts, Scope
from eligibility.policy import LineDescription, Policy, line_descriptions
from eligibility.records.schema import History

Where = list[tuple[int, int]]


@dataclass(frozen=True)
class LineAnswer:
    """A line's answer for one conviction: y, n or u. No line decides where the record leaves it open."""

    description: LineDescription
    answer: str
    decides: bool
    unknown_facts: tuple[str, ...]


@dataclass(frozen=True)
class FactValue:
    """A fact of one conviction: the (source, row) it was read from, or the document it was stated from."""

    name: str
    value: Any
    rows: Where
    stated_in: str | None


@dataclass(frozen=True)
class Explanation:
    """Every line in the policy's order, and every fact that these lines look at."""

    lines: list[LineAnswer]
    facts: list[FactValue]


def explain(
    history: History,
    policy: Policy,
    *,
    county: str,
    as_of: date,
    source: int,
    row: int,
    stated: pa.Table | None = None,
) -> Explanation:
    """The explanation of the conviction read at (`source`, `row`).

    `history` may hold that person's records alone. Raises LookupError when no conviction in scope was read there.
    """
    facts = Facts(
        history,
        scope=Scope(county, policy.families),
        as_of=as_of,
        stated_facts=stated,
        when_unproven=policy.when_unproven,
        only=(source, row),
    )
    if not facts.length:
        raise LookupError(f"no conviction in scope was read at row {row} of source {source}")
    return Explanation(_lines(facts, policy), _facts(facts, policy))


def _lines(facts: Facts, policy: Policy) -> list[LineAnswer]:
    walked = walk(facts, policy)
    return [
        LineAnswer(
            description=description,
            answer=chr(truth.letters()[0]),
            decides=bool(walked.decider[0] == place),
            unknown_facts=tuple(fact for fact, flags in truth.because.items() if flags[0]),
        )
        for place, (description, truth) in enumerate(zip(line_descriptions(policy), walked.answers, strict=True))
    ]


def _facts(facts: Facts, policy: Policy) -> list[FactValue]:
    names = dict.fromkeys(name for line in policy.lines for name in line.rule.looks_at)
    return [
        FactValue(
            name=name,
            value=VALUES[name](facts)[0].as_py(),
            rows=_rows(facts, name),
            stated_in=next(
                (found for each in STATED_AS.get(name, ()) if (found := facts.stated.document(each, 0))), None
            ),
        )
        for name in [*names, *(each for each in ("route", "sentence ends") if each not in names)]
    ]


def _own(facts: Facts) -> Where:
    return _pairs(facts.table)


def _pairs(table: pa.Table) -> Where:
    return list(zip(table["source"].to_pylist(), table["row"].to_pylist(), strict=True))


def _arrest(facts: Facts) -> Where:
    """The dated arrests of the cycle; the conviction itself where there is none."""
    if np.isnat(facts.arrests[0][0]):
        return _own(facts)
    same = facts.cycles.events == facts.cycles.own[0]
    arrest = passing(facts.history.events["type"], is_arrest)
    return _pairs(facts.history.events.filter(pa.array(same & arrest)))


def _subject(facts: Facts) -> Where:
    person = facts.table["person"][0].as_py()
    return _pairs(facts.history.subjects.filter(pa.array(facts.history.subjects["person"].to_numpy() == person)))


def _convictions(facts: Facts) -> Where:
    person = facts.table["person"][0].as_py()
    return _pairs(facts.convictions.filter(pa.array(facts.convictions["person"].to_numpy() == person)))


def _sentence(facts: Facts) -> Where:
    parts = facts.history.sentences
    own = parts.filter(pa.array(parts["count"].to_numpy() == facts.table["count"][0].as_py()))
    source = facts.table["source"][0].as_py()
    return [(source, row) for row in own["row"].to_pylist()] or _own(facts)


def _listed_charges(facts: Facts) -> Where:
    same = facts.cycles.counts == facts.cycles.own[0]
    listed = present(facts.history.counts["prop64"])
    return _pairs(facts.history.counts.filter(pa.array(same & listed)))


_ROWS: dict[str, Callable[[Facts], Where]] = {
    "offense from": _arrest,
    "offense to": _arrest,
    "birth date": _subject,
    "deceased": _subject,
    "convictions on record": _convictions,
    "latest conviction on record": _convictions,
    "some conviction undated": _convictions,
    "only 11357-60 convictions": _convictions,
    "route": _sentence,
    "sentence ends": _sentence,
    "Prop 64 charge in the cycle": _listed_charges,
    "registration": _subject,
    "probation granted": _sentence,
    "possible prior superstrike": _convictions,
    "possible prior under PC 290(c)": _convictions,
    "possible priors of the same section": _convictions,
    "possible juvenile prior": _convictions,
    "possible prior elsewhere": _convictions,
    **dict.fromkeys(ONLY_STATED, lambda facts: []),
}


def _rows(facts: Facts, name: str) -> Where:
    """The rows of the record that a fact was read from: the conviction's own unless said otherwise."""
    return _ROWS.get(name, _own)(facts)


def in_words(value: object) -> str:
    """A fact's value as a person reads it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, date):
        return f"{value:%B} {value.day}, {value.year}"
    return str(value)
