"""Error pages in plain words; nothing of what went wrong inside is shown."""

from __future__ import annotations

import logging
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or in another session."""
    return render(request, "errors/403.html", {"expired": True}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """The reference on the page stands in the log next to where it broke."""
    reference = uuid.uuid4().hex[:8]
    log.error("page broke, reference %s", reference)
    return render(request, "errors/500.html", {"reference": reference}, status=500)
