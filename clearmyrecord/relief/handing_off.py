"""Handing convictions to courts and to the DOJ: freezing rows, making files, logging who received them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from clearmyrecord.among import among
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Court, Role, User
from clearmyrecord.records.copying import copy, take_ids
from clearmyrecord.relief import handoff_files as files
from clearmyrecord.relief import handoff_rows
from clearmyrecord.relief.handoff_fields import DATES, USUAL_FOR_COURT, USUAL_FOR_DOJ, usual
from clearmyrecord.relief.handoff_models import HandOff, HandOffProfile, HandOffReceipt, HandOffRow, Stage
from clearmyrecord.relief.handoff_rows import Row

WHO = (Role.ANALYST, Role.SUPERVISOR)
ROW_COLUMNS = ("id", "hand_off_id", "number", "item_id", "values", "for_court", "stage", "holds")
LONGEST_HEADING = 60
CHANGED = "What can be handed off changed while you looked. Look at the list again."


class Damaged(Exception):
    """A hand-off made again has other bytes than were recorded."""


def profile(court: Court | None) -> tuple[list[list[str]], str]:
    """The columns, [field, heading] in their order, and the way of days that this recipient wants."""
    found = HandOffProfile.objects.filter(court=court).first()
    return (found.columns, found.dates) if found else (usual(court is not None), "iso")


@transaction.atomic
def save_profile(*, actor: User, court_id: int | None, columns: Sequence[Sequence[str]], dates: str) -> HandOffProfile:
    """Keep the columns of a court, or of the DOJ where there is none, for its next hand-offs. Analysts, supervisors.

    Raises Invalid for no columns, unknown or repeated fields, empty or repeated headings.
    """
    require(actor, *WHO)
    court = _court(court_id)
    names, headings = [name for name, _ in columns], [heading.strip() for _, heading in columns]
    allowed = USUAL_FOR_COURT if court else USUAL_FOR_DOJ
    if not names or len(set(names)) != len(names) or not set(names) <= set(allowed) or dates not in DATES:
        raise Invalid("Choose at least one column, each of them once.")
    if any(not heading or len(heading) > LONGEST_HEADING for heading in headings):
        raise Invalid(f"Every column needs a heading of at most {LONGEST_HEADING} letters.")
    if len({heading.lower() for heading in headings}) != len(headings):
        raise Invalid("Two columns have the same heading.")
    values = {"columns": [list(pair) for pair in zip(names, headings, strict=True)], "dates": dates, "saved_by": actor}
    kept, _ = HandOffProfile.objects.update_or_create(court=court, defaults=values)
    audit.record(actor=actor, verb="hand_off_profile.saved", target=kept, detail={"columns": len(names)})
    return kept


def make(*, actor: User, court_id: int | None, stage: str, seen: str) -> HandOff:
    """Freeze all rows without faults for this court, or the DOJ, and make their files. Analysts and supervisors.

    `seen` is the `rows_hash` of what the page showed. Raises Invalid where nothing can leave, Conflict when the list
    changed since, or somebody else handed the same off at this moment.
    """
    require(actor, *WHO)
    court = _court(court_id)
    if stage not in Stage.values or (court is None and stage != Stage.GRANTED):
        raise Invalid("The DOJ gets what was granted; a court what was filed or granted.")
    try:
        with transaction.atomic():
            rows = handoff_rows.rows(court, stage, locked=True)
            good = [row for row in rows if not row.faults]
            if rows_hash(rows) != seen:
                raise Conflict(CHANGED)
            if not good:
                raise Invalid("Nothing can be handed off: every row has a fault.")
            return _made(actor, court, stage, good, held_back=len(rows) - len(good))
    except IntegrityError:
        raise Conflict(CHANGED) from None


def rows_hash(rows: Sequence[Row]) -> str:
    """SHA-256 over what a page shows to be handed off."""
    shown = [[row.item_id, row.values, row.faults] for row in rows]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _made(actor: User, court: Court | None, stage: str, good: Sequence[Row], *, held_back: int) -> HandOff:
    columns, dates = profile(court)
    values = [row.values for row in good]
    at = timezone.now().replace(microsecond=0)
    hand_off = HandOff(
        court=court, stage=stage, columns=columns, dates=dates, row_count=len(good), made_by=actor, made_at=at,
        heading=_heading(court, stage, values, len({row.subject_id for row in good}), held_back), files=[],
    )  # fmt: skip
    hand_off.save()
    ids = take_ids(HandOffRow, len(good))
    copy(
        HandOffRow,
        ROW_COLUMNS,
        (
            (pk, hand_off.pk, number, row.item_id, json.dumps(row.values), court is not None, stage, True)
            for number, (pk, row) in enumerate(zip(ids, good, strict=True), start=1)
        ),
    )
    contents = made_again(hand_off, values)
    hand_off.files = [files.described(name, content) for name, content in sorted(contents.items())]
    hand_off.save(update_fields=["files"])
    detail = {"rows": len(good), "held_back": held_back, "stage": stage} | {
        "sha256": [each["sha256"] for each in hand_off.files]
    }
    audit.record(
        actor=actor, verb="hand_off.made", target=hand_off, subjects=sorted({row.subject_id for row in good}),
        detail=detail,
    )  # fmt: skip
    return hand_off


def _heading(
    court: Court | None, stage: str, values: Sequence[files.Values], people: int, held_back: int
) -> dict[str, Any]:
    own = office.office_or_error()
    return {
        "to": f"{court.name}, {court.branch}" if court else "California Department of Justice",
        "from": own.name,
        "county": own.county,
        "stage": stage,
        "made_on": office.today().isoformat(),
        "rows": len(values),
        "people": people,
        "cases": len({(row["court"], row["case_number"]) for row in values}),
        "held_back": held_back,
        "totals": files.totals(values),
    }


def made_again(hand_off: HandOff, values: Sequence[files.Values] | None = None) -> dict[str, bytes]:
    """Every file of a hand-off by its name, made from its frozen rows."""
    rows = values if values is not None else list(hand_off.rows.values_list("values", flat=True))
    stem = file_stem(hand_off)
    made = {
        f"{stem}.csv": files.csv_file(hand_off.columns, hand_off.dates, rows),
        f"{stem}.xlsx": files.xlsx_file(hand_off.columns, hand_off.dates, rows, hand_off.made_at),
        f"{stem}.json": files.json_file(hand_off.heading, hand_off.columns, rows),
    }
    listed = [files.described(name, content) for name, content in sorted(made.items())]
    return made | {f"{stem}-control-sheet.pdf": files.control_sheet(hand_off.heading, listed)}


def checked(hand_off: HandOff) -> dict[str, bytes]:
    """The files once more, the same bytes as when they were made. Raises Damaged if they are not."""
    made = made_again(hand_off)
    if [files.described(name, content) for name, content in sorted(made.items())] != hand_off.files:
        raise Damaged(f"hand-off {hand_off.pk} has other bytes than were recorded")
    return made


def file_stem(hand_off: HandOff) -> str:
    """Court, day, number: letters, digits and hyphens, nobody's name."""
    to = files.plain_name(hand_off.court.branch) if hand_off.court else "doj"
    return f"{to}-{hand_off.heading['made_on']}-hand-off-{hand_off.pk}"


@transaction.atomic
def received(*, actor: User, hand_off_id: int, received_by: str, channel: str, received_on: date) -> HandOffReceipt:
    """Who took a hand-off, and how. Several may. Raises Invalid for a day before it was made or in the future."""
    require(actor, *WHO)
    hand_off = _locked(hand_off_id)
    if not date.fromisoformat(hand_off.heading["made_on"]) <= received_on <= office.today():
        raise Invalid("It was received between the day it was made and today.")
    if not received_by.strip() or not channel.strip():
        raise Invalid("Enter who received it and how.")
    kept = HandOffReceipt.objects.create(
        hand_off=hand_off, received_by=received_by.strip(), channel=channel.strip(), received_on=received_on,
        entered_by=actor,
    )  # fmt: skip
    audit.record(actor=actor, verb="hand_off.received", target=hand_off, detail={"receipt": kept.pk})
    return kept


@transaction.atomic
def withdraw(*, actor: User, hand_off_id: int, reason: str) -> None:
    """It does not count any more: its convictions can be handed off again. What was received stays listed."""
    require(actor, *WHO)
    hand_off = _locked(hand_off_id)
    if not reason.strip():
        raise Invalid("Enter the reason.")
    hand_off.withdrawn_by, hand_off.withdrawn_at = actor, timezone.now()
    hand_off.withdrawn_reason = reason.strip()
    hand_off.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    HandOffRow.objects.filter(hand_off=hand_off).update(holds=False)
    audit.record(actor=actor, verb="hand_off.withdrawn", target=hand_off, detail={"rows": hand_off.row_count})


def require_not_handed_off(answer_ids: Sequence[int]) -> None:
    """Raises Conflict where what one of these answers granted was handed off."""
    told = HandOffRow.objects.filter(holds=True, stage=Stage.GRANTED, item__answers__in=among(answer_ids))
    if first := told.first():
        raise Conflict(f"Hand-off {first.hand_off_id} tells of this grant. Withdraw the hand-off first.")


def _locked(hand_off_id: int) -> HandOff:
    found = HandOff.objects.select_for_update(of=("self",)).filter(pk=hand_off_id).first()
    if found is None:
        raise NotFound("There is no such hand-off.")
    if found.withdrawn_at:
        raise Conflict("This hand-off was withdrawn.")
    return found


def _court(court_id: int | None) -> Court | None:
    if court_id is None:
        return None
    found = Court.objects.filter(pk=court_id).first()
    if found is None:
        raise NotFound("There is no such court.")
    return found
