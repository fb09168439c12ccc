"""What every page shows: the office's name, and whether this is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from clearmyrecord.office import queries


def office(request: HttpRequest) -> dict[str, Any]:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"demo": settings.DEMO, "office": None}
    return {"demo": settings.DEMO, "office": queries.office()}
