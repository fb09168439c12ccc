"""Where people disagree with the engine, by rule and section: what the next policy version could learn from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from clearmyrecord.reviews import queries
from clearmyrecord.reviews.tallies import code_of
from clearmyrecord.runs.models import Run

REASONS_NAMED = 3
Group = tuple[str, str, str, str]
"""Rule, reason, outcome and section of a group of determinations."""


@dataclass
class Disagreement:
    """The determinations that one rule gave one outcome in one section, and what people made of them.

    `decided` were accepted or overridden; `otherwise` of them were overridden to another outcome.
    """

    rule: str
    reason: str
    outcome: str
    section: str
    determinations: int
    decided: int
    otherwise: int
    to: Counter[str] = field(default_factory=Counter)
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def instead(self) -> list[tuple[str, int]]:
        """The outcomes they were decided to, the commonest first."""
        return self.to.most_common()

    @property
    def rate(self) -> float | None:
        """Of those decided, how many percent otherwise; None while none is decided."""
        return 100 * self.otherwise / self.decided if self.decided else None

    @property
    def asked(self) -> dict[str, str]:
        """The queue's filter that leaves the overridden ones."""
        codes = {name: code_of(name, getattr(self, name)) for name in ("rule", "reason", "section")}
        return {**codes, "state": "overridden"}


def disagreements(run: Run) -> list[Disagreement]:
    """The run's groups in which somebody was asked or decided, those most often decided otherwise first; two queries.

    What was left to a person is no disagreement but shows how people decide it: there `otherwise` are all decided.
    """
    rows = queries.standing(run).order_by()
    counted = rows.values_list("rule", "reason", "outcome", "conviction__prop64").annotate(
        determinations=Count("pk"),
        decided=Count("pk", filter=~Q(review_state="open")),
        otherwise=Count("pk", filter=Q(the_override__isnull=False) & ~Q(standing_outcome=F("outcome"))),
    )
    found: dict[Any, Disagreement] = {line[:4]: Disagreement(*line) for line in counted}
    reasons: dict[Group, Counter[str]] = defaultdict(Counter)
    overridden = rows.filter(the_override__isnull=False).exclude(standing_outcome=F("outcome"))
    for *group, to, words, number in overridden.values_list(
        "rule", "reason", "outcome", "conviction__prop64", "standing_outcome", "override_reason"
    ).annotate(number=Count("pk")):
        key: Any = tuple(group)
        found[key].to[to] += number
        reasons[key][words] += number
    for key, words_of in reasons.items():
        found[key].reasons = words_of.most_common(REASONS_NAMED)
    decided = [each for each in found.values() if each.decided]
    return sorted(decided, key=lambda each: (-each.otherwise, -each.decided, each.rule, each.reason, each.section))
