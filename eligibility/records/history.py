"""A History: what record files say, gathered into subjects, events, counts and sentences."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class History:
    """Every row of one or several record files, in the tables of `schema.py`.

    `reconciliation` says how the rows were used: `rows_read` is the sum of all the other entries.
    """

    subjects: pa.Table
    events: pa.Table
    counts: pa.Table
    sentences: pa.Table
    problems: pa.Table
    reconciliation: dict[str, int]
