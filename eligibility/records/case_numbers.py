"""The case numbers of each event, as its court rows give them."""

import numpy as np
import pyarrow as pa

from eligibility.records.columns import Codes, Flags, TextColumn, dense, recoded


def case_numbers(ofn: TextColumn, court_case: TextColumn, *, is_court: Flags, event: Codes, size: int) -> pa.ListArray:
    """The distinct case numbers of each of `size` events, in file order.

    The OFN of a court action is the candidate; only an event without one takes the court case number (FE_NUM_CRT_CASE).
    """
    has_ofn = np.bincount(event[is_court & ofn.filled], minlength=size) > 0
    parts = []
    for column, wanted in ((ofn, has_ofn), (court_case, ~has_ofn)):
        rows = np.flatnonzero(is_court & column.filled & wanted[event])
        parts.append(pa.table({"event": event[rows], "number": column.at(rows)}))
    pairs = pa.concat_tables(parts)
    text = TextColumn.of(pairs["number"])
    keys, _ = dense(pairs["event"].to_numpy() * (pairs.num_rows + 1) + recoded(text, text.texts))
    pairs = pairs.take(pa.array(np.sort(np.unique(keys, return_index=True)[1])))
    order = np.argsort(pairs["event"].to_numpy(), kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(pairs["event"].to_numpy(), minlength=size))])
    numbers = pairs["number"].take(pa.array(order)).combine_chunks()
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), numbers)
