"""The review queue: the list, its download, and acting on a selection of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records.exports import csv_response
from clearmyrecord.reviews import forms, overriding, queries, selection, services
from clearmyrecord.reviews.filters import QueueFilter, filtered
from clearmyrecord.reviews.questions import lines_of
from clearmyrecord.runs import queries as runs

ROWS_ON_A_PAGE = 50
REVIEWERS = (Role.ANALYST, Role.SUPERVISOR)
COLUMNS = (
    "Subject", "CII number", "Case numbers", "Code section", "Severity", "Convicted on", "Outcome", "Route", "Basis",
    "Sealing", "New section", "New severity", "Reason", "Citation", "Review", "Open questions",
)  # fmt: skip


@role_required(*READERS)
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """Convictions of the current run, filtered, sorted and paged."""
    run = runs.current_run()
    rows = queries.standing(run)
    form = QueueFilter(request.GET, rows=rows)
    coded = form.coded()
    shown = filtered(rows, coded)
    page = Paginator(shown, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = lines_of(list(page.object_list))
    audit.viewed(request, [row.conviction.subject_id for row in page], "list")
    context = {
        "run": run,
        "form": form,
        "page_obj": page,
        "filter": urlencode(coded),
        "filtered": set(coded) - {"sort"},
        "reviews": overriding.reviews(request.user),
        "counts": queries.open_by_question(rows),
    }
    return render(request, "reviews/queue.html", context)


@role_required(*READERS)
@require_GET
def download(request: StaffRequest) -> HttpResponse:
    """What the filter shows, as a spreadsheet-safe CSV file."""
    rows = queries.standing()
    shown = list(filtered(rows, QueueFilter(request.GET, rows=rows).coded()))
    audit.viewed(request, {row.conviction.subject_id for row in shown}, "download")
    return csv_response("review-queue.csv", COLUMNS, _cells(lines_of(shown)))  # type: ignore[return-value]


def _cells(rows: list[Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        conviction = row.conviction
        yield (
            conviction.subject.name, conviction.subject.cii_number, "; ".join(conviction.case_numbers),
            row.section_words, conviction.severity, conviction.convicted_on or "", row.standing_outcome, row.route,
            row.standing_basis, "yes" if row.standing_sealing else "no", row.standing_new_section,
            row.standing_new_severity, row.reason, row.citation, row.review_state, "; ".join(row.asked),
        )  # fmt: skip


def _back(request: StaffRequest) -> HttpResponseRedirect:
    coded = QueueFilter(request.GET, rows=queries.standing()).coded()
    return HttpResponseRedirect(f"{reverse('reviews:queue')}?{urlencode(coded)}")


@role_required(*REVIEWERS)
@require_POST
def select(request: StaffRequest) -> HttpResponse:
    """The next step for what was ticked, or for everything that the filter shows: numbers first."""
    form = forms.SelectionForm(request.POST)
    if not form.is_valid():
        return _back(request)
    rows = queries.standing()
    if form.cleaned_data["everything"]:
        chosen = list(filtered(rows, QueueFilter(request.GET, rows=rows).coded()))
    else:
        chosen = selection.rows_of(selection.read_ids(",".join(request.POST.getlist("row"))))
    if form.cleaned_data["action"] == "accept":
        return render(request, "reviews/accept_selection.html", {"preview": selection.accepting(chosen)})
    context = {"preview": selection.everything(chosen), "form": forms.OverrideForm()}
    return render(request, "reviews/override_selection.html", context)


@role_required(*REVIEWERS)
@require_POST
def accept_selection(request: StaffRequest) -> HttpResponse:
    """Accept exactly what was counted."""
    ids = selection.read_ids(request.POST.get("ids", ""))
    number = services.accept(actor=request.user, determination_ids=ids)
    messages.success(request, f"{number:,} accepted.")
    return _back(request)


@role_required(*REVIEWERS)
@require_POST
def override_selection(request: StaffRequest) -> HttpResponse:
    """Override a selection: first what would happen, in numbers; then, confirmed, exactly that."""
    ids = selection.read_ids(request.POST.get("ids", ""))
    form = forms.OverrideForm(request.POST)
    rows = selection.rows_of(ids)
    if not form.is_valid():
        context = {"preview": selection.everything(rows), "form": form}
        return render(request, "reviews/override_selection.html", context, status=422)
    if request.POST.get("confirmed") != "yes":
        wanted = overriding.Wanted(form.cleaned_data["outcome"], form.cleaned_data["basis"])
        preview = selection.overriding_to(rows, wanted, request.user)
        context = {"preview": preview, "form": form, "basis": overriding.BASES[wanted.basis]}
        return render(request, "reviews/confirm_override.html", context)
    number = services.override(actor=request.user, determination_ids=ids, **form.cleaned_data)
    messages.success(request, f"{number:,} overridden.")
    return _back(request)
