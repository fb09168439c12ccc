"""Who may do what: one access rule per view, and the same check for services.

Every view carries exactly one rule (`view.access_rule`); a test walks all URLs and fails for a view without one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from clearmyrecord.errors import NotAllowed
from clearmyrecord.office.models import Role, User

READERS = (Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR)
"""Who may see records. Administrators see none, public defenders only the batches given to them."""

STAFF = (*READERS, Role.ADMINISTRATOR)
"""The office's own people."""


class StaffRequest(HttpRequest):
    """A request behind an access rule: somebody is signed in."""

    user: User


View = Callable[..., HttpResponseBase]
Test = Callable[[User], bool]


def _ruled(name: str, test: Test) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if not test(request.user):
                raise NotAllowed("Your account may not open this page. An administrator can tell you who may.")
            return view(request, *args, **kwargs)

        checked.access_rule = name  # type: ignore[attr-defined]
        return checked

    return decorate


def role_required(*roles: Role) -> Callable[[View], View]:
    """Only these roles, whether or not they carry the attorney's mark."""
    return _ruled("role: " + ", ".join(roles), lambda user: user.role in roles)


def is_attorney(user: User) -> bool:
    """Whether the account carries the attorney's mark and may work on records."""
    return user.is_active and user.is_attorney and user.role in (Role.ANALYST, Role.SUPERVISOR)


attorney_required = _ruled("attorney", is_attorney)
"""Only accounts with the attorney's mark."""


def attorney_or(role: Role) -> Callable[[View], View]:
    """Accounts with the attorney's mark, and this role."""
    return _ruled(f"attorney or {role}", lambda user: user.role == role or is_attorney(user))


signed_in = _ruled("signed in", lambda user: True)
"""Anybody with an account."""

staff_only = _ruled("staff", lambda user: user.role in STAFF)
"""Everybody of the office; no public defender."""


def public(view: View) -> View:
    """Anybody: the sign-in pages only."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def require(actor: User, *roles: Role) -> None:
    """For services: raises NotAllowed unless `actor` is active and has one of the roles."""
    if not (actor.is_active and actor.role in roles):
        raise NotAllowed("Your role may not do this.")


def require_attorney(actor: User) -> None:
    """For services: raises NotAllowed unless `actor` carries the attorney's mark and may work on records."""
    if not is_attorney(actor):
        raise NotAllowed("This is a question of law: an attorney must decide it.")


def require_attorney_or(actor: User, role: Role) -> None:
    """For services: raises NotAllowed unless `actor` is active and an attorney, or has the role."""
    if not (is_attorney(actor) or (actor.is_active and actor.role == role)):
        raise NotAllowed("Your role may not do this.")
