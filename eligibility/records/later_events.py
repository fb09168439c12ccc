"""What a later event of the same cycle, or a count's own comment, says of a conviction: relief, custody.

These are words of the record, not findings: they lead to a remark and a question, never to an outcome by themselves.
"""

import re

import numpy as np
import pyarrow as pa

from eligibility.records.columns import Codes, Flags, TextColumn

_DISMISSED_AFTER_PROBATION = re.compile(r"1203\.4(?!\d)", re.IGNORECASE)
_OTHER_RELIEF = re.compile(r"11361\.8|\bSEALED|\bSET\s+ASIDE|\bDISM(ISSED)?\b|\bEXPUNGED|\bVACATED", re.IGNORECASE)
_CANNABIS_RELIEF = re.compile(r"11361\.8")
_CUSTODY = r"\bCUSTODY\b|\bREVO(KE|C)|\bBENCH\s+WARRANT|\bWARRANT\b|\bIN\s+PRISON\b|\bRETURN(ED)?\s+TO\s+PRISON\b"

NONE, PROBATION_DISMISSAL, OTHER = 0, 1, 2
_NAMES = pa.array(["1203.4", "other"], pa.string())


def relief_in(text: str) -> int:
    """Which relief a text tells of. A dismissal "per 1203.4 PC" is that, and no more."""
    if _CANNABIS_RELIEF.search(text):
        return OTHER
    if _DISMISSED_AFTER_PROBATION.search(text):
        return PROBATION_DISMISSAL
    return OTHER if _OTHER_RELIEF.search(text) else NONE


def _relief(column: TextColumn) -> Codes:
    return column.numbers(relief_in)


def relief_noted(
    disposition: TextColumn,
    comment: TextColumn,
    offense: TextColumn,
    *,
    count_of_row: Codes,
    row_of: Codes,
    convicted: Flags,
    cycle: Codes,
    step: Codes,
    section: Codes,
) -> pa.Array:
    """For each count null, "1203.4" or "other".

    `section` is the count's code section as a number, -1 where none is read. A later event speaks of a conviction when
    it names the same section, or none that can be read, or only that of the relief. `cycle` (of a subject) and `step`
    are given per row.
    """
    size = len(row_of)
    if not size:
        return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), _NAMES)
    says = np.maximum(_relief(disposition), np.maximum(_relief(comment), _relief(offense)))
    of_count = np.full(size, NONE, np.int64)
    own = np.flatnonzero((count_of_row >= 0) & convicted)
    np.maximum.at(of_count, count_of_row[own], np.maximum(_relief(comment), _relief(disposition))[own])

    relief_section = offense.flags(relief_in)
    speaking = (says > NONE) & ~convicted & (cycle >= 0)
    section_of_row = np.where(count_of_row >= 0, section[np.maximum(count_of_row, 0)], -1)
    general = relief_section | (section_of_row < 0)
    by_section = cycle * (int(section.max(initial=0)) + 2) + section_of_row
    counts_by_section = cycle[row_of] * (int(section.max(initial=0)) + 2) + section
    for kind in (PROBATION_DISMISSAL, OTHER):
        said = speaking & (says == kind)
        later = _later(by_section, step, said & ~general, counts_by_section, step[row_of])
        later |= _later(cycle, step, said & general, cycle[row_of], step[row_of])
        of_count[later & convicted[row_of]] = np.maximum(of_count[later & convicted[row_of]], kind)
    return pa.DictionaryArray.from_arrays(pa.array(of_count - 1, pa.int32(), mask=of_count == NONE), _NAMES)


def custody_noted(
    kind: TextColumn, disposition: TextColumn, comment: TextColumn, *, row_of: Codes, cycle: Codes, step: Codes
) -> Flags:
    """For each count, whether a later event of its cycle shows custody, a revocation or a warrant."""
    said = kind.matching(_CUSTODY) | disposition.matching(_CUSTODY) | comment.matching(_CUSTODY)
    return _later(cycle, step, said & (cycle >= 0), cycle[row_of], step[row_of])


def _later(groups: Codes, step: Codes, said: Flags, asked_group: Codes, asked_step: Codes) -> Flags:
    """For each asked (group, step), whether a row that `said` so stands in the group at a later step."""
    names, place = np.unique(groups[said], return_inverse=True)
    if not len(names):
        return np.zeros(len(asked_group), bool)
    last = np.full(len(names), -1, np.int64)
    np.maximum.at(last, place, step[said])
    at = np.minimum(np.searchsorted(names, asked_group), len(names) - 1)
    later: Flags = (names[at] == asked_group) & (last[at] > asked_step)
    return later
