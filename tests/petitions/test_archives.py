"""ZIPs for a court: how cases are shared out, what each holds, the same bytes every time, and the envelope data."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petitions import archives, package, reading
from petitions.package import Document, IndexRow
from tests.petitions.cases import COURT, OFFICE, THEO
from tests.petitions.test_package import APPROVED, row

SCHEMA = Path(__file__).parents[2] / "docs" / "envelopes-1.schema.json"
ABOUT = archives.About(
    batch_number=7,
    batch_name="First batch",
    list_sha256="cd" * 32,
    approved_on=APPROVED,
    office=OFFICE,
    attorney=THEO,
    court=COURT,
)
SIGNED = date(2019, 11, 5)


def content_of(document: Document) -> bytes:
    return (document.file.encode() * document.size)[: document.size]


def paper(number: str, kind: str, size: int = 500) -> Document:
    name = f"{number}-completed-{kind}.pdf".replace("order_docx.pdf", "order.docx")
    plain = Document(kind, f"{kind} of {number}", name, 2, size, "")
    return replace(plain, sha256=hashlib.sha256(content_of(plain)).hexdigest())


def case(number: str, *, size: int = 500, kinds: tuple[str, ...] = ("declaration", "motion", "order"), **more: Any):
    documents = tuple(paper(number, kind, size) for kind in kinds)
    return row(case_number=number, reference=f"F{number}", documents=documents, **{"signed_on": SIGNED} | more)


def zipped(archive: archives.Archive) -> bytes:
    out = io.BytesIO()
    archives.write(out, archive, content_of)
    return out.getvalue()


class TestSharingOut:
    @given(
        st.lists(st.tuples(st.integers(1, 12), st.integers(0, 30_000)), min_size=1, max_size=40),
        st.integers(80_000, 400_000),
        st.randoms(),
    )
    def test_every_case_is_in_exactly_one_zip_and_the_order_they_come_in_changes_nothing(self, cases, limit, shuffled):
        rows = [
            row(case_number=f"CR{number:03d}", reference=f"F{place}", documents=(paper(f"P{place}", "motion", size),))
            for place, (number, size) in enumerate(cases)
        ]
        planned = archives.planned(rows, ABOUT, limit=limit)
        packed = [each.reference for archive in planned for each in archive.rows]
        assert sorted(packed) == sorted(each.reference for each in rows)
        places: dict[str, set[int]] = {}
        for archive in planned:
            for each in archive.rows:
                places.setdefault(each.case_number, set()).add(archive.part)
        assert all(len(parts) == 1 for parts in places.values())
        shuffled.shuffle(rows)
        assert archives.planned(rows, ABOUT, limit=limit) == planned

    def test_no_zip_of_several_cases_is_over_the_limit(self):
        limit = 400_000
        rows = [case(f"CR{number:03d}", size=20_000) for number in range(30)]
        planned = archives.planned(rows, ABOUT, limit=limit)
        assert len(planned) > 3
        assert all(len(zipped(archive)) <= limit for archive in planned)

    def test_what_goes_with_the_papers_is_smaller_than_what_is_kept_free_for_it(self):
        many = [case(f"CR{number:03d}", size=10) for number in range(80)]
        (archive,) = archives.planned(many, ABOUT)
        assert len(zipped(archive)) < archives.RESERVED + archives.RESERVED_A_ROW * len(many)

    def test_a_case_over_the_limit_gets_a_zip_of_its_own(self):
        rows = [case("CR001"), case("CR002", size=300_000), case("CR003")]
        planned = archives.planned(rows, ABOUT, limit=200_000)
        assert [[each.case_number for each in archive.rows] for archive in planned] == [["CR001"], ["CR002"], ["CR003"]]

    def test_the_name_says_court_day_batch_and_part(self):
        first, last = archives.planned([case("CR001", size=60_000), case("CR002", size=60_000)], ABOUT, limit=300_000)
        assert first.name == "wakefield-taylor-courthouse-2019-11-05-batch-7-1-of-2.zip"
        assert last.name == "wakefield-taylor-courthouse-2019-11-05-batch-7-2-of-2.zip"
        (unsigned,) = archives.planned([case("CR001", signed_on=None)], ABOUT)
        assert "2019-11-04" in unsigned.name


class TestAnOmnibusMotion:
    """One row with many papers: split between them, never within one."""

    VOLUMES = tuple(f"volume-{number}" for number in range(1, 13))

    def row(self, size: int = 20_000) -> IndexRow:
        return case("omnibus", kinds=("motion", "order", "order_docx", *self.VOLUMES), size=size)

    def test_every_paper_is_in_exactly_one_zip_in_its_order_and_none_is_over_the_limit(self):
        limit = 200_000
        planned = archives.planned_omnibus(self.row(), ABOUT, limit=limit)
        assert len(planned) > 1
        assert [each for archive in planned for row in archive.rows for each in row.documents] == list(
            self.row().documents
        )
        assert all(len(zipped(archive)) <= limit for archive in planned)
        assert [(archive.part, archive.parts) for archive in planned][-1] == (len(planned), len(planned))

    def test_a_volume_over_the_limit_gets_a_zip_of_its_own(self):
        planned = archives.planned_omnibus(self.row(300_000), ABOUT, limit=200_000)
        assert [len(archive.rows[0].documents) for archive in planned] == [1] * 15

    def test_no_paper_no_zip(self):
        assert archives.planned_omnibus(replace(self.row(), documents=()), ABOUT) == []

    def test_each_zip_has_an_envelope_under_the_same_reference_and_only_the_first_what_leads(self):
        made = [
            archives.envelopes(archive)["envelopes"]
            for archive in archives.planned_omnibus(self.row(), ABOUT, limit=200_000)
        ]
        assert {each["reference"] for (each,) in made} == {"Fomnibus"}
        leads = [[each["code"] for each in own["documents"] if each["role"] == "lead"] for (own,) in made]
        assert leads == [["motion"], *[[]] * (len(made) - 1)]

    def test_the_names_and_the_index_tell_them_apart(self):
        (public,) = archives.planned_omnibus(self.row(), ABOUT)
        (apart,) = archives.planned_omnibus(self.row(), ABOUT, holds="confidential")
        assert public.name == "wakefield-taylor-courthouse-2019-11-05-batch-7-omnibus-1-of-1.zip"
        assert apart.name == "wakefield-taylor-courthouse-2019-11-05-batch-7-confidential-1-of-1.zip"
        pages, faults = reading.read(zipfile.ZipFile(io.BytesIO(zipped(public))).read("index.pdf"))
        assert faults == []
        text = reading.squeezed("".join(page.text for page in pages))
        assert all(reading.squeezed(each.file) in text for each in self.row().documents)


class TestContents:
    @pytest.fixture
    def archive(self) -> archives.Archive:
        rows = [case("CR001"), case("CR002", signed_on=None), case("CR003", kinds=(), problems=("No name.",))]
        return archives.planned(rows, ABOUT)[0]

    def test_every_paper_is_there_with_index_manifest_and_envelopes(self, archive):
        names = zipfile.ZipFile(io.BytesIO(zipped(archive))).namelist()
        kinds = ("declaration", "motion", "order")
        papers = [f"{number}-completed-{kind}.pdf" for number in ("CR001", "CR002") for kind in kinds]
        assert names == [*papers, "index.pdf", "index.csv", "envelopes.json", "manifest.json"]

    def test_the_manifest_names_every_other_file_with_its_hash(self, archive):
        opened = zipfile.ZipFile(io.BytesIO(zipped(archive)))
        listed = json.loads(opened.read("manifest.json"))["files"]
        assert [each["file"] for each in listed] == opened.namelist()[:-1]
        for each in listed:
            content = opened.read(each["file"])
            assert (each["sha256"], each["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))

    def test_the_same_papers_give_the_same_bytes(self, archive):
        assert zipped(archive) == zipped(archive)
        assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(zipped(archive))).infolist()} == {
            (1980, 1, 1, 0, 0, 0)
        }

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.tuples(st.text(max_size=20), st.booleans()), min_size=1, max_size=4), st.randoms())
    def test_whatever_the_names_and_the_order_they_come_in(self, given_rows, shuffled):
        rows = [
            case(f"CR{place}", defendant=name, signed_on=SIGNED if signed else None)
            for place, (name, signed) in enumerate(given_rows)
        ]
        first = [zipped(archive) for archive in archives.planned(rows, ABOUT, limit=200_000)]
        shuffled.shuffle(rows)
        assert [zipped(archive) for archive in archives.planned(rows, ABOUT, limit=200_000)] == first

    def test_a_signature_changes_the_bytes(self, archive):
        signed = replace(archive, rows=tuple(replace(each, signed_on=SIGNED) for each in archive.rows))
        assert zipped(signed) != zipped(archive)


class TestEnvelopes:
    def test_only_signed_cases_have_one_and_the_others_say_what_they_lack(self):
        rows = [case("CR001"), case("CR002", signed_on=None), case("CR003", kinds=(), problems=("No name.",))]
        made = archives.envelopes(archives.planned(rows, ABOUT)[0])
        assert [each["case_number"] for each in made["envelopes"]] == ["CR001"]
        assert [(each["case_number"], each["why"]) for each in made["not_ready"]] == [
            ("CR002", "unsigned; proof of service not included"),
            ("CR003", "not drafted: No name."),
        ]

    def test_a_signed_case_with_something_to_confirm_waits_too(self):
        made = archives.envelopes(
            archives.planned([case("CR001", to_confirm="Has the court still the file?")], ABOUT)[0]
        )
        assert made["envelopes"] == []
        assert made["not_ready"][0]["why"].endswith("; Has the court still the file?")

    def test_the_motion_leads_and_everything_else_is_attached(self):
        made = archives.envelopes(archives.planned([case("CR001")], ABOUT)[0])
        (envelope,) = made["envelopes"]
        assert [(each["code"], each["role"]) for each in envelope["documents"]] == [
            ("motion", "lead"),
            ("declaration", "attachment"),
            ("proposed-order", "attachment"),
        ]

    @pytest.mark.parametrize("kind", archives.CODES)
    def test_what_is_written_is_what_the_schema_promises(self, kind):
        rows = [
            case("CR001", kinds=("motion", kind) if kind != "motion" else ("motion",)),
            case("CR002", signed_on=None),
        ]
        made = archives.envelopes(archives.planned(rows, ABOUT)[0])
        assert list(faults(made, json.loads(SCHEMA.read_text()))) == []

    @pytest.mark.parametrize(
        "break_it",
        [
            lambda made: made.pop("filer"),
            lambda made: made.update(version=2),
            lambda made: made["envelopes"][0].update(route="unknown"),
            lambda made: made["envelopes"][0]["documents"].clear(),
            lambda made: made["envelopes"][0]["documents"][0].update(sha256="AB"),
            lambda made: made["envelopes"][0]["documents"][0].update(note="more"),
        ],
    )
    def test_the_schema_refuses_what_is_wrong(self, break_it):
        made = archives.envelopes(archives.planned([case("CR001")], ABOUT)[0])
        break_it(made)
        assert list(faults(made, json.loads(SCHEMA.read_text())))


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, where: str = "") -> Iterator[str]:
    """Where a value differs from a JSON Schema, of the keywords that ours uses; any other keyword is an error."""
    root = root or schema
    schema = root["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    unknown = set(schema) - {
        "$schema", "$id", "$defs", "title", "description", "type", "const", "enum", "pattern", "minimum", "minItems",
        "items", "properties", "required", "additionalProperties",
    }  # fmt: skip
    assert not unknown, f"{where}: the test does not know {unknown}"
    types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "type" in schema and type(value) is not types[schema["type"]]:
        yield f"{where} is no {schema['type']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where} does not match {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{where} is less than {schema['minimum']}"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{where} has too few"
        for place, item in enumerate(value):
            yield from faults(item, schema["items"], root, f"{where}[{place}]")
    if isinstance(value, dict):
        known = schema["properties"]
        yield from (f"{where}.{name} is missing" for name in schema["required"] if name not in value)
        yield from (f"{where}.{name} is not known" for name in value if name not in known)
        for name in value.keys() & known.keys():
            yield from faults(value[name], known[name], root, f"{where}.{name}")


def test_a_row_knows_the_size_of_its_files() -> None:
    assert case("CR001", size=500).size == 1500
    assert isinstance(case("CR001"), IndexRow)
    assert package.LIMIT == 25_000_000
