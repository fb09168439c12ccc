"""Home by role."""

import pytest

from clearmyrecord.office.models import CourtText
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, office, run

pytestmark = pytest.mark.django_db
__all__ = ["office", "run"]


def tasks(user) -> dict[str, int]:
    """What waits on the user's home page, by its words."""
    return {task.what: task.number for task in signed_in(user).get("/").context["tasks"]}


class TestHome:
    def test_analyst_sees_files_to_evaluate_then_what_to_review(self, office, ana):
        read_file(ana, [row for rows in PEOPLE.values() for row in rows])
        assert tasks(ana) == {"Record files to evaluate": 1}
        evaluated(ana)
        assert tasks(ana) == {"Is the sentence completed?": 2, "Convictions to look at": 6}

    def test_attorney_sees_grounds_to_choose(self, run, theo):
        assert tasks(theo)["Legal grounds to choose"] == 1

    def test_each_task_leads_to_a_page_that_opens(self, run, ana, theo, sam, ivy, adam):
        CourtText.objects.create(text="CASC NOWHERE")
        for user in (ana, theo, sam, ivy, adam):
            client = signed_in(user)
            for task in client.get("/").context["tasks"]:
                assert client.get(task.url).status_code == 200, task.url

    def test_administrator_sees_unmapped_courts_and_locked_accounts_and_no_record(self, run, adam, ana):
        CourtText.objects.create(text="CASC NOWHERE")
        seen = tasks(adam)
        assert seen["Court texts to map"] == 1
        assert "Convictions to look at" not in seen

    def test_auditor_sees_what_happened_today(self, run, ivy):
        assert tasks(ivy)["Events today"] > 0

    def test_who_has_nothing_to_do_is_told_so(self, office, sam):
        assert b"Nothing needs you now" in signed_in(sam).get("/").content

    def test_nobody_is_sent_to_sign_in(self, db):
        assert signed_in(None).get("/").status_code == 302
