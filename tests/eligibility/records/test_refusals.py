"""Files that are no record files: each refusal says what was expected, what was found and why it may be so."""

import gzip
import io
import zipfile

import pytest

from eligibility.records import blocks, unpacking
from eligibility.records.problems import NotARecordFile
from eligibility.records.unpacking import unpacked
from tests.eligibility.records.rows import file_of, line, read
from tests.eligibility.records.test_doj import zipped

LINE = line()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"  \n\n", "an empty file"),
        (b"abc,def\n", "a file of 8 bytes"),
        (file_of(LINE).decode().encode("utf-16"), "UTF-16"),
        (file_of(LINE).decode().encode("utf-16-le"), "UTF-16"),
        (file_of(LINE)[:200] + b"\0" + file_of(LINE), "binary data"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old Excel or Word file"),
        (gzip.compress(b"%PDF-1.7 ..."), "a PDF"),
        (zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "a spreadsheet"),
        (zipped(a=b"1", b=b"2"), "2 files"),
        (zipped(), "0 files"),
        (zipped(**{"../a.csv": b"1"}), "a path that leads out"),
        (zipped(**{"/a.csv": b"1"}), "a path that leads out"),
        (zipped(**{"C:\\a.csv": b"1"}), "a path that leads out"),
        (zipped(a=gzip.compress(file_of(LINE))), "another archive"),
        (gzip.compress(zipped(a=file_of(LINE))), "another archive"),
        (zipped(a=file_of(LINE))[:80], "can't be opened"),
        (gzip.compress(file_of(*[LINE] * 50))[:200], "can't be unpacked"),
        (",".join(["x"] * 95).encode() + b"\n", "'x'"),
        ((",".join([""] * 95) + "\n").encode() * 3, "none"),
        (b"hello world, this is prose\n" * 20, "columns instead of 95"),
    ],
)
def test_another_file_is_refused_and_the_refusal_says_what_was_found(content, found):
    with pytest.raises(NotARecordFile) as refusal:
        read(content)
    assert found in refusal.value.found
    assert refusal.value.expected
    assert refusal.value.found in str(refusal.value)


def test_a_protected_archive_is_refused():
    content = bytearray(zipped(a=file_of(LINE)))
    central = content.rindex(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    with pytest.raises(NotARecordFile, match="password"):
        read(bytes(content))


def test_a_file_larger_than_the_limit_is_refused_while_it_is_read():
    with unpacked(io.BytesIO(gzip.compress(bytes(9_000_000))), "x", limit=3_000_000) as stream:
        stream.read(1_000_000)
        with pytest.raises(NotARecordFile, match="more than that"):
            stream.read()


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(a=content)])
def test_a_file_that_unpacks_beyond_reason_is_refused(pack, monkeypatch):
    monkeypatch.setattr(unpacking, "RATIO_MATTERS_FROM", 1_000_000)
    with (
        pytest.raises(NotARecordFile, match="grows more than"),
        unpacked(io.BytesIO(pack(bytes(9_000_000))), "x") as stream,
    ):
        stream.read()


def test_an_endless_line_is_refused(monkeypatch):
    monkeypatch.setattr(blocks.Blocks.__init__, "__kwdefaults__", {"block_bytes": 1000})
    monkeypatch.setattr(blocks, "LONGEST_REST", 5000)
    with pytest.raises(NotARecordFile, match="lines of a few hundred characters"):
        read(b"x" * 20_000)


def test_a_refusal_names_the_line_where_there_is_one():
    assert "(line 4)" in str(NotARecordFile(expected="a", found="b", line=4))


def test_a_damaged_member_of_an_archive_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", file_of(*[LINE] * 5))
    content = bytearray(stream.getvalue())
    content[600] ^= 0xFF
    with pytest.raises(NotARecordFile, match="can't be unpacked"):
        read(bytes(content))
