"""What a set of papers is drafted from: plain values, nothing that a database or a screen would need.

Every sentence of a paper comes from one of these fields or is a constant that an attorney approves.
A field that is None or empty is a fact nobody knows: the sentence that needs it is left out or put as presumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from petitions.wording import STANDARD, Wording

Severity = Literal["felony", "misdemeanor", "infraction"]
Relief = Literal["dismiss", "redesignate", "resentence"]
Basis = Literal["statute", "presumption", "policy"]
Route = Literal["completed", "serving"]
Hearing = Literal["none", "requested", "presence_waived"]
ServingStatus = Literal["prison", "county_jail", "mandatory_supervision", "postrelease", "parole", "probation"]
Kind = Literal[
    "motion", "declaration", "order", "recommendation", "exhibit", "confidential", "proof", "letter", "index"
]

HEARING_CHOICES: Final[dict[str, str]] = {
    "requested": "A hearing is requested",
    "presence_waived": "A hearing is requested; the defendant waives presence",
    "none": "No hearing is requested",
}

SERVING_STATUSES: Final[dict[str, str]] = {
    "prison": "is serving a term in state prison",
    "county_jail": "is serving a term in county jail under Penal Code section 1170(h)",
    "mandatory_supervision": "is on mandatory supervision",
    "postrelease": "is on postrelease community supervision",
    "parole": "is on parole",
    "probation": "is on probation",
}


@dataclass(frozen=True, slots=True)
class Attorney:
    """The deputy district attorney who will sign."""

    name: str
    bar_number: str
    title: str  # "Deputy District Attorney"
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Signature:
    """That the attorney signed, typed as "/s/ Name" above the printed name. Only for papers after that act."""

    name: str
    signed_on: date
    place: str  # city in California, for the declaration under penalty of perjury (CCP § 2015.5)


@dataclass(frozen=True, slots=True)
class Office:
    """The prosecuting office, as the attorney block of every paper prints it."""

    district_attorney: str
    county: str  # as DOJ files write it ("CONTRA COSTA"); printed in the case each place needs
    office_name: str  # "Office of the District Attorney"
    address: tuple[str, ...]  # at most two lines
    phone: str
    fax: str  # may be empty
    email: str
    letterhead: tuple[str, ...] = ()  # lines that head a letter in place of name, address and telephone number


@dataclass(frozen=True, slots=True)
class Court:
    """The court of conviction, or its branch, where the papers are filed."""

    name: str  # "Superior Court of California"
    county: str
    branch: str
    address: tuple[str, ...]
    department: str = ""
    case_number_pattern: str = ""  # regular expression its case numbers match; empty: any
    judge: str = ""  # to whom it is assigned: "Hon. Jane Example"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A record file that the papers rest on."""

    name: str
    received_on: date
    sha256: str


@dataclass(frozen=True, slots=True)
class PolicyNote:
    """The office's policy under which relief was chosen."""

    name: str
    version: str
    signed_on: date | None
    authority: str


@dataclass(frozen=True, slots=True)
class ConvictionLine:
    """One conviction as the papers of a case name it."""

    key: str  # the caller's identity of the conviction; never printed
    section: str  # "11359(a)"
    code: str  # "HS", "PC"
    convicted_on: date
    relief: Relief
    basis: Basis
    sealing: bool
    severity: Severity | None = None  # None also where it was only inferred from the charge
    attempt_text: str | None = None  # "attempted", "accessory to" …: the part before the section's offense
    new_section: str | None = None  # redesignation and resentencing only
    new_severity: Severity | None = None
    sentence_end: date | None = None  # computed from the record's sentence parts, never proof of completion
    stated: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # fact -> (value, source document)
    missing: tuple[str, ...] = ()  # facts that the record does not carry: "amount", "plants"
    ground: str | None = None  # code of the legal ground an attorney chose, outside 11357-11360
    ground_authority: str | None = None  # the authority typed in with it
    may_say_no_exception: bool = False  # no registration and no remark of a possible prior, or answered by an attorney
    court_count_number: str | None = None  # only when stated, with a source


@dataclass(frozen=True, slots=True)
class ServingForm:
    """What the short form for a person still serving says of the case."""

    status: ServingStatus
    controlling_term: str
    credits: str
    hearing: Hearing
    source: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case at one court on one route."""

    number: str
    court: Court
    defendant_name: str  # as the DOJ record writes it ("YBARRA,PAZ M"), or as stated
    name_is_stated: bool
    route: Route
    convictions: tuple[ConvictionLine, ...]
    serving: ServingForm | None = None
    hearing_requested: bool = False  # completed route: what the office page says
    court_has_record: bool = False  # somebody confirmed it, where the court may have destroyed its file


@dataclass(frozen=True, slots=True)
class Approval:
    """The batch whose approval these papers follow."""

    batch_name: str
    approved_on: date
    list_hash: str
    reviewed_singly: bool  # every conviction of this case was opened by itself


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the papers of one case and route are drafted from."""

    office: Office
    attorney: Attorney
    case: Case
    source_files: tuple[SourceFile, ...]
    policy: PolicyNote
    approval: Approval
    as_of: date  # the run's date
    wording: Wording = STANDARD
    signature: Signature | None = None  # None: unsigned, with lines to sign and date on


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished court document."""

    kind: Kind
    title: str
    pdf: bytes
    pages: int
    words: int
    sha256: str
    file_name: str  # letters, digits, hyphens; no personal name
    timings: Mapping[str, float]  # seconds of processor time spent on "layout", "writing", "checking"
    wording_version: str = STANDARD.version  # which words made it


class PaperRefused(Exception):
    """The papers of a case can't be drafted, or what was drafted must not be filed. Every reason is plain English."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
