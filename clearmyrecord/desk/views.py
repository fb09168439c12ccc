"""Home, and the subject's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.desk import queries
from clearmyrecord.filings import queries as filings
from clearmyrecord.office.access import READERS, StaffRequest, role_required, signed_in
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews.questions import lines_of
from clearmyrecord.runs import queries as runs

EMPTY = {
    "analyst": "Upload a record file, or compose a batch of what is reviewed.",
    "supervisor": "No batch waits for your approval.",
    "administrator": "Courts are mapped and no account is locked.",
    "auditor": "Nothing was seen or done today.",
}


@signed_in
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """What needs me now?"""
    user = request.user
    context: dict[str, object] = {"tasks": queries.tasks_for(user), "nothing": EMPTY[user.role]}
    if user.role in READERS:
        context["run"] = runs.current_run()
    return render(request, "desk/home.html", context)


@role_required(*READERS)
@require_GET
def subject(request: StaffRequest, pk: int) -> HttpResponse:
    """One person: who, every conviction with what stands for it, the whole history, batches and papers."""
    user = request.user
    shown = records.subject_or_404(user, pk)
    people = records.person_ids(shown.pk)
    rows = reviews.standing().filter(conviction__subject__in=people)
    context = {
        "subject": shown,
        "people": people,
        "rows": lines_of(list(rows.order_by("conviction__convicted_on", "conviction_id"))),
        "history": records.history_of(people),
        "suggestions": records.suggestions_on_subjects(people),
        "batches": batches.batches(user).filter(items__conviction__subject__in=people).distinct(),
        "filings": filings.filings(user).filter(subject__in=people),
    }
    audit.viewed(request, people, "page", target=shown)
    return render(request, "desk/subject.html", context)
