"""The pages of answers: clocks, one filing, objections, the notice list, responses, the DOJ's record."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.filings import receipts
from clearmyrecord.office.models import Court
from clearmyrecord.relief import services
from clearmyrecord.relief.models import CourtAnswer, CourtResponse, DojConfirmation, Objection, ResponseRow
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.relief.conftest import granted, state_of, today
from tests.relief.many import filed_cases
from tests.relief.test_responses import csv_of, row


def get(user, name, /, *args, **query):
    return signed_in(user).get(reverse(f"relief:{name}", args=args), query)


def post(user, name, /, *args, **values):
    return signed_in(user).post(reverse(f"relief:{name}", args=args), values)


def text_of(response) -> str:
    return response.content.decode()


class TestClocks:
    def test_what_is_filed_is_listed_with_the_end_of_its_clock(self, filed, ana):
        Court.objects.update(answer_days=30)
        shown = text_of(get(ana, "answers"))
        assert "CR0002" in shown
        assert f"{today() + timedelta(30):%b} {(today() + timedelta(30)).day}, " in shown
        assert "30 days left" in shown

    @pytest.mark.parametrize(("days", "late"), [(29, False), (30, False), (31, True)])
    def test_a_filing_is_late_from_the_day_after_its_clock_ends(self, signed, ana, days, late):
        Court.objects.update(answer_days=30)
        filing = signed.filings.get(case_number="CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        later = today() + timedelta(days)
        with pytest.MonkeyPatch.context() as clock:
            clock.setattr("clearmyrecord.office.queries.today", lambda: later)
            assert ("CR0002" in text_of(get(ana, "answers", show="late"))) is late
            assert ("Filings past their clock" in text_of(signed_in(ana).get("/"))) is late

    def test_what_is_answered_is_late_no_more(self, filed, item, ana):
        for number in ("CR0001", "CR0002", "CR0003"):
            services.answer(actor=ana, item_ids=[item(number).pk], told=granted())
        assert "CR0002" not in text_of(get(ana, "answers"))
        assert "CR0002" in text_of(get(ana, "answers", show="answered"))

    def test_a_page_takes_few_queries_however_much_is_filed(self, item, ana, theo, sam):
        filed_cases(120, item("CR0001"), composer=ana, signer=theo, approver=sam)
        client = signed_in(ana)
        for name in ("answers", "notice", "still_shown", "objections", "responses"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(reverse(f"relief:{name}")).status_code == 200
            own = [q for q in queries if "django_session" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
            assert len(own) <= 12, (name, [q["sql"][:80] for q in own])

    def test_administrators_see_none_of_it(self, filed, adam):
        for name in ("answers", "notice", "objections", "responses", "still_shown"):
            assert get(adam, name).status_code == 403


class TestOneFiling:
    def test_an_answer_is_entered_for_what_is_ticked(self, case, item, ana):
        reference = case("CR0002").reference
        assert "Enter what the court did" in text_of(get(ana, "matter", reference))
        sent = post(ana, "answer", reference, item=item("CR0002").pk, decision="granted", decided_on=today())
        assert sent.status_code == 302
        assert state_of(item("CR0002")) == "granted"
        assert "Enter what the court did" not in text_of(get(ana, "matter", reference))

    def test_nothing_ticked_or_another_filings_conviction_is_refused_on_the_page(self, case, item, ana):
        reference = case("CR0002").reference
        for ticked in ({}, {"item": item("CR0001").pk}, {"item": "9" * 30}, {"item": "x"}):
            refused = post(ana, "answer", reference, decision="granted", decided_on=today(), **ticked)
            assert refused.status_code == 422
            assert "Tick the convictions" in text_of(refused)
        assert not CourtAnswer.objects.exists()

    def test_what_was_entered_is_corrected_and_taken_back(self, item, ana):
        pk = item("CR0002").pk
        services.answer(actor=ana, item_ids=[pk], told=granted())
        sent = post(ana, "conviction", pk, decision="denied", decided_on=today(), reason="No.", why="Misread.")
        assert sent.status_code == 302
        assert "Misread." in text_of(get(ana, "conviction", pk))
        post(ana, "undo", pk, **{"undo-reason": "Wrong."})
        assert state_of(item("CR0002")) == "waiting"

    def test_sent_back_and_taken_back(self, case, ana):
        reference = case("CR0002").reference
        values = {"reject-decided_on": today(), "reject-reason": "No caption."}
        assert post(ana, "reject", reference, **values).status_code == 302
        assert "did not send it back" in text_of(get(ana, "matter", reference))
        post(ana, "undo_rejection", reference, **{"undo-reason": "Wrong case."})
        assert case("CR0002").state == "filed"

    def test_an_objection_is_entered_and_an_attorney_resolves_it(self, case, item, ana, theo):
        values = {"who": "defender", "name": "Pat Park", "raised_on": today(), "ground": "record", "text": "Not him."}
        prefixed = {f"object-{name}": value for name, value in values.items()}
        post(ana, "object", case("CR0002").reference, item=item("CR0002").pk, **prefixed)
        objection = Objection.objects.get()
        assert "Objections to resolve" in text_of(signed_in(theo).get("/"))
        assert "CR0002" in text_of(get(theo, "objections"))
        assert "Only an attorney" in text_of(get(ana, "objection", objection.pk))
        refused = post(ana, "objection", objection.pk, resolution="to_hearing", reason="Set.")
        assert refused.status_code == 403
        post(theo, "objection", objection.pk, resolution="to_hearing", reason="Set.")
        assert state_of(item("CR0002")) == "hearing"

    def test_an_auditor_reads_and_enters_nothing(self, case, item, ivy):
        reference = case("CR0002").reference
        shown = text_of(get(ivy, "matter", reference))
        assert "CR0002" in shown
        assert "Enter what the court did" not in shown
        assert post(ivy, "answer", reference, item=item("CR0002").pk).status_code == 403
        assert post(ivy, "conviction", item("CR0002").pk, decision="denied").status_code in (200, 403, 422)
        assert not CourtAnswer.objects.exists()

    @pytest.mark.parametrize("reference", ["x", "F0", "F999999999", "O1", "F" + "9" * 18, "f1"])
    def test_what_is_not_there_is_not_found(self, filed, ana, reference):
        assert get(ana, "matter", reference).status_code == 404


class TestNoticeList:
    def test_names_the_case_and_what_is_asked_and_nobody(self, filed, ana, ivy):
        rows = list(csv.reader(io.StringIO(b"".join(get(ivy, "notice_csv").streaming_content).decode("utf-8-sig"))))
        assert rows[0] == [
            "Case number", "Court", "Code section", "Convicted on", "What is asked", "Filed on", "Answer due by",
        ]  # fmt: skip
        assert [each[0] for each in rows[1:]] == sorted(filed.items.values_list("case_number", flat=True))
        for told in (str(rows), text_of(get(ana, "notice")), text_of(get(ana, "notice_print"))):
            assert "CR0002" in told
            assert "DOE" not in told
            assert "A00000002" not in told
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="download").count() == 1

    def test_is_narrowed_by_the_day_of_filing(self, filed, ana):
        assert "CR0002" in text_of(get(ana, "notice", since=today()))
        assert "CR0002" not in text_of(get(ana, "notice", since=today() + timedelta(1)))


class TestResponses:
    def sent(self, ana, filed, *rows):
        court = filed.filings.first().court
        file = SimpleUploadedFile("r.csv", csv_of(*rows))
        return signed_in(ana).post(reverse("relief:upload"), {"court": court.pk, "file": file})

    def test_from_the_upload_over_columns_and_words_to_what_is_recorded(self, filed, ana, item):
        sent = self.sent(
            ana, filed, row("CR0001"), row("CR0002", "Denied", reason="No."), row("=1+1"), row("CR0003", "Hm")
        )
        of = CourtResponse.objects.get()
        assert sent["Location"] == reverse("relief:columns", args=[of.pk])
        page = get(ana, "columns", of.pk)
        post(ana, "columns", of.pk, **page.context["form"].initial)
        page = get(ana, "words", of.pk)
        post(ana, "words", of.pk, **{name: field.initial for name, field in page.context["form"].fields.items()})
        shown = text_of(get(ana, "response", of.pk))
        assert "Record 2 convictions" in shown
        assert "1 granted, 1 denied" in shown
        assert get(ana, "response", of.pk, show="unusable").status_code == 200
        of.refresh_from_db()
        assert post(ana, "record", of.pk, seen_hash="stale").status_code == 302
        assert not CourtAnswer.objects.exists()
        post(ana, "record", of.pk, seen_hash=of.matches_hash)
        assert CourtAnswer.objects.count() == 2
        assert "Rows of courts’ responses" in text_of(signed_in(ana).get("/"))
        download = b"".join(get(ana, "to_work_off", of.pk).streaming_content).decode()
        assert "'=1+1" in download
        post(ana, "undo_response", of.pk, **{"undo-reason": "Wrong."})
        assert state_of(item("CR0001")) == "waiting"

    def test_a_row_is_worked_off(self, filed, ana, item, case):
        self.sent(ana, filed, row("CR0001"), row("CR0O02"), row("CR7777"))
        of = CourtResponse.objects.get()
        page = get(ana, "columns", of.pk)
        post(ana, "columns", of.pk, **page.context["form"].initial)
        post(ana, "words", of.pk, word_0="granted")
        of.refresh_from_db()
        post(ana, "record", of.pk, seen_hash=of.matches_hash)
        second, third = ResponseRow.objects.filter(state="open")
        assert case("CR0002").reference in text_of(post(ana, "row", second.pk, case_number="CR0002"))
        reference = case("CR0002").reference
        assert "checked" in text_of(get(ana, "assign", second.pk, reference))
        values = {"item": item("CR0002").pk, "decision": "granted", "decided_on": today(), "why": "O for 0."}
        assert post(ana, "assign", second.pk, reference, **values).status_code == 302
        assert state_of(item("CR0002")) == "granted"
        post(ana, "set_aside", third.pk, **{"aside-reason": "Another county's."})
        assert not ResponseRow.objects.filter(state="open").exists()

    def test_the_same_file_is_recognised_and_a_bad_one_refused_on_the_page(self, filed, ana):
        self.sent(ana, filed, row("CR0001"))
        self.sent(ana, filed, row("CR0001"))
        assert CourtResponse.objects.count() == 1
        court = filed.filings.first().court
        file = SimpleUploadedFile("r.xlsx", b"PK\x03\x04 none")
        refused = signed_in(ana).post(reverse("relief:upload"), {"court": court.pk, "file": file})
        assert refused.status_code == 422
        assert "damaged" in text_of(refused)


class TestStillShown:
    def test_a_grant_is_listed_until_it_is_confirmed(self, item, ana):
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
        answer = CourtAnswer.objects.get()
        assert "CR0002" in text_of(get(ana, "still_shown"))
        assert "CR0002" not in text_of(get(ana, "still_shown", age="30"))
        assert post(ana, "confirm", answer.pk, source="").status_code == 422
        post(ana, "confirm", answer.pk, source="DOJ record check.")
        assert "CR0002" not in text_of(get(ana, "still_shown"))
        assert "CR0002" in text_of(get(ana, "still_shown", show="confirmed"))
        confirmation = DojConfirmation.objects.get()
        assert post(ana, "decide", confirmation.pk, decision="refuse", reason="").status_code == 422
        post(ana, "decide", confirmation.pk, decision="refuse", reason="Wrong person.")
        assert "CR0002" in text_of(get(ana, "still_shown"))
        assert "CR0002" in b"".join(get(ana, "still_shown_csv").streaming_content).decode()
