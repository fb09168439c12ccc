"""Columns of dates: calendar arithmetic without a clock. Unknown dates are NaT and stay so."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from eligibility.arrow import flat

Dates = NDArray[np.datetime64]
UNKNOWN = np.datetime64("NaT", "D")
LAST_DAY = np.datetime64("9999-12-31", "D")


def column(values: pa.ChunkedArray) -> Dates:
    """A date32 column; nulls become NaT."""
    days: Dates = flat(values).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return days


def plus(
    dates: Dates,
    *,
    years: int | NDArray[np.int64] = 0,
    months: int | NDArray[np.int64] = 0,
    days: int | NDArray[np.int64] = 0,
) -> Dates:
    """Whole calendar years and months, then days. February 29 plus a year is March 1. Stops at the year 9999."""
    month = dates.astype("datetime64[M]")
    day_of_month = dates - month.astype("datetime64[D]")
    months_on = np.asarray(12 * np.asarray(years, dtype=np.int64) + months, dtype="timedelta64[M]")
    moved = (month + months_on).astype("datetime64[D]") + day_of_month + np.asarray(days, dtype="timedelta64[D]")
    return np.where(np.isnat(moved), UNKNOWN, np.minimum(moved, LAST_DAY))


def to_arrow(dates: Dates) -> pa.Array:
    """A date32 column; NaT becomes null."""
    return pa.array(dates.astype("datetime64[D]"), pa.date32(), from_pandas=True)
