"""Reads of runs compared: which two, how many differences of each kind, and two determinations side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User
from clearmyrecord.runs import comparing, evaluation, queries
from clearmyrecord.runs.causes import CHANGED
from clearmyrecord.runs.models import Determination, Run, RunComparison, RunDifference
from clearmyrecord.runs.queries import ANSWERS, FactLine, Line
from clearmyrecord.work import Work
from eligibility.traces import Account, TwoPolicies

KIND = RunDifference.Kind
RESULT_KINDS = (KIND.CHANGED, KIND.NEW, KIND.GONE)
"""Kinds of a difference in what was found; the fourth is another way to the same."""


def finished_runs(user: User) -> QuerySet[Run]:
    """The runs that can be compared, newest first."""
    return queries.runs(user).filter(state=Run.State.FINISHED)


def run_before(run: Run) -> Run | None:
    """What a run is compared with unless somebody chooses: the run in use before it; for any other the run in use."""
    if run.is_current:
        return Run.objects.select_related("policy").filter(pk=run.replaced_id or 0).first()
    return queries.current_run()


def comparison_of(user: User, before_id: int, after_id: int) -> RunComparison:
    """Two finished runs compared; a worker finds the differences if that was not done. Raises NotFound."""
    runs = {run.pk: run for run in finished_runs(user).filter(pk__in=(before_id, after_id))}
    if len(runs) != 2:
        raise NotFound("Two finished runs are compared. One of these is none.")
    found = RunComparison.objects.filter(before=before_id, after=after_id).first()
    comparison = found or comparing.ask_for(runs[before_id], runs[after_id])
    comparison.before, comparison.after = runs[before_id], runs[after_id]
    return comparison


def is_ready(comparison: RunComparison) -> bool:
    return comparison.work_state == Work.WorkState.DONE


@dataclass(frozen=True)
class SinceBefore:
    """How a run differs from the one before it. `number` is None while that is not known yet."""

    before: Run
    number: int | None


def since_before(user: User, run: Run | None) -> SinceBefore | None:
    """How many convictions changed since the run before; None where there is none to compare with. Writes nothing."""
    if run is None or run.state != Run.State.FINISHED or user.role not in READERS:
        return None
    before = run_before(run)
    if before is None or before.pk == run.pk:
        return None
    done = RunComparison.objects.filter(before=before, after=run, work_state=Work.WorkState.DONE).first()
    number = done.differences.filter(kind__in=RESULT_KINDS).count() if done is not None else None
    return SinceBefore(before, number)


@dataclass(frozen=True)
class Tallied:
    """Differences with the same coded values, and how many there are."""

    kind: str
    outcome_before: str
    outcome_after: str
    rule_after: str
    changed: tuple[str, ...]
    causes: tuple[str, ...]
    number: int

    def is_of(self, values: Mapping[str, str]) -> bool:
        """Whether the filter's coded values leave these."""
        return all(self._has(name, value) for name, value in values.items())

    def _has(self, name: str, value: str) -> bool:
        if name == "change":
            return changes_like(value, self.kind, self.changed)
        if name == "why":
            return value in self.causes
        own = {"before": self.outcome_before, "now": self.outcome_after, "rule": self.rule_after}
        return name not in own or own[name] == value


def changes_like(value: str, kind: str, changed: Sequence[str]) -> bool:
    """Whether a difference is of the kind of change that the filter names; of none named, another result."""
    if value == "all":
        return True
    if value in KIND.values:
        return kind == value
    return value in changed if value in CHANGED else kind != KIND.SAME


def tally(comparison: RunComparison) -> list[Tallied]:
    """All differences, counted by their coded values; one query."""
    names = ("kind", "outcome_before", "outcome_after", "rule_after", "changed", "causes")
    grouped = comparison.differences.order_by().values_list(*names).annotate(number=Count("pk"))
    return [
        Tallied(kind, before, after, rule, tuple(changed), tuple(causes), number)
        for kind, before, after, rule, changed, causes, number in grouped
    ]


def pairs(tallied: Sequence[Tallied]) -> list[tuple[str, str, int]]:
    """How many went from which outcome to which, the most first; no outcome before is new, none after is gone."""
    found: Counter[tuple[str, str]] = Counter()
    for each in tallied:
        if each.kind != KIND.SAME:
            found[each.outcome_before, each.outcome_after] += each.number
    return [(*pair, number) for pair, number in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


@dataclass(frozen=True)
class LineBeside:
    """A line of either policy with its answers; empty where the policy hasn't it or the run did not decide."""

    sentence: str
    citation: str
    before: str
    now: str
    outcome_before: str
    outcome_now: str
    decided_before: bool
    decided_now: bool

    @property
    def differs(self) -> bool:
        """Answered or led elsewhere; of a line that one policy alone has, whether it decided."""
        if self.before and self.now:
            return self.before != self.now or self.outcome_before != self.outcome_now
        return self.decided_before or self.decided_now


def account_of(determination: Determination) -> Account:
    """A determination as the engine compares it."""
    return Account(determination.outcome, determination.rule, determination.trace, determination.facts_hash)


def policies_of(comparison: RunComparison) -> TwoPolicies:
    texts = comparison.before.policy.text, comparison.after.policy.text
    return TwoPolicies(*(evaluation.engine_policy(text) for text in texts))


def lines_beside(policies: TwoPolicies, before: Determination | None, now: Determination | None) -> list[LineBeside]:
    """Every line of both policies in the order of the later one; those that only the earlier one has at the end."""
    old = queries.lines_of_trace(before) if before is not None else []
    new = queries.lines_of_trace(now) if now is not None else []
    partner = {after: place for place, after in policies.tests} if old and new else {}
    found = [_beside(old[partner[place]] if place in partner else None, line) for place, line in enumerate(new)]
    alone = set(range(len(old))) - set(partner.values())
    return [*found, *(_beside(old[place], None) for place in sorted(alone))]


def _beside(before: Line | None, now: Line | None) -> LineBeside:
    shown = now or before
    assert shown is not None  # noqa: S101
    return LineBeside(
        sentence=shown.sentence,
        citation=shown.citation,
        before=before.answer if before else "",
        now=now.answer if now else "",
        outcome_before=before.outcome if before else "",
        outcome_now=now.outcome if now else "",
        decided_before=before is not None and before.decided,
        decided_now=now is not None and now.decided,
    )


def answered_otherwise(
    policies: TwoPolicies, before: Determination | None, now: Determination | None
) -> list[tuple[str, str, str]]:
    """Sentence, answer before, answer now of the lines of both policies that answered differently."""
    if before is None or now is None:
        return []
    return [
        (policies.after.lines[new].sentence, ANSWERS[before.trace[old]], ANSWERS[now.trace[new]])
        for old, new in policies.answered_otherwise(account_of(before), account_of(now))
    ]


@dataclass(frozen=True)
class FactBeside:
    """A fact before and now; empty where the policy of that run does not look at it."""

    label: str
    before: str
    now: str
    where_before: str
    where_now: str

    @property
    def differs(self) -> bool:
        return bool(self.before and self.now) and self.before != self.now


@dataclass(frozen=True)
class FactsBeside:
    """`not_as_then`: looked up again, a line answers otherwise than the run has it, so the facts were others then."""

    facts: list[FactBeside]
    not_as_then: bool
    lost: bool


def facts_beside(before: Determination | None, now: Determination | None) -> FactsBeside:
    """The facts of both determinations as they stood when each was made, those that differ first.

    The engine goes through the person's rows of each run's files again; who is who is taken as it stands now.
    """
    looked_up = [_then(each) for each in (before, now)]
    old, new = ({fact.label: fact for fact in facts or ()} for facts, _ in looked_up)
    found = [
        FactBeside(
            label,
            old[label].value if label in old else "",
            new[label].value if label in new else "",
            old[label].where if label in old else "",
            new[label].where if label in new else "",
        )
        for label in dict.fromkeys([*new, *old])
    ]
    return FactsBeside(
        sorted(found, key=lambda each: not each.differs),
        not_as_then=not all(faithful for _, faithful in looked_up),
        lost=any(facts is None for facts, _ in looked_up),
    )


def _then(determination: Determination | None) -> tuple[list[FactLine] | None, bool]:
    """The facts of one determination, and whether its lines answer as they did; no facts where its reading is lost."""
    if determination is None:
        return [], True
    try:
        found = queries.explanation_then(determination)
    except NotFound:
        return None, True
    letters = "".join(line.answer[0] for line in found.lines)
    return found.facts, letters == determination.trace
