"""What what-if needs of a run, gathered once: its people's history without their names, and which conviction is whose.

A worker gathers it when a run becomes the office's, and again when who is who has changed since; `fingerprint` tells.
Stated facts are not kept here but read for every question, so no answer rests on older ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.records.storage import written_whole
from clearmyrecord.runs import evaluation
from clearmyrecord.runs.evaluation import ReadConviction
from clearmyrecord.runs.models import PreparedHistory, Run
from eligibility.evaluate import ENGINE_VERSION
from eligibility.records.history import History

EVERYBODY = (0, 2**63 - 1)
NAMELESS = ("name", "cii_number", "birth_date_text")
"""Columns of subjects that no rule looks at; they are left out of what is kept."""

CONVICTIONS = pa.schema(
    [("source", pa.int16()), ("row", pa.int32()), ("conviction", pa.int64()), ("reading", pa.int64())]
)


@dataclass(frozen=True)
class Gathered:
    """The history of everybody in a run's files, and the newest reading of each conviction by source and row."""

    history: History
    convictions: tuple[ReadConviction, ...]

    def stated(self) -> pa.Table:
        """The stated facts as they stand now."""
        return evaluation.stated_about(self.convictions)


def fingerprint(run: Run) -> str:
    """Of everything in the database that the gathered history depends on: who is who, and which reading is of what."""
    files = [file.pk for file in evaluation.files_of(run)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT (count(*), sum(hashtextextended(fs.id || ' ' || COALESCE(s.same_as_id, s.id), 0)))::text
                      FROM records_filesubject fs JOIN records_subject s ON s.id = fs.subject_id
                     WHERE fs.file_id = ANY(%(files)s)),
                   (SELECT (count(*), sum(hashtextextended(r.id || ' ' || r.conviction_id, 0)))::text
                      FROM records_reading r JOIN records_filesubject fs ON fs.id = r.file_subject_id
                     WHERE fs.file_id = ANY(%(files)s) AND r.conviction_id IS NOT NULL)
            """,
            {"files": files},
        )
        found = cursor.fetchone()
    return hashlib.sha256(repr((run.pk, files, ENGINE_VERSION, found)).encode()).hexdigest()


def ask_for(run: Run) -> PreparedHistory:
    """Have a worker gather a run's history if that was not done, or not of what stands now; rings on commit."""
    with transaction.atomic():
        prepared, made = PreparedHistory.objects.select_for_update().get_or_create(run=run)
        if made:
            work.ring(prepared)
        elif prepared.work_state == work.Work.WorkState.DONE and prepared.fingerprint != fingerprint(run):
            work.start_again(prepared)
            prepared.refresh_from_db()
    return prepared


def ready(run: Run) -> Gathered | None:
    """What was gathered of the run, if it is of what stands now; else None, and a worker gathers it."""
    prepared = PreparedHistory.objects.filter(run=run, work_state=work.Work.WorkState.DONE).first()
    if prepared is None or prepared.fingerprint != fingerprint(run) or not default_storage.exists(prepared.key):
        if prepared is not None and prepared.key and not default_storage.exists(prepared.key):
            work.start_again(prepared)
        else:
            ask_for(run)
        return None
    return _read(prepared.key)


def gather(prepared_id: int) -> None:
    """Gather the history of a run and keep it. For the worker; safe to deliver twice and to be killed anywhere."""
    with work.lease(PreparedHistory, prepared_id) as lease:
        if lease is None:
            return
        run = Run.objects.get(pk=lease.row().run_id)
        print_before = fingerprint(run)  # what changes while it is gathered makes it out of date, and is noticed
        key = f"what_if/{run.pk}-{print_before[:20]}.arrow"
        _write(key, run)
        with lease.writing() as row:
            older, row.key, row.fingerprint, row.made_at = row.key, key, print_before, timezone.now()
            row.save(update_fields=["key", "fingerprint", "made_at"])
            if older and older != key:
                transaction.on_commit(lambda: default_storage.delete(older))
    if not PreparedHistory.objects.filter(pk=prepared_id).exists():  # forgotten meanwhile
        default_storage.delete(key)


def forget(run: Run) -> None:
    """Give up what was gathered of a run that is no longer the office's; its bytes go on commit."""
    for prepared in PreparedHistory.objects.select_for_update().filter(run=run):
        key = prepared.key
        prepared.delete()
        if key:
            transaction.on_commit(lambda key=key: default_storage.delete(key))  # type: ignore[misc]


def _write(key: str, run: Run) -> None:
    files = evaluation.files_of(run)
    given = evaluation.material(files, evaluation.entries_between(files, *EVERYBODY))
    history, subjects = given.history, given.history.subjects
    for name in NAMELESS:
        place = subjects.schema.get_field_index(name)
        field = subjects.schema.field(place)
        subjects = subjects.set_column(place, field, pa.nulls(subjects.num_rows, field.type))
    newest = given.convictions.values()
    convictions = pa.table(
        [
            [each.source for each in newest],
            [each.row for each in newest],
            [each.conviction for each in newest],
            [each.reading for each in newest],
        ],
        schema=CONVICTIONS,
    )
    with written_whole(key) as stream:
        for table in (subjects, history.events, history.counts, history.sentences, history.problems[:0], convictions):
            with pa.ipc.new_stream(stream, table.schema) as writer:
                writer.write_table(table)


@lru_cache(maxsize=2)
def _read(key: str) -> Gathered:
    """The tables under a key, in the order of `_write`; what stands under one never changes."""
    with default_storage.open(key) as stream:
        source = pa.PythonFile(stream, mode="r")
        subjects, events, counts, sentences, problems, convictions = (_table(source) for _ in range(6))
    columns = [convictions[name].to_pylist() for name in CONVICTIONS.names]
    newest = tuple(
        ReadConviction(reading, conviction, source, row, True)
        for source, row, conviction, reading in zip(*columns, strict=True)
    )
    return Gathered(History(subjects, events, counts, sentences, problems, {}), newest)


def _table(source: pa.PythonFile) -> pa.Table:
    with pa.ipc.open_stream(source) as reader:
        return reader.read_all()
