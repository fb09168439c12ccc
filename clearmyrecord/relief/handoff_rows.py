"""The rows of a hand-off: what each conviction's fields say, and what is wrong with a row that must not leave."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from clearmyrecord.among import among
from clearmyrecord.batches.models import BatchItem
from clearmyrecord.office.models import Court
from clearmyrecord.relief.handoff_models import HandOffRow, Stage
from clearmyrecord.relief.models import Asked
from petitions.papers import words

Values = dict[str, Any]
REDESIGNATED = ("misdemeanor", "infraction")

CASES = """
SELECT asked.item_id, coalesce(receipt.filed_on::text, ''), coalesce(receipt.number, ''),
       coalesce(receipt.assigned_number, ''), coalesce(answer.granted_as, ''), coalesce(answer.decided_on::text, '')
  FROM relief_asked asked
  LEFT JOIN filings_receipt receipt ON receipt.undone_at IS NULL
   AND (receipt.filing_id = asked.filing_id OR receipt.motion_id = asked.motion_id)
  LEFT JOIN relief_courtanswer answer ON answer.item_id = asked.item_id AND answer.superseded_at IS NULL
   AND answer.decision = 'granted'
 WHERE asked.item_id = ANY(%s)
"""

RECORDS = """
SELECT asked.item_id, seen.name, coalesce(seen.birth_date::text, ''), seen.cii_number, conviction.case_numbers,
       coalesce(arrest.date::text, ''), coalesce(arrest.agency, ''),
       (SELECT string_agg(DISTINCT other.name, '; ' ORDER BY other.name)
          FROM records_filesubject other WHERE other.subject_id = seen.subject_id AND other.name <> seen.name),
       (SELECT count(*) FROM records_conviction other
         WHERE other.subject_id = conviction.subject_id AND other.id <> conviction.id
           AND other.case_numbers && conviction.case_numbers AND other.newest_reading_id IS NOT NULL
           AND NOT other.id = ANY(%s))
  FROM relief_asked asked
  JOIN records_conviction conviction ON conviction.id = asked.conviction_id
  LEFT JOIN records_reading reading ON reading.id = conviction.newest_reading_id
  LEFT JOIN records_filesubject seen ON seen.id = reading.file_subject_id
  LEFT JOIN records_event event ON event.id = reading.event_id
  LEFT JOIN LATERAL (
    SELECT step.date, step.agency FROM records_event step
     WHERE step.file_subject_id = seen.id AND step.cycle = event.cycle AND step.type ILIKE 'ARREST%%'
     ORDER BY step.date NULLS LAST, step.id LIMIT 1
  ) arrest ON true
 WHERE asked.item_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One conviction as it would be handed off, and why it must not be; empty if it may."""

    item_id: int
    subject_id: int
    values: Values
    faults: tuple[str, ...]


def waiting(court: Court | None, stage: str, *, locked: bool = False) -> list[Asked]:
    """Convictions not handed to this court, or to the DOJ, at this stage yet; by case number.

    `locked` within a transaction: nobody answers, objects or takes back meanwhile, as these lock the same rows.
    """
    states = [Asked.State.GRANTED] if stage == Stage.GRANTED else [Asked.State.WAITING, Asked.State.HEARING]
    for_court = court is not None
    handed = HandOffRow.objects.filter(for_court=for_court, stage=stage, holds=True).values("item_id")
    found = Asked.objects.filter(state__in=states).exclude(item_id__in=handed)
    if court is not None:
        found = found.filter(court=court)
    if locked:  # first, in the order in which answers lock them: what is read after it stands until the end
        list(found.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    return list(found.select_related("item", "court").order_by("court_id", "item__case_number", "item_id"))


def rows(court: Court | None, stage: str, *, locked: bool = False) -> list[Row]:
    """Every conviction that waits to be handed off, with its faults. A few queries, however many; see `waiting`."""
    asked = waiting(court, stage, locked=locked)
    ids = [each.item_id for each in asked]
    with connection.cursor() as cursor:
        cursor.execute(CASES, [ids])
        cases = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(RECORDS, [[each.conviction_id for each in asked], ids])
        records = {row[0]: row[1:] for row in cursor.fetchall()}
    valued = [(each, _values(each, cases[each.item_id], records[each.item_id])) for each in asked]
    return with_faults(valued, stage, for_court=court is not None)


def with_faults(valued: Sequence[tuple[Asked, Values]], stage: str, *, for_court: bool) -> list[Row]:
    """Rows with why each must not leave, those that say the same of one case among them."""
    twice = Counter(_key(values) for _, values in valued)
    return [
        Row(each.item_id, each.subject_id, values, _faults(values, each, stage, twice, for_court=for_court))
        for each, values in valued
    ]


def _values(asked: Asked, case: Sequence[Any], record: Sequence[Any]) -> Values:
    frozen = asked.item.snapshot
    filed_on, filing_number, motion_number, granted_as, ordered_on = case
    _, birth_date, cii_number, case_numbers, arrested_on, agency, other_names, others = record
    return {
        "reference": f"O{asked.motion_id}" if asked.motion_id else f"F{asked.filing_id}",
        "court": f"{asked.court.name}, {asked.court.branch}",
        "case_number": frozen["case_number"],
        "other_case_numbers": "; ".join(number for number in case_numbers if number != frozen["case_number"]),
        "motion_number": motion_number,
        "exhibit_row": asked.exhibit_row,
        "defendant_name": words.readable_name(frozen["defendant_name"], is_stated=frozen["name_is_stated"]),
        "other_names": other_names or "",
        "birth_date": birth_date or "",
        "cii_number": cii_number or "",
        "count_number": frozen["court_count_number"] or "",
        "code": frozen["code"],
        "section": frozen["section"],
        "part": frozen["part"],
        "old_severity": frozen["severity"],
        "convicted_on": frozen["convicted_on"],
        "sentence_status": frozen["route"],
        "arrested_on": arrested_on,
        "arresting_agency": agency,
        "relief_asked": asked.relief,
        "new_section": frozen["new_section"],
        "new_severity": frozen["new_severity"],
        "legal_basis": frozen["citation"],
        "sealing": granted_as == "sealed" if granted_as else bool(frozen["sealing"]),
        "filed_on": filed_on,
        "filing_number": filing_number,
        "granted_as": granted_as,
        "ordered_on": ordered_on,
        "other_convictions": others,
    }


def _key(values: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("court", "case_number", "defendant_name", "code", "section", "convicted_on", "count_number")
    return tuple(values[name] for name in names)


def _faults(
    values: Values, asked: Asked, stage: str, twice: Mapping[tuple[Any, ...], int], *, for_court: bool
) -> tuple[str, ...]:
    """Why a case system could not match or enter the row, in plain words."""
    pattern = asked.court.case_number_pattern
    lowered = asked.relief in (*REDESIGNATED, "resentenced")
    checks = (
        (not values["case_number"], "It has no case number."),
        (
            bool(pattern and values["case_number"]) and not re.fullmatch(pattern, values["case_number"]),
            "Its case number is not written as this court writes them.",
        ),
        (not values["defendant_name"], "It has no defendant's name."),
        (not values["filed_on"], "The day it was filed is missing."),
        (lowered and not (values["new_section"] and values["new_severity"]), "Its new section or severity is missing."),
        (
            asked.relief in REDESIGNATED and values["new_severity"] == values["old_severity"],
            "Its new severity is the old one.",
        ),
        (
            bool(values["sealing"]) and "sealed" not in (values["granted_as"], asked.relief),
            "It is marked for sealing, but is not dismissed.",
        ),
        (twice[_key(values)] > 1, "Another row says the same of this case; state the counts' numbers."),
        (stage == Stage.GRANTED and not values["ordered_on"], "The day of the order is missing."),
        (
            values["granted_as"] in REDESIGNATED and values["granted_as"] != values["new_severity"],
            "The court ordered something else than was asked; its new section stands in the order alone.",
        ),
        (
            bool(values["ordered_on"]) and bool(values["filed_on"]) and values["ordered_on"] < values["filed_on"],
            "The order lies before the day it was filed.",
        ),
        (not for_court and not values["cii_number"], "It has no CII number: the DOJ could not match it."),
    )  # fmt: skip
    return tuple(text for wrong, text in checks if wrong)


def items_of(hand_off_id: int) -> list[int]:
    """The batch items of a hand-off."""
    return list(HandOffRow.objects.filter(hand_off=hand_off_id).values_list("item_id", flat=True))


def subjects_of(item_ids: Sequence[int]) -> list[int]:
    """The people these items are about."""
    found = BatchItem.objects.filter(pk__in=among(item_ids)).values_list("asked__subject_id", flat=True)
    return list(found.distinct())
