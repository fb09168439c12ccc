"""What a court clerk would check on every paper of the downloaded packages, measured on the bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pypdfium2

from clearmyrecord.batches.models import BatchItem
from clearmyrecord.filings.models import Filing
from petitions.papers import words

KINDS = ("motion", "declaration", "order")
LINES = [str(number) for number in range(1, 29)]
LINE_NUMBERS_END = 100
"""Points from the left: the line numbers stand left of it, the text right of it."""


@dataclass
class Read:
    """A PDF as read back: the text of each page, its line numbers, and what marks it as accessible."""

    pages: list[str]
    line_numbers: list[list[str]]
    tagged: bool
    title: str

    @property
    def text(self) -> str:
        return squeezed(" ".join(self.pages))


def squeezed(text: str) -> str:
    """One blank between words, hyphens and quotation marks as typed: how a line breaks says nothing."""
    return re.sub(r"\s+", " ", text.replace("\u2011", "-").replace("\u2010", "-").replace("\u00a0", " "))


def read(pdf: bytes, left: int = LINE_NUMBERS_END) -> Read:
    """The text right of `left` points. Raises pypdfium2.PdfiumError if the bytes are no PDF."""
    document = pypdfium2.PdfDocument(pdf)
    pages, numbers = [], []
    for page in document:
        text = page.get_textpage()
        width, height = page.get_size()
        pages.append(text.get_text_bounded(left=left, right=width, bottom=0, top=height))
        margin = text.get_text_bounded(left=0, right=LINE_NUMBERS_END, bottom=0, top=height)
        numbers.append(margin.split())
    document.close()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagged = bool(opened.Root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in opened.Root
        title = str(opened.docinfo.get("/Title", ""))
    return Read(pages, numbers, tagged, title)


def check_zips(paths: list[Path], batch_id: int, *, signed: bool = False) -> None:
    """The right papers and no others, each of its own case, and indexes that list every case once."""
    filings = list(Filing.objects.filter(batch=batch_id).select_related("court"))
    found = [row for path in paths for row in _check_zip(path, batch_id, signed=signed)]
    assert sorted((row["Case number"], row["Reference"]) for row in found) == sorted(
        (filing.case_number, filing.reference) for filing in filings
    )


def _check_zip(path: Path, batch_id: int, *, signed: bool) -> list[dict[str, str]]:
    """One package: its papers, its index, its manifest, its envelopes. The lines of its index."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    for each in json.loads(contents.pop("manifest.json"))["files"]:
        assert hashlib.sha256(contents[each["file"]]).hexdigest() == each["sha256"], each["file"]
    envelopes = json.loads(contents.pop("envelopes.json"))
    index, index_pdf = contents.pop("index.csv"), contents.pop("index.pdf")
    rows = list(csv.DictReader(io.StringIO(index.decode("utf-8-sig"))))
    assert len(contents) == 4 * len(rows) > 0
    assert sum(name.endswith(".docx") for name in contents) == len(rows)  # the order, to be edited
    for kind in KINDS:
        assert sum(name.endswith(".pdf") and f"-{kind}" in name for name in contents) == len(rows)
    assert sorted(name for row in rows for name in row["Papers"].split("; ")) == sorted(contents)
    assert len(envelopes["envelopes" if signed else "not_ready"]) == len(rows)
    assert not envelopes["not_ready" if signed else "envelopes"]

    printed = read(index_pdf, left=0)
    assert printed.tagged
    assert printed.title.startswith("Index of papers")
    for row in rows:
        assert row["Case number"] in printed.text.replace(" ", "")  # its narrow column breaks after a hyphen
        assert row["State"].startswith("signed on" if signed else "unsigned")
        items = _items(batch_id, row)
        for name in row["Papers"].split("; "):
            if name.endswith(".docx"):
                continue
            check_paper(name, contents[name], items)
            assert ("/s/ Theo Tran" in read(contents[name]).text) is (signed and "-order" not in name)
    return rows


def _items(batch_id: int, row: dict[str, str]) -> list[BatchItem]:
    """The convictions of one line of the index."""
    same_case = BatchItem.objects.filter(
        batch=batch_id, case_number=row["Case number"], route=row["Route"], court__branch=row["Court"]
    )
    items = [
        item
        for item in same_case
        if words.readable_name(item.snapshot["defendant_name"], is_stated=item.snapshot["name_is_stated"])
        == row["Defendant"]
    ]
    assert len(items) == int(row["Convictions"])
    return items


def check_paper(name: str, pdf: bytes, items: list[BatchItem]) -> None:
    """Case number, name, sections and dates in its text; numbered pages and lines; tagged and with a title."""
    paper = read(pdf)
    assert paper.tagged, name
    assert paper.title, name
    count = len(paper.pages)
    for number, (text, lines) in enumerate(zip(paper.pages, paper.line_numbers, strict=True), start=1):
        assert lines[:28] == LINES, f"{name}, page {number}: {lines}"
        assert re.search(rf"(^|\s){number}(\s|$)", squeezed(text)), f"{name} has no page number {number} of {count}"
    snapshot = items[0].snapshot
    defendant = words.readable_name(snapshot["defendant_name"], is_stated=snapshot["name_is_stated"])
    assert items[0].case_number in paper.text, name
    assert defendant.upper() in paper.text.upper(), f"{name}: {defendant}"
    for item in items:
        assert item.snapshot["section"] in paper.text, f"{name}: {item.snapshot['section']}"
        day = words.long_date(item.conviction.convicted_on)
        assert day in paper.text, f"{name}: {day}"
