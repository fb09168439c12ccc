"""From Arrow columns to numpy, with the types said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility.truth import Flags


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column as one array, coded text (or lists of it) as plain text."""
    found = flat(column)
    if pa.types.is_list(found.type):
        return found.cast(pa.list_(pa.string()))
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def flags(column: pa.Array | pa.ChunkedArray) -> Flags:
    """A column of yes and no; null is no."""
    found: Flags = flat(column).fill_null(False).to_numpy(zero_copy_only=False)
    return found


def numbers(column: pa.Array | pa.ChunkedArray, *, null: int = 0) -> NDArray[np.int64]:
    """A column of whole numbers; null becomes `null`."""
    found: NDArray[np.int64] = flat(column).fill_null(null).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def present(column: pa.Array | pa.ChunkedArray) -> Flags:
    """Where the column has a value."""
    return flags(flat(column).is_valid())


def coded(column: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    """A code per row and the distinct values it stands for; the last value is None, and stands for null."""
    encoded = flat(column)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    values = [*encoded.dictionary.to_pylist(), None]
    return numbers(encoded.indices, null=len(values) - 1), values


def passing(column: pa.Array | pa.ChunkedArray, test: Callable[[Any], bool]) -> Flags:
    """Where the value passes the test, which sees each distinct value once; null never does."""
    codes, values = coded(column)
    answers: Flags = np.array([value is not None and test(value) for value in values], dtype=bool)[codes]
    return answers
