"""Home by role."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearmyrecord.desk.queries import CAME_BACK, RUNNING
from clearmyrecord.office.models import CourtText
from clearmyrecord.records.models import RecordFile
from clearmyrecord.reviews import queries as reviews
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import PEOPLE, evaluated, office, run

pytestmark = pytest.mark.django_db
__all__ = ["office", "run"]

MOST_QUERIES = 12


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

    def test_it_takes_twelve_queries_at_most_for_everybody(self, run, ana, theo, sam, sue, ivy, adam):
        for user in (ana, theo, sam, sue, ivy, adam):
            client = signed_in(user)
            client.get("/")
            with CaptureQueriesContext(connection) as asked:
                client.get("/")
            own = [each for each in asked if "SAVEPOINT" not in each["sql"]]
            assert len(own) <= MOST_QUERIES, f"{user}: {len(own)}"

    def test_what_is_being_done_and_what_came_back_have_groups_of_their_own(self, run, ana):
        file = RecordFile.objects.get()
        groups = {"working": RUNNING, "failed": CAME_BACK}
        for state, title in groups.items():
            RecordFile.objects.filter(pk=file.pk).update(work_state=state)
            shown = dict(signed_in(ana).get("/").context["groups"])
            assert any("Record files" in task.what for task in shown[title]), title


class TestGoingOnWhereOneStopped:
    def place(self, client):
        return client.get("/").context["place"]

    def test_who_has_not_worked_yet_is_offered_nothing(self, run, ana):
        assert self.place(signed_in(ana)) is None

    def test_it_is_the_queue_as_it_was_filtered(self, run, ana):
        client = signed_in(ana)
        client.get("/reviews/?state=open&outcome=dismiss")
        assert self.place(client).url == "/reviews/?state=open&outcome=dismiss"

    def test_it_is_the_conviction_that_was_open_last_also_if_it_was_sent_ahead(self, run, ana):
        first, second = reviews.standing().values_list("conviction_id", flat=True)[:2]
        client = signed_in(ana)
        client.get(f"/reviews/{first}/?state=open")
        client.get(f"/reviews/{second}/?state=open", headers={"X-Prefetch": "yes"})
        assert self.place(client).url == f"/reviews/{first}/?state=open"
        shown = f"http://testserver/reviews/{second}/?state=open"
        client.post(f"/reviews/{second}/opened/", headers={"referer": shown})
        assert self.place(client).url == f"/reviews/{second}/?state=open"

    def test_a_refused_form_is_no_place_to_go_on(self, run, ana):
        pk = reviews.standing().first().conviction_id
        client = signed_in(ana)
        client.get("/reviews/")
        client.post(f"/reviews/{pk}/override/", {"determination": "1"})
        assert self.place(client).url == "/reviews/"

    def test_a_new_session_goes_on_with_the_conviction_opened_last(self, run, ana, sam):
        pk = reviews.standing().first().conviction_id
        signed_in(ana).get(f"/reviews/{pk}/")
        assert self.place(signed_in(ana)).url == f"/reviews/{pk}/"
        assert self.place(signed_in(sam)) is None

    def test_its_words_and_address_name_nobody(self, run, ana):
        row = reviews.standing().select_related("conviction__subject").first()
        client = signed_in(ana)
        client.get(f"/reviews/{row.conviction_id}/")
        place = self.place(client)
        assert row.conviction.subject.name not in place.words + place.url
