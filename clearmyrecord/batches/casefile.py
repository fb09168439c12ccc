"""Frozen snapshots of one case and route as the plain values that papers are drafted from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from clearmyrecord.batches.snapshots import Snapshot
from clearmyrecord.office import wording_queries
from clearmyrecord.office.models import Hearing
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
from petitions.papers.recommendation import Factor, Recommendation, SentencedCount
from petitions.wording import Wording


def case_file(*, heading: Snapshot, items: Sequence[Snapshot], approval: Approval) -> CaseFile:
    """The case file of items that share person, court, case number and route. Same snapshots, same case file."""
    ordered = sorted(items, key=lambda item: (item["convicted_on"], item["conviction"]))
    return CaseFile(
        office=office_of(heading),
        attorney=attorney_of(heading),
        case=_case(ordered, hearing_requested=heading["office"]["hearing_requested"]),
        source_files=source_files_of(ordered),
        policy=policy_of(heading),
        approval=approval,
        as_of=date.fromisoformat(heading["as_of"]),
        wording=wording_of(heading),
    )


def office_of(heading: Snapshot) -> Office:
    """The office as it was frozen."""
    office = heading["office"]
    return Office(
        district_attorney=office["district_attorney"],
        county=office["county"],
        office_name=office["office_name"],
        address=tuple(office["address"]),
        phone=office["phone"],
        fax=office["fax"],
        email=office["email"],
    )


def wording_of(heading: Snapshot) -> Wording:
    """The words in which the batch was submitted."""
    return wording_queries.as_frozen(heading.get("wording"))


def attorney_of(heading: Snapshot) -> Attorney:
    """The attorney whom the batch names to sign."""
    return Attorney(**{name: value for name, value in heading["attorney"].items() if name != "user"})


def court_of(item: Snapshot) -> Court:
    """The court of one frozen conviction."""
    court = {name: value for name, value in item["court"].items() if name not in ("id", "hearing")}
    return Court(**court | {"address": tuple(court["address"])})


def _case(items: Sequence[Snapshot], *, hearing_requested: bool) -> Case:
    first = items[0]
    named = next((item for item in items if item["name_is_stated"]), first)
    asked_here = first["court"].get("hearing", Hearing.AS_OFFICE)
    if asked_here != Hearing.AS_OFFICE:
        hearing_requested = asked_here == Hearing.REQUESTED
    return Case(
        number=first["case_number"],
        court=court_of(first),
        defendant_name=named["defendant_name"],
        name_is_stated=named["name_is_stated"],
        route=first["route"],
        convictions=tuple(line_of(item) for item in items),
        serving=ServingForm(**first["serving"]) if first["serving"] else None,
        hearing_requested=hearing_requested and first["route"] == "completed",
        court_has_record=any(item["stated"].get("court_has_record", [""])[0] == "yes" for item in items),
    )


def line_of(item: Snapshot) -> ConvictionLine:
    """One frozen conviction as papers name it."""
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


def source_files_of(items: Iterable[Snapshot]) -> tuple[SourceFile, ...]:
    """The record files that frozen convictions come from, each once."""
    known = {item["source_file"]["sha256"]: item["source_file"] for item in items}
    files = [
        SourceFile(name=each["name"], received_on=date.fromisoformat(each["received_on"]), sha256=each["sha256"])
        for each in known.values()
    ]
    return tuple(sorted(files, key=lambda file: (file.received_on, file.sha256)))


def policy_of(heading: Snapshot) -> PolicyNote:
    """The policy as it was frozen."""
    policy = heading["policy"]
    return PolicyNote(
        name=policy["name"],
        version=policy["version"],
        signed_on=_day(policy["signed_on"]),
        authority=policy["authority"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def recommendation_of(*, heading: Snapshot, item: Snapshot) -> Recommendation:
    """The recommendation under PC 1172.1 for the case of a frozen conviction that holds its facts."""
    facts = item["recommendation"]
    plain = ("commitment", "total", "total_days", "proposed_total", "proposed_days", "served", "credits",
             "earliest_release", "custody_exhibit", "safe_because", "supervision", "concurs", "victims", "victims_said",
             "stipulated", "is_supervising")  # fmt: skip
    return Recommendation(
        office=office_of(heading),
        attorney=attorney_of(heading),
        court=court_of(item),
        case_number=item["case_number"],
        defendant_name=item["defendant_name"],
        name_is_stated=item["name_is_stated"],
        committed_on=date.fromisoformat(facts["committed_on"]),
        counts=tuple(_sentenced(count) for count in facts["counts"]),
        changes=tuple(facts["changes"]),
        factors=tuple(Factor(said, exhibit) for said, exhibit in facts["factors"]),
        exhibits=tuple((letter, says) for letter, says in facts["exhibits"]),
        as_of=date.fromisoformat(heading["as_of"]),
        wording=wording_of(heading),
        **{name: facts[name] for name in plain},
    )


def _sentenced(count: Snapshot) -> SentencedCount:
    return SentencedCount(
        section=count["section"],
        code=count["code"],
        severity=count["severity"],
        convicted_on=date.fromisoformat(count["convicted_on"]),
        sentence=count["sentence"],
        exposure_now=count["exposure_now"],
        proposed=count["proposed"],
        enhancements=tuple(count["enhancements"]),
        count_number=count["count_number"] or None,
        new_section=count["new_section"] or None,
        new_severity=count["new_severity"] or None,
    )
