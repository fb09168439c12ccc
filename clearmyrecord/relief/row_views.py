"""Pages of one row of a response that needs a person: assigned to a filing by hand, or set aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid
from clearmyrecord.filings.models import Filing
from clearmyrecord.office.access import StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.relief import forms, queries, response_words, services
from clearmyrecord.relief import responses as response_services
from clearmyrecord.relief.answer_views import convictions, ticked
from clearmyrecord.relief.models import OPEN, Asked, ResponseRow

MOST_FOUND = 20
MOST_SHOWN = 200


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def row(request: StaffRequest, row_id: int) -> HttpResponse:
    """One row as the court wrote it; a case number, typed and never in the address, finds what it may be of."""
    of = queries.row_or_404(request.user, row_id)
    form = forms.FindForm(request.POST or None, initial={"case_number": of.cells.get("case_number", "")[:60]})
    found: list[Asked] = []
    if request.method == "POST" and form.is_valid():
        number = " ".join(form.cleaned_data["case_number"].split())
        filed = Asked.objects.filter(court=of.response.court_id, item__case_number__iexact=number)
        found = list(filed.select_related("item", "filing", "motion").order_by("pk")[:MOST_FOUND])
    audit.viewed(request, [asked.subject_id for asked in found], "page", of.response)
    context = _context(of) | {
        "form": form, "found": found, "was_sought": form.is_bound, "why_form": forms.WhyForm(prefix="aside"),
    }  # fmt: skip
    return render(request, "relief/row.html", context)


def _context(of: ResponseRow) -> dict[str, object]:
    cells = [(label, of.cells[name]) for name, (label, _) in response_words.FIELDS.items() if of.cells.get(name)]
    return {"row": of, "cells": cells, "is_open": of.state == ResponseRow.State.OPEN}


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def assign(request: StaffRequest, row_id: int, reference: str) -> HttpResponse:
    """Say which convictions of a filing the row is of, and what it says the court did."""
    of, matter = queries.row_or_404(request.user, row_id), queries.matter_or_404(request.user, reference)
    said = {
        "decision": of.decision, "granted_as": of.granted_as, "decided_on": of.decided_on,
        "hearing_on": of.hearing_on, "department": of.cells.get("department", "")[:40],
        "reason": of.cells.get("reason", "")[:2000],
    }  # fmt: skip
    form = forms.AssignForm(request.POST or None, initial=said)
    if request.method == "POST":
        items = ticked(request, matter)
        if not items:
            form.add_error(None, "Tick the convictions that the row is of.")
        if form.is_valid():
            try:
                number = response_services.assign(
                    actor=request.user, row_id=row_id, item_ids=items, told=form.told(), reason=form.cleaned_data["why"]
                )
            except Invalid as invalid:
                form.add_error(None, str(invalid))
            else:
                messages.success(request, f"Row {of.row} is recorded for {convictions(number)}.")
                return redirect("relief:response", of.response_id)
    asked = list(queries.asked_of(matter).filter(state__in=OPEN)[:MOST_SHOWN])
    audit.viewed(request, [each.subject_id for each in asked], "page", matter)
    is_filed = matter.state == Filing.State.FILED and request.user.role in services.WHO
    context = _context(of) | {"matter": matter, "asked": asked, "form": form, "is_filed": is_filed}
    return render(request, "relief/assign.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def set_aside(request: StaffRequest, row_id: int) -> HttpResponse:
    """The row means nothing for us."""
    of = queries.row_or_404(request.user, row_id)
    response_services.set_aside(actor=request.user, row_id=row_id, reason=request.POST.get("aside-reason", "")[:1000])
    messages.success(request, f"Row {of.row} is set aside.")
    return redirect("relief:response", of.response_id)
