"""Home."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord.desk import queries
from clearmyrecord.office.access import READERS, StaffRequest, signed_in
from clearmyrecord.runs import comparisons
from clearmyrecord.runs import queries as runs

EMPTY = {
    "analyst": "Upload a record file, or compose a batch of what is reviewed.",
    "supervisor": "No batch waits for your approval.",
    "administrator": "Courts are mapped and no account is locked.",
    "auditor": "Nothing was seen or done today.",
    "public_defender": "No batch of the office is given to you now. A supervisor of the office gives them.",
}


@signed_in
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """What needs me now?"""
    user = request.user
    context: dict[str, object] = {"tasks": queries.tasks_for(user), "nothing": EMPTY[user.role]}
    if user.role in READERS:
        run = runs.current_run()
        context |= {"run": run, "since": comparisons.since_before(user, run)}
    return render(request, "desk/home.html", context)
