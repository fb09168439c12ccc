"""Who prepares a batch, and who is left to approve it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, Q, Value
from django.db.models.functions import Cast

from clearmyrecord.among import among
from clearmyrecord.batches.models import Batch, Recommendation, ServingForm
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Suggestion
from clearmyrecord.reviews import queries as reviews

Prepared = tuple[int, int | None]
"""Who, and which conviction where it is one that they overrode, stated a fact on or chose a ground for."""


def preparers_of(actor: User, ready: Sequence[Candidate]) -> set[int]:
    """Who would have prepared any part of these if `actor` submitted them: everybody the glossary names."""
    return {actor.pk} | {
        user
        for user, _ in _union(
            _of_people(ready), reviews.prepared_on([candidate.row.conviction_id for candidate in ready])
        )
    }


def prepared(batch: Batch, ready: Sequence[Candidate]) -> set[Prepared]:
    """Who prepared any part of these, or of the batch before; one query."""
    return _union(
        batch.preparers.values_list("user", NOTHING),
        _of_people(ready),
        reviews.prepared_on([candidate.row.conviction_id for candidate in ready]),
    )


NOTHING = Cast(Value(None), BigIntegerField())


def _union(*parts: Any) -> set[Prepared]:
    first, *others = (each for part in parts for each in (part if isinstance(part, list) else [part]))
    return set(first.union(*others))


def _of_people(ready: Sequence[Candidate]) -> list[Any]:
    """Forms, recommendations and answered suggestions."""
    people = {candidate.person for candidate in ready}
    subjects = people | {candidate.row.conviction.subject_id for candidate in ready}
    convictions = [candidate.row.conviction_id for candidate in ready]
    answered = Suggestion.objects.filter(
        _about(Suggestion.Kind.CONVICTION, convictions) | _about(Suggestion.Kind.SUBJECT, subjects)
    )
    return [
        ServingForm.objects.filter(subject__in=among(people)).order_by().values_list("author", NOTHING),
        Recommendation.objects.filter(subject__in=among(people)).order_by().values_list("attorney", NOTHING),
        answered.exclude(decided_by=None).order_by().values_list("decided_by", NOTHING),
    ]


def _about(kind: str, ids: Sequence[int] | set[int]) -> Q:
    return Q(kind=kind) & (Q(first_id__in=among(ids)) | Q(second_id__in=among(ids)))
