"""The engine at work on stored record files: which rows it gets, and whose its answers are. Writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
from django.db import connection

from clearmyrecord.records import rows as stored_rows
from clearmyrecord.records.models import RecordFile
from clearmyrecord.records.newest import oldest_first
from clearmyrecord.runs.models import Run
from eligibility import evaluate as engine
from eligibility import policy as policies
from eligibility.facts import same_county
from eligibility.law.offense_families import any_holds
from eligibility.policy import Policy
from eligibility.records.doj import ROWS
from eligibility.records.history import History, build, drop_readings, from_courts, identify
from eligibility.stated import ON_PAPERS_ONLY, STATED


@lru_cache(maxsize=16)
def engine_policy(text: str) -> Policy:
    """The engine's form of a policy's text."""
    return policies.load(text=text)


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject in one of the run's files."""

    file_id: int
    number: int
    subject_id: str
    person: int


@dataclass(frozen=True, slots=True)
class ReadConviction:
    """A reading of a conviction, and whether no newer file of the run has one."""

    reading: int
    conviction: int
    source: int
    row: int
    is_newest: bool


@dataclass(frozen=True)
class Material:
    """What the engine is given for some people: their history, and which reading stands for which conviction."""

    history: History
    convictions: dict[tuple[int, int], ReadConviction]
    """Newest readings by source and row."""
    stated: pa.Table


def files_of(run: Run) -> list[RecordFile]:
    """The run's files, the newest last; a file's position is its `source`."""
    return list(run.files.order_by(*oldest_first(run.newest_by)))


def entries_between(files: Sequence[RecordFile], first: int, last: int) -> list[Entry]:
    """The subjects of those people whose id lies in the range; linked subjects count as the first of them."""
    which = "s.same_as_id BETWEEN %s AND %s OR s.same_as_id IS NULL AND s.id BETWEEN %s AND %s"
    return _entries(files, which, [first, last] * 2)


def entries_of(files: Sequence[RecordFile], persons: Sequence[int]) -> list[Entry]:
    """The subjects of these people."""
    return _entries(files, "s.same_as_id = ANY(%s) OR s.same_as_id IS NULL AND s.id = ANY(%s)", [list(persons)] * 2)


def _entries(files: Sequence[RecordFile], which: str, parameters: list[Any]) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fs.file_id, fs.number, fs.doj_subject_id, COALESCE(s.same_as_id, s.id)"  # noqa: S608
            " FROM records_subject s JOIN records_filesubject fs ON fs.subject_id = s.id"
            f" WHERE ({which}) AND fs.file_id = ANY(%s)",
            [*parameters, [file.pk for file in files]],
        )
        return [Entry(*row) for row in cursor.fetchall()]


def material(files: Sequence[RecordFile], entries: Sequence[Entry]) -> Material:
    """Fetch the rows of these subjects and lay beside them what is known of their convictions."""
    source_of = {file.pk: source for source, file in enumerate(files)}
    tables = [ROWS.empty_table()]
    for source, file in enumerate(files):
        numbers = [entry.number for entry in entries if entry.file_id == file.pk]
        if numbers:
            tables.append(stored_rows.read(file.parquet_key, numbers, source=source).select(ROWS.names).cast(ROWS))
    readings = list(_readings(files, entries))
    persons = pa.table(
        {
            "source": pa.array([source_of[entry.file_id] for entry in entries], pa.int16()),
            "subject_id": pa.array([entry.subject_id for entry in entries], pa.string()),
            "person": pa.array([entry.person for entry in entries], pa.int64()),
        }
    )
    old = [reading for reading in readings if not reading.is_newest]
    superseded = pa.table(
        {
            "source": pa.array([reading.source for reading in old], pa.int16()),
            "row": pa.array([reading.row for reading in old], pa.int32()),
        }
    )
    of_courts = [source for source, file in enumerate(files) if file.kind == RecordFile.Kind.COURT]
    told = from_courts(build(pa.concat_tables(tables)), of_courts)
    history = drop_readings(identify(told, persons), superseded)
    newest = {(reading.source, reading.row): reading for reading in readings if reading.is_newest}
    return Material(history, newest, stated_about(list(newest.values())))


def _readings(files: Sequence[RecordFile], entries: Sequence[Entry]) -> Iterator[ReadConviction]:
    """Every reading of a conviction by these subjects in these files; the newest, of the last file, is marked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.conviction_id, f.source - 1, r.row,
                   row_number() OVER (PARTITION BY r.conviction_id ORDER BY f.source DESC, r.id) = 1
              FROM unnest(%s::bigint[], %s::int[]) AS e(file_id, number)
              JOIN unnest(%s::bigint[]) WITH ORDINALITY AS f(id, source) ON f.id = e.file_id
              JOIN records_filesubject fs ON fs.file_id = e.file_id AND fs.number = e.number
              JOIN records_reading r ON r.file_subject_id = fs.id
             WHERE r.conviction_id IS NOT NULL
            """,
            [
                [entry.file_id for entry in entries],
                [entry.number for entry in entries],
                [file.pk for file in files],
            ],
        )
        for row in cursor.fetchall():
            yield ReadConviction(*row)


def stated_about(readings: Sequence[ReadConviction], at: datetime | None = None) -> pa.Table:
    """The standing stated facts, beside the reading that stands for their conviction; `at`: those that stood then."""
    place = {reading.conviction: {"source": reading.source, "row": reading.row} for reading in readings}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conviction_id, fact, value, source FROM runs_statedfact"
            " WHERE conviction_id = ANY(%(convictions)s) AND fact <> ALL(%(on_papers)s)"
            " AND (%(at)s::timestamptz IS NULL AND superseded_at IS NULL"
            " OR stated_at <= %(at)s AND (superseded_at IS NULL OR superseded_at > %(at)s))",
            {"convictions": list(place), "on_papers": list(ON_PAPERS_ONLY), "at": at},
        )
        rows = [
            place[conviction] | {"fact": fact, "value": value, "source_document": document}
            for conviction, fact, value, document in cursor.fetchall()
        ]
    return pa.Table.from_pylist(rows, schema=STATED)


@dataclass(frozen=True)
class Found:
    """What the engine found: one row per conviction in scope, in the columns of Determination."""

    rows: list[dict[str, Any]]
    in_scope: int


TEXTS = (
    "outcome", "route", "basis", "new_section", "new_severity", "rule", "reason", "citation", "trace", "question",
    "question_kind", "facts_hash",
)  # fmt: skip
LISTS = ("remarks", "open_questions", "unknown_facts")
FOUND = ("conviction_id", "reading_id", "sealing", "sentence_ends", *TEXTS, *LISTS)
"""The columns of a determination that come from the engine."""


def evaluate(run: Run, given: Material) -> Found:
    """Have the engine decide. Raises KeyError if it decided on something that is no known conviction."""
    policy = engine_policy(run.policy.text)
    result = engine.evaluate(given.history, policy, county=run.county, as_of=run.as_of, stated=given.stated)
    names = ("source", "row", "sealing", "sentence_ends", *TEXTS, *LISTS)
    rows = []
    for values in zip(*(result.table[name].to_pylist() for name in names), strict=True):
        row = dict(zip(names, values, strict=True))
        reading = given.convictions[row.pop("source"), row.pop("row")]
        row |= {"conviction_id": reading.conviction, "reading_id": reading.reading, "sealing": row["sealing"] == "yes"}
        row |= {name: row[name] or "" for name in TEXTS} | {name: row[name] or [] for name in LISTS}
        rows.append(row)
    return Found(rows, result.in_scope)


def convictions_in_scope(run: Run) -> int:
    """How many convictions the run must decide, counted from the readings alone and not by the engine."""
    return in_scope(files_of(run), county=run.county, text=run.policy.text)


def in_scope(files: Sequence[RecordFile], *, county: str, text: str) -> int:
    """How many convictions of a county these files have in the scope of a policy of this text."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.county, n.code_section, n.severity, n.related, count(*) FROM (
                SELECT DISTINCT ON (r.conviction_id) r.county, r.code_section, r.severity, r.related
                  FROM records_reading r
                  JOIN records_filesubject fs ON fs.id = r.file_subject_id
                  JOIN unnest(%s::bigint[]) WITH ORDINALITY AS f(id, source) ON f.id = fs.file_id
                 WHERE r.conviction_id IS NOT NULL
                 ORDER BY r.conviction_id, f.source DESC, r.id) n
             GROUP BY n.county, n.code_section, n.severity, n.related
            """,
            [[file.pk for file in files]],
        )
        wanted, families = same_county(county), engine_policy(text).families
        return sum(
            number
            for where, code_section, severity, related, number in cursor.fetchall()
            if same_county(where) == wanted and any_holds(families, code_section or None, severity or None, related)
        )
