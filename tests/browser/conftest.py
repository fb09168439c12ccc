from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from clearmyrecord.demo.county import ensure_people
from clearmyrecord.runs.services import install_presets
from tests.browser.desks import Desks
from tests.stack import LiveStack


@pytest.fixture
def desks(live_stack: LiveStack, browser: Browser) -> Iterator[Desks]:
    """The demo accounts and the presets, signed by Sue, and nothing else: no office, no court, no file."""
    people = {person.username: person for person in ensure_people()}
    install_presets(actor=people["sue"])
    desks = Desks(browser, live_stack.url)
    yield desks
    desks.close()
