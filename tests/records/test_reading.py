"""From an upload to subjects, readings and convictions."""

import gzip

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.office.models import CourtText
from clearmyrecord.records import loading, reading, services
from clearmyrecord.records import rows as stored_rows
from clearmyrecord.records.models import Conviction, Event, FileSubject, Reading, Subject, Suggestion
from clearmyrecord.work import Work
from eligibility.records import sample
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
        table = stored_rows.read(file.parquet_key, [number])
        assert table["row"].to_pylist() == [1, 3]
        assert set(table["SUBJECT_ID"].to_pylist()) == {"1"}
        assert table.column_names[:3] == ["source", "row", "line"]

    def test_the_stored_file_is_read_by_the_groups_that_hold_the_subject(self, ana, office, monkeypatch):
        monkeypatch.setattr(stored_rows, "ROWS_PER_GROUP", 2)
        rows = [conviction(str(n), f"A{n}", order=f"10100200{c}000") for c in (1, 2, 3) for n in range(1, 6)]
        file = read_file(ana, rows)
        for entry in FileSubject.objects.filter(file=file):
            table = stored_rows.read(file.parquet_key, [entry.number])
            assert table["SUBJECT_ID"].to_pylist() == [entry.doj_subject_id] * 3

    def test_a_court_text_of_another_county_is_not_put_up_for_mapping(self, ana, office):
        read_file(ana, [conviction(county="ALAMEDA", court="CASC OAKLAND")])
        assert not CourtText.objects.filter(text="CASC OAKLAND").exists()

    def test_texts_that_other_tools_take_for_nothing_stay_texts(self, ana, office):
        read_file(ana, [conviction("00123", "A1", name="NULL,NA", case="1E5")])
        assert Subject.objects.get().name == "NULL,NA"
        assert Conviction.objects.get().case_numbers == ["1E5"]
        assert FileSubject.objects.get().doj_subject_id == "00123"


class TestLargeFile:
    """Beyond what is held in memory a file is split by subject; nothing else changes."""

    def test_a_split_file_says_what_the_whole_one_says(self, ana, office, monkeypatch, tmp_path):
        path = tmp_path / "invented.csv"
        sample.write(path, subjects=220, seed=5)
        content = path.read_bytes()
        whole = read_file(ana, content)
        kept = (said(whole), whole.reconciliation, whole.counties, problems(whole))
        monkeypatch.setattr(reading, "PART_BYTES", 100_000)
        other = services.upload(
            actor=ana, file=uploaded(gzip.compress(content), "other.csv.gz"), received_on=RECEIVED
        ).file
        services.read_file(other.pk)
        other.refresh_from_db()
        names = ("rows_read", "rows_counts", "rows_added_to_one", "rows_set_aside", "problems")
        assert said(other) == kept[0]
        assert [other.reconciliation[name] for name in names] == [kept[1][name] for name in names]
        assert other.counties == kept[2]
        assert problems(other) == kept[3]
        entry = other.subjects.latest("number")
        assert set(stored_rows.read(other.parquet_key, [entry.number])["SUBJECT_ID"].to_pylist()) == {
            entry.doj_subject_id
        }

    def test_one_cii_number_in_two_parts_of_a_file_gives_one_suggestion(self, ana, office, monkeypatch):
        monkeypatch.setattr(reading, "PART_BYTES", 1)
        read_file(ana, [conviction(str(n), "A1", case=f"CR{n}") for n in (1, 2)])
        assert Subject.objects.count() == 2
        assert Suggestion.objects.count() == 1


def said(file):
    """What a file says, without ids."""
    found = Reading.objects.filter(file_subject__file=file).order_by("row")
    return list(
        found.values_list(
            "file_subject__doj_subject_id", "row", "line", "count_order", "code_section", "date", "sentence"
        )
    )


def problems(file):
    return sorted(file.problems.values_list("line", "column", "what"))
