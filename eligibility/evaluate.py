"""Facts and a policy to determinations with traces. No law in it.

The policy is walked in order. The first line that surely holds decides, if its outcome is the same whether the unknown
lines before it are taken as yes or as no; otherwise the record leaves the decision to a person: hand_review, naming
the unknown facts. Where no line holds: hand_review, "No rule of the policy applies".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility import relief, remarks, sentences
from eligibility.arrow import plain
from eligibility.dates import to_arrow
from eligibility.fact_values import hashes
from eligibility.facts import Facts, Scope, same_county
from eligibility.law import citations
from eligibility.policy import OUTCOMES, Policy
from eligibility.records.schema import History
from eligibility.truth import Flags, Truth

ENGINE_VERSION = "1.0.0"

DISMISS, REDESIGNATE, RESENTENCE, HAND_REVIEW, NOT_ELIGIBLE = range(len(OUTCOMES))
RELIEF = (DISMISS, REDESIGNATE, RESENTENCE)


@dataclass(frozen=True)
class Ending:
    """How a determination ends that no line of the policy decided."""

    rule: str
    reason: str
    question: str
    question_kind: str = "record"


NO_RULE = Ending("no_rule_applies", "No rule of the policy applies", "No rule of the policy applies: which relief?")
UNCLEAR = Ending("record_unclear", "The record leaves open what decides", "What do the court's papers say on {facts}?")
NOT_LOWERED = Ending(
    "severity_not_lowered",
    "The severity would not be lowered",
    "Redesignation would not lower the severity. Which relief, if any?",
    "law",
)
SEVERITY_OPEN = Ending(
    "record_unclear", "The record leaves open what decides", "What was the severity of the conviction?"
)
ENDINGS = (NO_RULE, UNCLEAR, NOT_LOWERED, SEVERITY_OPEN)


@dataclass(frozen=True)
class Determinations:
    """What the policy gives each conviction in scope; `table` has one row each, in the order of the files."""

    table: pa.Table
    in_scope: int
    policy: Policy
    county: str
    as_of: date

    def counts(self) -> dict[str, Any]:
        """Determinations by outcome, route, basis, reason and rule; the people in scope and those who get relief."""

        def by(name: str) -> dict[str, int]:
            found = {each["values"] or "none": each["counts"] for each in self.table[name].value_counts().to_pylist()}
            return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

        relieved = self.table.filter(pc.is_in(self.table["outcome"], pa.array([OUTCOMES[each] for each in RELIEF])))
        pairs = self.table.group_by(["outcome", "route"]).aggregate([([], "count_all")]).to_pylist()
        outcomes_and_routes = {(each["outcome"], each["route"]): each["count_all"] for each in pairs}
        return {
            "determinations": self.table.num_rows,
            "outcome": by("outcome"),
            "route": by("route"),
            "outcome_and_route": {" ".join(key): number for key, number in sorted(outcomes_and_routes.items())},
            "basis": by("basis"),
            "reason": by("reason"),
            "rule": by("rule"),
            "people": pc.count_distinct(self.table["person"]).as_py(),
            "people_with_relief": pc.count_distinct(relieved["person"]).as_py(),
        }


def evaluate(
    history: History, policy: Policy, *, county: str, as_of: date, stated: pa.Table | None = None
) -> Determinations:
    """Decide every conviction of `county` in the policy's scope as of a date.

    `stated` has the columns of `eligibility.stated.STATED`. Raises StatedFactError if one cannot be read.
    """
    facts = Facts(
        history,
        scope=Scope(county, policy.families),
        as_of=as_of,
        stated_facts=stated,
        when_unproven=policy.when_unproven,
    )
    return Determinations(_table(facts, walk(facts, policy), policy), facts.length, policy, same_county(county), as_of)


@dataclass(frozen=True)
class Walk:
    """The answers of every line, and where the walk through the policy ends for each conviction.

    `decider` is the place of the deciding line; len(answers) + i where ENDINGS[i] decides.
    """

    answers: list[Truth]
    decider: NDArray[np.int64]
    outcome: NDArray[np.int64]
    law_question_before: Flags  # an unknown line that kept the decision open would ask a question of law
    unknown_facts: dict[str, Flags] = field(default_factory=dict)

    def trace(self) -> pa.Array:
        """One letter per line: y, n or u."""
        letters = np.stack([answer.letters() for answer in self.answers], axis=1)
        rows, lines = letters.shape
        offsets = np.arange(0, (rows + 1) * lines, lines, dtype=np.int32)
        return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)))


def walk(facts: Facts, policy: Policy) -> Walk:
    """Walk the policy's lines for every conviction."""
    answers = [line.rule.test(facts, **line.parameters) for line in policy.lines]
    count = len(answers)
    decider = np.full(facts.length, count + ENDINGS.index(NO_RULE), dtype=np.int64)
    outcome = np.full(facts.length, HAND_REVIEW, dtype=np.int64)
    undecided = np.ones(facts.length, dtype=bool)
    for place, (line, answer) in enumerate(zip(policy.lines, answers, strict=True)):
        now = undecided & answer.yes
        decider[now], outcome[now] = place, OUTCOMES.index(line.outcome)
        undecided &= ~answer.yes
    differs = np.zeros(facts.length, dtype=bool)
    law, refusal = differs.copy(), differs.copy()
    unknown_facts: dict[str, Flags] = {}
    for place, (line, answer) in enumerate(zip(policy.lines, answers, strict=True)):
        open_before = answer.unknown & (place < decider)
        differs |= open_before & (OUTCOMES.index(line.outcome) != outcome)
        of_law = open_before & (line.question_kind == "law")
        law |= of_law & (outcome == HAND_REVIEW)
        refusal |= of_law & (line.outcome == "not_eligible")
        for fact, flags in answer.because.items():
            unknown_facts[fact] = unknown_facts.get(fact, False) | (flags & open_before)
    decider[differs] = count + ENDINGS.index(UNCLEAR)
    outcome[differs] = HAND_REVIEW
    of_law = np.where(differs, refusal, law)
    return Walk(answers, decider, outcome, of_law, {fact: flags & differs for fact, flags in unknown_facts.items()})


@dataclass(frozen=True)
class Decision:
    """What the walk comes to once the law has had its word: see Walk for `decider`."""

    outcome: NDArray[np.int64]
    decider: NDArray[np.int64]
    target: relief.Targets
    severity_open: Flags

    @property
    def relieved(self) -> Flags:
        return np.isin(self.outcome, RELIEF)


def decide(facts: Facts, walked: Walk, policy: Policy) -> Decision:
    """The walk's outcomes, but redesignation only where it lowers the severity, and resentencing while serving."""
    outcome, decider = walked.outcome.copy(), walked.decider.copy()
    lines = len(policy.lines)
    asked = outcome == REDESIGNATE
    target = relief.targets(facts, asked, policy.relief)
    not_lowered = asked & (target.section == "")
    severity_open = not_lowered & facts.is_felony.unknown
    decider[not_lowered] = lines + ENDINGS.index(NOT_LOWERED)
    decider[severity_open] = lines + ENDINGS.index(SEVERITY_OPEN)
    outcome[not_lowered] = HAND_REVIEW
    outcome[(outcome == REDESIGNATE) & (facts.sentence.route == sentences.SERVING)] = RESENTENCE
    return Decision(outcome, decider, target, severity_open)


def _table(facts: Facts, walked: Walk, policy: Policy) -> pa.Table:
    decision = decide(facts, walked, policy)
    outcome, decider, target = decision.outcome, decision.decider, decision.target
    relieved, severity_open = decision.relieved, decision.severity_open
    route = facts.sentence.route.astype(np.int64)
    lines = len(policy.lines)
    unknown_facts = {**walked.unknown_facts}
    unknown_facts["severity"] = unknown_facts.get("severity", np.zeros(facts.length, dtype=bool)) | severity_open
    unknown_facts["sentence"] = unknown_facts.get("sentence", np.zeros(facts.length, dtype=bool)) | (
        relieved & (route == sentences.UNKNOWN)
    )
    missing = remarks.lists(list(unknown_facts.values()), list(unknown_facts), facts.length)
    question, question_kind = _questions(walked, policy, decider, relieved & (route == sentences.UNKNOWN), missing)
    remark_flags = remarks.remark_flags(facts, policy.relief)
    questions = remarks.open_question_flags(facts, policy.relief)
    open_questions = {name: flags & relieved for name, flags in questions.items()}
    table = facts.table
    columns: dict[str, Any] = {
        "source": table["source"],
        "row": table["row"],
        "record_id": plain(table["record_id"]),
        **_subject_columns(facts),
        "person": table["person"],
        "count_order": plain(table["count_order"]),
        "case_number": _joined(plain(table["case_numbers"])),
        "conviction_date": to_arrow(facts.conviction_date),
        "code_section": facts.code_section,
        "part": facts.part,
        "severity": facts.severity,
        "outcome": _named(OUTCOMES, outcome),
        "route": _named(sentences.ROUTES, route),
        "basis": relief.basis(facts, outcome, relieved, policy.relief),
        "sealing": _named(
            ("no", "yes"), ((outcome == DISMISS) & relief.sealing(route, policy.relief)).astype(np.int64)
        ),
        "new_section": pa.array(np.where(relieved, target.section, ""), pa.string()),
        "new_severity": pa.array(np.where(relieved, target.severity, ""), pa.string()),
        **_reasons(policy, decider, outcome, route, facts),
        "trace": walked.trace(),
        "question": question,
        "question_kind": question_kind,
        "remarks": remarks.lists(
            [remark_flags[name] for name in remarks.REMARKS], list(remarks.REMARKS.values()), facts.length
        ),
        "remark_ids": remarks.lists(
            [remark_flags[name] for name in remarks.REMARKS], list(remarks.REMARKS), facts.length
        ),
        "open_questions": remarks.lists(
            [open_questions[name] for name in remarks.OPEN_QUESTIONS], list(remarks.OPEN_QUESTIONS), facts.length
        ),
        "unknown_facts": missing,
        "facts_hash": hashes(facts, policy, np.minimum(walked.decider, lines - 1)),
        "sentence_ends": to_arrow(facts.sentence.ends),
        "offense_from": to_arrow(facts.offense_from),
        "offense_to": to_arrow(facts.offense_to),
    }
    return pa.table(columns)


def _named(names: tuple[str, ...] | list[str], codes: NDArray[np.int64]) -> pa.Array:
    return pa.array(list(names), pa.string()).take(pa.array(codes))


def _joined(texts: pa.ListArray) -> pa.Array:
    """Several case numbers in one text, as the older tool writes them."""
    return pc.binary_join(texts, "; ").fill_null("")


def _subject_columns(facts: Facts) -> dict[str, pa.Array]:
    subjects = facts.history.subjects
    place = np.empty(len(subjects) and int(pc.max(subjects["subject"]).as_py()) + 1, dtype=np.int64)
    place[subjects["subject"].to_numpy()] = np.arange(len(subjects))
    at = pa.array(place[facts.table["subject"].to_numpy()])
    return {name: subjects[name].combine_chunks().take(at) for name in ("subject_id", "cii_number")}


def _reasons(
    policy: Policy, decider: NDArray[np.int64], outcome: NDArray[np.int64], route: NDArray[np.int64], facts: Facts
) -> dict[str, pa.Array]:
    """Deciding rule, reason and citation: the rule's, and the subdivision the relief is asked under."""
    rules = [line.rule.id for line in policy.lines] + [ending.rule for ending in ENDINGS]
    reasons = [line.reason for line in policy.lines] + [ending.reason for ending in ENDINGS]
    own = [line.rule.citation for line in policy.lines] + ["" for _ in ENDINGS]
    routes = len(sentences.ROUTES)
    joint = (decider * len(OUTCOMES) + outcome) * routes + route
    distinct, at = np.unique(joint, return_inverse=True)
    cited = []
    for each in distinct.tolist():
        rest, way = divmod(each, routes)
        line, given = divmod(rest, len(OUTCOMES))
        parts = (own[line], citations.of_relief(OUTCOMES[given], sentences.ROUTES[way], policy.relief))
        cited.append("; ".join(part for part in parts if part))
    return {
        "rule": _named(rules, decider),
        "reason": _named(reasons, decider),
        "citation": _named(cited, at) if cited else pa.array([], pa.string()),
    }


def _questions(
    walked: Walk, policy: Policy, decider: NDArray[np.int64], route_open: Flags, missing: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """What a person is asked, and whether it is a question of the record or of law; null where nothing is."""
    lines = len(policy.lines)
    asks = [line.ask or None for line in policy.lines] + [ending.question for ending in ENDINGS]
    kinds = [line.question_kind or None for line in policy.lines] + [ending.question_kind for ending in ENDINGS]
    route_place, unclear = len(asks), lines + ENDINGS.index(UNCLEAR)
    place = np.where(route_open, route_place, decider)
    question = pa.array([*asks, remarks.OPEN_QUESTIONS["route_unknown"]], pa.string()).take(pa.array(place))
    kind = pa.array([*kinds, "record"], pa.string()).take(pa.array(place))
    kind = pc.if_else(pa.array(walked.law_question_before), "law", kind)
    before, after = UNCLEAR.question.split("{facts}")
    named = pc.binary_join_element_wise(before, pc.binary_join(missing, ", "), after, "")
    return pc.if_else(pa.array(place == unclear), named, question), kind
