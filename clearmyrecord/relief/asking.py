"""What the courts are asked: one row for each conviction of what was filed, and the state that follows for it.

Called by services and receivers, inside their transactions.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from clearmyrecord.among import among
from clearmyrecord.batches import omnibus
from clearmyrecord.errors import Conflict
from clearmyrecord.filings.models import Filing, OmnibusMotion
from clearmyrecord.relief.models import Asked, CourtAnswer, Objection

RELIEF = """
CASE WHEN item.snapshot ->> 'relief' = 'dismiss'
     THEN CASE WHEN item.snapshot ->> 'sealing' = 'true' THEN 'sealed' ELSE 'dismissed' END
     WHEN item.snapshot ->> 'new_severity' IN ('misdemeanor', 'infraction') THEN item.snapshot ->> 'new_severity'
     ELSE 'resentenced' END
"""

CASES = f"""
INSERT INTO relief_asked (item_id, filing_id, court_id, subject_id, conviction_id, relief, state)
SELECT item.id, filing.id, filing.court_id, filing.subject_id, item.conviction_id, {RELIEF}, 'waiting'
  FROM filings_filing filing
  JOIN batches_batchitem item
    ON item.batch_id = filing.batch_id AND item.court_id = filing.court_id AND item.case_number = filing.case_number
   AND item.route = filing.route AND (item.snapshot ->> 'person')::bigint = filing.subject_id
 WHERE filing.id = ANY(%s) AND item.batch_id = ANY(%s)
ON CONFLICT (item_id) DO NOTHING
"""  # noqa: S608 (constants)

ROWS = f"""
INSERT INTO relief_asked (item_id, motion_id, exhibit_row, court_id, subject_id, conviction_id, relief, state)
SELECT item.id, motion.id, place.number, motion.court_id, (item.snapshot ->> 'person')::bigint, item.conviction_id,
       {RELIEF}, 'waiting'
  FROM unnest(%s::bigint[], %s::int[]) AS place(conviction_id, number)
  JOIN filings_omnibusmotion motion ON motion.id = %s
  JOIN batches_batchitem item ON item.batch_id = motion.batch_id AND item.conviction_id = place.conviction_id
ON CONFLICT (item_id) DO NOTHING
"""  # noqa: S608 (constants)

SETTLE = """
UPDATE relief_asked asked
   SET state = new.state
  FROM (
    SELECT one.id,
           CASE WHEN bool_or(objection.resolution = 'item_withdrawn') THEN 'withdrawn'
                WHEN bool_or(objection.resolution = '') THEN 'objected'
                WHEN max(answer.decision) IN ('granted', 'denied', 'hearing') THEN max(answer.decision)
                WHEN max(answer.decision) = 'rejected'
                     AND coalesce(max(filing.state), max(motion.state)) <> 'filed' THEN 'rejected'
                WHEN bool_or(objection.resolution = 'to_hearing') THEN 'hearing'
                ELSE 'waiting' END AS state
      FROM relief_asked one
      LEFT JOIN relief_courtanswer answer ON answer.item_id = one.item_id AND answer.superseded_at IS NULL
      LEFT JOIN relief_objection objection ON objection.item_id = one.item_id
      LEFT JOIN filings_filing filing ON filing.id = one.filing_id
      LEFT JOIN filings_omnibusmotion motion ON motion.id = one.motion_id
     WHERE one.item_id = ANY(%s)
     GROUP BY one.id
  ) new
 WHERE asked.id = new.id AND asked.state <> new.state
"""


def ask(matters: Sequence[Filing | OmnibusMotion]) -> None:
    """A row for every conviction of these filings or omnibus motions (of one kind); those sent back wait again."""
    if not matters:
        return
    with connection.cursor() as cursor:
        if isinstance(matters[0], OmnibusMotion):
            for motion in matters:
                places = omnibus.exhibit_rows(motion.batch)
                cursor.execute(ROWS, [list(places), list(places.values()), motion.pk])
        else:
            batches = list({matter.batch_id for matter in matters})  # named, so that others' items are not looked at
            cursor.execute(CASES, [[matter.pk for matter in matters], batches])
    settle(list(_of(matters).values_list("item_id", flat=True)))


def ask_no_more(matters: Sequence[Filing | OmnibusMotion]) -> None:
    """They are not filed any more. Raises Conflict where an answer or an objection stands."""
    if not matters:
        return
    items = [asked.item_id for asked in _of(matters).select_for_update().order_by("pk")]
    answered = CourtAnswer.objects.filter(item__in=among(items), superseded_at=None).exclude(decision="rejected")
    if answered.exists() or Objection.objects.filter(item__in=among(items)).exists():
        raise Conflict("The court's answer or an objection is entered for it. Take that back first.")
    _of(matters).delete()


def settle(item_ids: Sequence[int]) -> None:
    """Give these items the state that follows from their answers and objections."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [list(item_ids)])


def _of(matters: Sequence[Filing | OmnibusMotion]):  # type: ignore[no-untyped-def]
    owner = "motion" if isinstance(matters[0], OmnibusMotion) else "filing"
    return Asked.objects.filter(**{f"{owner}__in": among([matter.pk for matter in matters])})
