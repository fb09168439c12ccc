"""Pages of hand-offs to courts and to the DOJ."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Court, Role
from clearmyrecord.records.exports import csv_response
from clearmyrecord.relief import handing_off, handoff_files, handoff_forms, handoff_rows
from clearmyrecord.relief import handoff_queries as queries
from clearmyrecord.relief.handoff_fields import DATES, FIELDS
from clearmyrecord.relief.handoff_models import Stage
from petitions import zipped

ON_A_PAGE = 25
ROWS_ON_A_PAGE = 50
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@role_required(*READERS)
@require_GET
def hand_offs(request: StaffRequest) -> HttpResponse:
    """What waits to be handed off, and what was."""
    page = Paginator(queries.hand_offs(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": queries.waiting(request.user),
        "page_obj": page,
        "courts": Court.objects.all(),
        "may_make": request.user.role in handing_off.WHO,
    }
    return render(request, "relief/hand_offs.html", context)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def to_court(request: StaffRequest, court_id: int, stage: str) -> HttpResponse:
    """What would be handed to a court; handed off by the button."""
    return _make(request, queries.court_or_404(court_id), stage)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def to_doj(request: StaffRequest) -> HttpResponse:
    """What would be handed to the DOJ; handed off by the button."""
    return _make(request, None, Stage.GRANTED)


def _make(request: StaffRequest, court: Court | None, stage: str) -> HttpResponse:
    if stage not in Stage.values:
        raise NotFound("There is no such hand-off.")
    if request.method == "POST":
        made = handing_off.make(
            actor=request.user, court_id=court.pk if court else None, stage=stage, seen=request.POST.get("seen", "")
        )
        messages.success(
            request, f"{made.row_count:,} rows handed off. Download the files, then note who received them."
        )
        return redirect("relief:hand_off", made.pk)
    rows = handoff_rows.rows(court, stage)
    columns, dates = handing_off.profile(court)
    faulty = [row for row in rows if row.faults]
    good = [row for row in rows if not row.faults]
    show_faults = request.GET.get("show") == "faults"
    page = Paginator(faulty if show_faults else good, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [row.subject_id for row in page], "list", target=court)
    context = {
        "court": court,
        "stage": stage,
        "stage_words": Stage(stage).label,
        "good": len(good),
        "faulty": len(faulty),
        "totals": handoff_files.totals([row.values for row in good]),
        "show_faults": show_faults,
        "page_obj": page,
        "columns": columns,
        "dates": DATES[dates],
        "seen": handing_off.rows_hash(rows),
    }
    return render(request, "relief/hand_off_new.html", context)


@role_required(*READERS)
@require_GET
def held_back(request: StaffRequest, court_id: int, stage: str) -> HttpResponse:
    """The rows that may not leave, with why, as CSV. Court 0 is the DOJ."""
    court = queries.court_or_404(court_id) if court_id else None
    if stage not in Stage.values or (court is None and stage != Stage.GRANTED):
        raise NotFound("There is no such hand-off.")
    found = [row for row in handoff_rows.rows(court, stage) if row.faults]
    audit.viewed(request, [row.subject_id for row in found], "download", target=court)
    rows = (
        (row.values["case_number"], row.values["defendant_name"], row.values["section"], " ".join(row.faults))
        for row in found
    )
    return csv_response("held-back.csv", ("Case number", "Defendant", "Section", "Why"), rows)  # type: ignore[return-value]


@role_required(*READERS)
@require_GET
def hand_off(request: StaffRequest, pk: int) -> HttpResponse:
    """One hand-off: totals, files, who received it."""
    return _page(request, pk, handoff_forms.ReceivedForm())


def _page(request: StaffRequest, pk: int, form: handoff_forms.ReceivedForm) -> HttpResponse:
    found = queries.hand_off_or_404(request.user, pk)
    parts = [(first, last) for first, last in handoff_files.parts(range(found.row_count))]  # type: ignore[arg-type]
    context = {
        "hand_off": found,
        "receipts": queries.receipts_of(found),
        "parts": parts if found.court_id is None else [],
        "stem": handing_off.file_stem(found),
        "form": form,
        "withdraw_form": handoff_forms.WithdrawForm(),
        "may_act": request.user.role in handing_off.WHO and not found.withdrawn_at,
    }
    return render(request, "relief/hand_off.html", context, status=422 if form.errors else 200)


@role_required(*READERS)
@require_GET
def download(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """One file of a hand-off, or all as ZIP; made again and held against what was recorded."""
    found = queries.hand_off_or_404(request.user, pk)
    made = handing_off.checked(found)
    stem = handing_off.file_stem(found)
    name = f"{stem}-control-sheet.pdf" if kind == "pdf" else f"{stem}.{kind}"
    content = zipped.packed(made) if kind == "zip" else made[name]
    audit.viewed(request, handoff_rows.subjects_of(handoff_rows.items_of(pk)), "download", target=found)
    return _file(name, content, TYPES[kind])


@role_required(*READERS)
@require_GET
def reports(request: StaffRequest, pk: int, first: int) -> HttpResponse:
    """Disposition reports to print, a page for each conviction, from one row of a hand-off on."""
    found = queries.hand_off_or_404(request.user, pk)
    rows = list(found.rows.filter(number__gte=first)[: handoff_files.REPORTS_IN_A_PART])
    if not rows:
        raise NotFound("This hand-off has no such row.")
    content = handoff_files.disposition_reports(found.heading, [row.values for row in rows])
    audit.viewed(request, handoff_rows.subjects_of([row.item_id for row in rows]), "pdf", target=found)
    return _file(f"{handing_off.file_stem(found)}-reports-{first}.pdf", content, TYPES["pdf"])


def _file(name: str, content: bytes, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_POST
def received(request: StaffRequest, pk: int) -> HttpResponse:
    """Log who received a hand-off."""
    form = handoff_forms.ReceivedForm(request.POST)
    if form.is_valid():
        try:
            handing_off.received(actor=request.user, hand_off_id=pk, **form.cleaned_data)
        except Invalid as invalid:
            form.add_error("received_on", str(invalid))
        else:
            messages.success(request, "Noted who received it.")
            return redirect("relief:hand_off", pk)
    return _page(request, pk, form)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """A hand-off does not count any more."""
    handing_off.withdraw(actor=request.user, hand_off_id=pk, reason=request.POST.get("reason", "")[:1000])
    messages.success(request, "Withdrawn. Its convictions can be handed off again.")
    return redirect("relief:hand_offs")


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def columns(request: StaffRequest, court_id: int) -> HttpResponse:
    """Which columns a court wants, or the DOJ (court 0), under which headings, in which order."""
    court = queries.court_or_404(court_id) if court_id else None
    known, dates = handing_off.profile(court)
    form = handoff_forms.ProfileForm(
        request.POST or None, for_court=court is not None, columns=known, initial={"dates": dates}
    )
    if request.method == "POST" and form.is_valid():
        try:
            handing_off.save_profile(
                actor=request.user, court_id=court_id or None, columns=form.columns(), dates=form.cleaned_data["dates"]
            )
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, "Saved. The next hand-off has these columns; earlier ones stay as they were.")
            return redirect("relief:hand_offs")
    context = {"court": court, "form": form, "fields": len(FIELDS)}
    return render(request, "relief/hand_off_columns.html", context, status=422 if form.errors else 200)
