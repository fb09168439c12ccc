"""Composing a batch: a filter, and what it would put in, counted anew with every choice."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clearmyrecord.batches import forms, services
from clearmyrecord.batches.totals import totals
from clearmyrecord.office.access import StaffRequest, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.reviews import filters
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs import queries as runs

FIRST = ("court", "year", "section", "outcome", "route", "severity")
"""The fields by which batches are mostly composed; the others are behind "More filters"."""


@require_http_methods(["GET", "POST"])
@role_required(Role.ANALYST)
def compose(request: StaffRequest) -> HttpResponse:
    """Choose a coded filter, see what it finds, and make a draft of it. The review queue links here with its filter."""
    data = request.POST if request.method == "POST" else request.GET
    search = reviews.search_of(request.user, data.get("search", ""))
    coded = {name: value for name, value in filters.coded_in(data, search).items() if name != "sort"}
    form = forms.ComposeForm(request.POST or None, suggested=forms.suggested_name(coded))
    if request.method == "POST" and form.is_valid():
        made = services.compose(actor=request.user, name=form.cleaned_data["name"], filter=coded)
        messages.success(request, f"“{made.name}” is composed. Look through it, complete it and submit it.")
        return redirect("batches:batch", made.pk)
    context = {"coded": coded, "form": form, "totals": totals(coded)}
    if _is_part(request.headers):
        return render(request, "batches/_totals.html", context)
    run = runs.current_run()
    chosen = filters.QueueFilter(data, tally=tally(run, search))
    context |= {
        "first": [chosen[name] for name in FIRST],
        "more": [chosen[name] for name in chosen.fields if name not in (*FIRST, *filters.HIDDEN)],
        "more_are_chosen": any(name not in (*FIRST, *filters.HIDDEN) for name in coded),
        "search": coded.get("search"),
    }
    return render(request, "batches/compose.html", context, status=422 if form.errors else 200)


def _is_part(headers: Mapping[str, str]) -> bool:
    """Whether the page that is open asks for the totals alone. Going back in the history asks for all of it."""
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
