"""Reads of runs, determinations and stated facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User
from clearmyrecord.records import queries as records
from clearmyrecord.records.queries import SourceRow
from clearmyrecord.runs import determining, evaluation
from clearmyrecord.runs.models import Determination, Policy, Run, StatedFact
from eligibility.fact_values import STATED_AS, VALUES
from eligibility.policy import line_descriptions
from eligibility.stated import STATABLE

ANSWERS = {"y": "yes", "n": "no", "u": "unknown"}


def current_run() -> Run | None:
    """The run that the office works with; None before the first one is finished."""
    return Run.objects.select_related("policy").filter(is_current=True).first()


def runs(user: User) -> QuerySet[Run]:
    """The runs that the user may see, newest first."""
    if user.role not in READERS:
        return Run.objects.none()
    return Run.objects.select_related("policy", "started_by")


def run_or_404(user: User, pk: int) -> Run:
    """Raises NotFound where there is none, or none that the user may know of."""
    run = runs(user).filter(pk=pk).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


def policies() -> QuerySet[Policy]:
    """Policies that a run may use: signed ones."""
    return Policy.objects.exclude(signed_at=None)


def standing(run: Run) -> QuerySet[Determination]:
    """The run's determinations that have not been superseded, of convictions that have a reading."""
    return Determination.objects.filter(
        run=run, superseded_at=None, conviction__newest_reading__isnull=False
    ).select_related("conviction__subject")


def determination_of(conviction_id: int, run: Run | None = None) -> Determination | None:
    """What a run (by default the current one) found for a conviction."""
    run = run or current_run()
    return standing(run).filter(conviction=conviction_id).first() if run is not None else None


def determinations_of(subject_ids: Sequence[int], run: Run | None = None) -> list[Determination]:
    """What a run (by default the current one) found for some subjects, by date of conviction."""
    run = run or current_run()
    if run is None:
        return []
    found = standing(run).filter(conviction__subject__in=subject_ids)
    return list(found.order_by("conviction__convicted_on", "conviction_id"))


def previous_determinations(determination: Determination) -> list[Determination]:
    """What the same run had found before for the same conviction, newest first."""
    return list(
        Determination.objects.filter(run=determination.run_id, conviction=determination.conviction_id)
        .exclude(superseded_at=None)
        .order_by("-superseded_at", "-pk")
    )


def stated_facts(conviction_ids: Sequence[int]) -> list[StatedFact]:
    """The standing stated facts of some convictions."""
    return list(StatedFact.objects.filter(conviction__in=conviction_ids, superseded_at=None).select_related("author"))


def stated_fact(conviction_id: int, fact: str) -> StatedFact | None:
    """One standing stated fact."""
    return StatedFact.objects.filter(conviction=conviction_id, fact=fact, superseded_at=None).first()


def source_rows(determination: Determination) -> list[SourceRow]:
    """The rows of the record file that the determination rests on."""
    return records.source_rows(determination.reading)


def progress(run: Run) -> tuple[int, int]:
    """People evaluated and people in all."""
    chunks = list(run.chunks.values_list("progress_done", "progress_total"))
    return sum(done for done, _ in chunks), sum(total for _, total in chunks)


@dataclass(frozen=True)
class Line:
    """A line of the policy and its answer for one conviction."""

    number: int
    rule: str
    answer: str  # yes, no, unknown
    sentence: str
    citation: str
    outcome: str
    decided: bool


@dataclass(frozen=True)
class FactLine:
    """A fact that the policy looks at, its value, and where it is known from."""

    fact: str
    label: str
    value: str
    where: str


@dataclass(frozen=True)
class Explanation:
    """Why a determination is what it is: every line of the policy, and every fact it looks at."""

    lines: list[Line]
    facts: list[FactLine]


def explanation(determination: Determination) -> Explanation:
    """Look up every rule's answer, and the facts' values from the stored rows as they stand now."""
    run = determination.run
    policy = evaluation.engine_policy(run.policy.text)
    lines = []
    decided = False
    for described, letter in zip(line_descriptions(policy), determination.trace, strict=True):
        decides = letter == "y" and described.rule == determination.rule and not decided
        decided |= decides
        lines.append(
            Line(
                described.position,
                described.rule,
                ANSWERS[letter],
                described.sentence,
                described.citation,
                described.outcome,
                decides,
            )
        )
    return Explanation(lines, _facts(determination, run))


def _facts(determination: Determination, run: Run) -> list[FactLine]:
    """The values of the facts that the policy's rules look at, each once."""
    subject = determination.conviction.subject
    files = evaluation.files_of(run)
    entries = evaluation.entries_of(files, determining.persons_of([subject.pk]))
    given = evaluation.material(files, entries)
    place = next((key for key, known in given.convictions.items() if known.reading == determination.reading_id), None)
    if place is None:
        return []
    facts = evaluation.facts_of_one(run, given, *place)
    file = files[place[0]]
    stated = {each.fact: each for each in stated_facts([determination.conviction_id])}
    wanted = dict.fromkeys(
        name for line in evaluation.engine_policy(run.policy.text).lines for name in line.rule.looks_at
    )
    lines = []
    for name in wanted:
        by_hand = next((stated[each] for each in STATED_AS.get(name, ()) if each in stated), None)
        where = f"stated by {by_hand.author}: {by_hand.source}" if by_hand else f"{file.name}, row {place[1]}"
        lines.append(FactLine(name, name[:1].upper() + name[1:], _in_words(VALUES[name](facts)[0].as_py()), where))
    shown = {each for name in wanted for each in STATED_AS.get(name, ())}
    lines += [
        FactLine(each.fact, STATABLE[each.fact].label, each.value, f"stated by {each.author}: {each.source}")
        for each in stated.values()
        if each.fact not in shown and each.fact in STATABLE
    ]
    return lines


def _in_words(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
