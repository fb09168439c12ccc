"""From an upload to subjects, readings and convictions."""

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.models import CourtText
from clearmyrecord.records import loading, services
from clearmyrecord.records import rows as stored_rows
from clearmyrecord.records.models import Conviction, Event, FileSubject, Reading, Subject
from clearmyrecord.work import Work
from tests.records.factories import RECEIVED, arrest, conviction, csv_bytes, read_file, uploaded

pytestmark = pytest.mark.django_db


class TestReading:
    def test_a_file_is_read_into_subject_events_readings_and_conviction(self, ana, office):
        probation = conviction(SENT_LOC_DESCR="PROBATION", SENT_LENGTH="003", SENT_TIME_CODE="Y")
        file = read_file(ana, [arrest(), conviction(), probation])

        assert file.work_state == "done"
        assert file.reconciliation["rows_read"] == 3
        assert file.counties == {"CONTRA COSTA": 1}
        subject = Subject.objects.get()
        assert (subject.cii_number, subject.search_name) == ("A10000001", "DOE JANE")
        assert Event.objects.count() == 2
        found = Conviction.objects.get()
        assert (found.code_section, found.prop64, found.severity) == ("HS 11359", "11359", "felony")
        assert found.case_numbers == ["CR1001"]
        assert found.newest_reading.sentence == "JAIL 30 days, PROBATION 3 years"
        assert found.court_text.text == "CASC MARTINEZ"
        assert Reading.objects.filter(conviction=None).count() == 1
        assert AuditEvent.objects.filter(verb="record_file.read").count() == 1

    def test_reading_twice_changes_nothing(self, ana, office):
        file = read_file(ana, [conviction()])
        services.read_file(file.pk)
        assert Reading.objects.count() == 1
        assert AuditEvent.objects.filter(verb="record_file.read").count() == 1

    def test_a_reading_that_fails_leaves_nothing_and_can_be_delivered_again(self, ana, office, monkeypatch):
        file = services.upload(actor=ana, file=uploaded(csv_bytes([conviction()])), received_on=RECEIVED).file
        with monkeypatch.context() as broken:
            broken.setattr(loading, "map_court_texts", lambda: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                services.read_file(file.pk)
        assert not Subject.objects.exists()
        file.refresh_from_db()
        assert file.work_state == Work.WorkState.WAITING

        services.read_file(file.pk)
        assert Conviction.objects.count() == 1

    def test_the_rows_of_a_subject_are_found_again_in_the_stored_file(self, ana, office):
        file = read_file(ana, [conviction("1", "A1"), conviction("2", "A2"), arrest("1", "A1")])
        number = FileSubject.objects.get(doj_subject_id="1").number
        table = stored_rows.read(file, [number])
        assert table["row"].to_pylist() == [1, 3]
        assert set(table["SUBJECT_ID"].to_pylist()) == {"1"}
        assert table.column_names[:3] == ["source", "row", "line"]

    def test_the_stored_file_is_read_by_the_groups_that_hold_the_subject(self, ana, office, monkeypatch):
        monkeypatch.setattr(stored_rows, "ROWS_PER_GROUP", 2)
        rows = [conviction(str(n), f"A{n}", order=f"10100200{c}000") for c in (1, 2, 3) for n in range(1, 6)]
        file = read_file(ana, rows)
        for entry in FileSubject.objects.filter(file=file):
            table = stored_rows.read(file, [entry.number])
            assert table["SUBJECT_ID"].to_pylist() == [entry.doj_subject_id] * 3

    def test_a_court_text_of_another_county_is_not_put_up_for_mapping(self, ana, office):
        read_file(ana, [conviction(county="ALAMEDA", court="CASC OAKLAND")])
        assert not CourtText.objects.filter(text="CASC OAKLAND").exists()

    def test_texts_that_other_tools_take_for_nothing_stay_texts(self, ana, office):
        read_file(ana, [conviction("00123", "A1", name="NULL,NA", case="1E5")])
        assert Subject.objects.get().name == "NULL,NA"
        assert Conviction.objects.get().case_numbers == ["1E5"]
        assert FileSubject.objects.get().doj_subject_id == "00123"
