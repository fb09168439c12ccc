"""Two accounts of one conviction, under two policies or of two times: what answered differently, and whose doing it is.

Reads traces alone, so it needs neither records nor the engine's walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eligibility.policy import Line, Policy

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What a run found for one conviction and how: the deciding rule, a letter per line, the hash of what they saw."""

    outcome: str
    rule: str
    trace: str
    facts_hash: str


@dataclass(frozen=True)
class TwoPolicies:
    """The policies that two accounts were made under, line beside line."""

    before: Policy
    after: Policy

    @cached_property
    def tests(self) -> Pairs:
        """Places of the lines that ask the same: equal rule and parameters, each line once."""
        return _alike(self.before.lines, self.after.lines, _test)

    @cached_property
    def lines(self) -> Pairs:
        """Places of the lines that ask the same and where the same follows."""
        return _alike(self.before.lines, self.after.lines, _line)

    @cached_property
    def same(self) -> bool:
        """Whether the two decide everything alike, whatever they are called."""
        whole = len(self.lines) == len(self.before.lines) == len(self.after.lines)
        return whole and self._in_order and self._see_alike

    @cached_property
    def _in_order(self) -> bool:
        places = [after for _, after in self.lines]
        return places == sorted(places)

    @cached_property
    def _see_alike(self) -> bool:
        """Whether equal lines look at the record alike and the law's relief is the same."""
        return all(
            getattr(self.before, name) == getattr(self.after, name) for name in ("families", "when_unproven", "relief")
        )

    def answered_otherwise(self, before: Account, after: Account) -> Pairs:
        """Places of the lines that ask the same and answered differently, as far as either decision got."""
        old_reached, new_reached = _reached(self.before, before), _reached(self.after, after)
        return tuple(
            (old, new)
            for old, new in self.tests
            if before.trace[old] != after.trace[new] and (old in old_reached or new in new_reached)
        )

    def saw_otherwise(self, before: Account, after: Account) -> bool:
        """Whether the lines up to the deciding one looked at other values; False where that cannot be told."""
        if before.facts_hash == after.facts_hash:
            return False
        return _looked_at(self.before, before) == _looked_at(self.after, after)

    def policy_had_a_part(self, before: Account, after: Account) -> bool:
        """Whether something that only one of the policies has bore on either decision."""
        if self.same:
            return False
        if not (self._in_order and self._see_alike):
            return True
        common_before, common_after = ({pair[side] for pair in self.lines} for side in (0, 1))
        return _bore(self.before, before, common_before) or _bore(self.after, after, common_after)


def deciding_place(policy: Policy, account: Account) -> int | None:
    """Place of the line that decided; None where none did, which the engine names by a rule of its own."""
    place = account.trace.find("y")
    return place if place >= 0 and policy.lines[place].rule.id == account.rule else None


def _test(line: Line) -> tuple[Any, ...]:
    return line.rule.id, line.parameters


def _line(line: Line) -> tuple[Any, ...]:
    return line.rule.id, line.parameters, line.outcome, line.question_kind


def _alike(before: tuple[Line, ...], after: tuple[Line, ...], what: Any) -> Pairs:
    left = list(range(len(after)))
    pairs = []
    for old, line in enumerate(before):
        new = next((place for place in left if what(after[place]) == what(line)), None)
        if new is not None:
            left.remove(new)
            pairs.append((old, new))
    return tuple(pairs)


def _reached(policy: Policy, account: Account) -> range:
    """Places of the lines up to the deciding one; all of them where none decided."""
    place = deciding_place(policy, account)
    return range(len(policy.lines) if place is None else place + 1)


def _looked_at(policy: Policy, account: Account) -> list[str]:
    """The facts of the lines up to the first that held, in order: what the hash is made of."""
    first = account.trace.find("y")
    reached = policy.lines[: first + 1] if first >= 0 else policy.lines
    return list(dict.fromkeys(name for line in reached for name in line.rule.looks_at))


def _bore(policy: Policy, account: Account, common: set[int]) -> bool:
    """Whether a line that the other policy hasn't held, or was left open, before or where it was decided."""
    return any(account.trace[place] in "yu" for place in _reached(policy, account) if place not in common)
