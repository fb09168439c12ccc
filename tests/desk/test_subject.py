"""The subject's page."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.records import rows as stored_rows
from clearmyrecord.records.models import Subject, Suggestion
from clearmyrecord.reviews import services as reviews
from clearmyrecord.runs import services as runs
from tests.cast import signed_in
from tests.records.factories import arrest, conviction, read_file
from tests.reviews.conftest import evaluated, office, person, run, standing_of

pytestmark = pytest.mark.django_db
__all__ = ["office", "run", "standing_of"]

MOST_QUERIES = 12
HOSTILE = "</title><script>alert(1)</script>\"onload='x' ﷽ \u202eEOD"


def page(user, pk: int, part: str = "") -> str:
    response = signed_in(user).get(f"/desk/subject/{pk}/{part}")
    assert response.status_code == 200
    return response.content.decode()


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database; marks of a transaction ask nothing."""
    return [each["sql"] for each in captured if not re.match(r"(RELEASE )?SAVEPOINT", each["sql"])]


def long_history(number: int, convictions: int) -> list[dict[str, str]]:
    """An arrest and a conviction a year, each in a cycle of its own."""
    rows = []
    for place in range(1, convictions + 1):
        year, cycle = 1960 + place, f"{place:03d}"
        own = {"PRI_NAME": f"DOE,P{number}", "born": "19400101"}
        subject, cii = f"{number:08d}", f"A{number:08d}"
        rows.append(arrest(subject, cii, day=f"{year}0101", CNT_ORDER=f"{cycle}001001000", PRI_NAME=own["PRI_NAME"]))
        rows.append(
            conviction(subject, cii, day=f"{year}0301", order=f"{cycle}002001000", case=f"CR{number}{cycle}", **own)
        )
    return rows


class TestPage:
    def test_it_shows_who_what_stands_and_the_history_and_is_one_event(self, standing_of, ana):
        row = standing_of("cultivation")
        text = page(ana, row.conviction.subject_id)
        assert "DOE,P2" in text
        assert "H&amp;S § 11358" in text
        assert "CR0002" in text
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.subjects) == ("page", [row.conviction.subject_id])

    def test_auditor_sees_it_administrator_not_and_the_unknown_is_404(self, standing_of, ivy, adam):
        url = f"/desk/subject/{standing_of('sale').conviction.subject_id}/"
        assert signed_in(ivy).get(url).status_code == 200
        for part in ("", "rows/", "suggestions/", "viewers/"):
            assert signed_in(adam).get(url + part).status_code == 403
            assert signed_in(ivy).get(f"/desk/subject/999999/{part}").status_code == 404

    def test_what_stands_by_override_says_so_with_its_reason(self, standing_of, ana):
        row = standing_of("sale")
        reviews.override(actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="The office asks for it.")
        text = page(ana, row.conviction.subject_id)
        assert "by override" in text
        assert text.count("The office asks for it.") == 2  # beside the conviction, and among what was decided

    def test_what_was_found_decided_stated_and_noted_is_told_newest_first(self, standing_of, ana, theo):
        row = standing_of("endless")
        reviews.comment(actor=ana, conviction_id=row.conviction_id, text="Asked the clerk.")
        runs.state_fact(
            actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="no", source="Docket of March 3"
        )
        response = signed_in(ana).get(f"/desk/subject/{row.conviction.subject_id}/")
        kinds = [entry.kind for entry, _ in response.context["entries"]]
        assert kinds == ["found", "stated", "note", "found"] or kinds == ["stated", "found", "note", "found"]
        text = response.content.decode()
        assert "Docket of March 3" in text
        assert "Asked the clerk." in text

    def test_a_run_that_finds_the_same_again_adds_nothing(self, run, standing_of, ana):
        subject = standing_of("sale").conviction.subject_id
        evaluated(ana)
        response = signed_in(ana).get(f"/desk/subject/{subject}/")
        assert [entry.kind for entry, _ in response.context["entries"]] == ["found"]

    def test_an_earlier_run_that_found_otherwise_is_shown_with_its_policy(self, run, standing_of, ana):
        subject = standing_of("sale").conviction.subject_id
        evaluated(ana, policy="contra_costa_2019")
        response = signed_in(ana).get(f"/desk/subject/{subject}/")
        entries = [entry for entry, _ in response.context["entries"]]
        assert len(entries) == 2
        assert f"Run {run.pk}, " in entries[1].by


class TestDrawing:
    def test_a_conviction_in_scope_is_marked_and_the_table_says_the_same(self, standing_of, ana):
        text = page(ana, standing_of("sale").conviction.subject_id)
        assert 'href="#mark-scope" x=' in text
        assert "Show as table" in text
        assert "in scope</strong>" in text

    def test_one_of_another_county_is_drawn_but_not_as_in_scope(self, office, ana):
        read_file(ana, [*person(1), conviction("00000001", "A00000001", county="ALAMEDA", case="X1",
                                               order="102001001000", day="20050101")])  # fmt: skip
        evaluated(ana)
        drawing = signed_in(ana).get(f"/desk/subject/{Subject.objects.get().pk}/").context["drawing"]
        assert sorted(mark.kind for mark in drawing.marks) == ["arrest", "conviction", "scope"]

    def test_what_has_no_date_stands_apart(self, standing_of, ana):
        response = signed_in(ana).get(f"/desk/subject/{standing_of('undated').conviction.subject_id}/")
        assert [mark.kind for mark in response.context["drawing"].apart] == ["scope"]
        assert b"No date in the record" in response.content

    def test_a_life_sentence_has_an_open_end(self, standing_of, ana):
        response = signed_in(ana).get(f"/desk/subject/{standing_of('endless').conviction.subject_id}/")
        assert [bar.open for bar in response.context["drawing"].bars] == [True]

    def test_a_length_that_can_not_be_read_is_told_apart_and_not_drawn(self, office, ana):
        read_file(ana, person(1, SENT_LENGTH="XX"))
        drawing = signed_in(ana).get(f"/desk/subject/{Subject.objects.get().pk}/").context["drawing"]
        assert drawing.bars == []
        assert [mark.kind for mark in drawing.apart] == ["sentence"]

    def test_registration_and_death_are_drawn(self, office, ana):
        own = {"OFFENSE_DESCR": "", "PRI_NAME": "DOE,P1"}
        events = [
            arrest("00000001", "A00000001", day=day, STP_TYPE_DESCR=kind, CNT_ORDER=order, **own)
            for day, kind, order in (
                ("20110101", "REGISTRATION", "102001001000"),
                ("20200101", "DECEASED", "103001001000"),
            )
        ]
        read_file(ana, [*person(1), *events])
        evaluated(ana)
        drawing = signed_in(ana).get(f"/desk/subject/{Subject.objects.get().pk}/").context["drawing"]
        assert {"registration", "death"} <= {mark.kind for mark in drawing.marks}

    def test_nothing_on_record_is_said(self, office, ana):
        subject = Subject.objects.create(name="DOE,NOBODY", search_name="DOE NOBODY")
        text = page(ana, subject.pk)
        assert "The record files show no event." in text
        assert "<svg" not in text

    def test_hostile_names_agencies_and_sections_stay_text(self, office, ana):
        name = HOSTILE.encode("latin-1", "replace").decode("latin-1")
        read_file(
            ana, person(1, PRI_NAME=name, STP_ORI_DESCR=name, OFFENSE_DESCR=f"11359 HS-{name}", SENT_LOC_DESCR=name)
        )
        evaluated(ana)
        subject = Subject.objects.get()
        Subject.objects.filter(pk=subject.pk).update(name=HOSTILE)
        for part in ("", "rows/", "suggestions/"):
            text = page(ana, subject.pk, part)
            assert "alert(1)" not in text or "&lt;script&gt;alert(1)" in text
            assert "<script>alert" not in text


class TestSpeed:
    def test_it_takes_twelve_queries_at_most_whatever_the_history(self, office, ana, theo):
        read_file(ana, [*long_history(1, 60), *long_history(2, 1)])
        run = evaluated(ana)
        for row in run.determinations.filter(conviction__subject__cii_number="A00000001"):
            reviews.override(actor=theo, determination_ids=[row.pk], outcome="dismiss", reason="As agreed.")
        client = signed_in(ana)
        counted = {}
        for subject in Subject.objects.all():
            client.get(f"/desk/subject/{subject.pk}/")
            with CaptureQueriesContext(connection) as seen:
                response = client.get(f"/desk/subject/{subject.pk}/")
            counted[len(response.context["rows"])] = len(statements(seen))
        assert counted[60] == counted[1] <= MOST_QUERIES

    def test_no_record_file_is_opened(self, standing_of, ana, monkeypatch):
        subject = standing_of("sale").conviction.subject_id
        monkeypatch.setattr(stored_rows, "read", None)
        assert page(ana, subject)


class TestSuggestions:
    @pytest.fixture
    def asked(self, office, ana) -> Suggestion:
        """Two subjects under one CII number with two birth dates."""
        read_file(ana, [conviction()], "one.csv")
        read_file(ana, [conviction(born="19810101", case="CR9")], "two.csv")
        return Suggestion.objects.get()

    def test_the_page_leads_to_both_side_by_side(self, asked, ana):
        text = page(ana, asked.first_id)
        assert "1 open suggestion about" in text
        beside = page(ana, asked.first_id, "suggestions/")
        assert "They are the same" in beside
        assert beside.count("/desk/subject/") >= 3
        event = AuditEvent.objects.filter(verb="subject.viewed", kind="list").get()
        assert event.subjects == [asked.first_id, asked.second_id]

    def test_an_answer_leads_back_to_the_subject(self, asked, ana):
        sent = {"answer": "refuse", "reason": "Two people.", "about": asked.second_id}
        response = signed_in(ana).post(f"/records/suggestions/{asked.pk}/answer/", sent)
        assert response.url == f"/desk/subject/{asked.second_id}/"
        assert "No open suggestion" in page(ana, asked.second_id, "suggestions/")

    def test_who_may_not_answer_sees_no_buttons(self, asked, ivy):
        assert "They are the same" not in page(ivy, asked.first_id, "suggestions/")


class TestWhoViewed:
    def test_an_auditor_sees_who_viewed_and_asking_is_an_event(self, standing_of, ana, ivy):
        subject = standing_of("sale").conviction.subject_id
        page(ana, subject)
        assert "Who viewed this person" in page(ivy, subject)
        assert "Ana Alvarez" in page(ivy, subject, "viewers/")
        assert AuditEvent.objects.filter(verb="subject.viewers_listed", subjects=[subject]).count() == 1

    @pytest.mark.parametrize("who", ["ana", "sam"])
    def test_others_are_not_told(self, who, standing_of, request):
        user, subject = request.getfixturevalue(who), standing_of("sale").conviction.subject_id
        assert "Who viewed" not in page(user, subject)
        assert signed_in(user).get(f"/desk/subject/{subject}/viewers/").status_code == 403


def test_each_files_account_names_its_rows(standing_of, ana):
    assert "doj.csv" in page(ana, standing_of("sale").conviction.subject_id, "rows/")
