"""The paper a conviction would become, shown before any batch exists."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.audit import services as audit
from clearmyrecord.filings import previews
from clearmyrecord.filings.views import SHOWS_A_PDF
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.reviews import queries as reviews
from petitions.papers.data import Paper


@require_GET
@role_required(*READERS)
def preview(request: StaffRequest, conviction_id: int, kind: str) -> HttpResponseBase:
    """A watermarked PDF, or a page that says what is missing. Nothing is kept."""
    row = reviews.standing_of(conviction_id)
    found = previews.preview(user=request.user, row=row, kind=kind)
    if found.paper is None:
        audit.viewed(request, found.people, "page", row.conviction)
        context = {"row": row, "kind": found.words, "obstacles": found.obstacles}
        return render(request, "filings/no_preview.html", context, status=422)
    audit.viewed(request, found.people, "pdf", row.conviction)
    response: HttpResponse = shown_pdf(request, found.paper)
    return response


@csp_replace(SHOWS_A_PDF)  # type: ignore[untyped-decorator]
def shown_pdf(request: StaffRequest, paper: Paper) -> HttpResponse:
    """A paper drafted just now, shown by the browser. Nothing in it can run: typed, and not to be sniffed."""
    return HttpResponse(
        paper.pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{paper.file_name}"',
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
