"""The pages of runs and stated facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.records import queries as records
from clearmyrecord.runs import comparisons, forms, policy_queries, queries, services
from clearmyrecord.runs.models import Run, StatedFact
from eligibility.policy import OUTCOMES
from eligibility.stated import STATABLE

RUNS_ON_A_PAGE = 25
ROUTES = ("completed", "serving", "unknown")


def _sent(request: StaffRequest) -> QueryDict | None:
    """What a form sent, an empty one included; None before it was sent."""
    return request.POST if request.method == "POST" else None


@role_required(*READERS)
@require_GET
def runs(request: StaffRequest) -> HttpResponse:
    """All runs, newest first."""
    page = Paginator(queries.runs(request.user), RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "may_change": request.user.role == Role.ANALYST}
    return render(request, "runs/runs.html", context)


@role_required(Role.ANALYST)
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """Choose a policy and evaluate every file."""
    form = forms.StartForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            run = services.start_run(
                actor=request.user,
                policy_id=form.cleaned_data["policy"].pk,
                newest_by=form.cleaned_data["newest_by"],
            )
        except (Invalid, Conflict) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The run has started. You may leave this page.")
            return redirect("runs:run", run.pk)
    context = {"form": form, "policies": policy_queries.usable(), "files": queries.files_to_evaluate()}
    return render(request, "runs/start.html", context, status=422 if form.errors else 200)


def _table(run: Run) -> list[tuple[str, list[int], int]]:
    """Determinations by outcome and route."""
    numbers = run.counts.get("outcome_route", {})
    lines = []
    for outcome in OUTCOMES:
        by_route = [numbers.get(f"{outcome} {route}", 0) for route in ROUTES]
        if any(by_route):
            lines.append((outcome, by_route, sum(by_route)))
    return lines


def _reconciliation(run: Run) -> list[tuple[str, int]]:
    words = {
        "rows_read": "Rows read",
        "rows_counts": "became counts",
        "rows_added_to_one": "add to a count (parts of sentences)",
        "rows_registrations": "registrations",
        "rows_deaths": "deaths",
        "rows_other_events": "other events without a count",
        "rows_matched": "of a court's extract: matched with a DOJ conviction",
        "rows_only_court": "of a court's extract: only there",
        "rows_contradicting": "of a court's extract: contradicting a DOJ conviction",
        "rows_suggested": "of a court's extract: perhaps a DOJ conviction",
        "rows_no_conviction": "of a court's extract: no conviction",
        "rows_set_aside": "set aside, each with its reason",
        "rows_left_over": "Rows left over",
        "convictions_in_scope": "Convictions in scope",
        "determinations": "Determinations",
        "convictions_left_over": "Convictions left over",
    }
    return [(label, run.reconciliation[name]) for name, label in words.items() if name in run.reconciliation]


@role_required(*READERS)
@require_GET
def run(request: StaffRequest, pk: int) -> HttpResponse:
    """One run: progress, counts by outcome, route and reason, people affected, reconciliation."""
    found = queries.run_or_404(request.user, pk)
    context: dict[str, Any] = {
        "run": found,
        "busy": found.state == Run.State.EVALUATING,
        "files": found.files.order_by("uploaded_at"),
        "table": _table(found),
        "rules": sorted(found.counts.get("rule", {}).values(), key=lambda each: (-each["count"], each["rule"])),
        "bases": sorted(found.counts.get("basis", {}).items(), key=lambda each: (-each[1], each[0])),
        "lines": _reconciliation(found),
        "may_change": request.user.role == Role.ANALYST,
        "since": comparisons.since_before(request.user, found),
        "failed_parts": found.chunks.filter(work_state="failed").exists(),
        **_progress(found),
    }
    return render(request, "runs/run.html", context)


def _progress(run: Run) -> dict[str, int]:
    done, total = queries.progress(run)
    return {"done": done, "total": total}


@role_required(*READERS)
@require_GET
def run_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the run is; once it is done the page is fetched anew."""
    found = queries.run_or_404(request.user, pk)
    busy = found.state == Run.State.EVALUATING
    response = render(request, "runs/_progress.html", {"run": found, "busy": busy, **_progress(found)})
    if not busy:
        response["HX-Refresh"] = "true"
    return response


@role_required(Role.ANALYST)
@require_POST
def use(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a finished run the office's."""
    services.use_run(actor=request.user, run_id=pk)
    messages.success(request, "The office now works with this run. Acceptances that no longer fit are open again.")
    return redirect("runs:run", pk)


@role_required(Role.ANALYST)
@require_POST
def try_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Evaluate the failed parts of a run again."""
    services.try_again(actor=request.user, run_id=pk)
    messages.success(request, "The failed parts are evaluated again.")
    return redirect("runs:run", pk)


@role_required(*READERS)
@require_GET
def trace(request: StaffRequest, pk: int) -> HttpResponse:
    """One determination in full, for the pages that open it in place: lines, facts, and what was found before."""
    found = queries.determination_or_404(request.user, pk)
    before = queries.previous_determinations(found)
    context: dict[str, Any] = {
        "determination": found,
        "lines": queries.lines_of_trace(found),
        "before": [(each, queries.lines_of_trace(each)) for each in before if each.pk < found.pk],
        "only_before": "before" in request.GET,
        "may_state": request.user.role in (Role.ANALYST, Role.SUPERVISOR),
    }
    if found.superseded_at is None and not context["only_before"]:
        context["facts"] = queries.explanation(found).facts
    audit.viewed(request, [found.conviction.subject_id], "page", target=found.conviction)
    return render(request, "runs/_trace.html", context)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_GET
def facts(request: StaffRequest, conviction_id: int) -> HttpResponse:
    """What was stated about a conviction, and what else can be."""
    conviction = records.conviction_or_404(request.user, conviction_id)
    audit.viewed(request, [conviction.subject_id], "page")
    stated = queries.stated_facts([conviction.pk])
    context = {
        "conviction": conviction,
        "stated": [(each, STATABLE[each.fact].label) for each in stated],
        "statable": STATABLE.items(),
        "determination": queries.determination_of(conviction.pk),
    }
    return render(request, "runs/facts.html", context)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def fact_form(request: StaffRequest, conviction_id: int, fact: str) -> HttpResponse:
    """State one fact. The person is evaluated again before the next page is shown."""
    if fact not in STATABLE:
        raise NotFound("No such fact can be stated.")
    conviction = records.conviction_or_404(request.user, conviction_id)
    form = forms.FactForm(_sent(request), fact=fact)
    if request.method == "POST" and form.is_valid():
        try:
            services.state_fact(
                actor=request.user,
                conviction_id=conviction.pk,
                fact=fact,
                value=form.value(),
                source=form.cleaned_data["source"],
            )
        except (Invalid, Conflict) as refused:
            form.add_error("value", str(refused))
        else:
            messages.success(request, "The fact is kept and the subject was evaluated again.")
            return redirect("reviews:conviction", conviction.pk)
    audit.viewed(request, [conviction.subject_id], "page")
    context = {"form": form, "conviction": conviction, "label": STATABLE[fact].label}
    return render(request, "runs/fact.html", context, status=422 if form.errors else 200)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_POST
def withdraw_fact(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a stated fact back, with a reason."""
    stated = StatedFact.objects.filter(pk=pk).first()
    if stated is None:
        raise NotFound("There is no such stated fact.")
    form = forms.WithdrawForm(request.POST)
    if form.is_valid():
        services.withdraw_fact(actor=request.user, stated_fact_id=pk, reason=form.cleaned_data["reason"])
        messages.success(request, "The fact is withdrawn and the subject was evaluated again.")
    else:
        messages.error(request, "Say why the fact is withdrawn.")
    return redirect("runs:facts", stated.conviction_id)
