"""The pages of courts' extracts: upload, columns, preview, what comparing found, answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Court, Role
from clearmyrecord.records import court_extracts, court_forms, court_queries, court_reading
from clearmyrecord.records.exports import csv_response
from clearmyrecord.records.models import CourtRow, NotInExtract, RecordFile
from clearmyrecord.work import Work
from eligibility.records.problems import NotARecordFile

ROWS_ON_A_PAGE = 50
BUSY = (Work.WorkState.WAITING, Work.WorkState.WORKING)


@role_required(Role.ANALYST)
@require_http_methods(["GET", "POST"])
def upload(request: StaffRequest) -> HttpResponse:
    """Upload a court's extract."""
    form = court_forms.ExtractForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = court_extracts.upload(actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            form.add_error("file", str(refused))
        else:
            if kept.known:
                messages.info(request, "This very file was uploaded before. It is not stored twice.")
                return redirect("records:file", kept.file.pk)
            messages.success(request, "The extract is uploaded. Say now which column holds what.")
            return redirect("records:court_columns", kept.file.pk)
    context = {"form": form, "courts": Court.objects.exists()}
    return render(request, "records/court_upload.html", context, status=422 if form.errors else 200)


@role_required(Role.ANALYST)
@require_http_methods(["GET", "POST"])
def columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose which column holds what, with the court's last choice filled in."""
    file = court_queries.extract_or_404(request.user, pk)
    if file.work_state != Work.WorkState.NONE:
        return redirect("records:court_extract", pk)
    table = court_queries.beginning(file)
    known = court_queries.last_mapping(file)
    form = court_forms.MappingForm(
        request.POST if request.method == "POST" else None,
        columns=court_queries.samples(table),
        initial=court_forms.offered(known.values if known else None, table.header),
    )
    if request.method == "POST" and form.is_valid():
        court_extracts.save_mapping(actor=request.user, file_id=pk, mapping=form.cleaned_data["mapping"])
        return redirect("records:court_preview", pk)
    audit.record(actor=request.user, verb="court_extract.looked_at", target=file, kind="page")
    context = {"file": file, "form": form, "known": known, "delimiter": table.delimiter}
    return render(request, "records/court_columns.html", context, status=422 if form.errors else 200)


@role_required(Role.ANALYST)
@require_http_methods(["GET", "POST"])
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """How the first rows are read; then the whole extract is."""
    file = court_queries.extract_or_404(request.user, pk)
    if request.method == "POST":
        mapping = request.POST.get("mapping", "")
        court_extracts.read(actor=request.user, file_id=pk, mapping_id=int(mapping) if mapping.isdecimal() else 0)
        messages.success(request, "The extract will be read and compared now. You may leave this page.")
        return redirect("records:court_extract", pk)
    if file.work_state != Work.WorkState.NONE:
        return redirect("records:court_extract", pk)
    if file.mapping is None:
        return redirect("records:court_columns", pk)
    try:
        shown = court_queries.preview(file)
    except NotARecordFile as refused:
        messages.error(request, str(refused))
        return redirect("records:court_columns", pk)
    audit.record(actor=request.user, verb="court_extract.looked_at", target=file, kind="page")
    return render(
        request, "records/court_preview.html", {"file": file, "shown": shown, "most": court_queries.PREVIEWED}
    )


@role_required(*READERS)
@require_GET
def extract(request: StaffRequest, pk: int) -> HttpResponse:
    """One extract: progress, what comparing found, in numbers that add up."""
    file = court_queries.extract_or_404(request.user, pk)
    lines = court_queries.kind_lines(file) if file.read_at else []
    told = file.reconciliation
    rest = told.get("rows_no_conviction", 0) + told.get("rows_set_aside", 0)
    first, last = court_reading.span(file) if file.read_at else (None, None)
    context = {
        "file": file,
        "busy": file.work_state in BUSY,
        "lines": lines,
        "left_over": file.rows_read - rest - sum(line.number for line in lines),
        "open": sum(line.open for line in lines),
        "problem_count": file.problems.count(),
        "first": first,
        "last": last,
        "may_change": request.user.role == Role.ANALYST,
    }
    return render(request, "records/court_extract.html", context)


def _chosen(form: Any) -> dict[str, str]:
    return {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}


@role_required(*READERS)
@require_GET
def rows(request: StaffRequest, pk: int) -> HttpResponse:
    """The extract's convictions by what was found of them."""
    file = court_queries.extract_or_404(request.user, pk)
    form = court_forms.RowFilter(request.GET)
    page = Paginator(court_queries.rows(file, _chosen(form)), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.differing_words = court_queries.differing_words(row)  # type: ignore[attr-defined]
    _seen(request, file, list(page), "list")
    return render(request, "records/court_rows.html", {"file": file, "form": form, **_listed(request, page)})


def _listed(request: StaffRequest, page: Any) -> dict[str, Any]:
    coded = request.GET.copy()
    coded.pop("page", None)
    return {"page_obj": page, "coded": coded.urlencode()}


def _seen(request: StaffRequest, file: RecordFile, shown: list[CourtRow], kind: str) -> None:
    audit.viewed(request, court_queries.subject_ids(shown), kind, file)


@role_required(*READERS)
@require_GET
def rows_download(request: StaffRequest, pk: int) -> HttpResponse:
    """The same list as a spreadsheet-safe CSV file."""
    file = court_queries.extract_or_404(request.user, pk)
    found = list(court_queries.rows(file, _chosen(court_forms.RowFilter(request.GET))))
    _seen(request, file, found, "download")
    header = ("Row", "What was found", "Likely", "What differs", "Answer", "Case number", "Court", "Name", "Birth date",
              "Section", "Severity", "Disposition", "Conviction date", "Sentence", "DOJ: name", "DOJ: birth date",
              "DOJ: case numbers", "DOJ: section", "DOJ: severity", "DOJ: conviction date")  # fmt: skip
    return csv_response(f"court-extract-{file.pk}.csv", header, _row_lines(found))  # type: ignore[return-value]


def _row_lines(found: list[CourtRow]) -> Iterator[tuple[Any, ...]]:
    for row in found:
        known = row.conviction
        beside = (
            (known.subject.name, known.subject.birth_date, "; ".join(known.case_numbers), known.code_section,
             known.severity, known.convicted_on) if known else ("",) * 6
        )  # fmt: skip
        yield (
            row.row, row.get_kind_display(), ("yes" if row.likely else "no") if known else "",
            court_queries.differing_words(row), row.get_state_display() if row.state else "", row.case_number,
            row.court, row.name, row.birth_date, row.code_section or row.section_text, row.severity, row.disposition,
            row.date, row.sentence, *beside,
        )  # fmt: skip


@role_required(*READERS)
@require_GET
def only_doj(request: StaffRequest, pk: int) -> HttpResponse:
    """Convictions of the DOJ's that the extract doesn't show."""
    file = court_queries.extract_or_404(request.user, pk)
    form = court_forms.SectionFilter(request.GET)
    found = court_queries.not_in_extract(file, _chosen(form))
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [each.conviction.subject_id for each in page], "list", file)
    first, last = court_reading.span(file)
    context = {"file": file, "form": form, "first": first, "last": last, **_listed(request, page)}
    return render(request, "records/court_only_doj.html", context)


@role_required(*READERS)
@require_GET
def only_doj_download(request: StaffRequest, pk: int) -> HttpResponse:
    """The same list as a spreadsheet-safe CSV file."""
    file = court_queries.extract_or_404(request.user, pk)
    found = list(court_queries.not_in_extract(file, _chosen(court_forms.SectionFilter(request.GET))))
    audit.viewed(request, [each.conviction.subject_id for each in found], "download", file)
    header = ("Name", "Birth date", "Case numbers", "Section", "Severity", "Conviction date", "DOJ file", "Row")
    return csv_response(f"not-in-extract-{file.pk}.csv", header, _only_doj_lines(found))  # type: ignore[return-value]


def _only_doj_lines(found: list[NotInExtract]) -> Iterator[tuple[Any, ...]]:
    for each in found:
        known, reading = each.conviction, each.conviction.newest_reading
        source = (reading.file_subject.file.name, reading.row) if reading else ("", "")
        yield (
            known.subject.name, known.subject.birth_date, "; ".join(known.case_numbers), known.code_section,
            known.severity, known.convicted_on, *source,
        )  # fmt: skip


@role_required(*READERS)
@require_GET
def row(request: StaffRequest, pk: int) -> HttpResponse:
    """One row of an extract beside the DOJ's conviction that it is, or may be."""
    found = court_queries.row_or_404(request.user, pk)
    _seen(request, found.file, [found], "page")
    context = {
        "row": found,
        "file": found.file,
        "sides": court_queries.sides(found),
        "next": court_queries.next_open(found),
        "may_change": request.user.role == Role.ANALYST and found.file.set_aside_at is None,
    }
    return render(request, "records/court_row.html", context)


@role_required(Role.ANALYST)
@require_POST
def row_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm, refuse or take back, with a reason; then on to the next that waits."""
    form = court_forms.RowAnswerForm(request.POST)
    found = court_queries.row_or_404(request.user, pk)
    if not form.is_valid():
        messages.error(request, "Say what your answer rests on, then answer again.")
        return redirect("records:court_row", pk)
    act = {"confirm": court_extracts.confirm, "refuse": court_extracts.refuse, "undo": court_extracts.undo}
    answer = form.cleaned_data["answer"]
    act[answer](actor=request.user, row_id=pk, reason=form.cleaned_data["reason"])
    said = {
        "confirm": "The answer is kept: they are one conviction.",
        "refuse": "The answer is kept. The row is a conviction of its own now; the next run decides on it.",
        "undo": "The answer is taken back. The row is open again.",
    }
    messages.success(request, said[answer])
    following = court_queries.next_open(found) if answer != "undo" else found
    return (
        redirect("records:court_row", following.pk) if following else redirect("records:court_extract", found.file_id)
    )
