"""Pages of a batch's sample: what was drawn and marked, and marking it item by item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import forms, queries, sample_marking, sample_queries
from clearmyrecord.batches.models import Batch, Sample, SampleItem, SampleMark
from clearmyrecord.office import places
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records.exports import csv_response
from clearmyrecord.reviews import outside
from clearmyrecord.runs import queries as runs

ITEMS_ON_A_PAGE = 50
Verdict = SampleMark.Verdict


@require_GET
@role_required(*READERS)
def sample(request: StaffRequest, pk: int, version: int) -> HttpResponse:
    """Every conviction of a sample, why it is in it, and what was said of it."""
    batch = queries.batch_or_404(request.user, pk)
    drawn = sample_queries.sample_or_404(request.user, batch, version)
    page: Any = Paginator(range(1, drawn.size + 1), ITEMS_ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(sample_queries.items(drawn).filter(position__in=page.object_list))
    audit.viewed(request, [item.snapshot["person"] for item in page], "list", batch)
    record = sample_queries.record(drawn)
    context = {
        "batch": batch,
        "record": record,
        "page_obj": page,
        "next_open": record.next_open() if sample_queries.may_mark(request.user, batch, drawn) else None,
    }
    return render(request, "batches/sample.html", context)


@require_GET
@role_required(*READERS)
def sample_item(request: StaffRequest, pk: int, version: int, position: int) -> HttpResponse:
    """One conviction of a sample as it was frozen, with the record beside it; a supervisor marks it here."""
    places.remember(request, "the sample that you were looking through")
    return _page(request, pk, version, position)


def _page(
    request: StaffRequest, pk: int, version: int, position: int, *, form: forms.WrongForm | None = None
) -> HttpResponse:
    batch = queries.batch_or_404(request.user, pk)
    drawn = sample_queries.sample_or_404(request.user, batch, version)
    item = sample_queries.item_or_404(drawn, position)
    audit.viewed(request, [item.snapshot["person"]], "page", batch)
    may_mark = sample_queries.may_mark(request.user, batch, drawn)
    context = {
        "batch": batch,
        "sample": drawn,
        "item": item,
        "row": item.determination,  # as the parts of the conviction's own page call it
        "frozen": item.snapshot,
        "ground": outside.says(item.snapshot["ground"]),
        "lines": runs.lines_of_trace(item.determination),
        "source_rows": runs.source_rows(item.determination),
        "changed": may_mark and queries.has_changed(item.conviction_id, item.snapshot),
        "progress": sample_queries.record(drawn).progress,
        "previous": position - 1,
        "next": position + 1 if position < drawn.size else None,
        "may_mark": may_mark,
        "form": form or forms.WrongForm(),
    }
    return render(request, "batches/sample_item.html", context, status=422 if form else 200)


@require_POST
@role_required(Role.SUPERVISOR)
def mark(request: StaffRequest, pk: int, version: int, position: int) -> HttpResponse:
    """Right, or wrong with a comment; then on to the next that nobody has marked."""
    verdict = Verdict.RIGHT if request.POST.get("verdict") == Verdict.RIGHT else Verdict.WRONG
    form = forms.WrongForm(request.POST)
    if verdict == Verdict.WRONG and not form.is_valid():
        return _page(request, pk, version, position, form=form)
    batch = sample_marking.mark(
        actor=request.user,
        batch_id=pk,
        version=version,
        position=position,
        verdict=verdict,
        comment=form.cleaned_data["comment"] if verdict == Verdict.WRONG else "",
        go_on=request.POST.get("then") == "go_on",
    )
    return _onwards(request, batch, version, position)


def _onwards(request: StaffRequest, batch: Batch, version: int, position: int) -> HttpResponse:
    """To the next conviction that nobody has marked; to the batch after the last one."""
    if batch.state == Batch.State.RETURNED:
        how = "was called back meanwhile" if batch.is_called_back else "is returned"
        messages.success(request, f"The batch {how}. The analyst sees what was marked wrong.")
        return redirect("batches:batches")
    drawn = sample_queries.sample_or_404(request.user, batch, version)
    following = sample_queries.record(drawn).next_open(after=position)
    if following is None:
        messages.success(request, "Every conviction of the sample is marked right. The batch can be approved.")
        return redirect(reverse("batches:batch", args=[batch.pk]) + "#approve-title")
    return redirect("batches:sample_item", batch.pk, version, following)


COLUMNS = (
    "Number", "In the sample because", "Court", "Case number", "Defendant", "Section", "Convicted on", "Outcome",
    "Route", "Verdict", "Marked by", "Comment", "Batch", "Version", "SHA-256 of the list", "Conviction", "Seed",
    "Confidence (%)", "Fewer wrong than (%)", "Convictions of the batch", "Always looked at", "Drawn of the others",
)  # fmt: skip


@require_GET
@role_required(*READERS)
def sample_download(request: StaffRequest, pk: int, version: int) -> HttpResponseBase:
    """The sample as CSV with what it takes to draw it again."""
    batch = queries.batch_or_404(request.user, pk)
    drawn = sample_queries.sample_or_404(request.user, batch, version)
    items = list(sample_queries.items(drawn))
    audit.viewed(request, [item.snapshot["person"] for item in items], "download", batch)
    return csv_response(f"batch-{batch.pk}-sample-{version}.csv", COLUMNS, _cells(batch, drawn, items))


def _cells(batch: Batch, drawn: Sample, items: list[SampleItem]) -> Iterator[tuple[Any, ...]]:
    figures = (drawn.confidence, drawn.most_wrong, drawn.convictions, drawn.certain, drawn.drawn)
    for item in items:
        frozen, marks = item.snapshot, item.marks.all()
        yield (
            item.position, item.why, frozen["court"]["branch"], frozen["case_number"], frozen["defendant_name"],
            f"{frozen['code']} {frozen['section']}", frozen["convicted_on"], frozen["relief"], frozen["route"],
            item.says, "; ".join(f"{mark.by}, {timezone.localtime(mark.at):%Y-%m-%d %H:%M}" for mark in marks),
            "; ".join(mark.comment for mark in marks if mark.comment), batch.pk, drawn.version, drawn.list_hash,
            item.conviction_id, drawn.seed, *figures,
        )  # fmt: skip
