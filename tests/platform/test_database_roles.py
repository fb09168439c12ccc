"""The application's role may read and write rows, and nothing else."""

import psycopg
import pytest
from django.db import connection

from clearmyrecord.office.models import SignInAttempt
from onemachine.services import Database

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_applications_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("cmr_app", "cmr_app")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE office_signinattempt",
        "DROP TABLE office_signinattempt",
        "ALTER TABLE office_signinattempt ADD COLUMN more text",
        "CREATE TABLE mine (id int)",
        "DELETE FROM django_migrations",
        "SET session_replication_role = replica",
        "SET ROLE cmr_owner",
    ],
)
def test_the_application_may_not(statement: str, database: Database) -> None:
    with psycopg.connect(database.app) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


class TestEmptyingBetweenTransactionalTests:
    """Two tests that each leave a row; neither may see the other's."""

    @pytest.mark.django_db(transaction=True)
    def test_first(self) -> None:
        assert SignInAttempt.objects.count() == 0
        SignInAttempt.objects.create(username="ana")

    @pytest.mark.django_db(transaction=True)
    def test_second(self) -> None:
        assert SignInAttempt.objects.count() == 0
        SignInAttempt.objects.create(username="ana")
