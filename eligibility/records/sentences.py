"""The parts of each conviction's sentence."""

import numpy as np
import pyarrow as pa

from eligibility.records.columns import Codes, Flags, TextColumn
from eligibility.records.schema import SENTENCES

LONGEST_LENGTH = 10_000
"""In any unit; a longer one is a slip of the keyboard."""

_MONEY = r"^(FINE|RESTITUTION|FINE SS|FEES?)\b"
_UNITS = ("D", "M", "Y")


def read_sentences(
    location: TextColumn, length: TextColumn, unit: TextColumn, *, count_of_row: Codes, convicted_counts: Flags
) -> tuple[pa.Table, Flags]:
    """Every row of a convicted count that tells of a sentence is one part of it.

    Returns the parts, with the place (from 0) of their row in `row`, and the rows whose length is there and unreadable.
    Lengths are whole days, months or years as `unit` says. A fine or restitution without a length takes no time: it is
    readable, with a length of 0 days.
    """
    told = location.filled | length.filled | unit.filled
    in_conviction = (
        (count_of_row >= 0) & convicted_counts[np.maximum(count_of_row, 0)] if len(convicted_counts) else told
    )
    rows = np.flatnonzero(told & in_conviction) if len(convicted_counts) else np.zeros(0, np.int64)
    rows = rows[np.argsort(count_of_row[rows], kind="stable")]

    lengths = [_length(text) for text in length.texts]
    known = np.array([each is not None for each in lengths], bool)[length.codes][rows]
    numbers = np.array([each or 0 for each in lengths], np.int64)[length.codes][rows]
    units = unit.mapped(str.upper)
    in_time_unit = units.flags(lambda text: text in _UNITS)[rows]
    life = (units.flags(lambda text: text == "L") | location.matching(r"\b(LIFE|DEATH)\b") | length.matching("LIFE"))[
        rows
    ]
    no_term = location.matching(_MONEY)[rows] & ~unit.filled[rows] & (~length.filled[rows] | (known & (numbers == 0)))
    readable = (known & in_time_unit & ~life) | no_term
    unit_texts = np.where(no_term, "D", np.array([*units.texts, ""], object)[units.codes[rows]])
    table = pa.table(
        [
            pa.array(count_of_row[rows], pa.int32()),
            pa.array(rows, pa.int32()),
            location.at(rows),
            length.at(rows),
            pa.array(np.where(no_term, 0, numbers), pa.int32(), mask=~(known | no_term)),
            pa.array(unit_texts, pa.string()).dictionary_encode(),
            pa.array(life),
            pa.array(readable),
        ],
        schema=SENTENCES,
    )
    unread = np.zeros(len(count_of_row), bool)
    unread[rows[~readable & ~life & (length.filled | unit.filled)[rows]]] = True
    return table, unread


def _length(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if int(text) <= LONGEST_LENGTH else None
