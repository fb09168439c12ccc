"""What somebody sent from a page that had locked itself: kept on the server, put back into its form once unlocked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import Resolver404, resolve

KEPT = "kept_form"
MOST_BYTES = 64 * 1024
"""A longer form is a long selection, not typed text."""
NEVER = ("csrfmiddlewaretoken",)
PASSWORDS = "office"
"""The part of the application whose forms take passwords; nothing of it is kept."""


def keep(request: HttpRequest) -> str:
    """Put the fields of a form into the session; where to go on after unlocking. "/" if there is nothing to keep.

    Nothing was done with the form: whoever unlocks the page sees the text again and sends it themselves.
    """
    page = came_from(request, same=True)
    if request.method != "POST" or request.headers.get("HX-Request") or not page:
        return "/"
    if request.content_type != "application/x-www-form-urlencoded" or len(request.body) > MOST_BYTES:
        return "/"
    if _part(request.path_info) in ("", PASSWORDS):
        return "/"
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NEVER}
    page = _that_opens(page)
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


def _that_opens(page: str) -> str:
    """The page itself, or the nearest above it that opens: a refused form stands at one that only takes forms."""
    path, mark, query = page.partition("?")
    while path != "/" and not _opens(path):
        path, mark, query = path.rstrip("/").rpartition("/")[0] + "/", "", ""
    return path + mark + query


def _opens(path: str) -> bool:
    """Whether a link may lead there. Asked as nobody: a view first refuses the method, then who is not signed in."""
    nobody = HttpRequest()
    nobody.method, nobody.path, nobody.user = "GET", path, AnonymousUser()
    try:
        view, args, kwargs = resolve(path)
    except Resolver404:
        return False
    is_closed = getattr(view, "access_rule", "public") != "public"
    return is_closed and bool(view(nobody, *args, **kwargs).status_code != 405)
