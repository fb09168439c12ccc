"""From an upload to subjects, readings and convictions."""

import gzip
from pathlib import Path

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Invalid, NotAllowed
from clearmyrecord.office.models import CourtText
from clearmyrecord.records import rows as parquet
from clearmyrecord.records import services
from clearmyrecord.records.models import Conviction, Event, FileSubject, Problem, Reading, RecordFile, Subject, Suggestion
from tests.records.factories import RECEIVED, arrest, conviction, csv_bytes, read_file, uploaded

pytestmark = pytest.mark.django_db


class TestReading:
    def test_a_file_is_read_into_subject_event_readings_and_conviction(self, ana, office):
        file = read_file(ana, [arrest(), conviction(), conviction(SENT_LOC_DESCR="PROBATION", SENT_LENGTH="003", SENT_TIME_CODE="Y")])

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
        assert (Reading.objects.count(), AuditEvent.objects.filter(verb="record_file.read").count()) == (1, 1)

    def test_the_rows_of_a_subject_are_found_again_in_the_stored_file(self, ana, office):
        file = read_file(ana, [conviction("1", "A1"), conviction("2", "A2"), arrest("1", "A1")])
        number = FileSubject.objects.get(doj_subject_id="1").number
        table = parquet.read(file, [number])
        assert table["row"].to_pylist() == [1, 3]
        assert set(table["SUBJECT_ID"].to_pylist()) == {"1"}
        assert table.column_names[:3] == ["source", "row", "line"]

    def test_a_court_text_of_another_county_is_not_put_up_for_mapping(self, ana, office):
        read_file(ana, [conviction(county="ALAMEDA", court="CASC OAKLAND")])
        assert not CourtText.objects.filter(text="CASC OAKLAND").exists()
