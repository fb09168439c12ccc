"""The database, Redis and the running application for the tests. Everything runs as the application's own role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

from onemachine import services
from tests import environment
from tests.stack import LiveStack

pytest_plugins = ["tests.cast"]

KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")
"""Filled by migrations; emptying the others between tests must leave these alone."""


@pytest.fixture(scope="session")
def superuser_url() -> Iterator[str]:
    """The PostgreSQL of this session: the one given, else an embedded one that ends with the session."""
    if given := os.environ.get("TEST_SUPERUSER_URL"):
        yield given
        return
    server = services.Postgres(environment.FOLDER / "pg" / "data")
    server.start()
    try:
        yield server.superuser_url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The Redis of this session: the one given, else an embedded one."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    server = services.Redis(environment.FOLDER)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def database(superuser_url: str, request: pytest.FixtureRequest) -> Iterator[services.Database]:
    """A new database with both roles; `--reuse-db` keeps it and migrates what is missing."""
    keep = request.config.getoption("reuse_db") and not request.config.getoption("create_db")
    yield services.make_database(superuser_url, environment.DATABASE_NAME, fresh=not keep)
    connection.close()
    if not keep:
        services.drop_database(superuser_url, environment.DATABASE_NAME)


@pytest.fixture(scope="session")
def django_db_setup(database: services.Database, redis_url: str, django_db_blocker: Any) -> None:
    """Migrate as the owner, then run everything else as the application. Replaces pytest-django's own fixture."""
    wanted = connection.settings_dict
    wanted["OPTIONS"] = {"host": psycopg.conninfo.conninfo_to_dict(database.app)["host"]}
    wanted["TEST"]["NAME"] = wanted["NAME"] = environment.DATABASE_NAME
    with django_db_blocker.unblock():
        connection.close()
        wanted["USER"] = services.OWNER
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        wanted["USER"] = services.APP
    os.environ["DATABASE_URL"] = database.app  # for the processes that tests start


@pytest.fixture(scope="session", autouse=True)
def _empty_as_superuser() -> None:
    """Transactional tests end by emptying the tables, which neither the application nor the trail allows."""
    setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_tables())  # noqa: B010 - not in its stubs


def empty_tables() -> None:
    """Empty every table as superuser with triggers off. Transactions that a test left open are ended first."""
    connection.close()
    name = environment.DATABASE_NAME
    host = connection.settings_dict["OPTIONS"]["host"]
    with psycopg.connect(f"postgresql://postgres@/{name}?host={host}", autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = %s AND xact_start IS NOT NULL",
            [name, services.APP],
        )
        tables = superuser.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [list(KEPT_TABLES)]
        ).fetchall()
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("SET lock_timeout = '20s'")
        names = sql.SQL(", ").join(sql.Identifier(table) for (table,) in tables)
        superuser.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests() -> None:
    """One round of password hashing, and static files served without having been collected."""
    django_settings.PASSWORD_HASHERS = ["tests.hashers.OneRound"]
    django_settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def files_dir() -> Path:
    """Where uploads and papers of this test session lie, in the test and in the processes it starts."""
    return Path(os.environ["FILES_DIR"])


@pytest.fixture(scope="session")
def _stack(django_db_setup: None, database: services.Database, redis_url: str) -> Iterator[LiveStack]:
    stack = LiveStack(database=database, redis_url=redis_url)
    yield stack
    stack.stop()


@pytest.fixture
def live_stack(transactional_db: None, _stack: LiveStack) -> Iterator[LiveStack]:
    """The running application: gunicorn, two workers and the scheduler as processes of their own, on the test database.

    Processes that a test killed are started again for the next one.
    """
    _stack.start()
    yield _stack
    _stack.quiet()


@pytest.fixture
def workers(transactional_db: None, _stack: LiveStack) -> Iterator[LiveStack]:
    """As `live_stack` without the web server: workers and scheduler only."""
    _stack.start(web=False)
    yield _stack
    _stack.quiet()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet on the network; CHROMIUM names another one."""
    quiet = ("background-networking", "component-update", "sync", "gpu", "quic")
    return browser_type_launch_args | {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in quiet)],
    }
