"""Reads of reviews. `standing` is the one answer to what stands; every list and figure starts there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from clearmyrecord.errors import NotFound
from clearmyrecord.office.models import User
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import outside
from clearmyrecord.reviews.models import Comment, Ground, Override, Review
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination, Run, StatedFact
from eligibility.remarks import REMARKS
from eligibility.stated import STATABLE

RELIEF = ("dismiss", "redesignate", "resentence")

StandingRows: TypeAlias = "QuerySet[Any, Any]"
"""Determinations as `standing` annotates them."""


def standing(run: Run | None = None) -> StandingRows:
    """What stands for each conviction of `run`, by default the current one: the override, else the determination.

    Annotated: standing_outcome, standing_basis, standing_new_section, standing_new_severity, standing_sealing;
    override_id, override_reason; review_state, needs_confirmation, looked_at_singly; outside (the statute names
    no section for it), ground and ground_authority. Empty while no run is current.
    """
    run = run or runs.current_run()
    if run is None:
        return _annotated(Determination.objects.none())
    return _annotated(runs.standing(run))


def _annotated(rows: StandingRows) -> StandingRows:
    overridden = Q(the_override__isnull=False)
    return (  # type: ignore[no-any-return]  # annotations change the type of the rows
        rows.select_related("conviction__subject", "run")
        .annotate(
            the_override=FilteredRelation(
                "conviction__overrides", condition=Q(conviction__overrides__superseded_at=None)
            ),
            the_ground=FilteredRelation("conviction__grounds", condition=Q(conviction__grounds__superseded_at=None)),
        )
        .annotate(
            override_id=F("the_override__id"),
            override_reason=Coalesce("the_override__reason", Value(""), output_field=TextField()),
            standing_outcome=Coalesce("the_override__outcome", "outcome"),
            standing_basis=Coalesce("the_override__basis", "basis"),
            standing_new_section=Coalesce("the_override__new_section", "new_section"),
            standing_new_severity=Coalesce("the_override__new_severity", "new_severity"),
            review_state=Coalesce("conviction__review__state", Value("open"), output_field=CharField()),
            needs_confirmation=Coalesce("conviction__review__needs_confirmation", Value(False)),
            looked_at_singly=Coalesce("conviction__review__looked_at_singly", Value(False)),
            ground=Coalesce("the_ground__ground", Value("")),
            ground_authority=Coalesce("the_ground__authority", Value(""), output_field=TextField()),
            outside=Case(
                When(outside.is_outside(), then=Value(True)), default=Value(False), output_field=BooleanField()
            ),
        )
        .annotate(
            standing_sealing=Case(
                When(overridden & Q(the_override__outcome="dismiss", route="completed"), then=Value(True)),
                When(overridden, then=Value(False)),
                default=F("sealing"),
                output_field=BooleanField(),
            )
        )
    )


def standing_of(conviction_id: int, run: Run | None = None) -> Any:
    """What stands for one conviction. Raises NotFound if the run has nothing on it."""
    row = standing(run).filter(conviction_id=conviction_id).first()
    if row is None:
        raise NotFound("The current run has no determination for this conviction.")
    return row


def _stated(fact: str, value: str | None = None) -> Exists:
    """Somebody stated the fact (with this value) and it stands."""
    facts = StatedFact.objects.filter(conviction_id=OuterRef("conviction_id"), fact=fact, superseded_at=None)
    return Exists(facts if value is None else facts.filter(value__iexact=value))


def _shows(remarks: list[str]) -> Q:
    """The engine made one of these remarks. It makes them whatever the outcome, so they hold under an override too."""
    return Q(remarks__overlap=[REMARKS[each] for each in remarks])


def _shows_prior() -> Q:
    """A possible prior, or a registration where the section keeps its exceptions for priors (not § 11357).

    A registration that is stated not to be under PC 290(c) is no bar (H&S §§ 11358(d)(1), 11359(c)(1), 11360(a)(3)(A)).
    """
    priors = [
        "possible_super_strike_prior",
        "possible_290c_prior",
        "possible_same_section_priors",
        "possible_juvenile_prior",
        "possible_prior_elsewhere",
        "stated_exception",
    ]
    registered = _shows(["registration"]) & ~Q(conviction__prop64="11357") & ~Q(_stated("registration_is_290c", "no"))
    return Q(open_questions__contains=["possible_ground_to_oppose"]) | _shows(priors) | registered


def kept_out() -> dict[str, Q]:
    """For each question that keeps a conviction out of a batch, the rows of `standing` on which it is open.

    Written once, for lists in SQL; `questions.open_questions` puts them into words.
    """
    relief = Q(standing_outcome__in=RELIEF)
    needs_ground = relief & Q(outside=True) & ~Q(ground__in=outside.leaving_out())
    return {
        "decide": Q(standing_outcome="hand_review"),
        "confirm": Q(needs_confirmation=True),
        "route": relief & Q(route="unknown"),
        "mismatch": Q(standing_outcome="resentence") & ~Q(route="serving")
        | Q(standing_outcome="redesignate", route="serving"),
        "prior_relief": relief & _shows(["may_already_have_relief"]) & ~Q(_stated("relief_answered")),
        "relieved": relief & Q(_stated("relief_answered", "yes")),
        "possible_prior": relief & _shows_prior() & ~Q(_stated("no_prior_bar")),
        "barred": relief & Q(_stated("no_prior_bar", "no")),
        "ground": needs_ground & ~outside.ground_holds(),
        "left_out": relief & Q(ground__in=outside.leaving_out()),
        "suggestion": relief & Q(conviction_id__in=records.under_suggestion()),
    }


def without_open_questions(rows: StandingRows) -> StandingRows:
    """Rows of `standing` that reviews keeps out of no batch: relief stands and no question is open."""
    kept = rows.filter(standing_outcome__in=RELIEF)
    for condition in kept_out().values():
        kept = kept.exclude(condition)
    return kept


def preparers_of(conviction_ids: list[int]) -> set[int]:
    """Ids of who overrode, stated a fact on or chose a ground for one of these, also what was superseded since."""
    found: set[int] = set()
    found.update(Override.objects.filter(conviction_id__in=conviction_ids).values_list("author_id", flat=True))
    found.update(StatedFact.objects.filter(conviction_id__in=conviction_ids).values_list("author_id", flat=True))
    found.update(Ground.objects.filter(conviction_id__in=conviction_ids).values_list("attorney_id", flat=True))
    return found


@dataclass(frozen=True)
class Decision:
    """One thing somebody decided on a conviction, in words. `stands` is False once it was replaced or withdrawn."""

    at: datetime
    by: User
    what: str
    why: str
    stands: bool


def decisions_of(conviction_id: int) -> list[Decision]:
    """Overrides, grounds and stated facts on a conviction, newest first, past ones too."""
    overrides = Override.objects.filter(conviction_id=conviction_id).select_related("author")
    grounds = Ground.objects.filter(conviction_id=conviction_id).select_related("attorney")
    facts = StatedFact.objects.filter(conviction_id=conviction_id).select_related("author")
    found = [
        Decision(
            each.made_at,
            each.author,
            f"Override: {each.outcome.replace('_', ' ')}",
            each.reason,
            each.superseded_at is None,
        )
        for each in overrides
    ]
    found += [
        Decision(
            each.chosen_at,
            each.attorney,
            f"Ground: {outside.says(each.ground)}",
            each.authority,
            each.superseded_at is None,
        )
        for each in grounds
    ]
    found += [
        Decision(
            each.stated_at,
            each.author,
            f"Stated: {STATABLE[each.fact].label}: {each.value}",
            each.withdrawn_reason or each.source,
            each.superseded_at is None,
        )
        for each in facts
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


def review_of(conviction_id: int) -> Review | None:
    """Where work on a conviction stands, with who did it; None if nobody worked on it."""
    return Review.objects.select_related("by", "determination").filter(conviction_id=conviction_id).first()


def comments_on(conviction_id: int) -> QuerySet[Comment]:
    return Comment.objects.filter(conviction_id=conviction_id).select_related("author")


def open_by_question(rows: StandingRows) -> dict[str, int]:
    """How many of the rows wait on each question of `kept_out`, and on law and unreviewed beside; one query."""
    asked = kept_out() | {
        "law": Q(standing_outcome="hand_review", question_kind="law"),
        "record": Q(standing_outcome="hand_review") & ~Q(question_kind="law"),
        "unreviewed": Q(review_state="open") & ~Q(outcome="hand_review"),
    }
    counts = rows.aggregate(**{f"rows_{code}": Count("id", filter=condition) for code, condition in asked.items()})
    return {code: counts[f"rows_{code}"] for code in asked}
