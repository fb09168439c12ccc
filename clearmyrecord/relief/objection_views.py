"""Pages of objections: entered at a filing, listed for attorneys, resolved one by one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid
from clearmyrecord.office.access import READERS, StaffRequest, is_attorney, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.relief import forms, queries
from clearmyrecord.relief import objections as services
from clearmyrecord.relief.answer_views import convictions, matter_page, ticked

OBJECTIONS_ON_A_PAGE = 50


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def object_to(request: StaffRequest, reference: str) -> HttpResponse:
    """Enter an objection to some convictions of a filing or motion."""
    of = queries.matter_or_404(request.user, reference)
    form = forms.ObjectionForm(request.POST, prefix="object", use_required_attribute=False)
    items = ticked(request, of)
    if not items:
        form.add_error(None, "Tick the convictions that are objected to.")
    if form.is_valid():
        try:
            number = services.object_to(actor=request.user, item_ids=items, **form.cleaned_data)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            text = f"The objection is entered to {convictions(number)}. An attorney resolves it; the rest goes on."
            messages.success(request, text)
            return redirect("relief:matter", reference)
    return matter_page(request, of, object_form=form)


@require_GET
@role_required(*READERS)
def objections(request: StaffRequest) -> HttpResponse:
    """Objections that wait for an attorney, the oldest first."""
    found = queries.open_objections(request.user)
    page_obj = Paginator(found, OBJECTIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [objection.item.asked.subject_id for objection in page_obj], "list")
    context = {"page_obj": page_obj, "may_resolve": is_attorney(request.user)}
    return render(request, "relief/objections.html", context)


@require_http_methods(["GET", "POST"])
@role_required(*READERS)
def objection(request: StaffRequest, objection_id: int) -> HttpResponse:
    """One objection, and for an attorney what became of it."""
    found = queries.objection_or_404(request.user, objection_id)
    form = forms.ResolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.resolve(actor=request.user, objection_id=objection_id, **form.cleaned_data)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, "The objection is resolved.")
            return redirect("relief:objections")
    asked = found.item.asked
    audit.viewed(request, [asked.subject_id], "page", found)
    may_resolve = is_attorney(request.user) and found.resolved_at is None
    context = {"objection": found, "asked": asked, "form": form, "may_resolve": may_resolve}
    return render(request, "relief/objection.html", context, status=422 if form.errors else 200)
