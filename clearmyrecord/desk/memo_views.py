"""The memo to the file, on the screen and as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.audit import services as audit
from clearmyrecord.desk import memos
from clearmyrecord.office.access import READERS, StaffRequest, role_required


@role_required(*READERS)
@require_GET
def memo(request: StaffRequest, pk: int) -> HttpResponse:
    """One determination with its evidence, on a page that prints well."""
    shown = memos.memo(request.user, pk)
    _viewed(request, shown, "page")
    return render(request, "desk/memo.html", {"memo": shown})


@role_required(*READERS)
@require_GET
def memo_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The same as a tagged PDF."""
    shown = memos.memo(request.user, pk)
    printed = memos.pdf(shown)
    _viewed(request, shown, "pdf")
    return HttpResponse(
        printed,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="memo-determination-{pk}.pdf"'},
    )


def _viewed(request: StaffRequest, shown: memos.Memo, kind: str) -> None:
    found = shown.determination
    audit.viewed(request, [found.conviction.subject_id], kind, target=found)
