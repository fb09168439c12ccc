"""What changed behind a decision: the facts it was made on beside those of now, one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clearmyrecord.among import among
from clearmyrecord.reviews.models import Review
from clearmyrecord.reviews.said import Said
from clearmyrecord.runs.models import Determination, StatedFact
from eligibility.stated import STATABLE

COMPARED = {
    "outcome": "Outcome",
    "route": "Route",
    "basis": "Basis",
    "sealing": "Sealing",
    "rule": "Deciding rule",
}
"""What a decision holds for; `carrying_over.fits` looks at the facts of the deciding rule as well."""

FOUND = {"new_section": "New section", "new_severity": "New severity", "sentence_ends": "End of the sentence"}
READ = {
    "section_text": "Section in the record",
    "severity": "Severity in the record",
    "date": "Conviction date in the record",
    "court_text": "Court in the record",
    "case_numbers": "Case numbers in the record",
    "disposition": "Disposition in the record",
    "sentence": "Sentence in the record",
    "comment": "Comment in the record",
}
"""Columns of a reading that a newer file may say otherwise."""


@dataclass(frozen=True)
class Change:
    """One thing, as it was when somebody decided and as it is now, in words."""

    what: str
    before: str
    now: str

    def __str__(self) -> str:
        return f"{self.what[:1].lower()}{self.what[1:]} was {self.before}, is {self.now}"


Stated = tuple[str, str, datetime, datetime | None]
"""A fact, its value, when it was stated, and when that was replaced or withdrawn."""


def since(review: Review, now: Determination, said: Iterable[Said]) -> list[Change]:
    """What changed since the decision of a review, whose determination is still the one decided on.

    `said`: everything ever said on the conviction (`said.on`).
    """
    stated = [(each.what, each.value, each.at, each.ended) for each in said if each.kind == "fact"]
    return [*between(review.determination, now), *_of_stated(stated, review.at)]


def of_all(pairs: Sequence[tuple[Review, Determination]]) -> dict[int, list[Change]]:
    """The same for many reviews, each with what the run finds now; by review, in a constant number of queries."""
    ids = among({pk for review, now in pairs for pk in (review.determination_id, now.pk)})
    held = Determination.objects.filter(pk__in=ids).select_related("reading", "run__policy").in_bulk()
    stated = _stated(review.conviction_id for review, _ in pairs)
    return {
        review.pk: [
            *between(held[review.determination_id], held[now.pk]),
            *_of_stated(stated[review.conviction_id], review.at),
        ]
        for review, now in pairs
    }


def between(before: Determination, now: Determination) -> Iterator[Change]:
    """How two determinations of a conviction differ: what was found, what the record says, what it was found by."""
    yield from _columns(before, now, COMPARED | FOUND)
    if before.reading_id != now.reading_id:
        yield from _columns(before.reading, now.reading, READ)
    for name, label in (("remarks", "Remark"), ("unknown_facts", "Unknown")):
        old, new = getattr(before, name), getattr(now, name)
        yield from (Change(label, each, "not any more") for each in old if each not in new)
        yield from (Change(label, "none", each) for each in new if each not in old)
    yield from _columns(before.run, now.run, {"policy": "Policy", "as_of": "As of"})


def _columns(before: Any, now: Any, labels: dict[str, str]) -> Iterator[Change]:
    for name, label in labels.items():
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            yield Change(label, words(old), words(new))


def words(value: object) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, date):
        return f"{value:%B} {value.day}, {value.year}"
    return str("" if value is None else value).replace("_", " ") or "none"


def _stated(conviction_ids: Iterable[int]) -> dict[int, list[Stated]]:
    """Everything ever stated on these convictions."""
    found: dict[int, list[Stated]] = defaultdict(list)
    ever = StatedFact.objects.filter(conviction__in=among(set(conviction_ids))).order_by("pk")
    for each in ever:
        found[each.conviction_id].append((each.fact, each.value, each.stated_at, each.superseded_at))
    return found


def _of_stated(facts: Iterable[Stated], decided_at: datetime) -> Iterator[Change]:
    """What was stated, corrected or withdrawn after the decision."""
    before, now = {}, {}
    for fact, value, stated_at, ended in facts:
        if stated_at <= decided_at and (ended is None or ended > decided_at):
            before[fact] = value
        if ended is None:
            now[fact] = value
    for fact in sorted(before.keys() | now.keys()):
        if before.get(fact) != now.get(fact):
            label = STATABLE[fact].label if fact in STATABLE else fact
            yield Change(f"Stated: {label}", before.get(fact, "not stated"), now.get(fact, "not stated any more"))
