"""Several policies over one history: what each relieves, and who gains and who loses because of which rule.

Facts are gathered once for all policies that look at the record alike; each policy costs its walk alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility.arrow import flat, numbers, plain
from eligibility.dates import to_arrow
from eligibility.evaluate import DISMISS, ENDINGS, HAND_REVIEW, NOT_ELIGIBLE, REDESIGNATE, RESENTENCE, decide, walk
from eligibility.facts import Facts, Scope, same_county
from eligibility.impact import Decided, Impact, OnRecord, of_decided, together
from eligibility.policy import OUTCOMES, Policy
from eligibility.records.history import build
from eligibility.records.schema import History
from eligibility.results import counties

OUT_OF_SCOPE = len(OUTCOMES)
SHOWN = (*OUTCOMES, "out_of_scope")
"""Outcomes as a comparison names them; a conviction may be in the scope of one policy alone."""

GAINS, LOSES, NEITHER = "gains", "loses", "neither"
DIRECTIONS = (LOSES, NEITHER, GAINS)

WORTH = np.zeros(len(SHOWN), dtype=np.int64)
WORTH[[DISMISS, REDESIGNATE, RESENTENCE, HAND_REVIEW, NOT_ELIGIBLE]] = (3, 2, 2, 1, 0)
"""More relief is worth more. A person may still relieve what is left to a person; out of scope is no relief."""


@dataclass(frozen=True)
class Figures:
    """What one policy gives, in figures."""

    policy: Policy
    impact: Impact


@dataclass(frozen=True)
class Side(Figures):
    """What one policy gives: its figures, and for every conviction on record its outcome and what decided it.

    `outcome` are places in SHOWN, `decider` places in `rules` and `reasons`.
    """

    facts: Facts = field(repr=False)
    outcome: NDArray[np.int64] = field(repr=False)
    decider: NDArray[np.int64] = field(repr=False)

    @property
    def rules(self) -> list[str]:
        lines = [line.rule.id for line in self.policy.lines]
        return [*lines, *(ending.rule for ending in ENDINGS), SHOWN[OUT_OF_SCOPE]]

    @property
    def reasons(self) -> list[str]:
        lines = [line.reason for line in self.policy.lines]
        return [*lines, *(ending.reason for ending in ENDINGS), "Not in the policy's scope"]


@dataclass(frozen=True)
class Group:
    """Convictions with the same change by the same rules, and the people they are of."""

    direction: str
    outcome_before: str
    rule_before: str
    reason_before: str
    outcome_after: str
    rule_after: str
    reason_after: str
    convictions: int
    people: int

    @property
    def change(self) -> tuple[str, ...]:
        """All but the numbers."""
        before = self.outcome_before, self.rule_before, self.reason_before
        return (*before, self.outcome_after, self.rule_after, self.reason_after)


@dataclass(frozen=True)
class Difference:
    """What changes from the policy `before` to `after`.

    `table` has one row per conviction whose outcome differs, in the order of the files. A person may gain by one
    conviction and lose by another: `people_who_do_both` are among those who gain and among those who lose.
    """

    before: str
    after: str
    table: pa.Table
    groups: tuple[Group, ...]
    convictions_compared: int  # in the scope of either
    convictions_gaining: int
    convictions_losing: int
    convictions_neither: int
    people_gaining: int
    people_losing: int
    people_who_do_both: int

    @property
    def convictions_unchanged(self) -> int:
        return self.convictions_compared - self.convictions_gaining - self.convictions_losing - self.convictions_neither

    def figures(self) -> dict[str, Any]:
        """Everything but the convictions themselves, as JSON holds it."""
        found = {name: value for name, value in vars(self).items() if name not in ("table", "groups")}
        return {
            **found,
            "convictions_unchanged": self.convictions_unchanged,
            "groups": [vars(each) for each in self.groups],
        }


_COUNTED = [each.name for each in fields(Difference) if each.type == "int"]


@dataclass(frozen=True)
class Comparison:
    """Several policies over one record set as of one date; `differences` are the first against each other one."""

    county: str
    as_of: date
    sides: tuple[Figures, ...]
    differences: tuple[Difference, ...]

    def figures(self) -> dict[str, Any]:
        """All figures, as JSON holds them."""
        return {
            "county": self.county,
            "as_of": self.as_of.isoformat(),
            "policies": [
                {
                    "name": each.policy.name,
                    "title": each.policy.title,
                    "sha256": each.policy.sha256,
                    **each.impact.figures(),
                }
                for each in self.sides
            ],
            "differences": [each.figures() for each in self.differences],
        }


def compare(
    history: History, policies: Sequence[Policy], *, county: str, as_of: date, stated: pa.Table | None = None
) -> Comparison:
    """Decide every conviction of `county` under each policy, and set the first policy against each other one.

    `stated` has the columns of `eligibility.stated.STATED`. Raises ValueError without a policy, StatedFactError if a
    stated fact cannot be read.
    """
    if not policies:
        raise ValueError("at least one policy is needed")
    facts: dict[tuple[Any, ...], Facts] = {}
    for each in policies:
        if _alike(each) not in facts:
            facts[_alike(each)] = facts_under(each, history, county=county, as_of=as_of, stated=stated)
    on_record = OnRecord(next(iter(facts.values())).convictions, as_of=as_of)
    sides = tuple(side_of(facts[_alike(each)], each, on_record) for each in policies)
    differences = tuple(difference(on_record, sides[0], each) for each in sides[1:])
    return Comparison(same_county(county), as_of, sides, differences)


@dataclass(frozen=True)
class Compared:
    """A comparison, and the counties of all convictions on record."""

    comparison: Comparison
    counties: list[str]


@dataclass(frozen=True)
class Comparing:
    """Compares policies over a part of a record set; the fields are the arguments of `compare`."""

    policies: Sequence[Policy]
    county: str
    as_of: date
    stated: pa.Table | None = None

    def __call__(self, rows: pa.Table, unreadable: pa.Table) -> Compared:
        """Raises StatedFactError."""
        history = build(rows, unreadable=unreadable)
        found = compare(history, self.policies, county=self.county, as_of=self.as_of, stated=self.stated)
        sides = tuple(Figures(each.policy, each.impact) for each in found.sides)  # a history would be much to hand on
        return Compared(replace(found, sides=sides), counties(history))

    def joined(self, found: Sequence[Compared]) -> Compared:
        """The comparison of all parts, which have no person in common."""
        parts = [each.comparison for each in found]
        sides = tuple(
            Figures(each[0].policy, together([side.impact for side in each]))
            for each in zip(*(part.sides for part in parts), strict=True)
        )
        differences = tuple(map(_added, zip(*(part.differences for part in parts), strict=True)))
        whole = Comparison(same_county(self.county), self.as_of, sides, differences)
        return Compared(whole, sorted({name for each in found for name in each.counties}))


def _added(parts: Sequence[Difference]) -> Difference:
    """The same two policies' differences in several parts as one."""
    table = pa.concat_tables([each.table for each in parts])
    counted = {name: sum(getattr(each, name) for each in parts) for name in _COUNTED}
    groups: dict[tuple[Any, ...], list[Group]] = {}
    for group in (group for each in parts for group in each.groups):
        groups.setdefault(group.change, []).append(group)
    added = [
        replace(
            each[0],
            convictions=sum(group.convictions for group in each),
            people=sum(group.people for group in each),
        )
        for each in groups.values()
    ]
    return Difference(
        before=parts[0].before,
        after=parts[0].after,
        table=table.sort_by([("source", "ascending"), ("row", "ascending")]),
        groups=_largest_first(added),
        **counted,
    )


def facts_under(policy: Policy, history: History, *, county: str, as_of: date, stated: pa.Table | None = None) -> Facts:
    """The facts as this policy looks at them."""
    return Facts(
        history,
        scope=Scope(county, policy.families),
        as_of=as_of,
        stated_facts=stated,
        when_unproven=policy.when_unproven,
    )


def _alike(policy: Policy) -> tuple[Any, ...]:
    """All of a policy that `facts_under` depends on: policies that are alike in it share their facts."""
    return policy.families, policy.when_unproven


def side_of(facts: Facts, policy: Policy, on_record: OnRecord) -> Side:
    """What the policy gives these facts' convictions."""
    decision = decide(facts, walk(facts, policy), policy)
    decided = Decided(
        facts.at, decision.outcome, facts.code_section, facts.severity, pa.array(decision.target.severity)
    )
    everybody = len(on_record.person)
    outcome = np.full(everybody, OUT_OF_SCOPE, dtype=np.int64)
    decider = np.full(everybody, len(policy.lines) + len(ENDINGS), dtype=np.int64)
    outcome[facts.at], decider[facts.at] = decision.outcome, decision.decider
    return Side(policy, of_decided(on_record, decided), facts, outcome, decider)


def difference(on_record: OnRecord, before: Side, after: Side) -> Difference:
    """What changes between two sides of the same convictions."""
    differs = np.flatnonzero(before.outcome != after.outcome)
    change = np.sign(WORTH[after.outcome[differs]] - WORTH[before.outcome[differs]])
    person = on_record.person[differs]
    gaining, losing = np.unique(person[change > 0]), np.unique(person[change < 0])
    compared = (before.outcome != OUT_OF_SCOPE) | (after.outcome != OUT_OF_SCOPE)
    return Difference(
        before=before.policy.name,
        after=after.policy.name,
        table=_table(on_record, before, after, differs, change),
        groups=_groups(before, after, differs, person),
        convictions_compared=int(compared.sum()),
        convictions_gaining=int((change > 0).sum()),
        convictions_losing=int((change < 0).sum()),
        convictions_neither=int((change == 0).sum()),
        people_gaining=len(gaining),
        people_losing=len(losing),
        people_who_do_both=len(np.intersect1d(gaining, losing)),
    )


def _table(
    on_record: OnRecord, before: Side, after: Side, differs: NDArray[np.int64], change: NDArray[np.int64]
) -> pa.Table:
    """The convictions at `differs` with what both sides say of them, in the order of the files."""
    source, row = (numbers(on_record.convictions[name])[differs] for name in ("source", "row"))
    order = np.lexsort((row, source))
    differs, change = differs[order], change[order]
    found = on_record.convictions.take(pa.array(differs))
    subjects = before.facts.history.subjects
    of_subject = subjects.take(pc.index_in(flat(found["subject"]), flat(subjects["subject"])))
    columns: dict[str, Any] = {
        "source": found["source"],
        "row": found["row"],
        "subject_id": of_subject["subject_id"],
        "cii_number": of_subject["cii_number"],
        "person": found["person"],
        "case_number": pc.binary_join(plain(found["case_numbers"]), "; "),
        "conviction_date": to_arrow(on_record.dates[differs]),
        "code_section": plain(found["code_section"]),
        "severity": pc.coalesce(_severity(before, differs), _severity(after, differs)),
        "direction": named(DIRECTIONS, change + 1),
    }
    for name, side in (("before", before), ("after", after)):
        columns[f"outcome_{name}"] = named(SHOWN, side.outcome[differs])
        columns[f"rule_{name}"] = named(side.rules, side.decider[differs])
        columns[f"reason_{name}"] = named(side.reasons, side.decider[differs])
    return pa.table(columns)


def _severity(side: Side, at: NDArray[np.int64]) -> pa.Array:
    """The severity as this side took it, stated or of the record; null for convictions out of its scope."""
    place = np.full(len(side.outcome), -1, dtype=np.int64)
    place[side.facts.at] = np.arange(side.facts.length)
    return side.facts.severity.take(pa.array(place[at], mask=place[at] < 0))


def named(names: Sequence[str], codes: NDArray[np.int64]) -> pa.Array:
    """The names that the codes stand for."""
    return pa.array(list(names), pa.string()).take(pa.array(codes))


def _groups(before: Side, after: Side, differs: NDArray[np.int64], person: NDArray[np.int64]) -> tuple[Group, ...]:
    """The changes by what decided before and after: gains first, the largest first."""
    shape = (len(SHOWN), len(before.rules), len(SHOWN), len(after.rules))
    columns = (before.outcome, _first_alike(before), after.outcome, _first_alike(after))
    kinds = np.ravel_multi_index([column[differs] for column in columns], shape)
    distinct, at, convictions = np.unique(kinds, return_inverse=True, return_counts=True)
    persons = int(person.max()) + 1 if len(person) else 1
    people = np.bincount(np.unique(at * persons + person) // persons, minlength=len(distinct))
    groups = []
    for place, (old, old_decider, new, new_decider) in enumerate(zip(*np.unravel_index(distinct, shape), strict=True)):
        groups.append(
            Group(
                direction=DIRECTIONS[np.sign(WORTH[new] - WORTH[old]) + 1],
                outcome_before=SHOWN[old],
                rule_before=before.rules[old_decider],
                reason_before=before.reasons[old_decider],
                outcome_after=SHOWN[new],
                rule_after=after.rules[new_decider],
                reason_after=after.reasons[new_decider],
                convictions=int(convictions[place]),
                people=int(people[place]),
            )
        )
    return _largest_first(groups)


def _largest_first(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Gains first, then losses; the largest first, those of a size by what changes."""
    shown = (GAINS, LOSES, NEITHER)
    return tuple(sorted(groups, key=lambda each: (shown.index(each.direction), -each.convictions, each.change)))


def _first_alike(side: Side) -> NDArray[np.int64]:
    """What decided, as the first place of the same rule and reason: two endings may share both."""
    named = list(zip(side.rules, side.reasons, strict=True))
    first: NDArray[np.int64] = np.array([named.index(each) for each in named], dtype=np.int64)[side.decider]
    return first
