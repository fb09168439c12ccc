"""The pages of what changed between two runs: choose two, the list, its download, one conviction before and now."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.records.exports import csv_response
from clearmyrecord.reviews import changes
from clearmyrecord.runs import comparing, comparisons
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import RunComparison
from clearmyrecord.work import Work
from clearmyrecord.workbooks import workbook_response

ROWS_ON_A_PAGE = 50
RUNS_OFFERED = 50
HEADINGS = (
    ("subject", "Subject"), ("section", "Section"), ("date", "Convicted"), ("before", "Before"), ("now", "Now"),
)  # fmt: skip


class CountedPaginator(Paginator[Any]):
    """A paginator that is told how many there are: the tally knows."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count


def _address(before: int, after: int) -> str:
    return reverse("reviews:changes", args=[before, after])


@role_required(*READERS)
@require_GET
def choose(request: StaffRequest) -> HttpResponse:
    """To the two runs chosen; without a choice the run in use against the one before it."""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if before.isdigit() and after.isdigit():
        return HttpResponseRedirect(_address(int(before), int(after)))
    run = runs.current_run()
    earlier = comparisons.run_before(run) if run is not None else None
    if run is not None and earlier is not None:
        return HttpResponseRedirect(_address(earlier.pk, run.pk))
    return render(request, "reviews/changes_empty.html", {"run": run})


@role_required(*READERS)
@require_GET
def changed(request: StaffRequest, before: int, after: int) -> HttpResponse:
    """What two runs found differently, with why, filtered, sorted and paged."""
    comparison = comparisons.comparison_of(request.user, before, after)
    if not comparisons.is_ready(comparison):
        return _being_compared(request, comparison)
    tallied = comparisons.tally(comparison)
    form = changes.ChangeFilter(request.GET, tallied=tallied)
    coded = form.coded()
    rows = changes.filtered(comparison, coded)
    count = rows.count() if {"review", "why"} & set(coded) else form.total(coded)
    page = CountedPaginator(rows.values_list("pk", flat=True), ROWS_ON_A_PAGE, count=count).get_page(
        request.GET.get("page")
    )
    page.object_list = changes.lines_at(list(page.object_list), comparison)
    for row in page.object_list:
        row.review_words = changes.review_words(row)
    audit.viewed(request, {row.conviction.subject_id for row in page}, "list", target=comparison.after)
    context = {
        "comparison": comparison,
        "form": form,
        "page_obj": page,
        "filter": urlencode(coded),
        "filtered": set(coded) - {"sort"},
        "headings": _headings(coded.get("sort", "")),
        "pairs": comparisons.pairs(tallied),
        "found_otherwise": form.total({"change": "same"}),
        "all": form.total({}),
        "runs": comparisons.finished_runs(request.user)[:RUNS_OFFERED],
    }
    return render(request, "reviews/changes.html", context)


def _headings(sort: str) -> list[dict[str, str]]:
    found = []
    for code, words in HEADINGS:
        state = {code: "ascending", f"-{code}": "descending"}.get(sort, "none")
        found.append({"words": words, "state": state, "sort": f"-{code}" if state == "ascending" else code})
    return found


def _being_compared(request: StaffRequest, comparison: RunComparison) -> HttpResponse:
    """While a worker compares, the page asks again by itself."""
    failed = comparison.work_state == Work.WorkState.FAILED
    template = "reviews/_comparing.html" if request.headers.get("HX-Request") else "reviews/comparing.html"
    return render(request, template, {"comparison": comparison, "failed": failed})


@role_required(*READERS)
@require_GET
def progress(request: StaffRequest, before: int, after: int) -> HttpResponse:
    """Whether two runs have been compared; once they have, the page is fetched anew."""
    comparison = comparisons.comparison_of(request.user, before, after)
    if comparisons.is_ready(comparison):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _being_compared(request, comparison)


@role_required(*READERS)
@require_POST
def compare_again(request: StaffRequest, before: int, after: int) -> HttpResponse:
    """Compare two runs again after it failed."""
    comparing.start_again(actor=request.user, before_id=before, after_id=after)
    return HttpResponseRedirect(_address(before, after))


@role_required(*READERS)
@require_GET
def download(request: StaffRequest, before: int, after: int) -> HttpResponse:
    """What the filter shows, in its order, as a spreadsheet-safe CSV file."""
    comparison, rows = _shown(request, before, after)
    name = f"changes-run-{before}-to-{after}.csv"
    audit.viewed(request, {row.conviction.subject_id for row in rows}, "download", target=comparison.after)
    return csv_response(name, changes.COLUMNS, changes.cells(rows))  # type: ignore[return-value]


@role_required(*READERS)
@require_GET
def workbook(request: StaffRequest, before: int, after: int) -> HttpResponse:
    """The same as a workbook that calculates nothing."""
    comparison, rows = _shown(request, before, after)
    name = f"changes-run-{before}-to-{after}.xlsx"
    audit.viewed(request, {row.conviction.subject_id for row in rows}, "download", target=comparison.after)
    return workbook_response(name, changes.COLUMNS, changes.cells(rows))


def _shown(request: StaffRequest, before: int, after: int) -> tuple[RunComparison, list[Any]]:
    comparison = comparisons.comparison_of(request.user, before, after)
    if not comparisons.is_ready(comparison):
        raise NotFound("These runs are still being compared. Open the list first.")
    coded = changes.ChangeFilter(request.GET, tallied=comparisons.tally(comparison)).coded()
    ids = changes.filtered(comparison, coded).values_list("pk", flat=True)
    return comparison, changes.lines_at(list(ids), comparison)


@role_required(*READERS)
@require_GET
def conviction(request: StaffRequest, before: int, after: int, conviction_id: int) -> HttpResponse:
    """One conviction before and now: the result, every line of both policies, the facts; what differs comes first."""
    comparison = comparisons.comparison_of(request.user, before, after)
    found = comparison.differences.filter(conviction=conviction_id).values_list("pk", flat=True)
    if not found:
        raise NotFound("The two runs found the same for this conviction, or nothing.")
    (row,) = changes.lines_at([found[0]], comparison)
    row.review_words = changes.review_words(row)
    for side, run in ((row.before, comparison.before), (row.after, comparison.after)):
        if side is not None:
            side.run, side.conviction = run, row.conviction
    context = {
        "comparison": comparison,
        "row": row,
        "lines": comparisons.lines_beside(comparisons.policies_of(comparison), row.before, row.after),
        "beside": comparisons.facts_beside(row.before, row.after),
        "stated": changes.stated_between(row),
        "filter": urlencode(changes.ChangeFilter(request.GET, tallied=[]).coded()),
    }
    audit.viewed(request, [row.conviction.subject_id], "page", target=row.conviction)
    return render(request, "reviews/changed_conviction.html", context)
