"""Race and gender as the newest record file tells them of each person; for figures, kept nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.storage import default_storage
from django.db.models.functions import Coalesce

from clearmyrecord.records.models import FileSubject, RecordFile
from clearmyrecord.records.rows import NOBODY, key_of

GENDERS = {"M": "Male", "F": "Female", "X": "Nonbinary"}
COLUMNS = ("number", "RACE_DESCR", "GENDER")


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says; empty where it says nothing."""

    race: str
    gender: str


def told_of_people() -> dict[int, Told]:
    """By person (subjects confirmed to be one are one). A newer file's words go before an older one's."""
    found: dict[int, Told] = {}
    for file in RecordFile.objects.filter(set_aside_at=None, work_state="done").order_by("uploaded_at", "pk"):
        key = key_of(file)
        if not default_storage.exists(key):
            continue
        told = dict(_told_in(key))
        people = FileSubject.objects.filter(file=file).annotate(person=Coalesce("subject__same_as", "subject"))
        found |= {person: told[number] for person, number in people.values_list("person", "number") if number in told}
    return found


@lru_cache(maxsize=8)
def _told_in(key: str) -> tuple[tuple[int, Told], ...]:
    """By subject number of the file, which never changes: the first words that a row of the subject has."""
    with default_storage.open(key) as stream:
        if not set(COLUMNS) <= set(pq.read_schema(stream).names):
            return ()
        table = pq.read_table(stream, columns=list(COLUMNS))
    first: dict[int, Told] = {}
    table = table.filter(pc.not_equal(table["number"], NOBODY)).group_by(list(COLUMNS)).aggregate([])
    for number, race, gender in zip(*(table[name].to_pylist() for name in COLUMNS), strict=True):
        before = first.get(number, Told("", ""))
        sex = (gender or "").strip().upper()
        named = GENDERS.get(sex, sex.capitalize())
        first[number] = Told(before.race or (race or "").strip().capitalize(), before.gender or named)
    return tuple(first.items())
