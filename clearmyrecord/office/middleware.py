"""Headers, the idle lock, the trail's source, and service errors as pages."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import urlencode

from clearmyrecord import errors
from clearmyrecord.audit import services as audit
from clearmyrecord.office import kept

Respond = Callable[[HttpRequest], HttpResponse]

LAST_ACT = "last_act"
PASSWORD_AT = "password_at"  # noqa: S105 (the name of a time)
LOCKED = "locked"
NOTED_EVERY = 20
"""Seconds: an act is noted at most so often, to write no session for every page; the lock comes that much earlier."""
OPEN_WHILE_LOCKED = {"office:unlock", "office:sign_out", "office:sign_in"}


class ResponseHeaders:
    """Nothing that a person sees here may be kept by a browser or proxy."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        response["Cache-Control"] = "no-store"
        response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if response.get("Content-Disposition", "").startswith("attachment"):
            response["Content-Security-Policy"] = "sandbox; default-src 'none'"  # a download never runs as a page
        return response


class IdleLock:
    """The page is locked until the password is entered again: after 30 idle minutes (CJIS Security Policy AC-11), and
    12 hours after it was last entered (IA-2).

    A page's own polling carries the header X-Background (static/js/swapped.js) and does not count as activity.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.respond(request)
        session, now = request.session, time.time()
        idle, since_password = now - session.get(LAST_ACT, now), now - session.setdefault(PASSWORD_AT, now)
        if idle >= settings.IDLE_LOCK_SECONDS or since_password >= settings.SESSION_COOKIE_AGE:
            session[LOCKED] = True
        if session.get(LOCKED):
            if _view_name(request) in OPEN_WHILE_LOCKED:
                return self.respond(request)
            return _to_lock_page(request)
        if "X-Background" not in request.headers and (LAST_ACT not in session or idle >= NOTED_EVERY):
            session[LAST_ACT] = now
        return kept.further_up(request, self.respond(request))


def _view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _to_lock_page(request: HttpRequest) -> HttpResponse:
    """What was on the page is replaced, not covered; afterwards the person goes on where they were."""
    is_page = request.method == "GET" and not request.headers.get("HX-Request")
    back = request.get_full_path() if is_page else kept.keep(request)
    response: HttpResponse = redirect(f"/unlock/?{urlencode({'next': back})}")
    if request.headers.get("HX-Request"):
        location = response["Location"]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = location
    return response


class RequestForTrail:
    """Events written while this request is answered say where it came from."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = audit.remember_source(audit.source_of(request))
        try:
            return self.respond(request)
        finally:
            audit.forget_source(token)


class ServiceErrors:
    """What a service refuses becomes a page that says why and what to do."""

    STATUS = {errors.NotAllowed: 403, errors.NotFound: 404, errors.Conflict: 409, errors.Invalid: 422}

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, errors.ServiceError):
            return None
        status = self.STATUS[type(error)]
        if isinstance(error, errors.NotAllowed):  # attempts count: CJIS AU-2
            audit.record(
                actor=request.user, verb="access.refused", outcome="refused", detail={"view": _view_name(request)}
            )
        if request.headers.get("HX-Request"):  # the part that was to be replaced stays as it is
            response = render(request, "office/_refused.html", {"message": str(error)}, status=status)
            response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:window:top"
            return response
        context = {"message": str(error), "back": kept.came_from(request)}
        return render(request, f"errors/{status}.html", context, status=status)
