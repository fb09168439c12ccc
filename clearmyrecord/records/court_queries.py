"""Reads of courts' extracts: the preview before reading, what comparing found, and the two sides of one row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.db.models import Count, QuerySet

from clearmyrecord.errors import NotFound
from clearmyrecord.office.models import User
from clearmyrecord.records import queries
from clearmyrecord.records.court_reading import mapping_of
from clearmyrecord.records.models import CourtMapping, CourtRow, NotInExtract, RecordFile
from eligibility.records.court import Table, read_extract, read_table
from eligibility.records.number_formats import keys

PREVIEWED = 1000
"""Rows that the preview reads."""

SHOWN = 8
"""Rows that the preview shows."""

SAMPLES = 3
"""Values of a column that help to tell what it holds."""

FIELD_WORDS = {
    "case_number": "Case number",
    "section": "Code section",
    "conviction_date": "Conviction date",
    "surname": "Last name",
    "first_name": "First name",
    "middle_name": "Middle name",
    "suffix": "Suffix",
    "birth_date": "Birth date",
    "severity": "Severity",
}
"""What is compared, in the order in which it is shown."""

LEVEL_WORDS = {
    "missing": "only one of them says",
    "same": "the same",
    "swapped": "day and month changed places",
    "close": "one slip apart",
    "near": "within a month",
    "within": "one gives no subdivision",
    "part": "one word of the name in common",
    "alike": "spelled alike",
    "initial": "an initial that fits",
    "year": "the same year",
    "different": "different",
}


def extract_or_404(user: User, pk: int) -> RecordFile:
    """Raises NotFound where there is none, or none that the user may know of."""
    found = queries.files(user).filter(kind=RecordFile.Kind.COURT).select_related("court", "mapping", "uploaded_by")
    file = found.filter(pk=pk).first()
    if file is None:
        raise NotFound("There is no such extract.")
    return file


def beginning(file: RecordFile) -> Table:
    """The header and first rows of an extract."""
    with default_storage.open(file.storage_key) as stream:
        return read_table(cast(BinaryIO, stream), name=file.name, most=PREVIEWED)


def samples(table: Table) -> list[tuple[str, list[str]]]:
    """Each column with some of its most frequent values."""
    columns = zip(*table.texts, strict=True) if table.texts else [()] * len(table.header)
    found = []
    for name, texts in zip(table.header, columns, strict=True):
        frequent = Counter(text.strip() for text in texts if text.strip()).most_common(SAMPLES)
        found.append((name, [text[:40] for text, _ in frequent]))
    return found


def last_mapping(file: RecordFile) -> CourtMapping | None:
    """This extract's mapping, else the newest of its court."""
    return file.mapping or CourtMapping.objects.filter(court=file.court_id).order_by("-pk").first()


@dataclass(frozen=True)
class Preview:
    """What reading the beginning of an extract by its mapping gives. Raises as `read_extract`."""

    rows: list[dict[str, Any]]
    counts: dict[str, int]
    problems: list[dict[str, Any]]
    problem_count: int
    dispositions: list[tuple[str, int, bool]]  # text, rows, whether it means convicted


def preview(file: RecordFile) -> Preview:
    """Read the first rows as the whole extract would be."""
    mapping = mapping_of(file)
    with default_storage.open(file.storage_key) as stream:
        extract = read_extract(cast(BinaryIO, stream), name=file.name, mapping=mapping, most=PREVIEWED)
    rows = extract.table.slice(0, SHOWN).to_pylist()
    for row in rows:
        row["compared_as"] = next(iter(keys(row["case_number"], mapping.formats)), "")
    column = mapping.columns.get("disposition")
    dispositions: Counter[str] = Counter()
    if column:
        dispositions.update(text.strip() for text in beginning(file).column(column))
    meant = {text.strip().upper() for text in mapping.convicted}
    return Preview(
        rows=rows,
        counts=extract.reconciliation,
        problems=extract.problems.slice(0, SHOWN).to_pylist(),
        problem_count=extract.problems.num_rows,
        dispositions=[(text, number, text.upper() in meant) for text, number in dispositions.most_common(25)],
    )


@dataclass(frozen=True)
class KindLine:
    """One kind of row with its number, and how many of them are open and answered either way."""

    kind: str
    label: str
    number: int
    open: int
    confirmed: int
    refused: int


def kind_lines(file: RecordFile) -> list[KindLine]:
    """The extract's convictions by what was found of them. One query."""
    groups = file.court_rows.order_by().values_list("kind", "state").annotate(number=Count("pk"))
    found: dict[str, Counter[str]] = {kind: Counter() for kind in CourtRow.Kind.values}
    for kind, state, number in groups:
        found[kind][state] += number
    states = CourtRow.State
    return [
        KindLine(kind, label, c.total(), c[states.OPEN], c[states.CONFIRMED], c[states.REFUSED])
        for kind, label in CourtRow.Kind.choices
        for c in [found[kind]]
    ]


def rows(file: RecordFile, chosen: dict[str, str]) -> QuerySet[CourtRow]:
    """The extract's convictions that fit the filter (kind, state, section, differs), in its order."""
    found = file.court_rows.select_related("conviction__subject", "own", "decided_by").order_by("row")
    if chosen.get("kind"):
        found = found.filter(kind=chosen["kind"])
    if chosen.get("state"):
        found = found.filter(state=chosen["state"])
    if chosen.get("section"):
        found = found.filter(prop64="" if chosen["section"] == "other" else chosen["section"])
    if chosen.get("differs"):
        found = found.filter(differing__contains=[chosen["differs"]])
    if chosen.get("likely"):
        found = found.filter(likely=chosen["likely"] == "yes")
    return found


def not_in_extract(file: RecordFile, chosen: dict[str, str]) -> QuerySet[NotInExtract]:
    """The DOJ's convictions that the extract doesn't show, by date."""
    found = file.not_in_extract.select_related("conviction__subject", "conviction__newest_reading__file_subject__file")
    if chosen.get("section"):
        found = found.filter(conviction__prop64="" if chosen["section"] == "other" else chosen["section"])
    return found.order_by("conviction__convicted_on", "pk")


def subject_ids(shown: Iterable[CourtRow]) -> list[int]:
    """The subjects that these rows show: those of the DOJ's convictions beside them and of their own."""
    listed = list(shown)
    return [each.subject_id for row in listed for each in (row.conviction, row.own) if each is not None]


def row_or_404(user: User, pk: int) -> CourtRow:
    """Raises NotFound where there is none, or none that the user may know of."""
    found = CourtRow.objects.filter(file__in=queries.files(user)).select_related(
        "file__court", "own", "decided_by", "conviction__subject", "conviction__newest_reading__file_subject__file"
    )
    row = found.filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such row of an extract.")
    return row


def next_open(row: CourtRow) -> CourtRow | None:
    """The next row of the same kind that waits for an answer, else the first."""
    waiting = row.file.court_rows.filter(kind=row.kind, state=CourtRow.State.OPEN).exclude(pk=row.pk).order_by("row")
    return waiting.filter(row__gt=row.row).first() or waiting.first()


@dataclass(frozen=True)
class SideLine:
    """One field of a row and of the conviction beside it."""

    label: str
    court: Any
    doj: Any
    words: str
    differs: bool


def sides(row: CourtRow) -> list[SideLine]:
    """The two side by side. The name is one line, with whatever of it differs."""
    known = row.conviction
    if known is None:
        return []
    names = [name for name in ("surname", "first_name", "middle_name", "suffix") if name in row.levels]
    lines = [
        ("Name", row.name, known.subject.name, names),
        ("Birth date", row.birth_date, known.subject.birth_date, ["birth_date"]),
        ("Case number", row.case_number, ", ".join(known.case_numbers), ["case_number"]),
        ("Code section", row.code_section or row.section_text, known.code_section or known.section_text, ["section"]),
        ("Conviction date", row.date, known.convicted_on, ["conviction_date"]),
        ("Severity", row.severity, known.severity, ["severity"]),
    ]
    return [
        SideLine(label, court, doj, _words(row, fields), any(name in row.differing for name in fields))
        for label, court, doj, fields in lines
    ]


def _words(row: CourtRow, fields: Sequence[str]) -> str:
    """How the fields agree; of several, those that differ by their names."""
    if len(fields) == 1:
        return LEVEL_WORDS[row.levels.get(fields[0], "missing")]
    unlike = [name for name in fields if name in row.differing]
    told = [f"{FIELD_WORDS[name].lower()}: {LEVEL_WORDS[row.levels[name]]}" for name in unlike]
    return "; ".join(told) or "the same"


def differing_words(row: CourtRow) -> str:
    """The fields that differ, in words."""
    return ", ".join(FIELD_WORDS[name].lower() for name in row.differing)
