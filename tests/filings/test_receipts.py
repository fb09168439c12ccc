"""What the clerk took: one by one or from the court's list; undone with a reason; never overwritten, never guessed."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.filings import receipt_matching as matching
from clearmyrecord.filings import receipt_rows, receipts
from clearmyrecord.filings.models import Filing, Receipt, ReceiptList
from clearmyrecord.office import queries as office
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.factories import CourtFactory
from tests.filings.conftest import drawn, sign

HEADINGS = "Case Number,Date Filed,Envelope Number"


def today() -> date:
    return office.today()


def case(batch, number: str) -> Filing:
    return batch.filings.get(case_number=number)


def us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def listed(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *rows]).encode()


@pytest.fixture
def uploaded(ana, signed):
    """Upload a list for the batch's court, with the columns that are likely."""

    def of(*rows: str, headings: str = HEADINGS) -> ReceiptList:
        court = signed.filings.first().court
        kept = receipts.upload(actor=ana, court=court, name="list.csv", content=listed(*rows, headings=headings))
        likely = receipt_rows.likely(receipts.rows_of(kept).headings)
        return receipts.choose_columns(actor=ana, list_id=kept.pk, columns=likely)

    return of


def means(of: ReceiptList) -> list[str]:
    return [line.kind.value for line in matching.lines(of, receipts.rows_of(of), today=today())]


def seen(of: ReceiptList) -> str:
    return matching.matches_hash(matching.lines(of, receipts.rows_of(of), today=today()))


class TestOneByOne:
    def test_a_signed_case_becomes_filed_with_day_and_number(self, signed, ana):
        filing = case(signed, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number=" 26-000123 ")
        filing.refresh_from_db()
        receipt = Receipt.objects.get()
        assert (filing.state, receipt.filed_on, receipt.number) == ("filed", today(), "26-000123")
        event = AuditEvent.objects.get(verb="filing.filed")
        assert event.subjects == [filing.subject_id]
        assert "26-000123" not in str(event.detail)

    def test_unsigned_papers_can_not_be_filed(self, drafted, ana):
        with pytest.raises(Conflict, match="Only signed papers"):
            receipts.enter(actor=ana, filing_id=case(drafted, "CR0002").pk, filed_on=today(), number="1")
        with pytest.raises(DatabaseError, match="Only signed papers"), transaction.atomic():
            Receipt.objects.create(filing=case(drafted, "CR0002"), filed_on=today(), number="1", entered_by=ana)

    def test_nor_papers_whose_signature_is_still_being_drawn(self, drafted, ana, theo):
        sign(theo, drafted)
        with pytest.raises(Conflict):
            receipts.enter(actor=ana, filing_id=case(drafted, "CR0002").pk, filed_on=today(), number="1")

    @pytest.mark.parametrize(
        ("days", "number", "why"),
        [(1, "1", "future"), (-1, "1", "before the papers were signed"), (0, " ", "missing"), (0, "9" * 61, "longer")],
    )
    def test_a_day_or_number_that_can_not_be_is_refused(self, signed, ana, days, number, why):
        with pytest.raises(Invalid, match=why):
            receipts.enter(
                actor=ana, filing_id=case(signed, "CR0002").pk, filed_on=today() + timedelta(days), number=number
            )

    def test_auditors_and_administrators_enter_nothing(self, signed, ivy, adam):
        for actor in (ivy, adam):
            with pytest.raises(NotAllowed):
                receipts.enter(actor=actor, filing_id=case(signed, "CR0002").pk, filed_on=today(), number="1")

    def test_nothing_is_entered_twice(self, signed, ana, sam):
        filing = case(signed, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        with pytest.raises(Conflict, match="already"):
            receipts.enter(actor=sam, filing_id=filing.pk, filed_on=today(), number="2")
        with pytest.raises(NotFound):
            receipts.enter(actor=ana, filing_id=999_999, filed_on=today(), number="1")
        assert Receipt.objects.get().number == "1"


class TestCorrecting:
    def test_undoing_needs_a_reason_and_leaves_a_trace(self, signed, ana, sam):
        filing = case(signed, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        with pytest.raises(Invalid):
            receipts.undo(actor=sam, filing_id=filing.pk, reason=" ")
        receipts.undo(actor=sam, filing_id=filing.pk, reason="Wrong case.")
        filing.refresh_from_db()
        receipt = Receipt.objects.get()
        assert filing.state == "signed"
        assert (receipt.undone_by, receipt.undone_reason, receipt.number) == (sam, "Wrong case.", "1")
        with pytest.raises(Conflict):
            receipts.undo(actor=sam, filing_id=filing.pk, reason="Again.")
        assert AuditEvent.objects.filter(verb="filing.filed_undone").count() == 1

    def test_a_correction_keeps_what_was_entered_before(self, signed, ana):
        filing = case(signed, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        receipts.correct(actor=ana, filing_id=filing.pk, filed_on=today(), number="2", reason="Typing error.")
        assert list(Receipt.objects.order_by("pk").values_list("number", "undone_reason")) == [
            ("1", "Typing error."),
            ("2", ""),
        ]
        filing.refresh_from_db()
        assert filing.state == "filed"

    def test_the_database_refuses_to_change_or_delete_a_receipt_or_to_hide_it(self, signed, ana):
        filing = case(signed, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        for change in ({"number": "2"}, {"filed_on": date(2020, 1, 1)}):
            with pytest.raises(DatabaseError, match="only undone"), transaction.atomic():
                Receipt.objects.update(**change)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Receipt.objects.all().delete()
        with pytest.raises(DatabaseError, match="as long as its receipt stands"), transaction.atomic():
            Filing.objects.filter(pk=filing.pk).update(state="signed")


class TestWithdrawal:
    def test_leaves_what_was_filed_and_takes_the_rest(self, drafted, theo, ana, sam):
        sign(theo, drafted)
        drawn(drafted)
        signed, filing = drafted, case(drafted, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        batches.withdraw(actor=sam, batch_id=signed.pk, reason="Wrong policy.")
        assert signed.filings.filter(state="withdrawn").count() == 3
        filing.refresh_from_db()
        assert filing.state == "filed"
        assert filing.papers.filter(superseded_at=None).count() == 3
        assert list(signed.items.filter(holds=True).values_list("case_number", flat=True)) == ["CR0002"]

    def test_and_then_the_filed_case_is_corrected_not_undone(self, signed, ana, sam):
        filing = case(signed, "CR0002")
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="1")
        batches.withdraw(actor=sam, batch_id=signed.pk, reason="Wrong policy.")
        with pytest.raises(Conflict, match="correct"):
            receipts.undo(actor=ana, filing_id=filing.pk, reason="Oops.")
        receipts.correct(actor=ana, filing_id=filing.pk, filed_on=today(), number="2", reason="Typing error.")


class TestReadingAList:
    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"PK\x03\x04 anything", "spreadsheet"),
            (b"a,b,c\n1\x002,3", "no text file"),
            (b"Case,Day,Number\n", "no rows"),
            (b"", "no rows"),
            (b"Case,Day\n1,2", "needs a column each"),
            (b"Case,Day,Number\n1,2,3,4", "Row 1 has more cells"),
            (b"a,b,c\n" + b"x" * 5_000_001, "5 MB"),
        ],
    )
    def test_says_what_is_wrong(self, content, why):
        with pytest.raises(Invalid, match=why):
            receipt_rows.read(content)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_takes_what_spreadsheets_write(self, encoding, delimiter):
        text = (
            delimiter.join(("Case", "Día", "Number")) + "\r\n" + delimiter.join(("CR1", "2026-01-02", "7")) + "\r\n\r\n"
        )
        assert receipt_rows.read(text.encode(encoding)).rows == [["CR1", "2026-01-02", "7"]]

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("11/24/2026", date(2026, 11, 24)),
            ("1/2/2026", date(2026, 1, 2)),
            ("2026-11-24", date(2026, 11, 24)),
            ("2026-11-24T09:30:00Z", date(2026, 11, 24)),
            ("11/24/2026 9:30 AM", date(2026, 11, 24)),
            ("November 24, 2026", date(2026, 11, 24)),
            ("24-Nov-2026", date(2026, 11, 24)),
            ("11/24/26", None),
            ("24/11/2026", None),
            ("", None),
            ("soon", None),
        ],
    )
    def test_reads_a_day_only_if_it_is_sure(self, text, day):
        assert receipt_rows.day(text) == day

    @pytest.mark.parametrize(
        ("headings", "found"),
        [
            (["Case Number", "Date Filed", "Envelope Number"], ["Case Number", "Date Filed", "Envelope Number"]),
            (["Filing ID", "Filed", "Docket", "Party"], ["Docket", "Filed", "Filing ID"]),
            (["Receipt #", "Case #", "Accepted on"], ["Case #", "Accepted on", "Receipt #"]),
        ],
    )
    def test_guesses_which_column_is_which(self, headings, found):
        likely = receipt_rows.likely(headings)
        assert [likely[name] for name in ("case_number", "filed_on", "number")] == found


class TestMatching:
    def test_each_row_says_what_it_means(self, signed, uploaded, ana):
        receipts.enter(actor=ana, filing_id=case(signed, "CR0001").pk, filed_on=today(), number="E1")
        day = us(today())
        of = uploaded(
            f"cr-0002,{day},E2",
            f"CR0001,{day},E1",
            f"CR0001,{day},E9",
            f"CR9999,{day},E3",
            f"CR0003,{us(today() + timedelta(1))},E4",
            "CR0003,soon,E4",
            f"CR0003,{day},",
        )
        assert means(of) == ["match", "known", "differs", "unknown", "unusable", "unusable", "unusable"]

    def test_a_row_repeated_counts_once_and_rows_that_differ_count_not_at_all(self, uploaded):
        day = us(today())
        of = uploaded(f"CR0002,{day},E2", f"CR0002,{day},E2", f"CR0003,{day},E3", f"CR0003,{day},E4")
        assert means(of) == ["match", "repeated", "differs", "differs"]

    def test_unsigned_and_withdrawn_cases_are_told_apart_from_unknown_ones(self, drafted, ana, sam):
        court = drafted.filings.first().court
        content = listed(f"CR0002,{us(today())},E2")
        of = receipts.upload(actor=ana, court=court, name="x", content=content)
        receipts.choose_columns(actor=ana, list_id=of.pk, columns=receipt_rows.likely(HEADINGS.split(",")))
        of.refresh_from_db()
        (line,) = matching.lines(of, receipts.rows_of(of), today=today())
        assert (line.kind, line.why) == ("not_signed", "Its papers are not signed, so they can't have been filed.")
        batches.withdraw(actor=sam, batch_id=drafted.pk, reason="Wrong policy.")
        (line,) = matching.lines(of, receipts.rows_of(of), today=today())
        assert line.why == "Its batch was withdrawn."

    def test_a_case_number_with_two_filings_is_asked_about_unless_our_reference_is_there(self, signed, uploaded, ana):
        one, other = case(signed, "CR0002"), case(signed, "CR0003")
        Filing.objects.filter(pk=other.pk).update(case_number="CR0002")
        day = us(today())
        assert means(uploaded(f"CR0002,{day},E2")) == ["several"]
        of = uploaded(
            f"CR0002,{day},E2,{one.reference}",
            f"CR0002,{day},E3,{other.reference}",
            f"CR0002,{day},E4,F999999",
            headings=HEADINGS + ",Filer reference",
        )
        assert means(of) == ["match", "match", "differs"]
        assert receipts.record(actor=ana, list_id=of.pk, seen_hash=seen(of)) == 2
        one.refresh_from_db()
        assert one.receipts.get().number == "E2"

    def test_a_list_of_another_court_finds_nothing(self, signed, ana):
        elsewhere = CourtFactory()
        of = receipts.upload(actor=ana, court=elsewhere, name="x", content=listed(f"CR0002,{us(today())},E2"))
        receipts.choose_columns(actor=ana, list_id=of.pk, columns=receipt_rows.likely(HEADINGS.split(",")))
        of.refresh_from_db()
        assert means(of) == ["unknown"]


class TestRecording:
    def test_writes_what_matches_and_nothing_else(self, signed, uploaded, ana):
        day = us(today())
        of = uploaded(f"CR0002,{day},E2", f"CR0003,{day},E3", f"CR9999,{day},E4")
        assert not Receipt.objects.exists()
        assert receipts.record(actor=ana, list_id=of.pk, seen_hash=seen(of)) == 2
        assert sorted(Receipt.objects.values_list("filing__case_number", "number", "list_row")) == [
            ("CR0002", "E2", 1),
            ("CR0003", "E3", 2),
        ]
        assert signed.filings.filter(state="filed").count() == 2
        assert means(of) == ["known", "known", "unknown"]
        event = AuditEvent.objects.get(verb="receipt_list.recorded")
        assert (event.detail["filings"], event.detail["unknown"], event.subject_count) == (2, 1, 2)

    def test_a_list_that_means_something_else_by_now_is_looked_at_again(self, signed, uploaded, ana, sam):
        of = uploaded(f"CR0002,{us(today())},E2", f"CR0003,{us(today())},E3")
        shown = seen(of)
        receipts.enter(actor=sam, filing_id=case(signed, "CR0002").pk, filed_on=today(), number="E7")
        with pytest.raises(Conflict):
            receipts.record(actor=ana, list_id=of.pk, seen_hash=shown)
        assert Receipt.objects.get().number == "E7"

    def test_recorded_twice_it_writes_once(self, uploaded, ana):
        of = uploaded(f"CR0002,{us(today())},E2")
        shown = seen(of)
        receipts.record(actor=ana, list_id=of.pk, seen_hash=shown)
        with pytest.raises(Invalid):
            receipts.record(actor=ana, list_id=of.pk, seen_hash=shown)
        assert Receipt.objects.count() == 1

    def test_the_same_list_uploaded_again_is_the_same_list(self, uploaded):
        row = f"CR0002,{us(today())},E2"
        assert uploaded(row).pk == uploaded(row).pk
        assert ReceiptList.objects.count() == 1
        assert AuditEvent.objects.filter(verb="receipt_list.uploaded").count() == 1

    def test_taking_a_list_back_leaves_what_others_entered(self, signed, uploaded, ana, sam):
        of = uploaded(f"CR0002,{us(today())},E2", f"CR0003,{us(today())},E3")
        receipts.record(actor=ana, list_id=of.pk, seen_hash=seen(of))
        receipts.correct(
            actor=ana, filing_id=case(signed, "CR0003").pk, filed_on=today(), number="E8", reason="The clerk called."
        )
        with pytest.raises(Invalid):
            receipts.undo_list(actor=sam, list_id=of.pk, reason="")
        assert receipts.undo_list(actor=sam, list_id=of.pk, reason="The court recalled its list.") == 1
        assert (case(signed, "CR0002").state, case(signed, "CR0003").state) == ("signed", "filed")
        with pytest.raises(Conflict):
            receipts.undo_list(actor=sam, list_id=of.pk, reason="Again.")
        assert means(of) == ["match", "differs"]


class TestPages:
    def get(self, user, name, *args, **query):
        return signed_in(user).get(reverse(f"filings:{name}", args=args), query)

    def test_from_the_upload_over_the_columns_to_what_each_row_means(self, signed, ana):
        client, court = signed_in(ana), signed.filings.first().court_id
        file = SimpleUploadedFile("court.csv", listed(f"CR0002,{us(today())},E2", f"CR9999,{us(today())},E3"))
        response = client.post(reverse("filings:upload_receipts"), {"court": court, "file": file}, follow=True)
        assert "What is likely is chosen already" in response.content.decode()
        form = response.context["form"]
        chosen = {name: form.initial.get(name, "") for name in form.fields}
        shown = client.post(response.redirect_chain[-1][0], chosen, follow=True).content.decode()
        assert "Record 1 case as filed" in shown
        assert "No batch has papers for this case number at this court." in shown
        of = ReceiptList.objects.get()
        client.post(reverse("filings:record_receipts", args=[of.pk]), {"seen_hash": seen(of)})
        shown = self.get(ana, "receipt_list", of.pk).content.decode()
        assert "1 case is filed from this list" in shown
        assert case(signed, "CR0002").state == "filed"

    def test_the_rows_that_need_a_person_are_downloaded_with_why(self, uploaded, ana):
        of = uploaded(f"CR0002,{us(today())},E2", f"=CR9999,{us(today())},E3")
        response = self.get(ana, "not_recorded", of.pk)
        rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
        assert [row[:2] for row in rows[1:]] == [["2", "'=CR9999"]]

    def test_a_bad_file_is_said_so_on_the_form(self, signed, ana):
        file = SimpleUploadedFile("court.xlsx", b"PK\x03\x04x")
        response = signed_in(ana).post(
            reverse("filings:upload_receipts"), {"court": signed.filings.first().court_id, "file": file}
        )
        assert response.status_code == 422
        assert "save it as CSV" in response.content.decode()
        assert not ReceiptList.objects.exists()

    def test_one_case_is_entered_corrected_and_taken_back(self, signed, ana):
        filing, client = case(signed, "CR0002"), signed_in(ana)
        url = reverse("filings:filed", args=[filing.pk])
        client.post(url, {"filed_on": today().isoformat(), "number": "E2"})
        assert case(signed, "CR0002").state == "filed"
        shown = client.get(url).content.decode()
        assert "Correct what was entered" in shown
        assert 'value="E2"' in shown
        assert client.post(url, {"filed_on": today().isoformat(), "number": "E5"}).status_code == 422  # no reason
        client.post(url, {"filed_on": today().isoformat(), "number": "E5", "reason": "Typing error."})
        client.post(reverse("filings:undo", args=[filing.pk]), {"reason": "Wrong case."})
        assert case(signed, "CR0002").state == "signed"
        shown = client.get(url).content.decode()
        assert "Typing error." in shown
        assert "Wrong case." in shown

    def test_the_list_of_papers_is_narrowed_and_sorted_by_what_is_filed(self, signed, ana):
        receipts.enter(actor=ana, filing_id=case(signed, "CR0003").pk, filed_on=today(), number="E3")

        def numbers(**query):
            return [filing.case_number for filing in self.get(ana, "filings", **query).context["page_obj"]]

        assert numbers(filed="yes") == ["CR0003"]
        assert numbers(filed="no") == ["CR0001", "CR0002", "CR0009"]
        assert numbers(sort="filed")[0] == "CR0003"
        assert numbers(sort="case") == ["CR0001", "CR0002", "CR0003", "CR0009"]
        assert "E3" in self.get(ana, "filings", filed="yes").content.decode()

    def test_auditors_read_lists_and_change_nothing(self, uploaded, ivy):
        of = uploaded(f"CR0002,{us(today())},E2")
        assert "Record 1 case" not in self.get(ivy, "receipt_list", of.pk).content.decode()
        for name in ("record_receipts", "undo_receipts", "columns"):
            assert signed_in(ivy).post(reverse(f"filings:{name}", args=[of.pk])).status_code == 403

    def test_empty_lists_say_what_to_do(self, signed, ana):
        assert "No receipt list yet" in self.get(ana, "receipt_lists").content.decode()
