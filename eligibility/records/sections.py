"""The code section of each count: of the offense convicted of where the record names it, else of the one charged."""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.law.code_sections import parse_column
from eligibility.records.columns import Codes, Flags, TextColumn, used_numbers

SEE_COMMENT = re.compile(r"^(SEE\s+COMM\w*.*)?$", re.IGNORECASE)
"""Offense texts that point to the comment: blank, `SEE COMMENT FOR CHARGE`, `see comment`."""


@dataclass(frozen=True)
class SectionReading:
    """For each count the text its section was read from and what it says.

    `differs`: convicted of another section than charged, and one of the two is a cannabis section.
    """

    texts: pa.DictionaryArray
    code_section: pa.DictionaryArray
    part: pa.DictionaryArray
    prop64: pa.DictionaryArray
    related: pa.Array
    in_comment: Flags
    differs: Flags


def read_sections(
    charged: TextColumn, convicted_of: TextColumn, comment: TextColumn, *, row_of: Codes, convicted: Flags
) -> SectionReading:
    """Read the section of each count from the first of these that says one: the offense convicted of (convictions
    only), the offense charged, and, where that points to it, the comment."""
    points_away = charged.flags(SEE_COMMENT.match)[row_of]
    texts = pa.array([*charged.texts, *comment.texts, *convicted_of.texts], pa.string())
    in_comments, in_convictions = len(charged.texts), len(charged.texts) + len(comment.texts)
    from_charge = np.where(points_away, comment.codes[row_of] + in_comments, charged.codes[row_of])
    from_conviction = convicted_of.codes[row_of] + in_convictions

    # Only the texts that a count takes its section from are parsed, each once.
    used, place = used_numbers(np.concatenate([from_charge, from_conviction]), len(texts))
    parsed = parse_column(texts.take(pa.array(used)))
    place_charge, place_conviction = place[: len(row_of)], place[len(row_of) :]
    readable, listed = _is_set(parsed["code_section"]), _is_set(parsed["prop64"])
    section = np.asarray(pc.fill_null(parsed["code_section"].combine_chunks().dictionary_encode().indices, -1))

    taken = convicted & readable[place_conviction]
    other = section[place_charge] != section[place_conviction]
    cannabis = listed[place_charge] | listed[place_conviction]
    chosen = np.where(taken, place_conviction, place_charge)
    return SectionReading(
        texts=_spread(texts, np.where(taken, from_conviction, from_charge)),
        code_section=_spread(parsed["code_section"], chosen),
        part=_spread(parsed["part"], chosen),
        prop64=_spread(parsed["prop64"], chosen),
        related=pa.array(np.asarray(parsed["related"])[chosen]),
        in_comment=points_away & ~taken & readable[chosen],
        differs=taken & readable[place_charge] & other & cannabis,
    )


def _spread(distinct: pa.Array | pa.ChunkedArray, place: Codes) -> pa.DictionaryArray:
    """The value at each place; equal values have one number."""
    flat = distinct.combine_chunks() if isinstance(distinct, pa.ChunkedArray) else distinct
    encoded = flat.dictionary_encode()
    numbers = np.asarray(pc.fill_null(encoded.indices, -1), np.int32)[place]
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32(), mask=numbers < 0), encoded.dictionary)


def _is_set(column: pa.ChunkedArray) -> Flags:
    return np.asarray(column.is_valid().to_numpy(), bool)
