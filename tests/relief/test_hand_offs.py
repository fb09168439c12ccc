"""Hand-offs: what leaves, what is held back, the same bytes again, who received it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office.models import Court, User
from clearmyrecord.records.models import Conviction, FileSubject
from clearmyrecord.relief import handing_off, handoff_files, handoff_rows, services
from clearmyrecord.relief.handoff_fields import FIELDS, USUAL_FOR_COURT, USUAL_FOR_DOJ
from clearmyrecord.relief.handoff_models import HandOff, HandOffRow
from petitions import reading, zipped
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.relief.conftest import granted, today


@pytest.fixture
def court(filed) -> Court:
    return filed.filings.first().court


def handed(actor: User, court: Court | None, stage: str = "filed") -> HandOff:
    """As the page's button does."""
    seen = handing_off.rows_hash(handoff_rows.rows(court, stage))
    return handing_off.make(actor=actor, court_id=court.pk if court else None, stage=stage, seen=seen)


def lines(made: dict[str, bytes]) -> list[dict[str, str]]:
    content = next(content for name, content in made.items() if name.endswith(".csv"))
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_field_goes_to_a_court_or_to_the_doj():
    assert set(USUAL_FOR_COURT) | set(USUAL_FOR_DOJ) == set(FIELDS)


class TestRows:
    def test_a_row_says_what_was_approved_and_filed(self, item, court):
        wanted = item("CR0002")
        row = next(row for row in handoff_rows.rows(court, "filed") if row.item_id == wanted.pk)
        frozen = wanted.snapshot
        assert row.faults == ()
        assert row.values["case_number"] == "CR0002"
        assert row.values["section"] == frozen["section"]
        assert row.values["convicted_on"] == frozen["convicted_on"]
        assert row.values["relief_asked"] == wanted.asked.relief
        assert row.values["filed_on"] == today().isoformat()
        assert row.values["reference"] == f"F{wanted.asked.filing_id}"
        assert row.values["birth_date"] == str(FileSubject.objects.get(subject=wanted.asked.subject_id).birth_date)

    def test_a_row_that_no_case_system_could_match_is_held_back_and_says_why(self, court, ana):
        Court.objects.update(case_number_pattern="XX[0-9]+")
        rows = handoff_rows.rows(court, "filed")
        assert all("not written as this court" in " ".join(row.faults) for row in rows)
        with pytest.raises(Invalid, match="every row has a fault"):
            handed(ana, court)

    def test_two_counts_that_nothing_tells_apart_are_held_back(self, item, court):
        row = next(row for row in handoff_rows.rows(court, "filed") if row.item_id == item("CR0001").pk)
        again = handoff_rows.with_faults([(item("CR0001").asked, row.values)] * 2, "filed", for_court=True)
        assert all("counts' numbers" in " ".join(each.faults) for each in again)
        counted = [(item("CR0001").asked, row.values | {"count_number": number}) for number in ("1", "2")]
        assert all(not each.faults for each in handoff_rows.with_faults(counted, "filed", for_court=True))

    def test_other_convictions_of_the_case_are_counted(self, item, court):
        conviction = Conviction.objects.get(pk=item("CR0002").conviction_id)
        before = handoff_rows.rows(court, "filed")
        assert {row.values["other_convictions"] for row in before if row.item_id == item("CR0002").pk} == {0}
        conviction.pk = None
        conviction.save()
        after = handoff_rows.rows(court, "filed")
        assert {row.values["other_convictions"] for row in after if row.item_id == item("CR0002").pk} == {1}

    def test_what_is_granted_otherwise_than_asked_is_not_told_with_the_asked_section(self, item, ana, court):
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted(granted_as="infraction"))
        (row,) = handoff_rows.rows(court, "granted")
        assert row.values["new_severity"] == "misdemeanor"
        assert any("stands in the order alone" in fault for fault in row.faults)

    def test_the_doj_gets_what_is_granted_with_a_cii_number(self, item, ana, filed):
        assert handoff_rows.rows(None, "granted") == []
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        (row,) = handoff_rows.rows(None, "granted")
        assert row.values["cii_number"]
        assert row.values["ordered_on"] == today().isoformat()
        FileSubject.objects.update(cii_number="")
        (row,) = handoff_rows.rows(None, "granted")
        assert "no CII number" in row.faults[0]


class TestMaking:
    def test_all_files_say_the_same_and_a_court_gets_no_cii_number(self, court, ana, filed):
        hand_off = handed(ana, court)
        made = handing_off.checked(hand_off)
        rows = lines(made)
        assert len(rows) == hand_off.row_count == filed.items.count()
        whole = json.loads(next(content for name, content in made.items() if name.endswith(".json")))
        assert whole["format"] == "clearmyrecord/hand-off"
        assert whole["version"] == 1
        assert [each["case_number"] for each in whole["convictions"]] == [row["Case number"] for row in rows]
        book = load_workbook(io.BytesIO(next(content for name, content in made.items() if name.endswith(".xlsx"))))
        table = list(book.active.values)
        assert [str(cell) for cell in table[0]] == list(rows[0])
        assert [row[2] for row in table[1:]] == [row["Case number"] for row in rows]
        assert b"CII" not in b"".join(made.values())
        sheet = next(content for name, content in made.items() if name.endswith(".pdf"))
        text = " ".join(reading.read(sheet)[0][0].text.split())
        assert f"Convictions (rows){hand_off.row_count}" in text.replace(" (rows) ", " (rows)")

    def test_it_is_the_same_to_the_byte_later_whatever_changed_meanwhile(self, court, ana, filed):
        hand_off = handed(ana, court)
        first = handing_off.made_again(hand_off)
        FileSubject.objects.update(name="Somebody Else", birth_date=None)
        handing_off.save_profile(actor=ana, court_id=court.pk, columns=[["section", "Statute"]], dates="us")
        again = handing_off.checked(HandOff.objects.get(pk=hand_off.pk))
        assert again == first
        assert {each["name"] for each in hand_off.files} == set(again)
        with zipfile.ZipFile(io.BytesIO(zipped.packed(again))) as packed:
            assert set(packed.namelist()) == set(again)

    def test_a_grant_that_was_handed_off_is_not_taken_back_before_the_hand_off_is_withdrawn(self, court, ana, item):
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        hand_off = handed(ana, court, "granted")
        with pytest.raises(Conflict, match="Withdraw the hand-off first"):
            services.undo(actor=ana, item_id=item("CR0001").pk, reason="Wrong case.")
        handing_off.withdraw(actor=ana, hand_off_id=hand_off.pk, reason="Wrong case.")
        services.undo(actor=ana, item_id=item("CR0001").pk, reason="Wrong case.")

    def test_changed_rows_are_noticed(self, court, ana, filed):
        hand_off = handed(ana, court)
        row = hand_off.rows.first()
        HandOffRow.objects.filter(pk=row.pk).update(values=row.values | {"section": "1"})
        with pytest.raises(handing_off.Damaged):
            handing_off.checked(HandOff.objects.get(pk=hand_off.pk))

    def test_nothing_is_handed_off_twice_until_that_is_withdrawn(self, court, ana, filed):
        hand_off = handed(ana, court)
        assert handoff_rows.rows(court, "filed") == []
        row = hand_off.rows.first()
        with pytest.raises(IntegrityError), transaction.atomic():
            HandOffRow.objects.create(
                hand_off=hand_off, number=999, item_id=row.item_id, values={}, for_court=True, stage="filed"
            )
        handing_off.withdraw(actor=ana, hand_off_id=hand_off.pk, reason="A column was wrong.")
        assert len(handoff_rows.rows(court, "filed")) == filed.items.count()
        with pytest.raises(Conflict, match="withdrawn"):
            handing_off.withdraw(actor=ana, hand_off_id=hand_off.pk, reason="Again.")

    def test_what_changed_since_the_page_was_shown_is_not_handed_off(self, court, ana, item):
        seen = handing_off.rows_hash(handoff_rows.rows(court, "filed"))
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        with pytest.raises(Conflict, match="changed while you looked"):
            handing_off.make(actor=ana, court_id=court.pk, stage="filed", seen=seen)

    def test_the_trail_holds_counts_hashes_and_people_and_no_names(self, court, ana, filed):
        hand_off = handed(ana, court)
        event = AuditEvent.objects.get(verb="hand_off.made")
        assert event.detail["rows"] == hand_off.row_count
        assert event.detail["sha256"] == [each["sha256"] for each in hand_off.files]
        assert sorted(event.subjects) == sorted(set(filed.filings.values_list("subject_id", flat=True)))

    def test_an_auditor_hands_nothing_off(self, court):
        auditor = User(role="auditor", is_active=True)
        with pytest.raises(NotAllowed):
            handing_off.make(actor=auditor, court_id=court.pk, stage="filed", seen="")


class TestProfiles:
    def test_a_court_has_its_own_columns_headings_and_days(self, court, ana, filed):
        columns = [["convicted_on", "Conv Dt"], ["case_number", "CASE"], ["sealing", "SEAL"]]
        handing_off.save_profile(actor=ana, court_id=court.pk, columns=columns, dates="us")
        rows = lines(handing_off.checked(handed(ana, court)))
        assert list(rows[0]) == ["Conv Dt", "CASE", "SEAL"]
        assert rows[0]["Conv Dt"][2] == "/"
        assert rows[0]["SEAL"] in ("yes", "no")

    @pytest.mark.parametrize(
        "columns",
        [[], [["nonsense", "X"]], [["section", "A"], ["section", "B"]], [["section", " "]], [["cii_number", "CII"]],
         [["section", "a"], ["code", "A"]]],
    )  # fmt: skip
    def test_columns_that_make_no_file_are_refused(self, court, ana, columns):
        with pytest.raises(Invalid):
            handing_off.save_profile(actor=ana, court_id=court.pk, columns=columns, dates="iso")

    def test_a_heading_or_a_name_never_becomes_a_formula(self, court):
        values = handoff_rows.rows(court, "filed")[0].values | {"defendant_name": "=HYPERLINK(1)"}
        content = handoff_files.csv_file([["defendant_name", "@Name"]], "iso", [values]).decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(content))) == [["'@Name"], ["'=HYPERLINK(1)"]]


class TestReceiving:
    def test_who_received_it_is_logged(self, court, ana, filed):
        hand_off = handed(ana, court)
        handing_off.received(
            actor=ana, hand_off_id=hand_off.pk, received_by="Clerk Cruz", channel="by hand", received_on=today()
        )
        assert hand_off.receipts.get().received_by == "Clerk Cruz"
        for day in (today() + timedelta(1), today() - timedelta(1)):
            with pytest.raises(Invalid):
                handing_off.received(actor=ana, hand_off_id=hand_off.pk, received_by="X", channel="Y", received_on=day)


class TestPages:
    def test_from_what_waits_to_who_received_it(self, court, ana, item):
        client = signed_in(ana)
        assert court.branch in client.get("/relief/hand-offs/").content.decode()
        address = f"/relief/hand-offs/courts/{court.pk}/filed/"
        page = client.get(address)
        assert "CR0001" in page.content.decode()
        answer = client.post(address, {"seen": page.context["seen"]}, follow=True)
        hand_off = HandOff.objects.get()
        assert "Their hashes" in answer.content.decode()
        for kind in ("csv", "xlsx", "json", "pdf", "zip"):
            given = client.get(f"/relief/hand-offs/{hand_off.pk}/files.{kind}")
            assert given["Content-Disposition"].startswith("attachment")
            assert given.content
        client.post(
            f"/relief/hand-offs/{hand_off.pk}/received/",
            {"received_by": "Clerk Cruz", "channel": "drive", "received_on": today().isoformat()},
        )
        assert "Clerk Cruz" in client.get(f"/relief/hand-offs/{hand_off.pk}/").content.decode()

    def test_a_day_that_cannot_be_is_refused_beside_what_was_typed(self, court, ana, filed):
        hand_off = handed(ana, court)
        data = {"received_by": "Clerk Cruz", "channel": "drive", "received_on": (today() + timedelta(1)).isoformat()}
        page = signed_in(ana).post(f"/relief/hand-offs/{hand_off.pk}/received/", data)
        assert page.status_code == 422
        assert "between the day it was made and today" in page.content.decode()
        assert "Clerk Cruz" in page.content.decode()
        assert not hand_off.receipts.exists()

    def test_reports_to_the_doj_have_a_page_for_each_conviction(self, ana, item):
        client = signed_in(ana)
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted())
        page = client.get("/relief/hand-offs/doj/")
        client.post("/relief/hand-offs/doj/", {"seen": page.context["seen"]})
        hand_off = HandOff.objects.get()
        pages = reading.read(client.get(f"/relief/hand-offs/{hand_off.pk}/reports-1.pdf").content)[0]
        assert len(pages) == 2
        assert "not a form of the DOJ" in " ".join(pages[0].text.split())

    def test_columns_are_chosen_on_their_page(self, ana, court):
        client = signed_in(ana)
        address = f"/relief/hand-offs/columns/{court.pk}/"
        assert client.get(address).status_code == 200
        data = {"dates": "us", "heading-section": "Statute", "place-section": "2", "heading-case_number": "No"}
        assert client.post(address, data | {"place-case_number": "1"}).status_code == 302
        assert handing_off.profile(court) == ([["case_number", "No"], ["section", "Statute"]], "us")
        assert client.post(address, {"dates": "us"}).status_code == 422

    def test_rows_take_as_many_queries_whatever_their_number(self, court, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            handoff_rows.rows(court, "filed")


class TestDocumented:
    SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "hand-off-1.schema.json").read_text())

    def test_the_schema_names_every_field_and_every_key(self, court, ana, filed):
        made = handing_off.checked(handed(ana, court))
        whole = json.loads(next(content for name, content in made.items() if name.endswith(".json")))
        assert set(whole) == set(self.SCHEMA["required"]) == set(self.SCHEMA["properties"])
        fields = self.SCHEMA["properties"]["convictions"]["items"]["properties"]
        assert {name: field["description"] for name, field in fields.items()} == {
            name: field.means for name, field in FIELDS.items()
        }
        kinds = {"string": str, "boolean": bool, "integer": int, "null": type(None)}
        for conviction in whole["convictions"]:
            for name, value in conviction.items():
                allowed = fields[name]["type"]
                assert isinstance(
                    value, tuple(kinds[kind] for kind in ([allowed] if isinstance(allowed, str) else allowed))
                )
                if "pattern" in fields[name]:
                    assert re.fullmatch(fields[name]["pattern"], value)
