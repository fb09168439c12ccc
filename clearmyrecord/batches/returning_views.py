"""Comments on single convictions of a batch: a supervisor writes them, the analyst goes through exactly those."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import forms, queries, returning, services, views
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role


@require_POST
@role_required(Role.SUPERVISOR)
def comment(request: StaffRequest, pk: int, item_id: int) -> HttpResponse:
    """Note what is to be changed about one conviction."""
    form = forms.ItemCommentForm(request.POST)
    if not form.is_valid():
        return views.item_page(request, pk, item_id, form=form)
    returning.comment(actor=request.user, batch_id=pk, item_id=item_id, text=form.cleaned_data["text"])
    messages.success(request, "Noted. The analyst sees it once you return the batch.")
    return redirect(reverse("batches:batch", args=[pk]) + "#return")


@require_GET
@role_required(*READERS)
def returned(request: StaffRequest, pk: int, position: int) -> HttpResponse:
    """One conviction that came back with a comment, as it stands now, and the way to the next one."""
    batch = queries.batch_or_404(request.user, pk)
    listed = returning.returned(batch) if batch.state in services.EDITABLE else []
    if not 1 <= position <= len(listed):
        raise NotFound("No conviction of this batch waits here. Open the batch again.")
    line = listed[position - 1]
    found = queries.candidates(batch, item_ids=[line.item_id]) if line.item_id else []
    audit.viewed(request, [line.conviction.subject_id], "page", batch)
    context = {
        "batch": batch,
        "line": line,
        "candidate": found[0] if found else None,
        "position": position,
        "total": len(listed),
        "previous": position - 1,
        "next": position + 1 if position < len(listed) else None,
        "may_change": request.user.role == Role.ANALYST,
    }
    return render(request, "batches/returned.html", context)
