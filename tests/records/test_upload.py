"""What is taken in, what is refused, and what is recognised."""

import gzip
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Invalid, NotAllowed
from clearmyrecord.records import services
from clearmyrecord.records.models import RecordFile
from tests.records.factories import RECEIVED, conviction, csv_bytes, read_file, uploaded

pytestmark = pytest.mark.django_db


def upload(actor, content: bytes, name: str = "doj.csv", received_on: date = RECEIVED):
    return services.upload(actor=actor, file=uploaded(content, name), received_on=received_on)


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in members.items():
            archive.writestr(name, each)
    return content.getvalue()


class TestUpload:
    def test_the_same_file_is_recognised_and_not_stored_twice(self, ana, theo, files_dir):
        content = csv_bytes([conviction(name="ONCE,ONLY")])
        first, second = upload(ana, content), upload(theo, content, "another-name.csv")
        assert (first.known, second.known) == (False, True)
        assert first.file == second.file
        assert len(list((files_dir / "records").glob(f"{first.file.sha256}*"))) == 1
        assert AuditEvent.objects.filter(verb="record_file.uploaded").count() == 1

    @pytest.mark.parametrize("packed", [gzip.compress, lambda content: zipped(doj=content)])
    def test_packed_files_are_read(self, ana, office, packed):
        file = read_file(ana, packed(csv_bytes([conviction()])), "doj.csv.packed")
        assert file.rows_read == 1

    def test_a_file_without_header_is_read(self, ana, office):
        content = csv_bytes([conviction()]).split(b"\n", 1)[1]
        assert read_file(ana, content).rows_read == 1

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"%PDF-1.7 something", "a PDF"),
            (b"name,born\nJane,1980\n", "95 columns"),
            (b"", "empty"),
            (gzip.compress(csv_bytes([conviction()]))[:40], "unpacked"),
            (zipped(one=b"a,b", two=b"c,d"), "2 files"),
        ],
    )
    def test_what_is_no_record_file_is_refused_in_plain_words_and_not_kept(self, ana, content, says):
        with pytest.raises(Invalid, match=says) as refused:
            upload(ana, content)
        assert "Expected" in str(refused.value)
        assert not RecordFile.objects.exists()
        assert AuditEvent.objects.filter(verb="record_file.upload", outcome="refused").count() == 1

    def test_a_bomb_is_refused_while_it_unpacks(self, ana, monkeypatch):
        with pytest.raises(Invalid, match="grows more than"):
            upload(ana, gzip.compress(b"," * 200_000_000))

    def test_a_day_in_the_future_is_refused(self, ana):
        with pytest.raises(Invalid, match="future"):
            upload(ana, csv_bytes([conviction()]), received_on=timezone.localdate() + timedelta(days=1))

    @pytest.mark.parametrize("who", ["sam", "ivy", "adam"])
    def test_only_analysts_upload(self, who, request):
        with pytest.raises(NotAllowed):
            upload(request.getfixturevalue(who), csv_bytes([conviction()]))


class TestRace:
    @pytest.mark.django_db(transaction=True)
    def test_two_uploads_of_one_file_at_the_same_instant_make_one_row(self, ana, theo):
        for number in range(10):
            content = csv_bytes([conviction(name=f"RACE,{number}")])

            def send(actor, content=content):
                try:
                    return upload(actor, content)
                finally:
                    connection.close()

            with ThreadPoolExecutor(2) as pool:
                both = list(pool.map(send, (ana, theo)))
            assert sorted(each.known for each in both) == [False, True]
            assert both[0].file == both[1].file
        assert RecordFile.objects.count() == 10
        assert AuditEvent.objects.filter(verb="record_file.uploaded").count() == 10


class TestSetAside:
    def test_a_file_is_set_aside_with_a_reason_and_its_convictions_leave_the_lists(self, ana, office):
        file = read_file(ana, [conviction()])
        services.set_aside(actor=ana, file_id=file.pk, reason="Sent for another county")
        file.refresh_from_db()
        assert file.set_aside_reason == "Sent for another county"
        assert file.subjects.get().subject.convictions.get().newest_reading is None

    def test_a_reason_is_needed(self, ana, office):
        file = read_file(ana, [conviction()])
        with pytest.raises(Invalid):
            services.set_aside(actor=ana, file_id=file.pk, reason=" ")


def test_the_stored_bytes_are_the_uploaded_ones(ana, files_dir: Path):
    content = csv_bytes([conviction()])
    file = upload(ana, content).file
    assert (files_dir / file.storage_key).read_bytes() == content
    assert not list(files_dir.rglob("*.tmp"))
