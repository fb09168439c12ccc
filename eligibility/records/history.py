"""From rows to a History: who the subjects are, what happened to them, and of what they were convicted.

Texts are trimmed and read in any case, what the first row of a count or a subject lacks a later one says, a sentence
part belongs to its own conviction, and the section is that of the offense convicted of.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.records.columns import first_row
from eligibility.records.counts import counts
from eligibility.records.people import drop_readings, from_courts, identify
from eligibility.records.problems import PROBLEMS, ROW_SET_ASIDE
from eligibility.records.row_groups import RowGroups, places_a_count
from eligibility.records.schema import EVENTS, History
from eligibility.records.sentences import read_sentences
from eligibility.records.subjects import subjects

__all__ = ["History", "build", "drop_readings", "from_courts", "identify"]


def build(rows: pa.Table, *, unreadable: pa.Table | None = None) -> History:
    """Gather the rows of one or several record files (told apart by `source`) into a History.

    `unreadable`: the problems that reading the files gave; rows set aside there are counted here.
    """
    unreadable = unreadable if unreadable is not None else PROBLEMS.empty_table()
    groups = RowGroups(rows)
    tables = subjects(groups), _events(groups), counts(groups), _sentences(groups)
    problems = pa.concat_tables([unreadable.cast(PROBLEMS), groups.problems.table()])
    return identify(History(*tables, problems, _reconciliation(groups, rows, unreadable)))


def _reconciliation(groups: RowGroups, rows: pa.Table, unreadable: pa.Table) -> dict[str, int]:
    """What became of every row that was read."""
    used_for_counts = len(groups.count_groups[1])
    telling = int(groups.tells_of_a_count.sum())
    rest = ~groups.tells_of_a_count
    set_aside = unreadable.filter(pc.equal(unreadable["done"], ROW_SET_ASIDE))
    unreadable_rows = set_aside.group_by(["source", "row"]).aggregate([]).num_rows
    return {
        "rows_read": rows.num_rows + unreadable_rows,
        "rows_counts": used_for_counts,
        "rows_added_to_one": telling - used_for_counts,
        "rows_registrations": int((rest & groups.is_registration).sum()),
        "rows_deaths": int((rest & groups.is_death).sum()),
        "rows_other_events": int((rest & ~groups.is_registration & ~groups.is_death).sum()),
        "rows_set_aside": groups.set_aside + unreadable_rows,
    }


def _events(groups: RowGroups) -> pa.Table:
    event, size = groups.event_groups
    first = first_row(event, size, np.ones(len(event), bool))
    dates = groups.event_dates
    dated = first_row(event, size, dates.known)
    return pa.table(
        [
            pa.array(np.arange(size), pa.int32()),
            pa.array(groups.subject[first], pa.int32()),
            pa.array(groups.source[first], pa.int16()),
            groups.order.mapped(lambda text: text[:3] if places_a_count(text) else "").at(first),
            groups.order.mapped(lambda text: text[3:6] if places_a_count(text) else "").at(first),
            dates.at(np.where(dated >= 0, dated, first)),
            dates.text.at(np.where(dated >= 0, dated, first)),
            groups.kind.at(first),
            groups.text("STP_ORI_DESCR").at(first),
            groups.county.at(first),
            groups.rows["row"].take(pa.array(first)).combine_chunks(),
        ],
        schema=EVENTS,
    )


def _sentences(groups: RowGroups) -> pa.Table:
    count_of_row, row_of = groups.count_groups
    parts, unread = read_sentences(
        groups.text("SENT_LOC_DESCR"),
        groups.text("SENT_LENGTH"),
        groups.text("SENT_TIME_CODE"),
        count_of_row=count_of_row,
        convicted_counts=groups.convicted[row_of],
    )
    what = "The length of the sentence can't be read."
    groups.note(groups.rows, unread, "SENT_LENGTH", what, "sentence length unknown")
    row = groups.rows["row"].combine_chunks().take(parts["row"].combine_chunks())
    return parts.set_column(1, "row", row)
