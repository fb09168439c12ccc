"""From a court's extract into the tables: compared with the DOJ's convictions, and what only the court knows made a
conviction of its own. The work of a record file of that kind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.office.models import CourtText, Office
from clearmyrecord.records import loading, reading, rows, signals
from clearmyrecord.records.copying import clip, copy, lock_identities
from clearmyrecord.records.models import Conviction, CourtRow, NotInExtract, Reading, RecordFile, Suggestion
from eligibility.facts import same_county
from eligibility.records.court import Extract, read_extract
from eligibility.records.court_mapping import ColumnMapping
from eligibility.records.court_rows import as_rows
from eligibility.records.history import History, build
from eligibility.records.problems import NotARecordFile
from eligibility.records.reconciling import FIELDS, KNOWN, Reconciliation, differing, reconcile

TEXTS = {"case_number": 100, "court": 120, "name": 200, "section_text": 200, "code_section": 60, "prop64": 5,
         "severity": 12, "disposition": 200, "sentence": 100_000}  # fmt: skip
ASKED = (CourtRow.Kind.CONTRADICTING, CourtRow.Kind.SUGGESTED)


@dataclass(frozen=True)
class Compared:
    """An extract beside the DOJ's convictions as they stood: `newest` is the highest id among them."""

    extract: Extract
    known: pa.Table
    found: Reconciliation
    newest: int


def mapping_of(file: RecordFile) -> ColumnMapping:
    """The mapping that somebody saved for this extract."""
    if file.mapping is None:
        raise ValueError("the extract has no mapping")
    return ColumnMapping(**file.mapping.values)


def read_leased(lease: work.Lease, file: RecordFile) -> None:
    """Read an extract that the worker holds. Nothing of it stands before the one transaction at the end."""
    try:
        compared = _compared(file)
    except NotARecordFile as refused:
        with lease.writing() as row:
            row.refusal = str(refused)
            row.save(update_fields=["refusal"])
            audit.record(actor=None, verb="record_file.refused", target=row)
        return
    lease.progress(compared.extract.reconciliation["rows_read"], compared.extract.reconciliation["rows_read"])
    with lease.writing() as row:
        lock_identities()
        if _newest() != compared.newest:  # another file came in meanwhile
            compared = _reconciled(file, compared.extract)
        _store(row, compared)


def _compared(file: RecordFile) -> Compared:
    with default_storage.open(file.storage_key) as stream:
        extract = read_extract(cast(BinaryIO, stream), name=file.name, mapping=mapping_of(file))
    return _reconciled(file, extract)


def _reconciled(file: RecordFile, extract: Extract) -> Compared:
    newest, known = _newest(), known_convictions()
    return Compared(extract, known, reconcile(extract.table, known, formats=mapping_of(file).formats), newest)


def _newest() -> int:
    return Conviction.objects.aggregate(newest=Max("pk"))["newest"] or 0


def known_convictions() -> pa.Table:
    """The convictions of the office's county that DOJ files show, as `reconcile` wants them."""
    wanted = same_county(Office.objects.values_list("county", flat=True).first() or "")
    counties = [
        county
        for county in Conviction.objects.order_by("county").values_list("county", flat=True).distinct()
        if same_county(county) == wanted
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, s.name, s.birth_date, NULLIF(c.code_section, ''), c.convicted_on, NULLIF(c.severity, ''),"
            " c.case_numbers FROM records_conviction c JOIN records_subject s ON s.id = c.subject_id"
            " JOIN records_reading r ON r.id = c.newest_reading_id"
            " JOIN records_filesubject fs ON fs.id = r.file_subject_id"
            " JOIN records_recordfile f ON f.id = fs.file_id AND f.kind = 'doj'"
            " WHERE c.county = ANY(%s) ORDER BY c.id",
            [counties],
        )
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(KNOWN.names)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, KNOWN, strict=True)], schema=KNOWN)


def _store(file: RecordFile, compared: Compared) -> None:
    """Write everything the extract says and what was found, and mark it as read, in the caller's transaction."""
    lines = _lines(compared)
    history = _write_rows(file, compared.extract.table, lines)
    content = reading.FileContent(
        parquet_key=rows.key_of(file),
        entries=reading.entries(history, 0),
        problems=[compared.extract.problems],
        counties=reading.counties(history),
        histories=lambda: iter([(0, history)]),
    )
    loaded = loading.store(file, content)
    _copy_lines(file, lines)
    left = _not_in_extract(file, compared, lines)
    kinds = {kind: sum(line["kind"] == kind for line in lines) for kind in CourtRow.Kind.values}
    told = compared.extract.reconciliation
    file.parquet_key, file.read_at, file.rows_read = content.parquet_key, timezone.now(), told["rows_read"]
    file.counties = content.counties
    file.reconciliation = {
        "rows_read": told["rows_read"],
        **{f"rows_{kind}": number for kind, number in kinds.items()},
        "rows_no_conviction": told["rows_no_conviction"],
        "rows_set_aside": told["rows_set_aside"],
        "only_doj": left,
        "not_compared": compared.found.not_compared,
        "subjects_new": loaded.subjects_new,
        "convictions_new": loaded.convictions_new,
        "problems": compared.extract.problems.num_rows,
    }
    file.save(update_fields=["parquet_key", "read_at", "rows_read", "reconciliation", "counties"])
    announce(file, loaded.suggestion_ids)
    detail = {"rows": file.rows_read, "suggestions": len(loaded.suggestion_ids)} | kinds
    audit.record(actor=None, verb="court_extract.read", target=file, detail=detail)


def announce(file: RecordFile, suggestion_ids: Sequence[int]) -> None:
    """Tell later stages that readings came in, and which subjects may be one."""
    signals.file_read.send(sender=RecordFile, file=file)
    if suggestion_ids:
        signals.suggested.send(sender=Suggestion, suggestion_ids=list(suggestion_ids))


def _lines(compared: Compared) -> list[dict[str, Any]]:
    """The extract's convictions with what was found of each, in the file's order."""
    pairs = {pair["court"]: pair for pair in compared.found.pairs.to_pylist()}
    known = compared.known["conviction"].to_pylist()
    lines = []
    for place, line in enumerate(compared.extract.table.to_pylist()):
        pair = pairs.get(place)
        if pair is None:
            line |= {"kind": CourtRow.Kind.ONLY_COURT.value, "conviction_id": None}
        else:
            line |= {
                "kind": pair["kind"],
                "conviction_id": known[pair["known"]],
                "likely": pair["likely"],
                "score": pair["score"],
                "levels": {name: pair[name] for name in FIELDS},
                "differing": differing(pair),
            }
        lines.append(line)
    return lines


def _write_rows(file: RecordFile, table: pa.Table, lines: list[dict[str, Any]]) -> History:
    """Write the rows that are, or may become, convictions of their own; returns the history of those that are.

    One case number and one person of the extract are one subject; a row still in question is a subject by itself.
    """
    subjects: list[str] = []
    seen: dict[tuple[Any, ...], str] = {}
    for line in lines:
        name = f"row {line['row']}"
        if line["kind"] == CourtRow.Kind.ONLY_COURT:
            name = seen.setdefault((line["case_number"], line["name"], line["birth_date"]), name)
        subjects.append(name)
    kinds = np.array([line["kind"] for line in lines], object)
    text = _court_text(file)
    written = as_rows(table, county=_county(), subjects=subjects)
    place = written.schema.get_field_index("STP_ORI_DESCR")
    court = pa.array([text] * written.num_rows, pa.string())
    written = written.set_column(place, written.schema.field(place), court)
    own = written.filter(pa.array(kinds == CourtRow.Kind.ONLY_COURT))
    history = build(own)
    numbers = {entry.subject_id: entry.number for entry in reading.entries(history, 0)}
    for line, subject in zip(lines, subjects, strict=True):
        if line["kind"] in ASKED:
            line["subject_number"] = numbers[subject] = len(numbers)
    with rows.writing(rows.key_of(file)) as writer:
        writer.add(own, numbers)
        writer.add(written.filter(pa.array(np.isin(kinds, list(ASKED)))), numbers)
    return history


def _county() -> str:
    return Office.objects.values_list("county", flat=True).first() or ""


def _court_text(file: RecordFile) -> str:
    """How the extract's court is named on its convictions: mapped to it already."""
    text = clip(str(file.court), 120)
    CourtText.objects.get_or_create(text=text, defaults={"court": file.court})
    return text


def _copy_lines(file: RecordFile, lines: list[dict[str, Any]]) -> None:
    made = Reading.objects.filter(file_subject__file=file, convicted=True)
    own = dict(made.values_list("row", "conviction_id"))
    columns = ("file_id", "row", "line", "birth_date", "date", "kind", "conviction_id", "own_id", "subject_number",
               "likely", "score", "levels", "differing", "state", "reasons", *TEXTS)  # fmt: skip
    copy(
        CourtRow,
        columns,
        (
            (
                *(file.pk, line["row"], line["line"], line["birth_date"], line["date"], line["kind"]),
                *(line["conviction_id"], own.get(line["row"]), line.get("subject_number"), line.get("likely", False)),
                *(line.get("score"), json.dumps(line.get("levels", {})), line.get("differing", [])),
                *(CourtRow.State.OPEN if line["kind"] in ASKED else CourtRow.State.SETTLED, []),
                *(clip(line[name], length) for name, length in TEXTS.items()),
            )
            for line in lines
        ),
    )


def _not_in_extract(file: RecordFile, compared: Compared, lines: list[dict[str, Any]]) -> int:
    """Note the DOJ's convictions of this court, or of a court not yet mapped, within the extract's dates."""
    dates = [line["date"] for line in lines if line["date"] is not None]
    if not dates:
        return 0
    ids = compared.known["conviction"].take(pa.array(compared.found.only_known)).to_pylist()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {NotInExtract._meta.db_table} (file_id, conviction_id) SELECT %s, c.id"  # noqa: S608
            " FROM records_conviction c LEFT JOIN office_courttext t ON t.id = c.court_text_id"
            " WHERE c.id = ANY(%s) AND c.convicted_on BETWEEN %s AND %s"
            " AND (t.court_id = %s OR (t.court_id IS NULL AND t.not_ours IS NOT TRUE))",
            [file.pk, ids, min(dates), max(dates), file.court_id],
        )
        return int(cursor.rowcount)


def make_own(row: CourtRow) -> list[int]:
    """Make a conviction of a row that was refused. Under the identity lock; returns the ids of new suggestions."""
    file = row.file
    history = build(rows.read(file.parquet_key, [cast(int, row.subject_number)]))
    entries = reading.entries(history, cast(int, row.subject_number))
    content = reading.FileContent(file.parquet_key, entries, histories=lambda: iter([(0, history)]))
    loaded = loading.store(file, content)
    row.own_id = Reading.objects.filter(file_subject__file=file, row=row.row).values_list("conviction_id", flat=True)[0]
    return loaded.suggestion_ids


def span(file: RecordFile) -> tuple[Any, Any]:
    """The first and last conviction date in the extract."""
    found = file.court_rows.aggregate(first=Min("date"), last=Max("date"))
    return found["first"], found["last"]
