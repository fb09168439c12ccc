"""Where nothing is there yet, a page says what will be, who makes it come about, and where to go."""

from __future__ import annotations

import re

import pytest

from clearmyrecord.office.models import Role
from tests.cast import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EMPTY = re.compile(
    r'<section class="empty">\s*<h2>[^<]+</h2>\s*<p>(?P<text>[^<]{40,})</p>\s*(?P<link><a class="usa-button")?'
)
LISTS = (
    ("/records/", Role.ANALYST, True),
    ("/records/", Role.AUDITOR, False),
    ("/records/suggestions/", Role.ANALYST, False),
    ("/runs/", Role.ANALYST, True),
    ("/runs/", Role.SUPERVISOR, False),
    ("/runs/policies/", Role.ANALYST, True),
    ("/runs/policies/", Role.AUDITOR, False),
    ("/runs/start/", Role.ANALYST, True),
    ("/runs/what-if/", Role.SUPERVISOR, True),
    ("/reviews/", Role.ANALYST, True),
    ("/reviews/", Role.AUDITOR, True),
    ("/batches/", Role.ANALYST, True),
    ("/batches/", Role.SUPERVISOR, False),
    ("/batches/?state=submitted", Role.SUPERVISOR, True),
    ("/batches/compose/", Role.ANALYST, True),
    ("/filings/", Role.ANALYST, True),
    ("/filings/receipts/", Role.ANALYST, True),
    ("/filings/receipts/", Role.AUDITOR, False),
    ("/office/courts/", Role.ADMINISTRATOR, True),
    ("/office/courts/texts/", Role.ADMINISTRATOR, False),
    ("/office/", Role.ADMINISTRATOR, True),
)


@pytest.mark.parametrize(("address", "role", "leads_on"), LISTS)
def test_an_empty_list_teaches(address: str, role: Role, leads_on: bool) -> None:
    shown = signed_in(UserFactory(role=role)).get(address).content.decode()
    empty = EMPTY.search(shown)
    assert empty, "no empty state, or one that says too little"
    assert bool(empty["link"]) is leads_on
    assert "<tbody" not in shown
