"""Everything that people said on a conviction: decided, stated, noted; newest first, past things too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from clearmyrecord.reviews import outside, queries
from clearmyrecord.reviews.models import Comment, Confirmation, Ground, Opposition, Override
from clearmyrecord.runs.models import StatedFact
from eligibility.stated import STATABLE


@dataclass(frozen=True)
class Said:
    """One thing that somebody decided, stated or noted on a conviction.

    `kind` is override, confirmation, ground, opposition, fact or comment; `what` the outcome, verdict, ground, decision
    or fact, `value` the fact's; `why` the reason, authority, facts relied on, source or the comment itself. It stands
    while `ended` is None.
    """

    kind: str
    at: datetime
    by: str
    what: str
    value: str
    why: str
    ended: datetime | None
    withdrawn_reason: str

    @property
    def words(self) -> str:
        if self.kind in SAID_BY:
            return f"{SAID_BY[self.kind]}: {self.what.replace('_', ' ')}"
        return f"Ground: {outside.says(self.what)}" if self.kind == "ground" else f"Stated: {self.label}: {self.value}"

    @property
    def label(self) -> str:
        return STATABLE[self.what].label if self.what in STATABLE else self.what

    @property
    def because(self) -> str:
        return self.withdrawn_reason or self.why

    @property
    def stands(self) -> bool:
        return self.ended is None


SAID_BY = {"override": "Override", "confirmation": "Second person", "opposition": "Attorney’s decision"}

_SAID = {
    "confirmation": (Confirmation, {"at": "at", "who": "by", "what": "verdict", "why": "reason"}),
    "opposition": (Opposition, {"at": "decided_at", "who": "attorney", "what": "decision", "why": "facts"}),
    "override": (Override, {"at": "made_at", "who": "author", "what": "outcome", "why": "reason"}),
    "ground": (Ground, {"at": "chosen_at", "who": "attorney", "what": "ground", "why": "authority"}),
    "fact": (StatedFact, {"at": "stated_at", "who": "author", "what": "fact", "why": "source"}),
    "comment": (Comment, {"at": "at", "who": "author", "what": "", "why": "text"}),
}


def on(conviction_id: int) -> list[Said]:
    """Overrides, grounds, stated facts and comments on a conviction, newest first, past ones too; one query."""
    parts = [_part(kind, model, names, conviction_id) for kind, (model, names) in _SAID.items()]
    return sorted((Said(*row) for row in parts[0].union(*parts[1:], all=True)), key=lambda each: each.at, reverse=True)


def _part(kind: str, model: type[Model], names: dict[str, str], conviction_id: int) -> QuerySet[Any, Any]:
    is_fact, ends = kind == "fact", kind != "comment"
    nothing = Cast(Value(""), TextField())
    return (
        model._default_manager.filter(conviction_id=conviction_id)
        .order_by()
        .values_list(
            Value(kind),
            F(names["at"]),
            queries.name_of(names["who"]),
            Cast(names["what"], TextField()) if names["what"] else nothing,
            Cast("value", TextField()) if is_fact else nothing,
            Cast(names["why"], TextField()),
            F("superseded_at") if ends else Value(None, output_field=DateTimeField()),
            F("withdrawn_reason") if is_fact else nothing,
        )
    )
