"""Pages of omnibus motions: how far one is, its papers and volumes, the public ZIP and the one for the court alone."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, NotFound
from clearmyrecord.filings import omnibus
from clearmyrecord.filings.models import OmnibusMotion
from clearmyrecord.filings.views import SHOWS_A_PDF
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role

PAPERS_ON_A_PAGE = 50


@require_GET
@role_required(*READERS)
def omnibus_page(request: StaffRequest, batch_id: int) -> HttpResponse:
    """An omnibus motion: how far it is, its papers and volumes, both downloads. Names nobody."""
    motion = omnibus.motion_or_404(request.user, batch_id)
    page = Paginator(omnibus.papers_of(motion), PAPERS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = _how_far(request, motion) | {"page_obj": page}
    return render(request, "filings/omnibus.html", context)


def _how_far(request: StaffRequest, motion: OmnibusMotion) -> dict[str, object]:
    far = omnibus.progress(motion)
    is_working = motion.batch.state == Batch.State.APPROVED and motion.state != OmnibusMotion.State.REFUSED
    return {
        "batch": motion.batch,
        "motion": motion,
        "package": motion.package,
        "progress": far,
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


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def try_again(request: StaffRequest, batch_id: int) -> HttpResponse:
    omnibus.try_again(actor=request.user, batch_id=batch_id)
    messages.success(request, "Started again.")
    return redirect("filings:omnibus", batch_id)


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
def download(request: StaffRequest, batch_id: int, which: str) -> HttpResponseBase:
    """The public ZIP, or the one for the court alone. Raises Conflict while there is none, or once withdrawn."""
    motion = omnibus.motion_or_404(request.user, batch_id)
    keys = {"papers": motion.package.public_key, "confidential": motion.package.confidential_key}
    if which not in keys:
        raise NotFound("There is no such download.")
    if motion.package.superseded_at is not None:
        raise Conflict("This batch was withdrawn. Its papers are superseded and can't be downloaded.")
    if not keys[which]:
        raise Conflict("The papers are still being drafted. The download appears when all are there.")
    audit.viewed(request, omnibus.people_of(motion.batch), "download", motion.batch)
    return FileResponse(
        default_storage.open(keys[which]),
        as_attachment=True,
        content_type="application/zip",
        filename=f"batch-{motion.batch_id}-omnibus-{which}.zip",
        headers={"X-Content-Type-Options": "nosniff"},
    )
