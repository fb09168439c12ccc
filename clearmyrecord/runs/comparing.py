"""Two runs compared: a worker finds the differences once, and what is determined again later is compared again at once.

The worker holds both runs' rows while it looks, and whoever determines again holds one of them, so that no difference
is lost between the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict
from clearmyrecord.office import access
from clearmyrecord.office.models import User
from clearmyrecord.records.copying import copy, lock_identities
from clearmyrecord.runs.causes import RESULT, Between, Side, between
from clearmyrecord.runs.models import Run, RunComparison, RunDifference

KIND = RunDifference.Kind
KEPT = 6
"""Comparisons kept, the newest: each costs every stated fact a little. An older one is found anew if it is opened."""
COLUMNS = (
    "comparison_id", "conviction_id", "before_id", "after_id", "kind", "outcome_before", "outcome_after",
    "rule_before", "rule_after", "changed", "causes",
)  # fmt: skip


def ask_for(before: Run, after: Run) -> RunComparison:
    """The comparison of two runs; the first time somebody asks, a worker is rung for on commit."""
    with transaction.atomic():
        comparison, made = RunComparison.objects.get_or_create(before=before, after=after)
        if made:
            work.ring(comparison)
    return comparison


@transaction.atomic
def start_again(*, actor: User, before_id: int, after_id: int) -> None:
    """Compare two runs again after it failed. Whoever reads records may. Raises Conflict if it did not fail."""
    access.require(actor, *access.READERS)
    failed = RunComparison.objects.select_for_update().filter(
        before=before_id, after=after_id, work_state=work.Work.WorkState.FAILED
    )
    comparison = failed.first()
    if comparison is None:
        raise Conflict("Nothing failed here. Open the comparison again.")
    work.start_again(comparison)
    audit.record(actor=actor, verb="runs.compared_again", target=comparison)


def compare(comparison_id: int) -> None:
    """Find the differences of two runs. For the worker; safe to deliver twice and to be killed anywhere."""
    with work.lease(RunComparison, comparison_id) as lease:
        if lease is None:
            return
        with lease.writing() as comparison:
            older = list(RunComparison.objects.exclude(pk=comparison.pk).order_by("-pk")[KEPT - 1 :])
            runs = _held([comparison, *older])
            comparison.differences.all().delete()
            RunComparison.objects.filter(pk__in=[each.pk for each in older]).delete()
            _write(comparison, between(runs[comparison.before_id], runs[comparison.after_id]), None)


def _held(comparisons: Sequence[RunComparison]) -> dict[int, Run]:
    """Their runs by id, kept from being determined again until commit.

    Who puts another run to use takes the same lock first.
    """
    lock_identities()
    held = Run.objects.select_for_update(of=("self",), no_key=True).select_related("policy").order_by("pk")
    wanted = {pk for each in comparisons for pk in (each.before_id, each.after_id)}
    return {run.pk: run for run in held.filter(pk__in=wanted)}


def renew(run: Run, conviction_ids: Sequence[int]) -> None:
    """Compare these convictions of a run again wherever it was compared. In the transaction that holds the run."""
    done = RunComparison.objects.filter(Q(before=run) | Q(after=run), work_state=work.Work.WorkState.DONE)
    for comparison in done.select_related("before__policy", "after__policy").order_by("pk"):
        comparison.differences.filter(conviction__in=list(conviction_ids)).delete()
        found = between(comparison.before, comparison.after, conviction_ids)
        _write(comparison, found, conviction_ids)


def _write(comparison: RunComparison, found: Between, conviction_ids: Sequence[int] | None) -> None:
    copy(RunDifference, COLUMNS, _differences(comparison, found, conviction_ids))


def _differences(
    comparison: RunComparison, found: Between, conviction_ids: Sequence[int] | None
) -> list[tuple[Any, ...]]:
    rows = []
    for conviction, person, before, after in _pairs(comparison, conviction_ids):
        if before is not None and after is not None:
            changed = found.changed(before, after)
            if not changed:
                continue
            kind = KIND.CHANGED if set(changed) & set(RESULT) else KIND.SAME
        else:
            kind, changed = (KIND.GONE if after is None else KIND.NEW), []
        rows.append(
            (
                comparison.pk, conviction, before and before.id, after and after.id, kind,
                before.outcome if before else "", after.outcome if after else "",
                before.rule if before else "", after.rule if after else "",
                changed, found.causes(conviction, person, before, after),
            )
        )  # fmt: skip
    return rows


_PAIRS = """
SELECT COALESCE(b.conviction_id, a.conviction_id), COALESCE(s.same_as_id, s.id), {before}, {after}
  FROM (SELECT d.*, fs.file_id FROM runs_determination d JOIN records_reading r ON r.id = d.reading_id
          JOIN records_filesubject fs ON fs.id = r.file_subject_id
         WHERE d.run_id = %(before)s AND d.superseded_at IS NULL {only}) b
  FULL JOIN
       (SELECT d.*, fs.file_id FROM runs_determination d JOIN records_reading r ON r.id = d.reading_id
          JOIN records_filesubject fs ON fs.id = r.file_subject_id
         WHERE d.run_id = %(after)s AND d.superseded_at IS NULL {only}) a
    ON a.conviction_id = b.conviction_id
  JOIN records_conviction c ON c.id = COALESCE(b.conviction_id, a.conviction_id)
  JOIN records_subject s ON s.id = c.subject_id
 WHERE {told} IS DISTINCT FROM {told_after}
 ORDER BY 1
"""
"""Determinations that differ in anything that the two runs say; what of it counts, `Between.changed` tells."""
TOLD = (
    "outcome", "route", "basis", "sealing", "new_section", "new_severity", "rule", "reason", "trace", "facts_hash",
)  # fmt: skip


def _pairs(
    comparison: RunComparison, conviction_ids: Sequence[int] | None
) -> Iterator[tuple[int, int, Side | None, Side | None]]:
    """Conviction, person and both sides, one of which may be missing."""
    names = [{"reading": "reading_id", "file": "file_id"}.get(each.name, each.name) for each in fields(Side)]
    statement = _PAIRS.format(
        before=", ".join(f"b.{name}" for name in names),
        after=", ".join(f"a.{name}" for name in names),
        only="" if conviction_ids is None else "AND d.conviction_id = ANY(%(only)s)",
        told=f"({', '.join(f'b.{name}' for name in TOLD)})",
        told_after=f"({', '.join(f'a.{name}' for name in TOLD)})",
    )
    parameters: dict[str, Any] = {
        "before": comparison.before_id,
        "after": comparison.after_id,
        "only": list(conviction_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        width = len(names)
        for conviction, person, *values in cursor.fetchall():
            before, after = values[:width], values[width:]
            yield (
                conviction,
                person,
                Side(*before) if before[0] is not None else None,
                Side(*after) if after[0] is not None else None,
            )
