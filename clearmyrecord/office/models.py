"""The office, its courts, its people and their roles."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    ANALYST = "analyst", "Analyst"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"


class User(AbstractUser):
    """Somebody with an account. One role; the attorney's mark stands beside it."""

    role = models.CharField(max_length=20, choices=Role.choices)
    is_attorney = models.BooleanField("is an attorney", default=False)
    bar_number = models.CharField("State Bar number", max_length=12, blank=True)
    title = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)  # too many wrong sign-ins; an administrator releases

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_attorney=False) | ~models.Q(bar_number=""), name="attorney_has_bar_number"
            )
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
    hearing_requested = models.BooleanField("request a hearing for completed sentences", default=False)
    newest_by = models.CharField(max_length=8, choices=NewestBy.choices, default=NewestBy.UPLOADED, editable=False)
    """As the run in use has it."""
    only_one = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only_one=True), name="one_office")]

    def __str__(self) -> str:
        return self.name


class Court(models.Model):
    """A court or branch of the county where papers are filed."""

    name = models.CharField(max_length=120, help_text="e.g. Superior Court of California")
    branch = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    zip_code = models.CharField(max_length=10)
    department = models.CharField(max_length=40, blank=True)
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
