"""Pages of one filing or omnibus motion: where each conviction stands, what the court did, what the clerk sent back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid
from clearmyrecord.filings.models import Filing, OmnibusMotion
from clearmyrecord.office.access import READERS, StaffRequest, is_attorney, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.relief import forms, queries, services
from clearmyrecord.relief.models import OPEN, Asked

CONVICTIONS_ON_A_PAGE = 50


def convictions(number: int) -> str:
    """How many, in words."""
    return f"{number:,} conviction{'' if number == 1 else 's'}"


@require_GET
@role_required(*READERS)
def matter(request: StaffRequest, reference: str) -> HttpResponse:
    """Every conviction that a filing or motion asks relief for, with its answer and objections."""
    return matter_page(request, queries.matter_or_404(request.user, reference))


def matter_page(request: StaffRequest, of: Any, **refused: Any) -> HttpResponse:
    """The page, with a form that was refused in place of the empty one."""
    found = queries.asked_of(of)
    if (state := request.GET.get("state", "")) in Asked.State.values:
        found = found.filter(state=state)
    if (row := request.GET.get("row", "")).isascii() and row.isdecimal():
        found = found.filter(exhibit_row=int(row[:9]))
    page_obj = Paginator(found, CONVICTIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [asked.subject_id for asked in page_obj], "page", of)
    is_filed = of.state == Filing.State.FILED
    may_enter = request.user.role in services.WHO
    context = {
        "matter": of,
        "is_motion": isinstance(of, OmnibusMotion),
        "page_obj": page_obj,
        "states": Asked.State.choices,
        "state": state,
        "ticked": {str(pk) for pk in request.POST.getlist("item")},
        "may_answer": may_enter and is_filed and any(asked.state in OPEN for asked in page_obj),
        "may_reject": may_enter and of.state in (Filing.State.FILED, Filing.State.SIGNED),
        "is_rejected": any(asked.state == Asked.State.REJECTED for asked in page_obj),
        "may_enter": may_enter,
        "is_attorney": is_attorney(request.user),
        "answer_form": forms.AnswerForm(use_required_attribute=False),
        "reject_form": forms.RejectForm(prefix="reject"),
        "object_form": forms.ObjectionForm(prefix="object", use_required_attribute=False),
        "why_form": forms.WhyForm(prefix="undo"),
    } | refused
    return render(request, "relief/matter.html", context, status=422 if refused else 200)


def ticked(request: StaffRequest, of: Any) -> list[int]:
    """The items that were ticked, or every conviction that waits; only those of this matter."""
    asked = queries.asked_of(of)
    if request.POST.get("all") == "waiting":
        return list(asked.filter(state=Asked.State.WAITING).values_list("item_id", flat=True))
    chosen = [int(pk) for pk in request.POST.getlist("item") if pk.isascii() and pk.isdecimal()]
    return list(asked.filter(item__in=[pk for pk in chosen if pk < 2**63]).values_list("item_id", flat=True))


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def answer(request: StaffRequest, reference: str) -> HttpResponse:
    """Enter what the court did with some of its convictions."""
    of = queries.matter_or_404(request.user, reference)
    form = forms.AnswerForm(request.POST, use_required_attribute=False)
    items = ticked(request, of)
    if not items:
        form.add_error(None, "Tick the convictions that the court decided about.")
    if form.is_valid():
        try:
            number = services.answer(actor=request.user, item_ids=items, told=form.told())
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, f"The court’s answer is entered for {convictions(number)}.")
            return redirect("relief:matter", reference)
    return matter_page(request, of, answer_form=form)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def reject(request: StaffRequest, reference: str) -> HttpResponse:
    """The clerk sent it back."""
    of = queries.matter_or_404(request.user, reference)
    form = forms.RejectForm(request.POST, prefix="reject")
    if form.is_valid():
        try:
            services.reject(actor=request.user, told=form.told(), **_named(of))
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, "It is entered as sent back by the clerk, and waits to be signed again.")
            return redirect("relief:matter", reference)
    return matter_page(request, of, reject_form=form)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def undo_rejection(request: StaffRequest, reference: str) -> HttpResponse:
    """The clerk did not send it back after all."""
    of = queries.matter_or_404(request.user, reference)
    services.undo_rejection(actor=request.user, reason=request.POST.get("undo-reason", "")[:1000], **_named(of))
    messages.success(request, "The rejection is taken back; it stands as it was before.")
    return redirect("relief:answers" if of.filed_on is None else "relief:matter", *([reference] if of.filed_on else []))


def _named(of: Any) -> dict[str, int]:
    return {"motion_id" if isinstance(of, OmnibusMotion) else "filing_id": of.pk}


@require_http_methods(["GET", "POST"])
@role_required(*READERS)
def conviction(request: StaffRequest, item_id: int) -> HttpResponse:
    """One conviction's answers, and the form that corrects the standing one."""
    asked = queries.asked_or_404(request.user, item_id)
    history = list(queries.answers_of(item_id))
    standing = next((each for each in history if each.superseded_at is None), None)
    known = {name: getattr(standing, name) for name in forms.AnswerForm.base_fields} if standing else {}
    form = forms.CorrectForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            services.correct(actor=request.user, item_id=item_id, told=form.told(), reason=form.cleaned_data["why"])
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, "Corrected. What was entered before stays in the history.")
            return redirect("relief:conviction", item_id)
    audit.viewed(request, [asked.subject_id], "page", asked)
    is_by_hand = standing is not None and standing.decision != "rejected"
    context = {
        "asked": asked,
        "matter": asked.filing or asked.motion,
        "history": history,
        "objections": queries.objections_of(item_id),
        "may_correct": is_by_hand and request.user.role in services.WHO,
        "form": form,
        "why_form": forms.WhyForm(prefix="undo"),
    }
    return render(request, "relief/conviction.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def undo(request: StaffRequest, item_id: int) -> HttpResponse:
    """Take a conviction's standing answer back."""
    services.undo(actor=request.user, item_id=item_id, reason=request.POST.get("undo-reason", "")[:1000])
    messages.success(request, "Taken back. What was entered stays in the history.")
    return redirect("relief:conviction", item_id)
