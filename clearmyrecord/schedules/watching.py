"""The standing watch list, and what a date brings: the people of the run in use, as of coming days. Writes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from clearmyrecord.records.models import Subject
from clearmyrecord.runs import evaluation
from clearmyrecord.runs.models import Run
from clearmyrecord.runs.prepared import Gathered
from eligibility.coming import ELIGIBLE, coming, over_time
from eligibility.compare import Difference, compare

WINDOWS = (30, 60, 90)
"""Days ahead."""


@dataclass(frozen=True)
class Watched:
    """A conviction that becomes eligible on a coming day if nothing else happens. `conviction`: None if not known."""

    conviction: int | None
    person: int
    code_section: str
    convicted_on: date | None
    on: date
    days: int
    outcome_now: str
    reason_now: str
    outcome_then: str
    reason_then: str


def watch_list(run: Run, gathered: Gathered, *, today: date) -> list[Watched]:
    """Who becomes eligible after `today` under the run's policy within the widest window, by day."""
    table = coming(
        gathered.history,
        evaluation.engine_policy(run.policy.text),
        county=run.county,
        as_of=today,
        ahead=WINDOWS[-1],
        stated=gathered.stated(),
    )
    known = {(each.source, each.row): each.conviction for each in gathered.convictions}
    return [
        Watched(
            conviction=known.get((row["source"], row["row"])),
            person=row["person"],
            code_section=row["code_section"] or "",
            convicted_on=row["conviction_date"],
            on=row["on"],
            days=(row["on"] - today).days,
            outcome_now=row["outcome_before"],
            reason_now=row["reason_before"],
            outcome_then=row["outcome_after"],
            reason_then=row["reason_after"],
        )
        for row in table.to_pylist()
    ]


def eligible_since(run: Run, gathered: Gathered, *, today: date) -> int:
    """Convictions that became eligible by time alone between the run's day and `today`: a new run finds them."""
    if today <= run.as_of:
        return 0
    policy, stated = evaluation.engine_policy(run.policy.text), gathered.stated()
    days = [run.as_of, today]
    (found,) = over_time(gathered.history, policy, county=run.county, days=days, stated=stated)
    was, now = (pc.is_in(found.table[f"outcome_{when}"], ELIGIBLE) for when in ("before", "after"))
    return int(pc.sum(pc.and_(now, pc.invert(was))).as_py() or 0)


def by_rule(watched: list[Watched]) -> list[tuple[str, str, list[int]]]:
    """By outcome and what will decide: how many within each window; the most first."""
    kinds = Counter((each.outcome_then, each.reason_then) for each in watched)
    return [
        (*kind, [sum((w.outcome_then, w.reason_then) == kind and w.days <= days for w in watched) for days in WINDOWS])
        for kind, _ in kinds.most_common()
    ]


def names_of(watched: list[Watched]) -> dict[int, Subject]:
    """The people, by the person's number."""
    return Subject.objects.in_bulk({each.person for each in watched})


def on_date(run: Run, gathered: Gathered, text: str, *, today: date, then: date) -> tuple[Difference, Difference]:
    """What `then` changes against today: by time and law alone, and by a policy of this text from that day on."""
    own, chosen = evaluation.engine_policy(run.policy.text), evaluation.engine_policy(text)
    asked = {"county": run.county, "stated": gathered.stated()}
    (by_time,) = over_time(gathered.history, own, days=[today, then], **asked)
    by_policy = compare(gathered.history, [own, chosen], as_of=then, **asked).differences[0]
    return by_time, by_policy
