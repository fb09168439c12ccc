"""The office, its courts, its people and their roles, and its own words for the papers."""

from decimal import Decimal

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    ANALYST = "analyst", "Analyst"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"
    PUBLIC_DEFENDER = "public_defender", "Public defender"


CLEAN_SLATE = "clean-slate schedule"
"""User name of the account in whose name schedules act; nobody can type one with a space into the form of accounts."""


class User(AbstractUser):
    """Somebody with an account. One role; the attorney's mark stands beside it.

    One account is nobody's: CLEAN_SLATE. It may do what an analyst may, and never signs in, approves or signs.
    """

    role = models.CharField(max_length=20, choices=Role.choices)
    is_attorney = models.BooleanField("is an attorney", default=False)
    bar_number = models.CharField("State Bar number", max_length=12, blank=True)
    title = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)  # too many wrong sign-ins; an administrator releases
    first_steps_dismissed_at = models.DateTimeField(null=True, editable=False)  # home no longer offers them

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_attorney=False) | ~models.Q(bar_number=""), name="attorney_has_bar_number"
            ),
            models.CheckConstraint(
                condition=models.Q(is_attorney=False) | ~models.Q(role="public_defender"), name="defender_is_no_deputy"
            ),
            models.CheckConstraint(
                condition=~Q(username=CLEAN_SLATE)
                | Q(role="analyst", is_attorney=False, is_superuser=False, is_active=True, password__startswith="!"),  # noqa: S106
                name="clean_slate_account_approves_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class SignInAttempt(models.Model):
    """A wrong password. Kept in PostgreSQL so that flushing Redis unlocks nobody."""

    username = models.CharField(max_length=150, db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    address = models.GenericIPAddressField(null=True)

    def __str__(self) -> str:
        return f"wrong password at {self.at}"


class Release(models.Model):
    """A locked account that an administrator released, and why."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="releases")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"released on {self.at:%Y-%m-%d}"


class NewestBy(models.TextChoices):
    """What makes one record file's reading of a conviction newer than another's."""

    UPLOADED = "uploaded", "the time of its upload"
    RECEIVED = "received", "the file's own date: when the office received it"


class Office(models.Model):
    """The one office that this installation serves."""

    county = models.CharField(max_length=60, help_text="As DOJ files write it, e.g. CONTRA COSTA")
    name = models.CharField(max_length=120)
    district_attorney = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    zip_code = models.CharField(max_length=10)
    phone = models.CharField(max_length=30)
    fax = models.CharField(max_length=30, blank=True)
    email = models.EmailField()
    letterhead = models.TextField(
        "letterhead of letters",
        max_length=400,
        blank=True,
        help_text="Up to five lines that head letters to people. Left empty, letters show the name, address and"
        " telephone number above.",
    )
    hearing_requested = models.BooleanField("request a hearing for completed sentences", default=False)
    sample_confidence = models.DecimalField(
        "confidence of samples, in percent",
        max_digits=4,
        decimal_places=1,
        default=Decimal("95"),
        validators=[MinValueValidator(Decimal("50")), MaxValueValidator(Decimal("99.9"))],
        help_text="A batch is approved after a sample of it is looked through and nothing in it is wrong. Every "
        "conviction with a possible superstrike, a registration, a stated fact or an override is in it, "
        "and so many of the others that one can be so sure.",
    )
    sample_most_wrong = models.DecimalField(
        "fewer wrong than, in percent",
        max_digits=4,
        decimal_places=1,
        default=Decimal("1"),
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(Decimal("20"))],
        help_text="With 95 and 1, nothing wrong in the sample means with a confidence of 95 % that fewer than 1 % "
        "of the batch are wrong.",
    )
    second_review_share = models.DecimalField(
        "decided again by a second analyst, in percent",
        max_digits=4,
        decimal_places=1,
        default=Decimal("0"),
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
        help_text="Of the convictions that are accepted or overridden from now on, so many are drawn by chance and "
        "decided again by somebody who does not see the first decision. 0: none.",
    )
    objections_block = models.BooleanField(
        "resolve the public defender’s objections before approval",
        default=False,
        help_text="An attorney answers each with a reason, or takes the conviction out. Without this they are shown to "
        "whoever approves.",
    )
    newest_by = models.CharField(max_length=8, choices=NewestBy.choices, default=NewestBy.UPLOADED, editable=False)
    """As the run in use has it."""
    only_one = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only_one=True), name="one_office")]

    def __str__(self) -> str:
        return self.name


class Hearing(models.TextChoices):
    """Whether papers for completed sentences ask a court for a hearing."""

    AS_OFFICE = "", "as the office page says"
    REQUESTED = "requested", "request a hearing"
    NONE = "none", "request none"


class AnswerDays(models.IntegerChoices):
    """How long a court is given to answer a filing before it is asked again."""

    THIRTY = 30, "30 days"
    SIXTY = 60, "60 days"
    NINETY = 90, "90 days"


class Court(models.Model):
    """A court or branch of the county where papers are filed."""

    name = models.CharField(max_length=120, help_text="e.g. Superior Court of California")
    branch = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    zip_code = models.CharField(max_length=10)
    department = models.CharField(
        max_length=40, blank=True, help_text="Where motions like these are assigned, if the court has said so"
    )
    judge = models.CharField(
        max_length=80,
        blank=True,
        help_text="As papers print it, e.g. Hon. Jane Example; leave empty if none is assigned",
    )
    hearing = models.CharField(
        "hearing for completed sentences", max_length=9, choices=Hearing.choices, default=Hearing.AS_OFFICE, blank=True
    )
    answer_days = models.PositiveSmallIntegerField(
        "clock of a filing",
        choices=AnswerDays.choices,
        default=AnswerDays.SIXTY,
        help_text="Calendar days from the day it was filed. After them an unanswered filing is shown as late.",
    )
    case_number_pattern = models.CharField(
        max_length=120, blank=True, help_text="A regular expression its case numbers match"
    )
    case_number_example = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["branch"]
        constraints = [models.UniqueConstraint(fields=["name", "branch"], name="court_named_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.branch}"


class CourtText(models.Model):
    """How record files name a court of the county; mapped once to one of the office's courts."""

    text = models.CharField(max_length=120, unique=True)
    court = models.ForeignKey(Court, null=True, blank=True, on_delete=models.PROTECT, related_name="texts")
    not_ours = models.BooleanField(default=False)  # answered: no court where this office files

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class WordingVersion(models.Model):
    """The words of the papers, every text block in full. A draft until somebody else than its author approves it.

    Approved, it is version N and frozen. `drafted_by` is null for the standard wording that comes with the product,
    kept so that what was submitted in it renders the same under a later product. The database refuses any change of an
    approved or standard one, its author's approval, and a batch submitted in a draft.
    """

    class State(models.TextChoices):
        STANDARD = "standard", "Standard"
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        DISCARDED = "discarded", "Discarded"

    number = models.PositiveIntegerField(null=True, unique=True)  # given by the approval
    texts = models.JSONField()  # by a block's key
    sha256 = models.CharField(max_length=64)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = [models.F("number").desc(nulls_first=True), "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | (Q(drafted_by__isnull=False) & ~Q(approved_by=models.F("drafted_by"))),
                name="wording_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(number=None, approved_at=None, approved_by=None)
                | Q(number__isnull=False, approved_at__isnull=False, approved_by__isnull=False),
                name="wording_approval_whole",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(approved_at=None), name="wording_approved_or_discarded"
            ),
            models.UniqueConstraint(
                fields=["drafted_by"], condition=Q(approved_at=None, discarded_at=None), name="one_open_wording_each"
            ),
            models.UniqueConstraint(fields=["sha256"], condition=Q(drafted_by=None), name="standard_wording_kept_once"),
        ]

    def __str__(self) -> str:
        if self.number:
            return f"Version {self.number}"
        return f"Draft by {self.drafted_by}" if self.drafted_by_id else "Standard wording"

    @property
    def state(self) -> "WordingVersion.State":
        if self.drafted_by_id is None:
            return self.State.STANDARD
        if self.discarded_at:
            return self.State.DISCARDED
        return self.State.APPROVED if self.approved_at else self.State.DRAFT
