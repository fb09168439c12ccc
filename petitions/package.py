"""What goes with the papers of a package: their names in the ZIP, and the index of every case as CSV and PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from petitions import pleading, render
from petitions.papers import words
from petitions.papers.declaration import in_eights
from petitions.papers.drafts import page_template

LIMIT: Final = 25_000_000
"""Bytes that one ZIP may have: what courts and their e-filing vendors commonly take (rule 2.256; verify locally)."""
NOT_SIGNED: Final = "unsigned"
NO_PROOF: Final = "proof of service not included"
EDITABLE: Final = "order_docx"
"""Kind of the proposed order as a word-processor file: a further file of its case, and no paper of its own."""
ROWS_A_TABLE: Final = 20  # WeasyPrint's tables grow worse than linearly: many short ones
HEADS: Final = ("Court", "Case number", "Defendant", "Route", "Relief asked", "Convictions", "Papers", "State")
PRINTED_HEADS: Final = (*HEADS[:6], "Files", "State")
ONLY_IN_CSV: Final = ("SHA-256", "Reference", "Wording")
INDEX_STYLE: Final = """
@page { margin: 54pt 54pt 48pt 54pt; }
html { line-height: 13pt; }
body, p { font-size: 10pt; }
h1 { font-size: 14pt; line-height: 24pt; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin-top: 12pt; }
th.c1 { width: 64pt; } th.c2 { width: 58pt; } th.c3 { width: 72pt; } th.c4 { width: 44pt; } th.c5 { width: 52pt; }
th.c6 { width: 49pt; } th.c7 { width: 30pt; }
td, th { border: .5pt solid #000; padding: 2.5pt 3pt; text-align: left; vertical-align: top; font-weight: normal; }
tr { break-inside: avoid; }
"""

COVER_STYLE: Final = f"""{INDEX_STYLE}
html {{ overflow-wrap: anywhere; }}
th.c1 {{ width: 148pt; }} th.c2 {{ width: 116pt; }} th.c3 {{ width: 30pt; }} th.c4 {{ width: auto; }}
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a package: a paper of a case, or the proposed order to edit."""

    kind: str
    title: str
    file: str  # its name in the ZIP
    pages: int  # of an order to edit: as many as its PDF has
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One case and route of a batch."""

    reference: str  # the office's own, for e-filing and for the court's receipt: letters and digits
    court: str
    case_number: str
    defendant: str
    route: str
    reliefs: tuple[str, ...]  # "dismiss", "redesignate", "resentence"
    convictions: int
    documents: tuple[Document, ...]  # none where the papers could not be drafted
    wording: str  # the version of the words that made them
    signed_on: date | None = None
    problems: tuple[str, ...] = ()  # why there are no papers
    to_confirm: str = ""  # what must be answered before the papers are filed

    @property
    def state(self) -> str:
        """Whether there are papers, and what they still lack."""
        if not self.documents:
            return f"not drafted: {' '.join(self.problems)}"
        signed = f"signed on {words.long_date(self.signed_on)}" if self.signed_on else NOT_SIGNED
        has_proof = any(document.kind == "proof" for document in self.documents)
        return "; ".join(filter(None, [signed, "" if has_proof else NO_PROOF, self.to_confirm]))

    @property
    def papers(self) -> int:
        """How many papers: an order counts once, with its file to edit."""
        return sum(document.kind != EDITABLE for document in self.documents)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(document.size for document in self.documents)


def unique_names(names: Iterable[str]) -> list[str]:
    """Names for a ZIP: two defendants of one case number get -2, -3 … before the ending."""
    seen: dict[str, int] = {}
    given = []
    for name in names:
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        stem, dot, ending = name.rpartition(".")
        given.append(name if seen[name.lower()] == 1 else f"{stem}-{seen[name.lower()]}{dot}{ending}")
    return given


def index_csv(rows: Sequence[IndexRow]) -> bytes:
    """The index as UTF-8 CSV with a byte-order mark; no cell can start a formula in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*HEADS, *ONLY_IN_CSV])
    for row in rows:
        hashes = "; ".join(document.sha256 for document in row.documents)
        writer.writerow([_safe(cell) for cell in (*_cells(row), hashes, row.reference, row.wording)])
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell


def _cells(row: IndexRow) -> tuple[str, ...]:
    return (
        row.court,
        row.case_number,
        row.defendant,
        row.route,
        ", ".join(row.reliefs),
        str(row.convictions),
        "; ".join(document.file for document in row.documents) or "none",
        row.state,
    )


def _printed(row: IndexRow) -> tuple[str, ...]:
    """As in the CSV, but files are counted, as their names follow from case number, route and kind."""
    *most, _, state = _cells(row)
    short = "; ".join(filter(None, ["signed" if row.signed_on else NOT_SIGNED, row.to_confirm]))
    return (*most, str(len(row.documents)), short if row.documents else state)


def index_pdf(
    rows: Sequence[IndexRow], *, batch_name: str, office_name: str, approved_on: date, part: str = ""
) -> bytes:
    """The index as a tagged PDF. Letters the typeface lacks print as a replacement; the CSV holds them as they are.

    `part` says which of several ZIPs it lists: "Part 1 of 2. ".
    """
    cases, convictions = len(rows), sum(row.convictions for row in rows)
    papers = sum(row.papers for row in rows)
    cells = [[_printable(cell) for cell in _printed(row)] for row in rows]
    title = _printable(f"Index of papers: {batch_name}")
    worded = " and ".join(sorted({row.wording for row in rows}))
    markup = page_template("index.html").render(
        title=title,
        summary=[
            _printable(f"{office_name}. Approved on {words.long_date(approved_on)}."),
            f"{part}Cases and routes: {cases}. Convictions: {convictions}. Papers: {papers}. {_signed(rows)}",
            _printable(f"Wording of the papers: {worded}."),
        ],
        heads=PRINTED_HEADS,
        tables=[cells[start : start + ROWS_A_TABLE] for start in range(0, len(cells), ROWS_A_TABLE)],
    )
    return render.render(markup, footer="Index of papers", numbered=False, extra_style=INDEX_STYLE).pdf


def _signed(rows: Sequence[IndexRow]) -> str:
    """How many cases are signed, and whether proofs of service are there."""
    drafted = [row for row in rows if row.documents]
    signed = sum(row.signed_on is not None for row in drafted)
    said = f"All papers are {NOT_SIGNED}" if not signed else f"Signed: {signed} of {len(drafted)} cases"
    return f"{said}; {NO_PROOF}." if any(NO_PROOF in row.state for row in drafted) or not drafted else f"{said}."


def cover_pdf(papers: Sequence[Document], *, case_number: str, court: str, state: str, part: str = "") -> bytes:
    """The index on top of one case's papers: title, file, pages and hash of each, and whether they are signed.

    `part` says which of several ZIPs it lists: "Part 1 of 2. ".
    """
    cells = [(each.title, each.file, str(each.pages), in_eights(each.sha256)) for each in papers]
    title = _printable(f"Index of papers in case {case_number}")
    markup = page_template("index.html").render(
        title=title,
        summary=[
            _printable(f"{court}. {part}Files: {len(papers)}. State: {state}."),
        ],
        heads=("Paper", "File", "Pages", "SHA-256"),
        tables=[[[_printable(cell) for cell in row] for row in cells]],
    )
    return render.render(markup, footer=title, numbered=False, extra_style=COVER_STYLE).pdf


def _printable(text: str) -> str:
    return "".join(letter if pleading.has_glyph(letter) and letter.isprintable() else "?" for letter in text)
