"""Home."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from clearmyrecord.desk import queries
from clearmyrecord.desk.first_steps import paths_for
from clearmyrecord.office import places
from clearmyrecord.office.access import READERS, StaffRequest, signed_in
from clearmyrecord.office.models import User
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.runs import comparisons
from clearmyrecord.runs import queries as runs

GROUPS = (queries.WAITS, queries.CAME_BACK, queries.RUNNING)
EMPTY = {
    "analyst": ("Upload a record file, or compose a batch of what is reviewed.", "records:files", "Record files"),
    "supervisor": (
        "Batches appear here once an analyst submits them. Meanwhile you may look at what the run found.",
        "runs:runs", "Open the runs",
    ),
    "administrator": ("Courts are mapped and no account is locked.", "office:users", "Open the accounts"),
    "auditor": ("Nothing was seen or done today.", "office:trail", "Open the trail"),
    "public_defender": (
        "No batch of the office is given to you now. A supervisor of the office gives them.",
        "batches:given", "Batches given to you",
    ),
}  # fmt: skip
"""By role: what an empty home says, and where to go from it."""


@signed_in
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """What waits for me, what came back, what is running; and on where I stopped."""
    user = request.user
    tasks = queries.tasks_for(user)
    groups = [(title, [task for task in tasks if task.group == title]) for title in GROUPS]
    text, url_name, label = EMPTY[user.role]
    context: dict[str, Any] = {
        "tasks": tasks,
        "groups": [(title, group) for title, group in groups if group],
        "nothing": {"text": text, "url": reverse(url_name), "label": label},
        "place": places.last(request) or _last_conviction(user),
        "paths": [] if user.first_steps_dismissed_at else paths_for(user),
    }
    if user.role in READERS:
        run = runs.current_run()
        context |= {"run": run, "since": comparisons.since_before(user, run)}
    return render(request, "desk/home.html", context)


def _last_conviction(user: User) -> places.Place | None:
    """Where an earlier session ended: the conviction that this user had open last."""
    conviction_id = reviews.last_opened(user) if user.role in READERS else None
    if conviction_id is None:
        return None
    return places.Place("the conviction that you had open last", reverse("reviews:conviction", args=[conviction_id]))
