"""Names in the ZIP and the index of every case."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

from petitions import draft, package, reading
from tests.petitions.cases import case_file

APPROVED = date(2019, 11, 4)
MOTION = package.Document(
    kind="motion",
    title="People’s Notice of Motion and Motion to Dismiss and Seal Conviction",
    file="05-110273-8-completed-motion.pdf",
    pages=3,
    size=40_000,
    sha256="ab" * 32,
)


def row(**changes: object) -> package.IndexRow:
    plain: dict[str, object] = {
        "reference": "F1",
        "court": "Wakefield Taylor Courthouse",
        "case_number": "05-110273-8",
        "defendant": "PAZ M YBARRA",
        "route": "completed",
        "reliefs": ("dismiss", "redesignate"),
        "convictions": 2,
        "documents": (MOTION,),
        "wording": "Contra Costa 3",
    }
    return package.IndexRow(**{**plain, **changes})  # type: ignore[arg-type]


def test_two_defendants_of_one_case_number_get_different_names() -> None:
    assert package.unique_names(["a-motion.pdf", "A-motion.pdf", "b.pdf"]) == [
        "a-motion.pdf",
        "A-motion-2.pdf",
        "b.pdf",
    ]


def test_the_csv_lists_every_case_and_no_cell_is_a_formula() -> None:
    table = list(
        csv.reader(io.StringIO(package.index_csv([row(defendant="=HYPERLINK(1)"), row()]).decode("utf-8-sig")))
    )
    assert table[1][2] == "'=HYPERLINK(1)"
    assert len(table) == 3
    assert table[2][7] == "unsigned; proof of service not included"
    assert (table[0][-1], table[2][-1]) == ("Wording", "Contra Costa 3")


def test_the_index_says_which_cases_are_signed_and_when() -> None:
    rows = [row(signed_on=date(2019, 11, 5)), row()]
    assert rows[0].state == "signed on November 5, 2019; proof of service not included"
    pages, _ = reading.read(package.index_pdf(rows, batch_name="First", office_name="Office", approved_on=APPROVED))
    assert "Signed: 1 of 2 cases; proof of service not included." in " ".join(page.text for page in pages)


def test_a_proof_of_service_among_the_papers_is_not_said_to_be_missing() -> None:
    proof = replace(MOTION, kind="proof", file="05-110273-8-completed-proof.pdf")
    assert row(documents=(MOTION, proof)).state == "unsigned"


def test_a_case_without_papers_says_why() -> None:
    assert "not drafted: No number." in package.index_csv([row(documents=(), problems=("No number.",))]).decode()


def test_the_pdf_index_is_tagged_and_reads_back() -> None:
    pdf = package.index_pdf(
        [row(defendant="<b>Bo</b>")] * 45, batch_name="First", office_name="Office", approved_on=APPROVED
    )
    pages, faults = reading.read(pdf)
    assert faults == []
    text = " ".join(page.text for page in pages)
    assert text.count("05-110273-8") == 45
    assert "<b>Bo</b>" in text
    assert "proof of service not included" in text
    assert "Wording of the papers: Contra Costa 3." in text
    assert all(run.right < 576 for page in pages for run in page.body)


def test_the_cover_index_lists_the_papers_of_a_case_with_their_hashes() -> None:
    papers = [
        package.Document(paper.kind, paper.title, paper.file_name, paper.pages, len(paper.pdf), paper.sha256)
        for paper in draft(case_file())
    ]
    pdf = package.cover_pdf(papers, case_number="05-110273-8", court="Superior Court", state="unsigned")
    pages, faults = reading.read(pdf)
    assert faults == []
    text = reading.squeezed("".join(page.text for page in pages))
    assert all(reading.squeezed(part) in text for each in papers for part in (each.title, each.file, each.sha256))
    assert "State:unsigned." in text
    assert all(run.right < 576 for page in pages for run in page.body)
