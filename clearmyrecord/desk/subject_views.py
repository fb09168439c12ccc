"""The subject's page, and the parts of it that are fetched when somebody opens them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.audit import queries as trail
from clearmyrecord.audit import services as audit
from clearmyrecord.desk import moments, timeline
from clearmyrecord.filings.casework import casework
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.office.queries import today
from clearmyrecord.records import histories
from clearmyrecord.records import queries as records
from clearmyrecord.records.histories import Step
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews.chronicles import chronicle
from clearmyrecord.reviews.questions import lines_of
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Run

VIEWS_SHOWN = 50
"""Views of a person that are listed with them; the trail has the others."""


@role_required(*READERS)
@require_GET
def subject(request: StaffRequest, pk: int) -> HttpResponse:
    """One person: the history drawn and as a table, what stands for each conviction and what stood before, papers.

    Built from the database alone, in the same number of queries for any history; record files are not opened.
    """
    shown, people = histories.whole_person(request.user, pk)
    run = runs.current_run()
    rows = _standing(people, run)
    steps = histories.steps_of(people)
    names = {count.conviction_id: moments.conviction_words(step, count) for step in steps for count in step.counts}
    context = {
        "subject": shown,
        "people": people,
        "run": run,
        "rows": rows,
        **_history(steps, rows, run),
        "entries": [(each, names.get(each.conviction_id, "not in a file in use")) for each in chronicle(people)],
        "suggestions": records.suggestions_on_subjects(people),
        "batches": casework(request.user, people),
        "sees_trail": request.user.role == Role.AUDITOR,
    }
    audit.viewed(request, people, "page", target=shown)
    return render(request, "desk/subject.html", context)


def _standing(people: Sequence[int], run: Run | None) -> list[Any]:
    if run is None:
        return []
    rows = reviews.standing(run).filter(conviction__subject__in=people)
    return lines_of(rows.order_by("conviction__convicted_on", "conviction_id"))


def _history(steps: Sequence[Step], rows: Sequence[Any], run: Run | None) -> dict[str, object]:
    """The drawing, and the same as lines of a table with what each was drawn as."""
    in_scope = {row.conviction_id for row in rows}
    as_of = run.as_of if run else today()
    drawing = timeline.drawn(moments.moments_of(steps, in_scope), moments.terms_of(steps), today=as_of)
    legend = [(kind, timeline.KINDS[kind][0]) for kind in drawing.kinds] if drawing else []
    return {"steps": steps, "in_scope": in_scope, "as_of": as_of, "drawing": drawing, "legend": legend}


@role_required(*READERS)
@require_GET
def file_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """The history file by file and cycle by cycle, with row numbers."""
    shown, people = histories.whole_person(request.user, pk)
    history = records.history_of(people)
    audit.viewed(request, people, "page", target=shown)
    return render(request, "reviews/_history.html", {"history": history})


@role_required(Role.AUDITOR)
@require_GET
def viewers(request: StaffRequest, pk: int) -> HttpResponse:
    """Who saw this person, newest first: as the trail, for whom the trail is open."""
    shown, people = histories.whole_person(request.user, pk)
    events = trail.events(verb="subject.viewed", subject_id=shown.pk)[:VIEWS_SHOWN]
    audit.record(actor=request.user, verb="subject.viewers_listed", target=shown, subjects=people)
    return render(request, "desk/_viewers.html", {"events": list(events), "subject": shown, "most": VIEWS_SHOWN})


@role_required(*READERS)
@require_GET
def suggestions(request: StaffRequest, pk: int) -> HttpResponse:
    """The open suggestions about one person side by side, to be confirmed or refused."""
    shown, people = histories.whole_person(request.user, pk)
    pairs = records.pairs(records.suggestions_on_subjects(people))
    audit.viewed(request, {*people, *(each for pair in pairs for each in pair.subject_ids)}, "list", target=shown)
    context = {"subject": shown, "pairs": pairs, "may_change": request.user.role == Role.ANALYST}
    return render(request, "desk/suggestions.html", context)
