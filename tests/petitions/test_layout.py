"""Where things stand on the pages of every kind of paper, measured in the PDF to a tenth of a point."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import accumulate, pairwise

import pytest

from petitions import draft, package
from petitions.papers import exhibit, letter
from tests.petitions import cases, drawn
from tests.petitions.samples import SAMPLES

TENTH = 0.1  # of a point
PLAIN = ("letter-english", "letter-spanish", "cover", "index")
PLEADING = [name for name in SAMPLES if name not in PLAIN]
LINE_1, PITCH = 88.05, 24.0
LEFT, RIGHT = 108.0, 570.0
LINE_8 = LINE_1 + 7 * PITCH  # 3 1/3 inches from the top of the sheet to the top of the line (rule 2.111(3))


@cache
def papers(name: str) -> list[list[drawn.Sheet]]:
    """The pages of each paper of a sample that is on pleading paper: of a list, the three before its exhibit."""
    pdfs = SAMPLES[name]()
    return [drawn.sheets(pdf) for pdf in (pdfs[:3] if name.startswith("omnibus") else pdfs)]


@pytest.fixture(params=PLEADING)
def pleadings(request: pytest.FixtureRequest) -> list[list[drawn.Sheet]]:
    return papers(request.param)


def near(value: float) -> object:
    return pytest.approx(value, abs=TENTH)


def places(texts: list[drawn.Text]) -> set[float]:
    """Where the pieces begin, to a tenth."""
    return {round(text.x, 1) for text in texts}


def rows_of(texts: list[drawn.Text]) -> dict[float, list[drawn.Text]]:
    """Pieces of text by baseline, to a tenth, from the top."""
    rows: dict[float, list[drawn.Text]] = {}
    for text in sorted(texts, key=lambda text: (round(text.baseline, 1), text.x)):
        rows.setdefault(round(text.baseline, 1), []).append(text)
    return rows


def test_28_numbers_stand_24_points_apart_and_end_at_the_same_place(pleadings: list[list[drawn.Sheet]]) -> None:
    for sheet in (sheet for pages in pleadings for sheet in pages):
        numbers = [text for text in sheet.artifacts if text.x < LEFT - 15]
        assert [text.text for text in numbers] == [str(number) for number in range(1, 29)]
        for index, text in enumerate(numbers):
            assert text.baseline == near(LINE_1 + index * PITCH)
            assert text.right == near(88)
            assert text.size == near(12)


def test_two_rules_stand_left_of_the_text_one_right_of_it_one_above_the_footer(
    pleadings: list[list[drawn.Sheet]],
) -> None:
    for sheet in (sheet for pages in pleadings for sheet in pages):
        upright = sorted(line.x1 for line in sheet.lines if abs(line.y2 - line.y1) > 700)
        assert upright == [near(96), near(99), near(574)]
        (above_footer,) = [line for line in sheet.lines if line.y1 == line.y2 == 765]
        assert (above_footer.x1, above_footer.x2) == (near(LEFT), near(RIGHT))


def test_page_number_and_title_stand_in_the_middle_below_the_text(pleadings: list[list[drawn.Sheet]]) -> None:
    for pages in pleadings:
        for number, sheet in enumerate(pages, start=1):
            (shown,) = [text for text in sheet.artifacts if text.baseline == near(760.5)]
            (title,) = [text for text in sheet.artifacts if text.baseline == near(777)]
            assert (shown.text, shown.size, shown.middle) == (str(number), near(12), near((LEFT + RIGHT) / 2))
            assert (title.size, title.middle) == (near(10), near((LEFT + RIGHT) / 2))


def test_every_line_of_text_stands_on_a_numbered_line_between_the_rules(pleadings: list[list[drawn.Sheet]]) -> None:
    for text in (text for pages in pleadings for sheet in pages for text in sheet.body):
        line = round((text.baseline - LINE_1) / PITCH)
        assert 0 <= line < 28
        assert text.baseline == near(LINE_1 + line * PITCH)
        assert text.size == near(12)
        assert text.x >= LEFT - TENTH
        assert text.right <= RIGHT + TENTH


def test_the_first_page_has_attorney_court_and_caption_in_their_places(pleadings: list[list[drawn.Sheet]]) -> None:
    for pages in pleadings:
        body = pages[0].body
        attorney = [text for text in body if text.baseline < LINE_8 - 1]
        assert [text.baseline for text in attorney] == [near(LINE_1 + index * PITCH) for index in range(7)]
        assert all(text.x == near(LEFT) and text.right <= 306 for text in attorney)
        court, county = [text for text in body if LINE_8 - 1 < text.baseline < LINE_8 + PITCH + 1]
        assert court.text.strip() == "SUPERIOR COURT OF CALIFORNIA"
        assert (court.baseline, county.baseline) == (near(LINE_8), near(LINE_8 + PITCH))
        assert (court.middle, county.middle) == (near((LEFT + RIGHT) / 2), near((LEFT + RIGHT) / 2))
        people, number = [text for text in body if text.baseline == near(LINE_8 + 2 * PITCH)]
        assert people.text.startswith("THE PEOPLE OF")
        assert number.text.startswith("Case No. ")
        assert (people.x, number.x) == (near(LEFT), near(293))
        between = [line for line in pages[0].lines if line.x1 == near(283) and abs(line.x2 - line.x1) < 0.1]
        assert min(min(line.y1, line.y2) for line in between) == near(72 + 9 * PITCH)


def test_a_paragraph_begins_half_an_inch_in(pleadings: list[list[drawn.Sheet]]) -> None:
    for pages in pleadings:
        below = [text for text in pages[0].body if text.text.startswith(("To the Court", "The Court", "I, "))]
        assert below
        assert places(below) == {LEFT + 36}


@pytest.mark.parametrize(
    ("name", "paper", "marks"),
    [
        ("dismiss", 0, {"Dated:": LEFT, "By:": 324, "Theo Park, Deputy": 324}),
        ("dismiss", 1, {"Executed on": LEFT}),
        ("dismiss", 2, {"Dated:": LEFT, "Judge of the": 324}),
        ("recommendation", 0, {"Dated:": LEFT, "By:": 324, "Theo Park, Deputy": 324}),
        ("recommendation", 1, {"Dated:": LEFT, "Judge of the": 324}),
        ("proof-of-service", 0, {"Executed on": LEFT}),
        ("omnibus-dismiss", 0, {"Dated:": LEFT, "By:": 324}),
    ],
)
def test_date_and_signature_stand_in_their_columns_with_text_above_them(
    name: str, paper: int, marks: dict[str, float]
) -> None:
    last = papers(name)[paper][-1]
    found = {mark: [text for text in last.body if text.text.startswith(mark)] for mark in marks}
    assert {mark: [text.x for text in texts] for mark, texts in found.items()} == {
        mark: [near(x)] for mark, x in marks.items()
    }
    first = min(texts[0].baseline for texts in found.values())
    assert len({round(text.baseline) for text in last.body if text.baseline < first - 1}) >= 2


def test_a_declaration_that_runs_over_takes_words_of_its_own_to_the_page_of_its_signature() -> None:
    for name in ("dismiss-and-redesignate", "resentence-serving", "dismiss-serving", "omnibus-dismiss"):
        pages = papers(name)[1]
        assert len(pages) == 2
        perjury = min(text.baseline for text in pages[1].body if text.text.startswith("I declare under penalty"))
        assert perjury >= LINE_1 + 2 * PITCH - TENTH


def test_a_long_attorney_block_is_single_spaced_breaks_at_its_parts_and_ends_above_the_court() -> None:
    office = replace(cases.OFFICE, address=("Hall of Records, 12345 North Avenue", "Martinez, CA 94553"))
    attorney = replace(cases.THEO, name="Theodora Parkinson-Wolstenholme")
    first = drawn.sheets(draft(cases.case_file(office=office, attorney=attorney))[0].pdf)[0]
    block = [text for text in first.body if text.baseline < LINE_8 - 1]
    assert [text.text for text in block] == [
        "Dana Example, District Attorney", "Theodora Parkinson-Wolstenholme", "(State Bar No. 301234)",
        "Deputy District Attorney", "Hall of Records, 12345 North Avenue,", "Martinez, CA 94553",
        "Tel.: 925-555-0123; Fax: 925-555-0101", "theo.park@da.example", "Attorneys for Plaintiff, the People",
    ]  # fmt: skip
    assert [text.baseline for text in block] == [near(LINE_1 + index * PITCH / 2) for index in range(9)]
    assert all(text.right <= 306 for text in block)


VOLUMES = {
    "omnibus-dismiss": [exhibit.PUBLIC_COLUMNS] * 4 + [exhibit.CONFIDENTIAL_COLUMNS] * 2,
    "omnibus-redesignate": [exhibit.PUBLIC_COLUMNS] * 4,
}


@pytest.mark.parametrize("name", list(VOLUMES))
def test_rows_of_an_exhibit_stand_in_their_columns_under_the_repeated_head(name: str) -> None:
    for pdf, columns in zip(SAMPLES[name]()[3:], VOLUMES[name], strict=True):
        widths = dict(columns)
        if name == "omnibus-dismiss" and "New section and severity" in widths:
            widths["Name"] += widths.pop("New section and severity")
        starts = [near(36 + 3 + before) for before in accumulate([0.0, *widths.values()][:-1])]
        for sheet in drawn.sheets(pdf):
            rows = rows_of(sheet.body)
            heads = next(at for at, row in rows.items() if row[0].text == "Row")
            table = [at for at, row in rows.items() if at >= heads and len(row) == len(widths)]
            assert len(table) > 5
            assert all([text.x for text in rows[at]] == starts for at in table)
            assert all(text.size == near(10) for row in rows.values() for text in row)
            steps = {round(below - above, 1) for above, below in pairwise(table[1:])}
            assert steps <= {14.0, 14.5}
            assert max(rows) < 738
            assert min(rows) == near(54 + 9.37 if heads > 100 else 54 + 6 + 10.37)


@pytest.mark.parametrize("name", list(VOLUMES))
def test_pages_of_an_exhibit_are_numbered_through_its_volumes_in_the_middle_of_the_sheet(name: str) -> None:
    labels = []
    for pdf in SAMPLES[name]()[3:]:
        for sheet in drawn.sheets(pdf):
            title, label = sheet.artifacts
            assert (label.middle, label.baseline, label.size) == (near(306), near(760.5), near(12))
            assert (title.middle, title.baseline, title.size) == (near(306), near(777), near(10))
            (rule,) = [line for line in sheet.lines if line.y1 == line.y2 == 765]
            assert (rule.x1, rule.x2) == (near(54), near(558))
            labels.append((title.text.startswith("CONFIDENTIAL: "), label.text))
    public = [label for is_confidential, label in labels if not is_confidential]
    assert public == [f"Page {page} of 3" for page in (1, 2, 1, 2, 3, 3)]
    confidential = [label for is_confidential, label in labels if is_confidential]
    assert confidential == ([f"Page {page} of 3" for page in (1, 2, 3)] if name == "omnibus-dismiss" else [])


@pytest.mark.parametrize("name", ["letter-english", "letter-spanish"])
def test_a_letter_stands_an_inch_from_the_edges_15_points_a_line_and_has_nothing_below(name: str) -> None:
    ((sheet,),) = map(drawn.sheets, SAMPLES[name]())
    assert sheet.artifacts == []
    assert places(sheet.body) == {72.0}
    assert all(text.right <= 540 + TENTH for text in sheet.body)
    assert {round(text.size, 1) for text in sheet.body} == {12.0, 14.0}
    steps = {round(below - above, 1) for above, below in pairwise(rows_of(sheet.body))}
    assert {15.0, 22.0} <= steps
    assert min(steps) == near(15)
    assert max(text.baseline for text in sheet.body) < 792 - 54
    assert "margin: 72pt" in letter.STYLE


@pytest.mark.parametrize("name", ["index", "cover"])
def test_an_index_stands_three_quarters_of_an_inch_in_with_columns_that_hold_for_every_row(name: str) -> None:
    ((sheet,),) = map(drawn.sheets, SAMPLES[name]())
    title, *rest = sheet.body
    assert (title.x, title.size) == (near(54), near(14))
    rows = list(rows_of(rest).values())
    heads = next(row for row in rows if len(row) > 3)
    below = [text for row in rows[rows.index(heads) :] for text in row]
    assert places(below) == places(heads)
    assert heads[0].x == near(54 + 3 + 0.5)
    assert max(text.right for text in below) <= 612 - 54
    assert {round(text.size, 1) for text in rest} == {10.0}
    footer, number = sheet.artifacts
    assert (footer.middle, number.middle, number.text) == (near(306), near(306), "1")


def test_the_head_of_an_index_has_every_column() -> None:
    ((sheet,),) = map(drawn.sheets, SAMPLES["index"]())
    heads = " ".join(text.text for text in sheet.body)
    assert all(head in heads for head in " ".join(package.HEADS).split())
