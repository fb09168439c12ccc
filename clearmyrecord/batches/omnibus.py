"""A batch as one omnibus motion: whether it can be one, and its frozen list as what the motion is drafted from.

One outcome, route and basis, one court: Exhibit A lists them all, and the order grants or denies them together. What
the exhibit may not carry (birth date, CII number, other names) is frozen beside each conviction for the court alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import petitions
from clearmyrecord.among import among
from clearmyrecord.batches import casefile, obstacles
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.batches.snapshots import Snapshot
from clearmyrecord.errors import Invalid
from clearmyrecord.records.models import FileSubject
from petitions.papers.data import Approval
from petitions.papers.omnibus import ExhibitRow, Identifiers, Omnibus, place

REASONS_SHOWN = 20


class NotOne(Invalid):
    """These convictions can't go on one omnibus motion; every reason is plain English."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons[:REASONS_SHOWN])
        if len(reasons) > REASONS_SHOWN:
            self.reasons.append(f"And {len(reasons) - REASONS_SHOWN:,} more reasons like these.")
        super().__init__(" ".join(self.reasons))


ONE_EACH: dict[str, Callable[[Candidate], str]] = {
    "outcome": lambda each: str(each.row.standing_outcome),
    "route": lambda each: str(each.row.route),
    "basis": lambda each: str(each.row.standing_basis),
    "new severity": lambda each: str(each.row.standing_new_severity),
    "court": lambda each: each.court.branch if each.court else "",
}
"""What all convictions of an omnibus motion share, and how a candidate has it."""


def reasons_against(ready: Iterable[Candidate]) -> list[str]:
    """Why these can't go on one omnibus motion, as far as their list shows; the law looks again at submission."""
    listed, found = list(ready), []
    for what, of in ONE_EACH.items():
        numbers = Counter(map(of, listed))
        if len(numbers) > 1:
            told = ", ".join(f"{value or 'none'} {number:,}" for value, number in numbers.most_common())
            found.append(f"It has one {what}; these have {len(numbers)}: {told}.")
    if any(each.row.route == "serving" for each in listed):
        found.append("A sentence still being served is never on it: each such case needs its own hearing choice.")
    if any(each.recommended() for each in listed):
        found.append("A recommendation under PC § 1172.1 is never on it.")
    grounds = sum(bool(each.row.ground) for each in listed)
    if grounds:
        found.append(f"{grounds:,} rest on a ground that an attorney chose; each needs a motion of its own.")
    return found


def frozen(heading: Snapshot, items: Sequence[Snapshot], candidates: Sequence[Candidate]) -> Snapshot:
    """The heading of an omnibus batch: what was left out and why; into each item what the exhibit may not carry.

    Raises NotOne with every reason against it.
    """
    if against := reasons_against(each for each in candidates if each.is_ready):
        raise NotOne(against)
    left_out = Counter(obstacles.short(each.obstacles[0].code) for each in candidates if not each.is_ready)
    told = heading | {"papers": Batch.Papers.OMNIBUS, "left_out": sorted(left_out.items())}
    known = _identifiers({item["person"] for item in items})
    for item in items:
        item["identifiers"] = known[item["person"]]
    approval = Approval(
        batch_name="", approved_on=date.fromisoformat(heading["as_of"]), list_hash="", reviewed_singly=False
    )
    if against := petitions.omnibus_reasons(omnibus_of(heading=told, items=items, approval=approval)):
        raise NotOne(against)
    return told


def _identifiers(people: set[int]) -> dict[int, Snapshot]:
    """By person: birth date and CII number of the newest file that has them, and every name of every file."""
    known: dict[int, Snapshot] = {person: {"birth_date": None, "cii": "", "names": []} for person in people}
    theirs = FileSubject.objects.filter(subject__in=among(people)) | FileSubject.objects.filter(
        subject__same_as__in=among(people)
    )
    names = ("subject_id", "subject__same_as_id", "name", "birth_date", "cii_number")
    for subject, same_as, name, born, cii in (
        theirs.filter(file__set_aside_at=None).order_by("file__uploaded_at", "pk").values_list(*names)
    ):
        one = known[same_as or subject]
        one["birth_date"] = born.isoformat() if born else one["birth_date"]
        one["cii"] = cii or one["cii"]
        if name and name not in one["names"]:
            one["names"].append(name)
    return known


def omnibus_of(*, heading: Snapshot, items: Sequence[Snapshot], approval: Approval) -> Omnibus:
    """What the omnibus papers are drafted from. Same snapshots, same papers."""
    ordered = sorted(items, key=lambda item: item["conviction"])
    rows = tuple(
        ExhibitRow(
            person=str(item["person"]),
            case_number=item["case_number"],
            defendant_name=item["defendant_name"],
            name_is_stated=item["name_is_stated"],
            line=casefile.line_of(item),
        )
        for item in ordered
    )
    return Omnibus(
        office=casefile.office_of(heading),
        attorney=casefile.attorney_of(heading),
        court=casefile.court_of(ordered[0]),
        number="",
        rows=rows,
        source_files=casefile.source_files_of(ordered),
        policy=casefile.policy_of(heading),
        approval=approval,
        as_of=date.fromisoformat(heading["as_of"]),
        engine_version=heading["engine_version"],
        left_out=tuple((words, number) for words, number in heading["left_out"]),
        identifiers={str(item["person"]): _identified(item) for item in ordered},
        wording=casefile.wording_of(heading),
    )


def exhibit_rows(batch: Batch) -> dict[int, int]:
    """The number of each conviction's row in the exhibit, from 1, by conviction id."""
    frozen = batch.items.values_list(
        "conviction_id", *(f"snapshot__{name}" for name in ("case_number", "defendant_name", "convicted_on", "section"))
    )
    ordered = sorted(
        frozen,
        key=lambda item: place(
            case_number=item[1], defendant_name=item[2], convicted_on=item[3], section=item[4], key=str(item[0])
        ),
    )
    return {conviction_id: number for number, (conviction_id, *_) in enumerate(ordered, start=1)}


def _identified(item: Snapshot) -> Identifiers:
    known = item["identifiers"]
    return Identifiers(
        birth_date=date.fromisoformat(known["birth_date"]) if known["birth_date"] else None,
        cii=known["cii"],
        aliases=tuple(name for name in known["names"] if name != item["defendant_name"]),
    )
