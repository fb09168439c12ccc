"""The page where people disagree with the engine."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.reviews.disagreements import Disagreement, disagreements
from clearmyrecord.runs import policy_services
from clearmyrecord.runs import queries as runs


@role_required(*READERS)
@require_GET
def where(request: StaffRequest) -> HttpResponse:
    """By rule and section: how often people decided otherwise than the run in use, and the commonest reasons."""
    run = runs.current_run()
    found = disagreements(run) if run is not None else []
    left = [each for each in found if each.outcome == "hand_review"]
    engine = [each for each in found if each.outcome != "hand_review"]
    context = {
        "run": run,
        "groups": [(each, urlencode(each.asked)) for each in engine if each.otherwise],
        "agreed": sum(not each.otherwise for each in engine),
        "left": [(each, urlencode(each.asked)) for each in left],
        "all": _sums(engine),
        "may_draft": request.user.role in policy_services.DRAFTERS,
    }
    return render(request, "reviews/disagreements.html", context)


def _sums(groups: list[Disagreement]) -> Disagreement:
    """All groups as one."""
    names = ("determinations", "decided", "otherwise")
    return Disagreement("", "", "", "", *(sum(getattr(each, name) for each in groups) for name in names))
