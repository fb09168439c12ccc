"""Signing in, out, and unlocking."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from clearmyrecord.audit.services import address_of
from clearmyrecord.office import forms, services
from clearmyrecord.office.access import StaffRequest, public, signed_in
from clearmyrecord.office.middleware import LAST_ACT, LOCKED, PASSWORD_AT

NOTICE_READ = "notice_read"
NOTICE_VERSION = 1
"""Of the system use notification in `office/notice.html`; raise it with every change of its words."""


def _next(request: HttpRequest) -> str:
    """Where to go on, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The system use notification (CJIS AC-8), then name and password."""
    if request.user.is_authenticated:
        return redirect("desk:home")
    if request.POST.get("acknowledge"):
        request.session[NOTICE_READ] = NOTICE_VERSION
        return redirect(request.get_full_path())
    if request.session.get(NOTICE_READ) != NOTICE_VERSION:
        return render(request, "office/notice.html")
    form = forms.SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = services.check_password(**form.cleaned_data, address=address_of(request), notice=NOTICE_VERSION)
        if user is not None:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            request.session[LAST_ACT] = request.session[PASSWORD_AT] = time.time()
            return redirect(_next(request))
        form.add_error(None, services.REFUSED)
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "office/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def sign_out(request: StaffRequest) -> HttpResponse:
    """End the session; the browser forgets what it showed."""
    services.signed_out(actor=request.user)
    logout(request)
    response = redirect("office:sign_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in
def unlock(request: StaffRequest) -> HttpResponse:
    """After 30 idle minutes: the password again, then on where they were."""
    form = forms.UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = services.check_password(
            username=request.user.get_username(),
            password=form.cleaned_data["password"],
            address=address_of(request),
        )
        if user is not None:
            request.session.cycle_key()
            request.session[LOCKED] = False
            request.session[LAST_ACT] = request.session[PASSWORD_AT] = time.time()
            return redirect(_next(request))
        form.add_error(None, "That is not your password, or the account is locked.")
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "office/unlock.html", context, status=422 if form.errors else 200)


def confirm(request: StaffRequest, password: str) -> bool:
    """ "Confirm it's you" before an act that binds (CJIS IA-11): whether this is the password of whoever is signed in.

    A wrong one counts like a wrong sign-in and may lock the account.
    """
    user = services.check_password(username=request.user.get_username(), password=password, address=address_of(request))
    if user is not None:
        request.session[PASSWORD_AT] = time.time()
    return user is not None


@signed_in
def change_password(request: StaffRequest) -> HttpResponse:
    """One's own password; the other sessions of the account end."""
    form = forms.ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = services.change_password(
            actor=request.user,
            present=form.cleaned_data["present"],
            new=form.cleaned_data["new"],
            address=address_of(request),
        )
        if user is not None:
            update_session_auth_hash(request, user)
            messages.success(request, "Your password is changed.")
            return redirect("desk:home")
        form.add_error("present", "That is not your present password, or the account is locked.")
    return render(request, "office/password.html", {"form": form}, status=422 if form.errors else 200)
