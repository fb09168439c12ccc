"""Pages of what still shows on the record: granted, and not known to have reached the DOJ."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records.exports import csv_response
from clearmyrecord.relief import doj, forms, queries
from clearmyrecord.relief.models import CourtAnswer, DojConfirmation
from eligibility.law.code_sections import printed

ANSWERS_ON_A_PAGE = 50


@require_GET
@role_required(*READERS)
def still_shown(request: StaffRequest) -> HttpResponse:
    """Granted convictions by the age of their order, until the DOJ's record is known to follow."""
    form = forms.DojFilter(request.GET)
    found = form.narrowed(queries.granted(request.user))
    page_obj = Paginator(found, ANSWERS_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [answer.item.asked.subject_id for answer in page_obj], "list")
    for answer in page_obj:
        _aged(answer)
    may_confirm = request.user.role in doj.WHO
    return render(request, "relief/still_shown.html", {"form": form, "page_obj": page_obj, "may_confirm": may_confirm})


def _aged(answer: Any) -> None:
    """For the page: days since the order, and the newest record file that still has the conviction."""
    answer.days = (office.today() - answer.decided_on).days
    reading = answer.item.conviction.newest_reading
    newest = reading.file_subject.file if reading else None
    answer.still_in = newest if newest and newest.received_on > answer.decided_on else None
    answer.shows_words = DojConfirmation.Shows(answer.doj_shows).label if answer.doj_shows else ""


@require_GET
@role_required(*READERS)
def still_shown_csv(request: StaffRequest) -> HttpResponseBase:
    """The list as CSV, whole, for whoever asks the DOJ. No names: the case number is what the court's report has."""
    found = list(forms.DojFilter(request.GET).narrowed(queries.granted(request.user)))
    audit.viewed(request, [answer.item.asked.subject_id for answer in found], "download")
    heads = ("Case number", "Court", "Code section", "Granted", "Ordered on", "Days since", "DOJ’s record")
    return csv_response("still-shown.csv", heads, map(_line, found))


def _line(answer: CourtAnswer) -> tuple[Any, ...]:
    known: Any = answer
    frozen: Any = answer.item.snapshot
    days = (office.today() - known.decided_on).days
    state = DojConfirmation.State(known.doj_state).label if known.doj_state else "Not confirmed"
    section = printed(f"{frozen['code']} {frozen['section']}")
    granted, court = answer.get_granted_as_display(), answer.item.asked.court.branch
    return (answer.item.case_number, court, section, granted, answer.decided_on, days, state)


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST, Role.SUPERVISOR)
def confirm(request: StaffRequest, answer_id: int) -> HttpResponse:
    """Say how it was verified that the DOJ's record follows a grant."""
    answer = queries.answer_or_404(request.user, answer_id)
    form = forms.VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            doj.confirm_by_hand(actor=request.user, answer_id=answer_id, source=form.cleaned_data["source"])
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, "Confirmed: the DOJ’s record follows the order.")
            return redirect("relief:still_shown")
    _aged(answer)
    audit.viewed(request, [answer.item.asked.subject_id], "page", answer)
    context = {
        "answer": answer,
        "form": form,
        "why_form": forms.WhyForm(use_required_attribute=False),
        "history": answer.confirmations.select_related("decided_by"),
    }
    return render(request, "relief/confirm.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def decide(request: StaffRequest, confirmation_id: int) -> HttpResponse:
    """Confirm what a file suggests, or refuse it."""
    is_confirmed = request.POST.get("decision") == "confirm"
    doj.decide(
        actor=request.user,
        confirmation_id=confirmation_id,
        is_confirmed=is_confirmed,
        reason=request.POST.get("reason", "")[:1000],
    )
    said = "Confirmed: the DOJ’s record follows the order." if is_confirmed else "Refused; it is listed again."
    messages.success(request, said)
    return redirect("relief:still_shown")
