"""Reads of reviews. `standing` is the one answer to what stands; every list and figure starts there."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, TypeAlias

from django.contrib.postgres.expressions import ArraySubquery
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
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils import timezone

from clearmyrecord.among import among
from clearmyrecord.errors import NotFound
from clearmyrecord.office.models import User
from clearmyrecord.records import queries as records
from clearmyrecord.records.models import Subject
from clearmyrecord.reviews import outside, overriding
from clearmyrecord.reviews.models import (
    Ground,
    Opening,
    Opposition,
    Override,
    Review,
    SavedFilter,
    Search,
)
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination, Run, StatedFact
from eligibility.remarks import REMARKS

RELIEF = overriding.RELIEF

OPEN_MINUTES = 10
"""Whoever opened a conviction's page within these minutes is taken to have it open still."""

StandingRows: TypeAlias = "QuerySet[Any, Any]"
"""Determinations as `standing` annotates them."""


def standing(run: Run | None = None) -> StandingRows:
    """What stands for each conviction of `run`, by default the current one: the override, else the determination.

    While an override waits for a second person (awaiting_second) neither does: it stands as hand_review, so that nobody
    is taken into or out of relief on one person's word. Annotated: standing_outcome, standing_basis,
    standing_new_section, standing_new_severity, standing_sealing; override_id, override_outcome, override_reason,
    override_author, override_attachment; review_state, needs_confirmation, awaiting_second, to_confirm (either of
    them), looked_at_singly; assignee (id of a user or None) and assignee_name (the last one); outside (the statute
    names no section for it), ground, ground_authority; opposition (a decision or empty). Empty while no run is current.
    """
    run = run or runs.current_run()
    if run is None:
        return _annotated(Determination.objects.none())
    return _annotated(runs.standing(run))


def lean(rows: StandingRows) -> StandingRows:
    """The rows without their long texts: to decide on thousands."""
    return rows.defer("reason", "citation", "question", "trace", "facts_hash", "unknown_facts")


def _annotated(rows: StandingRows) -> StandingRows:
    return _stood(_joined(rows.select_related("conviction__subject")))


def _joined(rows: StandingRows) -> StandingRows:
    """The rows with what people decided beside them, each only as long as it stands."""
    beside = {
        f"the_{name}": FilteredRelation(path, condition=Q(**{f"{path}__superseded_at": None}))
        for name in ("override", "confirmation", "ground", "opposition")
        for path in [f"conviction__{name}s"]
    }
    return rows.annotate(**beside).annotate(  # type: ignore[no-any-return]  # annotations change the type of the rows
        override_id=F("the_override__id"),
        override_outcome=Coalesce("the_override__outcome", Value("")),
        override_author=F("the_override__author"),
        override_attachment=F("the_override__attachment"),
        override_reason=Coalesce("the_override__reason", Value(""), output_field=TextField()),
        review_state=Coalesce("conviction__review__state", Value("open"), output_field=CharField()),
        needs_confirmation=Coalesce("conviction__review__needs_confirmation", Value(False)),
        looked_at_singly=Coalesce("conviction__review__looked_at_singly", Value(False)),
        assignee=F("conviction__assignment__to"),
        assignee_name=F("conviction__assignment__to__last_name"),
        ground=Coalesce("the_ground__ground", Value("")),
        ground_authority=Coalesce("the_ground__authority", Value(""), output_field=TextField()),
        opposition=Coalesce("the_opposition__decision", Value("")),
        outside=_flag(outside.is_outside()),
        awaiting_second=_flag(overriding.for_two() & ~Q(the_confirmation__override=F("the_override__id"))),
    )


def _stood(rows: StandingRows) -> StandingRows:
    """The rows with what stands, from override, confirmation and determination."""
    overridden, awaiting = Q(the_override__isnull=False), Q(awaiting_second=True)
    waiting = {"outcome": "hand_review", "basis": "", "new_section": "", "new_severity": ""}
    stands = {
        f"standing_{name}": Case(
            When(awaiting, then=Value(nothing)),
            default=Coalesce(f"the_override__{name}", name),
            output_field=CharField(),
        )
        for name, nothing in waiting.items()
    }
    return rows.annotate(  # type: ignore[no-any-return]  # as above
        **stands,
        to_confirm=_flag(awaiting | Q(needs_confirmation=True)),
        standing_sealing=Case(
            When(awaiting, then=Value(False)),
            When(overridden & Q(the_override__outcome="dismiss", route="completed"), then=Value(True)),
            When(overridden, then=Value(False)),
            default=F("sealing"),
            output_field=BooleanField(),
        ),
    )


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def standing_in_use() -> StandingRows:
    """As `standing` of the current run, without asking first which run that is."""
    return _annotated(runs.standing_in_use())


def last_opened(user: User) -> int | None:
    """The conviction that this user had open last, of those that the current run decided on."""
    decided = runs.standing_in_use().values("conviction_id")
    opened = Opening.objects.filter(user=user, conviction_id__in=decided).order_by("-at")
    return opened.values_list("conviction_id", flat=True).first()


def standing_of(conviction_id: int, run: Run | None = None) -> Any:
    """What stands for one conviction. Raises NotFound if the run has nothing on it."""
    row = standing(run).filter(conviction_id=conviction_id).first()
    if row is None:
        raise NotFound("The current run has no determination for this conviction.")
    return row


def on_page(conviction_id: int, user: User) -> Any:
    """What stands for one conviction in the current run, with all that its page looks up beside it; one query.

    Beside what `standing` annotates: asks_… (see `asking`), persons (ids of every subject confirmed to be this person),
    open_by and open_at (who else opened it within the last minutes), assigned_to, attached_name and attached_size.
    Raises NotFound if the run has nothing on it.
    """
    persons = Subject.objects.annotate(person=Coalesce("same_as_id", "pk")).filter(person=OuterRef("person"))
    others = _openings().exclude(user=user).filter(conviction=OuterRef("conviction_id")).order_by("-at")
    rows = standing_in_use().filter(conviction_id=conviction_id)
    row = (
        asking(rows)
        .select_related(
            "run__policy",
            "reading__file_subject__file",
            "conviction__subject",
            "conviction__newest_reading__file_subject",
            "conviction__court_text",
            "conviction__review__by",
            "conviction__review__determination__reading",
            "conviction__review__determination__run__policy",
        )
        .annotate(person=Coalesce("conviction__subject__same_as_id", "conviction__subject_id"))
        .annotate(
            persons=ArraySubquery(persons.order_by("pk").values("pk")),
            open_by=Subquery(others.values(who=name_of("user"))[:1]),
            open_at=Subquery(others.values("at")[:1]),
            assigned_to=name_of("conviction__assignment__to"),
            attached_name=F("the_override__attachment__name"),
            attached_size=F("the_override__attachment__size"),
        )
        .first()
    )
    if row is None:
        raise NotFound("The current run has no determination for this conviction.")
    return row


def asking(rows: StandingRows) -> StandingRows:
    """The rows with a flag asks_… for each question of `kept_out`."""
    return rows.annotate(**{f"asks_{code}": _flag(on) for code, on in kept_out().items()})  # type: ignore[no-any-return]


def name_of(user: str) -> Any:
    """The name of the user that this column refers to, as `User` says it."""
    full = Trim(Concat(f"{user}__first_name", Value(" "), f"{user}__last_name"))
    return Coalesce(NullIf(full, Value("")), f"{user}__username")


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
    opposed = Q(opposition="oppose")
    return {
        "decide": undecided(),
        "second": Q(awaiting_second=True, needs_confirmation=False),
        "confirm": Q(needs_confirmation=True),
        "opposed": opposed & (relief | Q(standing_outcome="hand_review")),
        "route": relief & Q(route="unknown"),
        "mismatch": Q(standing_outcome="resentence") & ~Q(route="serving")
        | Q(standing_outcome="redesignate", route="serving"),
        "prior_relief": relief & _shows(["may_already_have_relief"]) & ~Q(_stated("relief_answered")),
        "relieved": relief & Q(_stated("relief_answered", "yes")),
        "possible_prior": relief & _shows_prior() & ~Q(_stated("no_prior_bar")),
        "barred": relief & Q(_stated("no_prior_bar", "no")) & ~opposed,
        "ground": needs_ground & ~outside.ground_holds(),
        "left_out": relief & Q(ground__in=outside.leaving_out()),
        "suggestion": relief & Q(conviction_id__in=records.under_suggestion()),
    }


def undecided() -> Q:
    """Rows left to a person: neither waiting for a second one, nor decided by an attorney who opposes relief."""
    return Q(standing_outcome="hand_review", awaiting_second=False) & ~Q(opposition="oppose")


def without_open_questions(rows: StandingRows) -> StandingRows:
    """Rows of `standing` that reviews keeps out of no batch: relief stands and no question is open."""
    kept = rows.filter(standing_outcome__in=RELIEF)
    for condition in kept_out().values():
        kept = kept.exclude(condition)
    return kept


def preparers_of(conviction_ids: list[int]) -> set[int]:
    """Ids of who overrode, stated a fact on, chose a ground for or decided whether to oppose one of these, ever."""
    found: set[int] = set()
    found.update(Override.objects.filter(conviction_id__in=conviction_ids).values_list("author_id", flat=True))
    found.update(StatedFact.objects.filter(conviction_id__in=conviction_ids).values_list("author_id", flat=True))
    found.update(Ground.objects.filter(conviction_id__in=conviction_ids).values_list("attorney_id", flat=True))
    found.update(Opposition.objects.filter(conviction_id__in=conviction_ids).values_list("attorney_id", flat=True))
    return found


def review_of(conviction_id: int) -> Review | None:
    """Where work on a conviction stands, with who did it; None if nobody worked on it."""
    return Review.objects.select_related("by", "determination").filter(conviction_id=conviction_id).first()


def open_by_question(rows: StandingRows, user: User | None = None) -> dict[str, int]:
    """How many of the rows wait on each question of `kept_out`, and on law and unreviewed beside; one query.

    `user`: of the overrides that wait for a second person those that this one did not make.
    """
    asked = kept_out()
    asked |= {
        "second": asked["second"] & (~Q(override_author=user.pk) if user is not None else Q()),
        "law": undecided() & Q(question_kind="law"),
        "record": undecided() & ~Q(question_kind="law"),
        "unreviewed": Q(review_state="open") & ~Q(outcome="hand_review"),
    }
    counts = rows.aggregate(**{f"rows_{code}": Count("id", filter=condition) for code, condition in asked.items()})
    return {code: counts[f"rows_{code}"] for code in asked}


def left_to_take(rows: StandingRows, user: User) -> StandingRows:
    """Of the rows those that wait for a decision this user may make and that nobody has: neither assigned nor open."""
    open_elsewhere = _openings().exclude(user=user).filter(conviction=OuterRef("conviction_id"))
    for_another = Q(awaiting_second=True) & ~Q(override_author=user.pk)
    waits = (Q(review_state="open") & ~Q(opposition="oppose")) | Q(needs_confirmation=True) | for_another
    free = rows.filter(waits, Q(assignee=None), ~Exists(open_elsewhere))
    return free if user.is_attorney else free.exclude(question_kind="law", outcome="hand_review")


def _openings() -> QuerySet[Opening]:
    return Opening.objects.filter(at__gte=timezone.now() - timedelta(minutes=OPEN_MINUTES))


def reasons(run: Run | None) -> list[str]:
    """Every reason that the run gives."""
    return list(runs.standing(run).order_by().values_list("reason", flat=True).distinct()) if run is not None else []


def search_of(user: User, code: str) -> Search | None:
    """The search of this id, if it is the user's own."""
    try:
        return Search.objects.filter(pk=uuid.UUID(code), user=user).first() if code else None
    except ValueError:
        return None


def found_by(search: Search) -> Q:
    """Rows of `standing` of people of this name or CII number, or of cases of this number."""
    return Q(conviction_id__in=among(records.convictions_like(search.text)))


def saved_filters(user: User) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(user=user)
