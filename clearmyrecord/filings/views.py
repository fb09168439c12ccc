"""Pages of papers: every filing, a batch's papers and how far they are, PDFs, the ZIP."""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotFound
from clearmyrecord.filings import confirmations, omnibus, queries, services, signing
from clearmyrecord.filings.forms import FilingFilter
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.work import Work
from petitions.package import LIMIT

FILINGS_ON_A_PAGE = 50
MOTIONS_SHOWN = 20


@require_GET
@role_required(*READERS)
def filings(request: StaffRequest) -> HttpResponse:
    """Every case that papers were wanted for, by court and state."""
    form = FilingFilter(request.GET)
    to_sign = request.GET.get("sign") == "me"
    found = queries.to_sign(request.user) if to_sign else queries.filings(request.user)
    page_obj = Paginator(form.narrowed(found), FILINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    confirmations.mark(list(page_obj))
    audit.viewed(request, [filing.subject_id for filing in page_obj], "list")
    motions = (omnibus.to_sign if to_sign else omnibus.motions)(request.user)[:MOTIONS_SHOWN]
    context = {"page_obj": page_obj, "form": form, "to_sign": to_sign, "motions": motions}
    return render(request, "filings/filings.html", context)


def _approved(request: StaffRequest, batch_id: int) -> Batch:
    """A batch that has or had papers; raises NotFound."""
    batch = batches.batch_or_404(request.user, batch_id)
    if batch.approved_at is None:
        raise NotFound("This batch is not approved, so it has no papers.")
    return batch


@require_GET
@role_required(*READERS)
def package(request: StaffRequest, batch_id: int) -> HttpResponse:
    """A batch's papers: how far they are, each case, the download."""
    batch = _approved(request, batch_id)
    if batch.papers == Batch.Papers.OMNIBUS:
        return redirect("filings:omnibus", batch.pk)
    form = FilingFilter(request.GET)
    found = form.narrowed(queries.filings(request.user).filter(batch=batch))
    page_obj = Paginator(found, FILINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    confirmations.mark(list(page_obj))
    audit.viewed(request, [filing.subject_id for filing in page_obj], "list", batch)
    return render(request, "filings/package.html", _how_far(request, batch) | {"page_obj": page_obj, "form": form})


@require_GET
@role_required(*READERS)
def progress(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The part of the page that says how far the papers are; asked for again while they are being drafted."""
    batch = _approved(request, batch_id)
    context = _how_far(request, batch)
    response = render(request, "filings/_progress.html", context)
    if not context["is_working"]:
        response["HX-Refresh"] = "true"  # the list of cases has papers now
    return response


def _how_far(request: StaffRequest, batch: Batch) -> dict[str, object]:
    made = queries.package_of(batch)
    far = queries.progress(batch, made)
    is_ready = made is not None and made.work_state == Work.WorkState.DONE and far.is_finished
    return {
        "batch": batch,
        "archives": queries.archives_of(batch) if is_ready else (),
        "limit": LIMIT,
        "progress": far,
        "is_ready": is_ready,
        "may_sign": signing.may_sign(request.user, batch),
        "is_working": batch.state == Batch.State.APPROVED and not is_ready and not far.failed,
        "may_try_again": far.failed and request.user.role in (Role.ANALYST, Role.SUPERVISOR),
    }


@require_POST
@role_required(Role.ANALYST, Role.SUPERVISOR)
def try_again(request: StaffRequest, batch_id: int) -> HttpResponse:
    services.try_again(actor=request.user, batch_id=batch_id)
    messages.success(request, "Started again.")
    return redirect("filings:package", batch_id)


SHOWS_A_PDF = {"default-src": [NONE], "object-src": [SELF], "plugin-types": None, "style-src": ["'unsafe-inline'"]}
"""What the browser's own viewer needs, and nothing else."""


@require_GET
@role_required(*READERS)
@csp_replace(SHOWS_A_PDF)  # type: ignore[untyped-decorator]
def paper(request: StaffRequest, paper_id: int) -> HttpResponseBase:
    """One paper, shown by the browser. Nothing in it can run: the bytes are ours, typed and not to be sniffed."""
    found = queries.paper_or_404(request.user, paper_id)
    audit.viewed(request, [found.filing.subject_id], "pdf", found)
    return FileResponse(
        default_storage.open(found.storage_key),
        content_type="application/pdf",
        filename=found.file_name,
        headers={"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"},
    )


@require_GET
@role_required(*READERS)
def download(request: StaffRequest, archive_id: int) -> HttpResponseBase:
    """One ZIP of a batch's papers."""
    archive = queries.archive_or_404(request.user, archive_id)
    audit.viewed(request, queries.people_of(archive), "download", archive.package.batch)
    return attached(archive.storage_key, archive.name, "application/zip")


def attached(storage_key: str, name: str, content_type: str) -> FileResponse:
    """A stored file to save. The caller has asked who may, and tells the trail."""
    return FileResponse(
        default_storage.open(storage_key),
        as_attachment=True,
        content_type=content_type,
        filename=name,
        headers={"X-Content-Type-Options": "nosniff"},
    )
