"""Pages of a draft: completing what can't be submitted, submitting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import court_records, forms, obstacles, omnibus, queries, returning, services
from clearmyrecord.batches.cautions import Caution, cautions
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.reviews.filters import QueueFilter
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs import queries as runs

LINES_ON_A_PAGE = 50
FACTS = ("route", "case_number", "court", "court_count_number", "relief_answered", "no_prior_bar", "court_has_record")


def _filter(request: StaffRequest, data: Any) -> QueueFilter:
    return QueueFilter(data, tally=tally(runs.current_run()))


def draft_page(request: StaffRequest, batch: Batch, *, form: Any = None, status: int = 200) -> HttpResponse:
    """A draft as it stands now: what would be submitted, and what can't be, each with its question."""
    everything = queries.candidates(batch)
    ready = [candidate for candidate in everything if candidate.is_ready]
    open_ones = [candidate for candidate in everything if not candidate.is_ready]
    by_analyst = request.user.role == Role.ANALYST
    known = cautions(batch, everything, actor=request.user if by_analyst else batch.composed_by)
    show, code, listed = _listed(request, ready, open_ones, known)
    page = Paginator(listed, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    items = dict(batch.items.values_list("conviction_id", "pk"))
    lines = [(items[candidate.row.conviction_id], candidate) for candidate in page]
    audit.viewed(request, [candidate.person for candidate in page], "list", batch)
    context = {
        "batch": batch,
        "show": show,
        "code": code,
        "cautions": known,
        "caution": next((each for each in known if each.code == show), None),
        "summary": queries.summary_of(ready),
        "open_count": len(open_ones),
        "gone_count": len(items) - len(everything),
        "questions": _questions(open_ones),
        "page_obj": page,
        "lines": lines,
        "is_analyst": by_analyst,
        "submit_form": form or _submit_form(batch, len(ready)),
        "name_form": forms.NameForm(initial={"name": batch.name}),
        "filter": _filter(request, None),
        "against_omnibus": omnibus.reasons_against(ready),
        "records": court_records.summary_of(court_records.in_draft(batch, ready)),
        "returned": (came_back := returning.returned(batch)),
        "wrong_in_sample": any(said.in_sample for line in came_back for said in line.said),
    }
    return render(request, "batches/draft.html", context, status=status)


def _listed(
    request: StaffRequest, ready: list[Candidate], open_ones: list[Candidate], known: list[Caution]
) -> tuple[str, str, list[Candidate]]:
    """Which list is asked for, the question it is narrowed to, and its convictions."""
    show, code = request.GET.get("show", ""), request.GET.get("code", "")
    if show == "questions" or not ready:
        asked = [each for each in open_ones if not code or any(o.code == code for o in each.obstacles)]
        return "questions", code, asked
    for caution in known:
        if caution.code == show and caution.convictions:
            return show, "", [each for each in ready if each.row.conviction_id in caution.convictions]
    return "ready", "", ready


def _submit_form(batch: Batch, ready: int) -> forms.SubmitForm:
    """The attorney named before, else the only one that there is."""
    attorneys = list(office.attorneys()[:2])
    only = attorneys[0].pk if len(attorneys) == 1 else None
    attorney = batch.signing_attorney_id or only
    return forms.SubmitForm(initial={"ready_count": ready, "attorney": attorney, "papers": batch.papers})


def _questions(open_ones: list[Candidate]) -> list[tuple[str, str, int]]:
    """Code, words and number of convictions for each question that keeps something out, most frequent first."""
    counts: dict[str, int] = {}
    for candidate in open_ones:
        for code in {obstacle.code for obstacle in candidate.obstacles}:
            counts[code] = counts.get(code, 0) + 1
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(code, obstacles.short(code), number) for code, number in ordered]


@require_POST
@role_required(Role.ANALYST)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    coded = {name: value for name, value in _filter(request, request.POST).coded().items() if name != "sort"}
    added = services.add(actor=request.user, batch_id=pk, filter=coded)
    messages.success(request, f"{added} convictions added.")
    return redirect("batches:batch", pk)


@require_POST
@role_required(Role.ANALYST)
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    services.rename(actor=request.user, batch_id=pk, name=request.POST.get("name", ""))
    return redirect("batches:batch", pk)


@require_POST
@role_required(Role.ANALYST)
def leave_out(request: StaffRequest, pk: int) -> HttpResponse:
    """The items ticked; without any, when asked for, all that can't be submitted."""
    ticked = [int(value) for value in request.POST.getlist("item") if value.isdigit()]
    if not ticked and "all_open" not in request.POST:
        raise Invalid("Tick the convictions to leave out first.")
    number = services.leave_out(actor=request.user, batch_id=pk, item_ids=ticked or None)
    messages.success(request, f"{number} left out. They can go into another batch.")
    if (position := request.POST.get("returned", "")).isdigit():
        return redirect("batches:returned", pk, int(position))
    return redirect("batches:batch", pk)


def _candidate(batch: Batch, item_id: int) -> Candidate:
    found = queries.candidates(batch, item_ids=[item_id])
    if not found:
        raise NotFound("This conviction is not in the batch any more.")
    return found[0]


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST)
def complete(request: StaffRequest, pk: int, item_id: int, fact: str) -> HttpResponse:
    """Answer one question of one conviction by hand, with a source."""
    if fact not in FACTS:
        raise NotFound("There is no such question.")
    batch = queries.batch_or_404(request.user, pk)
    candidate = _candidate(batch, item_id)
    form = forms.FactForm(request.POST or None, fact=fact)
    if request.method == "POST" and form.is_valid():
        stated, value = form.fact_and_value()
        services.complete(
            actor=request.user,
            batch_id=pk,
            item_id=item_id,
            fact=stated,
            value=value,
            source=form.cleaned_data["source"],
        )
        messages.success(request, "Stated, with its source.")
        return _back_to_questions(pk)
    return _ask(request, batch, candidate, item_id, form)


def _ask(request: StaffRequest, batch: Batch, candidate: Candidate, item_id: int, form: Any) -> HttpResponse:
    audit.viewed(request, [candidate.person], "page", batch)
    context = {"batch": batch, "candidate": candidate, "item_id": item_id, "form": form}
    return render(request, "batches/complete.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST)
def serving_form(request: StaffRequest, pk: int, item_id: int) -> HttpResponse:
    """The short form for someone still serving; one for each case."""
    batch = queries.batch_or_404(request.user, pk)
    candidate = _candidate(batch, item_id)
    form = forms.ServingFormForm(request.POST or None, initial=candidate.serving_values())
    if request.method == "POST" and form.is_valid():
        services.fill_serving_form(actor=request.user, batch_id=pk, item_id=item_id, values=form.cleaned_data)
        messages.success(request, "The form is saved for the case.")
        return _back_to_questions(pk)
    return _ask(request, batch, candidate, item_id, form)


def _back_to_questions(pk: int) -> HttpResponse:
    response = redirect("batches:batch", pk)
    response["Location"] += "?show=questions"
    return response


@require_POST
@role_required(Role.ANALYST)
def submit(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.SubmitForm({"papers": Batch.Papers.PER_CASE} | request.POST.dict())
    if not form.is_valid():
        batch = queries.batch_or_404(request.user, pk)
        if batch.state not in services.EDITABLE:  # the page was open while somebody decided
            raise Conflict(services.CHANGED)
        return draft_page(request, batch, form=form, status=422)
    try:
        batch = services.submit(
            actor=request.user,
            batch_id=pk,
            attorney_id=form.cleaned_data["attorney"].pk,
            ready_count=form.cleaned_data["ready_count"],
            papers=form.cleaned_data["papers"],
        )
    except omnibus.NotOne as refused:
        for reason in refused.reasons:
            form.add_error("papers", reason)
        return draft_page(request, queries.batch_or_404(request.user, pk), form=form, status=422)
    messages.success(request, f"“{batch.name}” is submitted: frozen, and waiting for a supervisor.")
    return redirect("batches:batch", pk)


@require_POST
@role_required(Role.ANALYST)
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    batch = services.discard(actor=request.user, batch_id=pk)
    messages.success(request, f"“{batch.name}” is discarded. Its convictions can go into another batch.")
    return redirect("batches:batches")


@require_POST
@role_required(Role.ANALYST)
def call_back(request: StaffRequest, pk: int) -> HttpResponse:
    services.call_back(actor=request.user, batch_id=pk)
    messages.success(request, "The batch is called back and can be changed.")
    return redirect("batches:batch", pk)
