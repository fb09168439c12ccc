"""The pages of record files, suggestions and the search for a person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records import forms, queries, services
from clearmyrecord.records.exports import csv_response
from clearmyrecord.records.models import Problem, RecordFile, Suggestion
from clearmyrecord.work import Work

FILES_ON_A_PAGE = 25
ROWS_ON_A_PAGE = 50
SEARCHES_KEPT = 20
"""Searches of a session that can be opened again."""

BUSY = (Work.WorkState.WAITING, Work.WorkState.WORKING)


def _sent(request: StaffRequest) -> QueryDict | None:
    """What a form sent, an empty one included; None before it was sent."""
    return request.POST if request.method == "POST" else None


@role_required(*READERS)
@require_GET
def files(request: StaffRequest) -> HttpResponse:
    """All record files with where each stands."""
    known = queries.files(request.user).annotate(problem_count=Count("problems")).order_by("-uploaded_at", "-pk")
    page = Paginator(known, FILES_ON_A_PAGE).get_page(request.GET.get("page"))
    busy = any(file.work_state in BUSY for file in page)
    context = {
        "page_obj": page,
        "busy": busy,
        "may_change": request.user.role == Role.ANALYST,
        "open_suggestions": Suggestion.objects.filter(state=Suggestion.State.OPEN).count(),
        "ready": not busy and any(_can_be_evaluated(file) for file in page),
    }
    return render(
        request, "records/_files.html" if request.headers.get("HX-Request") else "records/files.html", context
    )


def _can_be_evaluated(file: RecordFile) -> bool:
    return file.read_at is not None and file.set_aside_at is None


@role_required(Role.ANALYST)
@require_http_methods(["GET", "POST"])
def upload(request: StaffRequest) -> HttpResponse:
    """Upload a record file. One that can't be used is refused here, with what was expected and what was found."""
    form = forms.UploadForm(_sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.upload(actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            form.add_error("file", str(refused))
        else:
            if kept.known:
                messages.info(request, "This very file was uploaded before. It is not stored twice.")
            else:
                messages.success(request, "The file is uploaded and will be read now. You may leave this page.")
            return redirect("records:file", kept.file.pk)
    return render(request, "records/upload.html", {"form": form}, status=422 if form.errors else 200)


def _reconciliation(file: RecordFile) -> list[tuple[str, int]]:
    """What became of the rows, in the words and order of the page."""
    words = {
        "rows_counts": "Rows that became counts",
        "rows_added_to_one": "Rows that add to one (parts of sentences)",
        "rows_registrations": "Registrations",
        "rows_deaths": "Deaths",
        "rows_other_events": "Other events without a count",
        "rows_set_aside": "Rows set aside, each with its reason",
    }
    return [(label, file.reconciliation.get(name, 0)) for name, label in words.items()]


@role_required(*READERS)
@require_GET
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """One record file: progress, what became of its rows, counties, problems."""
    found = queries.file_or_404(request.user, pk)
    if found.kind == RecordFile.Kind.COURT:
        return redirect("records:court_extract", pk)
    lines = _reconciliation(found)
    context = {
        "file": found,
        "busy": found.work_state in BUSY,
        "lines": lines,
        "left_over": found.rows_read - sum(number for _, number in lines),
        "counties": sorted(found.counties.items(), key=lambda each: (-each[1], each[0])),
        "problem_count": found.problems.count(),
        "may_change": request.user.role == Role.ANALYST,
    }
    return render(request, "records/file.html", context)


@role_required(*READERS)
@require_GET
def file_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the reading is; once it is done the page is fetched anew."""
    found = queries.file_or_404(request.user, pk)
    response = render(request, "records/_progress.html", {"file": found, "busy": found.work_state in BUSY})
    if found.work_state not in BUSY:
        response["HX-Refresh"] = "true"
    return response


def _problems(request: StaffRequest, found: RecordFile) -> tuple[Any, forms.ProblemFilter]:
    known = found.problems.order_by("row", "line", "pk")
    columns = list(known.order_by("column").values_list("column", flat=True).distinct())
    dones = list(known.order_by("done").values_list("done", flat=True).distinct())
    form = forms.ProblemFilter(request.GET or None, columns=columns, dones=dones)
    if form.is_bound and form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        known = known.filter(**chosen)
    return known, form


@role_required(*READERS)
@require_GET
def problems(request: StaffRequest, pk: int) -> HttpResponse:
    """What could not be read in a file: row, line, column, value, and what was done."""
    found = queries.file_or_404(request.user, pk)
    known, form = _problems(request, found)
    page = Paginator(known, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    coded = request.GET.copy()
    coded.pop("page", None)
    _seen(request, found, [problem.row for problem in page], "list")
    context = {"file": found, "page_obj": page, "form": form, "coded": coded.urlencode()}
    return render(request, "records/problems.html", context)


@role_required(*READERS)
@require_GET
def problems_download(request: StaffRequest, pk: int) -> HttpResponse:
    """The same list as a spreadsheet-safe CSV file."""
    found = queries.file_or_404(request.user, pk)
    known, _ = _problems(request, found)
    _seen(request, found, known.values_list("row", flat=True), "download")
    header = ("Row", "Line", "Column", "Value", "What", "What was done")
    return csv_response(f"problems-file-{found.pk}.csv", header, _problem_rows(known))  # type: ignore[return-value]


def _seen(request: StaffRequest, found: RecordFile, rows: Iterable[int | None], kind: str) -> None:
    """A value that could not be read is record data of whoever's row it stands in; some rows are nobody's."""
    shown = list(rows)
    if people := queries.subjects_of_rows(found, [row for row in shown if row is not None]):
        audit.viewed(request, people, kind, found)
    elif shown:
        audit.record(actor=request.user, verb="record_file.problems_viewed", target=found, kind=kind)


def _problem_rows(known: Any) -> Iterator[tuple[Any, ...]]:
    problem: Problem
    for problem in known.iterator():
        yield problem.row, problem.line, problem.column, problem.value, problem.what, problem.done


@role_required(Role.ANALYST)
@require_http_methods(["GET", "POST"])
def set_aside(request: StaffRequest, pk: int) -> HttpResponse:
    """Leave a file out of later runs, after saying what that does."""
    found = queries.file_or_404(request.user, pk)
    form = forms.ReasonForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        services.set_aside(actor=request.user, file_id=found.pk, reason=form.cleaned_data["reason"])
        messages.success(request, "The file is set aside. Evaluate again to leave its convictions out.")
        return redirect("records:file", found.pk)
    context = {"file": found, "form": form, "convictions": found.reconciliation.get("convictions_new", 0)}
    return render(request, "records/set_aside.html", context, status=422 if form.errors else 200)


@role_required(Role.ANALYST)
@require_POST
def read_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a file read again whose reading failed."""
    services.read_again(actor=request.user, file_id=pk)
    messages.success(request, "The file will be read again now.")
    return redirect("records:file", pk)


@role_required(*READERS)
@require_GET
def suggestions(request: StaffRequest) -> HttpResponse:
    """Pairs of subjects or convictions that may be one, to be answered by a person."""
    form = forms.SuggestionFilter(request.GET or None)
    state = (form.is_bound and form.is_valid() and form.cleaned_data["state"]) or Suggestion.State.OPEN
    known = Suggestion.objects.filter(state=state).select_related("decided_by").order_by("pk")
    page = Paginator(known, FILES_ON_A_PAGE).get_page(request.GET.get("page"))
    pairs = queries.pairs(page)
    audit.viewed(request, {pk for pair in pairs for pk in pair.subject_ids}, "list")
    context = {
        "form": form,
        "state": state,
        "states": Suggestion.State.choices,
        "page_obj": page,
        "pairs": pairs,
        "may_change": request.user.role == Role.ANALYST,
    }
    return render(request, "records/suggestions.html", context)


@role_required(Role.ANALYST)
@require_POST
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm, refuse or take back, with a reason."""
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say what your answer rests on, then answer again.")
        return redirect("records:suggestions")
    act = {
        "confirm": services.confirm_suggestion,
        "refuse": services.refuse_suggestion,
        "undo": services.undo_suggestion,
    }[form.cleaned_data["answer"]]
    act(actor=request.user, suggestion_id=pk, reason=form.cleaned_data["reason"])
    messages.success(request, "The answer is kept, and what hangs on it was evaluated again.")
    about = form.cleaned_data["about"]
    return redirect("desk:subject", about) if about else redirect("records:suggestions")


@role_required(*READERS)
@require_http_methods(["GET", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """Search for a person. What is searched for stays on the server; the address carries a random id only."""
    form = forms.SearchForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        search_id = str(uuid.uuid4())
        born: date | None = form.cleaned_data["birth_date"]
        kept = dict(list(request.session.get("searches", {}).items())[1 - SEARCHES_KEPT :])
        kept[search_id] = form.cleaned_data | {"birth_date": born.isoformat() if born else ""}
        request.session["searches"] = kept
        return redirect("records:found", search_id)
    return render(request, "records/search.html", {"form": form}, status=422 if form.errors else 200)


@role_required(*READERS)
@require_GET
def found(request: StaffRequest, search_id: uuid.UUID) -> HttpResponse:
    """The people whom one of this user's own searches found."""
    wanted = request.session.get("searches", {}).get(str(search_id))
    if wanted is None:
        raise NotFound("This search is no longer kept. Search again.")
    born = date.fromisoformat(wanted["birth_date"]) if wanted["birth_date"] else None
    people = list(queries.search(request.user, name=wanted["name"], birth_date=born, cii_number=wanted["cii_number"]))
    page = Paginator(people, FILES_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [subject.pk for subject in page], "list")
    context = {
        "page_obj": page,
        "form": forms.SearchForm(initial=wanted),
        "many": len(people) == queries.MOST_FOUND,
        "most": queries.MOST_FOUND,
    }
    return render(request, "records/found.html", context)
