"""What the courts did with what was filed: answers and objections per conviction, the courts' own response files.

Migration 0002 holds the database to it: answers and objections are written once and only ever superseded or resolved.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clearmyrecord.batches.models import BatchItem
from clearmyrecord.filings.models import OF_CASE, OF_MOTION, Filing, OmnibusMotion
from clearmyrecord.office.models import Court
from clearmyrecord.records.models import Conviction, RecordFile, Subject
from clearmyrecord.relief.handoff_models import HandOff, HandOffProfile, HandOffReceipt, HandOffRow

__all__ = ["HandOff", "HandOffProfile", "HandOffReceipt", "HandOffRow"]
"""Models with a module of their own."""


class Relief(models.TextChoices):
    """What a court is asked for a conviction, and what it grants; the first four as letters have it."""

    SEALED = "sealed", "Dismissed and sealed"
    DISMISSED = "dismissed", "Dismissed"
    MISDEMEANOR = "misdemeanor", "Lowered to a misdemeanor"
    INFRACTION = "infraction", "Lowered to an infraction"
    RESENTENCED = "resentenced", "Resentenced"


class Asked(models.Model):
    """One conviction of a filing or an omnibus motion that a court took, and where it stands.

    Made when the clerk takes it (`asking`). The state follows from the standing answer and the objections, and is
    written by `asking.settle` alone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for the court"
        OBJECTED = "objected", "Objected"
        HEARING = "hearing", "Set for hearing"
        GRANTED = "granted", "Granted"
        DENIED = "denied", "Denied"
        REJECTED = "rejected", "Rejected by the clerk"
        WITHDRAWN = "withdrawn", "Withdrawn by the office"

    item = models.OneToOneField(BatchItem, on_delete=models.PROTECT, related_name="asked")
    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="asked")
    motion = models.ForeignKey(OmnibusMotion, null=True, on_delete=models.PROTECT, related_name="asked")
    exhibit_row = models.PositiveIntegerField(null=True)  # of an omnibus motion: its number in the exhibit, from 1
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="asked")
    relief = models.CharField(max_length=12, choices=Relief.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(OF_CASE & Q(exhibit_row=None)) | (OF_MOTION & Q(exhibit_row__isnull=False)),
                name="asked_of_case_or_row_of_motion",
            ),
            models.UniqueConstraint(fields=["motion", "exhibit_row"], name="one_conviction_per_exhibit_row"),
        ]
        indexes = [models.Index(fields=["court", "state"], name="asked_by_court_and_state")]


OPEN = (Asked.State.WAITING, Asked.State.OBJECTED, Asked.State.HEARING)
"""States in which a court may still answer."""

FINAL = (Asked.State.GRANTED, Asked.State.DENIED)


class ResponseLayout(models.Model):
    """How a court's response files are read: remembered, and taken for the next file with these columns."""

    court = models.OneToOneField(Court, on_delete=models.PROTECT, related_name="response_layout")
    columns = models.JSONField()  # field -> column heading
    words = models.JSONField()  # the court's word, lower case -> decision
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)


class CourtResponse(models.Model):
    """A court's file of what it decided, as it came. Nothing counts before it is recorded."""

    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="responses")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_key = models.CharField(max_length=200)
    headings = models.JSONField()
    row_count = models.PositiveIntegerField()
    columns = models.JSONField(default=dict)  # as `ResponseLayout` has it
    words = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    recorded_hash = models.CharField(max_length=64, blank=True)  # SHA-256 over what the page showed to be recorded
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["court", "sha256"], name="response_uploaded_once"),
            models.CheckConstraint(
                condition=Q(recorded_at=None, recorded_by=None, recorded_hash="", undone_at=None)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False) & ~Q(recorded_hash=""),
                name="recorded_response_whole",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_reason="")
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason=""),
                name="undone_response_says_why",
            ),
        ]

    @property
    def is_recorded(self) -> bool:
        """Whether what it says counts."""
        return self.recorded_at is not None and self.undone_at is None


class CourtAnswer(models.Model):
    """What the court did with one conviction. Superseded, never edited."""

    class Decision(models.TextChoices):
        GRANTED = "granted", "Granted"
        DENIED = "denied", "Denied"
        HEARING = "hearing", "Set for hearing"
        REJECTED = "rejected", "Rejected by the clerk"

    class Superseded(models.TextChoices):
        FOLLOWED = "followed", "a later answer followed"
        CORRECTED = "corrected", "it was corrected"
        UNDONE = "undone", "it was taken back"

    item = models.ForeignKey(BatchItem, on_delete=models.PROTECT, related_name="answers")
    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="answers")
    motion = models.ForeignKey(OmnibusMotion, null=True, on_delete=models.PROTECT, related_name="answers")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    granted_as = models.CharField(max_length=12, choices=Relief.choices, blank=True)  # it may be less than was asked
    decided_on = models.DateField(null=True)  # day of the order; of a rejection, when the clerk sent it back
    hearing_on = models.DateField(null=True)
    department = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    response = models.ForeignKey(CourtResponse, null=True, on_delete=models.PROTECT, related_name="answers")
    row = models.PositiveIntegerField(null=True)  # of the response, from 1, headings not counted
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    """The answer that stood before, such as a hearing that was set."""
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    superseded_how = models.CharField(max_length=10, choices=Superseded.choices, blank=True)
    superseded_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(superseded_at=None), name="one_standing_answer"),
            models.CheckConstraint(condition=OF_CASE | OF_MOTION, name="answer_of_case_or_motion"),
            models.CheckConstraint(
                condition=(Q(decision="granted", decided_on__isnull=False) & ~Q(granted_as=""))
                | (Q(decision__in=["denied", "rejected"], decided_on__isnull=False, granted_as="") & ~Q(reason=""))
                | Q(decision="hearing", hearing_on__isnull=False, granted_as=""),
                name="answer_says_what_it_must",
            ),
            models.CheckConstraint(
                condition=Q(response=None, row=None) | Q(response__isnull=False, row__isnull=False),
                name="answer_names_file_and_row",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None, superseded_by=None, superseded_how="", superseded_reason="")
                | Q(superseded_at__isnull=False, superseded_by__isnull=False, superseded_how="followed")
                | Q(
                    superseded_at__isnull=False, superseded_by__isnull=False, superseded_how__in=["corrected", "undone"]
                )
                & ~Q(superseded_reason=""),
                name="superseded_answer_says_why",
            ),
        ]
        indexes = [models.Index(fields=["response", "row"], name="answers_of_response")]


class ResponseRow(models.Model):
    """One row of a response file: what the court wrote, what it means for us, and what became of it."""

    class Kind(models.TextChoices):
        """What a row means. All but the first three need a person."""

        MATCH = "match", "To be recorded"
        KNOWN = "known", "Recorded already"
        REPEATED = "repeated", "Repeats another row"
        DIFFERS = "differs", "Case found, but something differs"
        SEVERAL = "several", "Fits several convictions"
        CONTRADICTS = "contradicts", "Contradicts another row or answer"
        OBJECTED = "objected", "Objected or withdrawn"
        NOT_FILED = "not_filed", "Not filed"
        UNUSABLE = "unusable", "Can’t be used"
        UNKNOWN = "unknown", "Unknown case"

    class State(models.TextChoices):
        PENDING = "pending", "Not recorded yet"
        RECORDED = "recorded", "Recorded"
        NOTED = "noted", "Nothing to do"
        OPEN = "open", "To work off"
        ASSIGNED = "assigned", "Assigned by hand"
        SET_ASIDE = "set_aside", "Set aside"

    response = models.ForeignKey(CourtResponse, on_delete=models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField()  # counted from 1, headings not counted
    cells = models.JSONField()  # field -> as the court wrote it
    decision = models.CharField(max_length=10, choices=CourtAnswer.Decision.choices, blank=True)
    granted_as = models.CharField(max_length=12, choices=Relief.choices, blank=True)  # only where the court says so
    decided_on = models.DateField(null=True)
    hearing_on = models.DateField(null=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    why = models.TextField(blank=True)
    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="+")
    motion = models.ForeignKey(OmnibusMotion, null=True, on_delete=models.PROTECT, related_name="+")
    items = ArrayField(models.BigIntegerField(), default=list)  # ids of the convictions' batch items that it answers
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["response", "row"], name="response_row_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "set_aside"])
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_reason=""),
                name="settled_row_says_why",
            ),
        ]
        indexes = [models.Index(fields=["response", "kind", "row"], name="response_rows_by_kind")]


TROUBLE = tuple(kind for kind in ResponseRow.Kind if kind not in ("match", "known", "repeated"))
"""Kinds of rows that need a person."""


class Objection(models.Model):
    """Somebody objects to what is asked for one conviction: it is carved out until an attorney resolves it."""

    class Who(models.TextChoices):
        DEFENDER = "defender", "Public defender"
        COUNSEL = "counsel", "Other counsel of the defendant"
        DEFENDANT = "defendant", "The defendant"
        OFFICE = "office", "Somebody in this office"
        OTHER = "other", "Somebody else"

    class Ground(models.TextChoices):
        RECORD = "record", "Wrong person, case or conviction"
        UNWANTED = "unwanted", "The defendant does not want it, or wants more"
        NOT_WITHIN = "not_within", "Not within H&S § 11361.8"
        RISK = "risk", "Unreasonable risk of danger (serving only)"
        OTHER = "other", "Another ground"

    class Resolution(models.TextChoices):
        OBJECTION_WITHDRAWN = "objection_withdrawn", "The objection was withdrawn"
        ITEM_WITHDRAWN = "item_withdrawn", "The office asks no relief for it any more"
        TO_HEARING = "to_hearing", "The court hears it"

    item = models.ForeignKey(BatchItem, on_delete=models.PROTECT, related_name="objections")
    who = models.CharField(max_length=10, choices=Who.choices)
    name = models.CharField(max_length=120, blank=True)
    raised_on = models.DateField()
    ground = models.CharField(max_length=10, choices=Ground.choices)
    text = models.TextField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    resolution = models.CharField(max_length=20, choices=Resolution.choices, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "who"], condition=Q(resolved_at=None), name="one_open_objection_each"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None, resolution="", resolved_reason="")
                | Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(resolution="") & ~Q(resolved_reason=""),
                name="resolved_objection_says_why",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
        ]


class DojConfirmation(models.Model):
    """The DOJ's record follows a granted answer: as a later record file shows, or as somebody verified.

    What only may mean that (the conviction is gone from the file) is a suggestion until a person confirms it.
    """

    class Shows(models.TextChoices):
        RELIEF = "relief", "A later record file shows the dismissal or the lower severity"
        GONE = "gone", "A later record file of this person no longer shows the conviction"
        BY_HAND = "by_hand", "Verified by hand"

    class State(models.TextChoices):
        SUGGESTED = "suggested", "Suggested"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    answer = models.ForeignKey(CourtAnswer, on_delete=models.PROTECT, related_name="confirmations")
    shows = models.CharField(max_length=10, choices=Shows.choices)
    file = models.ForeignKey(RecordFile, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=400, blank=True)  # by hand: how it was verified
    state = models.CharField(max_length=10, choices=State.choices)
    found_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)  # empty with a state confirmed: confirmed by file
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer"], condition=~Q(state="refused"), name="one_standing_doj_confirmation"
            ),
            models.UniqueConstraint(fields=["answer", "file"], name="confirmation_asked_once_per_file"),
            models.CheckConstraint(
                condition=Q(shows="by_hand", file=None, decided_by__isnull=False) & ~Q(source="")
                | ~Q(shows="by_hand") & Q(file__isnull=False),
                name="confirmation_names_file_or_source",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(decided_by__isnull=False) & ~Q(reason=""),
                name="refused_confirmation_says_why",
            ),
        ]
