"""In production the application refuses to start with unsafe settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearmyrecord import checks
from clearmyrecord.demo.county import PASSWORD
from clearmyrecord.office.models import Role, User

ROOT = Path(__file__).resolve().parent.parent.parent
SAFE = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopq",
    "ALLOWED_HOSTS": "clear.office.example",
    "DATABASE_URL": "postgresql://cmr_app:pw@db/clearmyrecord",
    "REDIS_URL": "redis://:pw@redis/0",
    "DEMO": "0",
}


def start(**changed: str) -> subprocess.CompletedProcess[str]:
    """Load the web application as gunicorn does."""
    return subprocess.run(
        [sys.executable, "-c", "import clearmyrecord.wsgi"],
        cwd=ROOT,
        env=os.environ | SAFE | changed,
        capture_output=True,
        text=True,
    )


def test_safe_settings_start():
    done = start()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs 50 random characters"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY needs 50 random characters"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"REDIS_URL": "redis://redis/0"}, "REDIS_URL needs a password"),
        ({"DATABASE_URL": "postgresql://postgres:pw@db/clearmyrecord"}, "names a superuser"),
    ],
)
def test_unsafe_settings_refuse_to_start_and_say_why(changed, said):
    done = start(**changed)
    assert done.returncode != 0
    assert said in done.stderr


def test_the_demonstration_is_not_asked(settings):
    settings.DEMO = True
    settings.SECRET_KEY = "short"
    assert checks.production_settings_are_safe(None) == []


class TestDemoAccounts:
    @pytest.fixture
    def ana(self, db) -> User:
        user = User(username="ana", role=Role.ANALYST)
        user.set_password(PASSWORD)
        user.save()
        return user

    def test_a_production_database_with_a_demo_account_refuses_to_migrate(self, ana, settings):
        settings.DEMO = False
        assert [error.id for error in checks.no_demo_account_is_left(None, ["default"])] == ["clearmyrecord.E006"]

    def test_somebody_of_the_same_name_with_a_password_of_their_own_is_welcome(self, ana, settings):
        settings.DEMO = False
        ana.set_password("something else altogether")
        ana.save()
        assert checks.no_demo_account_is_left(None, ["default"]) == []

    def test_the_demonstration_keeps_its_accounts(self, ana, settings):
        settings.DEMO = True
        assert checks.no_demo_account_is_left(None, ["default"]) == []
