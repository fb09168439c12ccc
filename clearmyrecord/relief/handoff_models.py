"""What was handed to a court or to the DOJ: the frozen rows, their hashes, who received them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from clearmyrecord.batches.models import BatchItem
from clearmyrecord.office.models import Court

COURT_OR_DOJ = Coalesce("court", 0)  # no court: the DOJ


class Stage(models.TextChoices):
    """When a conviction is handed off: once the clerk took the motion, and once the court granted it."""

    FILED = "filed", "What was filed"
    GRANTED = "granted", "What was granted"


class HandOffProfile(models.Model):
    """The columns that a court, or the DOJ where there is no court, wants: their order and headings."""

    court = models.OneToOneField(Court, null=True, on_delete=models.PROTECT, related_name="hand_off_profile")
    columns = models.JSONField()  # [field, heading] in their order
    dates = models.CharField(max_length=10)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(COURT_OR_DOJ, name="one_hand_off_profile_each")]


class HandOff(models.Model):
    """One hand-off: files made from frozen rows, the same bytes whenever they are made again."""

    court = models.ForeignKey(Court, null=True, on_delete=models.PROTECT, related_name="hand_offs")
    stage = models.CharField(max_length=8, choices=Stage.choices)
    columns = models.JSONField()  # the profile as it was then
    dates = models.CharField(max_length=10)
    heading = models.JSONField()  # office, court, day, totals, how many were held back
    files = models.JSONField()  # name, SHA-256 and size of each file
    row_count = models.PositiveIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="withdrawn_hand_off_says_why",
            )
        ]

    @property
    def to(self) -> str:
        """Who it is for, as lists show it."""
        return self.court.branch if self.court else "California DOJ"


class HandOffRow(models.Model):
    """One conviction of a hand-off, its values as plain text; `holds` until the hand-off is withdrawn."""

    hand_off = models.ForeignKey(HandOff, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    item = models.ForeignKey(BatchItem, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField()
    for_court = models.BooleanField()
    stage = models.CharField(max_length=8, choices=Stage.choices)
    holds = models.BooleanField(default=True)

    class Meta:
        ordering = ["hand_off_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["hand_off", "number"], name="hand_off_row_once"),
            models.UniqueConstraint(
                fields=["item", "for_court", "stage"], condition=Q(holds=True), name="handed_off_once"
            ),
        ]
        indexes = [models.Index(F("hand_off"), F("item"), name="hand_off_item")]


class HandOffReceipt(models.Model):
    """Who received a hand-off, how and when."""

    hand_off = models.ForeignKey(HandOff, on_delete=models.PROTECT, related_name="receipts")
    received_by = models.CharField(max_length=160)
    channel = models.CharField(max_length=160)
    received_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
