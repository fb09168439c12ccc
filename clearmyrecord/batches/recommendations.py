"""Recommending resentencing (PC 1172.1) for a case of someone serving, in place of the motion: an attorney's choice.

What the law allows is what petitions' own checks of the recommendation let pass: a felony, committed to state prison or
under PC 1170(h); never probation alone, never many cases at once. It is kept by case, and frozen into a batch's items.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

import petitions
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import casefile, readiness, snapshots
from clearmyrecord.batches.models import Recommendation
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require_attorney
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Conviction
from clearmyrecord.records.queries import person_ids
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.runs.models import StatedFact


class NotLawful(Invalid):
    """The recommendation can't be made; every reason is plain English."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Count:
    """One conviction of the case's judgment, as the record has it."""

    conviction: int
    code: str
    section: str
    severity: str  # stated, or the record's own; empty where neither says
    convicted_on: date | None

    @property
    def code_section(self) -> str:
        return f"{self.code} {self.section}"


def candidate_of(conviction_id: int) -> Candidate:
    """The conviction as batches see it. Raises NotFound if the current run has nothing on it."""
    row = reviews.standing_of(conviction_id)
    rows = reviews.standing(row.run).filter(pk=row.pk)
    (candidate,) = readiness.examine(rows, office=office.office_or_error())
    return candidate


def counts_of(candidate: Candidate) -> list[Count]:
    """Every conviction that the record shows in the candidate's case: a sentence is recalled whole."""
    found = Conviction.objects.filter(
        subject__in=person_ids(candidate.row.conviction.subject_id), newest_reading__isnull=False
    ).select_related("newest_reading")
    own = candidate.row.conviction_id
    same = [each for each in found.order_by("pk") if each.pk == own or candidate.case_number in each.case_numbers]
    stated = dict(
        StatedFact.objects.filter(conviction__in=same, fact="severity", superseded_at=None).values_list(
            "conviction_id", "value"
        )
    )
    return [_count(each, stated.get(each.pk, "")) for each in same]


def _count(conviction: Conviction, stated: str) -> Count:
    code, _, section = conviction.code_section.partition(" ")
    reading = conviction.newest_reading
    own = "" if reading is None or reading.severity_inferred else conviction.severity
    return Count(conviction.pk, code, section, stated or own, conviction.convicted_on)


def reasons_against(candidate: Candidate, counts: list[Count]) -> list[str]:
    """Why no recommendation can be made whatever the form says, in plain English."""
    found = []
    if candidate.row.route != "serving":
        found.append("Only a sentence still being served is recalled; the record does not show that this one is.")
    if candidate.row.standing_outcome not in readiness.RELIEF:
        found.append("No relief stands for this conviction: decide it first.")
    if candidate.court is None or not candidate.case_number:
        found.append("The court or the case number is not known: state it first.")
    if any(count.convicted_on is None or not count.section for count in counts):
        found.append("A conviction of the case has no readable date or section.")
    if any(not count.severity for count in counts):
        found.append("The severity of a conviction of the case is not known: state it first.")
    if all(count.severity != "felony" for count in counts):
        found.append("Section 1172.1 reaches a felony; this judgment has none.")
    return found


@transaction.atomic
def choose(*, actor: User, conviction_id: int, facts: dict[str, Any]) -> Recommendation:
    """Recommend resentencing for the case of this conviction, on these facts. Attorneys.

    An earlier choice is superseded. Raises NotAllowed, or NotLawful with every reason against it.
    """
    require_attorney(actor)
    candidate = candidate_of(conviction_id)
    counts = counts_of(candidate)
    if against := reasons_against(candidate, counts):
        raise NotLawful(against)
    the_office = office.office_or_error()
    heading = snapshots.heading(office=the_office, attorney=actor, run=candidate.row.run)
    item = snapshots.of_candidate(candidate, the_office.county) | {"recommendation": facts}
    if against := petitions.recommendation_reasons(casefile.recommendation_of(heading=heading, item=item)):
        raise NotLawful(against)
    case = {"subject_id": candidate.person, "court": candidate.court, "case_number": candidate.case_number}
    Recommendation.objects.filter(**case, superseded_at=None).update(superseded_at=timezone.now())
    chosen = Recommendation.objects.create(**case, facts=facts, attorney=actor)
    audit.record(actor=actor, verb="recommendation.chosen", target=chosen, subjects=[candidate.person])
    return chosen


@transaction.atomic
def take_back(*, actor: User, conviction_id: int) -> None:
    """Take the choice back: the case gets a motion again. Attorneys. Raises Conflict if there is none."""
    require_attorney(actor)
    candidate = candidate_of(conviction_id)
    standing = Recommendation.objects.filter(
        subject_id=candidate.person, court=candidate.court, case_number=candidate.case_number, superseded_at=None
    )
    chosen = standing.first()
    if chosen is None or not standing.update(superseded_at=timezone.now()):
        raise Conflict("No recommendation stands for this case any more.")
    audit.record(actor=actor, verb="recommendation.taken_back", target=chosen, subjects=[candidate.person])
