"""Why two runs found different things for a conviction: told from what each found, and from what changed between them.

Nothing is guessed: where several things changed that could have done it, all are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from clearmyrecord.runs import evaluation
from clearmyrecord.runs.models import Run
from eligibility.stated import ON_PAPERS_ONLY
from eligibility.traces import Account, TwoPolicies

CAUSES = {
    "policy": "The policy",
    "reading": "Another reading of the conviction",
    "person": "Other records of the person",
    "stated": "A stated fact",
    "identity": "Who is who",
    "as_of": "The as-of date",
    "engine": "The engine’s version",
    "county": "The county",
    "unknown": "Not known",
}
"""Code to words, in the order in which they are named."""

RESULT = ("outcome", "route", "basis", "sealing", "target")
CHANGED = {
    "outcome": "Outcome",
    "route": "Route",
    "basis": "Basis",
    "sealing": "Sealing",
    "target": "New section or severity",
    "rule": "Deciding rule or reason",
    "facts": "What the rules saw",
}
"""What may differ between two determinations; the first five are the result."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run's determination of a conviction, as far as two are compared."""

    id: int
    reading: int
    file: int
    outcome: str
    route: str
    basis: str
    sealing: bool
    new_section: str
    new_severity: str
    rule: str
    reason: str
    trace: str
    facts_hash: str
    sentence_ends: Any
    made_at: datetime

    @property
    def account(self) -> Account:
        return Account(self.outcome, self.rule, self.trace, self.facts_hash)


Spans = dict[int, list[datetime]]


@dataclass
class Between:
    """What changed between two runs, by person and by conviction. Looked up once for all differences."""

    before: Run
    after: Run
    policies: TwoPolicies
    files: tuple[frozenset[int], frozenset[int]]
    persons_with_other_files: set[int] = field(default_factory=set)
    stated: Spans = field(default_factory=dict)
    who: Spans = field(default_factory=dict)
    joined: Spans = field(default_factory=dict)

    def changed(self, before: Side, after: Side) -> list[str]:
        """What differs between the two; empty if nothing that counts does."""
        found = [
            name for name in ("outcome", "route", "basis", "sealing") if getattr(before, name) != getattr(after, name)
        ]
        if (before.new_section, before.new_severity) != (after.new_section, after.new_severity):
            found.append("target")
        if (before.rule, before.reason) != (after.rule, after.reason):
            found.append("rule")
        if not found and self._saw_otherwise(before, after):
            found.append("facts")
        return found

    def causes(self, conviction: int, person: int, before: Side | None, after: Side | None) -> list[str]:
        """Codes of what made the difference."""
        if before is not None and after is not None:
            found = self._of_both(conviction, person, before, after)
        elif after is not None:
            found = self._of_one(conviction, person, after, *self.files)
        else:
            found = self._of_one(conviction, person, before, *reversed(self.files))
        return [code for code in CAUSES if code in found] or ["unknown"]

    def _of_both(self, conviction: int, person: int, before: Side, after: Side) -> set[str]:
        sources = self._sources(conviction, person, before, after)
        if self.policies.same:
            return sources | self._as_of(before, sources)
        policy = {"policy"} if self.policies.policy_had_a_part(before.account, after.account) else set()
        if self._saw_otherwise(before, after) or before.route != after.route:
            return policy | sources | self._as_of(before, sources)
        return policy or sources or {"policy"}

    def _saw_otherwise(self, before: Side, after: Side) -> bool:
        one, other = before.account, after.account
        return bool(self.policies.answered_otherwise(one, other)) or self.policies.saw_otherwise(one, other)

    def _sources(self, conviction: int, person: int, before: Side, after: Side) -> set[str]:
        """What is known to have changed about the conviction or its person between the two determinations."""
        first, last = sorted((before.made_at, after.made_at))
        found = set()
        if before.reading != after.reading:
            found.add("reading")
        elif person in self.persons_with_other_files:
            found.add("person")
        for code, spans, key in (
            ("stated", self.stated, person),
            ("identity", self.who, person),
            ("identity", self.joined, conviction),
        ):
            if any(first < moment <= last for moment in spans.get(key, ())):
                found.add(code)
        if self.before.engine_version != self.after.engine_version:
            found.add("engine")
        return found

    def _as_of(self, before: Side, sources: set[str]) -> set[str]:
        """The as-of date, where nothing else explains it or the sentence's end lies between the two."""
        if self.before.as_of == self.after.as_of:
            return set()
        first, last = sorted((self.before.as_of, self.after.as_of))
        ended = before.sentence_ends is not None and first <= before.sentence_ends < last
        return {"as_of"} if ended or not sources else set()

    def _of_one(
        self, conviction: int, person: int, side: Side | None, others: frozenset[int], own: frozenset[int]
    ) -> set[str]:
        """Why only one of the runs, whose files are `own`, decided the conviction."""
        found = set()
        if side is not None and side.file in own - others:
            found.add("reading")
        if self.before.county != self.after.county:
            found.add("county")
        if self.policies.before.families != self.policies.after.families:
            found.add("policy")
        if conviction in self.joined or person in self.who:
            found.add("identity")
        if not found and person in self.stated:
            found.add("stated")
        if not found and self.before.engine_version != self.after.engine_version:
            found.add("engine")
        return found


def between(before: Run, after: Run, conviction_ids: Sequence[int] | None = None) -> Between:
    """Look up what changed between two runs, by default for everybody; a fixed number of queries."""
    files = tuple(frozenset(run.files.values_list("pk", flat=True)) for run in (before, after))
    policies = TwoPolicies(evaluation.engine_policy(before.policy.text), evaluation.engine_policy(after.policy.text))
    found = Between(before, after, policies, (files[0], files[1]))
    since = min(before.started_at, after.started_at)
    with connection.cursor() as cursor:
        only = None if conviction_ids is None else list(conviction_ids)
        cursor.execute(_IN_OTHER_FILES, {"files": sorted(files[0] ^ files[1]), "only": only})
        found.persons_with_other_files = {person for (person,) in cursor.fetchall()}
        asked: tuple[tuple[Spans, str, list[Any]], ...] = (
            (found.stated, _STATED, [since, since, list(ON_PAPERS_ONLY)]),
            (found.who, _LINKED, [since, since]),
            (found.joined, _JOINED, [since]),
        )
        for spans, statement, parameters in asked:
            cursor.execute(statement, parameters)
            for key, *moments in cursor.fetchall():
                spans.setdefault(key, []).extend(moment for moment in moments if moment is not None)
    return found


_IN_OTHER_FILES = """
SELECT DISTINCT COALESCE(s.same_as_id, s.id)
  FROM records_filesubject fs JOIN records_subject s ON s.id = fs.subject_id
 WHERE fs.file_id = ANY(%(files)s)
   AND (%(only)s::bigint[] IS NULL OR COALESCE(s.same_as_id, s.id) IN (
        SELECT COALESCE(o.same_as_id, o.id) FROM records_conviction c JOIN records_subject o ON o.id = c.subject_id
         WHERE c.id = ANY(%(only)s)))
"""
_STATED = """
SELECT COALESCE(s.same_as_id, s.id), f.stated_at, f.superseded_at
  FROM runs_statedfact f
  JOIN records_conviction c ON c.id = f.conviction_id JOIN records_subject s ON s.id = c.subject_id
 WHERE (f.stated_at > %s OR f.superseded_at > %s) AND f.fact <> ALL(%s)
"""
_LINKED = """
SELECT who.person, l.made_at, l.undone_at
  FROM records_subjectlink l
  JOIN records_subject s ON s.id IN (l.subject_id, l.same_as_id)
 CROSS JOIN LATERAL (SELECT COALESCE(s.same_as_id, s.id) AS person) who
 WHERE l.made_at > %s OR l.undone_at > %s
"""
_JOINED = """
SELECT pair.id, g.decided_at FROM records_suggestion g
 CROSS JOIN LATERAL (VALUES (g.first_id), (g.second_id)) AS pair (id)
 WHERE g.kind = 'conviction' AND g.decided_at > %s
"""
