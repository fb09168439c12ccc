"""Lists of opposed and unopposed convictions, and the documents behind decisions."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.records.exports import csv_response
from clearmyrecord.reviews import opposing_lists, opposing_queries
from clearmyrecord.runs import queries as runs

ROWS_ON_A_PAGE = 100
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}


@role_required(*READERS)
@require_GET
def courts(request: StaffRequest) -> HttpResponse:
    """How many convictions are on each list, by court and in all. It shows nobody."""
    run = runs.current_run()
    totals = opposing_queries.totals() if run else []
    return render(request, "reviews/opposition.html", {"run": run, "totals": totals})


def _asked(request: StaffRequest, name: str) -> dict[str, Any]:
    """The list, court and reader of an address. Raises NotFound for what is none."""
    court = request.GET.get("court", "")
    reader = request.GET.get("for", opposing_lists.COURT)
    names = {str(each.pk): str(each) for each in office.courts()} | {
        "": "all courts",
        opposing_queries.NO_COURT: "no court known",
    }
    if name not in opposing_queries.LISTS or court not in names or reader not in opposing_lists.READERS:
        raise NotFound("There is no such list.")
    return {
        "name": name,
        "title": opposing_queries.LISTS[name],
        "court": court,
        "court_name": names[court],
        "reader": reader,
        "readers": opposing_lists.READERS,
        "for_defender": reader == opposing_lists.DEFENDER,
    }


@role_required(*READERS)
@require_GET
def listed(request: StaffRequest, name: str) -> HttpResponse:
    """One list, page by page."""
    asked = _asked(request, name)
    rows = opposing_queries.listed(name, asked["court"])
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = opposing_lists.lines(list(page.object_list))
    audit.viewed(request, [line.subject_id for line in page.object_list], "list")
    volumes = range(1, -(-page.paginator.count // opposing_lists.VOLUME) + 1)
    return render(request, "reviews/opposition_list.html", {**asked, "page_obj": page, "volumes": volumes})


@role_required(*READERS)
@require_GET
def download(request: StaffRequest, name: str) -> HttpResponse:
    """The whole list as a spreadsheet-safe CSV file."""
    asked = _asked(request, name)
    found = opposing_lists.lines(list(opposing_queries.listed(name, asked["court"])))
    audit.viewed(request, {line.subject_id for line in found}, "download")
    cells = opposing_lists.cells(found, asked["reader"])
    return csv_response(f"relief-{name}.csv", opposing_lists.columns(asked["reader"]), cells)  # type: ignore[return-value]


@role_required(*READERS)
@require_GET
def pdf(request: StaffRequest, name: str) -> HttpResponse:
    """A volume of the list as a tagged PDF."""
    asked = _asked(request, name)
    rows = opposing_queries.listed(name, asked["court"])
    volumes = Paginator(rows, opposing_lists.VOLUME)
    volume = volumes.get_page(request.GET.get("volume"))
    of = office.office()
    sheet = opposing_lists.Sheet(
        title=asked["title"],
        court=asked["court_name"],
        reader=asked["reader"],
        office=of.name if of else "",
        lines=opposing_lists.lines(list(volume.object_list)),
        total=volumes.count,
        people=rows.order_by().values("conviction__subject").distinct().count(),
        first=volume.start_index(),
        volume=volume.number,
        volumes=volumes.num_pages,
        printed_at=timezone.now(),
        printed_by=str(request.user),
    )
    printed = opposing_lists.printed(sheet)
    audit.viewed(request, {line.subject_id for line in sheet.lines}, "pdf")
    headers = {"Content-Disposition": f'attachment; filename="relief-{name}-{volume.number}.pdf"'}
    return HttpResponse(printed, content_type="application/pdf", headers=headers)


@role_required(*READERS)
@require_GET
def attachment(request: StaffRequest, pk: int) -> FileResponse:
    """A document behind a decision, as a download under a name of ours: it is never shown in a page."""
    kept, people = opposing_queries.attachment_or_404(pk)
    audit.viewed(request, people, "download", target=kept)
    name = f"attachment-{kept.pk}.{'jpg' if kept.kind == 'jpeg' else kept.kind}"
    stored = default_storage.open(kept.storage_key)
    return FileResponse(stored, as_attachment=True, filename=name, content_type=MEDIA_TYPES[kept.kind])
