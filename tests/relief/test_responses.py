"""A court's response: read whatever a court sends, matched without a guess, recorded in one act, undone as a whole."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from datetime import timedelta

import openpyxl
import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.filings.models import Filing
from clearmyrecord.relief import objections, response_files, response_words, responses, services
from clearmyrecord.relief import response_matching as matching
from clearmyrecord.relief.models import Asked, CourtAnswer, CourtResponse, ResponseLayout
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.relief.conftest import denied, granted, state_of, today
from tests.relief.many import filed_cases

HEADINGS = ("Case Number", "Defendant", "Charge", "Ruling", "Order Date", "Reason", "Hearing Date", "Dept")
WORDS = {
    "granted": "granted",
    "denied": "denied",
    "hearing": "hearing",
    "returned": "rejected",
    "infr": "granted:infraction",
}


def us(day) -> str:
    return f"{day:%m/%d/%Y}"


def row(case, ruling="GRANTED", *, name="", charge="", day=None, reason="", hearing="", dept=""):
    return (case, name, charge, ruling, us(today()) if day is None else day, reason, hearing, dept)


def csv_of(*rows, headings=HEADINGS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def xlsx_of(*rows, headings=HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    for each in (headings, *rows):
        book.active.append(each)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def court(filed):
    return filed.filings.first().court


@pytest.fixture
def uploaded(ana, court):
    """Upload a response, say what is likely of its columns, and what its words mean."""

    def of(*rows, content=None) -> CourtResponse:
        kept, _ = responses.upload(actor=ana, court=court, name="r.csv", content=content or csv_of(*rows))
        if not kept.columns:
            likely = response_words.likely_columns(kept.headings)
            responses.choose_columns(actor=ana, response_id=kept.pk, columns=likely)
            responses.choose_words(actor=ana, response_id=kept.pk, meanings=WORDS)
        return CourtResponse.objects.get(pk=kept.pk)

    return of


def kinds(of) -> list[str]:
    return list(of.rows.order_by("row").values_list("kind", flat=True))


def seen(of) -> str:
    cells = of.rows.order_by("row").values_list("row", "cells")
    return matching.matches_hash(matching.lines(of, cells, today=today()))


def record(actor, of) -> int:
    return responses.record(actor=actor, response_id=of.pk, seen_hash=seen(of))


class TestReading:
    def test_a_workbook_says_the_same_as_a_csv_file(self):
        rows = [row("CR0001", name="Doe, P1"), row("CR0002", "DENIED", reason="No.")]
        assert response_files.read(xlsx_of(*rows)) == response_files.read(csv_of(*rows))

    def test_days_and_numbers_of_a_workbook_are_read_as_shown(self):
        content = xlsx_of((12345, today(), 7.0, True), headings=("a", "b", "c", "d"))
        assert response_files.read(content).rows == [["12345", today().isoformat(), "7", "True"]]

    def test_formulas_stay_text_and_what_can_not_be_seen_shows(self):
        rows = response_files.read(
            csv_of(('=HYPERLINK("http://x")', "CR\u202e0001", "a\u200bb", "x" * 90_000), headings="abcd")
        )
        assert rows.rows[0][:3] == ['=HYPERLINK("http://x")', "CR�0001", "a�b"]
        assert len(rows.rows[0][3]) == response_files.MOST_IN_CELL

    def test_a_workbook_with_a_formula_shows_no_more_than_what_was_calculated(self):
        content = xlsx_of(("CR1", "=1+1"), headings=("a", "b"))
        assert response_files.read(content).rows == [["CR1", ""]]

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"\xd0\xcf\x11\xe0rest", "old or protected"),
            (b"PK\x03\x04 no workbook", "damaged"),
            (b"a,b\n1\x00,2", "no text file"),
            (b"a,b\n", "no rows"),
            (b"a\n1", "a column each"),
            (b"a,b\n1,2,3", "Row 1 has more cells"),
            (b"a,b\n" + b"x,y\n" * 50_001, "50,000 rows"),
            (b'a,b\n"' + b"x" * 200_000 + b'",1', "can't be read as CSV"),
            (b"x" * 20_000_001, "20 MB"),
        ],
    )
    def test_says_what_is_wrong(self, content, why):
        with pytest.raises(Invalid, match=why):
            response_files.read(content)

    def test_a_bomb_does_not_go_off(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 201_000_000)
        with pytest.raises(Invalid, match="unpacks to more"):
            response_files.read(stream.getvalue())

    def test_nor_do_entities(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(xlsx_of(row("CR1")))) as whole, zipfile.ZipFile(stream, "w") as archive:
            for part in whole.infolist():
                extra = b'<!DOCTYPE x [<!ENTITY a "b">]>' if part.filename.endswith("sheet1.xml") else b""
                archive.writestr(part.filename, extra + whole.read(part))
        with pytest.raises(Invalid, match="definitions"):
            response_files.read(stream.getvalue())

    def test_several_filled_sheets_are_asked_about(self):
        book = openpyxl.load_workbook(io.BytesIO(xlsx_of(row("CR1"))))
        book.create_sheet().append(["a", "b"])
        stream = io.BytesIO()
        book.save(stream)
        with pytest.raises(Invalid, match="several sheets"):
            response_files.read(stream.getvalue())

    def test_guesses_which_column_is_which(self):
        assert response_words.likely_columns(HEADINGS) == {
            "case_number": "Case Number", "name": "Defendant", "section": "Charge", "decision": "Ruling",
            "decided_on": "Order Date", "reason": "Reason", "hearing_on": "Hearing Date", "department": "Dept",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("word", "means"),
        [
            ("GRANTED", "granted"), ("Denied", "denied"), ("Granted - reduced to infraction", "granted:infraction"),
            ("Set for hearing", "hearing"), ("Returned to filer", "rejected"), ("Not granted", ""), ("In part", ""),
            ("Dismissed and sealed", "granted:sealed"), ("?", ""),
        ],
    )  # fmt: skip
    def test_guesses_what_a_word_means_only_if_it_can_be_told(self, word, means):
        assert response_words.likely_meaning(word) == means


class TestMatching:
    def test_each_row_says_what_it_means(self, uploaded, item, ana, filed):
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        objections.object_to(
            actor=ana,
            item_ids=[item("CR0003").pk],
            who="defender",
            name="",
            raised_on=today(),
            ground="record",
            text="No.",
        )
        of = uploaded(
            row("cr-0002", name="P2 Doe", charge="H&S 11358"),
            row("CR0001"),
            row("CR0001", "DENIED", reason="No."),
            row("CR0003"),
            row("CR9999"),
            row("CR0002", name="Somebody Else"),
            row("CR0002", "MAYBE"),
            row("CR0002", day="02/30/2026"),
            row("CR0002", day=us(today() + timedelta(1))),
            row("", "GRANTED"),
        )
        assert kinds(of) == [
            "match", "known", "contradicts", "objected", "unknown", "differs", "unusable", "unusable", "unusable",
            "unusable",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("told", "kind"),
        [
            ({"name": "DOE, P2"}, "match"),
            ({"name": "P2 Middle Doe"}, "match"),
            ({"name": "DOE, P3"}, "differs"),
            ({"charge": "11358 HS"}, "match"),
            ({"charge": "11358(a)"}, "match"),
            ({"charge": "11359"}, "differs"),
            ({"charge": "burglary"}, "differs"),
        ],
    )
    def test_what_the_row_says_of_person_and_offense_must_be_what_we_filed(self, uploaded, told, kind):
        assert kinds(uploaded(row("CR0002", **told))) == [kind]

    def test_a_row_repeated_counts_once_and_rows_that_differ_count_not_at_all(self, uploaded):
        of = uploaded(row("CR0002"), row("CR0002"), row("CR0003"), row("CR0003", "DENIED", reason="No."))
        assert kinds(of) == ["match", "repeated", "contradicts", "contradicts"]

    def test_hostile_cells_are_kept_and_recorded_by_nobody(self, uploaded, ana):
        of = uploaded(
            row("CR\u202e0002"), row('=cmd|"/c calc"!A1'), row("CR0002" + "0" * 5000), row("CR0002", "\u200bGRANTED")
        )
        assert kinds(of) == ["unusable", "unknown", "unusable", "unusable"]
        with pytest.raises(Invalid, match="No row"):
            record(ana, of)


class TestRecording:
    def test_one_act_one_event_and_every_row_accounted_for(self, uploaded, filed, ana, item):
        of = uploaded(
            row("CR0001", "INFR"),
            row("CR0002", "DENIED"),
            row("CR0003", "HEARING", day="", hearing=us(today() + timedelta(9)), dept="31"),
            row("CR9999"),
            row("CR0001", "INFR"),
        )
        assert record(ana, of) == 3
        told = {a.item.case_number: a for a in CourtAnswer.objects.filter(superseded_at=None)}
        assert (told["CR0001"].granted_as, told["CR0001"].response, told["CR0001"].row) == ("infraction", of, 1)
        assert (told["CR0002"].reason, item("CR0002").holds) == (matching.NO_REASON, False)
        assert (told["CR0003"].department, state_of(item("CR0003"))) == ("31", "hearing")
        assert Counter(of.rows.values_list("state", flat=True)) == {"recorded": 3, "open": 1, "noted": 1}
        event = AuditEvent.objects.get(verb="response.recorded")
        assert event.detail["convictions"] == 3
        assert event.detail["file_sha256"] == of.sha256
        assert "CR0001" not in str(event.detail)

    def test_recorded_twice_is_a_conflict_and_the_same_file_is_known(self, uploaded, ana, court):
        of = uploaded(row("CR0002"))
        record(ana, of)
        with pytest.raises(Conflict):
            responses.record(actor=ana, response_id=of.pk, seen_hash=seen(of))
        assert responses.upload(actor=ana, court=court, name="again.csv", content=csv_of(row("CR0002"))) == (of, False)
        assert CourtAnswer.objects.count() == 1

    def test_what_changed_since_it_was_shown_is_not_recorded(self, uploaded, ana, item):
        of = uploaded(row("CR0001"), row("CR0002"))
        shown = seen(of)
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=denied())
        with pytest.raises(Conflict, match="changed"):
            responses.record(actor=ana, response_id=of.pk, seen_hash=shown)
        assert CourtAnswer.objects.count() == 1

    def test_what_the_clerk_returned_goes_back_to_be_signed(self, uploaded, ana, case, filed):
        of = uploaded(row("CR0001", "RETURNED", reason="No caption."), row("CR0002"))
        record(ana, of)
        assert (case("CR0001").state, case("CR0002").state) == ("drafted", "filed")
        assert CourtAnswer.objects.get(decision="rejected").reason == "No caption."

    def test_the_layout_is_remembered_for_the_courts_next_file(self, uploaded, ana, court):
        uploaded(row("CR0001"))
        layout = ResponseLayout.objects.get(court=court)
        assert layout.words["infr"] == "granted:infraction"
        kept, _ = responses.upload(actor=ana, court=court, name="next.xlsx", content=xlsx_of(row("CR0002", "infr")))
        assert kept.columns == layout.columns
        assert kinds(kept) == ["match"]

    def test_auditors_and_administrators_neither_upload_nor_record(self, uploaded, ivy, adam, court):
        of = uploaded(row("CR0002"))
        for actor in (ivy, adam):
            with pytest.raises(NotAllowed):
                responses.upload(actor=actor, court=court, name="x", content=csv_of(row("CR0001")))
            with pytest.raises(NotAllowed):
                responses.record(actor=actor, response_id=of.pk, seen_hash=seen(of))

    @pytest.mark.parametrize(
        "wrong", [{"case_number": ""}, {"decision": "Case Number"}, {"decided_on": "No such column"}]
    )
    def test_columns_must_be_of_the_file_and_each_another(self, uploaded, ana, wrong):
        of = uploaded(row("CR0002"))
        with pytest.raises(Invalid):
            responses.choose_columns(actor=ana, response_id=of.pk, columns=of.columns | wrong)


class TestUndoing:
    def test_everything_is_as_before_and_may_be_recorded_again(self, uploaded, ana, item, case):
        of = uploaded(row("CR0001", "RETURNED"), row("CR0002", "DENIED"), row("CR0003"))
        record(ana, of)
        assert responses.undo(actor=ana, response_id=of.pk, reason="Wrong court.") == 3
        assert set(Asked.objects.values_list("state", flat=True)) == {"waiting"}
        assert (case("CR0001").state, item("CR0002").holds) == ("filed", True)
        of.refresh_from_db()
        assert (of.undone_reason, kinds(of)) == ("Wrong court.", ["match"] * 3)
        assert record(ana, of) == 3
        responses.undo(actor=ana, response_id=of.pk, reason="Again.")
        assert set(Asked.objects.values_list("state", flat=True)) == {"waiting"}

    def test_not_once_something_was_built_upon_it(self, uploaded, ana, item):
        of = uploaded(row("CR0001"), row("CR0002"))
        record(ana, of)
        services.correct(actor=ana, item_id=item("CR0001").pk, told=denied(), reason="Typing error.")
        with pytest.raises(Conflict, match="1 of its answers"):
            responses.undo(actor=ana, response_id=of.pk, reason="Wrong court.")
        assert state_of(item("CR0002")) == "granted"

    def test_needs_a_reason_and_something_that_stands(self, uploaded, ana):
        of = uploaded(row("CR0001"))
        with pytest.raises(Conflict):
            responses.undo(actor=ana, response_id=of.pk, reason="Wrong.")
        record(ana, of)
        with pytest.raises(Invalid):
            responses.undo(actor=ana, response_id=of.pk, reason=" ")


class TestRowsToWorkOff:
    @pytest.fixture
    def of(self, uploaded, ana):
        of = uploaded(row("CR0001"), row("CR000Z", name="Doe, P2"), row("CR7777"))
        record(ana, of)
        return of

    def test_a_row_is_assigned_by_hand(self, of, ana, item):
        line = of.rows.get(row=2)
        told = granted()
        kept = {"actor": ana, "row_id": line.pk, "item_ids": [item("CR0002").pk], "told": told, "reason": "Misread."}
        assert responses.assign(**kept) == 1
        line.refresh_from_db()
        assert (line.state, line.settled_by, CourtAnswer.objects.get(item=item("CR0002")).row) == ("assigned", ana, 2)
        with pytest.raises(Conflict):
            responses.assign(**kept)

    def test_or_set_aside_with_a_reason(self, of, ana):
        line = of.rows.get(row=3)
        with pytest.raises(Invalid):
            responses.set_aside(actor=ana, row_id=line.pk, reason="")
        responses.set_aside(actor=ana, row_id=line.pk, reason="Another county's.")
        line.refresh_from_db()
        assert (line.state, line.settled_reason) == ("set_aside", "Another county's.")

    def test_what_is_assigned_must_still_be_possible(self, of, ana, item):
        with pytest.raises(Conflict, match="Correct that"):
            responses.assign(
                actor=ana, row_id=of.rows.get(row=2).pk, item_ids=[item("CR0001").pk], told=denied(), reason="x"
            )


class TestAWholeResponse:
    """A court's answer to 200 cases with errors of every kind: all reconciled."""

    def test_rows_are_recorded_or_listed_and_nothing_wrong_is_recorded(self, item, ana, theo, sam, uploaded):
        filed_cases(200, item("CR0001"), composer=ana, signer=theo, approver=sam)
        rows = [row(f"MC{n:06d}", name=f"Mary{n} Roe", charge="11359 HS") for n in range(1, 201)]
        rows[10] = row("MC999999", name="Mary11 Roe")  # wrong number
        rows[20] = row("MC000022", name="Mary21 Roe")  # another case's number
        rows[30] = row("MC000031", name="Mary31 Row")  # misspelt
        rows.append(rows[40])  # twice
        rows.append(row("MC000051", "DENIED", reason="No."))  # contradicting
        rows[60] = row("MC000061", "ABEYANCE")  # unknown word
        rows[70] = row("MC000071", day="02/30/2026")  # impossible day
        rows[80] = row("MC000081", charge="11358 HS")  # another section
        del rows[90]  # missing
        of = uploaded(*rows)
        answered = record(ana, of)
        states = Counter(of.rows.values_list("state", flat=True))
        assert states["recorded"] + states["noted"] + states["open"] == len(rows) == 201
        assert Counter(of.rows.filter(state="open").values_list("kind", flat=True)) == {
            "unknown": 1, "differs": 3, "contradicts": 2, "unusable": 2,
        }  # fmt: skip
        assert states["noted"] == 1
        assert answered == states["recorded"] == 192
        waiting = Asked.objects.filter(state="waiting", item__case_number__startswith="MC")
        unanswered = {int(number[2:]) for number in waiting.values_list("item__case_number", flat=True)}
        assert unanswered == {11, 21, 31, 51, 61, 71, 81, 91}

    @pytest.mark.slow
    def test_fifty_thousand_rows_take_less_than_half_a_minute(self, item, ana, theo, sam, court):
        import time

        filed_cases(50_000, item("CR0001"), composer=ana, signer=theo, approver=sam)
        rows = [row(f"MC{n:06d}", name=f"Mary{n} Roe", charge="11359 HS") for n in range(1, 50_001)]
        for place in range(0, 50_000, 33):
            rows[place] = row(f"MC{place + 1:06d}", "DENIED", reason="No.") if place % 2 else row(f"ZZ{place}")
        content = csv_of(*rows)
        began = time.monotonic()
        kept, _ = responses.upload(actor=ana, court=court, name="r.csv", content=content)
        read = time.monotonic() - began
        responses.choose_columns(actor=ana, response_id=kept.pk, columns=response_words.likely_columns(kept.headings))
        of = responses.choose_words(actor=ana, response_id=kept.pk, meanings=WORDS)
        shown = seen(of)
        began = time.monotonic()
        answered = responses.record(actor=ana, response_id=of.pk, seen_hash=shown)
        took = time.monotonic() - began
        print(f"read {read:.1f} s, recorded {answered} in {took:.1f} s")
        assert answered + of.rows.filter(state="open").count() == 50_000
        assert read + took < 30
        assert Filing.objects.filter(state="filed").count() > 50_000
