"""Papers for approved batches, their signatures, packages for the courts, and what the courts took."""

from django.conf import settings
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


class Matter(models.Model):
    """What is signed and filed as one. Triggers (migrations 0003, 0008) keep signed and filed true."""

    class State(models.TextChoices):
        DRAFTING = "drafting", "Drafting"
        DRAFTED = "drafted", "Unsigned"
        SIGNING = "signing", "Signature being drawn"
        SIGNED = "signed", "Signed, not filed"
        FILED = "filed", "Filed"
        REFUSED = "refused", "Could not be drafted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTING)
    refusals = models.JSONField(default=list)  # why it could not be drafted, in plain words

    class Meta:
        abstract = True


class Filing(Matter):
    """One case's papers at one court on one route."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="filings")
    chunk = models.ForeignKey(PaperChunk, on_delete=models.PROTECT, related_name="filings")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="filings")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="filings")
    case_number = models.CharField(max_length=60)
    route = models.CharField(max_length=10)

    class Meta:
        ordering = ["court_id", "case_number", "route"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "subject", "court", "case_number", "route"], name="one_filing_per_case_and_route"
            )
        ]

    @property
    def reference(self) -> str:
        """The office's own, which goes with the papers and may come back on the court's receipt."""
        return f"F{self.pk}"


class Paper(models.Model):
    """A court document, rendered from the frozen snapshot; superseded when it is signed or its batch withdrawn."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20)  # motion, declaration, order, recommendation, proof
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


OF_CASE = Q(filing__isnull=False, motion=None)
OF_MOTION = Q(filing=None, motion__isnull=False)


class Signature(models.Model):
    """The named attorney signed a case's or an omnibus motion's papers.

    Falls with its batch; never changed otherwise (trigger).
    """

    class Fallen(models.TextChoices):
        WITHDRAWN = "withdrawn", "the batch was withdrawn"
        NOT_DRAWN = "not_drawn", "the signed papers could not be drawn"
        REJECTED = "rejected", "the clerk rejected the papers"

    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="signatures")
    motion = models.ForeignKey("OmnibusMotion", null=True, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(max_length=160)  # as printed after "/s/"
    place = models.CharField(max_length=80)
    signed_on = models.DateField()
    signed_at = models.DateTimeField(auto_now_add=True)
    seen_hash = models.CharField(max_length=64)  # SHA-256 over the papers that the page showed
    fallen_at = models.DateTimeField(null=True)
    fallen_why = models.CharField(max_length=10, choices=Fallen.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing"], condition=Q(fallen_at=None), name="one_standing_signature"),
            models.UniqueConstraint(
                fields=["motion"], condition=Q(fallen_at=None), name="one_standing_motion_signature"
            ),
            models.CheckConstraint(condition=OF_CASE | OF_MOTION, name="signature_of_case_or_motion"),
            models.CheckConstraint(
                condition=Q(fallen_at=None, fallen_why="") | Q(fallen_at__isnull=False) & ~Q(fallen_why=""),
                name="fallen_signature_says_why",
            ),
        ]


@work.kind(queue="documents", job="clearmyrecord.filings.jobs.make_package")
class Package(work.Work):
    """The batch's papers as ZIPs for its courts; made anew whenever the last paper is drafted or signed.

    Of an omnibus motion: the public papers, and apart from them what is for the court alone.
    """

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="package")
    made_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)


class Archive(models.Model):
    """One ZIP of a package: some cases at one court, or some volumes of an omnibus motion.

    The same papers have the same bytes, and so the same name.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="archives")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    is_confidential = models.BooleanField(default=False)  # for the court alone, never the public file
    part = models.PositiveSmallIntegerField()
    parts = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    first_case = models.CharField(max_length=60)
    last_case = models.CharField(max_length=60)
    cases = models.PositiveIntegerField()
    papers = models.PositiveIntegerField()
    ready = models.PositiveIntegerField()  # signed and confirmed in it, to be filed
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    storage_key = models.CharField(max_length=200)

    class Meta:
        ordering = ["court__branch", "court_id", "is_confidential", "part"]
        constraints = [
            models.UniqueConstraint(fields=["package", "court", "is_confidential", "part"], name="one_archive_per_part")
        ]


class ReceiptList(models.Model):
    """A court's list of what it filed, as it came. Its rows are read again whenever they are shown."""

    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="receipt_lists")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_key = models.CharField(max_length=200)
    columns = models.JSONField(default=dict)  # what each field is read from: field -> column heading
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["court", "sha256"], name="receipt_list_uploaded_once")]


class Receipt(models.Model):
    """The clerk took a case's papers or an omnibus motion: on which day, under which number.

    Undone with a reason, never edited (trigger).
    """

    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="receipts")
    motion = models.ForeignKey("OmnibusMotion", null=True, on_delete=models.PROTECT, related_name="receipts")
    filed_on = models.DateField()
    number = models.CharField(max_length=60)  # the court's own, of its receipt or envelope
    assigned_number = models.CharField(max_length=60, blank=True)  # the miscellaneous case number of an omnibus motion
    receipt_list = models.ForeignKey(ReceiptList, null=True, on_delete=models.PROTECT, related_name="receipts")
    list_row = models.PositiveIntegerField(null=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing"], condition=Q(undone_at=None), name="one_standing_receipt"),
            models.UniqueConstraint(fields=["motion"], condition=Q(undone_at=None), name="one_standing_motion_receipt"),
            models.CheckConstraint(
                condition=(OF_CASE & Q(assigned_number="")) | (OF_MOTION & ~Q(assigned_number="")),
                name="receipt_of_case_or_numbered_motion",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_reason="", undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason=""),
                name="undone_receipt_says_why",
            ),
        ]


class Letter(models.Model):
    """Tells a person what the court did in their case; not filed. A newer one of its kind supersedes it."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="letters")
    done = models.CharField(max_length=12)  # sealed, dismissed, misdemeanor, infraction
    language = models.CharField(max_length=5)
    convictions = models.PositiveIntegerField()
    ordered_on = models.DateField()
    address = models.TextField()
    address_source = models.CharField(max_length=400)  # how the address was verified
    defender_phone = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=120)
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_key = models.CharField(max_length=200)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["done", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "done", "language"],
                condition=Q(superseded_at=None),
                name="one_standing_letter_per_relief_and_language",
            )
        ]


@work.kind(queue="documents", job="clearmyrecord.filings.jobs.draft_omnibus")
class OmnibusMotion(work.Work, Matter):
    """One motion, declaration and order for a whole batch at one court.

    Its work: draft them and plan the exhibit; once signed, draw them anew.
    """

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="omnibus_motion")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")

    @property
    def reference(self) -> str:
        """The office's own, which goes with the papers."""
        return f"O{self.pk}"


@work.kind(queue="documents", job="clearmyrecord.filings.jobs.draw_volume")
class OmnibusVolume(work.Work):
    """One volume of an omnibus motion's exhibit, or of the attachment for the court alone; drawn by one worker."""

    motion = models.ForeignKey(OmnibusMotion, on_delete=models.PROTECT, related_name="volumes")
    is_confidential = models.BooleanField(default=False)
    number = models.PositiveIntegerField()
    plan = models.JSONField(null=True)  # what it prints, page by page; emptied once it is drawn

    class Meta:
        ordering = ["is_confidential", "number"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "is_confidential", "number"], name="omnibus_volume_once")
        ]


class OmnibusPaper(models.Model):
    """A paper of an omnibus motion or a volume of its exhibit; superseded when it is signed or its batch withdrawn."""

    motion = models.ForeignKey(OmnibusMotion, on_delete=models.PROTECT, related_name="papers")
    volume = models.ForeignKey(OmnibusVolume, null=True, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20)  # motion, declaration, order, exhibit, confidential
    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=120)
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_key = models.CharField(max_length=200)
    drafted_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "file_name"], condition=Q(superseded_at=None), name="one_standing_omnibus_paper"
            )
        ]
