"""Inquiries: the search forgives, nobody is told unverified, the letter says what was found."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office.models import User
from clearmyrecord.records.models import Conviction, Subject
from clearmyrecord.records.people import search_name
from clearmyrecord.relief import inquiries, services
from clearmyrecord.relief.inquiry_search import alike, compared
from clearmyrecord.relief.models import Inquiry
from petitions import reading
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.relief.conftest import denied, granted, today

TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ?")[^"]+|[A-Za-z0-9]{64}')
"""Differs from page to page."""

ASKED = {
    "channel": "telephone", "asker": "self", "asker_name": "", "contact": "", "name": "Maria Garcia",
    "birth_date": None, "note": "",
}  # fmt: skip


def subject(name: str, born: date | None = date(1980, 3, 4)) -> Subject:
    return Subject.objects.create(name=name, search_name=search_name(name), birth_date=born)


def logged(actor: User, **others: object) -> Inquiry:
    return inquiries.log(actor=actor, values=ASKED | {"asked_on": today()} | others)


def matched(actor: User, subject_id: int, **others: object) -> Inquiry:
    inquiry = logged(actor, **others)
    return inquiries.say_who(
        actor=actor, inquiry_id=inquiry.pk, subject_id=subject_id, identity="Driver's licence seen."
    )


class TestSearch:
    @pytest.mark.parametrize(
        ("typed", "recorded"),
        [
            ("Maria Garcia", "GARCIA,MARIA"),
            ("garcia maria", "GARCIA,MARIA"),
            ("Maria Gracia", "GARCIA,MARIA"),  # letters swapped
            ("Maria Garca", "GARCIA,MARIA"),  # one dropped
            ("Maria Garccia", "GARCIA,MARIA"),  # one doubled
            ("María García", "GARCIA,MARIA ELENA"),
            ("Maria Garcia Lopez", "GARCIA,MARIA"),
            ("Maria Lopez Garcia", "LOPEZ GARCIA,MARIA"),
            ("Jose Nunez Jr", "NUNEZ JR,JOSE"),
        ],
    )
    def test_spelling_is_forgiven(self, typed, recorded, db):
        wanted = subject(recorded)
        subject("WASHINGTON,DENISE")
        assert [each.subject for each in alike(typed, None)][:1] == [wanted]

    def test_another_beginning_is_found_by_the_birth_date(self, db):
        wanted = subject("XARCIA,NARIA", date(1980, 3, 4))
        subject("XARCIA,NARIA", date(1950, 1, 1))
        found = alike("Maria Garcia", date(1980, 4, 3))
        assert [(each.subject, each.birth_date) for each in found] == [(wanted, "day and month swapped")]

    def test_the_same_birth_date_comes_before_a_better_name(self, db):
        other, wanted = subject("GARCIA,MARIA", date(1950, 1, 1)), subject("GARCIA,MARIE", date(1980, 3, 4))
        assert [each.subject for each in alike("Maria Garcia", date(1980, 3, 4))] == [wanted, other]

    def test_somebody_else_is_not_shown(self, db):
        subject("GARNER,WILLIAM")
        assert alike("Maria Garcia", None) == []
        assert alike("  ", None) == []

    @pytest.mark.parametrize(
        ("asked", "known", "told"),
        [
            (None, date(1980, 1, 1), "unknown"),
            (date(1980, 3, 4), date(1980, 4, 3), "day and month swapped"),
            (date(1980, 3, 14), date(1980, 3, 4), "one part differs"),
            (date(1980, 3, 14), date(1981, 3, 4), "differs"),
        ],
    )
    def test_birth_dates_are_compared_in_words(self, asked, known, told):
        assert compared(asked, known) == told


class TestAnswering:
    def test_nobody_is_told_before_it_is_verified_that_they_may_be(self, item, ana):
        inquiry = logged(ana)
        wanted = item("CR0001").asked.subject_id
        with pytest.raises(Invalid, match="verified"):
            inquiries.say_who(actor=ana, inquiry_id=inquiry.pk, subject_id=wanted, identity=" ")
        with pytest.raises(Invalid, match="which person"):
            inquiries.write_letter(
                actor=ana, inquiry_id=inquiry.pk, language="en-US", address=["1 Main"], defender_phone="925-555-0177"
            )

    def test_one_glance_says_what_was_cleared_asked_denied_and_why_not(self, item, ana, run):
        asked = item("CR0001")
        person = asked.asked.subject_id
        (waiting,) = [each for each in inquiries.standings(person) if each.case_number == "CR0001"]
        assert (waiting.state, waiting.became, waiting.day) == ("asked", "waiting", today())
        services.answer(actor=ana, item_ids=[asked.pk], told=granted())
        (cleared,) = [each for each in inquiries.standings(person) if each.case_number == "CR0001"]
        assert (cleared.state, cleared.became) == ("cleared", asked.asked.relief)
        other = item("CR0002")
        services.answer(actor=ana, item_ids=[other.pk], told=denied("Not within the section."))
        (refused,) = [each for each in inquiries.standings(other.asked.subject_id) if each.case_number == "CR0002"]
        assert (refused.state, refused.why) == ("denied", "Not within the section.")

    def test_what_a_court_was_asked_beside_cannabis_is_told_too(self, item, ana):
        asked = item("CR0001")
        Conviction.objects.filter(pk=asked.conviction_id).update(prop64="")
        services.answer(actor=ana, item_ids=[asked.pk], told=granted())
        (cleared,) = inquiries.standings(asked.asked.subject_id)
        assert cleared.state == "cleared"

    def test_a_glance_at_many_takes_as_many_queries_as_at_one(self, filed, item, django_assert_max_num_queries):
        person = item("CR0001").asked.subject_id
        with CaptureQueriesContext(connection) as one:
            inquiries.standings(person)
        Conviction.objects.filter(asked__isnull=False).update(subject=person)
        with django_assert_max_num_queries(len(one)):
            found = inquiries.standings(person)
        assert [each.day for each in found if each.state == "asked"] == [today()] * filed.items.count()

    def test_the_letter_says_it_in_english_and_spanish_and_is_kept(self, item, ana):
        asked = item("CR0001")
        services.answer(actor=ana, item_ids=[asked.pk], told=granted())
        inquiry = matched(ana, asked.asked.subject_id)
        texts = {}
        for language in ("en-US", "es-US"):
            inquiries.write_letter(
                actor=ana, inquiry_id=inquiry.pk, language=language, address=["1 Main Street", "Martinez, CA 94553"],
                defender_phone="925-555-0177",
            )  # fmt: skip
            letter = inquiry.letters.first()
            given = signed_in(ana).get(f"/relief/inquiries/letters/{letter.pk}.pdf")
            pages = reading.read(given.content, language=language)[0]
            texts[language] = " ".join(" ".join(page.text for page in pages).split())
        assert "Case CR0001: lowered to a misdemeanor" in texts["en-US"]
        assert "Caso CR0001: reducido a delito menor" in texts["es-US"]
        assert inquiry.letters.count() == 2

    def test_a_settled_inquiry_stays_as_it_is(self, item, ana):
        inquiry = matched(ana, item("CR0001").asked.subject_id)
        inquiries.settle(actor=ana, inquiry_id=inquiry.pk, state="answered", answer="Told by telephone.")
        with pytest.raises(Conflict):
            inquiries.settle(actor=ana, inquiry_id=inquiry.pk, state="closed", answer="Again.")
        with pytest.raises(Invalid, match="Only the public form"):
            logged(ana, channel="form")
        with pytest.raises(Invalid, match="future"):
            logged(ana, asked_on=today() + timedelta(1))

    def test_the_trail_has_each_step_and_no_name(self, item, ana):
        person = item("CR0001").asked.subject_id
        inquiry = matched(ana, person)
        inquiries.settle(actor=ana, inquiry_id=inquiry.pk, state="answered", answer="Told.")
        events = AuditEvent.objects.filter(verb__startswith="inquiry.").order_by("pk")
        assert [event.verb for event in events] == ["inquiry.logged", "inquiry.matched", "inquiry.answered"]
        assert all("Garcia" not in str(event.detail) for event in events)
        assert events[1].subjects == [person]


class TestPages:
    def test_sealed_convictions_are_shown_only_where_needed_and_then_in_the_trail(self, item, ana):
        asked = item("CR0003")
        services.answer(actor=ana, item_ids=[asked.pk], told=granted(granted_as="sealed"))
        inquiry = matched(ana, asked.asked.subject_id)
        client = signed_in(ana)
        address = f"/relief/inquiries/{inquiry.pk}/"
        hidden = client.get(address).content.decode()
        assert "sealed by order of a court and not shown" in hidden
        assert "CR0003" not in hidden
        assert "CR0003" in client.get(f"{address}?sealed=1").content.decode()
        assert AuditEvent.objects.filter(kind="sealed").exists()

    def test_what_is_refused_keeps_what_was_typed(self, item, ana):
        client = signed_in(ana)
        inquiry = logged(ana)
        address = f"/relief/inquiries/{inquiry.pk}/"
        page = client.post(f"{address}who/", {"subject_id": "", "identity": "Licence seen."})
        assert page.status_code == 422
        inquiry = matched(ana, item("CR0001").asked.subject_id)
        Subject.objects.filter(pk=inquiry.subject_id).update(deceased=True)
        typed = {"language": "en-US", "address": "1 Main Street", "defender_phone": "925-555-0177"}
        page = client.post(f"/relief/inquiries/{inquiry.pk}/letters/", typed)
        assert page.status_code == 422
        for text in ("recorded as deceased", "1 Main Street", "925-555-0177"):
            assert text in page.content.decode()
        page = client.post(f"/relief/inquiries/{inquiry.pk}/settle/", {"state": "answered", "answer": ""})
        assert page.status_code == 422

    def test_from_a_question_to_an_answer(self, item, ana):
        client = signed_in(ana)
        person = Subject.objects.get(pk=item("CR0001").asked.subject_id)
        assert client.get("/relief/inquiries/new/").status_code == 200
        data = ASKED | {"name": person.name, "birth_date": "", "asked_on": today().isoformat()}
        page = client.post("/relief/inquiries/new/", data, follow=True)
        assert f'value="{person.pk}"' in page.content.decode()
        inquiry = Inquiry.objects.get()
        client.post(f"/relief/inquiries/{inquiry.pk}/who/", {"subject_id": person.pk, "identity": "Licence seen."})
        assert "CR0001" in client.get(f"/relief/inquiries/{inquiry.pk}/").content.decode()
        client.post(f"/relief/inquiries/{inquiry.pk}/settle/", {"state": "answered", "answer": "Told."})
        assert "Nobody waits" in client.get("/relief/inquiries/").content.decode()
        assert person.name in client.get("/relief/inquiries/?state=all").content.decode()


class TestPublicForm:
    FORM = {
        "asker": "self", "asker_name": "Maria Garcia", "contact": "925-555-0100", "name": "Maria Garcia",
        "birth_date": "1980-03-04", "note": "",
    }  # fmt: skip

    def test_it_is_not_there_unless_turned_on(self, db):
        assert signed_in(None).get("/relief/inquiries/ask/").status_code == 404
        assert signed_in(None).post("/relief/inquiries/ask/", self.FORM).status_code == 404
        assert signed_in(None).get("/relief/inquiries/asked/").status_code == 404

    def test_it_only_files_an_inquiry_and_says_the_same_to_everybody(self, db, settings):
        settings.PUBLIC_INQUIRIES = True
        subject("GARCIA,MARIA")
        client = signed_in(None)
        known = client.post("/relief/inquiries/ask/", self.FORM, follow=True)
        unknown = client.post("/relief/inquiries/ask/", self.FORM | {"name": "Nobody Known"}, follow=True)
        told = [TOKEN.sub("", each.content.decode()) for each in (known, unknown)]
        assert told[0] == told[1]
        assert Inquiry.objects.filter(channel="form", entered_by=None, subject=None).count() == 2

    def test_one_address_may_not_ask_too_often(self, db, settings):
        settings.PUBLIC_INQUIRIES = True
        cache.clear()
        answers = [signed_in(None).post("/relief/inquiries/ask/", self.FORM).status_code for _ in range(6)]
        assert answers == [302] * inquiries.ASKS_AN_HOUR + [429]
        values = {**self.FORM, "birth_date": date(1980, 3, 4)}
        inquiries.ask(address="192.0.2.7", values=values)
        assert Inquiry.objects.count() == inquiries.ASKS_AN_HOUR + 1

    def test_the_service_itself_refuses_while_it_is_off(self, db):
        with pytest.raises(NotFound):
            inquiries.ask(address="192.0.2.7", values={})

    def test_an_auditor_logs_nothing(self, db):
        with pytest.raises(NotAllowed):
            inquiries.log(actor=User(role="auditor", is_active=True), values=ASKED)
