"""The page on which an attorney recommends resentencing under PC 1172.1 for a case of someone serving."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import recommendations
from clearmyrecord.batches.recommendation_form import RecommendationForm
from clearmyrecord.office.access import StaffRequest, attorney_required


@require_http_methods(["GET", "POST"])
@attorney_required
def recommendation(request: StaffRequest, conviction_id: int) -> HttpResponse:
    """The form of facts; or, where the law allows no recommendation, why not."""
    candidate = recommendations.candidate_of(conviction_id)
    counts = recommendations.counts_of(candidate)
    against = recommendations.reasons_against(candidate, counts)
    chosen = candidate.recommendation
    form = None
    if not against:
        form = RecommendationForm(request.POST or None, counts=counts, facts=chosen.facts if chosen else None)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            recommendations.choose(actor=request.user, conviction_id=conviction_id, facts=form.facts())
        except recommendations.NotLawful as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, "Chosen. The case gets a recommendation in place of its motion.")
            return redirect("batches:recommendation", conviction_id)
    audit.viewed(request, [candidate.person], "page", candidate.row.conviction)
    context = {"candidate": candidate, "against": against, "form": form, "chosen": chosen}
    refused_now = request.method == "POST"
    return render(request, "batches/recommendation.html", context, status=422 if refused_now else 200)


@require_POST
@attorney_required
def take_back(request: StaffRequest, conviction_id: int) -> HttpResponse:
    recommendations.take_back(actor=request.user, conviction_id=conviction_id)
    messages.success(request, "Taken back. The case gets a motion again.")
    return redirect("batches:recommendation", conviction_id)
