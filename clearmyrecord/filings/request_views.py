"""The page of one case's papers, and the papers made there on request."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.filings import confirmations, drafting, forms, queries, requested
from clearmyrecord.filings.editable_orders import CONTENT_TYPE, named
from clearmyrecord.filings.models import Filing
from clearmyrecord.filings.preview_views import shown_pdf
from clearmyrecord.filings.views import SHOWS_A_PDF, attached
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role


@require_GET
@role_required(*READERS)
def filing(request: StaffRequest, filing_id: int) -> HttpResponse:
    """One case's papers, what goes with them, and the forms that ask for it."""
    return _page(request, queries.filing_or_404(request.user, filing_id))


def _page(request: StaffRequest, found: Filing, **bound: Any) -> HttpResponse:
    confirmations.mark([found])
    stands = found.batch.state == Batch.State.APPROVED and bool(found.standing_papers)  # type: ignore[attr-defined]
    may_ask = stands and request.user.role == Role.ANALYST
    audit.viewed(request, [found.subject_id], "page", found)
    last = queries.last_letter()
    context = {
        "filing": found,
        "archived": requested.ARCHIVED,
        "letters": queries.letters_of(found),
        "done_words": forms.DONE,
        "proof_form": bound.get("proof") or forms.ProofForm(prefix="proof"),
        "letter_form": bound.get("letters")
        or forms.LetterForm(
            prefix="letter",
            reliefs=requested.reliefs_of(drafting.items_of(found)),
            initial={"defender_phone": last.defender_phone if last else ""},
        ),
        "may_ask": may_ask,
    }
    return render(request, "filings/filing.html", context, status=422 if bound else 200)


@require_POST
@role_required(Role.ANALYST)
def proof(request: StaffRequest, filing_id: int) -> HttpResponse:
    """Draft the proof of service."""
    found = queries.filing_or_404(request.user, filing_id)
    form = forms.ProofForm(request.POST, prefix="proof")
    if form.is_valid():
        given = form.cleaned_data
        try:
            requested.prove_service(
                actor=request.user, filing_id=filing_id, server=given["server"],
                server_address=given["server_address"], method=given["method"], consents=given["consents"],
                served=form.served(),
            )  # fmt: skip
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The proof of service is drafted. Its date, place and signature are blank.")
            return redirect("filings:filing", filing_id)
    return _page(request, found, proof=form)


@require_POST
@role_required(Role.ANALYST)
def letters(request: StaffRequest, filing_id: int) -> HttpResponse:
    """Write the letters asked for."""
    found = queries.filing_or_404(request.user, filing_id)
    reliefs = requested.reliefs_of(drafting.items_of(found))
    form = forms.LetterForm(request.POST, prefix="letter", reliefs=reliefs)
    if form.is_valid():
        try:
            written = requested.write_letters(actor=request.user, filing_id=filing_id, **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, f"{len(written)} letter{'' if len(written) == 1 else 's'} written. Print and send them."
            )
            return redirect("filings:filing", filing_id)
    return _page(request, found, letters=form)


@require_GET
@role_required(*READERS)
@csp_replace(SHOWS_A_PDF)  # type: ignore[untyped-decorator]
def letter(request: StaffRequest, letter_id: int) -> HttpResponseBase:
    """One letter, shown by the browser."""
    found = queries.letter_or_404(request.user, letter_id)
    audit.viewed(request, [found.filing.subject_id], "pdf", found)
    return FileResponse(
        default_storage.open(found.storage_key),
        content_type="application/pdf",
        filename=found.file_name,
        headers={"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"},
    )


@require_GET
@role_required(*READERS)
def archive_copy(request: StaffRequest, paper_id: int) -> HttpResponse:
    """A standing paper as PDF/A-2u, drawn anew. Nothing is kept: the same paper gives the same bytes."""
    found = queries.paper_or_404(request.user, paper_id)
    drawn = requested.archive_copy(found)
    audit.viewed(request, [found.filing.subject_id], "pdf", found)
    response: HttpResponse = shown_pdf(request, drawn)
    return response


@require_GET
@role_required(*READERS)
def order_to_edit(request: StaffRequest, paper_id: int) -> HttpResponseBase:
    """The proposed order of a case as a word-processor file."""
    found = queries.paper_or_404(request.user, paper_id)
    if found.kind != "order":
        raise NotFound("Only of a proposed order is there a file to edit.")
    response = attached(drafting.editable_order(found), named(found.file_name), CONTENT_TYPE)
    audit.viewed(request, [found.filing.subject_id], "download", found)
    return response
