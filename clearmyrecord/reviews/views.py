"""One conviction: what was found and why, the record beside it, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid, NotFound
from clearmyrecord.office.access import READERS, StaffRequest, attorney_required, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import forms, outside, overriding, queries, services
from clearmyrecord.reviews.filters import QueueFilter, filtered
from clearmyrecord.reviews.questions import ATTORNEY, open_questions
from clearmyrecord.runs import queries as runs
from eligibility.law.code_sections import printed
from eligibility.stated import STATABLE

REVIEWERS = (Role.ANALYST, Role.SUPERVISOR)


@role_required(*READERS)
@require_GET
def conviction(request: StaffRequest, pk: int) -> HttpResponse:
    """One conviction with everything that bears on it."""
    return _page(request, queries.standing_of(pk))


def _page(request: StaffRequest, row: Any, **bound: django_forms.Form) -> HttpResponse:
    """The page of `row`; forms in `bound` come back with their errors."""
    subject = row.conviction.subject
    people = records.person_ids(subject.pk)
    user = request.user
    stated = overriding.stated_of([row.conviction_id])[row.conviction_id]
    may_decide = overriding.reviews(user) and (row.question_kind != "law" or user.is_attorney)
    asked = open_questions([row])[row.pk]
    for_ground = row.outside and row.standing_outcome in queries.RELIEF
    context = {
        "row": row,
        "subject": subject,
        "section": printed(row.conviction.code_section) if row.conviction.code_section else "not readable",
        "new_section": printed(row.standing_new_section) if row.standing_new_section else "",
        "questions": [_asked(each, user, bound) for each in asked],
        "explanation": runs.explanation(row),
        "source_rows": runs.source_rows(row),
        "stated": [(each, STATABLE[each.fact].label) for each in runs.stated_facts([row.conviction_id])],
        "history": records.history_of(people),
        "review": queries.review_of(row.conviction_id),
        "decisions": queries.decisions_of(row.conviction_id),
        "comments": queries.comments_on(row.conviction_id),
        "not_in_newest_file": records.not_in_newest_file(row.conviction),
        "reviews": overriding.reviews(user),
        "may_decide": may_decide,
        "may_accept": may_decide and row.review_state == "open" and row.outcome != "hand_review",
        "comments_too": user.role in REVIEWERS,
        "ground_words": outside.says(row.ground) if row.ground else "",
        "override_form": bound.get("override") or forms.OverrideForm(row=row, stated=stated),
        "withdraw_form": bound.get("withdraw") or forms.ReasonForm(prefix="withdraw"),
        "comment_form": bound.get("comment") or forms.CommentForm(),
        "ground_form": bound.get("ground") or (forms.GroundForm(row=row) if for_ground and user.is_attorney else None),
        "for_ground": for_ground,
        **_place(request, row.conviction_id),
    }
    audit.viewed(request, people, "page", target=row.conviction)
    return render(request, "reviews/conviction.html", context, status=422 if bound else 200)


def _asked(question: Any, user: Any, bound: dict[str, django_forms.Form]) -> dict[str, Any]:
    """A question with the form that answers it, where this user may answer."""
    may_answer = overriding.reviews(user) and (question.who != ATTORNEY or user.is_attorney)
    form_class = forms.ANSWERS.get(question.code)
    form = bound.get(question.code) or (form_class(prefix=question.code) if form_class and may_answer else None)
    return {"code": question.code, "text": question.text, "who": question.who, "form": form}


def _place(request: StaffRequest, conviction_id: int) -> dict[str, Any]:
    """Where the conviction stands in the queue as filtered: the ones before and after it."""
    rows = queries.standing()
    coded = QueueFilter(request.GET, rows=rows).coded()
    ids = list(filtered(rows, coded).values_list("conviction_id", flat=True))
    place = ids.index(conviction_id) if conviction_id in ids else None
    return {
        "filter": urlencode(coded),
        "position": None if place is None else place + 1,
        "total": len(ids),
        "previous_id": ids[place - 1] if place else None,
        "next_id": ids[place + 1] if place is not None and place + 1 < len(ids) else None,
    }


def _seen(request: StaffRequest) -> int:
    """The determination that was shown; a decision on another one is a conflict."""
    try:
        return int(request.POST.get("determination", ""))
    except ValueError:
        raise Invalid("The page was sent incomplete. Reload it and try again.") from None


def _to(pk: int, coded: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('reviews:conviction', args=[pk])}?{coded}")


def _next(request: StaffRequest, place: dict[str, Any]) -> HttpResponse:
    """On to the next of the queue; at its end back to the list."""
    if place["next_id"]:
        return _to(place["next_id"], place["filter"])
    return HttpResponseRedirect(f"{reverse('reviews:queue')}?{place['filter']}")


def _decided(
    request: StaffRequest,
    pk: int,
    *,
    name: str,
    form: django_forms.Form,
    act: Callable[[], object],
    said: str,
    on: bool = False,
) -> HttpResponse:
    """Do it if the form is right, else show the page with what is wrong. `on`: go on to the next of the queue."""
    place = _place(request, pk)
    if form.is_valid():
        try:
            act()
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return _next(request, place) if on else _to(pk, place["filter"])
    return _page(request, queries.standing_of(pk), **{name: form})


@role_required(*REVIEWERS)
@require_POST
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    place = _place(request, pk)
    services.accept(actor=request.user, determination_ids=[_seen(request)], singly=True)
    messages.success(request, "Accepted.")
    return _next(request, place)


@role_required(*REVIEWERS)
@require_POST
def override(request: StaffRequest, pk: int) -> HttpResponse:
    row = queries.standing_of(pk)
    stated = overriding.stated_of([pk])[pk]
    form = forms.OverrideForm(request.POST, row=row, stated=stated)

    def act() -> None:
        services.override(actor=request.user, determination_ids=[_seen(request)], singly=True, **form.cleaned_data)

    return _decided(request, pk, name="override", form=form, act=act, said="Overridden.", on=True)


@role_required(*REVIEWERS)
@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    services.confirm_override(actor=request.user, determination_id=_seen(request))
    messages.success(request, "The override is confirmed.")
    return _to(pk, _place(request, pk)["filter"])


@role_required(*REVIEWERS)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, prefix="withdraw")

    def act() -> None:
        services.withdraw_override(actor=request.user, determination_id=_seen(request), **form.cleaned_data)

    return _decided(request, pk, name="withdraw", form=form, act=act, said="The override is withdrawn.")


@role_required(*REVIEWERS)
@require_POST
def comment(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.CommentForm(request.POST)

    def act() -> None:
        services.comment(actor=request.user, conviction_id=pk, **form.cleaned_data)

    return _decided(request, pk, name="comment", form=form, act=act, said="Your comment is kept.")


@attorney_required
@require_POST
def ground(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.GroundForm(request.POST, row=queries.standing_of(pk))

    def act() -> None:
        services.choose_ground(actor=request.user, determination_id=_seen(request), **form.cleaned_data)

    return _decided(request, pk, name="ground", form=form, act=act, said="The ground is chosen.")


@role_required(*REVIEWERS)
@require_POST
def answer(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Answer one of the questions that a stated fact settles."""
    form_class = forms.ANSWERS.get(code)
    if form_class is None:
        raise NotFound("There is no such question.")
    form = form_class(request.POST, prefix=code)

    def act() -> None:
        fact, value = form.stated()
        source = form.cleaned_data["source"]
        services.answer(actor=request.user, determination_id=_seen(request), fact=fact, value=value, source=source)

    said = "Your answer is kept and the conviction was looked at again."
    return _decided(request, pk, name=code, form=form, act=act, said=said)
