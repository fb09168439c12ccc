"""Reads of the trail."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from clearmyrecord.audit.models import AuditEvent


def events(*, verb: str = "", actor_id: int | None = None, subject_id: int | None = None) -> QuerySet[AuditEvent]:
    """The trail, newest first, narrowed by kind of act, by who did it, and by whom it concerned."""
    found = AuditEvent.objects.select_related("actor").order_by("-id")
    if verb:
        found = found.filter(verb=verb)
    if actor_id:
        found = found.filter(actor_id=actor_id)
    if subject_id:
        found = found.filter(subjects__contains=[subject_id])
    return found


def first_break() -> int | None:
    """Id of the first event whose hash or link to the one before is wrong; None if the chain is whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM (
                SELECT e.id, e.prev_hash, e.hash, lag(e.hash, 1, repeat('0', 64)) OVER (ORDER BY e.id) AS before,
                       encode(sha256(convert_to(audit_canonical(e), 'UTF8')), 'hex') AS again
                FROM audit_auditevent e
            ) chain WHERE prev_hash <> before OR hash <> again ORDER BY id LIMIT 1
            """
        )
        row = cursor.fetchone()
    return row[0] if row else None


def head() -> tuple[int, str]:
    """Id and hash of the last event; print it daily: a chain cut at its end is found by it."""
    last = AuditEvent.objects.order_by("-id").values_list("id", "hash").first()
    return last or (0, "0" * 64)
