"""The pages of what-if: figures side by side, the people behind them, and the moved options as a draft."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.runs import policy_queries, policy_services, policy_text, prepared, queries, what_if
from clearmyrecord.runs.models import PreparedHistory, Run
from clearmyrecord.runs.prepared import Gathered

PEOPLE_ON_A_PAGE = 25
NOT_OF_THE_QUESTION = ("side", "group", "page", "csrfmiddlewaretoken", "own_title", "authority")


def _state(asked: QueryDict) -> QueryDict:
    """What of an address or a form is the question itself."""
    state = asked.copy()
    for name in NOT_OF_THE_QUESTION:
        state.pop(name, None)
    return state


@role_required(*READERS)
@require_GET
def figures(request: StaffRequest) -> HttpResponse:
    """Choose policies, move options, and see what each would relieve."""
    run = queries.current_run()
    if run is None:
        return render(request, "runs/what_if_empty.html")
    gathered = prepared.ready(run)
    if gathered is None:
        return _preparing(request, run)
    known = what_if.choices(list(policy_queries.policies(request.user)))
    asked = what_if.question(request.GET, run, known)
    context = {
        "run": run,
        "asked": asked,
        "chosen": [each.code for each in asked.beside],
        "choices": [each for each in known.values() if each.code != str(run.policy_id)],
        "bases": known.values(),
        "lines": policy_text.shown(asked.given),
        "outcomes": policy_text.OUTCOME_VERBS.items(),
        "may_draft": request.user.role in policy_services.DRAFTERS,
        **_answered(request, run, gathered, asked),
    }
    headers = request.headers
    part = headers.get("HX-Request") and not headers.get("HX-History-Restore-Request")
    status = 422 if context["wrong"] else 200
    return render(request, "runs/_answer.html" if part else "runs/what_if.html", context, status=status)


def _answered(request: StaffRequest, run: Run, gathered: Gathered, asked: what_if.Question) -> dict[str, Any]:
    state = _state(request.GET)
    found: dict[str, Any] = {"wrong": what_if.faults(asked), "state": state.urlencode(), "fields": list(state.lists())}
    if not found["wrong"]:
        started = time.perf_counter()
        found["sides"], _ = what_if.answer(run, gathered, asked)
        found["took"] = round(1000 * (time.perf_counter() - started))
    return found


def _preparing(request: StaffRequest, run: Run) -> HttpResponse:
    """While a worker gathers the run's history the page asks again by itself."""
    row = PreparedHistory.objects.get(run=run)
    failed = row.work_state == work.Work.WorkState.FAILED
    template = "runs/_preparing.html" if request.headers.get("HX-Request") else "runs/what_if_preparing.html"
    return render(request, template, {"run": run, "failed": failed, "address": request.get_full_path()})


@role_required(*READERS)
@require_GET
def progress(request: StaffRequest) -> HttpResponse:
    """Whether the history is there; once it is, the page is fetched anew."""
    run = queries.current_run()
    if run is None or prepared.ready(run) is not None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _preparing(request, run)


@role_required(*READERS)
@require_POST
def prepare_again(request: StaffRequest) -> HttpResponse:
    """Gather the run's history again after it failed."""
    run = queries.current_run()
    row = PreparedHistory.objects.filter(run=run, work_state=work.Work.WorkState.FAILED).first()
    if row is None:
        raise Conflict("Nothing failed here. Open What if? again.")
    work.start_again(row)
    audit.record(actor=request.user, verb="what_if.prepared_again", target=run)
    return redirect("runs:what_if")


@role_required(*READERS)
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    """Who gains or loses in one way, with the convictions concerned. Each page of people is an event of the trail."""
    run = queries.current_run()
    gathered = prepared.ready(run) if run is not None else None
    if run is None or gathered is None:
        return redirect(f"{reverse('runs:what_if')}?{_state(request.GET).urlencode()}")
    known = what_if.choices(list(policy_queries.policies(request.user)))
    asked = what_if.question(request.GET, run, known)
    if wrong := what_if.faults(asked):
        raise Invalid(wrong[0].message)
    sides, _ = what_if.answer(run, gathered, asked)
    side = request.GET.get("side", "")
    if not side.isdigit() or int(side) >= len(sides):
        raise Invalid("These figures have changed. Open What if? again.")
    title, table = what_if.changes(sides[int(side)], request.GET.get("group", ""))
    page = Paginator(what_if.people_of(table), PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = what_if.by_person(table, list(page.object_list), gathered)
    audit.viewed(request, [subject.pk for subject, _ in shown], "list", target=run)
    context = {
        "title": title,
        "before": sides[0].label,
        "convictions": table.num_rows,
        "page_obj": page,
        "shown": shown,
        "state": _state(request.GET).urlencode(),
    }
    return render(request, "runs/what_if_people.html", context)


@role_required(*policy_services.DRAFTERS)
@require_POST
def save(request: StaffRequest) -> HttpResponse:
    """Keep the moved options as a draft policy."""
    run = queries.current_run()
    if run is None:
        raise Conflict("There is no run in use.")
    state = _state(request.POST)
    asked = what_if.question(state, run, what_if.choices(list(policy_queries.policies(request.user))))
    given = asked.given
    if authority := request.POST.get("authority", "").strip():
        given["authority"] = authority
    try:
        draft = policy_services.draft_policy(
            actor=request.user,
            text=policy_text.written(given),
            own_title=request.POST.get("own_title", ""),
            based_on=asked.base.policy,
        )
    except (Invalid, Conflict) as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('runs:what_if')}?{state.urlencode()}")
    messages.success(request, "The moved options are a draft of yours. A supervisor who did not draft it can sign it.")
    return redirect("runs:policy", draft.pk)
