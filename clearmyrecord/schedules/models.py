"""Clean-slate schedules, when each was due, and how far the work of each due time is."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.batches.models import Batch
from clearmyrecord.office.models import Court
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs.models import Policy, Run
from clearmyrecord.schedules import calendar


class Schedule(models.Model):
    """When a policy runs by itself. What it does stands in its versions; the newest approved one is in force."""

    name = models.CharField(max_length=80)
    set_up_at = models.DateTimeField(auto_now_add=True)
    due_after = models.DateTimeField(null=True)
    """Due times up to here have their row, or passed before its approval or while it was paused."""
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | (Q(ended_by__isnull=False) & ~Q(end_reason="")), name="ended_says_why"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScheduleVersion(models.Model):
    """What a schedule does and when. Never edited; takes effect when a supervisor other than its author approves it.

    The database refuses its author's approval, and any change of an approved or discarded one (migration 0003).
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(null=True)  # given by the approval
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    coded_pattern = models.JSONField()  # see `calendar`
    reads_inbox = models.BooleanField(default=False)  # else the files that are there already
    drafts_batches = models.BooleanField(default=False)  # which takes its run into use
    tells_by_mail = models.BooleanField(default=False)  # beside the home page
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_up_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["schedule_id", models.F("number").desc(nulls_first=True), "-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "number"], name="schedule_version"),
            models.UniqueConstraint(
                fields=["schedule"], condition=Q(approved_at=None, discarded_at=None), name="one_proposed_version"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("author")), name="schedule_approved_by_another"
            ),
            models.CheckConstraint(
                condition=Q(number=None, approved_at=None, approved_by=None)
                | Q(number__isnull=False, approved_at__isnull=False, approved_by__isnull=False),
                name="schedule_approval_whole",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(approved_at=None), name="schedule_approved_or_discarded"
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}" if self.number else "Proposed version"

    @property
    def pattern(self) -> calendar.Pattern:
        return calendar.read(self.coded_pattern)


@work.kind(queue="default", job="clearmyrecord.schedules.jobs.go_on")
class DueRun(work.Work):
    """One time at which a schedule was due, and how far its work is. Its rows are unique: no due time runs twice.

    Of several that were missed the newest runs; the others are covered by it.
    """

    class State(models.TextChoices):
        COVERED = "covered", "Covered by a later one"
        READING = "reading", "Reading new files"
        EVALUATING = "evaluating", "Evaluating"
        COMPARING = "comparing", "Saying what changed"
        DRAFTING = "drafting", "Drafting batches"
        TELLING = "telling", "Telling people"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="due_runs")
    version = models.ForeignKey(ScheduleVersion, on_delete=models.PROTECT, related_name="due_runs")
    due_at = models.DateTimeField()
    inserted_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    covered_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="covers")
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="due_runs")
    compared_with = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    """The run that was in use before; None for the first."""
    changes = models.JSONField(default=dict)  # kind of change -> convictions; see `changes`
    failed_in = models.CharField(max_length=10, blank=True)  # the step in which it failed
    failure = models.TextField(blank=True)  # why, and what to do: plain words, no record data
    remedy = models.TextField(blank=True)
    mailed_to = models.PositiveIntegerField(default=0)  # people

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="due_once"),
            models.CheckConstraint(
                condition=Q(state="covered", covered_by__isnull=False) | (~Q(state="covered") & Q(covered_by=None)),
                name="covered_says_by_which",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | (~Q(failure="") & ~Q(remedy="")), name="failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule}, due {timezone.localtime(self.due_at):%B %-d, %Y}"

    @property
    def day(self) -> date:
        """The day in the office's time zone as of which it evaluates."""
        return timezone.localtime(self.due_at).date()


class InboxFile(models.Model):
    """A file as it lay in the inbox folder: one row for each name, size and time that stayed the same for a while."""

    class State(models.TextChoices):
        CHANGING = "changing", "Waiting until its size stays the same"
        TAKEN = "taken", "Taken"
        KNOWN = "known", "Known already"
        REFUSED = "refused", "No record file"
        UNREADABLE = "unreadable", "Could not be opened"

    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    modified_at = models.DateTimeField()
    same_since = models.DateTimeField()
    due_run = models.ForeignKey(DueRun, on_delete=models.PROTECT, related_name="inbox_files")  # that last looked at it
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHANGING)
    reason = models.TextField(blank=True)  # why it was left
    record_file = models.ForeignKey(RecordFile, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(state="changing"), name="changing_once_per_name")
        ]


class DraftedBatch(models.Model):
    """A batch that a due run drafted for one court, so that it is drafted once."""

    due_run = models.ForeignKey(DueRun, on_delete=models.PROTECT, related_name="drafted")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="drafted_by_schedule")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["due_run", "court"], name="one_batch_per_court")]
