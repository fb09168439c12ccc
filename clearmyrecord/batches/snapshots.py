"""The frozen list: what is put up for approval, as plain values, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from clearmyrecord.office import wording_queries
from clearmyrecord.office.models import Court, Office, User, WordingVersion
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs.models import Run
from eligibility.law import code_sections, tables

if TYPE_CHECKING:
    from clearmyrecord.batches.readiness import Candidate

Snapshot = dict[str, Any]


def canonical_hash(heading: Snapshot, items: Iterable[Snapshot]) -> str:
    """SHA-256 of the canonical JSON of heading and items, the items in the order of their convictions."""
    ordered = sorted(items, key=lambda item: item["conviction"])
    text = json.dumps(
        {"heading": heading, "items": ordered},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def heading(*, office: Office, attorney: User, run: Run, wording: WordingVersion | None = None) -> Snapshot:
    """What all papers of a batch share: the office, the attorney who will sign, the policy, the words, the run's date.

    Without `wording`, for papers that nobody submitted yet, it is the one in force.
    """
    policy = run.policy
    return {
        "office": {
            "district_attorney": office.district_attorney,
            "county": office.county,
            "office_name": office.name,
            "address": [office.street, f"{office.city}, CA {office.zip_code}"],
            "phone": office.phone,
            "fax": office.fax,
            "email": office.email,
            "hearing_requested": office.hearing_requested,
        },
        "attorney": {
            "user": attorney.pk,
            "name": attorney.get_full_name(),
            "bar_number": attorney.bar_number,
            "title": attorney.title,
            "phone": attorney.phone,
            "email": attorney.email,
        },
        "policy": {
            "name": policy.title,
            "version": str(policy.version),
            "sha256": policy.sha256,
            "signed_on": policy.signed_at.date().isoformat() if policy.signed_at else None,
            "authority": policy.authority,
        },
        "wording": wording_queries.frozen(wording or wording_queries.in_force(), office),
        "run": run.pk,
        "engine_version": run.engine_version,
        "as_of": run.as_of.isoformat(),
    }


def of_court(court: Court, county: str) -> Snapshot:
    """A court as captions print it."""
    return {
        "id": court.pk,
        "name": court.name,
        "county": county,
        "branch": court.branch,
        "address": [court.street, f"{court.city}, CA {court.zip_code}"],
        "department": court.department,
        "judge": court.judge,
        "hearing": court.hearing,
        "case_number_pattern": court.case_number_pattern,
    }


def of_file(file: RecordFile) -> Snapshot:
    return {"name": file.name, "received_on": file.received_on.isoformat(), "sha256": file.sha256}


def of_candidate(candidate: Candidate, county: str) -> Snapshot:
    """Everything a paper needs about one conviction. The candidate has a court, a case number and a conviction date."""
    row, conviction = candidate.row, candidate.row.conviction
    code, _, section = conviction.code_section.partition(" ")
    stated, recommended = candidate.stated, candidate.recommended()
    if candidate.court is None or conviction.convicted_on is None:
        raise ValueError("only a candidate that readiness lets pass can be frozen")
    return {
        "conviction": conviction.pk,
        "person": candidate.person,
        "determination": row.pk,
        "override": row.override_id,
        "review": row.review_state,
        "looked_at_singly": row.looked_at_singly,
        "rule": row.rule,
        "reason": row.override_reason or row.reason,
        "citation": row.citation,
        "relief": row.standing_outcome,
        "route": row.route,
        "basis": row.standing_basis,
        "sealing": row.standing_sealing,
        "code": code,
        "section": section,
        "part": part_of(conviction.section_text),
        "severity": candidate.severity,
        "convicted_on": conviction.convicted_on.isoformat(),
        "new_section": row.standing_new_section.rpartition(" ")[2],
        "new_severity": row.standing_new_severity,
        "sentence_end": row.sentence_ends.isoformat() if row.sentence_ends else None,
        "stated": {name: [fact.value, fact.source] for name, fact in sorted(stated.items())},
        "missing": missing(conviction.code_section, row.standing_basis, set(stated)),
        "ground": row.ground,
        "ground_authority": row.ground_authority,
        "may_say_no_exception": candidate.may_say_no_exception,
        "court_count_number": candidate.value("court_count_number"),
        "case_number": candidate.case_number,
        "court": of_court(candidate.court, county),
        "defendant_name": candidate.value("defendant_name") or row.reading.file_subject.name,
        "name_is_stated": "defendant_name" in stated,
        "serving": candidate.serving_values(),
        "source_file": of_file(row.reading.file_subject.file),
        **({"recommendation": recommended} if recommended else {}),
    }


def part_of(section_text: str) -> str:
    """attempt, conspiracy, accessory or empty: what the record joins to the offense."""
    parsed = code_sections.parse(section_text)
    return parsed.part if parsed else ""


def missing(code_section: str, basis: str, stated: set[str]) -> list[str]:
    """Facts that decide between reliefs, that no record carries and nobody stated: the presumption speaks for them."""
    if basis != "presumption" or not code_section:
        return []
    section = code_sections.normalised(code_section)
    if section.code != "HS":
        return []
    wanted = {"11357": ("amount", "grams"), "11360": ("amount", "grams"), "11358": ("plants", "plants")}.get(
        section.number
    )
    return [wanted[0]] if wanted and wanted[1] not in stated else []


def keeps_exceptions(code_section: str) -> bool:
    """Whether a disqualifying prior could bar relief for this section (H&S §§ 11358(d), 11359(c), 11360(a)(3))."""
    return bool(code_section) and tables.keeps_exceptions(code_section)
