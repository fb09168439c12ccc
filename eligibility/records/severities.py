"""The severity of each count, as the disposition gives it or, where that is blank, as the charge does."""

import numpy as np
import pyarrow as pa

from eligibility.records.columns import Codes, Flags, TextColumn, first_row

SEVERITIES = ("felony", "misdemeanor", "infraction")
_NAMES = pa.array(SEVERITIES, pa.string())


def _severity(text: str) -> int:
    """Place in SEVERITIES of `FELONY`, ` felony`, `F` and so on; -1 for anything else."""
    text = text.upper()
    for place, severity in enumerate(SEVERITIES):
        if text in (severity.upper(), severity[0].upper()):
            return place
    return -1


def read_severities(
    stated: TextColumn, charged: TextColumn, *, count_of_row: Codes, row_of: Codes, convicted: Flags
) -> tuple[pa.Array, Flags]:
    """The severity of each count (null where unknown), and whether it was inferred from the charge.

    `stated` is the severity of the conviction (CONV_STAT_DESCR), `charged` that of the charge (OFFENSE_TOC). A later
    row of the same count repairs a first one that is blank. A text that is no severity is not
    replaced by the charge's.
    """
    size = len(row_of)
    same_kind = (
        (count_of_row >= 0) & (convicted == convicted[row_of][np.maximum(count_of_row, 0)]) if size else convicted
    )
    speaking = first_row(count_of_row, size, same_kind & stated.filled)
    stated_codes, charged_codes = stated.numbers(_severity, np.int32), charged.numbers(_severity, np.int32)
    if not size:
        return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), _NAMES), np.zeros(0, bool)
    silent = speaking < 0
    codes = np.where(silent, charged_codes[row_of], stated_codes[np.maximum(speaking, 0)])
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), _NAMES), silent & (codes >= 0)
