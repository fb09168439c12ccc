"""Courts' extracts: kept, read by a mapping, compared with the DOJ's convictions, and answered by a person."""

import threading

import pytest
from django.db import connection

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.records import court_extracts, court_reading, services
from clearmyrecord.records.models import Conviction, CourtMapping, CourtRow, Reading, RecordFile, Subject, Suggestion
from clearmyrecord.records.people import NO_CII
from eligibility.records.court_mapping import ColumnMapping
from tests.records import extracts
from tests.records.factories import conviction, read_file, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def extract(ana, office):
    read_file(ana, extracts.doj_rows())
    return extracts.every_kind(ana)


def row_of(kind):
    return CourtRow.objects.get(kind=kind)


class TestReading:
    def test_every_row_is_accounted_for(self, extract):
        told = extract.reconciliation
        assert {name: told[name] for name in told if name.startswith("rows_")} == {
            "rows_read": 6, "rows_matched": 1, "rows_contradicting": 1, "rows_suggested": 1, "rows_only_court": 1,
            "rows_no_conviction": 1, "rows_set_aside": 1,
        }  # fmt: skip
        assert extract.problems.count() == 1

    def test_a_match_is_the_doj_conviction_and_makes_none(self, extract):
        found = row_of("matched")
        assert found.conviction.case_numbers == ["CR1001"]
        assert (found.own, found.state) == (None, "")

    def test_a_contradiction_names_the_field_and_waits_for_an_answer(self, extract):
        found = row_of("contradicting")
        assert (found.differing, found.state, found.own) == (["severity"], "open", None)

    def test_another_case_number_is_only_suggested(self, extract):
        found = row_of("suggested")
        assert (found.differing, found.likely, found.state) == (["case_number"], True, "open")

    def test_what_only_the_court_knows_is_a_conviction_of_its_own_subject_with_its_source(self, extract):
        own = row_of("only_court").own
        assert (own.code_section, own.severity, own.case_numbers) == ("HS 11358", "felony", ["CR7777-7"])
        assert (own.subject.name, own.subject.cii_number) == ("Coe, Carl", "")
        assert own.court_text.court == extract.court
        assert (own.newest_reading.file_subject.file, own.newest_reading.row) == (extract, 4)

    def test_nothing_of_the_doj_is_changed(self, ana, office):
        read_file(ana, extracts.doj_rows())
        before = list(Conviction.objects.order_by("pk").values())
        extracts.every_kind(ana)
        assert list(Conviction.objects.filter(pk__in=[each["id"] for each in before]).order_by("pk").values()) == before

    def test_what_only_the_doj_shows_is_listed(self, extract):
        assert [each.conviction.case_numbers for each in extract.not_in_extract.all()] == [["CR1004"]]

    def test_convictions_outside_the_dates_of_the_extract_are_not_missed(self, ana, office):
        read_file(ana, [conviction(), conviction("2", "A2", day="19990101", case="CR9")])
        assert not extracts.read(ana, extracts.MATCHED).not_in_extract.exists()

    def test_two_counts_of_one_case_and_person_are_one_subject(self, ana, office):
        extracts.read(ana, extracts.ONLY_COURT, extracts.ONLY_COURT.replace("11358", "11359"))
        assert Subject.objects.count() == 1
        assert Conviction.objects.count() == 2

    def test_a_person_whom_the_doj_may_know_is_suggested_and_never_joined(self, ana, office):
        read_file(ana, extracts.doj_rows())
        extracts.read(ana, extracts.line("CR7777-7", "Doe, Jane", "1/1/1980", day=extracts.date(2015, 5, 6)))
        own = row_of("only_court").own
        assert own.subject.same_as is None
        assert Suggestion.objects.get(kind="subject").why == NO_CII

    def test_reading_twice_changes_nothing(self, extract):
        services.read_file(extract.pk)
        assert CourtRow.objects.count() == 4
        assert AuditEvent.objects.filter(verb="court_extract.read").count() == 1

    def test_a_reading_that_fails_leaves_nothing_and_can_be_delivered_again(self, ana, office, monkeypatch):
        file = extracts.kept(ana, extracts.ONLY_COURT)
        saved = court_extracts.save_mapping(actor=ana, file_id=file.pk, mapping=extracts.MAPPING)
        court_extracts.read(actor=ana, file_id=file.pk, mapping_id=saved.pk)
        with monkeypatch.context() as broken:
            broken.setattr(court_reading, "_copy_lines", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                services.read_file(file.pk)
        assert not Conviction.objects.exists()
        services.read_file(file.pk)
        assert row_of("only_court").own == Conviction.objects.get()

    def test_an_extract_without_a_mapped_column_is_refused_in_words(self, ana, office):
        file = extracts.kept(ana, extracts.MATCHED)
        columns = {**extracts.MAPPING.columns, "birth_date": "Born"}
        mapping = ColumnMapping(columns=columns, convicted=("Convicted",))
        saved = court_extracts.save_mapping(actor=ana, file_id=file.pk, mapping=mapping)
        court_extracts.read(actor=ana, file_id=file.pk, mapping_id=saved.pk)
        services.read_file(file.pk)
        file.refresh_from_db()
        assert "one column named 'Born'" in file.refusal

    def test_an_extract_with_no_conviction_reads(self, ana, office):
        assert extracts.read(ana, extracts.DISMISSED).reconciliation["rows_no_conviction"] == 1


class TestUploadAndMapping:
    def test_an_extract_waits_until_its_columns_are_chosen(self, ana, office):
        file = extracts.kept(ana, extracts.MATCHED)
        assert (file.kind, file.work_state) == ("court", "none")
        services.read_file(file.pk)
        assert not CourtRow.objects.exists()

    def test_what_is_no_table_is_refused_and_not_kept(self, ana, office):
        court = extracts.CourtFactory()
        with pytest.raises(Invalid, match="a PDF"):
            court_extracts.upload(actor=ana, file=uploaded(b"%PDF-1.7"), court=court, received_on=extracts.RECEIVED)
        assert not RecordFile.objects.exists()

    def test_the_mapping_of_a_court_is_kept_for_its_next_extract(self, ana, office):
        first = extracts.read(ana, extracts.MATCHED)
        second = extracts.kept(ana, extracts.ONLY_COURT)
        assert CourtMapping.objects.get(court=second.court) == first.mapping

    def test_the_same_choice_is_saved_once(self, ana, office):
        file = extracts.kept(ana, extracts.MATCHED)
        for _ in range(2):
            court_extracts.save_mapping(actor=ana, file_id=file.pk, mapping=extracts.MAPPING)
        assert CourtMapping.objects.count() == 1

    def test_an_extract_that_was_read_keeps_its_columns(self, ana, extract):
        with pytest.raises(Conflict):
            court_extracts.save_mapping(actor=ana, file_id=extract.pk, mapping=extracts.MAPPING)
        with pytest.raises(Conflict):
            court_extracts.read(actor=ana, file_id=extract.pk, mapping_id=extract.mapping_id)

    def test_columns_changed_since_the_preview_are_a_conflict(self, ana, office):
        file = extracts.kept(ana, extracts.MATCHED)
        seen = court_extracts.save_mapping(actor=ana, file_id=file.pk, mapping=extracts.MAPPING)
        other = ColumnMapping(columns=extracts.MAPPING.columns, convicted=("Guilty",))
        court_extracts.save_mapping(actor=ana, file_id=file.pk, mapping=other)
        with pytest.raises(Conflict, match="changed since"):
            court_extracts.read(actor=ana, file_id=file.pk, mapping_id=seen.pk)

    def test_only_analysts_may(self, sam, extract):
        for act in (
            lambda: court_extracts.save_mapping(actor=sam, file_id=extract.pk, mapping=extracts.MAPPING),
            lambda: court_extracts.read(actor=sam, file_id=extract.pk, mapping_id=1),
            lambda: court_extracts.confirm(actor=sam, row_id=row_of("suggested").pk, reason="x"),
            lambda: court_extracts.undo(actor=sam, row_id=row_of("suggested").pk, reason="x"),
        ):
            with pytest.raises(NotAllowed):
                act()


class TestAnswers:
    def test_confirmed_it_is_the_doj_conviction_and_no_other_is_made(self, ana, extract):
        before = Conviction.objects.count()
        row = court_extracts.confirm(actor=ana, row_id=row_of("suggested").pk, reason="The docket says so")
        assert (row.state, row.own, row.reasons) == ("confirmed", None, ["The docket says so"])
        assert Conviction.objects.count() == before
        event = AuditEvent.objects.get(verb="court_row.confirmed")
        assert (event.subjects, event.detail) == ([row.conviction.subject_id], {"reason": 1})

    def test_refused_it_becomes_a_conviction_of_its_own_with_its_source(self, ana, extract):
        row = court_extracts.refuse(actor=ana, row_id=row_of("suggested").pk, reason="Another case")
        assert row.own.case_numbers == ["CR1030-7"]
        reading = Reading.objects.get(conviction=row.own)
        assert (reading.row, reading.file_subject.file) == (3, extract)
        assert row.own.subject_id != row.conviction.subject_id
        event = AuditEvent.objects.get(verb="court_row.refused")
        assert event.subjects == sorted([row.own.subject_id, row.conviction.subject_id])

    @pytest.mark.parametrize("answer", [court_extracts.confirm, court_extracts.refuse])
    def test_it_is_answered_once(self, ana, extract, answer):
        row = row_of("contradicting")
        court_extracts.confirm(actor=ana, row_id=row.pk, reason="x")
        with pytest.raises(Conflict):
            answer(actor=ana, row_id=row.pk, reason="x")

    @pytest.mark.parametrize("kind", ["matched", "only_court"])
    def test_what_is_settled_is_not_asked(self, ana, extract, kind):
        with pytest.raises(Conflict):
            court_extracts.refuse(actor=ana, row_id=row_of(kind).pk, reason="x")

    def test_a_reason_is_needed(self, ana, extract):
        for act in (court_extracts.confirm, court_extracts.refuse, court_extracts.undo):
            with pytest.raises(Invalid):
                act(actor=ana, row_id=row_of("suggested").pk, reason=" ")

    def test_a_confirmation_is_taken_back_and_every_reason_kept(self, ana, extract):
        row = court_extracts.confirm(actor=ana, row_id=row_of("suggested").pk, reason="One")
        row = court_extracts.undo(actor=ana, row_id=row.pk, reason="Two")
        assert (row.state, row.decided_by, row.reasons) == ("open", None, ["One", "Two"])
        court_extracts.refuse(actor=ana, row_id=row.pk, reason="Three")
        with pytest.raises(Conflict):
            court_extracts.undo(actor=ana, row_id=row.pk, reason="Four")

    def test_of_an_extract_set_aside_nothing_is_answered(self, ana, extract):
        services.set_aside(actor=ana, file_id=extract.pk, reason="Wrong court")
        with pytest.raises(Conflict):
            court_extracts.refuse(actor=ana, row_id=row_of("suggested").pk, reason="x")


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(ana, office):
    read_file(ana, extracts.doj_rows())
    extracts.every_kind(ana)
    row = row_of("suggested")
    outcomes: list[str] = []

    def answer():
        try:
            court_extracts.refuse(actor=ana, row_id=row.pk, reason="x")
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert Conviction.objects.filter(court_row=row).count() == 1
