"""What if the office had another policy: the current run's people under several policies, side by side. Writes nothing.

A question stands in the address of its page, all of it coded: policies by id or preset, moved options by line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.http import QueryDict

from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.records.models import Subject
from clearmyrecord.runs import evaluation, policy_text
from clearmyrecord.runs.models import Policy, Run
from clearmyrecord.runs.prepared import Gathered
from eligibility import policy as engine
from eligibility.compare import GAINS, LOSES, Comparison, Difference, Figures, Group, compare
from eligibility.rules import RULES

MOST_POLICIES = 6
"""Policies side by side; more than a page can show."""

STAND_IN = "to be given before it is signed"
"""Stands for the authority of moved options while nothing but figures is asked."""

BARS = ("dismiss", "redesignate", "resentence", "hand_review", "not_eligible")
WIDTH = 1000
"""Of a bar's drawing, in its own units."""


@dataclass(frozen=True)
class Choice:
    """A policy that can be chosen: its code in the address, its words, its text."""

    code: str
    label: str
    text: str
    policy: Policy | None = None


def choices(policies: Sequence[Policy]) -> dict[str, Choice]:
    """The office's policies and, where none of them has the same text, the presets; by code."""
    found = {
        str(each.pk): Choice(str(each.pk), str(each), each.text, each) for each in policies if not each.discarded_at
    }
    known = {each.text for each in found.values()}
    for name in engine.presets():
        preset = engine.load(name)
        if preset.text not in known:
            found[f"preset:{name}"] = Choice(f"preset:{name}", f"{preset.title} (preset)", preset.text)
    return found


@dataclass(frozen=True)
class Question:
    """What is asked: the policies beside the run's own, and the options of `base` as they were moved."""

    beside: tuple[Choice, ...]
    base: Choice
    given: dict[str, Any]
    moves: tuple[tuple[str, str], ...]  # sentences that were moved: marks and words, as in `policy_text.compared`

    @property
    def moved_text(self) -> str:
        return policy_text.written(self.given)


def question(asked: QueryDict, run: Run, known: Mapping[str, Choice]) -> Question:
    """Read the address. Raises Invalid for what no page of ours sends."""
    own = str(run.policy_id)
    base = known.get(asked.get("base") or own)
    if base is None or any(code not in known for code in asked.getlist("policy")):
        raise Invalid("One of these policies is not there any more. Open What if? again.")
    beside = [known[code] for code in dict.fromkeys(asked.getlist("policy")) if code != own]
    given = policy_text.parsed(base.text)
    if asked.get("moved"):
        given["line"] = [_moved(line, place, asked) for place, line in enumerate(given["line"], start=1)]
    moves = (
        [] if given == policy_text.parsed(base.text) else policy_text.compared(base.text, policy_text.written(given))
    )
    return Question(tuple(beside[: MOST_POLICIES - 2]), base, given, tuple(each for each in moves if each[0] != " "))


def _moved(line: Mapping[str, Any], place: int, asked: QueryDict) -> dict[str, Any]:
    """A line with its options as the form has them: on or off, numbers, what follows."""
    moved = dict(line)
    if f"on-{place}" not in asked:
        moved["on"] = False
    elif not moved.get("on", True):
        del moved["on"]
    outcome = asked.get(f"outcome-{place}", str(line["outcome"]))
    if outcome != line["outcome"]:
        moved["outcome"] = outcome
        for key in ("question", "ask"):
            moved.pop(key, None)
    for name, kind in RULES[str(line["rule"])].parameters.items():
        if kind in policy_text.NUMBERS and f"{name}-{place}" in asked:
            moved[name] = policy_text.number_of(asked.get(f"{name}-{place}", "").strip(), kind)
    return moved


def faults(asked: Question) -> list[policy_text.Fault]:
    """What keeps the moved options from being tried; a missing authority does not."""
    return policy_text.faults(_for_figures(asked.given)) if asked.moves else []


def _for_figures(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**given, "authority": given.get("authority") or STAND_IN}


@dataclass(frozen=True)
class SideShown:
    """One policy's figures and bars; `difference` is what changes from the run's policy, None for that itself."""

    place: int
    label: str
    side: Figures
    bars: tuple[tuple[str, float, float, int], ...]  # outcome, from, width, number
    people_bar: float
    difference: Difference | None
    groups: tuple[tuple[str, Group], ...]  # by key


def answer(run: Run, gathered: Gathered, asked: Question) -> tuple[list[SideShown], Comparison]:
    """Everybody of the run under each policy; the run's own policy first."""
    labels = [f"{run.policy} (the run in use)", *(each.label for each in asked.beside)]
    texts = [run.policy.text, *(each.text for each in asked.beside)]
    if asked.moves:
        labels.append(f"{asked.base.label}, with the options moved")
        texts.append(policy_text.written(_for_figures(asked.given)))
    found = compare(
        gathered.history,
        [evaluation.engine_policy(text) for text in texts],
        county=run.county,
        as_of=run.as_of,
        stated=gathered.stated(),
    )
    most = max([1, *(each.impact.convictions for each in found.sides)])
    most_people = max([1, *(each.impact.people for each in found.sides)])
    shown = []
    for place, (label, side, difference) in enumerate(
        zip(labels, found.sides, (None, *found.differences), strict=True)
    ):
        groups = tuple((key_of(each), each) for each in difference.groups) if difference else ()
        people_bar = WIDTH * side.impact.people_with_relief / most_people
        shown.append(SideShown(place, label, side, _bars(side, most), people_bar, difference, groups))
    return shown, found


def _bars(side: Figures, most: int) -> tuple[tuple[str, float, float, int], ...]:
    bars, start = [], 0.0
    for outcome in BARS:
        number = side.impact.by_outcome.get(outcome, 0)
        width = WIDTH * number / most
        bars.append((outcome, round(start, 1), round(width, 1), number))
        start += width
    return tuple(bars)


def key_of(group: Group) -> str:
    """A short code of a group of changes, the same for the same change."""
    said = (
        *(group.outcome_before, group.rule_before, group.reason_before),
        *(group.outcome_after, group.rule_after, group.reason_after),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class ChangedConviction:
    """A conviction whose outcome differs between two policies. `conviction` is None if it has none known by now."""

    conviction: int | None
    code_section: str
    convicted_on: Any
    outcome_before: str
    reason_before: str
    outcome_after: str
    reason_after: str


def changes(shown: SideShown, key: str) -> tuple[str, pa.Table]:
    """The rows of a group, or of all who gain or lose ("gains", "loses"), and words for them. Raises NotFound."""
    if shown.difference is None:
        raise NotFound("The run's own policy changes nothing.")
    table = shown.difference.table
    if key in (GAINS, LOSES):
        return f"Who {key} under {shown.label}", table.filter(pc.equal(table["direction"], key))
    for known, group in shown.groups:
        if known == key:
            chosen = pa.array([True] * table.num_rows)
            for name in ("outcome", "rule", "reason"):
                for when in ("before", "after"):
                    chosen = pc.and_(chosen, pc.equal(table[f"{name}_{when}"], getattr(group, f"{name}_{when}")))
            return (
                f"Who {'changes' if group.direction == 'neither' else group.direction} under {shown.label}",
                table.filter(chosen),
            )
    raise NotFound("Nobody changes in this way any more. Go back to the figures.")


def people_of(table: pa.Table) -> list[int]:
    """The people of these rows, each once, by their internal number."""
    return sorted(set(table["person"].to_pylist()))


def by_person(
    table: pa.Table, people: Sequence[int], gathered: Gathered
) -> list[tuple[Subject, list[ChangedConviction]]]:
    """These people with their convictions in the table."""
    known = {(each.source, each.row): each.conviction for each in gathered.convictions}
    theirs: dict[int, list[ChangedConviction]] = {person: [] for person in people}
    for row in table.filter(pc.is_in(table["person"], pa.array(list(people), pa.int64()))).to_pylist():
        theirs[row["person"]].append(
            ChangedConviction(
                conviction=known.get((row["source"], row["row"])),
                code_section=row["code_section"] or "section not readable",
                convicted_on=row["conviction_date"],
                outcome_before=row["outcome_before"],
                reason_before=row["reason_before"],
                outcome_after=row["outcome_after"],
                reason_after=row["reason_after"],
            )
        )
    subjects = Subject.objects.in_bulk(list(people))
    return [(subjects[person], theirs[person]) for person in people if person in subjects]
