"""The pages of blind second reviews: what waits, one to decide blind, and a disagreement to settle."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, attorney_or, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import overriding
from clearmyrecord.reviews import second_review_queries as queries
from clearmyrecord.reviews import second_reviews as services
from clearmyrecord.reviews.questions import section_words
from clearmyrecord.reviews.second_review_forms import SecondReviewForm, UpholdForm
from clearmyrecord.runs import queries as runs
from eligibility.law.code_sections import printed
from eligibility.stated import STATABLE

REVIEWERS = (Role.ANALYST, Role.SUPERVISOR)
DISAGREEMENTS_ON_A_PAGE = 25
SAID = {
    True: "You came to the same outcome.",
    False: "You came to another outcome: an attorney or a supervisor settles it.",
}


@role_required(*READERS)
@require_GET
def second_reviews(request: StaffRequest) -> HttpResponse:
    """How many wait, how often people agree, and the disagreements to settle."""
    user, found = request.user, office.office()
    page = Paginator(queries.disagreements(), DISAGREEMENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "found": each,
            "section": section_words(each.conviction),
            "may_settle": each.settled_at is None and queries.may_settle(user, each),
        }
        for each in page.object_list
    ]
    audit.viewed(request, {each.conviction.subject_id for each in page.object_list}, "list")
    overall, by_rule = queries.agreement()
    context = {
        "share": found.second_review_share if found is not None else 0,
        "waiting": queries.waiting().count(),
        "mine": queries.waiting_for(user).count(),
        "reviews": overriding.reviews(user),
        "overall": overall,
        "by_rule": by_rule,
        "page_obj": page,
        "lines": lines,
    }
    return render(request, "reviews/second_reviews.html", context)


@role_required(*REVIEWERS)
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Take the next one that the user may decide blind, and open it."""
    taken = services.take(actor=request.user)
    if taken is None:
        messages.info(request, "Nothing waits for a second review by you.")
        return redirect("reviews:second_reviews")
    return redirect("reviews:second_review", taken)


@role_required(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def blind(request: StaffRequest, pk: int) -> HttpResponse:
    """Facts, rules and record of a conviction, and nothing that anybody decided about it."""
    row = queries.taken(request.user, pk)
    outcomes = queries.outcomes_of(row)
    sent = request.POST if request.method == "POST" else None
    form = SecondReviewForm(sent, outcomes=outcomes, engine=row.outcome)
    if form.is_valid():
        try:
            answered = services.answer(
                actor=request.user, second_review_id=pk, determination_id=_seen(request), **form.cleaned_data
            )
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, SAID[bool(answered.agrees)])
            return redirect("reviews:second_reviews")
    return _blind_page(request, row, form)


def _blind_page(request: StaffRequest, row: Any, form: django_forms.Form) -> HttpResponse:
    subject = row.conviction.subject
    persons = records.person_ids(subject.pk)
    stated = runs.stated_facts([row.conviction_id])
    context = {
        "row": row,
        "subject": subject,
        "section": section_words(row.conviction),
        "new_section": printed(row.new_section) if row.new_section else "",
        "lines": runs.lines_of_trace(row),
        "facts": runs.explanation(row).facts,
        "stated": [(STATABLE[each.fact].label, each.value, each.source) for each in stated if each.fact in STATABLE],
        "source_rows": runs.source_rows(row),
        "history": records.history_of(persons),
        "form": form,
    }
    audit.viewed(request, persons, "page", target=row.conviction)
    return render(request, "reviews/second_review.html", context, status=422 if form.errors else 200)


def _seen(request: StaffRequest) -> int:
    """The determination that was shown."""
    value = request.POST.get("determination", "")
    if not value.isdigit():
        raise Invalid("The page was sent incomplete. Reload it and try again.")
    return int(value)


@attorney_or(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Both decisions side by side; the first is upheld here, any other outcome decided on the conviction's own page."""
    found = queries.disagreement_or_404(pk)
    form = UpholdForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.uphold(actor=request.user, second_review_id=pk, **form.cleaned_data)
        messages.success(request, "Settled: the first decision stands.")
        return redirect("reviews:second_reviews")
    audit.viewed(request, [found.conviction.subject_id], "page", target=found.conviction)
    context = {
        "found": found,
        "section": section_words(found.conviction),
        "standing": queries.standing_beside([found]).get(found.conviction_id),
        "may_settle": found.settled_at is None and queries.may_settle(request.user, found),
        "reviews": overriding.reviews(request.user),
        "form": form,
    }
    return render(request, "reviews/settle.html", context, status=422 if form.errors else 200)
