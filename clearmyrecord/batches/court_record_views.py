"""The page that asks whether courts still have the records of a batch's cases, and takes the answers."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import court_records, forms, queries, services
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role

CASES_ON_A_PAGE = 25
"""Each answer evaluates a person again, so that a page of them takes a few seconds."""


@require_GET
@role_required(*READERS)
def court_records_page(request: StaffRequest, pk: int) -> HttpResponse:
    """The cases that ask, open ones first, each with its answer, its source, who gave it and when."""
    return _page(request, queries.batch_or_404(request.user, pk))


def _page(
    request: StaffRequest, batch: Batch, *, form: forms.CourtRecordForm | None = None, ticked: tuple[int, ...] = ()
) -> HttpResponse:
    if batch.state in services.EDITABLE:
        ready = [candidate for candidate in queries.candidates(batch) if candidate.is_ready]
        records = court_records.in_draft(batch, ready)
    elif batch.state == Batch.State.DISCARDED:
        raise NotFound("This batch is discarded.")
    else:
        records = court_records.in_frozen(batch)
    records.sort(key=lambda record: record.answer is not None)
    page = Paginator(records, CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [record.case[0] for record in page], "list", batch)
    may_answer = request.user.role == Role.ANALYST and batch.state != Batch.State.WITHDRAWN
    context = {
        "batch": batch,
        "records": court_records.summary_of(records),
        "asked": court_records.ASKED,
        "page_obj": page,
        "ticked": ticked,
        "form": (form or forms.CourtRecordForm()) if may_answer and records else None,
    }
    return render(request, "batches/court_records.html", context, status=422 if form else 200)


@require_POST
@role_required(Role.ANALYST)
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """One answer with its source for the ticked cases."""
    form = forms.CourtRecordForm(request.POST)
    ticked = tuple(int(value) for value in request.POST.getlist("item") if value.isdigit())
    if not ticked:
        form.add_error(None, "Tick the cases that the answer is for.")
    if not form.is_valid():
        return _page(request, queries.batch_or_404(request.user, pk), form=form, ticked=ticked)
    number = services.answer_court_record(actor=request.user, batch_id=pk, item_ids=ticked, **form.cleaned_data)
    messages.success(request, f"Answered for {number} case{'' if number == 1 else 's'}, with the source.")
    return redirect("batches:court_records", pk)
