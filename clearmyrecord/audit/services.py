"""The one place that writes the trail. Events carry ids and codes, never what a record says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from clearmyrecord.audit.models import AuditEvent


@dataclass(frozen=True)
class Source:
    """Where an act came from: who was signed in, hashed session, network address."""

    session_hash: str = ""
    address: str | None = None


_source: ContextVar[Source] = ContextVar("trail_source", default=Source())


def source_of(request: HttpRequest) -> Source:
    """The source of a request. The session key itself is never kept, only its hash."""
    key = request.session.session_key or ""
    return Source(
        session_hash=hashlib.sha256(key.encode()).hexdigest() if key else "",
        address=request.META.get("REMOTE_ADDR") or None,
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
    reason: str = "",
    subjects: Iterable[int] = (),
    kind: str = "",
    outcome: str = "done",
) -> AuditEvent:
    """Add one event to the trail, in the caller's transaction; call it last, since the chain is locked until commit.

    `actor` is a user or None (nobody signed in, or the system); `subjects` are internal ids of the people concerned;
    `detail` holds counts, codes and internal ids only. Raises whatever the database raises: without its event an act
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
        subject_count=len(people),
        outcome=outcome,
        reason=reason,
        detail=detail or {},
    )


def viewed(request: HttpRequest, subjects: Iterable[int], kind: str, target: models.Model | None = None) -> None:
    """One event for a response that shows people; `kind` is page, list, download or pdf. Nobody shown, no event."""
    people = set(subjects)
    if people:
        record(actor=request.user, verb="subject.viewed", target=target, subjects=people, kind=kind)
