"""Record files, what each says (events, readings), and who and what it is about (subjects, convictions)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce

from clearmyrecord import work
from clearmyrecord.office.models import Court, CourtText


@work.kind(queue="records", job="clearmyrecord.records.jobs.read_record_file")
class RecordFile(work.Work):
    """One uploaded file, identified by its SHA-256; immutable. Its work is to be read.

    A court's extract waits with no work until somebody has said which column holds what.
    """

    class Kind(models.TextChoices):
        DOJ = "doj", "DOJ research file"
        COURT = "court", "Court's extract"

    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.DOJ)
    court = models.ForeignKey(Court, null=True, on_delete=models.PROTECT, related_name="+")  # whose extract it is
    mapping = models.ForeignKey("CourtMapping", null=True, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    storage_key = models.CharField(max_length=200)
    parquet_key = models.CharField(max_length=200, blank=True)  # all columns, grouped by subject, with row numbers
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    received_on = models.DateField()  # when the office received it from the DOJ; the declaration names it
    refusal = models.TextField(blank=True)  # what was expected, what was found; empty if it could be read
    read_at = models.DateTimeField(null=True)
    rows_read = models.PositiveIntegerField(default=0)
    reconciliation = models.JSONField(default=dict)
    counties = models.JSONField(default=dict)  # county as written -> convictions
    set_aside_at = models.DateTimeField(null=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_aside_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name


class CourtMapping(models.Model):
    """Which column of a court's extracts holds what; never edited. The newest is offered for the next one."""

    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="mappings")
    values = models.JSONField()  # eligibility.records.court_mapping.ColumnMapping.as_dict
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]


class CourtRow(models.Model):
    """A conviction of a court's extract, and what comparing it with the DOJ's found."""

    class Kind(models.TextChoices):
        MATCHED = "matched", "Matched"
        CONTRADICTING = "contradicting", "Contradicting"
        SUGGESTED = "suggested", "Suggested"
        ONLY_COURT = "only_court", "Only the court’s"

    class State(models.TextChoices):
        SETTLED = "", "Nothing to answer"
        OPEN = "open", "Open"
        CONFIRMED = "confirmed", "The same"
        REFUSED = "refused", "Not the same"

    file = models.ForeignKey(RecordFile, on_delete=models.CASCADE, related_name="court_rows")
    row = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    case_number = models.CharField(max_length=100, blank=True)
    court = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True)
    section_text = models.CharField(max_length=200, blank=True)
    code_section = models.CharField(max_length=60, blank=True)
    prop64 = models.CharField(max_length=5, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    disposition = models.CharField(max_length=200, blank=True)
    date = models.DateField(null=True)
    sentence = models.TextField(blank=True)
    kind = models.CharField(max_length=13, choices=Kind.choices)
    conviction = models.ForeignKey("Conviction", null=True, on_delete=models.PROTECT, related_name="court_rows")
    """The DOJ's: the one it is, or may be."""
    own = models.OneToOneField("Conviction", null=True, on_delete=models.PROTECT, related_name="court_row")
    """The one made for it, since the DOJ's files show none."""
    subject_number = models.PositiveIntegerField(null=True)  # its rows in the Parquet file, where it may need its own
    likely = models.BooleanField(default=False)  # the score reaches the confirm line
    score = models.FloatField(null=True)  # bits, eligibility/records/reconciling.toml
    levels = models.JSONField(default=dict)  # field -> how the two agree
    differing = ArrayField(models.CharField(max_length=20), default=list)  # fields that differ
    state = models.CharField(max_length=10, choices=State.choices, default=State.SETTLED, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reasons = ArrayField(models.TextField(), default=list, editable=False)  # one for each answer, and each taking back

    class Meta:
        indexes = [models.Index(fields=["file", "kind", "row"], name="court_row_by_kind")]
        constraints = [models.UniqueConstraint(fields=["file", "row"], name="court_row_once")]


class NotInExtract(models.Model):
    """A conviction of the DOJ's that a court's extract should show and doesn't."""

    file = models.ForeignKey(RecordFile, on_delete=models.CASCADE, related_name="not_in_extract")
    conviction = models.ForeignKey("Conviction", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "conviction"], name="not_in_extract_once")]


class Problem(models.Model):
    """Something in a record file that could not be read."""

    file = models.ForeignKey(RecordFile, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(null=True)
    line = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=40, blank=True)
    value = models.TextField(blank=True)
    what = models.TextField()
    done = models.TextField()

    class Meta:
        ordering = ["file_id", "row", "id"]


class Subject(models.Model):
    """One person: within a file a SUBJECT_ID, across files a CII number."""

    cii_number = models.CharField(max_length=20, blank=True, db_index=True)
    name = models.CharField(max_length=200)  # of the newest file
    birth_date = models.DateField(null=True)
    search_name = models.CharField(max_length=200, db_index=True)  # normalised for search
    deceased = models.BooleanField(default=False)
    registered = models.BooleanField(default=False)  # a sex-offender registration event; which kind isn't said
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="linked")
    """The subject this one was confirmed to be; derived from SubjectLink rows. Null for most."""

    class Meta:
        indexes = [
            models.Index(fields=["search_name"], name="subject_name_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(Coalesce("same_as", "id"), name="subject_person"),  # everybody who is one person
        ]


class FileSubject(models.Model):
    """A subject as one file shows them."""

    file = models.ForeignKey(RecordFile, on_delete=models.CASCADE, related_name="subjects")
    number = models.PositiveIntegerField()  # position among the file's subjects; its rows in the Parquet file
    doj_subject_id = models.CharField(max_length=40)  # SUBJECT_ID: the request's running number, good within the file
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="entries")
    name = models.CharField(max_length=200)
    birth_date = models.DateField(null=True)
    cii_number = models.CharField(max_length=20, blank=True)
    deceased = models.BooleanField(default=False)
    registered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="file_subject_number"),
            models.UniqueConstraint(fields=["file", "doj_subject_id"], name="file_subject_id"),
        ]


class Event(models.Model):
    """One step of a cycle: arrest, court action, custody, registration, death."""

    file_subject = models.ForeignKey(FileSubject, on_delete=models.CASCADE, related_name="events")
    row = models.PositiveIntegerField()  # its first row
    cycle = models.CharField(max_length=3, blank=True)
    step = models.CharField(max_length=3, blank=True)
    date = models.DateField(null=True)
    type = models.CharField(max_length=60, blank=True)
    agency = models.CharField(max_length=120, blank=True)
    county = models.CharField(max_length=60, blank=True)


class Conviction(models.Model):
    """A conviction with its own identity; readings of several files join it. Its facts are the newest reading's."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="convictions")
    county = models.CharField(max_length=60, db_index=True)
    code_section = models.CharField(max_length=60, blank=True)
    section_text = models.CharField(max_length=200, blank=True)
    prop64 = models.CharField(max_length=5, blank=True, db_index=True)  # 11357 … 11360
    related = models.BooleanField(default=False)
    severity = models.CharField(max_length=12, blank=True)
    convicted_on = models.DateField(null=True)
    case_numbers = ArrayField(models.CharField(max_length=60), default=list)
    court_text = models.ForeignKey(CourtText, null=True, on_delete=models.PROTECT, related_name="+")
    newest_reading = models.ForeignKey("Reading", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["subject", "code_section", "convicted_on"]),
            GinIndex(fields=["case_numbers"], name="conviction_case_number"),
        ]


class Reading(models.Model):
    """What one record file says about one count; immutable but for the conviction it joins."""

    file_subject = models.ForeignKey(FileSubject, on_delete=models.CASCADE, related_name="readings")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="readings")
    row = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    record_id = models.CharField(max_length=20, blank=True)
    count_order = models.CharField(max_length=20, blank=True)
    convicted = models.BooleanField(default=False)
    disposition = models.CharField(max_length=200, blank=True)
    section_text = models.CharField(max_length=400, blank=True)
    code_section = models.CharField(max_length=60, blank=True)
    prop64 = models.CharField(max_length=5, blank=True)
    related = models.BooleanField(default=False)
    severity = models.CharField(max_length=12, blank=True)
    severity_inferred = models.BooleanField(default=False)
    date = models.DateField(null=True)
    county = models.CharField(max_length=60, blank=True)
    court_text = models.CharField(max_length=120, blank=True)
    case_numbers = ArrayField(models.CharField(max_length=60), default=list)
    sentence = models.TextField(blank=True)  # its parts in words
    comment = models.TextField(blank=True)
    conviction = models.ForeignKey(Conviction, null=True, on_delete=models.PROTECT, related_name="readings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file_subject", "count_order"], name="reading_once_per_count")]


class Suggestion(models.Model):
    """Two subjects or two convictions that may be one. A person confirms or refuses; never asked twice."""

    class Kind(models.TextChoices):
        SUBJECT = "subject", "Subjects"
        CONVICTION = "conviction", "Convictions"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CONFIRMED = "confirmed", "The same"
        REFUSED = "refused", "Not the same"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    first_id = models.BigIntegerField()  # ids of Subject or Conviction, the smaller first
    second_id = models.BigIntegerField()
    why = models.CharField(max_length=200)  # coded reason in plain words, no record data
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    reasons = ArrayField(models.TextField(), default=list, editable=False)
    """What was typed each time it was answered or an answer was taken back; the trail refers to them from 1."""
    moved_readings = ArrayField(models.BigIntegerField(), default=list, editable=False)
    """Of two convictions confirmed to be one: the readings that went over to the first, so that it can be undone."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "first_id", "second_id"], name="suggested_once"),
            models.CheckConstraint(condition=models.Q(first_id__lt=models.F("second_id")), name="suggestion_ordered"),
        ]


class SubjectLink(models.Model):
    """Two subjects confirmed to be one person. Nothing is rewritten; undone with a reason."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="links")
    same_as = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="links")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.TextField(blank=True)
