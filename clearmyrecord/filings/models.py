"""Papers for approved batches."""

from django.db import models
from django.db.models import Q

from clearmyrecord import work
from clearmyrecord.batches.models import Batch
from clearmyrecord.office.models import Court
from clearmyrecord.records.models import Subject


@work.kind(queue="documents", job="clearmyrecord.filings.jobs.draft_chunk")
class PaperChunk(work.Work):
    """Some filings of a batch, drafted by one worker in one go."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="paper_chunks")


class Filing(models.Model):
    """One case's papers at one court on one route."""

    class State(models.TextChoices):
        DRAFTING = "drafting", "Drafting"
        DRAFTED = "drafted", "Drafted"
        REFUSED = "refused", "Could not be drafted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="filings")
    chunk = models.ForeignKey(PaperChunk, on_delete=models.PROTECT, related_name="filings")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="filings")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="filings")
    case_number = models.CharField(max_length=60)
    route = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTING)
    refusals = models.JSONField(default=list)  # why it could not be drafted, in plain words

    class Meta:
        ordering = ["court_id", "case_number", "route"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "subject", "court", "case_number", "route"], name="one_filing_per_case_and_route"
            )
        ]


class Paper(models.Model):
    """A court document, rendered from the frozen snapshot; superseded when its batch is withdrawn."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12)  # motion, declaration, order
    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=120)  # letters, digits, hyphens; two cases of a batch may share it
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_key = models.CharField(max_length=200)
    drafted_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "kind"], condition=Q(superseded_at=None), name="one_standing_paper_per_kind"
            )
        ]


@work.kind(queue="documents", job="clearmyrecord.filings.jobs.make_package")
class Package(work.Work):
    """The batch as one ZIP with an index of every case; made once all its papers are there."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="package")
    storage_key = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    superseded_at = models.DateTimeField(null=True)
