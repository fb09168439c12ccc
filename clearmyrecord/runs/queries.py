"""Reads of runs, determinations and stated facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from clearmyrecord.among import among
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User
from clearmyrecord.records import queries as records
from clearmyrecord.records.models import RecordFile
from clearmyrecord.records.queries import SourceRow
from clearmyrecord.runs import determining, evaluation
from clearmyrecord.runs.models import Determination, Run, StatedFact
from eligibility import explain as engine
from eligibility.explain import explain, in_words
from eligibility.policy import line_descriptions
from eligibility.stated import ON_PAPERS_ONLY, STATABLE

ANSWERS = {"y": "yes", "n": "no", "u": "unknown"}

ROWS_NAMED = 3
"""Rows that a fact's source names before it says how many more there are."""


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


def files_to_evaluate() -> QuerySet[RecordFile]:
    """The files that a run would cover now, oldest upload first."""
    return RecordFile.objects.filter(set_aside_at=None, refusal="", read_at__isnull=False).order_by("uploaded_at", "pk")


def standing(run: Run) -> QuerySet[Determination]:
    """The run's determinations that have not been superseded, of convictions that have a reading."""
    rows: QuerySet[Determination] = run.determinations.all()  # so that their `run` is this one, fetched once
    return rows.filter(superseded_at=None, conviction__newest_reading__isnull=False).select_related(
        "conviction__subject"
    )


def standing_in_use() -> QuerySet[Determination]:
    """`standing` of the current run, without asking first which it is."""
    return Determination.objects.filter(
        run__is_current=True, superseded_at=None, conviction__newest_reading__isnull=False
    )


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


def determination_or_404(user: User, pk: int) -> Determination:
    """A determination, standing or superseded. Raises NotFound where there is none that the user may know of."""
    beside = ("run__policy", "conviction__subject", "reading__file_subject__file")
    found = Determination.objects.select_related(*beside).filter(pk=pk).first()
    if found is None or user.role not in READERS:
        raise NotFound("There is no such determination.")
    return found


def previous_determinations(determination: Determination) -> list[Determination]:
    """What the same run had found before for the same conviction, newest first."""
    return list(
        Determination.objects.filter(run=determination.run_id, conviction=determination.conviction_id)
        .exclude(superseded_at=None)
        .order_by("-superseded_at", "-pk")
    )


def stated_facts(conviction_ids: Sequence[int]) -> list[StatedFact]:
    """The standing stated facts of some convictions."""
    return list(
        StatedFact.objects.filter(conviction__in=among(conviction_ids), superseded_at=None).select_related("author")
    )


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


def lines_of_trace(determination: Determination) -> list[Line]:
    """Every line of the policy with the answer that the determination's own trace holds; a superseded one's, too."""
    descriptions = line_descriptions(evaluation.engine_policy(determination.run.policy.text))
    first = determination.trace.find("y")
    return [
        Line(
            number=each.position,
            rule=each.rule,
            answer=ANSWERS[letter],
            sentence=each.sentence,
            citation=each.citation,
            outcome=each.outcome,
            decided=place == first and each.rule == determination.rule,
        )
        for place, (each, letter) in enumerate(zip(descriptions, determination.trace, strict=True))
    ]


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
    """Look up every line's answer and the facts' values from the stored rows and stated facts as they stand now.

    Raises NotFound where the determination's reading is no longer the conviction's newest in the run's files.
    """
    return _explained(determination, None)


def explanation_then(determination: Determination) -> Explanation:
    """As `explanation`, but with the stated facts that stood when the determination was made."""
    return _explained(determination, determination.made_at)


def _explained(determination: Determination, at: datetime | None) -> Explanation:
    run = determination.run
    files = evaluation.files_of(run)
    entries = evaluation.entries_of(files, determining.persons_of([determination.conviction.subject_id]))
    given = evaluation.material(files, entries)
    stated = given.stated if at is None else evaluation.stated_about(list(given.convictions.values()), at)
    place = next((key for key, known in given.convictions.items() if known.reading == determination.reading_id), None)
    if place is None:
        raise NotFound("Another reading stands for this conviction now. Open it from the review queue.")
    explained = explain(
        given.history,
        evaluation.engine_policy(run.policy.text),
        county=run.county,
        as_of=run.as_of,
        source=place[0],
        row=place[1],
        stated=stated,
    )
    lines = [
        Line(
            number=line.description.position,
            rule=line.description.rule,
            answer=ANSWERS[line.answer],
            sentence=line.description.sentence,
            citation=line.description.citation,
            outcome=line.description.outcome,
            decided=line.decides and line.description.rule == determination.rule,
        )
        for line in explained.lines
    ]
    on_papers = _facts_for_papers(determination) if at is None else []
    return Explanation(lines, [*_facts(explained, files), *on_papers])


def _facts(explained: engine.Explanation, files: Sequence[RecordFile]) -> list[FactLine]:
    """The facts that the policy's lines look at, each with the rows or the document it is known from."""
    lines = []
    for fact in explained.facts:
        rows = [f"{files[source].name}, row {row}" for source, row in fact.rows]
        shown = "; ".join(rows[:ROWS_NAMED]) + (f" and {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else "")
        where = f"stated: {fact.stated_in}" if fact.stated_in else shown
        lines.append(FactLine(fact.name, fact.name[:1].upper() + fact.name[1:], in_words(fact.value), where))
    return lines


def _facts_for_papers(determination: Determination) -> list[FactLine]:
    """Stated facts that no rule looks at."""
    return [
        FactLine(each.fact, STATABLE[each.fact].label, each.value, f"stated: {each.source}")
        for each in stated_facts([determination.conviction_id])
        if each.fact in ON_PAPERS_ONLY
    ]
