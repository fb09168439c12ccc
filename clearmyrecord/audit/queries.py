"""Reads of the trail."""

from __future__ import annotations

import hashlib
import json
from typing import TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.audit.services import subjects_file

LAST_ID = 2**63 - 1


def events(*, verb: str = "", actor_id: int | None = None, subject_id: int | None = None) -> QuerySet[AuditEvent]:
    """The trail, newest first, narrowed by kind of act, by who did it, and by whom it concerned."""
    found = AuditEvent.objects.select_related("actor").order_by("-id")
    if verb:
        found = found.filter(verb=verb)
    if actor_id:
        found = found.filter(actor_id=actor_id)
    if subject_id:
        found = found.filter(Q(subjects__contains=[subject_id]) | Q(pk__in=_large_downloads_with(subject_id)))
    return found


def _large_downloads_with(subject_id: int) -> list[int]:
    """Events whose ids lie in a file, that hold this subject. A file that is gone or changed counts as holding it."""
    events_with_file = AuditEvent.objects.filter(detail__has_key="subjects_sha256")
    return [
        pk
        for pk, digest in events_with_file.values_list("pk", "detail__subjects_sha256")
        if _may_hold(str(digest), subject_id)
    ]


def _may_hold(digest: str, subject_id: int) -> bool:
    listed = _listed(digest)
    return listed is None or subject_id in listed


def _listed(digest: str) -> list[int] | None:
    """The ids in a file beside an event; None if it is gone or is not what the event says."""
    if not default_storage.exists(subjects_file(digest)):
        return None
    with default_storage.open(subjects_file(digest)) as file:
        kept = file.read()
    return json.loads(kept) if hashlib.sha256(kept).hexdigest() == digest else None


def first_lost_list() -> int | None:
    """Id of the first event whose subjects' ids lay in a file that is gone or changed; None if all are whole."""
    beside = AuditEvent.objects.filter(detail__has_key="subjects_sha256").order_by("pk")
    for pk, digest in beside.values_list("pk", "detail__subjects_sha256"):
        if _listed(str(digest)) is None:
            return pk
    return None


def first_break(first: int = 0, last: int = LAST_ID) -> int | None:
    """Id of the first event from `first` to `last` whose hash or link to the one before is wrong; None if all fit.

    The whole trail takes about a second for 100,000 events, so pages check what they show and the command the rest.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM (
                SELECT e.id, e.prev_hash, e.hash, lag(e.hash, 1, repeat('0', 64)) OVER (ORDER BY e.id) AS before,
                       encode(sha256(convert_to(audit_canonical(e), 'UTF8')), 'hex') AS again
                FROM audit_auditevent e
                WHERE e.id BETWEEN (SELECT coalesce(max(id), 0) FROM audit_auditevent WHERE id < %(first)s) AND %(last)s
            ) chain WHERE id >= %(first)s AND (prev_hash <> before OR hash <> again) ORDER BY id LIMIT 1
            """,
            {"first": first, "last": last},
        )
        row = cursor.fetchone()
    return row[0] if row else None


Event: TypeAlias = "tuple[int, str, str, str, list[int]]"
"""Id, hash, verb, type of the target, and ids of the subjects that it names."""


def since(event_id: int, *, most: int) -> list[Event]:
    """The first events from this one on; those of mere views without whom they showed."""
    whom = Case(When(verb="subject.viewed", then=Value([], ArrayField(BigIntegerField()))), default=F("subjects"))
    events = AuditEvent.objects.filter(pk__gte=event_id).order_by("pk")
    return list(events.annotate(whom=whom).values_list("pk", "hash", "verb", "target_type", "whom")[:most])


def last_act_but(beginnings: tuple[str, ...]) -> str:
    """Hash of the last event whose verb has none of these beginnings, "review." for example."""
    others = AuditEvent.objects.order_by("-id")
    for beginning in beginnings:
        others = others.exclude(verb__startswith=beginning)
    return others.values_list("hash", flat=True).first() or "0" * 64


def head() -> tuple[int, str]:
    """Id and hash of the last event; print it daily: a chain cut at its end is found by it."""
    last = AuditEvent.objects.order_by("-id").values_list("id", "hash").first()
    return last or (0, "0" * 64)
