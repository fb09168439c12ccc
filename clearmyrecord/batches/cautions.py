"""What to know before a batch is submitted. Nothing here stops the submission."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, F, FilteredRelation, Q, Value, When
from django.db.models.functions import Coalesce

from clearmyrecord.among import among
from clearmyrecord.batches import preparing, readiness
from clearmyrecord.batches.models import Batch, Objection
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.batches.totals import totals
from clearmyrecord.office.models import User
from clearmyrecord.reviews import queries as reviews

KEPT_OUT = {
    "confirm": "Overrides that await confirmation: what the run found has changed",
    "second": "Overrides that await a second person",
    "unmapped_court": "Convictions whose court is unclear",
    "suggestion": "Convictions of people who may be the same as somebody else",
}
"""Obstacles that are worth a word at the head of the page, too."""
UNDECIDED = "Cases with another conviction that is not decided"
ELSEWHERE = "Cases with another conviction in another batch"
OBJECTED = "Convictions that the public defender objected to"
NO_APPROVER = "Nobody is left to approve it: every supervisor prepared a part of it"


@dataclass(frozen=True)
class Caution:
    """Something to know: how many, of what, and where they are listed.

    `convictions` are those of the batch that it concerns and that can be submitted; `batches` hold the others.
    """

    code: str
    words: str
    number: int
    query: str = ""  # of the draft's page
    convictions: frozenset[int] = frozenset()
    batches: list[tuple[Batch, int]] = field(default_factory=list)


def cautions(batch: Batch, everything: Sequence[Candidate], *, actor: User) -> list[Caution]:
    """What to know before `actor` submits, of the draft's convictions as they stand now. Constant queries."""
    ready = [candidate for candidate in everything if candidate.is_ready]
    found = [*_kept_out(everything), *_split(batch, ready), _objected(ready)]
    elsewhere = [(other, number) for other, number in totals(batch.filter).elsewhere if other != batch]
    held = sum(number for _, number in elsewhere)
    found.append(Caution("held", "Convictions that the filter finds and another batch holds", held, batches=elsewhere))
    if ready and not preparing.approvers_left(batch, actor, ready):
        found.append(_shortage(ready))
    return [caution for caution in found if caution.number]


def _kept_out(everything: Sequence[Candidate]) -> list[Caution]:
    codes = [{obstacle.code for obstacle in candidate.obstacles} for candidate in everything]
    return [
        Caution(code, words, sum(code in of_it for of_it in codes), urlencode({"show": "questions", "code": code}))
        for code, words in KEPT_OUT.items()
    ]


def _split(batch: Batch, ready: Sequence[Candidate]) -> list[Caution]:
    """Cases of which this batch would take a part only. A case is a person and a case number here."""
    of_case: dict[tuple[int, str], set[int]] = defaultdict(set)
    for candidate in ready:
        of_case[candidate.person, candidate.case_number].add(candidate.row.conviction_id)
    undecided: set[tuple[int, str]] = set()
    elsewhere: set[tuple[int, str]] = set()
    for person, numbers, holder, is_undecided in _beside(ready):
        cases = {(person, number.strip()) for number in numbers} & of_case.keys()
        if holder not in (0, batch.pk):
            elsewhere |= cases
        elif is_undecided:
            undecided |= cases
    return [
        Caution(
            code,
            words,
            len(cases),
            urlencode({"show": code}),
            frozenset(conviction for case in cases for conviction in of_case[case]),
        )
        for code, words, cases in (("undecided", UNDECIDED, undecided), ("elsewhere", ELSEWHERE, elsewhere))
    ]


def _beside(ready: Sequence[Candidate]) -> list[tuple[int, list[str], int, bool]]:
    """Other convictions of the same people that relief could be for: person, case numbers, holding batch, undecided."""
    people, own = {candidate.person for candidate in ready}, [candidate.row.conviction_id for candidate in ready]
    if not ready:
        return []
    theirs = Q(conviction__subject__in=among(people)) | Q(conviction__subject__same_as__in=among(people))
    open_ = reduce(or_, reviews.kept_out().values())
    rows = (
        reviews.standing()
        .filter(theirs, standing_outcome__in=readiness.CONSIDERED)
        .exclude(conviction_id__in=among(own))
        .annotate(
            hold=FilteredRelation("conviction__batch_items", condition=Q(conviction__batch_items__holds=True)),
            person=Coalesce("conviction__subject__same_as_id", "conviction__subject_id"),
        )
        .annotate(
            holder=Coalesce(F("hold__batch"), Value(0)),
            undecided=Case(When(open_, then=Value(True)), default=Value(False), output_field=BooleanField()),
        )
    )
    return list(rows.order_by().values_list("person", "conviction__case_numbers", "holder", "undecided"))


def _objected(ready: Sequence[Candidate]) -> Caution:
    """What a public defender objected to, in this or another batch, and nobody answered."""
    own = among(candidate.row.conviction_id for candidate in ready)
    unanswered = Objection.objects.filter(Q(answer=None) | Q(answer__taken_out=True), conviction__in=own)
    convictions = frozenset(unanswered.values_list("conviction_id", flat=True))
    return Caution("objected", OBJECTED, len(convictions), urlencode({"show": "objected"}), convictions)


def _shortage(ready: Sequence[Candidate]) -> Caution:
    """Nobody may approve: which convictions supervisors prepared, so that they can be left out."""
    theirs = preparing.prepared_by_supervisors([candidate.row.conviction_id for candidate in ready])
    return Caution("approvers", NO_APPROVER, 1, urlencode({"show": "approvers"}), frozenset(theirs))
