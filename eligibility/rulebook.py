"""A policy's rules in plain English, made from the rules themselves: for print, for a page, for a lawyer to check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility import fact_words, remarks
from eligibility.compare import facts_under
from eligibility.evaluate import ENDINGS, ENGINE_VERSION, NOT_LOWERED, SEVERITY_OPEN, Ending
from eligibility.explain import in_words
from eligibility.facts import Facts
from eligibility.law import contents, offense_families, tables
from eligibility.policy import Line, Policy
from eligibility.records.problems import PROBLEMS
from eligibility.records.schema import COUNTS, EVENTS, SENTENCES, SUBJECTS, History

LEADS_TO: dict[str, str] = {
    "dismiss": "Dismissal; with sealing where the sentence is completed",
    "redesignate": "Redesignation as the lesser offense; resentencing where the sentence is still being served",
    "hand_review": "A person decides",
    "not_eligible": "No relief",
}
IN_SHORT: dict[str, str] = {"dismiss": "dismissal", "redesignate": "redesignation", "not_eligible": "no relief"}
"""Where a line leads that may be unknown, within a sentence."""
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

    `looks_at` are facts in words; `unknown_for`: the facts, by name, without which the line has no answer.
    `question_kind`: record or law (QUESTIONS), or empty.
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
class Number:
    """A number of the law in words, with the day from which it holds."""

    value: str
    since: str
    says: str
    source: str


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
    numbers: tuple[Number, ...]
    lists: tuple[contents.LawList, ...]
    to_confirm: tuple[str, ...]  # what nobody compared with the code itself

    def text(self) -> str:
        """The rule book as Markdown; the same policy gives the same text."""
        return "\n".join(_written(self)) + "\n"


def rulebook(policy: Policy) -> RuleBook:
    """The rule book of a policy."""
    nothing = _no_convictions(policy)
    redesignates = any(line.outcome == "redesignate" for line in policy.lines)
    named = [each for line in policy.lines for each in line.parameters.get("families", ())]
    limits, lists = contents.limits(policy.relief), contents.lists(policy.relief, {*policy.families, *named})
    return RuleBook(
        name=policy.name,
        title=policy.title,
        county=policy.county,
        authority=policy.authority,
        scope=" ".join(offense_families.family(each).says for each in policy.families).rstrip("."),
        when_unproven="Facts that no criminal history carries, such as amounts, " + WHEN_UNPROVEN[policy.when_unproven],
        policy_sha256=policy.sha256,
        engine_version=ENGINE_VERSION,
        how_it_decides=HOW_IT_DECIDES,
        clauses=tuple(
            _clause(position, line, nothing, seals=bool(tables.relief(policy.relief)["seals"]))
            for position, line in enumerate(policy.lines, start=1)
        ),
        endings=tuple(each for each in ENDINGS if redesignates or each not in (NOT_LOWERED, SEVERITY_OPEN)),
        open_questions=tuple(remarks.OPEN_QUESTIONS[each] for each in remarks.questions_asked(policy.relief)),
        redesignations=contents.redesignations() if redesignates else (),
        numbers=tuple(
            Number(in_words(value), "always" if day == contents.ALWAYS else in_words(day), each.says, each.source)
            for each in limits
            for day, value in each.values
        ),
        lists=lists,
        to_confirm=(
            *(f"{each.says.rstrip('.')} ({each.source}): {each.confirm}" for each in limits if each.confirm),
            *(f"{each.title} ({each.source}): {each.confirm}" for each in lists if each.confirm),
        ),
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
        looks_at=fact_words.looked_at(line.rule.looks_at),
        citation=line.rule.citation,
        authority=line.authority,
        outcome=line.outcome,
        leads_to=LEADS_TO_WITHOUT_SEALING if line.outcome == "dismiss" and not seals else LEADS_TO[line.outcome],
        reason=line.reason,
        unknown_for=unknown_for,
        if_unknown=_if_unknown(unknown_for, line),
        question=line.ask,
        question_kind=line.question_kind,
    )


def _if_unknown(unknown_for: tuple[str, ...], line: Line) -> str:
    """What follows where the line has no answer: see HOW_IT_DECIDES."""
    if not unknown_for:
        return "The line always has an answer."
    unclear = f"Where the record leaves open {fact_words.unclear(unknown_for)}"
    kind = f" ({QUESTIONS[line.question_kind]})" if line.question_kind else ""
    if line.outcome == "hand_review":
        return f"{unclear}, a person decides{kind}."
    only = f"a line below decides only if it also leads to {IN_SHORT[line.outcome]}"
    return f"{unclear}, {only}; otherwise a person decides{kind}."


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
    yield from _headed("How it decides")
    yield book.how_it_decides
    yield from ("", "## The lines")
    for clause in book.clauses:
        yield from _clause_written(clause)
    yield from _endings_written(book)
    yield from _law_written(book)


def _headed(title: str, mark: str = "##") -> tuple[str, ...]:
    return "", f"{mark} {title}", ""


def _clause_written(clause: Clause) -> Iterator[str]:
    yield from _headed(f"{clause.position}. {clause.reason}", "###")
    yield " ".join(part for part in (clause.sentence, clause.note) if part)
    yield ""
    yield f"- Leads to: {clause.leads_to} ({clause.outcome})."
    if clause.question:
        yield f"- Asks: {clause.question} ({QUESTIONS[clause.question_kind]})"
    yield f"- Looks at: {'; '.join(clause.looks_at) or 'nothing of its own'}."
    yield f"- If unknown: {clause.if_unknown}" if clause.unknown_for else f"- {clause.if_unknown}"
    yield f"- Citation: {clause.citation}."
    if clause.authority:
        yield f"- Authority of this line: {' '.join(clause.authority.split()).rstrip('.')}."
    yield f"- Name in result files: {clause.rule}."


def _endings_written(book: RuleBook) -> Iterator[str]:
    yield from _headed("Where no line decides")
    yield "A person decides:"
    yield ""
    for ending in book.endings:
        question = ending.question.format(facts="the facts that are unclear")
        yield f"- {ending.reason}. Asks: {question} ({QUESTIONS[ending.question_kind]})"
    yield from _headed("What is asked before relief can be submitted")
    for question in book.open_questions:
        yield f"- {question}" if question.endswith("?") else f"- {question}."
    if book.redesignations:
        yield from _headed("What a conviction becomes when it is redesignated or resentenced")
        yield "| Convicted of | As | Becomes | As | Only where |"
        yield "|---|---|---|---|---|"
        for each in book.redesignations:
            needs = (
                "surely 18 to 20 at the offense; the amount, as stated or as the section says, within the limits"
                if each.variant != "adult"
                else ""
            )
            yield f"| {each.old} | {each.severity} | {each.new} | {each.target.severity} | {needs} |"


def _law_written(book: RuleBook) -> Iterator[str]:
    yield from _headed("Numbers of the law")
    yield "| Number | In force from | Meaning | Source |"
    yield "|---|---|---|---|"
    for each in book.numbers:
        yield f"| {each.value} | {each.since} | {each.says} | {each.source} |"
    yield from ("", "## Lists of the law")
    for law_list in book.lists:
        yield from _headed(law_list.title, "###")
        yield f"{law_list.says} Source: {law_list.sourced}."
        if law_list.entries:
            yield ""
        for entry in law_list.entries:
            yield f"- {entry.rstrip('.')}."
    if book.to_confirm:
        yield from _headed("To confirm on the day of filing")
        yield "These were not compared with the code itself:"
        yield ""
        for unsure in book.to_confirm:
            yield f"- {unsure}."
