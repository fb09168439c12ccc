"""What every kind of paper shares: caption, attorney block, template, and what the finished PDF must say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from petitions import pleading
from petitions.papers import words
from petitions.papers.data import Attorney, CaseFile, ConvictionLine, Court, Kind, Office, PaperRefused, Signature
from petitions.wording import STANDARD, Wording

WHOLE_NAMES: Final = ("Health &amp; Saf. Code", "Pen. Code", "Code Civ. Proc.", "Proposition 64")  # as in markup
WHOLE_DATES: Final = re.compile(rf"\b({'|'.join(words.MONTHS)}) (\d{{1,2}}), (\d{{4}})\b")
ATTORNEY_LINES: Final = 7  # numbered lines above the title of the court; a longer block is set single-spaced


@dataclass(frozen=True, slots=True)
class Caption:
    """What the first page of every paper of one matter says."""

    office: Office
    attorney: Attorney
    court: Court
    case_number: str  # as printed after "Case No."
    defendant: str
    role: str = "Defendant"
    name_note: str = ""
    wording_version: str = STANDARD.version
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper in markup, not laid out yet, with what the finished PDF is compared to."""

    kind: Kind
    title: str
    footer: str
    markup: str
    file_name: str
    must_say: tuple[str, ...]  # names, numbers, sections and dates of the case
    court_title: str
    case_number: str
    defendant: str
    from_outside: tuple[str, ...]  # longest first: what looks like a template's stub in them is none
    wording_version: str = STANDARD.version
    shared: str = ""  # markup of the pages after the own ones that hold no fact of the case: laid out once for many


@cache
def page_template(name: str) -> Template:
    """A template of the papers: values are escaped, a missing one is an error."""
    environment = Environment(
        loader=PackageLoader("petitions", "papers/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def drafted(
    file: CaseFile,
    *,
    kind: Kind,
    title: str,
    footer: str,
    template: str,
    shared_template: str = "",
    **parts: Any,
) -> Draft:
    """A paper of one case and route."""
    return composed(
        caption_of(file),
        kind=kind,
        title=title,
        footer=footer,
        template=template,
        shared_template=shared_template,
        file_name=file_name(file.case.number, f"{file.case.route}-{kind}"),
        must_say=tuple(_of_convictions(file.case.convictions, kind)),
        source=file,
        hearing=_hearing_block(file, kind),
        **parts,
    )


def caption_of(file: CaseFile) -> Caption:
    """The caption that the papers of a case share."""
    case = file.case
    return Caption(
        office=file.office,
        attorney=file.attorney,
        court=case.court,
        case_number=case.number,
        defendant=words.readable_name(case.defendant_name, is_stated=case.name_is_stated),
        name_note="" if case.name_is_stated else "(as shown in the DOJ record)",
        wording_version=file.wording.version,
        signature=file.signature,
    )


def composed(
    caption: Caption,
    *,
    kind: Kind,
    title: str,
    footer: str,
    template: str,
    file_name: str,
    must_say: tuple[str, ...],
    source: Any,
    shared_template: str = "",
    **parts: Any,
) -> Draft:
    """Fill a template; `parts` are its own texts, plain strings that it escapes; `source` holds the outside's words."""
    first = _first_page(caption)
    markup = page_template(template).render(
        title=title, caption_title=in_capitals(title), caption=caption, **first, **parts
    )
    shared = page_template(shared_template).render(**first, **parts) if shared_template else ""
    named = (caption.attorney.name, caption.attorney.bar_number, str(first["court_county"]), in_capitals(title))
    return Draft(
        kind=kind,
        title=title,
        footer=footer,
        markup=_kept_whole(markup),
        file_name=file_name,
        must_say=(caption.case_number, caption.defendant, *named, *_signed(caption, kind), *must_say),
        court_title=caption.court.name.upper(),
        case_number=caption.case_number,
        defendant=caption.defendant,
        from_outside=tuple(sorted({caption.defendant, *texts(source)}, key=len, reverse=True)),
        wording_version=caption.wording_version,
        shared=_kept_whole(shared) if shared else "",
    )


SIGNED_BY_ATTORNEY: Final = frozenset({"motion", "declaration", "recommendation"})
"""Kinds of paper that bear the attorney's signature; an order is the judge's, a proof of service the server's."""


def _signed(caption: Caption, kind: Kind) -> tuple[str, ...]:
    """What a signed paper must say: the typed signature and its day. Raises PaperRefused if another attorney signed."""
    if caption.signature is None or kind not in SIGNED_BY_ATTORNEY:
        return ()
    if caption.signature.name != caption.attorney.name:
        raise PaperRefused(["Another attorney signed than the one whom the paper names."])
    return (f"/s/ {caption.signature.name}", words.long_date(caption.signature.signed_on))


def _first_page(caption: Caption) -> dict[str, object]:
    """Attorney block, title of the court and signature, as templates take them."""
    block, court, signature = attorney_block(caption.office, caption.attorney), caption.court, caption.signature
    return {
        "court_name": court.name.upper(),
        "court_county": f"County of {court.county}, {court.branch}".upper(),
        "attorney_lines": block,
        "attorney_tight": len(block) > ATTORNEY_LINES or not all(map(_fits_beside_clerk, block)),
        "attorney": caption.attorney,
        "wording_version": caption.wording_version,
        "district_attorney": caption.office.district_attorney,
        "signed": f"/s/ {signature.name}" if signature else "",
        "signed_on": words.long_date(signature.signed_on) if signature else "",
        "signed_at": signature.place if signature else "",
    }


def in_capitals(title: str) -> str:
    """The title as the caption prints it; a statute keeps its small letters, as they name its subdivisions."""
    head, statute, rest = title.partition(" (Pen. Code")
    return f"{head.upper()}{statute}{rest}"


def _kept_whole(markup: str) -> str:
    """A date, a code's name, a section with its subdivisions and a reporter's citation stay on one line each.

    The name of a case is underlined, as both styles of citation of rule 1.200 ask where it is not in italics.
    """
    head, body = markup.split("<body>", 1)
    for name in WHOLE_NAMES:
        body = body.replace(name, name.replace(" ", "\u00a0"))
    body = WHOLE_DATES.sub("\\1\u00a0\\2,\u00a0\\3", body)
    body = re.sub(r"(§+) ", "\\1\u00a0", body)
    body = re.sub(r"\), (?=\([a-z]\))", "),\u00a0", body)
    body = re.sub(r"(\d+ Cal\.App\.\dth \d+)", r'<span class="whole">\1</span>', body)
    body = re.sub(r"(People v\. [A-Z][a-z]+)", r'<span class="case">\1</span>', body)
    return f"{head}<body>{body}"


def texts(value: Any) -> Iterator[str]:
    """Every text in a case file, at any depth; the words that come from people and records."""
    if isinstance(value, Wording):
        return  # the paper's own words, not the outside's: what looks like a stub in them is one
    if isinstance(value, str):
        if value.strip():
            yield value
    elif is_dataclass(value):
        for part in fields(value):
            yield from texts(getattr(value, part.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)


def _of_convictions(lines: Iterable[ConvictionLine], kind: str) -> list[str]:
    said = []
    for line in lines:
        said += [words.section_phrase(line), words.long_date(line.convicted_on)]
        if line.new_section and kind != "declaration":  # it states facts and asks for nothing
            said.append(line.new_section)
    return said


def attorney_block(office: Office, attorney: Attorney) -> list[str]:
    """Lines 1 to 7 of the first page (rule 2.111(1)); more where one would run into the clerk's space."""
    parts = [
        [f"{office.district_attorney},", "District Attorney"],
        [attorney.name, f"(State Bar No. {attorney.bar_number})"],
        [attorney.title or "Deputy District Attorney"],
        [*(f"{part}," for part in office.address[:-1]), *office.address[-1:]],
        [f"Tel.: {attorney.phone or office.phone};", f"Fax: {office.fax}"] if office.fax else
        [f"Tel.: {attorney.phone or office.phone}"],
        [attorney.email or office.email],
        ["Attorneys for Plaintiff, the People"],
    ]  # fmt: skip
    lines = []
    for each in parts:
        line = " ".join(each)
        lines += [line] if _fits_beside_clerk(line) else [part.rstrip(";") for part in each]
    return lines


def _fits_beside_clerk(line: str) -> bool:
    return pleading.width(line) <= pleading.CLERK_LEFT - pleading.TEXT_LEFT


def _hearing_block(file: CaseFile, kind: str) -> list[str]:
    """Under the paper's title (rule 3.1110(b)): lines that end in a colon are blanks for the attorney.

    Every paper of a hearing states it; that there is none stands on the motion alone.
    """
    case = file.case
    wanted = case.serving.hearing != "none" if case.serving else case.hearing_requested
    if wanted:
        where = [f"Dept.: {case.court.department}" if case.court.department else "Dept.:"]
        before = [f"Judge: {case.court.judge}"] if case.court.judge else []
        return ["Hearing date:", "Time:", *where, *before]
    if kind != "motion":
        return []
    if case.route == "completed":
        return ["No hearing requested (Health & Saf. Code, § 11361.8(g))"]
    return ["No hearing requested"]


def file_name(number: str, what: str) -> str:
    """05-110273-8-completed-motion.pdf: letters, digits and hyphens, no person's name."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", number).strip("-")[:50]
    if not plain:
        plain = hashlib.sha256(number.encode()).hexdigest()[:12]
    return f"{plain}-{what}.pdf"
