"""Batches: a frozen list of convictions put up for approval together."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clearmyrecord.office.models import Court, WordingVersion
from clearmyrecord.records.models import Conviction, Subject
from clearmyrecord.runs.models import Determination, Run


class Batch(models.Model):
    """draft → submitted → approved or returned (→ draft, a new version); any of them → withdrawn."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"
        WITHDRAWN = "withdrawn", "Withdrawn"
        DISCARDED = "discarded", "Discarded"

    class Papers(models.TextChoices):
        PER_CASE = "per_case", "Papers for each case"
        OMNIBUS = "omnibus", "One omnibus motion for all of them"

    name = models.CharField(max_length=120)
    papers = models.CharField(max_length=10, choices=Papers.choices, default=Papers.PER_CASE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="batches")
    filter = models.JSONField(default=dict)  # coded filter it was composed from
    signing_attorney = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="batches_to_sign"
    )
    composed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    composed_at = models.DateTimeField(auto_now_add=True)
    heading = models.JSONField(default=dict)  # office, attorney, policy, wording, as-of date as frozen at submission
    wording = models.ForeignKey(WordingVersion, null=True, on_delete=models.PROTECT, related_name="+")
    """The words of its papers: those in force at submission, never a later version."""
    list_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of heading and items; approval names it
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)  # why it was returned; empty if its submitter called it back
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(approved_by__isnull=False) & ~Q(list_hash="")),
                name="approved_has_approver_and_hash",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="withdrawn_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_called_back(self) -> bool:
        """Whether its submitter took it back. A supervisor who returns a batch always says why."""
        return self.state == self.State.RETURNED and not self.comment


class Preparer(models.Model):
    """Who prepared any part of a batch. Never removed; a preparer never approves it (trigger in migration 0002)."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="preparers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "user"], name="preparer_once")]


class BatchItem(models.Model):
    """One conviction of a batch; at submission a snapshot of what is put up for approval is frozen into it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="batch_items")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField(default=True)  # until withdrawn, discarded or denied
    looked_at_singly = models.BooleanField(default=False)
    outcome = models.CharField(max_length=12, blank=True)
    route = models.CharField(max_length=10, blank=True)
    case_number = models.CharField(max_length=60, blank=True)
    court = models.ForeignKey(Court, null=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.JSONField(default=dict)  # everything a paper needs about the conviction, as approved

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "conviction"], name="item_once_per_batch"),
            models.UniqueConstraint(fields=["conviction"], condition=Q(holds=True), name="conviction_in_one_batch"),
        ]


class Sample(models.Model):
    """What supervisors look through before a batch is approved: drawn at submission, one for each version submitted.

    Kept as it was drawn, whatever becomes of the batch. `sampling` says how the size and the items follow from it.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="samples")
    version = models.PositiveIntegerField()
    list_hash = models.CharField(max_length=64)  # of the list that it is drawn from
    seed = models.CharField(max_length=32)
    confidence = models.DecimalField(max_digits=4, decimal_places=1)  # percent
    most_wrong = models.DecimalField(max_digits=4, decimal_places=1)  # percent; passed, fewer than that are wrong
    convictions = models.PositiveIntegerField()  # of the list
    certain = models.PositiveIntegerField()  # always looked at: see SampleItem.Reason
    drawn = models.PositiveIntegerField()  # of all others
    drawn_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["batch", "version"], name="one_sample_per_version")]

    def __str__(self) -> str:
        return f"Sample of version {self.version}"

    @property
    def others(self) -> int:
        """Convictions that are not always looked at: those drawn from."""
        return self.convictions - self.certain

    @property
    def size(self) -> int:
        return self.certain + self.drawn


class SampleItem(models.Model):
    """One conviction of a sample, with what was put up for approval; the batch's own items are made anew each time."""

    class Reason(models.TextChoices):
        """Why a conviction is always looked at."""

        SUPERSTRIKE = "superstrike", "possible superstrike"
        REGISTRATION = "registration", "registration, shown or possible"
        STATED = "stated", "stated fact"
        OVERRIDE = "override", "override"
        WRONG_BEFORE = "wrong_before", "wrong in an earlier sample"

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()  # from 1: those always looked at, then those drawn
    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="+")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)  # values of Reason; none: it was drawn
    snapshot = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="one_item_per_position"),
            models.UniqueConstraint(fields=["sample", "conviction"], name="sampled_once"),
        ]

    @property
    def why(self) -> str:
        """Why it is in the sample, in words."""
        return "; ".join(str(self.Reason(code).label) for code in self.reasons) or "drawn at random"

    @property
    def says(self) -> str:
        """Right, wrong or empty: what its marks come to."""
        said = {mark.verdict for mark in self.marks.all()}
        return next((str(verdict) for verdict in ("wrong", "right") if verdict in said), "")


class SampleMark(models.Model):
    """What one supervisor said of one conviction of a sample. Added, never changed: two people lose nothing.

    A conviction is wrong once anybody said so, and right if somebody said that and nobody the other.
    """

    class Verdict(models.TextChoices):
        RIGHT = "right", "Right"
        WRONG = "wrong", "Wrong"

    item = models.ForeignKey(SampleItem, on_delete=models.PROTECT, related_name="marks")
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    comment = models.TextField(blank=True)  # what is wrong
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="right", comment="") | (Q(verdict="wrong") & ~Q(comment="")),
                name="wrong_says_what",
            )
        ]


class ItemComment(models.Model):
    """What a supervisor said of one conviction of a submitted version, for the analyst it is returned to.

    Added, never changed; kept whatever becomes of the batch.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="item_comments")
    version = models.PositiveIntegerField()
    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="item_comment_says_something")]


class Grant(models.Model):
    """A batch given to a public defender, until it is taken back. Ended, never deleted."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="grants")
    defender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    reason = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "defender"], condition=Q(ended_at=None), name="given_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                name="grant_end_whole",
            ),
        ]


class Objection(models.Model):
    """What a public defender has against one conviction of a submitted batch. Added, never changed."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="objections")
    version = models.PositiveIntegerField()
    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "version", "conviction", "by"], name="one_objection_each"),
            models.CheckConstraint(condition=~Q(reason=""), name="objection_has_reason"),
        ]


class ObjectionAnswer(models.Model):
    """How an attorney resolved an objection: with a reason why it stays, or the conviction taken out of the batch."""

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="answer")
    taken_out = models.BooleanField(default=False)
    text = models.TextField()  # the defender reads it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="answer_has_reason")]


class Proposal(models.Model):
    """What a public defender would add: a case, or a person, and why. Kept as written; nothing follows of itself."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="proposals")
    version = models.PositiveIntegerField()
    case_number = models.CharField(max_length=60, blank=True)
    section = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)  # of a person
    what = models.CharField(max_length=400, blank=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(case_number="") & ~Q(section="") | ~Q(name="") & ~Q(what="")),
                name="proposal_names_what_and_why",
            )
        ]


class ServingForm(models.Model):
    """What a motion for someone still serving must say, by case, with its source. Superseded, never edited."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="serving_forms")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=60)
    status = models.CharField(max_length=40)
    controlling_term = models.CharField(max_length=200)
    credits = models.CharField(max_length=200)
    hearing = models.CharField(max_length=40)
    source = models.CharField(max_length=400)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "court", "case_number"],
                condition=Q(superseded_at=None),
                name="one_serving_form_per_case",
            )
        ]


class Recommendation(models.Model):
    """An attorney's choice to recommend resentencing under PC 1172.1 for a case, in place of the motion.

    Superseded, never edited; taken back is superseded by none.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="recommendations")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=60)
    facts = models.JSONField()  # what the recommendation states of judgment, custody and person, with its source
    attorney = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "court", "case_number"],
                condition=Q(superseded_at=None),
                name="one_recommendation_per_case",
            )
        ]
