"""What would happen to a selection of the queue, in numbers, before it happens."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clearmyrecord.among import among
from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office.models import User
from clearmyrecord.reviews import overriding, queries
from clearmyrecord.runs.models import Determination

Groups = list[tuple[str, str, int]]


@dataclass(frozen=True)
class Preview:
    """`ids`: determinations it would be done to, in `groups` (outcome, route, number); `left_alone`: reason, number.

    `seen`: see `seen_hash`.
    """

    ids: list[int]
    seen: str
    groups: Groups
    people: int
    not_decided_yet: int
    left_alone: list[tuple[str, int]]

    @property
    def joined(self) -> str:
        return ",".join(map(str, self.ids))


def read_ids(text: str) -> list[int]:
    """Ids as a form carries them, joined by commas. Raises Invalid for anything else."""
    try:
        return [int(each) for each in text.split(",") if each]
    except ValueError:
        raise Invalid("The selection can't be read. Go back and select again.") from None


def rows_of(ids: list[int]) -> list[Any]:
    """These rows of the current run. Raises Conflict if one of them stands no more."""
    rows = list(queries.standing().filter(pk__in=among(ids)).order_by("pk"))
    if not ids:
        raise Invalid("Nothing is selected. Tick the convictions first.")
    if len(rows) != len(set(ids)):
        raise Conflict("Some of these were determined again while you had the list open. Reload it and select again.")
    return rows


def seen_hash(rows: Iterable[Any]) -> str:
    """SHA-256 of rows and of what people had decided on them: whether what is done is what was shown."""
    decided = sorted((row.pk, row.review_state, row.override_id or 0, row.needs_confirmation) for row in rows)
    return hashlib.sha256(repr(decided).encode()).hexdigest()


def _preview(rows: list[Any], left_alone: Counter[str]) -> Preview:
    groups = Counter((row.standing_outcome, row.route) for row in rows)
    return Preview(
        ids=[row.pk for row in rows],
        seen=seen_hash(rows),
        groups=[(outcome, route, number) for (outcome, route), number in sorted(groups.items())],
        people=len({row.conviction.subject.same_as_id or row.conviction.subject_id for row in rows}),
        not_decided_yet=sum(row.review_state == "open" for row in rows),
        left_alone=sorted(left_alone.items()),
    )


def everything(rows: list[Any]) -> Preview:
    """The selection as it is."""
    return _preview(rows, Counter())


def accepting(rows: list[Any]) -> Preview:
    """What accepting would do: hand reviews and what is decided already are left alone."""
    left_alone: Counter[str] = Counter()
    taken = []
    for row in rows:
        if row.outcome == "hand_review":
            left_alone["hand review: it can only be decided by an override"] += 1
        elif row.review_state != "open":
            left_alone[f"already {row.review_state}"] += 1
        else:
            taken.append(row)
    return _preview(taken, left_alone)


def overriding_to(rows: list[Any], wanted: overriding.Wanted, actor: User) -> Preview:
    """What overriding would do: rows it can't be done to are left alone, with the reason."""
    stated = overriding.stated_of(row.conviction_id for row in rows)
    left_alone: Counter[str] = Counter()
    taken: list[Determination] = []
    for row in rows:
        if refused := overriding.refusal(row, wanted, actor, stated[row.conviction_id]):
            left_alone[refused] += 1
        else:
            taken.append(row)
    return _preview(taken, left_alone)
