"""Reads of record files, and of who and what they are about. Everybody who may read records sees all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clearmyrecord.among import among
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User
from clearmyrecord.records import rows as stored_rows
from clearmyrecord.records.models import Conviction, Event, Problem, Reading, RecordFile, Subject, Suggestion
from clearmyrecord.records.newest import newest_first
from clearmyrecord.records.people import search_name

MOST_FOUND = 200
"""People that a search shows; whoever finds more must ask more narrowly."""


def _may_read(user: User) -> bool:
    return user.is_active and user.role in READERS


def files(user: User) -> QuerySet[RecordFile]:
    """The record files that the user may see, newest first."""
    return RecordFile.objects.select_related("uploaded_by") if _may_read(user) else RecordFile.objects.none()


def file_or_404(user: User, pk: int) -> RecordFile:
    """Raises NotFound where there is none, or none that the user may know of."""
    file = files(user).filter(pk=pk).first()
    if file is None:
        raise NotFound("There is no such record file.")
    return file


def subjects_of_rows(file: RecordFile, rows: Sequence[int]) -> list[int]:
    """Ids of the subjects that some rows of a file are about; of rows that are nobody's, none."""
    if not rows or not file.parquet_key:
        return []
    numbers = among(stored_rows.numbers_of(file.parquet_key, rows))
    return list(file.subjects.filter(number__in=numbers).values_list("subject_id", flat=True))


def person_ids(subject_id: int) -> list[int]:
    """Ids of every subject confirmed to be this person, itself included, ascending."""
    person = Subject.objects.filter(pk=subject_id).values_list(Coalesce("same_as_id", "pk"), flat=True)[:1]
    same = Subject.objects.filter(Q(pk__in=person) | Q(same_as_id__in=person))
    return list(same.order_by("pk").values_list("pk", flat=True))


def convictions_of_persons(subject_ids: Iterable[int]) -> list[int]:
    """Ids of all convictions of these subjects and of every subject confirmed to be one person with them; one query."""
    person = Coalesce("same_as_id", "pk")
    persons = Subject.objects.filter(pk__in=among(subject_ids)).values(person=person)
    people = Subject.objects.annotate(person=person).filter(person__in=persons).values("pk")
    return list(Conviction.objects.filter(subject__in=people).values_list("pk", flat=True))


def subject_or_404(user: User, pk: int) -> Subject:
    """Raises NotFound where there is none, or none that the user may know of."""
    subject = Subject.objects.filter(pk=pk).first() if _may_read(user) else None
    if subject is None:
        raise NotFound("There is no such subject.")
    return subject


def conviction_or_404(user: User, pk: int) -> Conviction:
    """Raises NotFound where there is none, or none that the user may know of."""
    found = Conviction.objects.select_related("subject", "newest_reading__file_subject__file", "court_text__court")
    conviction = found.filter(pk=pk).first() if _may_read(user) else None
    if conviction is None:
        raise NotFound("There is no such conviction.")
    return conviction


# Suggestions


def suggestions_on_subjects(subject_ids: Sequence[int]) -> list[Suggestion]:
    """Open suggestions about these subjects or their convictions."""
    convictions = Conviction.objects.filter(subject__in=subject_ids).values("pk")
    about = Q(kind=Suggestion.Kind.SUBJECT) & (Q(first_id__in=subject_ids) | Q(second_id__in=subject_ids))
    about |= Q(kind=Suggestion.Kind.CONVICTION) & (Q(first_id__in=convictions) | Q(second_id__in=convictions))
    return list(Suggestion.objects.filter(about, state=Suggestion.State.OPEN).order_by("pk"))


def under_suggestion() -> QuerySet[Conviction, int]:
    """Ids of convictions that an open suggestion (about them, or their subject or one linked) keeps out of batches."""
    people, convictions = (
        pairs.values_list("first_id").union(pairs.values_list("second_id"))
        for pairs in (_open_suggestions(Suggestion.Kind.SUBJECT), _open_suggestions(Suggestion.Kind.CONVICTION))
    )
    persons = Subject.objects.filter(pk__in=people).values_list(Coalesce("same_as_id", "pk"))
    theirs = Conviction.objects.filter(subject__in=persons).values_list("pk", flat=True)
    linked = Conviction.objects.filter(subject__same_as__in=persons).values_list("pk", flat=True)
    # United rather than asked for together: so each part is found by its index.
    return theirs.union(linked, Conviction.objects.filter(pk__in=convictions).values_list("pk", flat=True))


def _open_suggestions(kind: str) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(state=Suggestion.State.OPEN, kind=kind)


@dataclass(frozen=True)
class Pair:
    """A suggestion with the two it is about."""

    suggestion: Suggestion
    first: Subject | Conviction
    second: Subject | Conviction

    @property
    def both(self) -> tuple[Subject | Conviction, Subject | Conviction]:
        return self.first, self.second

    @property
    def subject_ids(self) -> list[int]:
        return sorted({each.pk if isinstance(each, Subject) else each.subject_id for each in (self.first, self.second)})


def pairs(suggestions: Iterable[Suggestion]) -> list[Pair]:
    """The suggestions with their subjects or convictions, in two queries."""
    listed = list(suggestions)
    ids: dict[str, set[int]] = defaultdict(set)
    for each in listed:
        ids[each.kind] |= {each.first_id, each.second_id}
    subjects = Subject.objects.prefetch_related("entries__file").in_bulk(ids[Suggestion.Kind.SUBJECT])
    found = Conviction.objects.select_related("subject").prefetch_related("readings__file_subject__file")
    convictions = found.in_bulk(ids[Suggestion.Kind.CONVICTION])
    result = []
    for each in listed:
        known: dict[int, Subject] | dict[int, Conviction] = (
            subjects if each.kind == Suggestion.Kind.SUBJECT else convictions
        )
        result.append(Pair(each, known[each.first_id], known[each.second_id]))
    return result


# History and source rows


@dataclass(frozen=True)
class EventLine:
    """One step of a cycle, with the counts read in it."""

    date: date | None
    type: str
    agency: str
    county: str
    row: int
    readings: list[Reading]


@dataclass(frozen=True)
class CycleLine:
    """One cycle as one file shows it."""

    cycle: str
    file: RecordFile
    events: list[EventLine] = field(default_factory=list)


def history_of(subject_ids: Sequence[int]) -> list[CycleLine]:
    """Everything the files say of a person: cycles in DOJ order, those of the newest file first. Two queries."""
    events = list(
        Event.objects.filter(file_subject__subject__in=subject_ids, file_subject__file__set_aside_at=None)
        .select_related("file_subject__file")
        .order_by(*newest_first("file_subject__file__"), "file_subject_id", "row")
    )
    readings: dict[int, list[Reading]] = defaultdict(list)
    for reading in Reading.objects.filter(event__in=[event.pk for event in events]).order_by("row"):
        readings[reading.event_id].append(reading)
    cycles: dict[tuple[int, str], CycleLine] = {}
    for event in events:
        key = (event.file_subject_id, event.cycle or f"row {event.row}")
        line = cycles.setdefault(key, CycleLine(event.cycle, event.file_subject.file))
        line.events.append(EventLine(event.date, event.type, event.agency, event.county, event.row, readings[event.pk]))
    return list(cycles.values())


@dataclass(frozen=True)
class SourceRow:
    """A row of a record file as the file has it: its nonblank columns."""

    row: int
    line: int
    columns: list[tuple[str, str]]


def source_rows(reading: Reading) -> list[SourceRow]:
    """Every row of the file that tells of this count."""
    return source_rows_many([reading])[reading.pk]


def source_rows_many(readings: Sequence[Reading]) -> dict[int, list[SourceRow]]:
    """By reading id every row of its file that tells of its count. Each file is opened once."""
    of_file: dict[RecordFile, list[Reading]] = defaultdict(list)
    for reading in readings:
        of_file[reading.file_subject.file].append(reading)
    result: dict[int, list[SourceRow]] = {}
    for file, theirs in of_file.items():
        table = stored_rows.read(file.parquet_key, [reading.file_subject.number for reading in theirs])
        found: dict[tuple[str, str], list[SourceRow]] = defaultdict(list)
        for row in table.to_pylist():
            columns = [(name, text) for name, text in row.items() if isinstance(text, str) and text.strip()]
            key = (row["SUBJECT_ID"].strip(), row["CNT_ORDER"].strip())
            found[key].append(SourceRow(row["row"], row["line"], columns))
        for reading in theirs:
            result[reading.pk] = found[reading.file_subject.doj_subject_id, reading.count_order]
    return result


def not_in_newest_file(conviction: Conviction) -> bool:
    """Whether a newer file shows this person without this conviction."""
    if conviction.newest_reading_id is None:
        return False
    newest = (
        RecordFile.objects.filter(
            subjects__subject__in=person_ids(conviction.subject_id), set_aside_at=None, kind=RecordFile.Kind.DOJ
        )
        .order_by(*newest_first())
        .first()
    )
    reading = conviction.newest_reading
    return newest is not None and reading is not None and reading.file_subject.file_id != newest.pk


# Problems


def readings_with_problems(files: Iterable[RecordFile]) -> dict[str, list[int]]:
    """For each column that could not be read in these files (empty text: a whole row) the readings of such rows."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = Problem.objects.filter(file__in=files, file__subjects__readings__row=F("row"))
    for column, reading in rows.values_list("column", "file__subjects__readings").distinct():
        found[column].append(reading)
    return dict(found)


# Search


def search(user: User, *, name: str, birth_date: date | None, cii_number: str) -> QuerySet[Subject]:
    """At most MOST_FOUND people, by the beginning of the name (last or first name first), birth date, CII number."""
    if not _may_read(user):
        return Subject.objects.none()
    found = Subject.objects.annotate(
        newest_file=Subquery(
            RecordFile.objects.filter(subjects__subject=OuterRef("pk"), set_aside_at=None)
            .order_by(*newest_first())
            .values("name")[:1]
        )
    )
    if wanted := search_name(name):
        found = found.filter(_named(wanted))
    if birth_date is not None:
        found = found.filter(birth_date=birth_date)
    if cii_number.strip():
        found = found.filter(cii_number=cii_number.strip())
    return found.order_by("search_name", "pk")[:MOST_FOUND]


def _named(wanted: str) -> Q:
    """Subjects whose name begins so, last or first name first."""
    first, _, rest = wanted.partition(" ")
    turned = f"{rest} {first}" if rest else wanted
    return Q(search_name__startswith=wanted) | Q(search_name__startswith=turned)


def convictions_like(text: str) -> list[int]:
    """Ids of convictions whose case number this is, or whose subject has this CII number or a name that begins so."""
    written, name = text.strip().upper(), search_name(text)
    people = Subject.objects.filter(Q(cii_number=written) | (_named(name) if name else Q(pk__in=[])))
    theirs = Conviction.objects.filter(subject__in=people).values_list("pk", flat=True)
    cases = Conviction.objects.filter(case_numbers__contains=[written]).values_list("pk", flat=True)
    return list(theirs.union(cases))
