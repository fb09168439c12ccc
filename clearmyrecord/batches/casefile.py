"""Frozen snapshots of one case and route as the plain values that papers are drafted from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from clearmyrecord.batches.snapshots import Snapshot
from petitions.papers.data import (
    Approval,
    Attorney,
    Case,
    CaseFile,
    ConvictionLine,
    Court,
    Office,
    PolicyNote,
    ServingForm,
    SourceFile,
)


def case_file(*, heading: Snapshot, items: Sequence[Snapshot], approval: Approval) -> CaseFile:
    """The case file of items that share person, court, case number and route. Same snapshots, same case file."""
    ordered = sorted(items, key=lambda item: (item["convicted_on"], item["conviction"]))
    office = heading["office"]
    return CaseFile(
        office=Office(
            district_attorney=office["district_attorney"],
            county=office["county"],
            office_name=office["office_name"],
            address=tuple(office["address"]),
            phone=office["phone"],
            fax=office["fax"],
            email=office["email"],
        ),
        attorney=Attorney(**{name: value for name, value in heading["attorney"].items() if name != "user"}),
        case=_case(ordered, hearing_requested=office["hearing_requested"]),
        source_files=_source_files(ordered),
        policy=_policy(heading["policy"]),
        approval=approval,
        as_of=date.fromisoformat(heading["as_of"]),
    )


def _case(items: Sequence[Snapshot], *, hearing_requested: bool) -> Case:
    first = items[0]
    named = next((item for item in items if item["name_is_stated"]), first)
    court = {name: value for name, value in first["court"].items() if name != "id"}
    return Case(
        number=first["case_number"],
        court=Court(**court | {"address": tuple(court["address"])}),
        defendant_name=named["defendant_name"],
        name_is_stated=named["name_is_stated"],
        route=first["route"],
        convictions=tuple(_line(item) for item in items),
        serving=ServingForm(**first["serving"]) if first["serving"] else None,
        hearing_requested=hearing_requested and first["route"] == "completed",
        court_has_record=any(item["stated"].get("court_has_record", [""])[0] == "yes" for item in items),
    )


def _line(item: Snapshot) -> ConvictionLine:
    return ConvictionLine(
        key=str(item["conviction"]),
        section=item["section"],
        code=item["code"],
        convicted_on=date.fromisoformat(item["convicted_on"]),
        relief=item["relief"],
        basis=item["basis"],
        sealing=item["sealing"],
        severity=item["severity"] or None,
        attempt_text=item["part"] or None,
        new_section=item["new_section"] or None,
        new_severity=item["new_severity"] or None,
        sentence_end=_day(item["sentence_end"]),
        stated={name: (value, source) for name, (value, source) in item["stated"].items()},
        missing=tuple(item["missing"]),
        ground=item["ground"] or None,
        ground_authority=item["ground_authority"] or None,
        may_say_no_exception=item["may_say_no_exception"],
        court_count_number=item["court_count_number"] or None,
    )


def _source_files(items: Iterable[Snapshot]) -> tuple[SourceFile, ...]:
    known = {item["source_file"]["sha256"]: item["source_file"] for item in items}
    files = [
        SourceFile(name=each["name"], received_on=date.fromisoformat(each["received_on"]), sha256=each["sha256"])
        for each in known.values()
    ]
    return tuple(sorted(files, key=lambda file: (file.received_on, file.sha256)))


def _policy(policy: dict[str, Any]) -> PolicyNote:
    return PolicyNote(
        name=policy["name"],
        version=policy["version"],
        signed_on=_day(policy["signed_on"]),
        authority=policy["authority"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
