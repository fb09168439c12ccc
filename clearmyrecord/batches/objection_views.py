"""The office's side: giving batches to public defenders, taking them back, resolving objections."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import giving, objecting, objection_forms, objection_queries, queries
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import StaffRequest, attorney_required, role_required
from clearmyrecord.office.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.SUPERVISOR)
def defenders(request: StaffRequest) -> HttpResponse:
    """Which batches are given to whom; give further ones by name."""
    wanted = request.GET.get("batch", "")
    initial = {"batches": [int(wanted)]} if wanted.isascii() and wanted.isdigit() else {}
    form = objection_forms.GiveForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        made = giving.give(
            actor=request.user,
            batch_ids=[batch.pk for batch in chosen["batches"]],
            defender_id=chosen["defender"].pk,
            reason=chosen["reason"],
        )
        messages.success(request, f"{len(made)} given to {chosen['defender']}.")
        return redirect("batches:defenders")
    context: dict[str, Any] = {
        "form": form,
        "grants": objection_queries.standing_grants(),
        "has_defenders": office.defenders().exists(),
        "has_batches": objection_queries.to_give().exists(),
    }
    return render(request, "batches/defenders.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.SUPERVISOR)
def end_grant(request: StaffRequest, grant_id: int) -> HttpResponse:
    """Take a batch back from a public defender, with a reason."""
    grant = objection_queries.standing_grants().filter(pk=grant_id).first()
    if grant is None:
        raise NotFound("This is not given any more.")
    form = objection_forms.EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        giving.take_back(actor=request.user, grant_id=grant_id, reason=form.cleaned_data["reason"])
        messages.success(request, f"{grant.defender} does not see “{grant.batch.name}” any more.")
        return redirect("batches:defenders")
    return render(request, "batches/end_grant.html", {"grant": grant, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@attorney_required
def objection(request: StaffRequest, pk: int, objection_id: int) -> HttpResponse:
    """One objection: answer it with a reason, or take its conviction out, which returns the batch."""
    batch = queries.batch_or_404(request.user, pk)
    found = objection_queries.objection_or_404(request.user, pk, objection_id)
    form = objection_forms.ResolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        taken_out = request.POST.get("then") == "take_out"
        resolve = objecting.take_out if taken_out else objecting.answer
        resolve(actor=request.user, batch_id=pk, objection_id=objection_id, text=form.cleaned_data["text"])
        words = "The conviction is out, and the batch is returned." if taken_out else "The objection is answered."
        messages.success(request, words)
        return redirect("batches:batch", pk)
    item = queries.frozen_items(batch).filter(conviction=found.conviction_id).first()
    if item is not None and item.snapshot:
        audit.viewed(request, [item.snapshot["person"]], "page", batch)
    context = {
        "batch": batch,
        "objection": found,
        "item": item,
        "form": form,
        "is_open": item is not None and not hasattr(found, "answer") and batch.state == Batch.State.SUBMITTED,
        "prepared": batch.preparers.filter(user=request.user).exists(),
    }
    return render(request, "batches/objection.html", context, status=422 if form.errors else 200)
