"""Home by role, and the subject's page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.models import CourtText
from clearmyrecord.records.models import Subject
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, office, person, run, standing_of

pytestmark = pytest.mark.django_db
__all__ = ["office", "run", "standing_of"]


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


class TestSubject:
    def test_it_shows_who_what_stands_and_the_history_and_is_one_event(self, standing_of, ana):
        row = standing_of("cultivation")
        response = signed_in(ana).get(f"/desk/subject/{row.conviction.subject_id}/")
        text = response.content.decode()
        assert "DOE,P2" in text
        assert "H&amp;S § 11358" in text
        assert "CR0002" in text
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("page", [row.conviction.subject_id])

    def test_auditor_sees_it_administrator_not_and_the_unknown_is_404(self, standing_of, ivy, adam):
        url = f"/desk/subject/{standing_of('sale').conviction.subject_id}/"
        assert signed_in(ivy).get(url).status_code == 200
        assert signed_in(adam).get(url).status_code == 403
        assert signed_in(ivy).get("/desk/subject/999999/").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_convictions(self, office, ana):
        orders = [f"{place:03d}" for place in range(1, 9)]
        rows = [
            person(1, case=f"CR1{order}", day=f"20{place:02d}0101")[1] | {"CNT_ORDER": f"{order}001001000"}
            for place, order in enumerate(orders, start=2)
        ]
        read_file(ana, [*rows, *person(2)])
        evaluated(ana)
        client = signed_in(ana)
        counted = {}
        for subject in Subject.objects.all():
            client.get(f"/desk/subject/{subject.pk}/")
            with CaptureQueriesContext(connection) as seen:
                response = client.get(f"/desk/subject/{subject.pk}/")
            counted[len(response.context["rows"])] = len(seen)
        assert counted[8] == counted[1]
