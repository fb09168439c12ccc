"""Writing determinations: those of a chunk, and those made anew for some people. Called by services."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from clearmyrecord.records.copying import copy
from clearmyrecord.records.models import Subject
from clearmyrecord.runs import comparing, evaluation
from clearmyrecord.runs.models import Determination, Run

COMPARED = tuple(name for name in evaluation.FOUND if name not in ("conviction_id",))
"""Columns in which two determinations of a conviction must be equal for the older one to stand."""


@dataclass(frozen=True, slots=True)
class Change:
    """A determination of the current run made anew; either id may be missing."""

    conviction_id: int
    old_id: int | None
    new_id: int | None


def write(run: Run, rows: Sequence[dict[str, Any]]) -> None:
    """Write what the engine found, through COPY."""
    now = timezone.now()
    copy(
        Determination,
        ("run_id", "made_at", *evaluation.FOUND),
        ([run.pk, now, *(row[name] for name in evaluation.FOUND)] for row in rows),
    )


def persons_of(subject_ids: Iterable[int]) -> list[int]:
    """The people that subjects are: the first of those linked to one another."""
    found = Subject.objects.filter(pk__in=list(subject_ids)).values_list("pk", "same_as_id")
    return sorted({same_as or pk for pk, same_as in found})


def redetermine(run: Run, subject_ids: Iterable[int]) -> list[Change]:
    """Evaluate some people again within a run. A determination that comes out the same stands; others are superseded.

    In the caller's transaction, which must have locked the run's row.
    """
    persons = persons_of(subject_ids)
    files = evaluation.files_of(run)
    entries = evaluation.entries_of(files, persons)
    found = evaluation.evaluate(run, evaluation.material(files, entries)) if entries else evaluation.Found([], 0)
    rows = {row["conviction_id"]: row for row in found.rows}
    theirs = Q(conviction__subject__in=persons) | Q(conviction__subject__same_as__in=persons)
    standing = {old.conviction_id: old for old in Determination.objects.filter(theirs, run=run, superseded_at=None)}
    changed = [
        pk
        for pk in sorted(rows.keys() | standing.keys())
        if pk not in rows or pk not in standing or any(getattr(standing[pk], n) != rows[pk][n] for n in COMPARED)
    ]
    gone = [standing[pk].pk for pk in changed if pk in standing]
    Determination.objects.filter(pk__in=gone).update(superseded_at=timezone.now())
    write(run, [rows[pk] for pk in changed if pk in rows])
    if changed:
        comparing.renew(run, changed)
    new = Determination.objects.filter(run=run, superseded_at=None, conviction_id__in=changed)
    ids = dict(new.values_list("conviction_id", "pk"))
    return [Change(pk, standing[pk].pk if pk in standing else None, ids.get(pk)) for pk in changed]


def counts(run: Run) -> dict[str, Any]:
    """The run's standing determinations by outcome, route, basis and rule, and the people they are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.outcome, d.route, d.basis, d.rule, d.reason, count(*)
              FROM runs_determination d WHERE d.run_id = %s AND d.superseded_at IS NULL
             GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2, 3, 4, 5
            """,
            [run.pk],
        )
        groups = cursor.fetchall()
        cursor.execute(
            """
            SELECT count(DISTINCT COALESCE(s.same_as_id, s.id)),
                   count(DISTINCT COALESCE(s.same_as_id, s.id))
                         FILTER (WHERE d.outcome IN ('dismiss', 'redesignate', 'resentence'))
              FROM runs_determination d JOIN records_conviction c ON c.id = d.conviction_id
              JOIN records_subject s ON s.id = c.subject_id
             WHERE d.run_id = %s AND d.superseded_at IS NULL
            """,
            [run.pk],
        )
        people, relieved = cursor.fetchone()
    result: dict[str, Any] = {
        "outcome": {}, "route": {}, "basis": {}, "outcome_route": {}, "rule": {},
        "determinations": 0, "people": people, "people_with_relief": relieved,
    }  # fmt: skip
    for outcome, route, basis, rule, reason, number in groups:
        for key, value in (("outcome", outcome), ("route", route), ("basis", basis or "none")):
            result[key][value] = result[key].get(value, 0) + number
        pair = f"{outcome} {route}"
        result["outcome_route"][pair] = result["outcome_route"].get(pair, 0) + number
        by_rule = result["rule"].setdefault(
            f"{rule} {outcome}", {"rule": rule, "outcome": outcome, "reason": reason, "count": 0}
        )
        by_rule["count"] += number
        result["determinations"] += number
    return result
