"""What somebody sent from a page that had locked itself: kept on the server, put back into its form once unlocked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

KEPT = "kept_form"
MOST_BYTES = 256 * 1024
"""Room for the ids of a selection of 30,000 beside what was typed."""
NEVER = ("csrfmiddlewaretoken",)
PASSWORDS = "office"
"""The part of the application whose forms take passwords; nothing of it is kept."""


def keep(request: HttpRequest) -> str:
    """Put the fields of a form into the session; where to go on after unlocking. "/" if there is nothing to keep.

    Nothing was done with the form: whoever unlocks the page sees the text again and sends it themselves.
    """
    page, size = came_from(request, same=True), int(request.META.get("CONTENT_LENGTH") or 0)
    if request.method != "POST" or request.headers.get("HX-Request") or not page:
        return "/"
    if request.content_type != "application/x-www-form-urlencoded" or size > MOST_BYTES:
        return "/"
    if _part(request.path_info) in ("", PASSWORDS):
        return "/"
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NEVER}
    request.session[KEPT] = {"page": page, "action": request.path, "fields": fields}
    return page


def take(request: HttpRequest) -> dict[str, Any] | None:
    """The form kept for this very page, once."""
    kept = request.session.get(KEPT)
    if not kept or kept["page"] != request.get_full_path():
        return None
    del request.session[KEPT]
    return {"action": kept["action"], "fields": kept["fields"]}


def came_from(request: HttpRequest, *, same: bool = False) -> str:
    """The page of ours whose form or link led here; empty if it's not known or, unless `same`, this very address."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host() or not parts.path or (parts.path == request.path and not same):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _part(path: str) -> str:
    """The part of the application that answers this path; empty if none does."""
    try:
        return resolve(path).namespace
    except Resolver404:
        return ""


def further_up(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page above, if the kept form stood at an address that only takes forms: one that had been refused before."""
    kept = request.session.get(KEPT)
    if response.status_code != 405 or not kept or kept["page"] != request.get_full_path():
        return response
    above = request.path.rstrip("/").rpartition("/")[0] + "/"
    page = f"{above}?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else above
    request.session[KEPT] = kept | {"page": page}
    return redirect(page)
