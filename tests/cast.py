"""The people of the tests; always the same."""

from __future__ import annotations

import pytest
from django.test import Client

from clearmyrecord.office.models import Role, User
from tests.factories import UserFactory

PASSWORD = "quiet river under stone"


@pytest.fixture
def ana(db: None) -> User:
    """Analyst."""
    return UserFactory(username="ana", first_name="Ana", last_name="Alvarez", role=Role.ANALYST)


@pytest.fixture
def theo(db: None) -> User:
    """Deputy district attorney: an analyst with the attorney's mark."""
    return UserFactory(
        username="theo", first_name="Theo", last_name="Tran", role=Role.ANALYST, is_attorney=True, bar_number="900001",
        title="Deputy District Attorney",
    )  # fmt: skip


@pytest.fixture
def sam(db: None) -> User:
    """Supervisor."""
    return UserFactory(username="sam", first_name="Sam", last_name="Stone", role=Role.SUPERVISOR)


@pytest.fixture
def sue(db: None) -> User:
    """Another supervisor."""
    return UserFactory(username="sue", first_name="Sue", last_name="Sato", role=Role.SUPERVISOR)


@pytest.fixture
def ivy(db: None) -> User:
    """Auditor: reads everything, changes nothing."""
    return UserFactory(username="ivy", first_name="Ivy", last_name="Iverson", role=Role.AUDITOR)


@pytest.fixture
def adam(db: None) -> User:
    """Administrator: sees no records."""
    return UserFactory(username="adam", first_name="Adam", last_name="Abbott", role=Role.ADMINISTRATOR)


@pytest.fixture
def pat(db: None) -> User:
    """Public defender: sees the batches given to them."""
    return UserFactory(username="pat", first_name="Pat", last_name="Park", role=Role.PUBLIC_DEFENDER)


def signed_in(user: User | None) -> Client:
    """A browser in which `user` is signed in; nobody if None."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
