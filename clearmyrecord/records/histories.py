"""One person's whole history in one query: what several record files say alike is told once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Event, Subject
from clearmyrecord.records.newest import newest_first

LIFE = "life"

_PART = re.compile(r"^(?:(?P<where>.*) )?(?:(?P<length>\d{1,5}) (?P<unit>days|months|years)|(?P<life>life))$")
"""A part of a sentence as `loading.sentences_in_words` writes it."""


@dataclass(frozen=True, slots=True)
class SentencePart:
    """One part of a sentence: years, months or days; life; or a length that can't be read (`unit` is empty)."""

    words: str
    length: int
    unit: str


@dataclass(frozen=True, slots=True)
class Count:
    """What the newest file says of one count."""

    row: int
    convicted: bool
    conviction_id: int | None
    code_section: str
    section_text: str
    severity: str
    disposition: str
    sentence: str
    comment: str


@dataclass
class Step:
    """One step of a cycle. `seen_in`: each file and row that has it, the newest file first."""

    cycle_key: str
    cycle: str
    day: date | None
    type: str
    agency: str
    county: str
    counts: list[Count] = field(default_factory=list)
    seen_in: list[tuple[str, int]] = field(default_factory=list)


def whole_person(user: User, pk: int) -> tuple[Subject, list[int]]:
    """A subject, and the ids of every subject confirmed to be this person, ascending. One query.

    Raises NotFound where there is none, or none that the user may know of.
    """
    person = Subject.objects.filter(pk=pk).values_list(Coalesce("same_as_id", "pk"))[:1]
    found = Subject.objects.filter(Q(pk__in=person) | Q(same_as_id__in=person)) if user.role in READERS else ()
    subjects = {subject.pk: subject for subject in found}
    if pk not in subjects:
        raise NotFound("There is no such subject.")
    return subjects[pk], sorted(subjects)


def sentence_parts(sentence: str) -> list[SentencePart]:
    """The parts of a reading's sentence. One without a readable length is kept as such; none is guessed."""
    parts = []
    for words in filter(None, sentence.split(", ")):
        found = _PART.match(words)
        if found is None:
            parts.append(SentencePart(words, 0, ""))
        elif found["life"]:
            parts.append(SentencePart(words, 0, LIFE))
        else:
            parts.append(SentencePart(words, int(found["length"]), found["unit"]))
    return parts


_COUNT = (
    "row", "convicted", "conviction_id", "code_section", "section_text", "severity", "disposition", "sentence",
    "comment",
)  # fmt: skip
_STEP = ("pk", "cycle", "date", "type", "agency", "county", "row", "file_subject_id", "file_subject__file__name")


def steps_of(subject_ids: Sequence[int]) -> list[Step]:
    """Everything the files say of a person, by date, what has none last. One query.

    A step of an older file that a newer one has too (same date, type and agency) is told once, as the newer one says,
    with the convictions that only the older one shows; two alike in one file stay two.
    """
    rows = (
        Event.objects.filter(file_subject__subject__in=subject_ids, file_subject__file__set_aside_at=None)
        .order_by(*newest_first("file_subject__file__"), "file_subject_id", "row", "pk", "readings__row")
        .values_list(*_STEP, *(f"readings__{name}" for name in _COUNT))
    )
    events: dict[int, tuple[dict[str, Any], list[Count]]] = {}
    for row in rows:
        said = dict(zip(_STEP, row, strict=False))
        _, counts = events.setdefault(said["pk"], (said, []))
        count = Count(*row[len(_STEP) :])
        if count.row is not None:  # an event without a count
            counts.append(count)
    return sorted(_told_once(events.values()), key=lambda step: (step.day is None, step.day or date.min))


def _told_once(events: Any) -> list[Step]:
    known: dict[tuple[Any, ...], Step] = {}
    occurred: dict[tuple[Any, ...], int] = defaultdict(int)
    for said, counts in events:
        what = (said["date"], said["type"], said["agency"])
        if said["date"] is None:  # no day tells two apart: only what they say does
            what += tuple((count.section_text, count.disposition) for count in counts)
        source = (said["file_subject_id"], *what)
        occurred[source] += 1
        step = known.get((*what, occurred[source]))
        if step is None:
            key = f"{said['file_subject_id']}-{said['cycle'] or said['row']}"
            step = Step(key, said["cycle"], said["date"], said["type"], said["agency"], said["county"], counts)
            known[*what, occurred[source]] = step
        else:
            shown = {count.conviction_id for count in step.counts}
            step.counts += [count for count in counts if count.convicted and count.conviction_id not in shown]
        step.seen_in.append((said["file_subject__file__name"], said["row"]))
    return list(known.values())
