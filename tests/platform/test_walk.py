"""Every page has its place in the walk through all screens (tests/browser/screens.py)."""

from __future__ import annotations

from pathlib import Path

from django.urls import resolve

from clearmyrecord.office.models import Role
from tests.browser import screens
from tests.cast import signed_in
from tests.factories import UserFactory
from tests.office.test_access import ALL, allowed, rule_of

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
WALKED = {screen.view for screen in screens.SCREENS}


def pages() -> set[str]:
    """The views of the URL configuration that answer a GET with a page of their own."""
    clients = {role: signed_in(UserFactory(role=role)) for role in Role}
    attorney = signed_in(UserFactory(role=Role.ANALYST, is_attorney=True, bar_number="900009"))
    found = set()
    for path, pattern in ALL:
        name = resolve(path).view_name
        if "." in path.rsplit("/", 1)[1] or name in screens.PARTS | screens.DOWNLOADS:
            continue
        roles = sorted(allowed(rule_of(pattern)))
        client = clients[Role(roles[0])] if roles else attorney
        if client.get(path).status_code != 405:
            found.add(name)
    return found


def test_every_page_is_walked(db: None) -> None:
    missing = pages() - WALKED
    assert not missing, f"Add a Screen to tests/browser/screens.py for {sorted(missing)}, then run `make screenshots`."


def test_nothing_is_walked_that_is_no_page(db: None) -> None:
    assert WALKED - pages() <= {"filings:preview"}  # an address of a PDF: a page where something is missing


def test_no_two_pictures_have_one_name() -> None:
    names = [screen.name for screen in screens.SCREENS]
    assert len(names) == len(set(names))


def test_the_list_in_the_docs_is_that_of_the_walk() -> None:
    written = (DOCS / "screens.md").read_text(encoding="utf-8")
    assert written == screens.listed(), (
        "Run `make screenshots`, or `python -m tests.browser.screens > docs/screens.md`."
    )


def test_some_main_pages_are_looked_at_in_every_run() -> None:
    assert sum(screen.main for screen in screens.SCREENS) >= 12
