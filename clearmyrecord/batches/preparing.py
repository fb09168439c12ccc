"""Who prepares a batch, and who is left to approve it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q

from clearmyrecord.among import among
from clearmyrecord.batches.models import Batch, Recommendation, ServingForm
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Suggestion
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews.models import Ground, Override
from clearmyrecord.runs.models import StatedFact


def preparers_of(actor: User, ready: Sequence[Candidate]) -> set[int]:
    """Who would have prepared any part of these if `actor` submitted them: everybody the glossary names."""
    convictions = [candidate.row.conviction_id for candidate in ready]
    people = {candidate.person for candidate in ready}
    subjects = people | {candidate.row.conviction.subject_id for candidate in ready}
    forms = ServingForm.objects.filter(subject__in=among(people)).values_list(F("author"))
    recommended = Recommendation.objects.filter(subject__in=among(people)).values_list(F("attorney"))
    answered = Suggestion.objects.filter(
        _about(Suggestion.Kind.CONVICTION, convictions) | _about(Suggestion.Kind.SUBJECT, subjects)
    )
    own = forms.union(recommended, answered.exclude(decided_by=None).values_list(F("decided_by")))
    return {actor.pk} | reviews.preparers_of(convictions) | {user for (user,) in own}


def _about(kind: str, ids: Sequence[int] | set[int]) -> Q:
    return Q(kind=kind) & (Q(first_id__in=among(ids)) | Q(second_id__in=among(ids)))


def approvers_left(batch: Batch, actor: User, ready: Sequence[Candidate]) -> list[User]:
    """The supervisors who could approve the batch if `actor` submitted these: active, and preparers of no part."""
    prepared = preparers_of(actor, ready) | set(batch.preparers.values_list("user_id", flat=True))
    return [user for user in office.supervisors() if user.pk not in prepared]


def prepared_by_supervisors(conviction_ids: Sequence[int]) -> set[int]:
    """Which of these convictions a supervisor overrode, stated a fact on or chose a ground for."""
    supervisors, listed = list(office.supervisors().values_list("pk", flat=True)), among(conviction_ids)
    theirs = [
        made.filter(**{f"{who}__in": supervisors}, conviction_id__in=listed).order_by().values_list("conviction_id")
        for made, who in ((Override.objects, "author"), (StatedFact.objects, "author"), (Ground.objects, "attorney"))
    ]
    return {conviction for (conviction,) in theirs[0].union(*theirs[1:])}
