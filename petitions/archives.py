"""E-filing packages: a court's papers in ZIPs under a size limit, each with index, manifest and envelope data.

The format of `envelopes.json` and `manifest.json` is documented in docs/filing-package.md. Same papers, same bytes:
entries are stored as they are (papers are compressed already, and compressors differ), with a fixed date.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, BinaryIO, Final, Literal

from petitions import package
from petitions.package import Document, IndexRow
from petitions.papers.data import Attorney, Court, Office
from petitions.zipped import entry

VERSION: Final = 1
"""Of both JSON formats; raised with every change that a reader of the present one would not understand."""
ENTRY_BYTES: Final = 30 + 46  # what a ZIP adds to each stored file besides its name, which it holds twice
RESERVED: Final = 60_000  # for index, manifest and envelope data: once
RESERVED_A_ROW: Final = 6_000  # and for each case
RESERVED_A_VOLUME: Final = 2_000  # and for each paper of an omnibus motion
PLAINTIFF: Final = "The People of the State of California"
LEADS: Final = ("motion", "recommendation")
CODES: Final = {
    "motion": "motion",
    "recommendation": "recommendation",
    "declaration": "declaration",
    "order": "proposed-order",
    "order_docx": "proposed-order-editable",
    "exhibit": "exhibit",
    "confidential": "confidential-exhibit",
    "proof": "proof-of-service",
}
"""Our document codes, to be mapped once to a court's own: courts and vendors share no list."""

Read = Callable[[Document], bytes]
Holds = Literal["cases", "omnibus", "confidential"]


@dataclass(frozen=True, slots=True)
class About:
    """What all ZIPs of a batch at one court share."""

    batch_number: int
    batch_name: str
    list_sha256: str
    approved_on: date
    office: Office
    attorney: Attorney
    court: Court


@dataclass(frozen=True, slots=True)
class Archive:
    """One planned ZIP: which cases, or which papers of an omnibus motion; which part of how many; and its name."""

    about: About
    rows: tuple[IndexRow, ...]
    part: int
    parts: int
    holds: Holds = "cases"

    @property
    def name(self) -> str:
        """martinez-2026-11-24-batch-7-1-of-2.zip: court, day of the last signature (while unsigned: of the approval).

        Letters, digits and hyphens, under 100 characters, no person's name. Of an omnibus motion it says so.
        """
        day = max((row.signed_on for row in self.rows if row.signed_on), default=self.about.approved_on)
        court = re.sub(r"[^A-Za-z0-9]+", "-", self.about.court.branch).strip("-").lower()[:50] or "court"
        batch = f"batch-{self.about.batch_number}" + ("" if self.holds == "cases" else f"-{self.holds}")
        return f"{court}-{day.isoformat()}-{batch}-{self.part}-of-{self.parts}.zip"

    @property
    def ready(self) -> list[IndexRow]:
        """The rows whose papers are signed, with nothing left to confirm: they may be filed."""
        return [row for row in self.rows if row.documents and row.signed_on and not row.to_confirm]


def planned(rows: Sequence[IndexRow], about: About, *, limit: int = package.LIMIT) -> list[Archive]:
    """Share the cases of one court out over ZIPs, in the order of their numbers.

    A case (its number, with all its defendants and routes) is never split; one that is larger than `limit` bytes by
    itself gets a ZIP of its own, over the limit.
    """
    ordered = sorted(rows, key=lambda row: (row.case_number, row.defendant, row.route, row.reference))
    parts: list[list[IndexRow]] = [[]]
    filled = RESERVED
    for _, case in groupby(ordered, key=lambda row: row.case_number):
        of_case = list(case)
        wanted = sum(_stored(row) for row in of_case)
        if parts[-1] and filled + wanted > limit:
            parts.append([])
            filled = RESERVED
        parts[-1] += of_case
        filled += wanted
    return [Archive(about, tuple(part), number, len(parts)) for number, part in enumerate(parts, start=1)]


def planned_omnibus(
    row: IndexRow, about: About, *, holds: Holds = "omnibus", limit: int = package.LIMIT
) -> list[Archive]:
    """Share the papers of one omnibus motion out over ZIPs, in their order: between papers and volumes, never within.

    A volume that is larger than `limit` bytes by itself gets a ZIP of its own. No ZIP where there is no paper.
    """
    parts: list[list[Document]] = []
    filled = limit
    for document in row.documents:
        wanted = document.size + ENTRY_BYTES + 2 * len(document.file.encode()) + RESERVED_A_VOLUME
        if not parts or filled + wanted > limit:
            parts.append([])
            filled = RESERVED + RESERVED_A_ROW
        parts[-1].append(document)
        filled += wanted
    rows = [replace(row, documents=tuple(part)) for part in parts]
    return [Archive(about, (own,), number, len(rows), holds) for number, own in enumerate(rows, start=1)]


def _stored(row: IndexRow) -> int:
    names = sum(ENTRY_BYTES + 2 * len(document.file.encode()) for document in row.documents)
    return row.size + names + RESERVED_A_ROW


def write(stream: BinaryIO, archive: Archive, read: Read) -> None:
    """Write the ZIP to a stream. `read` gives the bytes of a document, and raises if they are not those of its hash."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as zipped:
        for row in archive.rows:
            for document in row.documents:
                zipped.writestr(entry(document.file), read(document))
        for name, content in _accompanying(archive):
            zipped.writestr(entry(name), content)


def _accompanying(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Index, envelope data, and last the manifest, which names every other file."""
    rows = archive.rows
    files = [
        ("index.pdf", _index_pdf(archive)),
        ("index.csv", package.index_csv(rows)),
        ("envelopes.json", _json(envelopes(archive))),
    ]
    yield from files
    listed = [(each.file, each.sha256, each.size) for row in rows for each in row.documents]
    listed += [(name, hashlib.sha256(content).hexdigest(), len(content)) for name, content in files]
    yield "manifest.json", _json(_headed("manifest", archive) | {"files": [_file(*each) for each in listed]})


def _index_pdf(archive: Archive) -> bytes:
    """Of cases: one line for each. Of an omnibus motion: one line for each paper and volume."""
    about, part = archive.about, f"Part {archive.part} of {archive.parts}. " if archive.parts > 1 else ""
    if archive.holds != "cases":
        (row,) = archive.rows
        return package.cover_pdf(
            row.documents,
            case_number=row.case_number,
            court=f"{about.court.name}, {about.court.branch}",
            state=row.state,
            part=part,
        )
    return package.index_pdf(
        archive.rows,
        batch_name=about.batch_name,
        office_name=about.office.office_name,
        approved_on=about.approved_on,
        part=part,
    )


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _headed(what: str, archive: Archive) -> dict[str, Any]:
    court = archive.about.court
    return {
        "format": f"clearmyrecord/{what}",
        "version": VERSION,
        "archive": archive.name,
        "part": archive.part,
        "parts": archive.parts,
        "court": {"name": court.name, "branch": court.branch, "county": court.county},
        "list_sha256": archive.about.list_sha256,
        "approved_on": archive.about.approved_on.isoformat(),
    }


def _file(name: str, sha256: str, size: int) -> dict[str, Any]:
    return {"file": name, "sha256": sha256, "bytes": size}


def envelopes(archive: Archive) -> dict[str, Any]:
    """What an e-filing provider needs: one envelope for each signed case; the others are listed with what they lack.

    An omnibus motion in several ZIPs has one envelope in each, under the same reference; the first has what leads.
    """
    about, ready = archive.about, archive.ready
    of_ready = {row.reference for row in ready}
    return _headed("envelopes", archive) | {
        "filer": {
            "party": "plaintiff",
            "name": PLAINTIFF,
            "office": about.office.office_name,
            "attorney": about.attorney.name,
            "bar_number": about.attorney.bar_number,
            "email": about.attorney.email or about.office.email,
            "phone": about.attorney.phone or about.office.phone,
        },
        "envelopes": [_envelope(row) for row in ready],
        "not_ready": [
            {"reference": row.reference, "case_number": row.case_number, "route": row.route, "why": row.state}
            for row in archive.rows
            if row.reference not in of_ready
        ],
    }


def _envelope(row: IndexRow) -> dict[str, Any]:
    lead = next((document for document in row.documents if document.kind in LEADS), None)
    return {
        "reference": row.reference,
        "case_number": row.case_number,
        "defendant": row.defendant,
        "route": row.route,
        "signed_on": row.signed_on.isoformat() if row.signed_on else None,
        "documents": [
            _file(each.file, each.sha256, each.size)
            | {
                "pages": each.pages,
                "code": CODES.get(each.kind, each.kind),
                "title": each.title,
                "role": "lead" if each is lead else "attachment",
                "confidential": each.kind == "confidential",
            }
            for each in sorted(row.documents, key=lambda document: (document is not lead, document.file))
        ],
    }
