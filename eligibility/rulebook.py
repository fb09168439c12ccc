"""A policy's rules in plain English, made from the rules themselves: for print, for a page, for a lawyer to check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility import remarks
from eligibility.compare import facts_under
from eligibility.evaluate import ENDINGS, ENGINE_VERSION, Ending
from eligibility.facts import Facts
from eligibility.law import contents, offense_families, tables
from eligibility.law.code_sections import printed
from eligibility.policy import Line, Policy
from eligibility.records.problems import PROBLEMS
from eligibility.records.schema import COUNTS, EVENTS, SENTENCES, SUBJECTS, History

LEADS_TO: dict[str, str] = {
    "dismiss": "Dismissal; with sealing where the sentence is completed",
    "redesignate": "Redesignation as the lesser offense; resentencing where the sentence is still being served",
    "hand_review": "A person decides",
    "not_eligible": "No relief",
}
LEADS_TO_WITHOUT_SEALING = "Dismissal; nothing is sealed"
WHEN_UNPROVEN: dict[str, str] = {
    "hand_review": "are unknown until a person states them with a source",
    "dismiss": "are presumed to be within what is lawful now, until a person states otherwise",
    "redesignate": "are presumed to be beyond what is lawful now, until a person states otherwise",
}
HOW_IT_DECIDES = (
    "The lines are tried in order for every conviction. The first one that surely holds decides. Where a line before "
    "it could not be answered from the record, it decides only if that line would lead to the same outcome; otherwise "
    "a person decides, and the question names what is unclear. Nobody is guessed into or out of relief."
)
QUESTIONS: dict[str, str] = {
    "record": "question of the record, for an analyst",
    "law": "question of law, for an attorney",
}


@dataclass(frozen=True)
class Clause:
    """A line of the policy in words, the juvenile guard first.

    `unknown_for`: the facts without which the line has no answer. `question_kind`: record or law (QUESTIONS), or empty.
    """

    position: int
    rule: str
    sentence: str
    note: str
    looks_at: tuple[str, ...]
    citation: str
    authority: str  # of this line alone, or empty
    outcome: str
    leads_to: str
    reason: str
    unknown_for: tuple[str, ...]
    if_unknown: str
    question: str
    question_kind: str


@dataclass(frozen=True)
class RuleBook:
    """Everything that a policy's determinations follow from, apart from the record."""

    name: str
    title: str
    county: str | None
    authority: str
    scope: str
    when_unproven: str
    policy_sha256: str
    engine_version: str
    how_it_decides: str
    clauses: tuple[Clause, ...]
    endings: tuple[Ending, ...]
    open_questions: tuple[str, ...]
    redesignations: tuple[contents.Redesignation, ...]  # none where no line redesignates
    limits: tuple[contents.Limit, ...]
    lists: tuple[contents.LawList, ...]

    def text(self) -> str:
        """The rule book as Markdown; the same policy gives the same text."""
        return "\n".join(_written(self)) + "\n"


def rulebook(policy: Policy) -> RuleBook:
    """The rule book of a policy."""
    nothing = _no_convictions(policy)
    redesignates = any(line.outcome == "redesignate" for line in policy.lines)
    return RuleBook(
        name=policy.name,
        title=policy.title,
        county=policy.county,
        authority=policy.authority,
        scope="; ".join(offense_families.family(each).says.rstrip(".") for each in policy.families),
        when_unproven="Facts that no criminal history carries, such as amounts, " + WHEN_UNPROVEN[policy.when_unproven],
        policy_sha256=policy.sha256,
        engine_version=ENGINE_VERSION,
        how_it_decides=HOW_IT_DECIDES,
        clauses=tuple(
            _clause(position, line, nothing, seals=bool(tables.relief(policy.relief)["seals"]))
            for position, line in enumerate(policy.lines, start=1)
        ),
        endings=ENDINGS,
        open_questions=tuple(remarks.OPEN_QUESTIONS[each] for each in remarks.questions_asked(policy.relief)),
        redesignations=contents.redesignations() if redesignates else (),
        limits=contents.limits(),
        lists=contents.lists(),
    )


def _no_convictions(policy: Policy) -> Facts:
    """The facts of nobody: a rule asked about nobody still says for lack of which facts its answer may be unknown."""
    subjects, events, counts, sentences, problems = (
        each.empty_table() for each in (SUBJECTS, EVENTS, COUNTS, SENTENCES, PROBLEMS)
    )
    nobody = History(subjects, events, counts, sentences, problems, {})
    return facts_under(policy, nobody, county="", as_of=date.max)


def _clause(position: int, line: Line, nothing: Facts, *, seals: bool) -> Clause:
    unknown_for = tuple(line.rule.test(nothing, **line.parameters).because)
    return Clause(
        position=position,
        rule=line.rule.id,
        sentence=line.sentence,
        note=line.rule.note(line.parameters),
        looks_at=line.rule.looks_at,
        citation=line.rule.citation,
        authority=line.authority,
        outcome=line.outcome,
        leads_to=LEADS_TO_WITHOUT_SEALING if line.outcome == "dismiss" and not seals else LEADS_TO[line.outcome],
        reason=line.reason,
        unknown_for=unknown_for,
        if_unknown=_if_unknown(unknown_for, line.outcome),
        question=line.ask,
        question_kind=line.question_kind,
    )


def _if_unknown(unknown_for: tuple[str, ...], outcome: str) -> str:
    """What follows where the line has no answer: see HOW_IT_DECIDES."""
    if not unknown_for:
        return "The line always has an answer."
    unclear = f"Where the record leaves open the {' or the '.join(unknown_for)}"
    if outcome == "hand_review":
        return f"{unclear}, a person decides."
    same = LEADS_TO[outcome].partition(";")[0].lower()
    return f"{unclear}, a line below decides only if it also leads to {same}; otherwise a person decides."


def _written(book: RuleBook) -> Iterator[str]:
    yield f"# {book.title}"
    yield ""
    yield f"The rule book of policy {book.name}, made from its rules."
    yield ""
    yield f"- County: {book.county.title() if book.county else 'any'}"
    yield f"- Decides on: {book.scope}."
    yield f"- Authority: {' '.join(book.authority.split()) or 'none given'}."
    yield f"- What is not proven: {book.when_unproven}."
    yield f"- Engine {book.engine_version}; policy SHA-256 {book.policy_sha256}."
    yield ""
    yield "## How it decides"
    yield ""
    yield book.how_it_decides
    yield ""
    yield "## The lines"
    for clause in book.clauses:
        yield from _clause_written(clause)
    yield from _endings_written(book)
    yield from _law_written(book)


def _clause_written(clause: Clause) -> Iterator[str]:
    yield ""
    yield f"### {clause.position}. {clause.reason}"
    yield ""
    yield " ".join(part for part in (clause.sentence, clause.note) if part)
    yield ""
    yield f"- Leads to: {clause.leads_to} ({clause.outcome})."
    if clause.question:
        yield f"- Asks: {clause.question} ({QUESTIONS[clause.question_kind]})"
    yield f"- Looks at: {', '.join(clause.looks_at)}."
    yield f"- If unknown: {clause.if_unknown}" if clause.unknown_for else f"- {clause.if_unknown}"
    yield f"- Citation: {clause.citation}."
    if clause.authority:
        yield f"- Authority of this line: {' '.join(clause.authority.split()).rstrip('.')}."
    yield f"- Rule: {clause.rule}."


def _endings_written(book: RuleBook) -> Iterator[str]:
    yield ""
    yield "## Where no line decides"
    yield ""
    yield "A person decides:"
    yield ""
    for ending in book.endings:
        question = ending.question.format(facts="the facts that are unclear")
        yield f"- {ending.reason}. Asks: {question} ({QUESTIONS[ending.question_kind]})"
    yield ""
    yield "## What is asked before relief can be submitted"
    yield ""
    for question in book.open_questions:
        yield f"- {question}"
    if book.redesignations:
        yield ""
        yield "## What a conviction becomes when it is redesignated or resentenced"
        yield ""
        yield "| Convicted of | As | Becomes | As | Only where |"
        yield "|---|---|---|---|---|"
        for each in book.redesignations:
            needs = (
                "surely 18 to 20 at the offense; the amount, as stated or as the section says, within the limits"
                if each.variant != "adult"
                else ""
            )
            old, new = printed(each.section), printed(each.target.section)
            yield f"| {old} | {each.severity} | {new} | {each.target.severity} | {needs} |"


def _law_written(book: RuleBook) -> Iterator[str]:
    yield ""
    yield "## Numbers of the law"
    yield ""
    yield "| Number | In force from | Meaning | Source |"
    yield "|---|---|---|---|"
    for limit in book.limits:
        for day, value in limit.values:
            yield f"| {value} | {day.isoformat()} | {limit.says} | {limit.source} |"
    yield ""
    yield "## Lists of the law"
    yield ""
    yield "| List | In force from | Meaning | Source |"
    yield "|---|---|---|---|"
    for each in book.lists:
        yield f"| {each.name} | {each.effective.isoformat() if each.effective else ''} | {each.says} | {each.source} |"
