"""The severity of each count, as the disposition gives it or, where that is blank, as the charge does."""

import numpy as np
import pyarrow as pa

from eligibility.records.columns import Codes, Flags, TextColumn

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
    stated: TextColumn, charged: TextColumn, *, stated_at: Codes, charged_at: Codes
) -> tuple[pa.Array, Flags]:
    """The severity of each count (null where unknown), and whether it was inferred from the charge.

    `stated` is the severity of the conviction (CONV_STAT_DESCR), `charged` that of the charge (OFFENSE_TOC), each with
    the row of every count that says it. A text that is no severity is not replaced by the charge's.
    """
    silent = ~stated.filled[stated_at]
    stated_codes, charged_codes = (each.numbers(_severity, np.int32) for each in (stated, charged))
    codes = np.where(silent, charged_codes[charged_at], stated_codes[stated_at])
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), _NAMES), silent & (codes >= 0)
