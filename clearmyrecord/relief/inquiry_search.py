"""Finding the person that somebody asks about, forgiving of spelling and of dates. Suggestions; a person decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from rapidfuzz import fuzz

from clearmyrecord.records.models import Subject
from clearmyrecord.records.people import search_name

MOST_SHOWN = 20
MOST_LOOKED_AT = 5000
LEAST_LIKE = 70
"""Of 100: below this two names are not shown as alike."""
BEGINNING = 3
"""Letters of a name's part that are taken to be right, unless the birth date is."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A subject that may be meant: how alike the names are (of 100), and what the birth dates say."""

    subject: Subject
    name: int
    birth_date: str  # "the same", "day and month swapped", "one part differs", "differs", "unknown"


def alike(name: str, birth_date: date | None) -> list[Alike]:
    """Subjects who may be the one, best first. Subjects confirmed to be one person are shown once. One query."""
    wanted = search_name(name)
    if not wanted:
        return []
    near = Q()
    for part in wanted.split():
        near |= Q(search_name__startswith=part[:BEGINNING]) | Q(search_name__contains=f" {part[:BEGINNING]}")
    if birth_date is not None:
        near |= Q(birth_date__in=list(variants(birth_date)))
    found = []
    for subject in Subject.objects.filter(near, same_as=None)[:MOST_LOOKED_AT]:
        likeness = round(fuzz.token_sort_ratio(wanted, subject.search_name))
        partly = round(fuzz.token_set_ratio(wanted, subject.search_name))
        told = compared(birth_date, subject.birth_date)
        if max(likeness, partly - 5) >= (LEAST_LIKE if told != "differs" else 90):
            found.append(Alike(subject, max(likeness, partly - 5), told))
    rank = ("the same", "day and month swapped", "one part differs", "unknown", "differs")
    found.sort(key=lambda each: (-each.name + 12 * rank.index(each.birth_date), each.subject.pk))
    return found[:MOST_SHOWN]


def variants(day: date) -> Iterator[date]:
    """The day, and with day and month swapped if there is such a day."""
    yield day
    if day.day <= 12 and day.day != day.month:
        yield day.replace(month=day.day, day=day.month)


def compared(asked: date | None, known: date | None) -> str:
    """What two birth dates say of each other, in words."""
    if asked is None or known is None:
        return "unknown"
    if asked == known:
        return "the same"
    if known in set(variants(asked)):
        return "day and month swapped"
    parts = ((asked.year, known.year), (asked.month, known.month), (asked.day, known.day))
    return "one part differs" if sum(one != other for one, other in parts) == 1 else "differs"
