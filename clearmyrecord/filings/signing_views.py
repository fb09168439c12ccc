"""Pages of signing: what waits for the named attorney, shown and signed with the password once more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, NotAllowed, NotFound
from clearmyrecord.filings import omnibus, queries, signing
from clearmyrecord.filings.forms import SignForm
from clearmyrecord.filings.models import OmnibusPaper
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import StaffRequest, attorney_required
from clearmyrecord.office.sessions import confirm

FILINGS_ON_A_PAGE = 50
WRONG = "That is not your password, or the account is locked."


@require_http_methods(["GET", "POST"])
@attorney_required
def sign_batch(request: StaffRequest, batch_id: int) -> HttpResponse:
    """All papers of a batch that wait for its attorney's signature, or its omnibus motion."""
    return _sign(request, batches.batch_or_404(request.user, batch_id), None)


@require_http_methods(["GET", "POST"])
@attorney_required
def sign_filing(request: StaffRequest, filing_id: int) -> HttpResponse:
    """One case's papers."""
    filing = queries.filings(request.user).filter(pk=filing_id).first()
    if filing is None:
        raise NotFound("There are no such papers.")
    return _sign(request, filing.batch, filing_id)


def _sign(request: StaffRequest, batch: Batch, filing_id: int | None) -> HttpResponse:
    if not signing.may_sign(request.user, batch):
        if batch.signing_attorney_id == request.user.pk:
            raise Conflict("This batch is not approved, so none of its papers may be signed.")
        raise NotAllowed(f"Only {batch.signing_attorney} signs these papers: the batch names that attorney.")
    waiting = signing.to_sign(batch, filing_id)
    form = SignForm(request.POST or None, initial={"place": _city(batch), "seen_hash": signing.papers_hash(waiting)})
    if request.method == "POST" and form.is_valid():
        if confirm(request, form.cleaned_data["password"]):
            seen = {"seen_hash": form.cleaned_data["seen_hash"], "place": form.cleaned_data["place"]}
            number = signing.sign(actor=request.user, batch_id=batch.pk, filing_id=filing_id, **seen)
            signed = "the omnibus motion" if _is_motion(batch) else f"{number} case{'s' if number > 1 else ''}"
            messages.success(request, f"You signed {signed}. The papers are being drawn anew with your signature.")
            return redirect("filings:package", batch.pk)
        form.add_error("password", WRONG)
    return _page(request, batch, filing_id, form)


def _page(request: StaffRequest, batch: Batch, filing_id: int | None, form: SignForm) -> HttpResponse:
    waiting = signing.to_sign(batch, filing_id)
    if _is_motion(batch):
        shown: QuerySet[Any] = omnibus.papers_of(waiting.get()) if waiting else OmnibusPaper.objects.none()
    else:
        shown = queries.filings(request.user).filter(pk__in=waiting.values("pk"))
    page = Paginator(shown, FILINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    if not _is_motion(batch):  # a list of volumes shows nobody
        audit.viewed(request, [filing.subject_id for filing in page], "list", batch)
    context = {
        "is_motion": _is_motion(batch),
        "convictions": batch.items.count(),
        "batch": batch,
        "is_single": filing_id is not None,
        "page_obj": page,
        "papers": queries.papers_to_sign(waiting),
        "form": form,
        "name": batch.heading["attorney"]["name"],
        "today": office.today(),
    }
    return render(request, "filings/sign.html", context, status=422 if form.errors else 200)


def _is_motion(batch: Batch) -> bool:
    """Whether one omnibus motion is signed, not cases."""
    return batch.papers == Batch.Papers.OMNIBUS


def _city(batch: Batch) -> str:
    """The office's city as frozen, where its attorneys usually sign."""
    return str(batch.heading["office"]["address"][-1]).partition(",")[0]
