"""The pages of the office's words: versions, one version, one text block with its paper beside it, approval."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office import queries, wording_forms, wording_pages, wording_queries, wording_services, wording_text
from clearmyrecord.office.access import StaffRequest, attorney_or, staff_only
from clearmyrecord.office.models import Role, User, WordingVersion
from petitions import PaperRefused
from petitions.wording import BLOCKS, KINDS, Block, problems

State = WordingVersion.State
SHOWS_UNSAVED_PAGE = {"img-src": ["data:"]}
"""The picture of a text that is not saved comes with the answer and is kept nowhere."""


@staff_only
@require_GET
def wordings(request: StaffRequest) -> HttpResponse:
    """What papers say now, the drafts, and every version there was. It holds no record data: everybody may read it."""
    found = list(wording_queries.versions())
    approved = [each for each in found if each.state == State.APPROVED]
    in_force = approved[0] if approved else None
    context = {
        "in_force": in_force,
        "own": len(wording_text.blocks(in_force.texts, own=True)) if in_force else 0,
        "blocks": len(BLOCKS),
        "drafts": [(each, in_force) for each in found if each.state == State.DRAFT],
        "approved": list(zip(approved, [*approved, None][1:], strict=True)),
        "discarded": [(each, each.based_on) for each in found if each.state == State.DISCARDED],
        "own_draft": wording_queries.open_draft(request.user),
        "may_draft": wording_queries.may_draft(request.user),
        "to_approve": wording_queries.to_approve(request.user).exists(),
    }
    return render(request, "office/wordings.html", context)


@attorney_or(Role.ADMINISTRATOR)
@require_POST
def start(request: StaffRequest) -> HttpResponse:
    """Start a draft from the words in force, or from an older version to restore it."""
    form = wording_forms.StartForm(request.POST)
    if not form.is_valid():
        raise Invalid("The form was not sent whole. Open the page again.")
    draft = wording_services.start_draft(actor=request.user, version_id=form.cleaned_data["version"])
    messages.success(request, "The draft is yours. Change a text block; somebody else approves the draft.")
    return redirect("office:wording", draft.pk)


@staff_only
@require_GET
def wording(request: StaffRequest, pk: int) -> HttpResponse:
    """One draft or version, block by block, and what the user may do with it."""
    found = wording_queries.version_or_404(pk)
    form = wording_forms.ShowForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"kind": "", "own": False}
    before = wording_queries.before(found)
    context = {
        "wording": found,
        "in_force": wording_queries.in_force(),
        "form": form,
        "papers": wording_text.by_kind(wording_text.blocks(found.texts, **chosen)),
        "own": len(wording_text.blocks(found.texts, own=True)),
        "before": before,
        "changed": len(wording_text.changes(_texts(before), found.texts)),
        **_may(request.user, found),
    }
    return render(request, "office/wording.html", context)


def _texts(version: WordingVersion | None) -> dict[str, str]:
    return wording_text.in_full(version.texts) if version else wording_text.standard()


def _may(user: User, version: WordingVersion) -> dict[str, bool]:
    """What the user may do with a draft or version as it stands."""
    draft, own = version.state == State.DRAFT, version.drafted_by_id == user.pk
    return {
        "may_change": draft and own and wording_queries.may_draft(user),
        "may_discard": draft and (own or user.role == Role.SUPERVISOR),
        "may_approve": draft and not own and wording_queries.may_approve(user),
        "may_restore": version.state in (State.APPROVED, State.STANDARD)
        and wording_queries.may_draft(user)
        and wording_queries.open_draft(user) is None,
    }


@csp_update(SHOWS_UNSAVED_PAGE)  # type: ignore[untyped-decorator]
@staff_only
@require_http_methods(["GET", "POST"])
def block(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """One text block: the standard text, what it may use, and the page that prints it; its author changes it here."""
    found, shown = wording_queries.version_or_404(pk), wording_queries.block_or_404(key)
    texts = wording_text.in_full(found.texts)
    if request.method == "GET":
        form = wording_forms.BlockForm(initial={"text": texts[key], "seen": wording_text.digest_of(texts[key])})
        return _block_page(request, found, shown, form, [])
    form = wording_forms.BlockForm(request.POST)
    if not form.is_valid():
        return _block_page(request, found, shown, form, ["The text is too long."], status=422)
    text = wording_text.typed(form.cleaned_data["text"])
    if request.POST.get("act") == "look":
        if not _may(request.user, found)["may_change"]:
            raise NotAllowed("Only who started a draft changes it.")
        return _look(request, found, shown, texts | {key: text})
    try:
        wording_services.change_block(
            actor=request.user, draft_id=pk, key=key, text=text, seen=form.cleaned_data["seen"]
        )
    except (Invalid, Conflict) as refused:
        return _block_page(request, found, shown, form, problems(key, text) or [str(refused)], status=422)
    messages.success(request, f"“{shown.title}” is saved in your draft.")
    return redirect("office:wording_block", pk, key)


def _block_page(
    request: StaffRequest,
    version: WordingVersion,
    shown: Block,
    form: wording_forms.BlockForm,
    wrong: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    before, after = wording_text.neighbours(shown.key)
    text = wording_text.in_full(version.texts)[shown.key]
    replaced = wording_queries.before(version)
    context = {
        "wording": version,
        "in_force": wording_queries.in_force(),
        "text_block": shown,
        "paper": KINDS[shown.kind],
        "text": text,
        "is_own": text != shown.text,
        "parts": wording_text.compared(shown.text, text),
        "replaced": replaced,
        "replaced_text": _texts(replaced)[shown.key],
        "placeholders": wording_text.placeholders(shown),
        "form": form,
        "wrong": wrong,
        "before": before,
        "after": after,
        **_may(request.user, version),
    }
    return render(request, "office/wording_block.html", context, status=status)


def _look(request: StaffRequest, version: WordingVersion, shown: Block, texts: dict[str, str]) -> HttpResponse:
    """While somebody types: what is wrong with the text, or the page that prints it."""
    wrong, page = problems(shown.key, texts[shown.key]), None
    if not wrong:
        try:
            page = wording_pages.page(_name(version), texts, shown.key)
        except PaperRefused as refused:
            wrong = wording_pages.refusal(refused)
    is_saved = texts[shown.key] == wording_text.in_full(version.texts)[shown.key]
    context = {"wrong": wrong, "page": page, "is_saved": is_saved}
    return render(request, "office/_wording_look.html", context)


def _name(version: WordingVersion) -> str:
    office = queries.office()
    return wording_queries.name_in_papers(version, office) if office else str(version)


@staff_only
@require_GET
def block_page(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """The page that prints a block as it is saved, as a picture."""
    found, shown = wording_queries.version_or_404(pk), wording_queries.block_or_404(key)
    try:
        page = wording_pages.page(_name(found), wording_text.in_full(found.texts), shown.key)
    except PaperRefused as refused:
        raise Invalid(" ".join(wording_pages.refusal(refused))) from refused
    return HttpResponse(page.png, content_type="image/png")


@staff_only
@require_GET
def block_paper(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """The whole paper that prints a block, of invented data and watermarked, as PDF."""
    found, shown = wording_queries.version_or_404(pk), wording_queries.block_or_404(key)
    return _paper(_name(found), wording_text.in_full(found.texts), shown.key)


@staff_only
@require_GET
def letter(request: StaffRequest) -> HttpResponse:
    """A letter of invented data under the office's letterhead, in the words in force."""
    return _paper(
        "in force", wording_queries.texts_in_force(), next(key for key in BLOCKS if BLOCKS[key].paper == "letter")
    )


def _paper(name: str, texts: dict[str, str], key: str) -> HttpResponse:
    try:
        paper = wording_pages.paper(name, texts, key)
    except PaperRefused as refused:
        raise Invalid(" ".join(wording_pages.refusal(refused))) from refused
    headers = {"Content-Disposition": f'attachment; filename="{paper.file_name}"'}
    return HttpResponse(paper.pdf, content_type="application/pdf", headers=headers)


@staff_only
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    wording_services.discard_draft(actor=request.user, draft_id=pk)
    messages.success(request, "The draft is discarded. It can still be read.")
    return redirect("office:wordings")


@attorney_or(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def approve(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything a draft changes against the words in force; and its approval."""
    draft = wording_queries.version_or_404(pk)
    in_force = wording_queries.in_force()
    form = wording_forms.ApproveForm(
        request.POST or None, initial={"seen": draft.sha256, "against": in_force.pk if in_force else None}
    )
    wrong = []
    if request.method == "POST":
        if not form.is_valid():
            raise Invalid("The page did not say which words it showed. Open it again.")
        try:
            approved = wording_services.approve(actor=request.user, draft_id=pk, **form.cleaned_data)
        except Invalid as refused:
            wrong = [str(refused)]
        else:
            messages.success(request, f"{approved} is in force. Batches submitted from now on are drafted in it.")
            return redirect("office:wording", pk)
    context: dict[str, Any] = {
        "wording": draft,
        "replaced": in_force,
        "changes": wording_text.changes(wording_queries.texts_in_force(), draft.texts),
        "form": form,
        "wrong": wrong,
        **_may(request.user, draft),
    }
    return render(request, "office/approve_wording.html", context, status=422 if wrong else 200)


@staff_only
@require_GET
def compare(request: StaffRequest) -> HttpResponse:
    """Two wordings, block by block and word by word."""
    known = {each.pk: each for each in wording_queries.versions()}
    choices = [(str(pk), str(each)) for pk, each in known.items()]
    form = wording_forms.CompareForm(request.GET or None, choices=choices)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        before, after = (known.get(form.cleaned_data[name]) for name in ("before", "after"))
        context |= {"asked": True, "before": before, "after": after}
        context["changes"] = wording_text.changes(_texts(before), _texts(after))
    return render(request, "office/compare_wordings.html", context, status=422 if form.errors else 200)
