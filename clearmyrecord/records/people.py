"""Who the subjects of a newly read file are: known ones, new ones, and new ones that may be known ones.

Across files a CII number is the person, a SUBJECT_ID never: it is the running number of one request to the DOJ. A
missing CII number, or one number with two birth dates or under two SUBJECT_IDs, merges nobody: a suggestion asks.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from clearmyrecord.records.copying import clip, copy
from clearmyrecord.records.models import Subject, Suggestion
from clearmyrecord.records.newest import NEWEST_FIRST

TWO_IDS = "One file has this CII number under two SUBJECT_IDs."
TWO_BIRTH_DATES = "The same CII number with two birth dates."
STILL_ASKED = "The same CII number as subjects about whom a suggestion is open or was refused."
NO_CII = "The same name and birth date; one of them has no CII number."


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject as the new file shows them."""

    number: int
    subject_id: str
    cii_number: str
    name: str
    birth_date: date | None
    deceased: bool
    registered: bool

    @property
    def search_name(self) -> str:
        return search_name(self.name)


@dataclass(frozen=True, slots=True)
class Known:
    """A subject that stands in the database."""

    pk: int
    cii_number: str
    search_name: str
    birth_date: date | None
    person: int


@dataclass(slots=True)
class Joining:
    """For each entry the known subject it is (or None for a new one), and who may be whom."""

    known: list[int | None] = field(default_factory=list)
    suggestions: list[tuple[int, int | None, int | None, str]] = field(default_factory=list)
    """(entry, other entry or None, other subject's id or None, why)"""


def search_name(name: str) -> str:
    """A name as it is searched for: capitals without accents, letters and digits only, one blank between words."""
    plain = unicodedata.normalize("NFKD", name).upper()
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())[:200]


def known_subjects(entries: Sequence[Entry]) -> list[Known]:
    """Every subject that an entry could be: the same CII number, or the same name and birth date."""
    columns = "s.id, s.cii_number, s.search_name, s.birth_date, COALESCE(s.same_as_id, s.id)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM records_subject s WHERE s.cii_number = ANY(%s) AND s.cii_number <> ''"  # noqa: S608
            f" UNION SELECT {columns} FROM records_subject s"
            " JOIN unnest(%s::text[], %s::date[]) AS e(name, born) ON s.search_name = e.name AND s.birth_date = e.born"
            " ORDER BY 1",
            [
                [entry.cii_number for entry in entries],
                [entry.search_name for entry in entries],
                [entry.birth_date for entry in entries],
            ],
        )
        return [Known(*row) for row in cursor.fetchall()]


def open_subject_suggestions() -> set[int]:
    """Ids of the subjects about whom a suggestion is open."""
    pairs = Suggestion.objects.filter(kind=Suggestion.Kind.SUBJECT, state=Suggestion.State.OPEN)
    return {subject for pair in pairs.values_list("first_id", "second_id") for subject in pair}


def join(entries: Sequence[Entry], known: Sequence[Known], in_question: set[int]) -> Joining:
    """Settle who the entries are. `in_question`: subjects about whom a suggestion is open."""
    by_cii: dict[str, list[Known]] = defaultdict(list)
    by_name: dict[tuple[str, date | None], list[Known]] = defaultdict(list)
    for subject in known:
        if subject.cii_number:
            by_cii[subject.cii_number].append(subject)
        by_name[subject.search_name, subject.birth_date].append(subject)
    seen_cii: dict[str, int] = {}
    seen_name: dict[tuple[str, date | None], list[int]] = defaultdict(list)
    result = Joining()
    for place, entry in enumerate(entries):
        one, asked = _by_number(entry, by_cii.get(entry.cii_number, []), seen_cii, in_question)
        result.known.append(one)
        result.suggestions += [(place, other, pk, why) for other, pk, why in asked]
        name = (entry.search_name, entry.birth_date)
        if one is None and entry.search_name and entry.birth_date is not None:
            people = {
                other.person: other for other in reversed(by_name[name]) if not other.cii_number or not entry.cii_number
            }
            result.suggestions += [(place, None, other.pk, NO_CII) for other in people.values()]
            result.suggestions += [
                (place, other, None, NO_CII)
                for other in seen_name[name]
                if result.known[other] is None and not (entries[other].cii_number and entry.cii_number)
            ]
        seen_name[name].append(place)
        if entry.cii_number:
            seen_cii.setdefault(entry.cii_number, place)
    return result


def _by_number(
    entry: Entry, same_number: Sequence[Known], seen: dict[str, int], in_question: set[int]
) -> tuple[int | None, list[tuple[int | None, int | None, str]]]:
    """The known subject with the entry's CII number, or None and whom to ask about."""
    if not entry.cii_number:
        return None, []
    persons = {subject.person for subject in same_number}
    confirmed = len(same_number) > 1 and len(persons) == 1
    if entry.cii_number in seen and not confirmed:
        return None, [(seen[entry.cii_number], None, TWO_IDS)]
    if not same_number:
        return None, []
    births = {subject.birth_date for subject in same_number} - {None}
    if len(persons) == 1:
        if entry.birth_date is None or not births or entry.birth_date in births:
            return min(persons), []
        return None, [(None, same_number[0].pk, TWO_BIRTH_DATES)]
    answered = not any(subject.pk in in_question for subject in same_number)
    born_then = {s.person for s in same_number if entry.birth_date is not None and s.birth_date == entry.birth_date}
    if answered and len(born_then) == 1:
        return min(born_then), []
    return None, [(None, same_number[0].pk, STILL_ASKED)]


def add_subjects(entries: Sequence[Entry], ids: Sequence[int]) -> None:
    """Write new subjects under the given ids."""

    columns = ("id", "cii_number", "name", "birth_date", "search_name", "deceased", "registered")
    rows = (
        (pk, clip(e.cii_number, 20), clip(e.name, 200), e.birth_date, e.search_name, e.deceased, e.registered)
        for pk, e in zip(ids, entries, strict=True)
    )
    copy(Subject, columns, rows)


def renew_subjects(entries: Sequence[Entry], ids: Sequence[int], file_id: int) -> None:
    """Give known subjects what the file says: name and birth date unless a newer file does, the marks in any case."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE records_subject s
               SET name = CASE WHEN newest.id = %(file)s AND e.name <> '' THEN e.name ELSE s.name END,
                   search_name = CASE WHEN newest.id = %(file)s AND e.name <> '' THEN e.search_name
                                      ELSE s.search_name END,
                   birth_date = CASE WHEN newest.id = %(file)s THEN COALESCE(e.born, s.birth_date)
                                     ELSE COALESCE(s.birth_date, e.born) END,
                   deceased = s.deceased OR e.deceased,
                   registered = s.registered OR e.registered
              FROM unnest(%(ids)s::bigint[], %(names)s::text[], %(search)s::text[], %(births)s::date[],
                          %(deceased)s::bool[], %(registered)s::bool[])
                   AS e(id, name, search_name, born, deceased, registered),
                   LATERAL (SELECT f.id FROM records_filesubject fs JOIN records_recordfile f ON f.id = fs.file_id
                             WHERE fs.subject_id = e.id AND f.set_aside_at IS NULL
                             ORDER BY {NEWEST_FIRST} LIMIT 1) newest
             WHERE s.id = e.id
            """,  # noqa: S608
            {
                "file": file_id,
                "ids": list(ids),
                "names": [clip(entry.name, 200) for entry in entries],
                "search": [entry.search_name for entry in entries],
                "births": [entry.birth_date for entry in entries],
                "deceased": [entry.deceased for entry in entries],
                "registered": [entry.registered for entry in entries],
            },
        )
