"""The trail: who saw and did what. Append-only and hash-chained by triggers (migration 0002)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class AuditEvent(models.Model):
    """One thing somebody did or saw. Holds internal ids only, never a name, number or text of a record."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    session_hash = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    verb = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=20, blank=True)  # of a view: page, list, download, pdf
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    subjects = ArrayField(models.BigIntegerField(), default=list)
    subject_count = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10, default="done")  # done, refused
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["target_type", "target_id"]),
            GinIndex(fields=["subjects"], name="audit_who_saw_subject"),
            models.Index(
                fields=["id"], condition=models.Q(detail__has_key="subjects_sha256"), name="audit_large_downloads"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type} {self.target_id or ''}".strip()
