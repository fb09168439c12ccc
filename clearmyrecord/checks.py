"""System checks: in production the application refuses to start with settings that would expose records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from clearmyrecord.demo.county import PASSWORD, PEOPLE
from clearmyrecord.office.models import User

SECRET_KEY_LENGTH = 50
SUPERUSER = "postgres"


@register(Tags.security)
def production_settings_are_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nothing to say in the demonstration, which holds invented data only."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SECRET_KEY_LENGTH or len(set(settings.SECRET_KEY)) < 10:
        found.append(Error(f"SECRET_KEY needs {SECRET_KEY_LENGTH} random characters.", id="clearmyrecord.E001"))
    if settings.DEBUG:
        found.append(Error("DEBUG shows the inside of the application to anybody.", id="clearmyrecord.E002"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS must name the office's own host names.", id="clearmyrecord.E003"))
    redis = urlsplit(settings.REDIS_URL)
    if redis.scheme != "unix" and not redis.password:
        found.append(Error("REDIS_URL needs a password; who writes there rings jobs.", id="clearmyrecord.E004"))
    if settings.DATABASES["default"].get("USER") == SUPERUSER:
        found.append(Error("DATABASE_URL names a superuser; use cmr_app or cmr_owner.", id="clearmyrecord.E005"))
    return found


@register(Tags.database)
def no_demo_account_is_left(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Everybody knows their password. Run by `manage.py migrate`, which comes before every start in production."""
    if settings.DEMO or not databases or User._meta.db_table not in connection.introspection.table_names():
        return []
    demo = User.objects.filter(username__in=[person.username for person in PEOPLE])
    names = sorted(user.username for user in demo if user.check_password(PASSWORD))
    if not names:
        return []
    return [Error(f"Demo accounts stand in this database: {', '.join(names)}.", id="clearmyrecord.E006")]
