"""The case numbers of each event, as its court rows give them."""

import numpy as np
import pyarrow as pa

from eligibility.records.columns import Codes, Flags, TextColumn


def case_numbers(ofn: TextColumn, court_case: TextColumn, *, is_court: Flags, event: Codes, size: int) -> pa.ListArray:
    """The distinct case numbers of each of `size` events, in file order.

    The OFN of a court action is the candidate; only an event without one takes the court case number (FE_NUM_CRT_CASE).
    """
    has_ofn = np.bincount(event[is_court & ofn.filled], minlength=size) > 0
    known = pa.concat_arrays([ofn.distinct, court_case.distinct])
    numbers = np.where(has_ofn[event], ofn.codes, court_case.codes + len(ofn.distinct))
    rows = np.flatnonzero(is_court & np.where(has_ofn[event], ofn.filled, court_case.filled))
    of_row, numbers = event[rows], numbers[rows]

    # Nearly every event has one number, which its first row gives; only the rows that give another are compared.
    first = np.full(size, -1)
    first[of_row[::-1]] = numbers[::-1]
    other = np.flatnonzero(numbers != first[of_row])
    once = np.sort(np.unique(of_row[other] * (len(known) + 1) + numbers[other], return_index=True)[1])
    other = other[once]
    events = np.concatenate([np.flatnonzero(first >= 0), of_row[other]])
    order = np.argsort(events, kind="stable")
    found = np.concatenate([first[first >= 0], numbers[other]])[order]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(events, minlength=size))])
    values = pa.DictionaryArray.from_arrays(pa.array(found, pa.int32()), known)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)
