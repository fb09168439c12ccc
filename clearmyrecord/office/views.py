"""The office's pages: the office itself, its courts, its accounts, the trail."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from clearmyrecord.audit import queries as trail_queries
from clearmyrecord.audit import services as audit
from clearmyrecord.audit.forms import TrailFilter
from clearmyrecord.office import forms, queries, services
from clearmyrecord.office.access import StaffRequest, role_required, signed_in
from clearmyrecord.office.models import Court, Office, Role

EVENTS_ON_A_PAGE = 50
CHECKED_ON_EVERY_PAGE = 1000
"""Events: the trail's page recomputes the chain of so many, the whole on request; `verify_trail` always the whole."""


@role_required(Role.ADMINISTRATOR)
def office(request: StaffRequest) -> HttpResponse:
    """The office page: who files, from where, and for whom."""
    form = forms.OfficeForm(request.POST or None, instance=Office.objects.first())
    if request.method == "POST" and form.is_valid():
        services.save_office(actor=request.user, values=form.cleaned_data)
        messages.success(request, "The office page is saved. Papers drafted from now on show it.")
        return redirect("office:office")
    status = 422 if form.errors else 200
    attorneys = queries.attorneys()
    return render(request, "office/office.html", {"form": form, "attorneys": attorneys}, status=status)


@role_required(Role.ADMINISTRATOR)
def courts(request: StaffRequest) -> HttpResponse:
    """Courts and branches, and how many texts of record files mean each."""
    unmapped = queries.unmapped_court_texts().count()
    return render(request, "office/courts.html", {"courts": queries.courts(), "unmapped": unmapped})


@role_required(Role.ADMINISTRATOR)
def court(request: StaffRequest, court_id: int | None = None) -> HttpResponse:
    """Add or change one court."""
    known = get_object_or_404(Court, pk=court_id) if court_id else None
    form = forms.CourtForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        services.save_court(actor=request.user, court_id=court_id, values=form.cleaned_data)
        messages.success(request, "The court is saved.")
        return redirect("office:courts")
    return render(request, "office/court.html", {"form": form, "court": known}, status=422 if form.errors else 200)


@role_required(Role.ADMINISTRATOR)
def court_texts(request: StaffRequest) -> HttpResponse:
    """Each court text found in record files, mapped once to a court of the office."""
    context = {"texts": queries.court_texts(), "courts": queries.courts()}
    return render(request, "office/court_texts.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def map_court_text(request: StaffRequest, text_id: int) -> HttpResponse:
    form = forms.CourtTextForm(request.POST)
    if form.is_valid():
        text = services.map_court_text(actor=request.user, text_id=text_id, court_id=form.court_id())
        messages.success(request, f"“{text.text}” is mapped.")
    else:
        messages.error(request, "Choose a court for the text first.")
    return redirect("office:court_texts")


@role_required(Role.ADMINISTRATOR)
def users(request: StaffRequest) -> HttpResponse:
    return render(request, "office/users.html", {"users": queries.users()})


@role_required(Role.ADMINISTRATOR)
def user(request: StaffRequest, user_id: int | None = None) -> HttpResponse:
    """Make or change one account."""
    known = get_object_or_404(queries.users(), pk=user_id) if user_id else None
    form = forms.UserForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        services.save_user(
            actor=request.user, user_id=user_id, values=form.user_values(), password=form.cleaned_data["password"] or ""
        )
        messages.success(request, "The account is saved.")
        return redirect("office:users")
    return render(request, "office/user.html", {"form": form, "account": known}, status=422 if form.errors else 200)


@role_required(Role.ADMINISTRATOR)
def release(request: StaffRequest, user_id: int) -> HttpResponse:
    """Unlock an account that too many wrong passwords locked."""
    known = get_object_or_404(queries.users(), pk=user_id)
    form = forms.ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.release_account(actor=request.user, user_id=user_id, reason=form.cleaned_data["reason"])
        messages.success(request, f"{known} may sign in again.")
        return redirect("office:users")
    return render(request, "office/release.html", {"form": form, "account": known}, status=422 if form.errors else 200)


@signed_in
@require_POST
def dismiss_first_steps(request: StaffRequest) -> HttpResponse:
    """Off one's own home page; the footer leads to them still."""
    services.dismiss_first_steps(actor=request.user)
    messages.success(request, "Your home page offers the first steps no longer. They stay in the footer.")
    return redirect("desk:home")


@role_required(Role.AUDITOR)
def trail(request: StaffRequest) -> HttpResponse:
    """Who saw and did what, newest first; says whether the chain of the last events, or of all, is whole."""
    form = TrailFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = Paginator(trail_queries.events(**chosen), EVENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    newest, _ = trail_queries.head()
    first = 0 if request.GET.get("check") == "all" else max(0, newest - CHECKED_ON_EVERY_PAGE)
    broken_at = trail_queries.first_break(first)
    if request.GET.get("check") == "all":
        audit.record(actor=request.user, verb="trail.checked", detail={"broken_at": broken_at or 0})
    context = {
        "form": form,
        "page_obj": page,
        "broken_at": broken_at,
        "all_checked": first == 0,
        "checked": CHECKED_ON_EVERY_PAGE,
    }
    return render(request, "office/trail.html", context)
