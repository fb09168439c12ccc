"""Where somebody stopped working: the last list or item they had open, kept with the session on the server."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from clearmyrecord.office import kept

PLACE = "place"


@dataclass(frozen=True)
class Place:
    """The words for a place of the work, which say nothing of a record, and its address."""

    words: str
    url: str


def remember(request: HttpRequest, words: str) -> None:
    """The page that is being answered is where this person works now; a refused form has no page of its own."""
    if request.method == "GET":
        request.session[PLACE] = {"words": words, "url": request.get_full_path()}


def remember_sender(request: HttpRequest, words: str) -> None:
    """The page of ours that sent this request is; nothing changes where the browser doesn't name it."""
    if page := kept.came_from(request):
        request.session[PLACE] = {"words": words, "url": page}


def last(request: HttpRequest) -> Place | None:
    """Where this person stopped in this session; None if they worked nowhere yet."""
    place = request.session.get(PLACE)
    return Place(**place) if place else None
