"""What the courts owe an answer on, by the end of each clock; the notice list for the public defender."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.audit import services as audit
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.records.exports import csv_response
from clearmyrecord.relief import queries
from clearmyrecord.relief.forms import ClockFilter, NoticeFilter
from clearmyrecord.relief.models import Asked
from eligibility.law.code_sections import printed

MATTERS_ON_A_PAGE = 50
MOTIONS_SHOWN = 20
NOTICES_ON_A_PAGE = 100
MOST_PRINTED = 2000
NOTICE_HEADS = ("Case number", "Court", "Code section", "Convicted on", "What is asked", "Filed on", "Answer due by")


@require_GET
@role_required(*READERS)
def answers(request: StaffRequest) -> HttpResponse:
    """Filed cases and omnibus motions by the end of their clocks."""
    form = ClockFilter(request.GET)
    page_obj = Paginator(form.narrowed(queries.filings(request.user), "filing"), MATTERS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    motions = list(form.narrowed(queries.motions(request.user), "motion")[:MOTIONS_SHOWN])
    queries.tally(list(page_obj))
    queries.tally(motions)
    audit.viewed(request, [filing.subject_id for filing in page_obj], "list")
    context = {
        "form": form,
        "page_obj": page_obj,
        "motions": motions,
        "open_objections": queries.open_objection_count(),
        "rows_to_work_off": queries.rows_to_work_off(request.user).count(),
        "is_filtered": bool(form.chosen()),
    }
    return render(request, "relief/answers.html", context)


@require_GET
@role_required(*READERS)
def notice(request: StaffRequest) -> HttpResponse:
    """The notice list, page by page."""
    form = NoticeFilter(request.GET)
    page_obj = Paginator(form.narrowed(queries.notice(request.user)), NOTICES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    audit.viewed(request, [asked.subject_id for asked in page_obj], "list")
    context = {"form": form, "page_obj": page_obj, "rows": list(map(_told, page_obj)), "most": MOST_PRINTED}
    return render(request, "relief/notice.html", context)


@require_GET
@role_required(*READERS)
def notice_print(request: StaffRequest) -> HttpResponse:
    """The same as one page to print."""
    found = list(NoticeFilter(request.GET).narrowed(queries.notice(request.user))[: MOST_PRINTED + 1])
    audit.viewed(request, [asked.subject_id for asked in found], "page")
    context = {
        "rows": list(map(_told, found[:MOST_PRINTED])),
        "is_cut": len(found) > MOST_PRINTED,
        "heads": NOTICE_HEADS,
    }
    return render(request, "relief/notice_print.html", context | {"today": office.today()})


@require_GET
@role_required(*READERS)
def notice_csv(request: StaffRequest) -> HttpResponseBase:
    """The same as CSV, whole."""
    found = list(NoticeFilter(request.GET).narrowed(queries.notice(request.user)))
    audit.viewed(request, [asked.subject_id for asked in found], "download")
    rows: Iterable[tuple[Any, ...]] = (tuple(_told(asked).values()) for asked in found)
    return csv_response("notice-list.csv", NOTICE_HEADS, rows)


def _told(asked: Asked) -> dict[str, Any]:
    """What the list says: the case and what is asked in it, and nothing that names the person (PC § 11144(c))."""
    frozen: Any = asked.item.snapshot
    dated: Any = asked
    return {
        "case_number": asked.item.case_number,
        "court": asked.court.branch,
        "section": printed(f"{frozen['code']} {frozen['section']}"),
        "convicted_on": frozen["convicted_on"],
        "relief": asked.get_relief_display(),
        "filed_on": dated.filed_on,
        "due_on": dated.due_on,
    }
