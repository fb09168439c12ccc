"""Cases whose record the court may have destroyed after two years (H&S § 11361.5), and what somebody found out.

Needs that answer before filing; it stops no draft, no submission and no approval. The answer is a stated fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q

from clearmyrecord.among import among
from clearmyrecord.batches.models import Batch, BatchItem
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.runs.models import StatedFact
from petitions import DESTROYED, record_may_be_destroyed

FACT = "court_has_record"
ASKED = f"The court’s record {DESTROYED}"
Case = tuple[int, int, str]
"""Person, court and case number."""


@dataclass
class CourtRecord:
    """One case that asks, with its convictions that do. Answered when all of them are."""

    case: Case
    branch: str
    name: str  # as the record writes it
    item_ids: list[int] = field(default_factory=list)
    conviction_ids: list[int] = field(default_factory=list)
    sections: list[tuple[str, date]] = field(default_factory=list)  # "HS 11357(b)" and the day of conviction
    answers: list[StatedFact] = field(default_factory=list)

    @property
    def case_number(self) -> str:
        return self.case[2]

    @property
    def answer(self) -> StatedFact | None:
        """What stands for every conviction that asks; the "no" where they differ; None while one is open."""
        if len(self.answers) < len(self.conviction_ids):
            return None
        return min(self.answers, key=lambda each: each.value == "yes")

    @property
    def is_confirmed(self) -> bool:
        return self.answer is not None and self.answer.value == "yes"


@dataclass(frozen=True)
class Line:
    """One conviction that may ask."""

    item_id: int
    conviction_id: int
    case: Case
    branch: str
    name: str
    code_section: str
    convicted_on: date


def in_draft(batch: Batch, ready: Iterable[Candidate]) -> list[CourtRecord]:
    """The cases of a draft that ask, of what could be submitted."""
    items = dict(batch.items.values_list("conviction_id", "pk"))
    asking = []
    for each in ready:
        conviction = each.row.conviction
        if each.court is None or conviction.convicted_on is None:
            continue
        code, _, section = conviction.code_section.partition(" ")
        if record_may_be_destroyed(code, section, conviction.convicted_on, each.row.run.as_of):
            asking.append(
                Line(
                    items[conviction.pk],
                    conviction.pk,
                    each.case,
                    each.court.branch,
                    conviction.subject.name,
                    conviction.code_section,
                    conviction.convicted_on,
                )
            )
    return _by_case(asking, _answers(asking))


def in_frozen(batch: Batch, case_numbers: Sequence[str] | None = None) -> list[CourtRecord]:
    """The cases of a submitted batch that ask, from what was frozen; `case_numbers`: only these."""
    return in_several([batch], case_numbers)[batch.pk]


def in_several(batches: Iterable[Batch], case_numbers: Sequence[str] | None = None) -> dict[int, list[CourtRecord]]:
    """The same of several batches, by id; two queries."""
    as_of = {batch.pk: date.fromisoformat(batch.heading["as_of"]) for batch in batches}
    names = ("code", "section", "convicted_on", "person", "defendant_name", "court__branch")
    items = BatchItem.objects.filter(batch__in=list(as_of)).exclude(snapshot={})
    if case_numbers is not None:
        items = items.filter(case_number__in=case_numbers)
    frozen = items.order_by("court_id", "case_number", "conviction_id").values_list(
        "batch_id", "pk", "conviction_id", "court_id", "case_number", *(f"snapshot__{name}" for name in names)
    )
    asking: dict[int, list[Line]] = {batch: [] for batch in as_of}
    for batch, pk, conviction_id, court, number, code, section, convicted_on, person, name, branch in frozen:
        day = date.fromisoformat(convicted_on)
        if record_may_be_destroyed(code, section, day, as_of[batch]):
            case = (person, court, number)
            asking[batch].append(Line(pk, conviction_id, case, branch, name, f"{code} {section}", day))
    answers = _answers(line for lines in asking.values() for line in lines)
    return {batch: _by_case(lines, answers) for batch, lines in asking.items()}


def open_by_batch() -> dict[int, tuple[str, int]]:
    """Of approved batches, by id: the name, and how many cases wait for the answer before they can be filed."""
    answered = StatedFact.objects.filter(conviction=OuterRef("conviction"), fact=FACT, superseded_at=None)
    waiting = (
        BatchItem.objects.filter(batch__state=Batch.State.APPROVED, snapshot__code="HS")
        .filter(Q(snapshot__section__startswith="11357") | Q(snapshot__section__startswith="11360"))
        .exclude(Exists(answered))
    )
    names = ("batch_id", "batch__name", "batch__heading__as_of", "court_id", "case_number")
    frozen = ("person", "section", "convicted_on")
    cases: dict[int, tuple[str, set[Case]]] = {}
    for pk, name, as_of, court, number, person, section, convicted_on in waiting.values_list(
        *names, *(f"snapshot__{each}" for each in frozen)
    ):
        if record_may_be_destroyed("HS", section, date.fromisoformat(convicted_on), date.fromisoformat(as_of)):
            cases.setdefault(pk, (name, set()))[1].add((person, court, number))
    return {pk: (name, len(of)) for pk, (name, of) in sorted(cases.items(), reverse=True)}


def _answers(asking: Iterable[Line]) -> dict[int, StatedFact]:
    """By conviction what was answered; none asked, no query."""
    convictions = among(line.conviction_id for line in asking)
    facts = StatedFact.objects.filter(conviction__in=convictions, fact=FACT, superseded_at=None)
    return {fact.conviction_id: fact for fact in facts.select_related("author")}


def _by_case(asking: Sequence[Line], answers: dict[int, StatedFact]) -> list[CourtRecord]:
    found: dict[Case, CourtRecord] = {}
    for line in asking:
        record = found.setdefault(line.case, CourtRecord(line.case, line.branch, line.name))
        record.item_ids.append(line.item_id)
        record.conviction_ids.append(line.conviction_id)
        record.sections.append((line.code_section, line.convicted_on))
        if line.conviction_id in answers:
            record.answers.append(answers[line.conviction_id])
    return list(found.values())


@dataclass(frozen=True)
class Summary:
    """How many cases ask, and how they stand."""

    asked: int
    open: int
    gone: int


def summary_of(records: Sequence[CourtRecord]) -> Summary:
    answered = [record.answer for record in records]
    gone = sum(answer is not None and answer.value != "yes" for answer in answered)
    return Summary(len(records), answered.count(None), gone)
