"""Convictions of a court's extract in the columns of a DOJ research file, so that a History can be built from them."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.records.columns import Codes
from eligibility.records.doj import ROWS
from eligibility.records.layout import COLUMNS

NO_SENTENCE = "SENTENCE NOT IN THE EXTRACT"
"""Stands for a sentence that the extract doesn't give: its end is then unknown, never taken as reached."""


def as_rows(extract: pa.Table, *, county: str, subjects: Sequence[str]) -> pa.Table:
    """One row per conviction of `extract` (columns of `court.EXTRACT`), in ROWS; `subjects` names each one's subject.

    Every conviction is a cycle of its own. What the extract says in words of its own (a sentence) stays text.
    """
    size = extract.num_rows
    blank = pa.repeat(pa.scalar(""), size)
    cycles = _place_within(subjects)
    orders = pa.array([f"{place + 1:03}001001000" for place in cycles.tolist()], pa.string())
    sentence = pc.if_else(pc.equal(_text(extract["sentence"]), ""), NO_SENTENCE, _text(extract["sentence"]))
    given = {
        "SUBJECT_ID": pa.array(list(subjects), pa.string()),
        "PRI_NAME": _text(extract["name"]),
        "PRI_DOB": _day(extract["birth_date"]),
        "STP_EVENT_DATE": _day(extract["date"]),
        "STP_TYPE_DESCR": pa.repeat(pa.scalar("COURT ACTION"), size),
        "STP_ORI_DESCR": _text(extract["court"]),
        "STP_ORI_CNTY_NAME": pa.repeat(pa.scalar(county), size),
        "CNT_ORDER": orders,
        "OFN": _text(extract["case_number"]),
        "OFFENSE_DESCR": _text(extract["section_text"]),
        "DISP_DESCR": pa.repeat(pa.scalar("CONVICTED"), size),
        "CONV_STAT_DESCR": pc.utf8_upper(_text(extract["severity"])),
        "SENT_LOC_DESCR": pc.utf8_upper(sentence),
    }
    place = [pa.repeat(pa.scalar(0, pa.int16()), size), extract["row"], extract["line"]]
    return pa.table([*place, *(given.get(name, blank) for name in COLUMNS)], schema=ROWS)


def _place_within(subjects: Sequence[str]) -> Codes:
    """How many convictions of the same subject stand before each."""
    seen: dict[str, int] = {}
    found = np.zeros(len(subjects), np.int64)
    for at, subject in enumerate(subjects):
        found[at] = seen.get(subject, 0)
        seen[subject] = int(found[at]) + 1
    return found


def _text(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    return pc.fill_null(flat, "")


def _day(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(pc.strftime(column.combine_chunks(), "%Y%m%d"), "")
