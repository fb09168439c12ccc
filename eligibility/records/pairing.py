"""Which of two long lists' rows are worth comparing, and which pairs stand once they are scored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eligibility.records.columns import Codes, Flags

NO_KEY = -1

LARGEST_BLOCK = 250_000
"""Pairs of one key. A larger block is cut by a further column; what is still larger is left out and counted."""


@dataclass(frozen=True)
class Block:
    """A column that true pairs mostly share: numbers equal where the texts are, NO_KEY where there is none.

    `rows`: the place of each entry in its list, where one row has several.
    """

    left: Codes
    right: Codes
    right_rows: Codes | None = None


def candidates(blocks: Sequence[Sequence[Block]], right_size: int) -> tuple[Codes, Codes, int]:
    """The pairs that share a key in any of the blocks, each once, in order; and how many left rows lost a block.

    Each entry of `blocks` is a column followed by finer ones, for the keys that too many rows share.
    """
    found = []
    left_out: set[int] = set()
    for finer in blocks:
        large: npt.NDArray[np.bool_] | None = None
        for block in finer:
            left = block.left if large is None else np.where(large, block.left, NO_KEY)
            one, other, large = _sharing(left, block.right)
            other = other if block.right_rows is None else block.right_rows[other]
            found.append(one * right_size + other)
            if not large.any():
                break
        else:
            left_out.update(np.flatnonzero(large).tolist() if large is not None else ())
    pairs = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return pairs // max(right_size, 1), pairs % max(right_size, 1), len(left_out)


def _sharing(left: Codes, right: Codes) -> tuple[Codes, Codes, Flags]:
    """All pairs with the same key, and the left rows whose key too many pairs share."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    begin, end = (np.searchsorted(ordered, left, side=side) for side in ("left", "right"))
    sizes = np.where(left == NO_KEY, 0, end - begin)
    _, inverse, times = np.unique(left, return_inverse=True, return_counts=True)
    large = sizes * times[inverse] > LARGEST_BLOCK
    sizes = np.where(large, 0, sizes)
    one = np.repeat(np.arange(len(left)), sizes)
    within = np.arange(len(one)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return one, order[np.repeat(begin, sizes) + within], large


def one_to_one(left: Codes, right: Codes, score: npt.NDArray[np.float64]) -> Codes:
    """Places of the pairs that stand when every row has one partner: best score first, then the lists' order."""
    open_ = np.lexsort((right, left, -score))
    chosen = []
    while len(open_):
        first_left, first_right = np.zeros(len(open_), bool), np.zeros(len(open_), bool)
        first_left[np.unique(left[open_], return_index=True)[1]] = True
        first_right[np.unique(right[open_], return_index=True)[1]] = True
        best = open_[first_left & first_right]  # nobody of the two has a better one
        chosen.append(best)
        open_ = open_[~np.isin(left[open_], left[best]) & ~np.isin(right[open_], right[best])]
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)


def shared_codes(*columns: Sequence[object]) -> list[Codes]:
    """Each column as numbers that are equal where the values are, over all the columns; NO_KEY for None and blank."""
    known: dict[object, int] = {}
    return [
        np.array([NO_KEY if not value else known.setdefault(value, len(known)) for value in column], np.int64)
        for column in columns
    ]


def joined(*codes: Codes) -> Codes:
    """One number for several columns of codes, NO_KEY where any has none. The columns must be of both lists."""
    whole = np.zeros(len(codes[0]), np.int64)
    for column in codes:
        whole = whole * (int(column.max(initial=0)) + 2) + column + 1
    missing = np.logical_or.reduce([column == NO_KEY for column in codes])
    return np.where(missing, NO_KEY, whole)
