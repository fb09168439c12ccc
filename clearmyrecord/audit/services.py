"""The one place that writes the trail. Events carry ids and codes, never what a record says."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from clearmyrecord.audit.models import AuditEvent

SUBJECTS_IN_EVENT = 1000
"""A download of more people keeps their ids as a hashed file beside the event."""


@dataclass(frozen=True)
class Source:
    """Where an act came from: who was signed in, hashed session, network address."""

    session_hash: str = ""
    address: str | None = None


NOWHERE = Source()  # a job or a command

_source: ContextVar[Source] = ContextVar("trail_source", default=NOWHERE)


def address_of(request: HttpRequest) -> str | None:
    """The network address a request came from. In production that is what the TLS proxy appended last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE else ""
    address = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:  # a Unix socket has none
        return None


def source_of(request: HttpRequest) -> Source:
    """The source of a request. The session key itself is never kept, only its hash."""
    key = request.session.session_key or ""
    return Source(
        session_hash=hashlib.sha256(key.encode()).hexdigest() if key else "",
        address=address_of(request),
    )


def remember_source(source: Source) -> Any:
    """Make `source` that of every event in this context; returns the token for `forget_source`."""
    return _source.set(source)


def forget_source(token: Any) -> None:
    _source.reset(token)


def record(
    *,
    actor: Any,
    verb: str,
    target: models.Model | None = None,
    detail: dict[str, Any] | None = None,
    subjects: Iterable[int] = (),
    kind: str = "",
    outcome: str = "done",
    subject_count: int | None = None,
) -> AuditEvent:
    """Add one event to the trail, in the caller's transaction; call it last, since the chain is locked until commit.

    `actor` is a user or None (nobody signed in, or the system); `subjects` are internal ids of the people concerned;
    `subject_count` is given only where the ids lie in a file beside the event. `detail` holds counts, codes and
    internal ids only: a reason that somebody typed stays with what it was given for, since it may tell of a person.
    Raises whatever the database raises: without its event an act
    does not happen.
    """
    source, people = _source.get(), sorted(set(subjects))
    known = actor is not None and actor.is_authenticated
    return AuditEvent.objects.create(
        at=timezone.now(),
        actor=actor if known else None,
        role=actor.role if known else "",
        session_hash=source.session_hash,
        address=source.address,
        verb=verb,
        kind=kind,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        subjects=people,
        subject_count=len(people) if subject_count is None else subject_count,
        outcome=outcome,
        detail=detail or {},
    )


def viewed(request: HttpRequest, subjects: Iterable[int], kind: str, target: models.Model | None = None) -> None:
    """One event for a response that shows people; `kind` is page, list, download or pdf. Nobody shown, no event."""
    people = sorted(set(subjects))
    if not people:
        return
    count, detail = len(people), {}
    if count > SUBJECTS_IN_EVENT:
        detail, people = {"subjects_sha256": _keep(people)}, []
    record(
        actor=request.user, verb="subject.viewed", target=target, subjects=people, subject_count=count, kind=kind,
        detail=detail,
    )  # fmt: skip


def _keep(people: list[int]) -> str:
    """Store the ids under the SHA-256 of their list; returns it. The same list is stored once."""
    listed = json.dumps(people).encode()
    digest = hashlib.sha256(listed).hexdigest()
    if not default_storage.exists(subjects_file(digest)):
        default_storage.save(subjects_file(digest), ContentFile(listed))
    return digest


def subjects_file(digest: str) -> str:
    """Where the ids of a large download lie."""
    return f"trail/{digest}.json"
