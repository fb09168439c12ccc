"""The pages of policies: list, one policy, drafting it, signing it, its rule book."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role, User
from clearmyrecord.runs import policy_forms, policy_queries, policy_services, policy_text, rule_books
from clearmyrecord.runs.models import Policy

DRAFTERS = policy_services.DRAFTERS


def may_draft(user: User) -> bool:
    return user.role in DRAFTERS


@role_required(*READERS)
@require_GET
def policies(request: StaffRequest) -> HttpResponse:
    """Every policy with its versions; drafts first."""
    found = policy_queries.policies(request.user)
    context = {
        "drafts": [each for each in found if each.state == Policy.State.DRAFT],
        "signed": [each for each in found if each.signed_at],
        "discarded": [each for each in found if each.discarded_at],
        "may_draft": may_draft(request.user),
        "may_sign": request.user.role == Role.SUPERVISOR,
    }
    return render(request, "runs/policies.html", context)


@role_required(*READERS)
@require_GET
def policy(request: StaffRequest, pk: int) -> HttpResponse:
    """One policy: where it stands, its lines as sentences, and what the user may do with it."""
    found = policy_queries.policy_or_404(request.user, pk)
    given = policy_text.parsed(found.text)
    context = {
        "policy": found,
        "given": given,
        "lines": policy_text.shown(given),
        "unproven": policy_text.WHEN_UNPROVEN_WORDS.get(given.get("when_unproven", "hand_review"), ""),
        "runs": found.runs.order_by("-pk")[:10],
        "may_draft": may_draft(request.user),
        **_may(request.user, found),
    }
    return render(request, "runs/policy.html", context)


def _may(user: User, policy: Policy) -> dict[str, bool]:
    """What the user may do with a policy as it stands."""
    draft = policy.state == Policy.State.DRAFT
    own = policy.drafted_by_id == user.pk
    return {
        "may_change": draft and own and may_draft(user),
        "may_discard": draft and (own or user.role == Role.SUPERVISOR) and not policy.runs.exists(),
        "may_sign": draft and not own and user.role == Role.SUPERVISOR,
    }


@role_required(*DRAFTERS)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Start a draft from a preset or from a policy of the office."""
    known = {each.pk: each for each in policy_queries.policies(request.user)}
    post = request.POST if request.method == "POST" else None
    form = policy_forms.StartDraftForm(
        post, policies=list(known.values()), initial={"source": request.GET.get("source", "")}
    )
    if form.is_valid():
        try:
            text, based_on = policy_services.source_text(form.cleaned_data["source"], known)
            draft = policy_services.draft_policy(
                actor=request.user, text=text, own_title=form.cleaned_data["own_title"], based_on=based_on
            )
        except (Invalid, Conflict) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The draft is yours. Change what the office decides, then have it signed.")
            return redirect("runs:edit_policy", draft.pk)
    return render(request, "runs/new_policy.html", {"form": form}, status=422 if form.errors else 200)


@role_required(*DRAFTERS)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft as sentences with blanks. Every button sends the whole form; only "save" keeps it."""
    draft = _own_draft(request, pk)
    given = policy_text.parsed(draft.text)
    if request.method == "GET":
        return _editor(request, draft, given, wrong=[])
    given = policy_forms.edited(request.POST, given)
    act = request.POST.get("act", "check")
    look_at = None
    if act not in ("save", "check"):
        look_at = policy_forms.moved(given, act, request.POST.get("add", ""))
    wrong = policy_text.faults(given)
    if act == "check":
        return render(request, "runs/_checked.html", {"wrong": wrong, "lines": policy_text.shown(given)})
    if act == "save" and not wrong:
        try:
            return _save(request, draft, policy_text.written(given))
        except (Invalid, Conflict) as refused:
            wrong = [policy_text.Fault(str(refused))]
    return _editor(request, draft, given, wrong=wrong, look_at=look_at, status=422 if act == "save" else 200)


def _own_draft(request: StaffRequest, pk: int) -> Policy:
    draft = policy_queries.policy_or_404(request.user, pk)
    if draft.state != Policy.State.DRAFT:
        raise Conflict("A signed or discarded policy is never changed. Draft its next version instead.")
    if draft.drafted_by_id != request.user.pk:
        raise NotAllowed("Only who drafted it changes a draft. Draft one of your own from it.")
    return draft


def _save(request: StaffRequest, draft: Policy, text: str) -> HttpResponse:
    policy_services.change_draft(
        actor=request.user, policy_id=draft.pk, text=text, seen_sha256=request.POST.get("seen", "")
    )
    messages.success(request, "The draft is saved. A supervisor who did not draft it can sign it.")
    return redirect("runs:policy", draft.pk)


def _editor(
    request: StaffRequest,
    draft: Policy,
    given: dict[str, Any],
    *,
    wrong: list[policy_text.Fault],
    look_at: int | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "policy": draft,
        "given": given,
        "when_unproven": given.get("when_unproven", "hand_review"),
        "lines": policy_text.shown(given, wrong),
        "wrong": wrong,
        "seen": request.POST.get("seen", draft.sha256),
        "look_at": look_at,
        "outcomes": policy_text.OUTCOME_VERBS.items(),
        "questions": policy_text.QUESTION_WORDS.items(),
        "unproven_choices": policy_text.WHEN_UNPROVEN_WORDS.items(),
        "rules": policy_text.rules_to_add(),
    }
    part = request.headers.get("HX-Request") and status == 200
    return render(request, "runs/_editor.html" if part else "runs/edit_policy.html", context, status=status)


@role_required(*READERS)
@require_http_methods(["GET", "POST"])
def text(request: StaffRequest, pk: int) -> HttpResponse:
    """The policy as TOML; its drafter may change it here, too."""
    found = policy_queries.policy_or_404(request.user, pk)
    post = request.POST if request.method == "POST" else None
    form = policy_forms.TextForm(post, initial={"text": found.text})
    if post is not None:
        found = _own_draft(request, pk)
        if form.is_valid():
            try:
                return _save(request, found, form.cleaned_data["text"].replace("\r\n", "\n"))
            except (Invalid, Conflict) as refused:
                form.add_error("text", str(refused))
    context = {
        "policy": found,
        "form": form,
        "seen": request.POST.get("seen", found.sha256),
        **_may(request.user, found),
    }
    return render(request, "runs/policy_text.html", context, status=422 if form.errors else 200)


@role_required(*DRAFTERS)
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    policy_services.discard_draft(actor=request.user, policy_id=pk)
    messages.success(request, "The draft is discarded. It can still be read.")
    return redirect("runs:policies")


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    """What is signed, beside what it changes; and the signature."""
    if request.method == "POST":
        signed = policy_services.sign_policy(actor=request.user, policy_id=pk, seen_sha256=request.POST.get("seen", ""))
        messages.success(request, f"Signed: {signed}. Runs may now be made under it.")
        return redirect("runs:policy", pk)
    draft = policy_queries.policy_or_404(request.user, pk)
    before = policy_queries.signed_before(draft)
    context = {
        "policy": draft,
        "given": policy_text.parsed(draft.text),
        "lines": policy_text.shown(policy_text.parsed(draft.text)),
        "before": before,
        "rows": policy_text.compared(before.text, draft.text) if before else [],
        **_may(request.user, draft),
    }
    return render(request, "runs/sign_policy.html", context)


@role_required(*READERS)
@require_GET
def compare_texts(request: StaffRequest) -> HttpResponse:
    """Two policies sentence by sentence."""
    form = policy_forms.PickTwoForm(request.GET or None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        before, after = form.cleaned_data["before"], form.cleaned_data["after"]
        rows = policy_text.compared(before.text, after.text)
        context |= {"before": before, "after": after, "rows": rows, "same": all(mark == " " for mark, _ in rows)}
    return render(request, "runs/compare_policies.html", context, status=422 if form.errors else 200)


@role_required(*READERS)
@require_GET
def rule_book(request: StaffRequest, pk: int) -> HttpResponse:
    """The policy's rules in plain English, made from the rules."""
    found = policy_queries.policy_or_404(request.user, pk)
    return render(request, "runs/rule_book.html", rule_books.context(found))


@role_required(*READERS)
@require_GET
def rule_book_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The rule book for print: tagged, titled, the same bytes for the same policy."""
    found = policy_queries.policy_or_404(request.user, pk)
    name = f"rule-book-{found.name}-{f'version-{found.version}' if found.version else f'draft-{found.pk}'}.pdf"
    return HttpResponse(
        rule_books.pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
