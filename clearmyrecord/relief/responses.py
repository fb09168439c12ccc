"""The courts' response files: kept as they came, looked at row by row, recorded in one act, undone as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from clearmyrecord.among import among
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.filings import rejections
from clearmyrecord.filings.models import Filing
from clearmyrecord.filings.receipt_rows import Rows
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Court, Role, User
from clearmyrecord.records.copying import clip, copy
from clearmyrecord.records.storage import written_whole
from clearmyrecord.relief import asking, response_files, services, writing
from clearmyrecord.relief import response_matching as matching
from clearmyrecord.relief import response_words as words
from clearmyrecord.relief.models import Asked, CourtAnswer, CourtResponse, ResponseLayout, ResponseRow
from clearmyrecord.relief.response_matching import Line
from clearmyrecord.relief.writing import New, Told

WHO = (Role.ANALYST, Role.SUPERVISOR)
Kind, State, Decision = ResponseRow.Kind, ResponseRow.State, CourtAnswer.Decision


def upload(*, actor: User, court: Court, name: str, content: bytes) -> tuple[CourtResponse, bool]:
    """Keep a court's response; whether it is new, as the same file is known again. Analysts and supervisors.

    Nothing counts yet. Where the court's remembered layout fits, the rows are matched at once. Raises Invalid if it
    can't be read.
    """
    require(actor, *WHO)
    rows = response_files.read(content)
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"responses/{sha256}"
    with written_whole(key) as stream:
        stream.write(content)
    with transaction.atomic():
        kept, is_new = CourtResponse.objects.get_or_create(
            court=court,
            sha256=sha256,
            defaults={
                "name": "".join(letter for letter in name if letter.isprintable())[-200:] or "response",
                "size": len(content),
                "storage_key": key,
                "headings": list(rows.headings),
                "row_count": len(rows.rows),
                "uploaded_by": actor,
            },
        )
        if not is_new:
            return kept, False
        layout = ResponseLayout.objects.filter(court=court).first()
        if layout and set(layout.columns.values()) <= set(rows.headings):
            kept.columns, kept.words = layout.columns, layout.words
            kept.save(update_fields=["columns", "words"])
            _stage(kept, rows)
        detail = {"rows": len(rows.rows), "bytes": len(content), "layout_known": bool(kept.columns)}
        audit.record(actor=actor, verb="response.uploaded", target=kept, detail=detail)
    return kept, True


def rows_of(of: CourtResponse) -> Rows:
    """The file's headings and rows, read from its bytes."""
    with default_storage.open(of.storage_key) as stored:
        return response_files.read(bytes(stored.read()))


@transaction.atomic
def choose_columns(*, actor: User, response_id: int, columns: dict[str, str]) -> CourtResponse:
    """Say which column holds what; remembered for the court's next file. Analysts and supervisors.

    Raises Invalid if one is missing or used twice, Conflict once it is recorded.
    """
    of = _editable(actor, response_id)
    chosen = {name: heading for name, heading in columns.items() if heading and name in words.FIELDS}
    if any(name not in chosen for name in words.REQUIRED):
        raise Invalid("Choose a column each for the case number, what the court did, and the day of the order.")
    if len(set(chosen.values())) < len(chosen) or set(chosen.values()) - set(of.headings):
        raise Invalid("Choose a different column of this file for each.")
    of.columns = chosen
    _remember(actor, of)
    _stage(of, rows_of(of))
    audit.record(actor=actor, verb="response.columns_chosen", target=of)
    return of


@transaction.atomic
def choose_words(*, actor: User, response_id: int, meanings: dict[str, str]) -> CourtResponse:
    """Say what the court's words for a decision mean; remembered for its next file. As `choose_columns`."""
    of = _editable(actor, response_id)
    if not of.columns:
        raise Conflict("Say first which column holds what.")
    if set(meanings.values()) - {"", *words.MEANINGS}:
        raise Invalid("Choose what each word means from the list.")
    kept = {**of.words, **{words.key(word): code for word, code in meanings.items()}}
    of.words = {word: code for word, code in kept.items() if code}
    _remember(actor, of)
    _stage(of, rows_of(of))
    audit.record(actor=actor, verb="response.words_chosen", target=of, detail={"words": len(of.words)})
    return of


@transaction.atomic
def match_again(*, actor: User, response_id: int) -> CourtResponse:
    """Look again at what the rows of a response that is not recorded mean, as things stand now."""
    of = _editable(actor, response_id)
    if of.columns:
        _stage(of, rows_of(of))
    return of


def _remember(actor: User, of: CourtResponse) -> None:
    """The layout, for this file and for the court's next one. A court's words stay known when one is not used again."""
    known = ResponseLayout.objects.filter(court=of.court_id).values_list("words", flat=True).first() or {}
    of.words = {**known, **of.words}
    of.save(update_fields=["columns", "words"])
    ResponseLayout.objects.update_or_create(
        court_id=of.court_id, defaults={"columns": of.columns, "words": of.words, "saved_by": actor}
    )


def _editable(actor: User, response_id: int) -> CourtResponse:
    require(actor, *WHO)
    of = _locked(response_id)
    if of.is_recorded:
        raise Conflict("This response is recorded. Take that back as a whole before you read it otherwise.")
    return of


def _locked(response_id: int) -> CourtResponse:
    """The response, locked: two people recording it at once take turns."""
    found = CourtResponse.objects.select_for_update(of=("self",)).select_related("court").filter(pk=response_id).first()
    if found is None:
        raise NotFound("There is no such response.")
    return found


def _stage(of: CourtResponse, rows: Rows) -> list[Line]:
    """Write what every row means, but for those that somebody set aside; returns the lines."""
    ResponseRow.objects.filter(response=of).exclude(state=State.SET_ASIDE).delete()
    aside = set(of.rows.values_list("row", flat=True))
    place = {name: rows.headings.index(heading) for name, heading in of.columns.items()}
    numbered = (
        (number, {name: row[index] for name, index in place.items()})
        for number, row in enumerate(rows.rows, start=1)
        if number not in aside
    )
    found = matching.lines(of, numbered, today=office.today())
    copy(ResponseRow, COLUMNS, (_values(of.pk, line) for line in found))
    return found


COLUMNS = (
    "response_id", "row", "cells", "decision", "granted_as", "decided_on", "hearing_on", "kind", "why", "filing_id",
    "motion_id", "items", "state", "settled_reason",
)  # fmt: skip


def _values(response_id: int, line: Line) -> tuple[Any, ...]:
    told, cells = line.told, json.dumps({name: clip(cell, 500) for name, cell in line.cells.items()})
    return (
        response_id, line.row, cells, told.decision, told.granted_as, told.decided_on, told.hearing_on,
        str(line.kind), clip(line.why, 1000), line.filing_id, line.motion_id, list(line.items), "pending", "",
    )  # fmt: skip


# Recording


@transaction.atomic
def record(*, actor: User, response_id: int, seen_hash: str) -> int:
    """Record every row that fits what was asked; how many convictions. Analysts and supervisors.

    `seen_hash` names the matches that were shown. Raises Conflict if they are others now or it is recorded already,
    Invalid if there are none.
    """
    of = _editable(actor, response_id)
    if not of.columns:
        raise Conflict("Say first which column holds what.")
    filings = _lock_matches(of)
    found = _stage(of, rows_of(of))
    if matching.matches_hash(found) != seen_hash:
        raise Conflict("What this response means has changed while you had it open. Look at it again.")
    matches = [line for line in found if line.kind == Kind.MATCH]
    if not matches:
        raise Invalid("No row of this response fits what is filed and not answered.")
    at = timezone.now()
    people, answered = _write(actor, at, of, matches, filings)
    of.rows.filter(kind=Kind.MATCH, state=State.PENDING).update(state=State.RECORDED)
    of.rows.filter(kind__in=(Kind.KNOWN, Kind.REPEATED), state=State.PENDING).update(state=State.NOTED)
    of.rows.filter(state=State.PENDING).update(state=State.OPEN)
    of.recorded_by, of.recorded_at, of.recorded_hash = actor, at, seen_hash
    of.undone_by, of.undone_at, of.undone_reason = None, None, ""
    of.save()
    detail = {"convictions": answered, "matches_sha256": seen_hash, "file_sha256": of.sha256} | matching.counts(found)
    audit.record(actor=actor, verb="response.recorded", target=of, detail=detail, subjects=people)
    return answered


def _lock_matches(of: CourtResponse) -> dict[int, Any]:
    """Lock what the stored rows would answer: filings that a clerk sent back after their batches, then the items."""
    matches = of.rows.filter(kind=Kind.MATCH, state=State.PENDING)
    rejected = matches.filter(decision=Decision.REJECTED).values_list("filing_id", flat=True)
    filings = {filing.pk: filing for filing in rejections.locked(Filing, list(rejected))}
    writing.lock({item for items in matches.values_list("items", flat=True) for item in items})
    return filings


def _write(
    actor: User, at: datetime, of: CourtResponse, matches: Sequence[Line], filings: dict[int, Any]
) -> tuple[set[int], int]:
    """The answers of these rows; whom they concern, and how many convictions."""
    sent_back = {line.filing_id: line for line in matches if line.told.decision == Decision.REJECTED}
    asked: list[Asked] = []
    if sent_back:
        if set(sent_back) - set(filings):
            raise Conflict("What this response means has changed while you had it open. Look at it again.")
        told = {pk: (line.told, of.pk, line.row) for pk, line in sent_back.items() if pk}
        asked = services.reject_matters(actor, [filings[pk] for pk in told], told)
    others = [line for line in matches if line.told.decision != Decision.REJECTED]
    ids = [item for line in others for item in line.items]
    known = {each.item_id: each for each in Asked.objects.filter(item__in=among(ids))}
    new = [
        New(item, known[item].filing_id, known[item].motion_id, _of(line.told, known[item]), of.pk, line.row)
        for line in others
        for item in line.items
    ]
    writing.write(actor, at, new)
    people = {each.subject_id for each in known.values()} | {each.subject_id for each in asked}
    return people, len(new) + len(asked)


def _of(told: Told, asked: Asked) -> Told:
    return services.of_item(told, asked)


@transaction.atomic
def undo(*, actor: User, response_id: int, reason: str) -> int:
    """Take back all that a response recorded; how many convictions. Analysts and supervisors.

    Raises Invalid without a reason, Conflict where something was built upon any of its answers.
    """
    require(actor, *WHO)
    of = _locked(response_id)
    if not reason.strip():
        raise Invalid("Say why it is taken back.")
    if not of.is_recorded:
        raise Conflict("Nothing from this response stands any more. Reload to see it.")
    since = of.answers.filter(entered_at__gte=of.recorded_at)
    sent_back = since.filter(decision=Decision.REJECTED, superseded_at=None)
    filings = rejections.locked(Filing, list(sent_back.values_list("filing_id", flat=True)))
    asked = writing.lock(since.values_list("item_id", flat=True))
    changed = since.exclude(superseded_at=None).exclude(superseded_how="undone").count()
    if changed:
        raise Conflict(f"{changed:,} of its answers were followed or corrected since. Change the others one by one.")
    rejections.take_back(actor=actor, matters=filings)
    standing = list(since.filter(superseded_at=None))
    undone = CourtAnswer.Superseded.UNDONE
    writing.take_back(actor, timezone.now(), standing, how=undone, reason=reason.strip())
    asking.ask_no_more([filing for filing in filings if services.filed_on(filing) is None])
    of.undone_by, of.undone_at, of.undone_reason = actor, timezone.now(), reason.strip()
    of.save()
    _stage(of, rows_of(of))
    detail = {"convictions": len(standing)}
    people = {each.subject_id for each in asked}
    audit.record(actor=actor, verb="response.undone", target=of, detail=detail, subjects=people)
    return len(standing)


# Rows that need a person


@transaction.atomic
def assign(*, actor: User, row_id: int, item_ids: Sequence[int], told: Told, reason: str) -> int:
    """A row answers these convictions of one filing after all; how many. Analysts and supervisors.

    `told` is what the court did, as the row says or as somebody read it. Raises as `services.answer` does, Conflict if
    somebody settled the row first.
    """
    row, of = _open_row(actor, row_id, reason)
    asked = writing.lock(item_ids)
    if not asked or len(asked) != len(set(item_ids)) or any(each.court_id != of.court_id for each in asked):
        raise NotFound("These convictions are not filed with this court.")
    told = services.to_enter(asked, told)
    at = timezone.now()
    writing.write(actor, at, [New(a.item_id, a.filing_id, a.motion_id, _of(told, a), of.pk, row.row) for a in asked])
    row.filing_id, row.motion_id, row.items = asked[0].filing_id, asked[0].motion_id, sorted(item_ids)
    _settle(row, actor, State.ASSIGNED, reason)
    detail = {"row": row.row, "convictions": len(asked), "decision": told.decision}
    people = {each.subject_id for each in asked}
    audit.record(actor=actor, verb="response_row.assigned", target=of, detail=detail, subjects=people)
    return len(asked)


@transaction.atomic
def set_aside(*, actor: User, row_id: int, reason: str) -> None:
    """A row means nothing for us, and why. Analysts and supervisors. Raises Conflict if somebody settled it first."""
    row, of = _open_row(actor, row_id, reason)
    _settle(row, actor, State.SET_ASIDE, reason)
    audit.record(actor=actor, verb="response_row.set_aside", target=of, detail={"row": row.row})


def _open_row(actor: User, row_id: int, reason: str) -> tuple[ResponseRow, CourtResponse]:
    require(actor, *WHO)
    if not reason.strip():
        raise Invalid("Say why.")
    response_id = ResponseRow.objects.filter(pk=row_id).values_list("response_id", flat=True).first()
    if response_id is None:
        raise NotFound("There is no such row.")
    of = _locked(response_id)
    row = ResponseRow.objects.filter(pk=row_id, state=State.OPEN).first()
    if row is None:
        raise Conflict("Somebody else settled this row first. Reload to see how.")
    return row, of


def _settle(row: ResponseRow, actor: User, state: str, reason: str) -> None:
    row.state, row.settled_by, row.settled_at, row.settled_reason = state, actor, timezone.now(), reason.strip()
    row.save()
