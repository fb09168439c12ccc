"""The code section of each count: of the offense convicted of where the record names it, else of the one charged."""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.law.code_sections import parse_column
from eligibility.records.columns import Codes, Flags, TextColumn

SEE_COMMENT = re.compile(r"^(SEE\s+COMM\w*.*)?$", re.IGNORECASE)
"""Offense texts that point to the comment: blank, `SEE COMMENT FOR CHARGE`, `see comment`."""


@dataclass(frozen=True)
class SectionReading:
    """For each count the text its section was read from and what it says.

    `differs`: convicted of another section than charged, and one of the two is a cannabis section.
    """

    texts: pa.Array
    parsed: pa.Table
    in_comment: Flags
    differs: Flags


def read_sections(
    charged: TextColumn, convicted_of: TextColumn, comment: TextColumn, *, row_of: Codes, convicted: Flags
) -> SectionReading:
    """Read the section of each count from the first of these that says one: the offense convicted of (convictions
    only), the offense charged, and, where that points to it, the comment."""
    points_away = charged.flags(SEE_COMMENT.match)[row_of]
    texts_charged = np.array(charged.at(row_of).to_pylist(), object)
    texts_comment = np.array(comment.at(row_of).to_pylist(), object)
    from_charge = np.where(points_away, texts_comment, texts_charged)
    from_conviction = np.array(convicted_of.at(row_of).to_pylist(), object)

    distinct = TextColumn.of(pa.chunked_array([pa.array(np.concatenate([from_charge, from_conviction]), pa.string())]))
    parsed = parse_column(pa.array(distinct.texts, pa.string()))
    size = len(row_of)
    of_charge = parsed.take(pa.array(distinct.codes[:size]))
    of_conviction = parsed.take(pa.array(distinct.codes[size:]))

    taken = convicted & _is_set(of_conviction["code_section"])
    chosen = parsed.take(pa.array(np.where(taken, distinct.codes[size:], distinct.codes[:size])))
    other = pc.fill_null(pc.not_equal(of_charge["code_section"], of_conviction["code_section"]), True)
    cannabis = _is_set(of_charge["prop64"]) | _is_set(of_conviction["prop64"])
    return SectionReading(
        texts=pa.array(np.where(taken, from_conviction, from_charge), pa.string()),
        parsed=chosen,
        in_comment=points_away & ~taken & _is_set(chosen["code_section"]),
        differs=taken & _is_set(of_charge["code_section"]) & other.to_numpy().astype(bool) & cannabis,
    )


def _is_set(column: pa.ChunkedArray) -> Flags:
    return np.asarray(column.is_valid().to_numpy(), bool)
