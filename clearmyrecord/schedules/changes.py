"""What a run found otherwise than the run that was in use before it: counted by kind, and the convictions of a kind.

By time alone means: the same reading of the same policy by the same engine, and no new file tells of the person.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from clearmyrecord.runs.models import Run

KINDS = {
    "by_time": "Newly eligible by time alone",
    "eligible": "Newly eligible",
    "found_eligible": "New convictions, eligible",
    "found": "New convictions, not eligible or left to a person",
    "no_longer": "No longer eligible",
    "completed": "Eligible as before, sentence now completed",
    "other": "Another outcome or new offense",
    "gone": "Not in this run any more",
    "same": "As before",
}
"""What may have become of a conviction, in the order that pages show it. Eligible: found for relief."""

WITHOUT_CHANGE = "same"

_COMPARED = """
WITH new_people AS (
    SELECT DISTINCT COALESCE(s.same_as_id, s.id) AS person
      FROM records_filesubject fs JOIN records_subject s ON s.id = fs.subject_id
     WHERE fs.file_id IN (SELECT recordfile_id FROM runs_run_files WHERE run_id = %(now)s
                          EXCEPT SELECT recordfile_id FROM runs_run_files WHERE run_id = %(before)s)),
before AS (
    SELECT *, outcome IN ('dismiss', 'redesignate', 'resentence') AS eligible
      FROM runs_determination WHERE run_id = %(before)s AND superseded_at IS NULL),
now AS (
    SELECT *, outcome IN ('dismiss', 'redesignate', 'resentence') AS eligible
      FROM runs_determination WHERE run_id = %(now)s AND superseded_at IS NULL),
compared AS (
    SELECT COALESCE(n.conviction_id, b.conviction_id) AS conviction, b.id AS before, n.id AS now, CASE
           WHEN b.id IS NULL AND n.eligible THEN 'found_eligible'
           WHEN b.id IS NULL THEN 'found'
           WHEN n.id IS NULL THEN 'gone'
           WHEN n.eligible AND NOT b.eligible AND n.reading_id = b.reading_id AND %(alike)s
                AND COALESCE(s.same_as_id, s.id) NOT IN (SELECT person FROM new_people) THEN 'by_time'
           WHEN n.eligible AND NOT b.eligible THEN 'eligible'
           WHEN b.eligible AND NOT n.eligible THEN 'no_longer'
           WHEN n.eligible AND n.route = 'completed' AND b.route <> 'completed' THEN 'completed'
           WHEN (n.outcome, n.new_section, n.new_severity) <> (b.outcome, b.new_section, b.new_severity) THEN 'other'
           ELSE 'same' END AS kind
      FROM now n FULL JOIN before b ON b.conviction_id = n.conviction_id
      JOIN records_conviction c ON c.id = COALESCE(n.conviction_id, b.conviction_id)
      JOIN records_subject s ON s.id = c.subject_id)
"""
_COUNTED = _COMPARED + "SELECT kind, count(*) FROM compared GROUP BY kind"  # noqa: S608 (every value is bound)
_LISTED = f"""{_COMPARED} SELECT conviction, before, now FROM compared WHERE kind = %(kind)s
ORDER BY conviction OFFSET %(first)s LIMIT %(number)s"""  # noqa: S608


def counted(before: Run | None, now: Run) -> dict[str, int]:
    """How many convictions are of each kind; those without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, _of(before, now))
        found = dict(cursor.fetchall())
    return {kind: found[kind] for kind in KINDS if kind in found}


def convictions(before: Run | None, now: Run, kind: str, *, first: int, last: int) -> list[tuple[int, Any, Any]]:
    """Convictions of a kind from the place `first` to before `last`, by id, with both determinations' ids."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, _of(before, now) | {"kind": kind, "first": first, "number": last - first})
        return list(cursor.fetchall())


def _of(before: Run | None, now: Run) -> dict[str, Any]:
    """Without a run before it every conviction is new."""
    alike = before is not None and (before.policy_id, before.county, before.engine_version) == (
        now.policy_id,
        now.county,
        now.engine_version,
    )
    return {"before": before.pk if before else None, "now": now.pk, "alike": alike}
