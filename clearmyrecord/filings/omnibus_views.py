"""Pages of omnibus motions: how far one is, its papers and volumes, what keeps it from being filed."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotFound
from clearmyrecord.filings import confirmations, omnibus, omnibus_drafting, queries, receipts, signing
from clearmyrecord.filings.editable_orders import CONTENT_TYPE, named
from clearmyrecord.filings.models import OmnibusMotion
from clearmyrecord.filings.views import SHOWS_A_PDF, attached
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from petitions.package import LIMIT

PAPERS_ON_A_PAGE = 50
ROWS_NAMED = 50
BEFORE_FILING = (OmnibusMotion.State.DRAFTED, OmnibusMotion.State.SIGNING, OmnibusMotion.State.SIGNED)


@require_GET
@role_required(*READERS)
def omnibus_page(request: StaffRequest, batch_id: int) -> HttpResponse:
    """An omnibus motion: how far it is, what comes next, its papers and volumes, the downloads. Names nobody."""
    motion = omnibus.motion_or_404(request.user, batch_id)
    page = Paginator(omnibus.papers_of(motion), PAPERS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = _how_far(request, motion) | {"page_obj": page} | rows_to_confirm(motion)
    return render(request, "filings/omnibus.html", context)


def rows_to_confirm(motion: OmnibusMotion) -> dict[str, object]:
    """What keeps a motion that is not filed from being filed, for its pages: the first rows, and how many."""
    rows = confirmations.rows_before_filing(motion) if motion.state in BEFORE_FILING else []
    return {"rows": rows[:ROWS_NAMED], "rows_total": len(rows), "rows_more": max(0, len(rows) - ROWS_NAMED)}


def _how_far(request: StaffRequest, motion: OmnibusMotion) -> dict[str, object]:
    far = omnibus.progress(motion)
    is_working = motion.batch.state == Batch.State.APPROVED and motion.state != OmnibusMotion.State.REFUSED
    return {
        "batch": motion.batch,
        "motion": motion,
        "archives": queries.archives_of(motion.batch) if far.is_ready else (),
        "limit": LIMIT,
        "progress": far,
        "may_sign": signing.may_sign(request.user, motion.batch),
        "may_enter": request.user.role in receipts.WHO,
        "is_working": is_working and not far.is_ready and not far.failed,
        "may_try_again": far.failed and request.user.role in (Role.ANALYST, Role.SUPERVISOR),
    }


@require_GET
@role_required(*READERS)
def progress(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The part of the page that says how far the motion is; asked for again while it is being drafted."""
    context = _how_far(request, omnibus.motion_or_404(request.user, batch_id))
    response = render(request, "filings/_omnibus_progress.html", context)
    if not context["is_working"]:
        response["HX-Refresh"] = "true"  # the list of papers is there now
    return response


@require_GET
@role_required(*READERS)
@csp_replace(SHOWS_A_PDF)  # type: ignore[untyped-decorator]
def paper(request: StaffRequest, paper_id: int) -> HttpResponseBase:
    """One paper or volume, shown by the browser. Only volumes show people: those of the whole list, to be sure."""
    found = omnibus.paper_or_404(request.user, paper_id)
    if found.volume_id:
        audit.viewed(request, omnibus.people_of(found.motion.batch), "pdf", found)
    return FileResponse(
        default_storage.open(found.storage_key),
        content_type="application/pdf",
        filename=found.file_name,
        headers={"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"},
    )


@require_GET
@role_required(*READERS)
def order_to_edit(request: StaffRequest, paper_id: int) -> HttpResponseBase:
    """The proposed order as a word-processor file. It names nobody, as its PDF; that it was taken is in the trail."""
    found = omnibus.paper_or_404(request.user, paper_id)
    if found.kind != "order":
        raise NotFound("Only of a proposed order is there a file to edit.")
    response = attached(omnibus_drafting.editable_order(found), named(found.file_name), CONTENT_TYPE)
    audit.record(actor=request.user, verb="order.downloaded", target=found, kind="download")
    return response
