"""Somebody asked whether a record was cleared: who, about whom, what we found, the letter."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clearmyrecord.records.models import Subject


class Inquiry(models.Model):
    """One question. From the public form nothing is known but what was typed; staff find the person and verify."""

    class Channel(models.TextChoices):
        TELEPHONE = "telephone", "By telephone"
        COUNTER = "counter", "At the counter"
        LETTER = "letter", "By letter"
        EMAIL = "email", "By e-mail"
        FORM = "form", "Through the public form"

    class Asker(models.TextChoices):
        SELF = "self", "The person"
        COUNSEL = "counsel", "The person's lawyer"
        OTHER = "other", "Somebody else"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed without an answer"

    channel = models.CharField(max_length=10, choices=Channel.choices)
    asker = models.CharField("who asks", max_length=8, choices=Asker.choices)
    asker_name = models.CharField("name of who asks", max_length=160, blank=True)
    contact = models.CharField("how to reach them", max_length=300, blank=True)
    name = models.CharField("name of the person", max_length=160)
    birth_date = models.DateField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    asked_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="inquiries")
    identity = models.CharField(max_length=300, blank=True)  # how it was verified that they may be told
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # what they were told, or why nothing

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "inquiries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_by=None, settled_at=None)
                | Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(state="open") & ~Q(answer=""),
                name="settled_inquiry_says_what",
            ),
            models.CheckConstraint(condition=Q(subject=None) | ~Q(identity=""), name="person_told_is_verified"),
            models.CheckConstraint(
                condition=Q(channel="form") | Q(entered_by__isnull=False), name="only_the_form_has_no_author"
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="inquiries_by_state")]


class InquiryLetter(models.Model):
    """A letter that answers an inquiry; kept as it was printed."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="letters")
    language = models.CharField(max_length=5)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_key = models.CharField(max_length=200)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]


class PublicAsk(models.Model):
    """When an address sent the public form, as a keyed hash: enough to slow it down, too little to name it."""

    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["address_hash", "at"], name="asks_of_address")]
