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
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import places
from clearmyrecord.office.access import READERS, StaffRequest, attorney_required, role_required
from clearmyrecord.office.models import Role, User
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import (
    answering,
    changed_since,
    forms,
    opposing,
    opposing_queries,
    outside,
    overriding,
    queries,
    second_person,
    services,
)
from clearmyrecord.reviews import said as everything_said
from clearmyrecord.reviews.filters import coded_in
from clearmyrecord.reviews.questions import ATTORNEY, questions_on
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs import queries as runs
from eligibility.law.code_sections import printed

REVIEWERS = (Role.ANALYST, Role.SUPERVISOR)
KEYS = "review_keys"
LAST = "last_decision"
PLACE = "the conviction that you had open"


@role_required(*READERS)
@require_GET
def conviction(request: StaffRequest, pk: int) -> HttpResponse:
    """One conviction with everything that bears on it.

    With the header X-Prefetch it is the next one of somebody who looks at another still: sent, but not open yet.
    """
    return _page(request, queries.on_page(pk, request.user))


def _page(request: StaffRequest, row: Any, **bound: django_forms.Form) -> HttpResponse:
    """The page of a row of `queries.on_page`; forms in `bound` come back with their errors."""
    user, said = request.user, everything_said.on(row.conviction_id)
    history, review = records.history_of(row.persons), getattr(row.conviction, "review", None)
    facts = [each for each in said if each.kind == "fact" and each.stands]
    context = {
        "row": row,
        "subject": row.conviction.subject,
        "section": printed(row.conviction.code_section) if row.conviction.code_section else "not readable",
        "new_section": printed(row.standing_new_section) if row.standing_new_section else "",
        "questions": [_asked(each, user, bound) for each in questions_on(row)],
        "lines": runs.lines_of_trace(row),
        "source_rows": runs.source_rows(row),
        "stated": facts,
        "history": history,
        "review": review,
        "decisions": [each for each in said if each.kind != "comment"],
        "comments": [each for each in reversed(said) if each.kind == "comment"],
        "not_in_newest_file": history and history[0].file.pk != _newest_file(row),
        "ground_words": outside.says(row.ground) if row.ground else "",
        "decided": opposing_queries.decided_on(row),
        "override_by": next((each.by for each in said if each.kind == "override" and each.stands), ""),
        "changes": changed_since.since(review, row, said) if review is not None and review.changed else [],
        "keys": request.session.get(KEYS, True),
        "last": request.session.get(LAST),
        **_forms(row, user, {each.what: each.value for each in facts}, bound),
        **_place(request, row),
    }
    if "X-Prefetch" in request.headers:
        audit.viewed(request, row.persons, "prefetch", target=row.conviction)
    else:
        services.opened(actor=user, conviction_id=row.conviction_id)
        places.remember(request, PLACE)
        audit.viewed(request, row.persons, "page", target=row.conviction)
    return render(request, "reviews/conviction.html", context, status=422 if bound else 200)


def _newest_file(row: Any) -> int | None:
    """The file whose reading stands for the conviction."""
    reading = row.conviction.newest_reading
    return reading.file_subject.file_id if reading is not None else None


def _forms(
    row: Any, user: User, stated: overriding.Stated, bound: dict[str, django_forms.Form]
) -> dict[str, django_forms.Form | bool | None]:
    """What this user may do to the row, and the forms to do it."""
    reviews = overriding.reviews(user)
    may_decide = reviews and (row.question_kind != "law" or user.is_attorney)
    for_ground = row.outside and row.standing_outcome in queries.RELIEF
    asks_to_oppose = row.asks_possible_prior or row.asks_barred
    may_oppose = user.is_attorney and reviews and opposing.may_be_opposed(row)
    return {
        "reviews": reviews,
        "may_decide": may_decide,
        "may_accept": may_decide and row.review_state == "open" and row.outcome != "hand_review",
        "is_second": second_person.may_be_second(user, row),
        "comments_too": user.role in REVIEWERS,
        "for_ground": for_ground,
        "override_form": bound.get("override") or forms.OverrideForm(row=row, stated=stated),
        "refuse_form": bound.get("refuse") or forms.ReasonForm(prefix="refuse"),
        "opposition_form": bound.get("opposition") or (forms.OppositionForm(row=row) if may_oppose else None),
        "asks_to_oppose": asks_to_oppose,
        "withdraw_form": bound.get("withdraw") or forms.ReasonForm(prefix="withdraw"),
        "comment_form": bound.get("comment") or forms.CommentForm(),
        "ground_form": bound.get("ground") or (forms.GroundForm(row=row) if for_ground and user.is_attorney else None),
    }


@role_required(*READERS)
@require_GET
def facts(request: StaffRequest, pk: int) -> HttpResponse:
    """What the rules looked at, looked up when somebody asks: the engine goes through the person's rows again."""
    row = queries.standing_of(pk)
    audit.viewed(request, [row.conviction.subject_id], "page", target=row.conviction)
    return render(request, "reviews/_facts.html", {"facts": runs.explanation(row).facts})


@role_required(*READERS)
@require_POST
def opened(request: StaffRequest, pk: int) -> HttpResponse:
    """A page that was sent ahead is open now; answers who else has it open."""
    services.opened(actor=request.user, conviction_id=queries.standing_of(pk).conviction_id)
    places.remember_sender(request, PLACE)
    row = queries.on_page(pk, request.user)
    return render(request, "reviews/_elsewhere.html", {"row": row})


@role_required(*REVIEWERS)
@require_POST
def keys(request: StaffRequest) -> HttpResponse:
    """Turn the single keys on or off for this session: who dictates to the computer needs them off (WCAG 2.1.4)."""
    request.session[KEYS] = request.POST.get("on") == "yes"
    return HttpResponse(status=204)


def _asked(question: Any, user: Any, bound: dict[str, django_forms.Form]) -> dict[str, Any]:
    """A question with the form that answers it, where this user may answer."""
    may_answer = overriding.reviews(user) and (question.who != ATTORNEY or user.is_attorney)
    form_class = forms.ANSWERS.get(question.code)
    form = bound.get(question.code) or (form_class(prefix=question.code) if form_class and may_answer else None)
    return {"code": question.code, "text": question.text, "who": question.who, "form": form}


def _place(request: StaffRequest, row: Any) -> dict[str, Any]:
    """Where the conviction stands in the queue as filtered: the ones before and after it."""
    search = queries.search_of(request.user, request.GET.get("search", ""))
    coded = coded_in(request.GET, search)
    previous_id, next_id = tally(row.run, search).beside(coded, row.conviction_id)
    return {"filter": urlencode(coded), "previous_id": previous_id, "next_id": next_id}


def _coded(request: StaffRequest) -> dict[str, str]:
    """The filter of the queue that the conviction was opened from."""
    return coded_in(request.GET, queries.search_of(request.user, request.GET.get("search", "")))


def _seen(request: StaffRequest, what: str = "determination") -> int:
    """The determination (or override) that was shown; a decision on another one is a conflict."""
    try:
        return int(request.POST.get(what, ""))
    except ValueError:
        raise Invalid("The page was sent incomplete. Reload it and try again.") from None


def _to(pk: int, coded: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('reviews:conviction', args=[pk])}?{coded}")


def _next(request: StaffRequest, row: Any, place: dict[str, Any], said: str) -> HttpResponse:
    """On to the next of the queue, at its end back to the list; what was decided can be undone from there.

    Who fetched a page ahead (X-Next-Known holds its id) is only told where the next one is, and shows that page if it
    is the one.
    """
    if place["next_id"]:
        on = _to(place["next_id"], place["filter"])
    else:
        on = HttpResponseRedirect(f"{reverse('reviews:queue')}?{place['filter']}")
    last = {"conviction": row.conviction_id, "determination": row.pk, "said": said, "filter": place["filter"]}
    request.session[LAST] = last
    known = request.headers.get("X-Next-Known")
    if known != str(place["next_id"]):
        messages.success(request, said)
    return on if known is None else HttpResponse(status=204, headers={"X-Next": on.url, "X-Said": said})


def _decided(
    request: StaffRequest, row: Any, *, name: str, form: django_forms.Form, act: Callable[[], object], said: str
) -> HttpResponse:
    """Do it if the form is right, else show the page with what is wrong."""
    if form.is_valid():
        try:
            act()
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return _to(row.conviction_id, urlencode(_coded(request)))
    return _page(request, queries.on_page(row.conviction_id, request.user), **{name: form})


@role_required(*REVIEWERS)
@require_POST
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    row = queries.standing_of(pk)
    place = _place(request, row)
    services.accept(actor=request.user, determination_ids=[_seen(request)], singly=True)
    return _next(request, row, place, "Accepted.")


@role_required(*REVIEWERS)
@require_POST
def override(request: StaffRequest, pk: int) -> HttpResponse:
    row = queries.standing_of(pk)
    place = _place(request, row)
    form = forms.OverrideForm(request.POST, request.FILES, row=row, stated=overriding.stated_of([pk])[pk])
    if form.is_valid():
        seen = _seen(request)
        try:
            services.override(actor=request.user, determination_ids=[seen], singly=True, **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            two = overriding.takes_two(row, form.cleaned_data["outcome"])
            said = "Overridden; it waits for a second person to confirm it." if two else "Overridden."
            return _next(request, row, place, said)
    return _page(request, queries.on_page(pk, request.user), override=form)


@role_required(*REVIEWERS)
@require_POST
def undo(request: StaffRequest) -> HttpResponse:
    """Take back the last decision of this session and show its conviction again."""
    last = request.session.get(LAST)
    if last is None:
        raise Conflict("There is nothing to undo.")
    services.undo(actor=request.user, determination_id=last["determination"])
    del request.session[LAST]
    messages.success(request, "Undone: it is open again.")
    return HttpResponseRedirect(f"{reverse('reviews:conviction', args=[last['conviction']])}?{last['filter']}")


@role_required(*REVIEWERS)
@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    services.confirm_override(actor=request.user, determination_id=_seen(request))
    messages.success(request, "The override is confirmed.")
    return _to(pk, urlencode(_coded(request)))


@role_required(*REVIEWERS)
@require_POST
def confirm_second(request: StaffRequest, pk: int) -> HttpResponse:
    """A second person's word that somebody else's override stands."""
    second_person.confirm(actor=request.user, determination_id=_seen(request), override_id=_seen(request, "override"))
    messages.success(request, "You confirmed the override: it stands.")
    return _to(pk, urlencode(_coded(request)))


@role_required(*REVIEWERS)
@require_POST
def refuse_second(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, prefix="refuse")

    def act() -> None:
        seen, of = _seen(request), _seen(request, "override")
        second_person.refuse(actor=request.user, determination_id=seen, override_id=of, **form.cleaned_data)

    said = "You refused the override: what the run found stands again and is open."
    return _decided(request, queries.standing_of(pk), name="refuse", form=form, act=act, said=said)


@attorney_required
@require_POST
def oppose(request: StaffRequest, pk: int) -> HttpResponse:
    """An attorney's decision to oppose relief or not."""
    row = queries.standing_of(pk)
    form = forms.OppositionForm(request.POST, request.FILES, row=row)

    def act() -> None:
        opposing.decide(actor=request.user, determination_id=_seen(request), **form.chosen())

    return _decided(request, row, name="opposition", form=form, act=act, said="Your decision is kept.")


@role_required(*REVIEWERS)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, prefix="withdraw")

    def act() -> None:
        services.withdraw_override(actor=request.user, determination_id=_seen(request), **form.cleaned_data)

    return _decided(
        request, queries.standing_of(pk), name="withdraw", form=form, act=act, said="The override is withdrawn."
    )


@role_required(*REVIEWERS)
@require_POST
def comment(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.CommentForm(request.POST)

    def act() -> None:
        services.comment(actor=request.user, conviction_id=pk, **form.cleaned_data)

    return _decided(request, queries.standing_of(pk), name="comment", form=form, act=act, said="Your comment is kept.")


@attorney_required
@require_POST
def ground(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.GroundForm(request.POST, row=queries.standing_of(pk))

    def act() -> None:
        answering.choose_ground(actor=request.user, determination_id=_seen(request), **form.cleaned_data)

    return _decided(request, queries.standing_of(pk), name="ground", form=form, act=act, said="The ground is chosen.")


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
        answering.answer(actor=request.user, determination_id=_seen(request), fact=fact, value=value, source=source)

    said = "Your answer is kept and the conviction was looked at again."
    return _decided(request, queries.standing_of(pk), name=code, form=form, act=act, said=said)
