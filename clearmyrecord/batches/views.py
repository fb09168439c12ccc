"""Pages of batches that readers and supervisors use: the list, what is in a batch, and the decision on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import (
    court_records,
    draft_views,
    forms,
    objection_queries,
    queries,
    returning,
    sample_queries,
    services,
)
from clearmyrecord.batches.models import Batch, BatchItem
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.office import places
from clearmyrecord.office.access import READERS, StaffRequest, is_attorney, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records.exports import csv_response
from clearmyrecord.reviews import outside

ITEMS_ON_A_PAGE = 50
BATCHES_ON_A_PAGE = 25


@require_GET
@role_required(*READERS)
def batches(request: StaffRequest) -> HttpResponse:
    """All batches, newest first, by state."""
    state = request.GET.get("state", "")
    found = queries.batches(request.user)
    if state in Batch.State.values:
        found = found.filter(state=state)
    page = Paginator(found, BATCHES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "states": Batch.State.choices,
        "state": state,
        "is_analyst": request.user.role == Role.ANALYST,
        "is_supervisor": request.user.role == Role.SUPERVISOR,
    }
    return render(request, "batches/batches.html", context)


@require_GET
@role_required(*READERS)
def batch(request: StaffRequest, pk: int) -> HttpResponse:
    """What is in a batch: a draft as it stands now, anything else as it was frozen."""
    found = queries.batch_or_404(request.user, pk)
    places.remember(request, "the batch that you had open")
    if found.state in services.EDITABLE:
        return draft_views.draft_page(request, found)
    if found.state == Batch.State.DISCARDED:
        return render(request, "batches/discarded.html", {"batch": found})
    return frozen_page(request, found)


def frozen_page(request: StaffRequest, found: Batch, *, form: Any = None, status: int = 200) -> HttpResponse:
    """Counts and each item of a submitted batch, and what may be done with it."""
    user, changed, commented = request.user, queries.changed_since(found), returning.comments(found)
    items = queries.frozen_items(found)
    chosen = {name: request.GET.get(name, "") for name in ("outcome", "route", "singly", "changed")}
    for name in ("outcome", "route"):
        if chosen[name]:
            items = items.filter(**{name: chosen[name]})
    if chosen["singly"] in ("yes", "no"):
        items = items.filter(looked_at_singly=chosen["singly"] == "yes")
    if chosen["changed"] == "yes":
        items = items.filter(pk__in=changed)
    page = Paginator(items, ITEMS_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [line.snapshot["person"] for line in page], "list", found)
    context = {
        "batch": found,
        "summary": queries.frozen_summary(found),
        "page_obj": page,
        "changed": changed,
        "chosen": chosen,
        "preparers": (preparers := [preparer.user for preparer in found.preparers.select_related("user")]),
        "records": court_records.summary_of(court_records.in_frozen(found)),
        "samples": (drawn := sample_queries.records(found)),
        "sample": next((each for each in drawn if each.sample.version == found.version), None),
        "next_open": drawn[0].next_open() if drawn else None,
        "shows_sample": user.role != Role.ANALYST or found.state != Batch.State.SUBMITTED,
        "may_approve": queries.may_approve(user, found, preparers),
        "may_return": user.role == Role.SUPERVISOR and found.state == Batch.State.SUBMITTED,
        "may_withdraw": user.role == Role.SUPERVISOR and found.state == Batch.State.APPROVED,
        "may_call_back": user.pk == found.submitted_by_id and found.state == Batch.State.SUBMITTED,
        "approve_form": forms.ApproveForm(initial={"seen_hash": found.list_hash}),
        "objections": (objections := list(objection_queries.objections(found))),
        "open_objections": sum(not hasattr(each, "answer") for each in objections),
        "objections_block": objection_queries.must_be_resolved(),
        "proposals": found.proposals.select_related("by"),
        "grants": objection_queries.grants_of(found),
        "may_resolve": is_attorney(user) and found.state == Batch.State.SUBMITTED,
        "commented": commented if user.role != Role.ANALYST else {},
        "return_form": form if isinstance(form, forms.ReturnForm) else forms.ReturnForm(commented=len(commented)),
        "withdraw_form": form if isinstance(form, forms.WithdrawForm) else forms.WithdrawForm(),
    }
    return render(request, "batches/frozen.html", context, status=status)


@require_GET
@role_required(*READERS)
def item(request: StaffRequest, pk: int, item_id: int) -> HttpResponse:
    """One conviction of a submitted batch, as it was frozen; a supervisor comments on it here."""
    return item_page(request, pk, item_id)


def item_page(request: StaffRequest, pk: int, item_id: int, *, form: Any = None) -> HttpResponse:
    """The page of an item, with a form that was refused if there is one."""
    found = queries.batch_or_404(request.user, pk)
    line = queries.frozen_items(found).filter(pk=item_id).first()
    if line is None or not line.snapshot:
        raise NotFound("This conviction is not in a submitted version of the batch.")
    audit.viewed(request, [line.snapshot["person"]], "page", line)
    said = found.item_comments.filter(conviction=line.conviction_id).select_related("by")
    context = {
        "batch": found,
        "item": line,
        "frozen": line.snapshot,
        "ground": outside.says(line.snapshot["ground"]),
        "changed": queries.has_changed(line.conviction_id, line.snapshot),
        "said": [] if request.user.role == Role.ANALYST and found.state == Batch.State.SUBMITTED else said,
        "comment_form": form or forms.ItemCommentForm(),
        "may_comment": request.user.role == Role.SUPERVISOR and found.state == Batch.State.SUBMITTED,
    }
    return render(request, "batches/item.html", context, status=422 if form else 200)


@require_GET
@role_required(*READERS)
def download(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The frozen list as CSV."""
    found = queries.batch_or_404(request.user, pk)
    items = [line for line in queries.frozen_items(found) if line.snapshot]
    if not items:
        raise NotFound("A draft has no list yet: it is frozen at submission.")
    audit.viewed(request, [line.snapshot["person"] for line in items], "download", found)
    return csv_response(f"batch-{found.pk}-version-{found.version}.csv", COLUMNS, _cells(items))


COLUMNS = (
    "Court", "Case number", "Defendant", "Section", "Severity", "Convicted on", "Outcome", "Route", "Basis",
    "New section", "Reason", "Citation", "Looked at singly",
)  # fmt: skip


def _cells(items: list[BatchItem]) -> Iterator[tuple[Any, ...]]:
    for line in items:
        frozen = line.snapshot
        yield (
            frozen["court"]["branch"], line.case_number, frozen["defendant_name"],
            f"{frozen['code']} {frozen['section']}", frozen["severity"], frozen["convicted_on"], line.outcome,
            line.route, frozen["basis"], frozen["new_section"], frozen["reason"], frozen["citation"],
            "yes" if line.looked_at_singly else "no",
        )  # fmt: skip


@require_POST
@role_required(Role.SUPERVISOR)
def approve(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve the list whose hash the page carried."""
    form = forms.ApproveForm(request.POST)
    if not form.is_valid():
        raise Invalid("The page did not say which list it showed. Open the batch again.")
    found = services.approve(actor=request.user, batch_id=pk, seen_hash=form.cleaned_data["seen_hash"])
    messages.success(request, f"“{found.name}” is approved. Its papers are being drafted.")
    return redirect("filings:package", found.pk)


@require_http_methods(["POST"])
@role_required(Role.SUPERVISOR)
def return_batch(request: StaffRequest, pk: int) -> HttpResponse:
    found = queries.batch_or_404(request.user, pk)
    form = forms.ReturnForm(request.POST, commented=len(returning.comments(found)))
    if not form.is_valid():
        return frozen_page(request, found, form=form, status=422)
    services.return_batch(actor=request.user, batch_id=pk, comment=form.cleaned_data["comment"])
    messages.success(request, "The batch is returned with your comments.")
    return redirect("batches:batches")


@require_POST
@role_required(Role.SUPERVISOR)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.WithdrawForm(request.POST)
    if not form.is_valid():
        return frozen_page(request, queries.batch_or_404(request.user, pk), form=form, status=422)
    services.withdraw(actor=request.user, batch_id=pk, reason=form.cleaned_data["reason"])
    messages.success(request, "The batch is withdrawn. Its papers are superseded and can't be downloaded any more.")
    return redirect("batches:batch", pk)
