"""The watch list, and what a date brings. Both look ahead from today and decide nothing."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.runs import policy_queries, prepared, queries, what_if
from clearmyrecord.runs.models import PreparedHistory, Run
from clearmyrecord.schedules import forms, watching

ROWS_ON_A_PAGE = 50


@role_required(*READERS)
@require_GET
def watch(request: StaffRequest) -> HttpResponse:
    """Who becomes eligible within 30, 60 and 90 days, through which rule, on which day."""
    run = queries.current_run()
    gathered = prepared.ready(run) if run is not None else None
    if run is None or gathered is None:
        return _not_ready(request, run)
    today = office.today()
    watched = watching.watch_list(run, gathered, today=today)
    asked = request.GET.get("within", "")
    within = int(asked) if asked.isdigit() and int(asked) in watching.WINDOWS else watching.WINDOWS[-1]
    chosen = [each for each in watched if each.days <= within]
    page = Paginator(chosen, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    people = watching.names_of(shown)
    audit.viewed(request, people, "list", target=run)
    context: dict[str, Any] = {
        "run": run,
        "today": today,
        "within": within,
        "windows": [(days, sum(each.days <= days for each in watched)) for days in watching.WINDOWS],
        "by_rule": watching.by_rule(watched),
        "page_obj": page,
        "rows": [(each, people.get(each.person)) for each in shown],
        "since": watching.eligible_since(run, gathered, today=today),
    }
    return render(request, "schedules/watch.html", context)


@role_required(*READERS)
@require_GET
def on_date(request: StaffRequest) -> HttpResponse:
    """What a policy, and the law as it then is, would change from a day on."""
    run = queries.current_run()
    gathered = prepared.ready(run) if run is not None else None
    if run is None or gathered is None:
        return _not_ready(request, run)
    today = office.today()
    known = what_if.choices(list(policy_queries.policies(request.user)))
    own = str(run.policy_id)
    labels = [(code, f"{each.label} (the run in use)" if code == own else each.label) for code, each in known.items()]
    asked = request.GET if "then" in request.GET else None
    form = forms.OnDateForm(asked, choices=labels, today=today, initial={"policy": own, "then": today})
    context: dict[str, Any] = {"run": run, "today": today, "form": form}
    if form.is_bound and form.is_valid():
        policy, then = form.cleaned_data["policy"], form.cleaned_data["then"]
        by_time, by_policy = watching.on_date(run, gathered, known[policy].text, today=today, then=then)
        context |= {"by_time": by_time, "by_policy": by_policy, "then": then, "is_own": policy == own}
        context["label"] = known[policy].label
    return render(request, "schedules/on_date.html", context, status=422 if form.errors else 200)


def _not_ready(request: StaffRequest, run: Run | None) -> HttpResponse:
    """Before a run is in use, or while a worker gathers its people; the page then asks again by itself."""
    row = PreparedHistory.objects.filter(run=run).first() if run is not None else None
    failed = row is not None and row.work_state == work.Work.WorkState.FAILED
    return render(request, "schedules/watch_preparing.html", {"run": run, "failed": failed})
