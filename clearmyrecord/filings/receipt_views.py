"""Pages of what the courts took: one case, or the court's list with a preview before anything is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.filings import confirmations, forms, omnibus, queries, receipt_rows, receipts
from clearmyrecord.filings import receipt_matching as matching
from clearmyrecord.filings.models import Filing, OmnibusMotion, ReceiptList
from clearmyrecord.filings.omnibus_views import rows_to_confirm
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records.exports import csv_response

LINES_ON_A_PAGE = 50
LISTS_ON_A_PAGE = 25
SHOWN_IN_GUIDE = 3
TAKEN_BACK = "is not filed any more. What was entered stays in its history."


def _cases(number: int) -> str:
    return f"{number:,} case{'s' if number != 1 else ''}"


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def filed(request: StaffRequest, filing_id: int) -> HttpResponse:
    """Enter that the clerk took one case, or correct what was entered."""
    filing = queries.filing_or_404(request.user, filing_id)
    is_filed = filing.state == Filing.State.FILED
    kind = forms.CorrectForm if is_filed else forms.FiledForm
    known = {"filed_on": filing.filed_on, "number": filing.court_number} if is_filed else {}
    form = kind(request.POST or None, initial=known)
    enter = receipts.correct if is_filed else receipts.enter
    if _entered(request, form, partial(enter, actor=request.user, filing_id=filing_id)):
        messages.success(request, f"Case {filing.case_number} is entered as filed.")
        return redirect("filings:package", filing.batch_id)
    audit.viewed(request, [filing.subject_id], "page", filing)
    confirmations.mark([filing])
    return _filed_page(request, filing, form, {"filing": filing, "called": "case", "is_kept": bool(filing.to_confirm)})


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def motion_filed(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Enter that the clerk took an omnibus motion, or correct what was entered. Names nobody."""
    motion = omnibus.motion_or_404(request.user, batch_id)
    is_filed = motion.state == OmnibusMotion.State.FILED
    kind = forms.MotionCorrectForm if is_filed else forms.MotionFiledForm
    known = {
        "assigned_number": motion.assigned_number,
        "filed_on": motion.filed_on,
        "number": motion.court_number,
    }
    form = kind(request.POST or None, initial=known if is_filed else {})
    enter = receipts.correct_motion if is_filed else receipts.enter_motion
    if _entered(request, form, partial(enter, actor=request.user, batch_id=batch_id)):
        messages.success(request, "The omnibus motion is entered as filed.")
        return redirect("filings:omnibus", batch_id)
    kept = rows_to_confirm(motion)
    named = {"motion": motion, "called": "omnibus motion", "is_kept": bool(kept["rows"])}
    return _filed_page(request, motion, form, named | kept)


def _entered(request: StaffRequest, form: Any, enter: Callable[..., Any]) -> bool:
    """Whether what was posted is entered; else the form says why not."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        enter(**form.cleaned_data)
    except Invalid as invalid:
        form.add_error(None, str(invalid))
        return False
    return True


def _filed_page(request: StaffRequest, matter: Any, form: Any, named: dict[str, Any]) -> HttpResponse:
    context = named | {
        "matter": matter,
        "is_filed": matter.state == Filing.State.FILED,
        "may_enter": matter.state == Filing.State.FILED
        or (matter.state == Filing.State.SIGNED and not named["is_kept"]),
        "form": form,
        "undo_form": forms.UndoForm(),
        "history": queries.receipts_of(matter),
    }
    return render(request, "filings/filed.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def undo(request: StaffRequest, filing_id: int) -> HttpResponse:
    """Take back that a case is filed."""
    filing = queries.filing_or_404(request.user, filing_id)
    receipts.undo(actor=request.user, filing_id=filing_id, reason=request.POST.get("reason", "")[:1000])
    messages.success(request, f"Case {filing.case_number} {TAKEN_BACK}")
    return redirect("filings:package", filing.batch_id)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def undo_motion(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Take back that an omnibus motion is filed."""
    receipts.undo_motion(actor=request.user, batch_id=batch_id, reason=request.POST.get("reason", "")[:1000])
    messages.success(request, f"The omnibus motion {TAKEN_BACK}")
    return redirect("filings:omnibus", batch_id)


@require_GET
@role_required(*READERS)
def receipt_lists(request: StaffRequest) -> HttpResponse:
    """The lists that courts sent, newest first."""
    page = Paginator(queries.receipt_lists(request.user), LISTS_ON_A_PAGE).get_page(request.GET.get("page"))
    may_upload = request.user.role in receipts.WHO
    return render(request, "filings/receipt_lists.html", {"page_obj": page, "may_upload": may_upload})


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def upload(request: StaffRequest) -> HttpResponse:
    """A court's list, read and kept. Nothing is recorded by uploading it."""
    form = forms.ReceiptListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, court = form.cleaned_data["file"], form.cleaned_data["court"]
        try:
            kept = receipts.upload(
                actor=request.user, court=court, name=file.name, content=file.read(receipt_rows.MOST_BYTES + 1)
            )
        except Invalid as invalid:
            form.add_error("file", str(invalid))
        else:
            return redirect("filings:receipt_list" if kept.columns else "filings:columns", kept.pk)
    return render(request, "filings/upload_receipts.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def columns(request: StaffRequest, list_id: int) -> HttpResponse:
    """Say which column holds what; what is likely is chosen already."""
    of = queries.receipt_list_or_404(request.user, list_id)
    rows = receipts.rows_of(of)
    guessed = of.columns or receipt_rows.likely(rows.headings)
    form = forms.ColumnsForm(request.POST or None, headings=rows.headings, initial=guessed)
    if request.method == "POST" and form.is_valid():
        try:
            receipts.choose_columns(actor=request.user, list_id=list_id, columns=form.cleaned_data)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            return redirect("filings:receipt_list", list_id)
    context = {
        "list": of,
        "form": form,
        "headings": rows.headings,
        "rows": rows.rows[:SHOWN_IN_GUIDE],
        "total": len(rows.rows),
    }
    return render(request, "filings/columns.html", context, status=422 if form.errors else 200)


@require_GET
@role_required(*READERS)
def receipt_list(request: StaffRequest, list_id: int) -> HttpResponse:
    """What each row of a list means, before and after it is recorded."""
    of = queries.receipt_list_or_404(request.user, list_id)
    if not of.columns:
        if request.user.role in receipts.WHO:
            return redirect("filings:columns", list_id)
        raise NotFound("Nobody has said yet which column of this list holds what.")
    found = matching.lines(of, receipts.rows_of(of), today=office.today())
    numbers = matching.counts(found)
    show = request.GET.get("show", "")
    shown = [line for line in found if line.kind == show] if show in matching.Kind.values else _first_trouble(found)
    page = Paginator(shown, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [line.filing.subject_id for line in page if line.filing], "list", of)
    context = {
        "list": of,
        "total": len(found),
        "matches": numbers.get(matching.Kind.MATCH, 0),
        "trouble": sum(numbers.get(kind, 0) for kind in matching.TROUBLE),
        "kinds": [(kind, kind.label, numbers[kind]) for kind in matching.Kind if numbers.get(kind)],
        "show": show,
        "page_obj": page,
        "seen_hash": matching.matches_hash(found),
        "recorded": queries.recorded_from(of),
        "may_record": request.user.role in receipts.WHO,
        "undo_form": forms.UndoForm(),
    }
    return render(request, "filings/receipt_list.html", context)


def _first_trouble(found: Sequence[matching.Line]) -> list[matching.Line]:
    """All rows, those that need a person first."""
    return sorted(found, key=lambda line: (line.kind not in matching.TROUBLE, line.row))


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def record(request: StaffRequest, list_id: int) -> HttpResponse:
    """Record what the page showed as matching."""
    number = receipts.record(actor=request.user, list_id=list_id, seen_hash=request.POST.get("seen_hash", ""))
    messages.success(request, f"{_cases(number)} recorded as filed.")
    return redirect("filings:receipt_list", list_id)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def undo_list(request: StaffRequest, list_id: int) -> HttpResponse:
    """Take back what a list recorded."""
    reason = request.POST.get("reason", "")[:1000]
    number = receipts.undo_list(actor=request.user, list_id=list_id, reason=reason)
    messages.success(request, f"{_cases(number)} not filed any more. What was recorded stays in the history.")
    return redirect("filings:receipt_list", list_id)


@require_GET
@role_required(*READERS)
def not_recorded(request: StaffRequest, list_id: int) -> HttpResponseBase:
    """The rows that need a person, with why, as CSV."""
    of: ReceiptList = queries.receipt_list_or_404(request.user, list_id)
    if not of.columns:
        raise NotFound("Nobody has said yet which column of this list holds what.")
    every = matching.lines(of, receipts.rows_of(of), today=office.today())
    found = [line for line in every if line.kind in matching.TROUBLE]
    audit.viewed(request, [line.filing.subject_id for line in found if line.filing], "download", of)
    rows = ((line.row, line.case_number, line.day, line.number, line.kind.label, line.why) for line in found)
    heads = ("Row", "Case number", "Day", "Court's number", "What it means", "Why")
    return csv_response(f"receipt-list-{of.pk}-not-recorded.csv", heads, rows)
