"""What each row of a court's response means for what we asked. Nothing is written here, and nothing is guessed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from clearmyrecord.filings.models import Filing, Receipt
from clearmyrecord.filings.receipt_rows import day, plain_number
from clearmyrecord.relief import response_words as words
from clearmyrecord.relief.models import FINAL, Asked, CourtAnswer, CourtResponse, ResponseRow
from clearmyrecord.relief.response_files import UNREADABLE
from clearmyrecord.relief.services import fault
from clearmyrecord.relief.writing import Told

Kind, Decision, State = ResponseRow.Kind, CourtAnswer.Decision, Asked.State
NO_REASON = "The court gave no reason."


@dataclass(slots=True)
class Item:
    """One conviction that the court was asked about."""

    item_id: int
    filing_id: int | None
    motion_id: int | None
    exhibit_row: int | None
    case_number: str
    reference: str
    section: str
    convicted_on: str
    name: str
    relief: str
    state: str
    filed_on: date
    says: Told | None  # its standing answer


@dataclass(frozen=True, slots=True)
class Line:
    """One row, and what it means."""

    row: int
    cells: dict[str, str]
    told: Told
    kind: str = Kind.UNKNOWN
    why: str = ""
    filing_id: int | None = None
    motion_id: int | None = None
    items: tuple[int, ...] = ()


@dataclass
class Known:
    """What a court was asked, by the numbers that rows can name."""

    today: date
    by_number: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_motion_number: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_reference: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_matter: dict[tuple[int | None, int | None], list[Item]] = field(default_factory=lambda: defaultdict(list))
    signed: dict[str, list[Filing]] = field(default_factory=lambda: defaultdict(list))
    """Signed and not filed: a clerk can only have sent these back."""
    unfiled: set[str] = field(default_factory=set)


def lines(of: CourtResponse, rows: Iterable[tuple[int, Mapping[str, str]]], *, today: date) -> list[Line]:
    """What every row (its number, its cells by field) means, as things stand now."""
    known = _known(of.court_id, today)
    return _once([_line(row, dict(cells), of.words, known) for row, cells in rows])


def matches_hash(found: Iterable[Line]) -> str:
    """SHA-256 over what would be recorded: what exactly the page showed."""
    digest = hashlib.sha256()
    for line in found:
        if line.kind == Kind.MATCH:
            digest.update(f"{line.row} {line.filing_id} {line.motion_id} {line.items} {line.told}\n".encode())
    return digest.hexdigest()


def counts(found: Iterable[Line]) -> dict[str, int]:
    """How many rows of each kind."""
    return dict(Counter(str(line.kind) for line in found))


def _known(court_id: int, today: date) -> Known:
    known = Known(today=today)
    numbers: dict[int, str] = {}
    for item, motion_number in _items(court_id):
        known.by_number[plain_number(item.case_number)].append(item)
        known.by_reference[item.reference].append(item)
        known.by_matter[item.filing_id, item.motion_id].append(item)
        if motion_number:
            numbers[item.motion_id or 0] = motion_number
    for motion_id, number in numbers.items():
        known.by_motion_number[plain_number(number)] += known.by_matter[None, motion_id]
    for filing in Filing.objects.filter(court=court_id).exclude(state=Filing.State.FILED).iterator():
        known.unfiled.add(plain_number(filing.case_number))
        if filing.state == Filing.State.SIGNED:
            known.signed[plain_number(filing.case_number)].append(filing)
    return known


def _items(court_id: int) -> Iterator[tuple[Item, str]]:
    """Everything that is filed with the court, and of an omnibus motion the number that the court gave it."""
    receipts = Receipt.objects.filter(undone_at=None)
    of_filing = dict(receipts.filter(filing__court=court_id).values_list("filing_id", "filed_on"))
    of_motion = {
        motion: (day, number)
        for motion, day, number in receipts.filter(motion__court=court_id).values_list(
            "motion_id", "filed_on", "assigned_number"
        )
    }
    standing = _standing(court_id)
    snapshot = ("section", "convicted_on", "defendant_name")
    found = Asked.objects.filter(court=court_id).values_list(
        "item_id", "filing_id", "motion_id", "exhibit_row", "relief", "state", "item__case_number",
        *(f"item__snapshot__{name}" for name in snapshot),
    )  # fmt: skip
    for item, filing, motion, row, relief, state, number, section, convicted_on, name in found.order_by("pk"):
        filed_on, assigned = (of_filing.get(filing), "") if filing else of_motion.get(motion, (None, ""))
        if filed_on is not None:
            reference = f"F{filing}" if filing else f"O{motion}"
            told = standing.get(item)
            yield (
                Item(item, filing, motion, row, number, reference, section, convicted_on, name, relief, state,
                     filed_on, told),
                assigned,
            )  # fmt: skip


def _standing(court_id: int) -> dict[int, Told]:
    found = CourtAnswer.objects.filter(superseded_at=None, item__asked__court=court_id)
    names = ("decision", "granted_as", "decided_on", "hearing_on", "department", "reason")
    return {item: Told(*values) for item, *values in found.values_list("item_id", *names)}


# One row


def _line(row: int, cells: dict[str, str], meanings: Mapping[str, str], known: Known) -> Line:
    line = _read(row, cells, meanings)
    if line.kind == Kind.UNUSABLE:
        return line
    candidates = _candidates(line, known)
    if isinstance(candidates, Line):
        return candidates
    fitting = [item for item in candidates if not _differences(cells, item)]
    if not fitting:
        return _differs(line, candidates)
    open_ones = [item for item in fitting if item.state not in FINAL]
    if len({(item.filing_id, item.motion_id) for item in fitting}) > 1 and open_ones:
        fitting = open_ones  # it was denied, say, and asked again in another batch
    matters = {(item.filing_id, item.motion_id) for item in fitting}
    if len(matters) > 1:
        named = ", ".join(sorted({item.reference for item in fitting}))
        return replace(line, kind=Kind.SEVERAL, why=f"It fits {named}. Assign it by hand, or ask for our reference.")
    ((filing_id, motion_id),) = matters
    line = replace(line, filing_id=filing_id, motion_id=motion_id)
    if motion_id and len(fitting) > 1 and not (cells.get("section") or cells.get("exhibit_row") or cells.get("name")):
        why = f"{len(fitting)} rows of the exhibit have this case number, and nothing tells which is meant."
        return replace(line, kind=Kind.SEVERAL, why=why)
    if line.told.decision == Decision.REJECTED:
        if motion_id:
            why = "A clerk sends a whole omnibus motion back. Enter that at the motion."
            return replace(line, kind=Kind.UNUSABLE, why=why)
        fitting = known.by_matter[filing_id, motion_id]
    return _answering(line, fitting, known.today)


def _read(row: int, cells: dict[str, str], meanings: Mapping[str, str]) -> Line:
    """The row with its days and its decision read; unusable where one can't be."""
    decision, granted_as = words.meaning(cells.get("decision", ""), meanings)
    if decision == Decision.GRANTED and cells.get("granted_as"):
        said = words.likely_meaning(cells["granted_as"]).partition(":")
        granted_as = said[2] if said[0] == Decision.GRANTED else "?"
    reason = cells.get("reason", "")
    if not reason and decision in (Decision.DENIED, Decision.REJECTED):
        reason = NO_REASON
    told = Told(
        decision,
        granted_as if decision == Decision.GRANTED else "",
        day(cells.get("decided_on", "")),
        day(cells.get("hearing_on", "")) if decision == Decision.HEARING else None,
        cells.get("department", "")[:40] if decision == Decision.HEARING else "",
        reason[:2000],
    )
    line = Line(row, cells, told)
    if why := _unusable(cells, told):
        return replace(line, kind=Kind.UNUSABLE, why=why, told=replace(told, granted_as=told.granted_as.strip("?")))
    return line


def _unusable(cells: Mapping[str, str], told: Told) -> str:
    if any(UNREADABLE in cells.get(name, "") for name in ("case_number", "decision", "reference", "exhibit_row")):
        return "It holds characters that can’t be seen. Look at the court’s file."
    if not cells.get("case_number") and not (cells.get("reference") and cells.get("exhibit_row")):
        return "The case number is missing."
    if len(cells.get("case_number", "")) > 60:
        return "The case number is longer than any."
    if not cells.get("decision"):
        return "What the court did is missing."
    if not told.decision:
        return "Nobody has said what this word means. Say it, or set the row aside."
    if told.granted_as == "?":
        return "What was granted can’t be told from its words."
    if cells.get("decided_on") and told.decided_on is None:
        return "There is no such day of the order, or it can’t be read. It is written as 11/24/2026 or 2026-11-24."
    if told.decision == Decision.HEARING and cells.get("hearing_on") and told.hearing_on is None:
        return "There is no such day of the hearing, or it can’t be read."
    if cells.get("exhibit_row") and not cells["exhibit_row"].isdecimal():
        return "The row of the exhibit is no number."
    return ""


def _candidates(line: Line, known: Known) -> list[Item] | Line:
    """What the numbers of a row name; or the row itself where they name nothing."""
    cells, number = line.cells, plain_number(line.cells.get("case_number", ""))
    reference = cells.get("reference", "").upper().strip()
    found = known.by_number.get(number, []) if number else []
    if not found and number in known.by_motion_number:
        found = known.by_motion_number[number]
        if not cells.get("exhibit_row"):
            return replace(line, kind=Kind.SEVERAL, why="It names an omnibus motion, but no row of its exhibit.")
    if not found and not number and reference:
        found = known.by_reference.get(reference, [])
    if not found:
        return _unknown(line, number, known)
    if reference:
        of_reference = [item for item in found if item.reference == reference]
        if not of_reference:
            return replace(line, kind=Kind.DIFFERS, why=f"Our reference {reference[:20]} belongs to another case.")
        found = of_reference
    if row := cells.get("exhibit_row", ""):
        motions = [item for item in found if item.motion_id]
        found = [item for item in motions if str(item.exhibit_row) == row.lstrip("0")] if motions else found
        if not found:
            return replace(line, kind=Kind.DIFFERS, why=f"Row {row[:10]} of the exhibit has another case number.")
    return found


def _unknown(line: Line, number: str, known: Known) -> Line:
    signed = known.signed.get(number, [])
    if line.told.decision == Decision.REJECTED and len(signed) == 1:
        why = fault(line.told, filed_on=None, today=known.today)
        kind = Kind.UNUSABLE if why else Kind.MATCH
        return replace(line, kind=kind, why=why, filing_id=signed[0].pk)
    if number in known.unfiled:
        why = "Its papers are not entered as filed, so the court can’t have decided. Enter what the clerk took first."
        return replace(line, kind=Kind.NOT_FILED, why=why)
    return replace(line, kind=Kind.UNKNOWN, why="Nothing with this case number is filed with this court.")


def _differs(line: Line, candidates: Sequence[Item]) -> Line:
    if len(candidates) == 1:
        (item,) = candidates
        named = _list(_differences(line.cells, item))
        why = f"The {named} of this case {'is' if ' and ' not in named else 'are'} another in our papers."
        return replace(line, kind=Kind.DIFFERS, why=why, filing_id=item.filing_id, motion_id=item.motion_id)
    least = min((_differences(line.cells, item) for item in candidates), key=len)
    why = f"The case has {len(candidates)} convictions; of the nearest the {_list(least)} differs."
    matters = {(item.filing_id, item.motion_id) for item in candidates}
    filing_id, motion_id = next(iter(matters)) if len(matters) == 1 else (None, None)
    return replace(line, kind=Kind.DIFFERS, why=why, filing_id=filing_id, motion_id=motion_id)


def _list(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _differences(cells: Mapping[str, str], item: Item) -> list[str]:
    """What a row says otherwise than our papers; what it does not say is no difference."""
    found = []
    if cells.get("name") and not same_name(cells["name"], item.name):
        found.append("name")
    if cells.get("section") and not same_section(cells["section"], item.section):
        found.append("code section")
    if cells.get("convicted_on"):
        told = day(cells["convicted_on"])
        if told is None or told.isoformat() != item.convicted_on:
            found.append("day of the conviction")
    return found


def same_name(one: str, other: str) -> bool:
    """The same letters in any order of the parts, where one may have a middle name or a suffix more."""
    first, second = _parts(one), _parts(other)
    return bool(first) and (first == second or (len(first & second) >= 2 and (first <= second or second <= first)))


def _parts(name: str) -> frozenset[str]:
    return frozenset(re.sub(r"[^\w ]", "", name.replace(",", " ").replace("-", " ")).upper().split())


_SECTION = re.compile(r"(\d{3,5}(?:\.\d+)?)\s*((?:\([A-Za-z0-9]+\)\s*)*)")


def same_section(one: str, other: str) -> bool:
    """The same number and, where both write one, the same subdivision: H&S 11359(b), 11359 and HS 11359 are one."""
    first, second = (_SECTION.search(re.sub(r"\b(664|182|32)\s*/", "", each)) for each in (one, other))
    if not first or not second or first[1] != second[1]:
        return False
    below = [re.sub(r"\s", "", each[2]).lower() for each in (first, second)]
    return not all(below) or below[0].startswith(below[1]) or below[1].startswith(below[0])


def _answering(line: Line, items: Sequence[Item], today: date) -> Line:
    """Which of the convictions it means can be answered by it."""
    said = {item.item_id: _said(line.told, item) for item in items}
    fresh = [item for item in items if item.says != said[item.item_id] or item.state not in (*FINAL, State.HEARING)]
    if not fresh:
        return replace(line, kind=Kind.KNOWN, items=tuple(said))
    if why := fault(line.told, filed_on=max(item.filed_on for item in items), today=today):
        return replace(line, kind=Kind.UNUSABLE, why=why)
    decided = [item for item in fresh if item.state in FINAL]
    if decided:
        entered = State(decided[0].state).label.lower()
        why = f"It is entered as {entered} otherwise. Correct that by hand if this is right."
        return replace(line, kind=Kind.CONTRADICTS, why=why)
    carved_out = [item for item in fresh if item.state in (State.OBJECTED, State.WITHDRAWN)]
    left = [item for item in fresh if item not in carved_out]
    if not left or (carved_out and line.told.decision == Decision.REJECTED):
        what = "An objection to it is open" if carved_out[0].state == State.OBJECTED else "The office withdrew it"
        return replace(line, kind=Kind.OBJECTED, why=f"{what}; an attorney looks at that first.")
    why = f"Without {len(carved_out)} that is objected to or withdrawn." if carved_out else ""
    return replace(line, kind=Kind.MATCH, why=why, items=tuple(item.item_id for item in left))


def _said(told: Told, item: Item) -> Told:
    if told.decision != Decision.GRANTED or told.granted_as:
        return told
    return replace(told, granted_as=item.relief)


def _once(found: list[Line]) -> list[Line]:
    """Rows that answer the same conviction: the first counts if all say the same, none if they differ."""
    by_target: dict[Any, list[Line]] = defaultdict(list)
    for line in found:
        if line.kind == Kind.MATCH:
            for target in _targets(line):
                by_target[target].append(line)
    differing: dict[int, str] = {}
    for several in by_target.values():
        if len(several) > 1 and len({line.told for line in several}) > 1:
            named = ", ".join(str(line.row) for line in several[:10])
            differing |= {line.row: f"Rows {named} say different things of one conviction." for line in several}
    answered: dict[Any, int] = {}
    return [_first(line, differing, answered) if line.kind == Kind.MATCH else line for line in found]


def _first(line: Line, differing: Mapping[int, str], answered: dict[Any, int]) -> Line:
    """The row with what no row before it answers."""
    if line.row in differing:
        return replace(line, kind=Kind.CONTRADICTS, why=differing[line.row], items=())
    left = [target for target in _targets(line) if target not in answered]
    if not left:
        return replace(line, kind=Kind.REPEATED, why=f"The same as row {answered[_targets(line)[0]]}.", items=())
    answered.update(dict.fromkeys(left, line.row))
    return replace(line, items=tuple(left)) if line.items else line


def _targets(line: Line) -> tuple[Any, ...]:
    return line.items or (("filing", line.filing_id),)
