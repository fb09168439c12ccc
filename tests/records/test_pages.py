"""The pages of record files, suggestions and the search, as their people see them."""

import re
from urllib.parse import unquote

import pytest
from django.urls import reverse

from clearmyrecord import work
from clearmyrecord.audit import queries as trail
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.records.models import RecordFile, Subject, Suggestion
from tests.cast import signed_in
from tests.records.factories import conviction, csv_bytes, read_file, uploaded

pytestmark = pytest.mark.django_db


def send(client, content: bytes, received_on="2024-06-01", **headers):
    form = {"file": uploaded(content), "received_on": received_on}
    return client.post(reverse("records:upload"), form, **headers)


class TestUploadPage:
    def test_an_analyst_uploads_and_lands_on_the_file(self, ana):
        answer = send(signed_in(ana), csv_bytes([conviction()]))
        assert answer.status_code == 302
        assert answer.url == reverse("records:file", args=[RecordFile.objects.get().pk])

    def test_a_wrong_file_is_refused_on_the_form(self, ana):
        answer = send(signed_in(ana), b"%PDF-1.7")
        assert answer.status_code == 422
        assert "Expected a DOJ research file" in answer.content.decode()

    def test_the_same_file_says_so(self, ana):
        send(signed_in(ana), csv_bytes([conviction()]))
        client = signed_in(ana)
        answer = client.get(send(client, csv_bytes([conviction()])).url)
        assert "not stored twice" in answer.content.decode()

    def test_others_may_not(self, sam):
        assert send(signed_in(sam), csv_bytes([conviction()])).status_code == 403


class TestFilePage:
    @pytest.fixture
    def file(self, ana, office):
        return read_file(ana, [conviction(), conviction("", "A2"), conviction("3", "A3", day="20109999", case="CR3")])

    def test_it_shows_what_became_of_the_rows_and_the_counties(self, ivy, file):
        page = signed_in(ivy).get(reverse("records:file", args=[file.pk])).content.decode()
        assert "Left over" in page
        assert "CONTRA COSTA" in page
        assert "Set this file aside" not in page

    def test_problems_are_filtered_and_downloaded_as_shown(self, ana, file):
        client = signed_in(ana)
        every = client.get(reverse("records:problems", args=[file.pk]))
        assert every.context["page_obj"].paginator.count == 2
        one = client.get(reverse("records:problems", args=[file.pk]), {"column": "SUBJECT_ID"})
        assert one.context["page_obj"].paginator.count == 1
        lines = (
            b"".join(
                client.get(
                    reverse("records:problems_download", args=[file.pk]), {"column": "SUBJECT_ID"}
                ).streaming_content
            )
            .decode("utf-8-sig")
            .splitlines()
        )
        assert len(lines) == 2
        assert lines[1].startswith("2,3,SUBJECT_ID,")

    def test_who_saw_a_value_that_could_not_be_read_stands_in_the_trail(self, ana, ivy, file):
        third = file.subjects.get(doj_subject_id="3").subject_id
        signed_in(ana).get(reverse("records:problems", args=[file.pk]))
        signed_in(ivy).get(reverse("records:problems_download", args=[file.pk]))
        seen = trail.events(subject_id=third)
        assert [(event.actor, event.kind, event.target_id) for event in seen] == [
            (ivy, "download", file.pk),
            (ana, "list", file.pk),
        ]
        signed_in(ivy).get(reverse("records:problems", args=[file.pk]), {"column": "SUBJECT_ID"})
        assert trail.events()[0].verb == "record_file.problems_viewed", "that row is nobody's"

    def test_progress_is_fetched_until_the_file_is_read(self, ana, file):
        client = signed_in(ana)
        work.start_again(file)
        waiting = client.get(reverse("records:file_progress", args=[file.pk]), headers={"HX-Request": "true"})
        assert "hx-trigger" in waiting.content.decode()
        RecordFile.objects.update(work_state="done")
        done = client.get(reverse("records:file_progress", args=[file.pk]), headers={"HX-Request": "true"})
        assert done["HX-Refresh"] == "true"

    def test_it_is_set_aside_after_saying_what_that_does(self, ana, file):
        client = signed_in(ana)
        address = reverse("records:set_aside", args=[file.pk])
        assert "No later run takes this file" in client.get(address).content.decode()
        assert client.post(address, {"reason": ""}).status_code == 422
        assert client.post(address, {"reason": "Wrong county"}).status_code == 302
        assert "Wrong county" in client.get(reverse("records:file", args=[file.pk])).content.decode()

    def test_a_failed_reading_offers_to_read_again(self, ana, file):
        client = signed_in(ana)
        assert client.post(reverse("records:read_again", args=[file.pk])).status_code == 409
        RecordFile.objects.update(work_state="failed", work_failure="MemoryError, reference abc")
        assert "MemoryError" in client.get(reverse("records:file", args=[file.pk])).content.decode()
        assert client.post(reverse("records:read_again", args=[file.pk])).status_code == 302
        assert RecordFile.objects.get().work_state == "waiting"

    def test_a_file_that_is_not_there_is_404(self, ana):
        assert signed_in(ana).get(reverse("records:file", args=[404])).status_code == 404

    def test_the_list_asks_again_only_while_something_is_read(self, ana, file):
        address = reverse("records:files")
        assert "every 2s" not in signed_in(ana).get(address).content.decode()
        RecordFile.objects.update(work_state="working")
        assert "every 2s" in signed_in(ana).get(address).content.decode()

    def test_queries_of_the_list_do_not_grow_with_the_files(self, ana, file, django_assert_max_num_queries):
        for number in range(5):
            read_file(ana, [conviction(str(number), f"B{number}")])
        client = signed_in(ana)
        with django_assert_max_num_queries(12):
            client.get(reverse("records:files"))


class TestSuggestionPage:
    @pytest.fixture
    def suggestion(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1", case="CR2", day="20120101")])
        return Suggestion.objects.get()

    def test_both_are_shown_side_by_side_and_the_view_is_on_the_trail(self, ana, suggestion):
        page = signed_in(ana).get(reverse("records:suggestions")).content.decode()
        assert "under two SUBJECT_IDs" in page
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert set(event.subjects) == set(Subject.objects.values_list("pk", flat=True))

    def test_it_is_answered_and_taken_back(self, ana, suggestion):
        client = signed_in(ana)
        address = reverse("records:answer", args=[suggestion.pk])
        client.post(address, {"answer": "confirm", "reason": "Fingerprint card"})
        assert Suggestion.objects.get().state == "confirmed"
        shown = client.get(reverse("records:suggestions"), {"state": "confirmed"}).content.decode()
        assert "Fingerprint card" in shown
        client.post(address, {"answer": "undo", "reason": "Another card"})
        assert Suggestion.objects.get().state == "open"

    def test_without_a_reason_nothing_changes(self, ana, suggestion):
        signed_in(ana).post(reverse("records:answer", args=[suggestion.pk]), {"answer": "confirm", "reason": ""})
        assert Suggestion.objects.get().state == "open"

    def test_an_auditor_sees_and_does_not_answer(self, ivy, suggestion):
        client = signed_in(ivy)
        assert "They are the same" not in client.get(reverse("records:suggestions")).content.decode()
        address = reverse("records:answer", args=[suggestion.pk])
        assert client.post(address, {"answer": "confirm", "reason": "x"}).status_code == 403


class TestSearch:
    @pytest.fixture
    def client(self, ana, office):
        read_file(
            ana, [conviction("1", "A1", name="PEÑA,MARÍA JOSÉ"), conviction("2", "A2", name="PENNY,ANN", case="CR2")]
        )
        return signed_in(ana)

    def search(self, client, **wanted):
        answer = client.post(reverse("records:search"), wanted)
        return answer, (client.get(answer.url) if answer.status_code == 302 else answer)

    def test_no_address_holds_what_was_searched_for(self, client):
        redirect, found = self.search(client, name="Peña")
        assert re.fullmatch(r"/records/people/[0-9a-f-]{36}/", redirect.url)
        assert "pe" not in unquote(redirect.url).removeprefix("/records/people/").lower()
        assert "MARÍA" in found.content.decode()

    @pytest.mark.parametrize("name", ["pena, maria", "Maria Jose Peña", "PEÑA", "pena maria j"])
    def test_a_name_is_found_without_accents_in_either_order(self, client, name):
        if name == "Maria Jose Peña":
            name = "Peña María José"
        _, found = self.search(client, name=name)
        assert [each.name for each in found.context["page_obj"]] == ["PEÑA,MARÍA JOSÉ"]

    def test_first_name_first_is_found(self, client):
        _, found = self.search(client, name="ann penny")
        assert [each.name for each in found.context["page_obj"]] == ["PENNY,ANN"]

    def test_a_cii_number_is_found_and_birth_dates_narrow(self, client):
        assert self.search(client, cii_number="A2")[1].context["page_obj"].paginator.count == 1
        assert self.search(client, birth_date="1980-01-01")[1].context["page_obj"].paginator.count == 2
        assert self.search(client, name="pe", birth_date="1999-01-01")[1].context["page_obj"].paginator.count == 0

    def test_whom_it_showed_is_on_the_trail(self, client):
        self.search(client, name="penny")
        assert AuditEvent.objects.get(verb="subject.viewed").subject_count == 1

    def test_an_empty_search_is_refused(self, client):
        assert self.search(client)[1].status_code == 422
        assert self.search(client, name="p")[1].status_code == 422

    def test_a_search_is_its_users_own(self, client, sam):
        redirect, _ = self.search(client, name="penny")
        assert signed_in(sam).get(redirect.url).status_code == 404

    def test_an_administrator_searches_nobody(self, client, adam):
        assert signed_in(adam).get(reverse("records:search")).status_code == 403
