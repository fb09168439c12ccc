"""Every address has one access rule, and holds to it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.access import STAFF
from clearmyrecord.office.errors import server_error
from clearmyrecord.office.logs import WithoutData
from clearmyrecord.office.middleware import ResponseHeaders
from clearmyrecord.office.models import Role, User
from clearmyrecord.screens import NAVIGATION
from tests.cast import signed_in
from tests.factories import UserFactory

RULES = {
    "public": set(Role),
    "signed in": set(Role),
    "staff": set(STAFF),
    "attorney": set(),  # no role as such: the mark decides
    "attorney or administrator": {Role.ADMINISTRATOR},
    "attorney or supervisor": {Role.SUPERVISOR},
}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the application with example values in it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path)
        else:
            yield "/" + example(path, pattern), pattern


def example(path: str, pattern: URLPattern) -> str:
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}.get(kind, "x")
        converted = {"int": "int", "uuid": "uuid", "slug": "slug", "string": "str", "path": "path"}[kind]
        path = path.replace(f"<{converted}:{name}>", value).replace(f"<{name}>", value)
    return path


ALL = list(addresses())


def rule_of(pattern: URLPattern) -> str:
    return str(getattr(pattern.callback, "access_rule", ""))


def allowed(rule: str) -> set[str]:
    if rule in RULES:
        return {str(role) for role in RULES[rule]}
    return set(rule.removeprefix("role: ").split(", "))


def test_there_are_addresses_to_walk() -> None:
    assert len(ALL) > 10


@pytest.mark.parametrize("address", [pytest.param(a, id=a[0]) for a in ALL])
def test_every_view_has_an_access_rule(address: tuple[str, URLPattern]) -> None:
    assert rule_of(address[1]), f"{address[0]} has no access rule"


def test_nobody_gets_past_sign_in(db: None) -> None:
    client = Client()
    for path, pattern in ALL:
        if rule_of(pattern) != "public":
            for response in (client.get(path), client.post(path)):
                assert response.status_code in (302, 405), path
                assert response.status_code == 405 or response["Location"].startswith("/sign-in/"), path


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_refused_where_its_rule_says_so(role: Role, db: None) -> None:
    client = signed_in(UserFactory(role=role))
    for path, pattern in ALL:
        if str(role) in allowed(rule_of(pattern)) or rule_of(pattern) == "public":
            continue
        for response in (client.get(path), client.post(path)):
            assert response.status_code in (403, 405), f"{role} at {path}: {response.status_code}"


@pytest.mark.parametrize("role", list(Role))
def test_no_page_breaks_for_whom_it_is_open(role: Role, db: None) -> None:
    client = signed_in(UserFactory(role=role))
    for path, pattern in ALL:
        if str(role) in allowed(rule_of(pattern)) and path != "/sign-out/":
            assert client.get(path).status_code < 500, path


def test_posts_without_a_token_are_refused(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    for path, pattern in ALL:
        if rule_of(pattern) != "public":
            assert client.post(path).status_code in (403, 404), path


def test_a_form_that_expired_says_so_and_not_that_the_role_is_wrong(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    shown = client.post("/batches/compose/").content.decode()
    assert "This form has expired" in shown
    assert "administrator" not in shown


def test_a_refused_form_leads_back_to_its_page_and_never_to_another_site(ana: User) -> None:
    client = signed_in(ana)
    for referer, led in (("http://testserver/reviews/?state=open", True), ("http://elsewhere.example/reviews/", False)):
        response = client.post("/reviews/selection/", {"action": "override"}, headers={"referer": referer})
        assert response.status_code == 422
        shown = response.content.decode()
        assert ('href="/reviews/?state=open"' in shown) is led
        assert "elsewhere" not in shown


def test_answers_carry_the_headers(adam: User) -> None:
    response = signed_in(adam).get("/office/")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_refused_attempt_is_in_the_trail(adam: User) -> None:
    signed_in(UserFactory(role=Role.AUDITOR)).get("/office/")
    assert AuditEvent.objects.filter(verb="access.refused", outcome="refused").count() == 1


def test_the_navigation_leads_nobody_to_a_page_that_refuses_them() -> None:
    rules = {path: rule_of(pattern) for path, pattern in ALL}
    for entry in NAVIGATION:
        with suppress(NoReverseMatch):  # an entry without a page is left out
            assert {str(role) for role in entry.roles} <= allowed(rules[reverse(entry.url_name)]), entry.label


def test_a_refused_part_of_a_page_leaves_the_rest_as_it_is(ana: User) -> None:
    response = signed_in(ana).get("/office/", headers={"HX-Request": "true"})
    assert response.status_code == 403
    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.content.decode()


def test_a_download_can_never_run_as_a_page(rf: RequestFactory) -> None:
    download = HttpResponse("<script>", headers={"Content-Disposition": 'attachment; filename="list.csv"'})
    response = ResponseHeaders(lambda request: download)(rf.get("/"))
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_a_broken_page_shows_the_reference_that_the_log_has(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    page = server_error(rf.get("/"))
    reference = caplog.messages[-1].rpartition(" ")[2]
    assert reference in page.content.decode()


def test_the_log_never_quotes_an_exception() -> None:
    try:
        raise ValueError("Key (name)=(DOE, JANE)")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "broke", None, sys.exc_info())
    written = WithoutData("{message}", style="{").format(record)
    assert "JANE" not in written
    assert "ValueError" in written
    assert "clearmyrecord.office.logs.WithoutData" in str(settings.LOGGING["formatters"])
