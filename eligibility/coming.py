"""What the passing of time brings: who becomes eligible on which coming day, and what a date changes by itself.

The same people under the same policy as of several days. Law that takes effect on a date is applied from that date on,
since every rule asks the law's tables as of the day it decides on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.compare import Difference, Side, difference, facts_under, side_of
from eligibility.evaluate import RELIEF
from eligibility.impact import OnRecord
from eligibility.policy import OUTCOMES, Policy
from eligibility.records.people import only_people
from eligibility.records.schema import History

LOOKED_AT = 30
"""Days between the days on which everybody is looked at; who is eligible on one of them is then followed day by day."""

ELIGIBLE = pa.array([OUTCOMES[each] for each in RELIEF])


def over_time(
    history: History, policy: Policy, *, county: str, days: Sequence[date], stated: pa.Table | None = None
) -> list[Difference]:
    """What each later one of `days` changes against the first, under one policy."""
    convictions = history.counts.filter(history.counts["convicted"])

    def side(day: date) -> tuple[OnRecord, Side]:
        on_record = OnRecord(convictions, as_of=day)
        facts = facts_under(policy, history, county=county, as_of=day, stated=stated)
        return on_record, side_of(facts, policy, on_record)

    _, first = side(days[0])
    return [difference(on_record, first, then) for on_record, then in map(side, days[1:])]


def coming(
    history: History, policy: Policy, *, county: str, as_of: date, ahead: int = 90, stated: pa.Table | None = None
) -> pa.Table:
    """Convictions not eligible for relief on `as_of` that are on a day within `ahead` days, with the first such day.

    The columns of `Difference.table` and `on` (date32): what was found as of `as_of` and on that day; in the order of
    the days, then of the files. Everybody is looked at every LOOKED_AT days and on the last: who is eligible for less
    than that between two of them is not found.
    """
    last = as_of + timedelta(days=ahead)
    looks = [*(as_of + timedelta(days=each) for each in range(0, ahead, LOOKED_AT)), last]
    asked = {"county": county, "stated": stated}
    found = [_eligible(each.table) for each in over_time(history, policy, days=looks, **asked)]  # type: ignore[arg-type]
    people = pc.unique(pa.concat_tables(found)["person"].combine_chunks())
    if not len(people):
        return _on(found[0], as_of)
    theirs = only_people(history, people)
    days = [as_of + timedelta(days=each) for each in range(ahead + 1)]
    changes = over_time(theirs, policy, days=days, **asked)  # type: ignore[arg-type]
    dated = [_on(_eligible(each.table), day) for each, day in zip(changes, days[1:], strict=True)]
    return _first_of_each(pa.concat_tables(dated))


def _eligible(table: pa.Table) -> pa.Table:
    """Convictions that are eligible after and were not before."""
    was, then = (pc.is_in(table[f"outcome_{when}"], ELIGIBLE) for when in ("before", "after"))
    return table.filter(pc.and_(then, pc.invert(was)))


def _on(table: pa.Table, day: date) -> pa.Table:
    return table.append_column("on", pa.array([day] * table.num_rows, pa.date32()))


def _first_of_each(table: pa.Table) -> pa.Table:
    """The first row of each conviction; the table is in the order of the days."""
    key = table["source"].to_numpy().astype(np.int64) << 32 | table["row"].to_numpy().astype(np.int64)
    _, first = np.unique(key, return_index=True)
    return table.take(pa.array(np.sort(first)))
