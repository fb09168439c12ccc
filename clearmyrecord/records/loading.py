"""From a file's History into the tables: subjects, events, readings, and the convictions they are of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import connection

from clearmyrecord.office import services as office
from clearmyrecord.office.models import Office
from clearmyrecord.records import people
from clearmyrecord.records.copying import clip, copy, lock_identities, take_ids
from clearmyrecord.records.matching import DIFFERENCES, CountFacts, match
from clearmyrecord.records.models import (
    Conviction,
    Event,
    FileSubject,
    Problem,
    Reading,
    RecordFile,
    Subject,
    Suggestion,
)
from clearmyrecord.records.newest import NEWEST_FIRST
from clearmyrecord.records.people import Entry
from clearmyrecord.records.reading import FileContent
from eligibility.records.history import History

LINKED_TWICE = "The same conviction under two linked subjects."
UNITS = {"D": "days", "M": "months", "Y": "years"}


@dataclass(frozen=True)
class Loaded:
    """What a file brought."""

    subjects_known: int
    subjects_new: int
    convictions_known: int
    convictions_new: int
    suggestion_ids: list[int]


@dataclass(frozen=True, slots=True)
class NewReading:
    """A convicted count of the new file, on its way to its conviction."""

    pk: int
    subject: int
    facts: CountFacts
    values: dict[str, Any]


def store(file: RecordFile, content: FileContent) -> Loaded:
    """Write everything a file says. Call inside the transaction that marks the file as read.

    The people and convictions of other files are joined under a lock, so that two files read at once agree on them.
    """
    lock_identities()
    entries = content.entries
    joining = people.join(entries, people.known_subjects(entries), people.open_subject_suggestions())
    subjects = _subjects(entries, joining)
    fresh = {pk for pk, known in zip(subjects, joining.known, strict=True) if known is None}
    file_subjects = _file_subjects(file, entries, subjects)
    again = [place for place, known in enumerate(joining.known) if known is not None]
    people.renew_subjects([entries[place] for place in again], [subjects[place] for place in again], file.pk)
    asked: list[tuple[str, int, int, str]] = [
        (Suggestion.Kind.SUBJECT, subjects[place], subjects[other] if other is not None else pk or 0, why)
        for place, other, pk, why in joining.suggestions
    ]
    known, new = 0, 0
    for first, history in content.histories():
        end = first + history.subjects.num_rows
        events = _events(history, file_subjects[first:end])
        readings = _readings(history, file_subjects[first:end], subjects[first:end], events)
        near, known_here, new_here = _convictions(file, readings, fresh)
        asked += near
        known, new = known + known_here, new + new_here
    for problems in content.problems:
        _problems(file, problems)
    map_court_texts()
    return Loaded(
        subjects_known=len(entries) - len(fresh),
        subjects_new=len(fresh),
        convictions_known=known,
        convictions_new=new,
        suggestion_ids=suggest(asked),
    )


def _file_subjects(file: RecordFile, entries: Sequence[Entry], subjects: Sequence[int]) -> list[int]:
    """Write the subjects as the file shows them; returns the ids."""
    ids = take_ids(FileSubject, len(entries))
    columns = ("id", "file_id", "subject_id", "number", "doj_subject_id", "name", "cii_number")
    copy(
        FileSubject,
        (*columns, "birth_date", "deceased", "registered"),
        (
            (
                *(pk, file.pk, subject, e.number, clip(e.subject_id, 40), clip(e.name, 200), clip(e.cii_number, 20)),
                *(e.birth_date, e.deceased, e.registered),
            )
            for pk, subject, e in zip(ids, subjects, entries, strict=True)
        ),
    )
    return ids


def _subjects(entries: Sequence[Entry], joining: people.Joining) -> list[int]:
    """The subject of every entry; new ones are written, in the file's order."""
    new = [entry for entry, known in zip(entries, joining.known, strict=True) if known is None]
    ids = take_ids(Subject, len(new))
    people.add_subjects(new, ids)
    fresh = iter(ids)
    return [known if known is not None else next(fresh) for known in joining.known]


def _events(history: History, file_subjects: Sequence[int]) -> list[int]:
    """Write the events; returns their ids by the history's numbers."""
    names = ("subject", "row", "cycle", "step", "date", "type", "agency", "county")
    ids = take_ids(Event, history.events.num_rows)
    columns = zip(ids, *(history.events[name].to_pylist() for name in names), strict=True)
    copy(
        Event,
        ("id", "file_subject_id", "row", "cycle", "step", "date", "type", "agency", "county"),
        (
            (pk, file_subjects[subject], row, cycle, step, day, clip(kind, 60), clip(agency, 120), clip(county, 60))
            for pk, subject, row, cycle, step, day, kind, agency, county in columns
        ),
    )
    return ids


def sentences_in_words(history: History) -> dict[int, str]:
    """Each count's sentence, its parts in the file's order: "PROBATION 3 years, JAIL 30 days"."""
    parts: dict[int, list[str]] = defaultdict(list)
    names = ("count", "location", "length_text", "length", "unit", "life")
    for count, location, text, length, unit, life in zip(
        *(history.sentences[name].to_pylist() for name in names), strict=True
    ):
        if life:
            duration = "life"
        elif length is not None:
            duration = f"{length} {UNITS.get(unit, unit)}"
        else:
            duration = " ".join(filter(None, (text, unit)))
        parts[count].append(" ".join(filter(None, (location, duration))))
    return {count: ", ".join(words) for count, words in parts.items()}


READING_TEXTS = {
    "record_id": 20, "count_order": 20, "disposition": 200, "section_text": 400, "code_section": 60, "prop64": 5,
    "severity": 12, "county": 60, "court_text": 120, "comment": 100_000,
}  # fmt: skip
"""Text columns of a reading and how long each may be."""

READING_OTHERS = ("row", "line", "convicted", "related", "severity_inferred", "date", "case_numbers")


def _readings(
    history: History, file_subjects: Sequence[int], subjects: Sequence[int], events: Sequence[int]
) -> list[NewReading]:
    """Write the readings of counts that are no convictions; returns the convicted ones, still to be joined."""
    sentences = sentences_in_words(history)
    names = ("count", "subject", "event", *READING_OTHERS, *READING_TEXTS)
    ids = take_ids(Reading, history.counts.num_rows)
    convicted: list[NewReading] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        columns = [history.counts[name].to_pylist() for name in names]
        for pk, count, subject, event, *values in zip(ids, *columns, strict=True):
            named = dict(zip(names[3:], values, strict=True))
            for name, length in READING_TEXTS.items():
                named[name] = clip(named[name], length)
            named["case_numbers"] = [clip(number, 60) for number in named["case_numbers"] or []]
            named |= {
                "id": pk,
                "file_subject_id": file_subjects[subject],
                "event_id": events[event],
                "sentence": clip(sentences.get(count), 100_000),
                "conviction_id": None,
            }
            if named["convicted"]:
                convicted.append(NewReading(pk, subjects[subject], facts_of(named), named))
            else:
                yield tuple(named[name] for name in READING_COLUMNS)

    copy(Reading, READING_COLUMNS, rows())
    return convicted


READING_COLUMNS = ("id", "file_subject_id", "event_id", "sentence", "conviction_id", *READING_OTHERS, *READING_TEXTS)


def facts_of(reading: dict[str, Any]) -> CountFacts:
    """What identifies the conviction that a reading is of."""
    return CountFacts(
        county=reading["county"],
        section=reading["code_section"] or " ".join(reading["section_text"].upper().split()),
        convicted_on=reading["date"],
        case_numbers=frozenset(reading["case_numbers"]),
        count_order=reading["count_order"],
    )


def _convictions(
    file: RecordFile, readings: Sequence[NewReading], fresh: set[int]
) -> tuple[list[tuple[str, int, int, str]], int, int]:
    """Join the readings to known convictions or make new ones. Returns suggestions, how many known, how many new."""
    by_subject: dict[int, list[NewReading]] = defaultdict(list)
    for reading in readings:
        by_subject[reading.subject].append(reading)
    known = known_convictions([subject for subject in by_subject if subject not in fresh], without_file=file.pk)
    joined: dict[int, int] = {}
    near: list[tuple[NewReading, int, str]] = []
    for subject, own in by_subject.items():
        of_subject = known.get(subject, {})
        if not of_subject:
            continue
        mine = [pk for pk, (owner, _) in of_subject.items() if owner == subject]
        facts = [reading.facts for reading in own]
        result = match(facts, [of_subject[pk][1] for pk in mine])
        joined |= {own[place].pk: mine[other] for place, other in result.pairs}
        near += [(own[place], mine[other], DIFFERENCES[which]) for place, other, which in result.near]
        paired = {place for place, _ in result.pairs}
        left = [reading for place, reading in enumerate(own) if place not in paired]
        linked = [pk for pk, (owner, _) in of_subject.items() if owner != subject]
        across = match([reading.facts for reading in left], [of_subject[pk][1] for pk in linked])
        near += [(left[place], linked[other], LINKED_TWICE) for place, other in across.pairs]
    new = [reading for reading in readings if reading.pk not in joined]
    of_new = dict(zip((reading.pk for reading in new), take_ids(Conviction, len(new)), strict=True))
    _copy_convictions(new, of_new)
    of_reading = joined | of_new
    copy(
        Reading,
        READING_COLUMNS,
        (
            tuple(
                reading.values[name] if name != "conviction_id" else of_reading[reading.pk] for name in READING_COLUMNS
            )
            for reading in readings
        ),
    )
    renew_convictions(list(joined.values()))
    if file.set_aside_at is not None:
        renew_convictions(list(of_new.values()))
    asked: list[tuple[str, int, int, str]] = [
        (Suggestion.Kind.CONVICTION, of_new[reading.pk], other, why) for reading, other, why in near
    ]
    return asked, len(joined), len(new)


def _copy_convictions(readings: Sequence[NewReading], of_new: dict[int, int]) -> None:
    names = ("county", "code_section", "prop64", "related", "severity", "case_numbers")
    copy(
        Conviction,
        ("id", "subject_id", "newest_reading_id", "section_text", "convicted_on", *names),
        (
            (
                of_new[reading.pk],
                reading.subject,
                reading.pk,
                reading.values["section_text"][:200],
                reading.values["date"],
                *(reading.values[name] for name in names),
            )
            for reading in readings
        ),
    )


def known_convictions(
    subjects: Sequence[int], *, without_file: int | None = None
) -> dict[int, dict[int, tuple[int, list[CountFacts]]]]:
    """For each subject the convictions of the person they are: id -> (whose it is, the facts of each reading).

    A conviction without readings was joined to another one and is left out; so are those with a reading in
    `without_file`, since one file tells of a conviction once.
    """
    if not subjects:
        return {}
    with connection.cursor() as cursor:
        # Tables that were just loaded have no statistics: the planner may then compare every reading with every other.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            """
            SELECT asked.id, c.subject_id, c.id, r.county, r.code_section, r.section_text, r.date, r.case_numbers,
                   r.count_order
              FROM unnest(%s::bigint[]) AS asked(id)
              JOIN records_subject s ON s.id = asked.id
              JOIN records_subject p ON COALESCE(p.same_as_id, p.id) = COALESCE(s.same_as_id, s.id)
              JOIN records_conviction c ON c.subject_id = p.id
              JOIN records_reading r ON r.conviction_id = c.id
             WHERE NOT EXISTS (SELECT FROM records_reading own
                                 JOIN records_filesubject fs ON fs.id = own.file_subject_id
                                WHERE own.conviction_id = c.id AND fs.file_id = %s)
             ORDER BY asked.id, c.id, r.id
            """,
            [list(subjects), without_file],
        )
        found: dict[int, dict[int, tuple[int, list[CountFacts]]]] = defaultdict(dict)
        for asked, owner, pk, county, section, text, day, numbers, order in cursor.fetchall():
            names = ("county", "code_section", "section_text", "date", "case_numbers", "count_order")
            facts = facts_of(dict(zip(names, (county, section, text, day, numbers, order), strict=True)))
            found[asked].setdefault(pk, (owner, []))[1].append(facts)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


def renew_convictions(ids: Sequence[int]) -> None:
    """Give convictions the facts of their newest reading, among files that are not set aside."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH newest AS (
                SELECT DISTINCT ON (r.conviction_id) r.*
                  FROM records_reading r
                  JOIN records_filesubject fs ON fs.id = r.file_subject_id
                  JOIN records_recordfile f ON f.id = fs.file_id
                 WHERE r.conviction_id = ANY(%(ids)s) AND f.set_aside_at IS NULL
                 ORDER BY r.conviction_id, {NEWEST_FIRST}, r.id
            )
            UPDATE records_conviction c
               SET county = n.county, code_section = n.code_section, section_text = left(n.section_text, 200),
                   prop64 = n.prop64, related = n.related, severity = n.severity, convicted_on = n.date,
                   case_numbers = n.case_numbers, newest_reading_id = n.id
              FROM newest n WHERE c.id = n.conviction_id AND c.newest_reading_id IS DISTINCT FROM n.id
            """,  # noqa: S608
            {"ids": list(ids)},
        )
        cursor.execute(
            """
            UPDATE records_conviction c SET newest_reading_id = NULL
             WHERE c.id = ANY(%(ids)s) AND NOT EXISTS (
                SELECT FROM records_reading r
                  JOIN records_filesubject fs ON fs.id = r.file_subject_id
                  JOIN records_recordfile f ON f.id = fs.file_id
                 WHERE r.conviction_id = c.id AND f.set_aside_at IS NULL)
            """,
            {"ids": list(ids)},
        )


def map_court_texts() -> None:
    """Note every court text of the office's county and give its convictions the row to be mapped."""
    county = Office.objects.values_list("county", flat=True).first()
    if county is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.court_text FROM records_conviction c"
            " JOIN records_reading r ON r.id = c.newest_reading_id"
            " WHERE c.county = %s AND (c.prop64 <> '' OR c.related) AND r.court_text <> ''",
            [county],
        )
        office.note_court_texts(texts=[text for (text,) in cursor.fetchall()])
        cursor.execute(
            "UPDATE records_conviction c SET court_text_id = t.id FROM records_reading r, office_courttext t"
            " WHERE r.id = c.newest_reading_id AND t.text = r.court_text"
            " AND c.county = %s AND (c.prop64 <> '' OR c.related)"
            " AND c.court_text_id IS DISTINCT FROM t.id",
            [county],
        )


def suggest(asked: Sequence[tuple[str, int, int, str]]) -> list[int]:
    """Ask a person about pairs (kind, one id, other id, why), each once for ever. Returns the new suggestions' ids."""
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_suggestion"
            " (kind, first_id, second_id, why, state, made_at, reason, reasons, moved_readings)"
            " SELECT kind, LEAST(a, b), GREATEST(a, b), why, 'open', now(), '', '{}', '{}'"
            " FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[]) AS x(kind, a, b, why)"
            " ON CONFLICT (kind, first_id, second_id) DO NOTHING RETURNING id",
            [list(column) for column in zip(*((str(k), a, b, why) for k, a, b, why in asked), strict=True)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _problems(file: RecordFile, problems: pa.Table) -> None:
    names = ("row", "line", "column", "value", "what", "done")
    copy(
        Problem,
        ("file_id", *names),
        (
            (file.pk, row, line, clip(column, 40), clip(value, 1000), what, done)
            for row, line, column, value, what, done in zip(*(problems[n].to_pylist() for n in names), strict=True)
        ),
    )
