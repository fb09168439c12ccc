"""Policies, runs and what they found."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clearmyrecord import work
from clearmyrecord.office.models import NewestBy
from clearmyrecord.records.models import Conviction, Reading, RecordFile


class Policy(models.Model):
    """The office's ordered lines. A draft until a supervisor who did not draft it signs; signed, it is a version.

    `text` is the engine's TOML. `drafted_by` is null for those that come with the product. The database refuses any
    change of a signed one, a second signature, and a run under an unsigned one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"
        USED = "used", "Signed and used"
        DISCARDED = "discarded", "Discarded"

    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(null=True)  # given by the signature
    title = models.CharField(max_length=200)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    authority = models.TextField(blank=True)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title", models.F("version").desc(nulls_first=True), "-id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="policy_version"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | Q(drafted_by=None) | ~Q(signed_by=models.F("drafted_by")),
                name="policy_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False, version__isnull=False),
                name="policy_signature_whole",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(signed_at=None), name="policy_signed_or_discarded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}" if self.version else f"{self.title}, draft {self.pk}"

    @property
    def state(self) -> "Policy.State":
        """Where it stands; used means that a run was made under it."""
        if self.discarded_at:
            return self.State.DISCARDED
        if not self.signed_at:
            return self.State.DRAFT
        return self.State.USED if self.runs.exists() else self.State.SIGNED


class Run(models.Model):
    """One evaluation of the office's record files under one policy version as of one date."""

    class State(models.TextChoices):
        EVALUATING = "evaluating", "Evaluating"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="runs")
    files = models.ManyToManyField(RecordFile, related_name="runs")
    county = models.CharField(max_length=60)
    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.EVALUATING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    newest_by = models.CharField(max_length=8, choices=NewestBy.choices, default=NewestBy.UPLOADED)
    engine_version = models.CharField(max_length=40)
    is_current = models.BooleanField(default=False)
    replaced = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    """The run that was in use before this one, when it last came into use."""
    failure = models.TextField(blank=True)
    convictions_in_scope = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # by outcome, route, reason; people affected
    reconciliation = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current")]


@work.kind(queue="evaluation", job="clearmyrecord.runs.jobs.evaluate_chunk")
class RunChunk(work.Work):
    """A part of a run: the subjects from first to last id (links kept together)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="chunks")
    first_subject = models.BigIntegerField()
    last_subject = models.BigIntegerField()
    convictions_in_scope = models.PositiveIntegerField(default=0)


@work.kind(queue="evaluation", job="clearmyrecord.runs.jobs.prepare_history")
class PreparedHistory(work.Work):
    """What what-if needs of a run, gathered once by a worker. `fingerprint` tells of what: see `prepared`."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="prepared_history")
    key = models.CharField(max_length=200, blank=True)  # where the bytes lie
    fingerprint = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)


class Determination(models.Model):
    """What a run found for one conviction."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="determinations")
    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="determinations")
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12)
    route = models.CharField(max_length=10)
    basis = models.CharField(max_length=12, blank=True)
    sealing = models.BooleanField(default=False)
    new_section = models.CharField(max_length=60, blank=True)
    new_severity = models.CharField(max_length=12, blank=True)
    rule = models.CharField(max_length=80)
    reason = models.TextField()
    citation = models.TextField(blank=True)
    trace = models.CharField(max_length=60)
    question = models.TextField(blank=True)
    question_kind = models.CharField(max_length=6, blank=True)  # record, law
    remarks = ArrayField(models.TextField(), default=list)
    open_questions = ArrayField(models.CharField(max_length=60), default=list)  # to be answered before submission
    unknown_facts = ArrayField(models.CharField(max_length=60), default=list)
    facts_hash = models.CharField(max_length=64)
    sentence_ends = models.DateField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "conviction"], condition=Q(superseded_at=None), name="one_determination_per_conviction"
            )
        ]
        indexes = [models.Index(fields=["run", "outcome", "route"]), models.Index(fields=["run", "rule"])]


class StatedFact(models.Model):
    """A fact that a person stated about a conviction, with its source. Superseded, never edited."""

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="stated_facts")
    fact = models.CharField(max_length=60)
    value = models.CharField(max_length=400)
    source = models.CharField(max_length=400)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["fact", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conviction", "fact"], condition=Q(superseded_at=None), name="one_stated_value_per_fact"
            )
        ]


@work.kind(queue="evaluation", job="clearmyrecord.runs.jobs.compare_runs")
class RunComparison(work.Work):
    """Two runs of the office set side by side, conviction by conviction. A worker finds the differences."""

    before = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="comparisons_from")
    after = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="comparisons_to")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="runs_compared_once"),
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="two_runs_compared"),
        ]

    def __str__(self) -> str:
        return f"run {self.before_id} and run {self.after_id}"


class RunDifference(models.Model):
    """A conviction for which two runs found something different. Kept in step with both runs' determinations.

    `changed` and `causes` hold codes of `causes.CHANGED` and `causes.CAUSES`.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed", "Another result"
        NEW = "new", "New"
        GONE = "gone", "Gone"
        SAME = "same", "Same result, found otherwise"

    comparison = models.ForeignKey(
        RunComparison, on_delete=models.CASCADE, related_name="differences", db_index=False
    )  # the constraint's index serves
    conviction = models.ForeignKey(Conviction, on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(Determination, null=True, on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey(Determination, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    outcome_before = models.CharField(max_length=12, blank=True)
    outcome_after = models.CharField(max_length=12, blank=True)
    rule_before = models.CharField(max_length=80, blank=True)
    rule_after = models.CharField(max_length=80, blank=True)
    changed = ArrayField(models.CharField(max_length=10), default=list)
    causes = ArrayField(models.CharField(max_length=10), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "conviction"], name="one_difference_per_conviction")
        ]
