"""Pages of courts' responses: upload, columns, words, what each row means, recording and undoing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records.exports import csv_response
from clearmyrecord.relief import forms, queries, response_files, response_words
from clearmyrecord.relief import responses as services
from clearmyrecord.relief.answer_views import convictions
from clearmyrecord.relief.models import Asked, CourtAnswer, CourtResponse, ResponseRow

RESPONSES_ON_A_PAGE = 25
ROWS_ON_A_PAGE = 50
SHOWN_IN_GUIDE = 3


@require_GET
@role_required(*READERS)
def responses(request: StaffRequest) -> HttpResponse:
    """The response files that courts sent, newest first."""
    page_obj = Paginator(queries.responses(request.user), RESPONSES_ON_A_PAGE).get_page(request.GET.get("page"))
    may_upload = request.user.role in services.WHO
    return render(request, "relief/responses.html", {"page_obj": page_obj, "may_upload": may_upload})


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def upload(request: StaffRequest) -> HttpResponse:
    """A court's response, read and kept. Nothing counts by uploading it."""
    form = forms.ResponseForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, court = form.cleaned_data["file"], form.cleaned_data["court"]
        try:
            content = file.read(response_files.MOST_BYTES + 1)
            kept, is_new = services.upload(actor=request.user, court=court, name=file.name, content=content)
        except Invalid as invalid:
            form.add_error("file", str(invalid))
        else:
            if not is_new:
                messages.info(request, "This very file was uploaded before; here is what became of it.")
            return redirect("relief:response" if kept.columns else "relief:columns", kept.pk)
    return render(request, "relief/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def columns(request: StaffRequest, response_id: int) -> HttpResponse:
    """Say which column holds what; what is likely is chosen already."""
    of = queries.response_or_404(request.user, response_id)
    rows = services.rows_of(of)
    guessed = of.columns or response_words.likely_columns(of.headings)
    form = forms.ColumnsForm(request.POST or None, headings=of.headings, initial=guessed)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_columns(actor=request.user, response_id=response_id, columns=form.cleaned_data)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            return redirect("relief:words", response_id)
    context = {"response": of, "form": form, "headings": of.headings, "rows": rows.rows[:SHOWN_IN_GUIDE]}
    return render(request, "relief/columns.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def words(request: StaffRequest, response_id: int) -> HttpResponse:
    """Say what the court's words for a decision mean; what is likely is chosen already."""
    of = queries.response_or_404(request.user, response_id)
    if not of.columns:
        return redirect("relief:columns", response_id)
    cells = of.rows.order_by("row").values_list("cells__decision", flat=True)
    found = response_words.words_of([cell or "" for cell in cells])
    form = forms.WordsForm(request.POST or None, found=found, known=of.words)
    if request.method == "POST" and form.is_valid():
        services.choose_words(actor=request.user, response_id=response_id, meanings=form.meanings())
        return redirect("relief:response", response_id)
    return render(request, "relief/words.html", {"response": of, "form": form, "most": response_words.MOST_WORDS})


@require_GET
@role_required(*READERS)
def response(request: StaffRequest, response_id: int) -> HttpResponse:
    """What each row means, before and after it is recorded."""
    of = queries.response_or_404(request.user, response_id)
    if not of.columns:
        if request.user.role in services.WHO:
            return redirect("relief:columns", response_id)
        raise NotFound("Nobody has said yet which column of this file holds what.")
    numbers, trouble = queries.rows_by_kind(of), queries.in_trouble(of)
    show = request.GET.get("show", "")
    if show in ResponseRow.Kind.values:
        shown = of.rows.filter(kind=show).select_related("filing", "motion")
    else:
        shown = trouble if trouble.exists() else of.rows.select_related("filing", "motion")
    page_obj = Paginator(shown, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    items = {item for row in page_obj for item in row.items}
    audit.viewed(request, Asked.objects.filter(item__in=items).values_list("subject_id", flat=True), "list", of)
    context = {
        "response": of,
        "page_obj": page_obj,
        "kinds": [(kind, kind.label, numbers[kind]) for kind in ResponseRow.Kind if numbers.get(kind)],
        "show": show,
        "trouble": trouble.count(),
        "may_record": request.user.role in services.WHO,
        "why_form": forms.WhyForm(prefix="undo"),
    } | _to_record(of)
    return render(request, "relief/response.html", context)


def _to_record(of: CourtResponse) -> dict[str, Any]:
    """How many rows and convictions would be recorded, by decision, and the hash that names them."""
    if of.is_recorded:
        return {"matches": 0, "seen_hash": ""}
    matches = of.rows.filter(kind=ResponseRow.Kind.MATCH, state=ResponseRow.State.PENDING)
    found = list(matches.order_by().values_list("decision", "items"))
    by_decision: dict[str, int] = {}
    asked = 0
    for code, items in found:
        words = str(CourtAnswer.Decision(code).label).lower()
        by_decision[words] = by_decision.get(words, 0) + max(1, len(items))
        asked += max(1, len(items))
    return {"matches": len(found), "asked": asked, "by_decision": by_decision, "seen_hash": of.matches_hash}


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def again(request: StaffRequest, response_id: int) -> HttpResponse:
    """Look again at what the rows mean, as things stand now."""
    services.match_again(actor=request.user, response_id=response_id)
    return redirect("relief:response", response_id)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def record(request: StaffRequest, response_id: int) -> HttpResponse:
    """Record what the page showed as matching."""
    try:
        number = services.record(
            actor=request.user, response_id=response_id, seen_hash=request.POST.get("seen_hash", "")
        )
    except Conflict as conflict:
        of = queries.response_or_404(request.user, response_id)
        if of.is_recorded:
            raise
        services.match_again(actor=request.user, response_id=response_id)
        messages.error(request, str(conflict))
    else:
        messages.success(request, f"Recorded for {convictions(number)}.")
    return redirect("relief:response", response_id)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def undo(request: StaffRequest, response_id: int) -> HttpResponse:
    """Take back all that a response recorded."""
    reason = request.POST.get("undo-reason", "")[:1000]
    number = services.undo(actor=request.user, response_id=response_id, reason=reason)
    messages.success(request, f"Taken back for {convictions(number)}. What was recorded stays in the history.")
    return redirect("relief:response", response_id)


@require_GET
@role_required(*READERS)
def to_work_off(request: StaffRequest, response_id: int) -> HttpResponseBase:
    """The rows that need a person, with why, as CSV."""
    of = queries.response_or_404(request.user, response_id)
    found = list(queries.in_trouble(of))
    matters = {row.filing_id for row in found if row.filing_id}, {row.motion_id for row in found if row.motion_id}
    asked = Asked.objects.filter(filing__in=matters[0]) | Asked.objects.filter(motion__in=matters[1])
    audit.viewed(request, asked.values_list("subject_id", flat=True), "download", of)
    names = [name for name in response_words.FIELDS if name in of.columns]
    heads = ("Row", "What it means", "Why", *(response_words.FIELDS[name][0] for name in names))
    rows = ((row.row, row.get_kind_display(), row.why, *(row.cells.get(name, "") for name in names)) for row in found)
    return csv_response(f"response-{of.pk}-to-work-off-{office.today():%Y%m%d}.csv", heads, rows)
