"""The finished PDFs, measured: page, grid, caption, tags, bytes; and data that means harm."""

from __future__ import annotations

import io
import itertools
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pikepdf
import pytest

from petitions import Paper, PaperRefused, checks, draft, pleading, reading
from petitions.drafting import finished
from petitions.papers import motion, order
from petitions.wording import BLOCKS, Wording
from tests.petitions.cases import OFFICE, THEO, case_file, conviction, redesignation, resentencing, serving


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return draft(case_file(conviction(), redesignation()))


@pytest.fixture(scope="module")
def pages(papers: list[Paper]) -> list[reading.Page]:
    return [page for paper in papers for page in reading.read(paper.pdf)[0]]


def test_a_case_has_a_motion_a_declaration_and_an_order(papers: list[Paper]) -> None:
    assert [paper.kind for paper in papers] == ["motion", "declaration", "order"]
    assert [paper.file_name for paper in papers] == [
        f"05-110273-8-completed-{kind}.pdf" for kind in ("motion", "declaration", "order")
    ]
    assert all(paper.pages and paper.words and len(paper.sha256) == 64 for paper in papers)


def test_every_page_is_letter_size_with_28_numbers_24_points_apart(pages: list[reading.Page]) -> None:
    for page in pages:
        assert (page.width, page.height, page.rotation) == (612, 792, 0)
        numbers = [run for run in page.artifacts if run.left < pleading.LEFT_RULES[0]]
        assert [run.text.strip() for run in numbers] == [str(number) for number in range(1, 29)]
        gaps = [b.baseline - a.baseline for a, b in itertools.pairwise(numbers)]
        assert all(abs(gap - 24) < 0.01 for gap in gaps)
        assert len(page.vertical_rules) == 3


def test_text_stands_on_the_numbered_lines_in_12_point_black_times(pages: list[reading.Page]) -> None:
    for run in (run for page in pages for run in page.body):
        line = (run.baseline - pleading.FIRST_BASELINE) / pleading.PITCH
        assert abs(line - round(line)) * pleading.PITCH <= 1
        assert run.size == pytest.approx(12, abs=0.1)
        assert run.black
        assert run.embedded
        assert run.font.startswith("Liberation")
        assert run.left >= 107.9
        assert run.right <= 576


def test_the_clerks_space_is_empty_and_the_court_stands_on_line_8(papers: list[Paper]) -> None:
    for paper in papers:
        first = reading.read(paper.pdf)[0][0]
        above = [run for run in first.body if run.baseline < pleading.CLERK_BOTTOM]
        assert above
        assert all(run.right <= 306 for run in above)
        eighth = [run.text for run in first.body if abs(run.baseline - (88.05 + 7 * 24)) < 1]
        assert eighth == ["SUPERIOR COURT OF CALIFORNIA"]


def test_files_are_tagged_titled_bookmarked_and_hold_nothing_active(papers: list[Paper]) -> None:
    for paper in papers:
        assert reading.read(paper.pdf)[1] == []
        with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.Root.Lang) == "en-US"
            assert pdf.Root.ViewerPreferences.DisplayDocTitle
            assert str(pdf.docinfo.Title) == paper.title
            assert "YBARRA" not in str(pdf.docinfo.Title) + str(pdf.docinfo.get("/Keywords", ""))
            assert b"pdfuaid" in bytes(pdf.Root.Metadata.read_bytes())
            assert not {"/AcroForm", "/OpenAction", "/AA"} & set(pdf.Root.keys())
            with pdf.open_outline() as outline:
                assert outline.root


def test_pages_laid_out_once_are_drawn_into_each_paper_with_their_tags_and_bookmarks() -> None:
    shared = [draft(case_file(defendant_name=f"EXAMPLE,{name}"))[0] for name in ("ANN", "BEA")]
    for paper, name in zip(shared, ("ANN", "BEA"), strict=True):
        with pikepdf.open(io.BytesIO(paper.pdf)) as pdf, pdf.open_outline() as outline:
            assert [item.title for item in outline.root[0].children] == ["MEMORANDUM OF POINTS AND AUTHORITIES"]
            assert str(pdf.docinfo.Title) == paper.title
        text = [page.text for page in reading.read(paper.pdf)[0]]
        assert len(text) == 2
        assert f"{name} EXAMPLE" in text[0]
        assert "EXAMPLE" not in text[1].replace("Example", "")


def test_the_archive_copy_is_pdf_a_2u_with_the_same_words(papers: list[Paper]) -> None:
    for paper, kept in zip(papers, draft(case_file(conviction(), redesignation()), purpose="archive"), strict=True):
        with pikepdf.open(io.BytesIO(kept.pdf)) as pdf:
            metadata = bytes(pdf.Root.Metadata.read_bytes())
            assert b'pdfaid:part="2"' in metadata
            assert b'pdfaid:conformance="U"' in metadata
            assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
            assert "/ID" in pdf.trailer
            assert "/EmbeddedFiles" not in str(pdf.Root.get("/Names", ""))
        assert [page.text for page in reading.read(kept.pdf)[0]] == [page.text for page in reading.read(paper.pdf)[0]]
        assert kept.file_name == f"archive-{paper.file_name}"


def test_a_preview_is_watermarked_on_every_page_outside_its_text(papers: list[Paper]) -> None:
    for paper, shown in zip(papers, draft(case_file(conviction(), redesignation()), purpose="preview"), strict=True):
        for page in reading.read(shown.pdf)[0]:
            assert "PREVIEW – NOT FOR FILING" in [run.text.strip() for run in page.artifacts]
        assert [page.text for page in reading.read(shown.pdf)[0]] == [page.text for page in reading.read(paper.pdf)[0]]


def test_one_paper_asked_for_alone_is_the_same_as_among_the_others(papers: list[Paper]) -> None:
    for paper in papers:
        assert [each.sha256 for each in draft(case_file(conviction(), redesignation()), only=paper.kind)] == [
            paper.sha256
        ]


def test_signature_and_dates_are_left_empty_for_the_named_attorney(papers: list[Paper]) -> None:
    for paper in papers:
        last = reading.read(paper.pdf)[0][-1].text
        assert "/s/" not in last
        assert ("Theo Park" in last and "301234" in last) or "Judge of the Superior Court" in last


MARKUP = "<b>Bo</b>&amp;<script>x</script> {{ 7*7 }} {% x %}"
ADDRESSES = (
    'http://127.0.0.1:{port}/a.css <img src="http://127.0.0.1:{port}/x"> file:///etc/passwd @import url(file:///etc)'
)


@pytest.fixture
def listener() -> tuple[int, list[str]]:
    """A local server that remembers every connection."""
    server = socket.create_server(("127.0.0.1", 0))
    calls: list[str] = []

    def listen() -> None:
        while True:
            try:
                server.accept()[0].close()
            except OSError:
                return
            calls.append("connected")

    threading.Thread(target=listen, daemon=True).start()
    yield server.getsockname()[1], calls
    server.close()


def with_text(text: str) -> dict[str, object]:
    """Each text field of a case that a record or a person fills, filled with it."""
    plain = case_file()
    return {
        "name": case_file(defendant_name=text),
        "number": case_file(number=text),
        "file name": case_file(source_files=(replace(plain.source_files[0], name=text),)),
        "policy": case_file(conviction(basis="policy"), policy=replace(plain.policy, name=text, authority=text)),
        "source of a fact": case_file(conviction(basis="statute", stated={"grams": ("12", text)})),
        "serving form": serving(
            serving=replace(serving().case.serving, controlling_term=text, credits=text, source=text)
        ),
        "count number": case_file(conviction(court_count_number=text)),
        "authority": case_file(conviction(attempt_text="attempt", ground="treated_as_listed", ground_authority=text)),
    }


@pytest.mark.parametrize("field", list(with_text("")))
def test_hostile_text_is_printed_as_text_and_fetches_nothing(field: str, listener: tuple[int, list[str]]) -> None:
    port, calls = listener
    for text in (MARKUP, ADDRESSES.replace("{port}", str(port))):
        printed = "".join(page.text for paper in draft(with_text(text)[field]) for page in reading.read(paper.pdf)[0])
        assert reading.squeezed(text) in reading.squeezed(printed)
        assert "root:" not in printed
    assert calls == []


@pytest.mark.parametrize("field", list(with_text("")))
@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\x07", "\n", "漢", "😀", "\u05d0", "\ufeff"])
def test_letters_that_reverse_hide_or_have_no_glyph_are_refused(field: str, character: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        draft(with_text(f"O{character}abc")[field])
    assert f"U+{ord(character):04X}" in " ".join(refused.value.reasons)


def test_a_letter_that_slipped_through_is_found_by_reading_back() -> None:
    from petitions import render

    made = motion.draft(case_file())
    for hidden in ("PAZ \u202eM\u202c YBARRA", "PAZ M YBARR漢"):
        changed = replace(made, markup=made.markup.replace("PAZ M YBARRA", hidden))
        pages, _ = reading.read(render.render(changed.markup, footer=changed.footer).pdf)
        assert checks.faults(changed, pages)


def test_long_names_and_many_convictions_wrap_inside_the_text_column() -> None:
    for name in ("X" * 200, ("MARIA DE LOS ANGELES " * 10).strip(), "ÑÚÑEZ," + "É" * 190):
        assert draft(case_file(defendant_name=name))
    many = [
        conviction(key=str(day), section=f"11357({'abc'[day % 3]})", court_count_number=str(day)) for day in range(60)
    ]
    assert sum(paper.pages for paper in draft(case_file(*many))) < 20


def test_the_longest_titles_fit_the_footer() -> None:
    twice = [conviction(key="1"), conviction(key="2"), redesignation(key="3"), redesignation(key="4")]
    assert draft(case_file(*twice))
    dismissed = [conviction(key=key, sealing=False) for key in "12"]
    assert draft(serving(*dismissed, resentencing(key="3"), resentencing(key="4")))


def test_long_office_lines_are_set_closer_and_stay_out_of_the_clerks_space() -> None:
    office = replace(OFFICE, address=("Hall of Records, 12345 North Avenue of the Founders", "Martinez, CA 94553"))
    attorney = replace(THEO, name="Theodora Maria Parkinson-Wolstenholme", email="t.parkinson@districtattorney.example")
    assert draft(case_file(office=office, attorney=attorney))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda markup: markup.replace("Case No.", "No."), "case number"),
        (lambda markup: markup.replace("<html ", '<html style="color: #333" '), "not black"),
        (lambda markup: markup.replace("<p>To the", '<p style="margin-top: 5pt">To the'), "off the numbered lines"),
        (lambda markup: markup.replace("<p>To the Court", '<p style="font-size: 11pt">To the Court'),
         "smaller than 12"),
        (lambda markup: markup.replace("<html ", '<html style="font-family: DejaVu Sans" '), "Times"),
        (lambda markup: markup.replace('<p class="court">', "<p>x</p><p class='court'>"), "line 8"),
        (lambda markup: markup.replace("Dated:", "Date"), "date and signature"),
        (lambda markup: markup.replace("To the Court", "None To the Court"), "unfilled mark"),
        (lambda markup: markup.replace("To the Court", "To 123-45-6789"), "social security"),
        (lambda markup: markup.replace("To the Court", "To A01234567"), "CII number"),
        (lambda markup: markup.replace("CONTRA COSTA", "ALAMEDA"), "can't be read"),
        (lambda text: text.replace("The DOJ record does", "Under section 1385 the record does"), "1385 is not among"),
        (lambda text: text.replace('class="attorney"', 'class="attorney" style="padding-left: 120pt"'), "clerk"),
    ],
)  # fmt: skip
def test_what_a_clerk_rejects_is_found(change, fault: str) -> None:
    from petitions import render

    made = motion.draft(case_file())
    changed = replace(made, markup=change(made.markup), shared=change(made.shared))
    assert (changed.markup, changed.shared) != (made.markup, made.shared)
    pages, _ = reading.read(render.render(changed.markup, footer=changed.footer, shared=changed.shared).pdf)
    assert fault in " ".join(checks.faults(changed, pages))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("June\u00a014", "June 15"), "does not name the felony conviction"),
        (lambda text: text.replace("11359(b)", "11358(c)"), "does not name the new section 11359(b)"),
        (lambda text: text.replace("REDESIGNATED", "DISMISSED"), "says DISMISSED 2 times; 1 were asked for"),
        (lambda text: text.replace("SEALED", "closed"), "disagree on sealing"),
    ],
)
def test_an_order_that_is_not_the_motions_is_found(change, fault: str) -> None:
    file = case_file(conviction(), redesignation())
    asked, ordered = motion.draft(file), order.draft(file)
    assert checks.disagreements(file.case, asked, ordered) == []
    changed = replace(ordered, markup=change(ordered.markup))
    assert fault in " ".join(checks.disagreements(file.case, asked, changed))


def test_a_part_without_a_bookmark_is_found() -> None:
    made = motion.draft(case_file())
    title = "PEOPLE’S NOTICE OF MOTION AND MOTION TO DISMISS AND SEAL CONVICTION; MEMORANDUM OF POINTS AND AUTHORITIES"
    assert checks.unmarked(made, [title, "MEMORANDUM OF POINTS AND AUTHORITIES"]) == []
    assert checks.unmarked(made, [title]) == ["“MEMORANDUM OF POINTS AND AUTHORITIES” has no bookmark."]


TYPED_FREELY = {  # every field of a case file that holds words of people or records
    "district_attorney", "office_name", "address", "fax", "email", "name", "bar_number", "title", "phone", "branch",
    "number", "defendant_name", "version", "authority", "controlling_term", "credits", "source", "court_count_number",
    "ground_authority", "department", "judge",
}  # fmt: skip


def filled(value: Any, wanted: str, text: str) -> Any:
    """A case file with `text` in every field of that name."""
    if not is_dataclass(value):
        return tuple(filled(item, wanted, text) for item in value) if isinstance(value, tuple) else value
    changes = {part.name: filled(getattr(value, part.name), wanted, text) for part in fields(value)}
    if wanted in changes:
        changes[wanted] = (text,) if wanted == "address" else text
    return replace(value, **changes)


@pytest.mark.parametrize("name", sorted(TYPED_FREELY))
def test_every_field_prints_hostile_text_as_text_or_the_case_is_refused(name: str) -> None:
    text = 'http://127.0.0.1/x file:///etc/passwd <img src="file:///etc/passwd"> {{ 7*7 }}'
    line = conviction(attempt_text="attempt", ground="treated_as_listed", ground_authority="x", basis="policy")
    for file in (filled(case_file(line), name, text), filled(serving(), name, text)):
        reasons: list[str] = []
        papers: list[Paper] = []
        try:
            papers = draft(file)
        except PaperRefused as refused:  # too long for its place on the first page
            reasons = refused.reasons
        assert not any("asked for" in reason for reason in reasons)
        printed = "".join(page.text for paper in papers for page in reading.read(paper.pdf)[0])
        assert "root:" not in printed
        assert "49" not in printed.replace("349", "")


def test_markup_that_fetches_fails_the_paper() -> None:
    from petitions import render

    for markup in ('<img src="file:///etc/passwd"/>', '<link rel="attachment" href="file:///etc/passwd"/>'):
        page = f"<html lang='en'><head><title>x</title></head><body><p>{markup}x</p></body></html>"
        with pytest.raises(render.FetchRefused):
            render.render(page, footer="x")


def test_papers_drawn_by_threads_at_once_are_those_drawn_one_after_the_other() -> None:
    """A web process answers several people at once, and pages that papers share are laid out once for all of them."""
    law = "memorandum.completed_law"
    for number in range(10):  # in words in which no page was laid out yet
        wording = Wording("own", {law: f"{BLOCKS[law].text} This is said a {number}. time."})
        asked = motion.draft(replace(case_file(conviction()), wording=wording))
        assert asked.shared
        with ThreadPoolExecutor(max_workers=4) as threads:
            together = {paper.sha256 for paper, _ in threads.map(finished, [asked] * 6)}
        assert together == {finished(asked)[0].sha256}
