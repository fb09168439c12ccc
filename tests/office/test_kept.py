"""What was typed into a page that had locked itself comes back into its form."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Request, Route, expect

from clearmyrecord.office.kept import KEPT, MOST_BYTES
from clearmyrecord.office.middleware import LAST_ACT
from clearmyrecord.office.models import User
from tests.cast import PASSWORD, signed_in

SEARCH, URL_ENCODED = "/records/people/", "application/x-www-form-urlencoded"


def locked(user: User) -> Client:
    """Signed in, and idle for too long."""
    client = signed_in(user)
    client.get("/")
    session = client.session
    session[LAST_ACT] -= settings.IDLE_LOCK_SECONDS
    session.save()
    return client


def sent(client: Client, path: str, *, page: str, **fields: Any) -> str:
    """Where a form that stands on `page` leads after unlocking."""
    response = client.post(path, urlencode(fields), URL_ENCODED, headers={"Referer": f"http://testserver{page}"})
    assert response["Location"].startswith("/unlock/?next=")
    return unquote(response["Location"].partition("next=")[2])


def unlocked(client: Client, page: str) -> str:
    response = client.post("/unlock/", {"password": PASSWORD, "next": page})
    assert response["Location"] == page
    return client.get(page).content.decode()


def test_it_comes_back_once_with_its_page(ana: User) -> None:
    client = locked(ana)
    assert sent(client, SEARCH, page=SEARCH, name="Two words", csrfmiddlewaretoken="x") == SEARCH
    html = unlocked(client, SEARCH)
    kept = json.loads(re.search(r'<script id="kept" type="application/json">(.*?)</script>', html)[1])  # type: ignore[index]
    assert kept == {"action": SEARCH, "fields": {"name": ["Two words"]}}
    assert "Not sent yet" in html
    assert "Not sent yet" not in client.get(SEARCH).content.decode()


def test_the_lock_page_shows_nothing_of_it(ana: User) -> None:
    client = locked(ana)
    sent(client, SEARCH, page=SEARCH, name="Two words")
    assert "Two words" not in client.get(f"/unlock/?next={SEARCH}").content.decode()
    assert "Two words" not in client.post("/unlock/", {"password": "wrong", "next": SEARCH}).content.decode()


def test_another_page_is_not_given_it(ana: User) -> None:
    client = locked(ana)
    sent(client, SEARCH, page=SEARCH, name="Two words")
    assert "Not sent yet" not in unlocked(client, "/batches/")


@pytest.mark.parametrize(
    ("action", "above"),
    [
        ("/reviews/selection/override/", "/reviews/"),
        ("/batches/5/return/", "/batches/5/"),
        ("/records/suggestions/5/answer/", "/records/suggestions/5/"),
    ],
)
def test_a_form_refused_before_comes_back_on_the_page_above(ana: User, action: str, above: str) -> None:
    """Such a form stands at an address that only takes forms. If there is no page above, the refusal shows the text."""
    client, page = locked(ana), f"{action}?route=serving"
    assert sent(client, action, page=page, reason="Two words") == page
    client.post("/unlock/", {"password": PASSWORD})
    response = client.get(page, follow=True)
    assert response.redirect_chain[-1][0] == f"{above}?route=serving"
    assert "Two words" in response.content.decode()


def test_passwords_are_never_kept(adam: User) -> None:
    client = locked(adam)
    assert sent(client, "/password/", page="/password/", present=PASSWORD) == "/"
    assert KEPT not in client.session


def test_what_came_from_elsewhere_or_is_too_long_is_not_kept(ana: User) -> None:
    client = locked(ana)
    client.post(SEARCH, "name=x", URL_ENCODED, headers={"Referer": "https://elsewhere.example/records/people/"})
    client.post(SEARCH, "name=x", URL_ENCODED)
    client.post(SEARCH, f"name={'x' * MOST_BYTES}", URL_ENCODED, headers={"Referer": f"http://testserver{SEARCH}"})
    assert KEPT not in client.session


def notice(fields: dict[str, list[str]]) -> str:
    """What templates/parts/kept.html puts into a page."""
    kept = json.dumps({"action": "/comment/", "fields": fields})
    return f"""<div id="kept-notice"><p data-kept="back">back</p><div data-kept="gone" hidden></div></div>
        <script id="kept" type="application/json">{kept}</script><script src="/kept.js" defer></script>"""


FORM = """<main id="main"><form method="post" action="/select/"><button name="action">Accept</button></form>
    <details><summary>Comment</summary><form method="post" action="/comment/">
    <input type="hidden" name="determination" value="7"><textarea name="text"></textarea>
    <input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b"></form></details></main>"""


@pytest.mark.browser
@pytest.mark.parametrize("determination", ["7", "8"])
def test_the_form_is_filled_only_if_it_is_still_the_same(page: Page, determination: str) -> None:
    script = (settings.BASE_DIR / "static/js/kept.js").read_text()
    html = FORM + notice({"determination": [determination], "text": ["Not this one."], "kind": ["b"]})

    def answer(route: Route, request: Request) -> None:
        is_script = request.url.endswith(".js")
        kind = "text/javascript" if is_script else "text/html"
        route.fulfill(body=script if is_script else f"<!DOCTYPE html>{html}", content_type=kind)

    page.route("**/*", answer)
    page.goto("http://screen.example/")
    if determination == "7":
        expect(page.locator("textarea")).to_be_focused()
        expect(page.locator("textarea")).to_have_value("Not this one.")
        expect(page.locator("[value=b]")).to_be_checked()
        expect(page.locator("[data-kept=gone]")).to_be_hidden()
    else:
        expect(page.locator("blockquote")).to_have_text("Not this one.")
        expect(page.locator("textarea")).to_have_value("")
