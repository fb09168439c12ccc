"""What would happen to a selection of the queue, in numbers, before it happens."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearmyrecord.among import among
from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office.models import User
from clearmyrecord.reviews import overriding, queries
from clearmyrecord.reviews.tallies import Rows, Tally

Groups = list[tuple[str, str, int]]
CHANGED = "Some of these were determined again while you had the list open. Reload it and select again."
NOTHING = "Nothing is selected. Tick the convictions first."


@dataclass(frozen=True)
class Preview:
    """`ids`: determinations it would be done to, in `groups` (outcome, route, number); `left_alone`: reason, number.

    `seen`: where an earlier decision may be replaced, which ones were shown; see `seen_hash`.
    """

    ids: list[int]
    groups: Groups
    people: int
    not_decided_yet: int
    left_alone: list[tuple[str, int]]
    for_two: int = 0
    """How many would wait for a second person."""
    seen: str = ""

    @property
    def joined(self) -> str:
        return ",".join(map(str, self.ids))


def read_ids(text: str) -> list[int]:
    """Ids as a form carries them, joined by commas. Raises Invalid for anything else."""
    try:
        return [int(each) for each in text.split(",") if each]
    except ValueError:
        raise Invalid("The selection can't be read. Go back and select again.") from None


def chosen(counted: Tally, ids: list[int]) -> Rows:
    """These determinations. Raises Invalid if there are none, Conflict if one of them stands no more."""
    if not ids:
        raise Invalid(NOTHING)
    rows = counted.rows.only(np.isin(counted.rows.determination, ids))
    if len(rows.line) != len(set(ids)):
        raise Conflict(CHANGED)
    return rows


def everything(counted: Tally, rows: Rows) -> Preview:
    """The selection as it is."""
    if not len(rows.line):
        raise Invalid(NOTHING)
    return _preview(counted, rows, {})


def accepting(counted: Tally, rows: Rows) -> Preview:
    """What accepting would do: what is decided already and hand reviews are left alone."""
    state = counted.values("state", rows)
    by_hand = (counted.values("outcome", rows) == "hand_review") & (state == "open")
    left_alone = {f"already {words}": number for words, number in Counter(state[state != "open"].tolist()).items()}
    if by_hand.any():
        left_alone["hand review: it can only be decided by an override"] = int(by_hand.sum())
    return _preview(counted, rows.only(~by_hand & (state == "open")), left_alone)


def _preview(counted: Tally, rows: Rows, left_alone: Mapping[str, int]) -> Preview:
    pairs = zip(counted.values("outcome", rows).tolist(), counted.values("route", rows).tolist(), strict=True)
    return Preview(
        ids=rows.determination.tolist(),
        groups=_grouped(pairs),
        people=len(np.unique(rows.person)),
        not_decided_yet=int((counted.values("state", rows) == "open").sum()),
        left_alone=sorted(left_alone.items()),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> Groups:
    return [(outcome, route, number) for (outcome, route), number in sorted(Counter(pairs).items())]


def overriding_to(ids: list[int], wanted: overriding.Wanted, actor: User) -> Preview:
    """What overriding would do: rows it can't be done to are left alone, with the reason.

    Raises Invalid if there are none, Conflict if one of them stands no more.
    """
    if not ids:
        raise Invalid(NOTHING)
    rows = list(queries.lean(queries.standing()).filter(pk__in=among(ids)).order_by("pk"))
    if len(rows) != len(set(ids)):
        raise Conflict(CHANGED)
    stated = overriding.stated_of(row.conviction_id for row in rows)
    left_alone: Counter[str] = Counter()
    taken: list[Any] = []
    for row in rows:
        if refused := overriding.refusal(row, wanted, actor, stated[row.conviction_id]):
            left_alone[refused] += 1
        else:
            taken.append(row)
    return Preview(
        ids=[row.pk for row in taken],
        groups=_grouped((row.standing_outcome, row.route) for row in taken),
        people=len({row.conviction.subject.same_as_id or row.conviction.subject_id for row in taken}),
        not_decided_yet=sum(row.review_state == "open" for row in taken),
        left_alone=sorted(left_alone.items()),
        for_two=sum(overriding.takes_two(row, wanted.outcome) for row in taken),
        seen=seen_hash(taken),
    )


def seen_hash(rows: Iterable[Any]) -> str:
    """SHA-256 of rows and of what people had decided on them: whether what is done is what was shown."""
    decided = sorted(
        (row.pk, row.review_state, row.override_id or 0, row.needs_confirmation, row.awaiting_second) for row in rows
    )
    return hashlib.sha256(repr(decided).encode()).hexdigest()
