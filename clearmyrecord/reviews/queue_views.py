"""The review queue: the list, its download, and acting on a selection of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid
from clearmyrecord.office import places
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.office.models import Role, User
from clearmyrecord.records.exports import csv_response
from clearmyrecord.reviews import forms, overriding, queries, searches, selection, services
from clearmyrecord.reviews.filters import HIDDEN, QueueFilter, coded_in
from clearmyrecord.reviews.questions import lines_at
from clearmyrecord.reviews.tallies import Rows, Tally
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Run
from clearmyrecord.workbooks import workbook_response

ROWS_ON_A_PAGE = 50
ROWS_AT_ONCE = 1000
"""Of a download."""
REVIEWERS = (Role.ANALYST, Role.SUPERVISOR)
COLUMNS = (
    "Subject", "CII number", "Case numbers", "Code section", "Severity", "Convicted on", "Outcome", "Route", "Basis",
    "Sealing", "New section", "New severity", "Reason", "Citation", "Review", "Open questions",
    "Assigned to",
)  # fmt: skip


HEADINGS = (
    ("subject", "Subject"), ("section", "Section"), ("date", "Convicted"), ("outcome", "Outcome"), ("route", "Route"),
    ("basis", "Basis"), ("reason", "Reason"), ("review", "Review"), ("assigned", "Assigned to"),
)  # fmt: skip


@role_required(*READERS)
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """Convictions of the current run, filtered, sorted and paged."""
    run = runs.current_run()
    search = queries.search_of(request.user, request.GET.get("search", ""))
    counted = tally(run, search)
    form = QueueFilter(request.GET, tally=counted, counted=True)
    coded = form.coded()
    page: Any = Paginator(counted.listed(coded).determination, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = lines_at(page.object_list.tolist(), run)
    for row in page.object_list:
        row.assigned_to = form.people.get(row.assignee, "")
    audit.viewed(request, [row.conviction.subject_id for row in page], "list")
    places.remember(request, "the review queue, as you had filtered it")
    context = {
        "run": run,
        "form": form,
        "page_obj": page,
        "filter": urlencode(coded),
        "search": search,
        "filtered": set(coded) - {"sort"},
        "headings": _headings(coded.get("sort", "")),
        "queues": _queues(counted, coded, request.user),
        "reviews": overriding.reviews(request.user),
        "selects": request.user.role in REVIEWERS,
        "saved": [(each, urlencode(each.coded)) for each in queries.saved_filters(request.user)],
        "save_form": forms.SaveFilterForm(),
    }
    return render(request, "reviews/queue.html", context)


def _headings(sort: str) -> list[dict[str, str]]:
    """The columns of the list: how each is sorted now, and the order that its link asks for."""
    found = []
    for code, words in HEADINGS:
        state = {code: "ascending", f"-{code}": "descending"}.get(sort, "none")
        found.append({"words": words, "state": state, "sort": f"-{code}" if state == "ascending" else code})
    return found


def _queues(counted: Tally, coded: dict[str, str], user: User) -> list[dict[str, Any]]:
    """The queues within the queue: each a filter of its own, with how many it holds."""
    queues = [
        ("Everything", {}),
        ("To look at", {"state": "open"}),
        ("Record questions", {"question": "record"}),
        ("Questions of law", {"question": "law"}),
        ("Needs confirmation", {"confirm": "yes"}),
        ("Assigned to me", {"assignee": str(user.pk)}),
    ]
    chosen = {name: value for name, value in coded.items() if name not in HIDDEN}
    return [
        {"words": words, "query": urlencode(values), "count": counted.total(values), "current": chosen == values}
        for words, values in queues
    ]


def _coded(request: StaffRequest) -> dict[str, str]:
    """The filter in the address."""
    search = queries.search_of(request.user, request.GET.get("search", ""))
    return coded_in(request.GET, search)


def _listed(request: StaffRequest, run: Run | None) -> tuple[Tally, Rows]:
    """Everything that the filter in the address shows, in its order."""
    search = queries.search_of(request.user, request.GET.get("search", ""))
    counted = tally(run, search)
    return counted, counted.listed(coded_in(request.GET, search))


@role_required(*READERS)
@require_GET
def download(request: StaffRequest) -> HttpResponseBase:
    """What the filter shows, in its order, as a spreadsheet-safe CSV file."""
    return csv_response("review-queue.csv", COLUMNS, _downloaded(request))


@role_required(*READERS)
@require_GET
def download_workbook(request: StaffRequest) -> HttpResponseBase:
    """The same as a workbook."""
    return workbook_response("review-queue.xlsx", COLUMNS, _downloaded(request))


def _downloaded(request: StaffRequest) -> Iterator[tuple[Any, ...]]:
    run = runs.current_run()
    _, listed = _listed(request, run)
    audit.viewed(request, listed.subject.tolist(), "download")
    return _cells(listed.determination.tolist(), run)


def _cells(determination_ids: Sequence[int], run: Run | None) -> Iterator[tuple[Any, ...]]:
    """Fetched part by part, as the download goes on."""
    people = {user.pk: str(user) for user in office.users()}
    starts = range(0, len(determination_ids), ROWS_AT_ONCE)
    for row in (row for start in starts for row in lines_at(determination_ids[start : start + ROWS_AT_ONCE], run)):
        conviction = row.conviction
        yield (
            conviction.subject.name, conviction.subject.cii_number, "; ".join(conviction.case_numbers),
            row.section_words, conviction.severity, conviction.convicted_on or "", row.standing_outcome, row.route,
            row.standing_basis, "yes" if row.standing_sealing else "no", row.standing_new_section,
            row.standing_new_severity, row.reason, row.citation, row.review_state, "; ".join(row.asked),
            people.get(row.assignee, ""),
        )  # fmt: skip


def _back(request: StaffRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('reviews:queue')}?{urlencode(_coded(request))}")


@role_required(*REVIEWERS)
@require_POST
def select(request: StaffRequest) -> HttpResponse:
    """The next step for what was ticked, or for everything that the filter shows: numbers first."""
    form = forms.SelectionForm(request.POST)
    if not form.is_valid():
        return _back(request)
    if form.cleaned_data["everything"]:
        counted, rows = _listed(request, runs.current_run())
    else:
        counted, rows = _ticked(selection.read_ids(",".join(request.POST.getlist("row"))))
    preview = selection.everything(counted, rows)
    if form.cleaned_data["action"] == "accept":
        return render(request, "reviews/accept_selection.html", {"preview": selection.accepting(counted, rows)})
    if form.cleaned_data["action"] == "assign":
        change_hands = int((counted.values("assignee", rows) != "none").sum())
        context = {"preview": preview, "change_hands": change_hands, "form": forms.AssignForm()}
        return render(request, "reviews/assign_selection.html", context)
    return render(request, "reviews/override_selection.html", {"preview": preview, "form": forms.OverrideForm()})


def _ticked(ids: list[int]) -> tuple[Tally, Rows]:
    counted = tally(runs.current_run())
    return counted, selection.chosen(counted, ids)


@role_required(*REVIEWERS)
@require_POST
def accept_selection(request: StaffRequest) -> HttpResponse:
    """Accept exactly what was counted, or show the numbers anew if somebody decided one of them meanwhile."""
    ids = selection.read_ids(request.POST.get("ids", ""))
    try:
        number = services.accept(actor=request.user, determination_ids=ids)
    except Conflict as changed:
        context = {"preview": selection.accepting(*_ticked(ids)), "changed": changed}
        return render(request, "reviews/accept_selection.html", context, status=409)
    messages.success(request, f"{number:,} accepted.")
    return _back(request)


@role_required(*REVIEWERS)
@require_POST
def override_selection(request: StaffRequest) -> HttpResponse:
    """Override a selection: first what would happen, in numbers; then, confirmed, exactly that.

    If somebody decided one of them meanwhile, the numbers are shown anew.
    """
    ids = selection.read_ids(request.POST.get("ids", ""))
    form = forms.OverrideForm(request.POST)
    if not form.is_valid():
        context = {"preview": selection.everything(*_ticked(ids)), "form": form}
        return render(request, "reviews/override_selection.html", context, status=422)
    if request.POST.get("confirmed") != "yes":
        return _override_in_numbers(request, form, ids)
    try:
        seen = request.POST.get("seen")
        number = services.override(actor=request.user, determination_ids=ids, seen=seen, **form.cleaned_data)
    except Conflict as changed:
        return _override_in_numbers(request, form, ids, changed)
    messages.success(request, f"{number:,} overridden.")
    return _back(request)


def _override_in_numbers(
    request: StaffRequest, form: forms.OverrideForm, ids: list[int], changed: Conflict | None = None
) -> HttpResponse:
    wanted = form.wanted()
    reasons = dict(form.fields["listed"].choices)  # type: ignore[attr-defined]
    context = {
        "preview": selection.overriding_to(ids, wanted, request.user),
        "form": form,
        "basis": overriding.BASES[wanted.basis],
        "reason": form.cleaned_data["reason"],
        "listed": reasons.get(wanted.listed) if wanted.listed else "",
        "changed": changed,
    }
    return render(request, "reviews/confirm_override.html", context, status=409 if changed else 200)


@role_required(*REVIEWERS)
@require_POST
def assign_selection(request: StaffRequest) -> HttpResponse:
    """Give exactly what was counted to somebody, or to nobody."""
    form = forms.AssignForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose somebody who may review.")
    to = form.cleaned_data["to"]
    ids = selection.read_ids(request.POST.get("ids", ""))
    number = services.assign(actor=request.user, determination_ids=ids, to=to)
    messages.success(request, f"{number:,} assigned to {to or 'nobody'}.")
    return _back(request)


@role_required(*REVIEWERS)
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Take the next one of the filter that nobody has, and open it."""
    coded = _coded(request)
    conviction_id = services.take_next(actor=request.user, values=coded)
    if conviction_id is None:
        messages.info(request, "Nothing is left to take here: the others are decided, assigned or open elsewhere.")
        return _back(request)
    return HttpResponseRedirect(f"{reverse('reviews:conviction', args=[conviction_id])}?{urlencode(coded)}")


@role_required(*READERS)
@require_POST
def save_filter(request: StaffRequest) -> HttpResponse:
    searches.save_filter(actor=request.user, name=request.POST.get("name", ""), values=_coded(request))
    messages.success(request, "The filter is kept.")
    return _back(request)


@role_required(*READERS)
@require_POST
def forget_filter(request: StaffRequest, pk: int) -> HttpResponse:
    searches.forget_filter(actor=request.user, saved_id=pk)
    messages.success(request, "The filter is forgotten.")
    return _back(request)


@role_required(*READERS)
@require_POST
def search(request: StaffRequest) -> HttpResponse:
    """Look for a name, a case number or a CII number; the address carries a random id in its stead."""
    coded = {name: value for name, value in _coded(request).items() if name != "search"}
    made = searches.search(actor=request.user, text=request.POST.get("text", ""))
    return HttpResponseRedirect(f"{reverse('reviews:queue')}?{urlencode(coded | {'search': made.pk})}")
