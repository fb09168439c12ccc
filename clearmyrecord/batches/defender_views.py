"""What a public defender sees: the batches given to them, each conviction as it was frozen, and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import objecting, objection_forms, objection_queries
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import StaffRequest, role_required
from clearmyrecord.office.models import Role

ITEMS_ON_A_PAGE = 50


@require_GET
@role_required(Role.PUBLIC_DEFENDER)
def given(request: StaffRequest) -> HttpResponse:
    """The batches that stand given to the user."""
    return render(request, "batches/given.html", {"batches": objection_queries.given(request.user)})


@require_GET
@role_required(Role.PUBLIC_DEFENDER)
def given_batch(request: StaffRequest, pk: int) -> HttpResponse:
    """The frozen list of one of them, and what the user proposed to add."""
    batch = objection_queries.given_or_404(request.user, pk)
    page = Paginator(objection_queries.given_items(request.user, batch), ITEMS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    lines = objection_queries.shown(request.user, batch, list(page))
    audit.viewed(request, [line.person for line in lines], "list", batch)
    context = {
        "batch": batch,
        "page_obj": page,
        "lines": lines,
        "is_shown": batch.state in objection_queries.SHOWN,
        "may_object": batch.state == Batch.State.SUBMITTED,
        "proposals": batch.proposals.filter(by=request.user),
    }
    return render(request, "batches/given_batch.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.PUBLIC_DEFENDER)
def given_item(request: StaffRequest, pk: int, item_id: int) -> HttpResponse:
    """One conviction with its determination, reason and citation; objecting to it, once."""
    batch = objection_queries.given_or_404(request.user, pk, *objection_queries.SHOWN)
    item = objection_queries.given_items(request.user, batch).filter(pk=item_id).first()
    if item is None:
        raise NotFound("This conviction is not in the batch.")
    form = objection_forms.ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        objecting.object_to(actor=request.user, batch_id=pk, item_id=item_id, reason=form.cleaned_data["reason"])
        messages.success(request, "Your objection is with the office.")
        return redirect("batches:given_batch", pk)
    (line,) = objection_queries.shown(request.user, batch, [item])
    audit.viewed(request, [line.person], "page", batch)
    objected = any(objection.version == batch.version for objection in line.objections)
    context: dict[str, Any] = {
        "batch": batch,
        "line": line,
        "form": form,
        "may_object": batch.state == Batch.State.SUBMITTED and not objected,
    }
    return render(request, "batches/given_item.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.PUBLIC_DEFENDER)
def propose(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose what should be in the batch, too."""
    batch = objection_queries.given_or_404(request.user, pk, Batch.State.SUBMITTED)
    form = objection_forms.ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        objecting.propose(actor=request.user, batch_id=pk, **form.cleaned_data)
        messages.success(request, "Your proposal is with the office.")
        return redirect("batches:given_batch", pk)
    context = {"batch": batch, "form": form}
    return render(request, "batches/propose.html", context, status=422 if form.errors else 200)
