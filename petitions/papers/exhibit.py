"""Exhibit A of an omnibus motion, in volumes: each its own tagged PDF, with page and row numbers that go on.

Pages are broken here, by the widths of the typeface, before anything is laid out. So every volume knows the numbers of
its pages, and a caller may draw volumes in several processes at once. An exhibit is no paper in the sense of rule
2.3(2): no line numbers, and smaller type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from petitions import pleading
from petitions.papers import words
from petitions.papers.drafts import file_name, page_template
from petitions.papers.omnibus import EXHIBITS, TO_BE_ASSIGNED, ExhibitRow, Omnibus, in_order
from petitions.wording import STANDARD

ROWS_A_VOLUME: Final = 500  # the cost of a row grows slowly with the pages of its PDF
TYPE_SIZE: Final = 10.0
LINE: Final = 12.0
PADDING: Final = 3.0  # left and right in a cell, points
ROW_EXTRA: Final = 2.0  # above and below the text of a row
RULE: Final = 0.5  # below each fifth row
PAGE_ROOM: Final = 665.0  # for rows and their heads: of 684 between the margins, less what is above a table and totals
HEADING_ROOM: Final = 13.0  # the title of the first page
STYLE: Final = f"""
@page {{ margin: 54pt 36pt; }}
html {{ font-size: {TYPE_SIZE:g}pt; line-height: {LINE:g}pt; }}
body, h1, p {{ font-size: {TYPE_SIZE:g}pt; text-indent: 0; }}
h1 {{ text-align: center; }}
table {{ border-collapse: separate; border-spacing: 0; table-layout: fixed; width: 540pt; break-after: page;
  margin-top: 6pt; }}
table.last {{ break-after: auto; }}
td, th {{ padding: 1pt {PADDING:g}pt; text-align: left; vertical-align: top; font-weight: normal; }}
th, tr:nth-child(5n) td {{ border-bottom: .5pt solid #000; }}
tr {{ break-inside: avoid; }}
"""
TITLES: Final = {"motion": "People’s Omnibus Motion", "order": "[Proposed] Order on People’s Omnibus Motion"}
CONFIDENTIAL: Final = "CONFIDENTIAL: not for the public file (Pen. Code, § 11144; Cal. Rules of Court, rule 1.201)"

PUBLIC_COLUMNS: Final = {  # points, 540 in all
    "Row": 38.0,
    "Case number": 80.0,
    "Name": 144.0,
    "Section": 48.0,
    "Old severity": 66.0,
    "Convicted": 58.0,
    "New section and severity": 106.0,
}
CONFIDENTIAL_COLUMNS: Final = {
    "Row": 38.0,
    "Case number": 80.0,
    "Name": 156.0,
    "Birth date": 58.0,
    "CII number": 66.0,
    "Other names": 142.0,
}


@dataclass(frozen=True, slots=True)
class Volume:
    """A part of an exhibit, ready to be drawn: printed cells and the numbers that others depend on."""

    exhibit: str
    number: int
    of: int
    first_row: int
    last_row: int
    first_page: int
    of_pages: int
    pages: tuple[tuple[tuple[str, ...], ...], ...]  # rows of cells, page by page
    columns: tuple[tuple[str, float], ...]
    heading: tuple[str, ...]  # paragraphs above the first page's rows
    totals: str  # below the last row of the last volume; else empty
    file_stem: str
    confidential: bool = False
    wording_version: str = STANDARD.version

    @property
    def title(self) -> str:
        """Exhibit A-1, Volume 3 of 50, Rows 1,001 to 1,500."""
        return self.titled("")

    def titled(self, to: str) -> str:
        """The title with what it is an exhibit to: Exhibit A-1 to People’s Omnibus Motion, Volume 3 of 50, …."""
        what = "Confidential Attachment to Exhibit" if self.confidential else "Exhibit"
        return (
            f"{what} {self.exhibit}{to}, Volume {self.number} of {self.of}, "
            f"Rows {self.first_row:,} to {self.last_row:,}"
        )


def public_volumes(omnibus: Omnibus, *, rows_a_volume: int = ROWS_A_VOLUME) -> list[Volume]:
    """The exhibit that both motion and order carry, planned."""
    columns = dict(PUBLIC_COLUMNS)
    if omnibus.first.relief == "dismiss":
        columns["Name"] += columns.pop("New section and severity")
    cells = [_public(number, row)[: len(columns)] for number, row in enumerate(in_order(omnibus), start=1)]
    relief = EXHIBITS[omnibus.first.relief, omnibus.first.new_severity][1]
    heading = (
        f"{_matter(omnibus)} The People’s omnibus motion to {relief.lower()} listed in this exhibit: {omnibus.totals}.",
        "Sections are of the Health and Safety Code. Names are as shown in the DOJ record; one marked * is as stated "
        "in the case. Dates are month/day/year.",
    )
    return _planned(omnibus, cells, columns, heading, rows_a_volume=rows_a_volume)


def confidential_volumes(omnibus: Omnibus, *, rows_a_volume: int = ROWS_A_VOLUME) -> list[Volume]:
    """The attachment for the court alone, row by row as the exhibit; none where no identifier is given."""
    if not omnibus.identifiers:
        return []
    cells = [_identified(number, row, omnibus) for number, row in enumerate(in_order(omnibus), start=1)]
    heading = (f"{CONFIDENTIAL}. {_matter(omnibus)}", "Rows are numbered as in the exhibit. Dates are month/day/year.")
    planned = _planned(omnibus, cells, CONFIDENTIAL_COLUMNS, heading, rows_a_volume=rows_a_volume)
    return [replace(volume, confidential=True) for volume in planned]


def _matter(omnibus: Omnibus) -> str:
    county = words.county_name(omnibus.court.county)
    number = f"No. {omnibus.number}" if omnibus.number else f"number {TO_BE_ASSIGNED}"
    return f"{omnibus.court.name}, County of {county}, {omnibus.court.branch}, case {number}."


def _public(number: int, row: ExhibitRow) -> tuple[str, ...]:
    line = row.line
    return (
        f"{number:,}",
        row.case_number,
        _name(row),
        line.section,
        line.severity or "not stated",
        line.convicted_on.strftime("%m/%d/%Y"),
        f"{line.new_section}, {line.new_severity}",
    )


def _name(row: ExhibitRow) -> str:
    mark = " *" if row.name_is_stated else ""
    return words.readable_name(row.defendant_name, is_stated=row.name_is_stated) + mark


def _identified(number: int, row: ExhibitRow, omnibus: Omnibus) -> tuple[str, ...]:
    known = omnibus.identifiers.get(row.person)
    born = known.birth_date.strftime("%m/%d/%Y") if known and known.birth_date else "not known"
    return (
        f"{number:,}",
        row.case_number,
        _name(row),
        born,
        known.cii if known and known.cii else "not known",
        "; ".join(words.readable_name(name, is_stated=False) for name in known.aliases) if known else "",
    )


def _planned(
    omnibus: Omnibus,
    cells: Sequence[tuple[str, ...]],
    columns: dict[str, float],
    heading: tuple[str, ...],
    *,
    rows_a_volume: int,
) -> list[Volume]:
    parts = [cells[start : start + rows_a_volume] for start in range(0, len(cells), rows_a_volume)]
    paged = [_paged(part, columns, heading) for part in parts]
    of_pages, volumes, first_page, first_row = sum(map(len, paged)), [], 1, 1
    for number, pages in enumerate(paged, start=1):
        rows = sum(map(len, pages))
        volumes.append(
            Volume(
                exhibit=omnibus.exhibit,
                number=number,
                of=len(paged),
                first_row=first_row,
                last_row=first_row + rows - 1,
                first_page=first_page,
                of_pages=of_pages,
                pages=pages,
                columns=tuple(columns.items()),
                heading=heading,
                totals=f"Total: {omnibus.totals}." if number == len(paged) else "",
                file_stem=f"exhibit-{omnibus.exhibit}-volume-{number}-of-{len(paged)}",
                wording_version=omnibus.wording.version,
            )
        )
        first_page, first_row = first_page + len(pages), first_row + rows
    return volumes


def _paged(
    cells: Sequence[tuple[str, ...]], columns: dict[str, float], heading: Sequence[str]
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Rows by page. The first page has the heading above them; every page keeps a line for the totals."""
    width = sum(columns.values())
    full = PAGE_ROOM - _height(tuple(columns), columns) - RULE
    room = full - HEADING_ROOM - sum(_lines(text, width) for text in heading) * LINE
    pages: list[list[tuple[str, ...]]] = [[]]
    for row in cells:
        high = _height(row, columns) + (RULE if len(pages[-1]) % 5 == 4 else 0)
        if high > room and pages[-1]:
            pages.append([])
            room = full
        pages[-1].append(row)
        room -= high
    return tuple(tuple(page) for page in pages)


def _height(row: Sequence[str], columns: dict[str, float]) -> float:
    deepest = max(
        _lines(text, width - 2 * PADDING) if pleading.width(text, TYPE_SIZE) > width - 2 * PADDING - 1 else 1
        for text, width in zip(row, columns.values(), strict=True)
    )
    return deepest * LINE + ROW_EXTRA


def _lines(text: str, width: float) -> int:
    """How many lines a text takes at most: broken at blanks, a word too long for a line anywhere."""
    blank = pleading.width(" ", TYPE_SIZE)
    lines, used = 1, 0.0
    for word in text.replace("-", "- ").split():
        long = pleading.width(word, TYPE_SIZE) * 1.01
        if used and used + blank + long > width:
            lines, used = lines + 1, 0.0
        if long > width:
            broken = int(long // (width - TYPE_SIZE)) + 1
            lines, used = lines + broken, width
        used += long + blank
    return lines


def markup(volume: Volume) -> str:
    """The volume in markup; what it is an exhibit to stands in the footer and the title alone."""
    return page_template("exhibit.html").render(
        title=volume.title,
        heading=volume.heading,
        columns=volume.columns,
        pages=volume.pages,
        totals=volume.totals,
        wording_version=volume.wording_version,
    )


def footers(volume: Volume) -> dict[str, str]:
    """Title of each copy: the exhibit to the motion and to the order, or the one confidential attachment."""
    if volume.confidential:
        return {"confidential": f"CONFIDENTIAL: {volume.title}"}
    return {to: volume.titled(f" to {title}") for to, title in TITLES.items()}


def page_labels(volume: Volume) -> list[str]:
    """Page 101 of 1,050."""
    return [f"Page {volume.first_page + index:,} of {volume.of_pages:,}" for index in range(len(volume.pages))]


def given(volume: Volume) -> list[str]:
    """What each page must say, in its order, blanks apart."""
    said = []
    for index, rows in enumerate(volume.pages):
        parts = [volume.title, *volume.heading] if index == 0 else []
        parts += [*(name for name, _ in volume.columns), *(cell for row in rows for cell in row)]
        said.append("".join(parts + ([volume.totals] if index == len(volume.pages) - 1 else [])))
    return said


def file_names(volume: Volume) -> dict[str, str]:
    """By copy, as in `footers`."""
    return {to: file_name(volume.file_stem, to) for to in footers(volume)}
