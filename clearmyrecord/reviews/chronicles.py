"""Everything that was found and decided about some people's convictions, in one query however long that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from clearmyrecord.reviews import outside
from eligibility.stated import STATABLE


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a run found or a person decided. `ended`: when that was replaced or withdrawn, if it was."""

    kind: str  # found, override, confirmation, ground, opposition, stated, note
    at: datetime
    conviction_id: int
    what: str
    why: str
    by: str
    ended: datetime | None

    @property
    def in_words(self) -> str:
        """A ground and a fact in the words of the forms; anything else as it is."""
        if self.kind == "ground":
            return outside.says(self.what)
        if self.kind == "stated":
            fact, _, value = self.what.partition("=")
            return f"{STATABLE[fact].label if fact in STATABLE else fact}: {value}"
        return self.what.replace("_", " ")


_SQL = """
WITH ours AS (SELECT id FROM records_conviction WHERE subject_id = ANY(%(subjects)s)),
     found AS (
         SELECT d.*, concat_ws('|', outcome, route, basis, rule) AS said,
                lag(concat_ws('|', outcome, route, basis, rule))
                    OVER (PARTITION BY conviction_id ORDER BY made_at, d.id) AS before
           FROM runs_determination d JOIN runs_run r ON r.id = d.run_id AND r.state = 'finished'
          WHERE conviction_id IN (SELECT id FROM ours))
SELECT line.kind, line.at, line.conviction_id, line.what, line.why,
       COALESCE(line.run, NULLIF(trim(concat(u.first_name, ' ', u.last_name)), ''), u.username), line.ended
  FROM (
    SELECT 'found' AS kind, f.made_at AS at, f.conviction_id, f.outcome AS what,
           concat(f.reason, CASE WHEN f.citation <> '' THEN concat(' (', f.citation, ')') END) AS why,
           concat('Run ', f.run_id, ', ', p.title, ', version ', p.version) AS run, NULL::bigint AS by_id,
           NULL::timestamptz AS ended, f.id
      FROM found f JOIN runs_run r ON r.id = f.run_id JOIN runs_policy p ON p.id = r.policy_id
     WHERE f.before IS DISTINCT FROM f.said
    UNION ALL
    SELECT 'override', made_at, conviction_id, outcome, reason, NULL, author_id, superseded_at, id
      FROM reviews_override WHERE conviction_id IN (SELECT id FROM ours)
    UNION ALL
    SELECT 'confirmation', at, conviction_id, verdict, reason, NULL, by_id, superseded_at, id
      FROM reviews_confirmation WHERE conviction_id IN (SELECT id FROM ours)
    UNION ALL
    SELECT 'opposition', decided_at, conviction_id, decision, concat_ws(': ', NULLIF(subdivision, ''), facts), NULL,
           attorney_id, superseded_at, id
      FROM reviews_opposition WHERE conviction_id IN (SELECT id FROM ours)
    UNION ALL
    SELECT 'ground', chosen_at, conviction_id, ground, authority, NULL, attorney_id, superseded_at, id
      FROM reviews_ground WHERE conviction_id IN (SELECT id FROM ours)
    UNION ALL
    SELECT 'stated', stated_at, conviction_id, concat(fact, '=', value),
           COALESCE(NULLIF(withdrawn_reason, ''), source), NULL, author_id, superseded_at, id
      FROM runs_statedfact WHERE conviction_id IN (SELECT id FROM ours)
    UNION ALL
    SELECT 'note', at, conviction_id, '', text, NULL, author_id, NULL, id
      FROM reviews_comment WHERE conviction_id IN (SELECT id FROM ours)
  ) line LEFT JOIN office_user u ON u.id = line.by_id
 ORDER BY line.at DESC, line.kind, line.id DESC
"""


def chronicle(subject_ids: Sequence[int]) -> list[Entry]:
    """The entries of all convictions of a person, newest first. Of equal determinations in a row only the first."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"subjects": list(subject_ids)})
        return [Entry(*row) for row in cursor.fetchall()]
