"""The pages of schedules: the list, one schedule with its due runs, setting up, approval, dry run, one due run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.schedules import calendar, changes, forms, queries, services, steps
from clearmyrecord.schedules import dry_run as trying
from clearmyrecord.schedules.changed_rows import page_of
from clearmyrecord.schedules.models import DueRun, ScheduleVersion

DUE_RUNS_ON_A_PAGE = 20
STEPS = (
    DueRun.State.READING,
    DueRun.State.EVALUATING,
    DueRun.State.COMPARING,
    DueRun.State.DRAFTING,
    DueRun.State.TELLING,
)

setters = role_required(*services.SETTERS)


@role_required(*READERS)
@require_GET
def schedules(request: StaffRequest) -> HttpResponse:
    """Every schedule: what it does, when it is due next, and how the last due run ended."""
    now, rows = timezone.now(), []
    for schedule, version, last in queries.schedules(request.user):
        rows.append({"schedule": schedule, "version": version, "last": last, "next": _next(schedule, version, now)})
    context = {
        "rows": rows,
        "may_set_up": request.user.role in services.SETTERS,
        "to_approve": queries.to_approve(request.user).select_related("schedule", "author"),
    }
    return render(request, "schedules/schedules.html", context)


def _next(schedule: Any, version: ScheduleVersion | None, now: Any) -> Any:
    """When it is due next; None while it isn't running."""
    if version is None or not version.number or schedule.paused_at or schedule.ended_at:
        return None
    return calendar.next_due(version.pattern, timezone.get_default_timezone(), after=now)[0]


@setters
@require_http_methods(["GET", "POST"])
def set_up(request: StaffRequest) -> HttpResponse:
    """Set up a schedule. It takes effect when somebody else approves it."""
    form = forms.SetUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = services.set_up(actor=request.user, name=form.cleaned_data["name"], wanted=form.wanted())
        messages.success(request, "The schedule is set up. It runs once a supervisor other than you approves it.")
        return redirect("schedules:schedule", version.schedule_id)
    return render(request, "schedules/set_up.html", {"form": form}, status=422 if form.errors else 200)


@setters
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose another version of a schedule; the one in force stays so until the new one is approved."""
    found = queries.schedule_or_404(request.user, pk)
    version = services.in_force(found) or found.versions.order_by("-pk").first()
    form = forms.SetUpForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST" and form.is_valid():
        services.change(actor=request.user, schedule_id=pk, wanted=form.wanted())
        messages.success(
            request, "The change is proposed. It takes effect once a supervisor other than you approves it."
        )
        return redirect("schedules:schedule", pk)
    context = {"form": form, "schedule": found}
    return render(request, "schedules/set_up.html", context, status=422 if form.errors else 200)


@role_required(*READERS)
@require_GET
def schedule(request: StaffRequest, pk: int) -> HttpResponse:
    """One schedule: what it does, what is proposed, and every time it was due."""
    found = queries.schedule_or_404(request.user, pk)
    versions = queries.versions(found)
    in_force = next((each for each in versions if each.number), None)
    proposed = next((each for each in versions if not each.number and not each.discarded_at), None)
    page = Paginator(queries.due_runs(found), DUE_RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    may_set_up = request.user.role in services.SETTERS and found.ended_at is None
    context = {
        "schedule": found,
        "in_force": in_force,
        "proposed": proposed,
        "older": [each for each in versions if each not in (in_force, proposed)],
        "next": _next(found, in_force, timezone.now()),
        "page_obj": page,
        "zone": timezone.get_default_timezone_name(),
        "may_set_up": may_set_up,
        "may_approve": proposed is not None
        and request.user.role == Role.SUPERVISOR
        and proposed.author_id != request.user.pk,
        "may_discard": proposed is not None
        and may_set_up
        and (proposed.author_id == request.user.pk or request.user.role == Role.SUPERVISOR),
    }
    return render(request, "schedules/schedule.html", context)


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def approve(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything a proposed version would do, and its approval."""
    version = queries.version_or_404(request.user, pk)
    if request.method == "POST":
        services.approve(actor=request.user, version_id=pk, now=timezone.now())
        messages.success(request, f"{version.schedule} is approved and runs from now on.")
        return redirect("schedules:schedule", version.schedule_id)
    context = {
        "version": version,
        "schedule": version.schedule,
        "found": trying.dry_run(version, now=timezone.now()),
        "is_own": version.author_id == request.user.pk,
        "is_open": version.approved_at is None and version.discarded_at is None,
    }
    return render(request, "schedules/approve.html", context)


@role_required(*READERS)
@require_GET
def dry_run(request: StaffRequest, pk: int) -> HttpResponse:
    """What a version would do if it were due now."""
    version = queries.version_or_404(request.user, pk)
    found = trying.dry_run(version, now=timezone.now())
    context = {"version": version, "schedule": version.schedule, "found": found}
    return render(request, "schedules/dry_run.html", context)


@setters
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Give up a proposed version."""
    version = queries.version_or_404(request.user, pk)
    services.discard(actor=request.user, version_id=pk)
    messages.success(request, "The proposed version is discarded.")
    return redirect("schedules:schedule", version.schedule_id)


@setters
@require_POST
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Let due times pass until it is resumed."""
    services.pause(actor=request.user, schedule_id=pk, now=timezone.now())
    messages.success(request, "The schedule is paused. Due times pass without a run until it is resumed.")
    return redirect("schedules:schedule", pk)


@setters
@require_POST
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on with a paused schedule."""
    services.resume(actor=request.user, schedule_id=pk, now=timezone.now())
    messages.success(request, "The schedule runs again. What passed while it was paused is not caught up.")
    return redirect("schedules:schedule", pk)


@setters
@require_http_methods(["GET", "POST"])
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """End a schedule for good, with a reason."""
    found = queries.schedule_or_404(request.user, pk)
    form = forms.EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.end(actor=request.user, schedule_id=pk, reason=form.cleaned_data["reason"], now=timezone.now())
        messages.success(request, f"{found} is ended.")
        return redirect("schedules:schedule", pk)
    context = {"form": form, "schedule": found}
    return render(request, "schedules/end.html", context, status=422 if form.errors else 200)


@role_required(*READERS)
@require_GET
def due_run(request: StaffRequest, pk: int) -> HttpResponse:
    """One due run: how far it is, what it read, what changed, and what it drafted."""
    due = queries.due_run_or_404(request.user, pk)
    done, at = [], due.failed_in or due.state
    for step in STEPS:
        if step == DueRun.State.DRAFTING and not due.version.drafts_batches:
            continue
        done.append((step, _stage(due, step, at)))
    context = {
        "due": due,
        "steps": done,
        "is_busy": due.finished_at is None and due.covered_by_id is None,
        "files": due.inbox_files.select_related("record_file"),
        "changes": [(kind, words, due.changes[kind]) for kind, words in changes.KINDS.items() if kind in due.changes],
        "batches": due.drafted.select_related("court", "batch"),
        "covers": due.covers.order_by("due_at"),
        "may_try_again": due.state == DueRun.State.FAILED and request.user.role in services.SETTERS,
    }
    return render(request, "schedules/due_run.html", context)


def _stage(due: DueRun, step: DueRun.State, at: str) -> str:
    """done, now, failed or to come."""
    if due.state == DueRun.State.DONE:
        return "done"
    if at == step:
        return "failed" if due.state == DueRun.State.FAILED else "now"
    return "done" if at in STEPS and STEPS.index(step) < STEPS.index(DueRun.State(at)) else "to come"


@setters
@require_POST
def try_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the failed step again."""
    steps.try_again(actor=request.user, due_id=pk)
    messages.success(request, "It goes on where it failed.")
    return redirect("schedules:due_run", pk)


@role_required(*READERS)
@require_GET
def changed(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """The convictions of one kind of change. Each page of people is an event of the trail."""
    due = queries.due_run_or_404(request.user, pk)
    if kind not in due.changes or due.run is None:
        raise NotFound("This due run found nothing of this kind.")
    page, rows = page_of(due, kind, request.GET.get("page"))
    audit.viewed(request, [row.subject.pk for row in rows], "list", target=due.run)
    context = {"due": due, "title": changes.KINDS[kind], "page_obj": page, "rows": rows}
    return render(request, "schedules/changed.html", context)
