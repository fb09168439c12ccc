"""gogen.json: the figures of a run.

Two of its values depend on the clock in the older tool, and not here: the 7-year window ends on the as-of date, and a
file without any Prop 64 conviction in the county has the as-of date as its earliest.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from eligibility.compatible import days
from eligibility.compatible.facts import Facts, Flags
from eligibility.compatible.flows import DISMISSAL, REDUCTION, Decided, dismiss_all
from eligibility.options import Options


def of_file(facts: Facts, decided: Decided, options: Options) -> dict[str, Any]:
    """The figures of one file."""
    listed = facts.in_county & facts.is_listed
    dates = facts.date[listed]
    earliest = int(dates.min()) if len(dates) else facts.as_of
    dismissed = listed & (decided.determination == DISMISSAL)
    reduced = listed & (decided.determination == REDUCTION)
    reasons = Counter(each.decode("utf-8", "replace") for each in decided.reason[dismissed].tolist())
    reductions = Counter(each.decode("utf-8", "replace") for each in decided.reason[reduced].tolist())
    relieved = (decided.determination == DISMISSAL) | (decided.determination == REDUCTION)
    return {
        "county": facts.county.decode("utf-8", "surrogateescape"),
        "earliestConviction": f"{np.datetime64(earliest, 'D')}T00:00:00Z",
        "lineCount": facts.rows.length,
        "processingTimeInSeconds": 0.0,
        "reliefWithCurrentEligibilityChoices": _relief(facts, decided),
        "reliefWithDismissAllProp64": _relief(facts, dismiss_all(facts)),
        "prop64ConvictionsCountInCountyByCodeSection": {
            section.decode(): number for section, number in sorted(Counter(facts.listed[listed].tolist()).items())
        },
        "subjectsWithProp64ConvictionCountInCounty": _people(facts, listed),
        "prop64FelonyConvictionsCountInCounty": int((listed & facts.is_felony).sum()),
        "prop64NonFelonyConvictionsCountInCounty": int((listed & ~facts.is_felony).sum()),
        "subjectsWithSomeReliefCount": _people(facts, relieved),
        "convictionDismissalCountByCodeSection": {
            each: reasons[f"Dismiss all HS {each} convictions"] for each in options.dismiss
        },
        "convictionReductionCountByCodeSection": {
            each: reductions[f"Reduce all HS {each} convictions"] for each in options.reduce
        },
        "convictionDismissalCountByAdditionalRelief": {
            reason: number
            for reason, number in sorted(reasons.items())
            if not reason.startswith(("Dismiss all HS", "Misdemeanor or Infraction"))
        },
    }


def _people(facts: Facts, of: Flags) -> int:
    return int((facts.per_subject(of) > 0).sum())


def _relief(facts: Facts, decided: Decided) -> dict[str, int]:
    """Subjects all of whose convictions of a kind got relief."""
    dismissed = decided.determination == DISMISSAL
    relieved = dismissed | (decided.determination == REDUCTION)
    everything = np.ones(len(facts.row), dtype=bool)
    recent = facts.date > days.years_before(facts.as_of, 7)

    def people(of: Flags, relief: Flags) -> int:
        number = facts.per_subject(of)
        return int(((number > 0) & (number == facts.per_subject(of & relief))).sum())

    return {
        "CountSubjectsNoFelony": people(facts.is_felony, relieved),
        "CountSubjectsNoConvictionLast7Years": people(recent, dismissed),
        "CountSubjectsNoConviction": people(everything, dismissed),
    }


def added(run: dict[str, Any] | None, file: dict[str, Any]) -> dict[str, Any]:
    """The figures of a run with one more file."""
    if run is None:
        return file
    found = dict(file)
    for key, value in run.items():
        if isinstance(value, dict):
            found[key] = {each: value.get(each, 0) + file[key].get(each, 0) for each in {**value, **file[key]}}
        elif isinstance(value, int):
            found[key] = value + file[key]
    found["earliestConviction"] = min(run["earliestConviction"], file["earliestConviction"])
    return found
