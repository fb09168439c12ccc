"""What the relief did: what may be asked for, what was filed, what was granted; each figure with what it means.

The figures on people are those of `eligibility.impact`, measured against every conviction on record, of every county.
Potential is what stands in the run in use, filed is what a clerk took and nobody withdrew, granted is what a court
ordered. Small cells of race, gender and age are kept back, and one more where a total would give them away.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connection

from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.relief.models import Asked, CourtAnswer
from clearmyrecord.relief.people_told import Told, told_of_people
from clearmyrecord.reviews import queries as reviews
from eligibility import impact as figures
from eligibility.policy import OUTCOMES

STAGES: Final = {"potential": "Potential", "filed": "Filed", "granted": "Granted"}
SMALLEST_SHOWN: Final = 11
"""Cells of 1 to 10 people are kept back, as California's CHHS does (Data De-Identification Guidelines)."""
MINUTES: Final = 15
"""Staff minutes to read and decide one conviction by hand, until the office enters its own figure. An assumption."""
UNKNOWN: Final = "Unknown"
AGES: Final = (
    (0, 24, "24 and younger"),
    (25, 34, "25 to 34"),
    (35, 44, "35 to 44"),
    (45, 54, "45 to 54"),
    (55, 64, "55 to 64"),
    (65, 200, "65 and older"),
)
LOWERED: Final = ("misdemeanor", "infraction")
OUTCOME_OF: Final = {
    "sealed": "dismiss",
    "dismissed": "dismiss",
    "misdemeanor": "redesignate",
    "infraction": "redesignate",
    "resentenced": "resentence",
}
ON_RECORD = """
SELECT conviction.id, coalesce(subject.same_as_id, subject.id), conviction.severity, conviction.convicted_on,
       conviction.prop64, conviction.code_section, subject.birth_date
  FROM records_conviction conviction
  JOIN records_subject subject ON subject.id = conviction.subject_id
 WHERE conviction.newest_reading_id IS NOT NULL
 ORDER BY conviction.id
"""
UPLOAD_TO_GRANT = """
SELECT answer.decided_on - min(file.uploaded_at AT TIME ZONE %s)::date
  FROM relief_courtanswer answer
  JOIN batches_batchitem item ON item.id = answer.item_id
  JOIN records_reading reading ON reading.conviction_id = item.conviction_id
  JOIN records_filesubject seen ON seen.id = reading.file_subject_id
  JOIN records_recordfile file ON file.id = seen.file_id
 WHERE answer.superseded_at IS NULL AND answer.decision = 'granted'
 GROUP BY answer.id
"""
BATCHES = """
SELECT batch.id, batch.name, count(*),
       count(*) FILTER (WHERE asked.state NOT IN ('withdrawn', 'rejected') AND NOT EXISTS (
           SELECT 1 FROM relief_asked later
            WHERE later.conviction_id = asked.conviction_id AND later.id > asked.id
              AND later.state NOT IN ('withdrawn', 'rejected'))),
       count(*) FILTER (WHERE answer.decision = 'granted')
  FROM batches_batch batch
  JOIN batches_batchitem item ON item.batch_id = batch.id
  LEFT JOIN relief_asked asked ON asked.item_id = item.id
  LEFT JOIN relief_courtanswer answer ON answer.item_id = item.id AND answer.superseded_at IS NULL
 WHERE batch.state = 'approved'
 GROUP BY batch.id ORDER BY batch.id
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The figures of one stage."""

    convictions: int = 0
    people: int = 0
    sealed_felonies: int = 0
    sealed_misdemeanors: int = 0
    dismissed: int = 0  # while serving: without sealing
    to_misdemeanor: int = 0
    to_infraction: int = 0
    resentenced: int = 0
    no_felony: int = 0
    no_conviction: int = 0
    no_recent: int = 0


MEANS: Final = {
    "convictions": ("Convictions", "Counts of conviction, each once."),
    "people": ("People", "Everybody with at least one of them. Subjects confirmed to be one person are one."),
    "sealed_felonies": ("Dismissed and sealed: felonies", "Severity as convicted."),
    "sealed_misdemeanors": ("Dismissed and sealed: misdemeanors and others", "Severity as convicted, or unknown."),
    "dismissed": ("Dismissed, not sealed", "The sentence was not completed."),
    "to_misdemeanor": ("Lowered to a misdemeanor", "Redesignated under present law."),
    "to_infraction": ("Lowered to an infraction", "Redesignated under present law."),
    "resentenced": ("Resentenced", "While the sentence is being served."),
    "no_felony": (
        "People left with no felony",
        "They had one, and every felony on record, of any county, is dismissed or lowered. An unknown severity blocks.",
    ),
    "no_conviction": ("People left with no conviction", "Every conviction on record, of any county, is dismissed."),
    "no_recent": (
        "People left with none in seven years",
        "They had a conviction of the last seven years, and every one of them is dismissed. An unknown date blocks.",
    ),
}
"""Each figure's words and what it means, in the order of the report."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: what it counts, and how many at each stage; None is kept back."""

    label: str
    numbers: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A breakdown by one feature."""

    name: str
    title: str
    counts: str  # "convictions" or "people"
    lines: list[Line]

    @property
    def has_kept_back(self) -> bool:
        """Whether a cell is kept back."""
        return any(number is None for line in self.lines for number in line.numbers.values())


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report of a day."""

    day: date
    family_people: int
    """With a conviction of 11357 to 11360 in the office's county, as the run in use found."""
    family_convictions: int
    stages: dict[str, Stage]
    charts: list[Chart]
    batches: list[tuple[int, str, int, int, int]] = field(default_factory=list)
    """Approved batches: number, name, convictions, filed, granted. They add up to the figures: what was denied and then
    asked again in another batch is filed in that one."""
    days_to_grant: float | None = None
    """Median days from the first upload of a record file with the conviction to the day of the order."""

    def minutes_saved(self, minutes: int) -> int:
        """Staff minutes, if each conviction of the potential would have been decided by hand in `minutes`."""
        return minutes * self.family_convictions

    def chart(self, name: str) -> Chart:
        """Raises NotFound for a chart that the report has not."""
        found = next((chart for chart in self.charts if chart.name == name), None)
        if found is None:
            raise NotFound("The report has no such chart.")
        return found


@dataclass(frozen=True)
class _Known:
    """Every conviction on record in the order of its id, and what is told of each person."""

    ids: np.ndarray[Any, Any]
    person: np.ndarray[Any, Any]
    severity: list[str]
    years: list[int | None]
    sections: list[str]
    born: dict[int, date | None]
    told: dict[int, Told]
    on_record: figures.OnRecord


def report() -> Report:
    """The report of today. Constant queries, however many convictions."""
    day = office.today()
    known = _known(day)
    decided = list(reviews.standing().order_by().values_list(*STANDING))
    effects = {
        "potential": _potential(decided),
        "filed": dict(
            Asked.objects.exclude(state__in=(Asked.State.WITHDRAWN, Asked.State.REJECTED))
            .order_by("pk")  # denied, then asked again: the newest counts
            .values_list("conviction_id", "relief")
        ),
        "granted": dict(
            CourtAnswer.objects.filter(superseded_at=None, decision="granted")
            .order_by()
            .values_list("item__conviction_id", "granted_as")
        ),
    }
    places = {stage: _at(known, effect) for stage, effect in effects.items()}
    family = _at(known, dict.fromkeys((row[0] for row in decided), ""))[0]
    return Report(
        day=day,
        family_people=len(np.unique(known.person[family])),
        family_convictions=len(decided),
        stages={stage: _stage(known, *placed) for stage, placed in places.items()},
        charts=_charts(known, places, day),
        batches=_batches(),
        days_to_grant=_days_to_grant(),
    )


STANDING = ("conviction_id", "standing_outcome", "standing_sealing", "standing_new_severity")


def _potential(decided: Iterable[tuple[int, str, bool, str]]) -> dict[int, str]:
    effects = {}
    for conviction, outcome, sealing, severity in decided:
        if outcome == "dismiss":
            effects[conviction] = "sealed" if sealing else "dismissed"
        elif outcome in ("redesignate", "resentence"):
            effects[conviction] = severity if severity in LOWERED else "resentenced"
    return effects


def _known(day: date) -> _Known:
    with connection.cursor() as cursor:
        cursor.execute(ON_RECORD)
        rows = cursor.fetchall()
    ids, people, severity, days, prop64, sections, births = zip(*rows, strict=True) if rows else ((),) * 7
    table = pa.table(
        {
            "person": pa.array(people, pa.int64()),
            "severity": pa.array([text or None for text in severity], pa.string()),
            "date": pa.array(days, pa.date32()),
        }
    )
    return _Known(
        ids=np.array(ids, dtype=np.int64),
        person=np.array(people, dtype=np.int64),
        severity=list(severity),
        years=[each.year if each else None for each in days],
        sections=[family or section for family, section in zip(prop64, sections, strict=True)],
        born=dict(zip(people, births, strict=True)),
        told=told_of_people(),
        on_record=figures.OnRecord(table, as_of=day),
    )


def _at(known: _Known, effects: Mapping[int, str]) -> tuple[np.ndarray[Any, Any], list[str]]:
    """Where the convictions stand among all on record, and the effect of each. Gone from the record: left out."""
    wanted = np.array(sorted(effects), dtype=np.int64)
    place = np.searchsorted(known.ids, wanted)
    found = place < len(known.ids)
    found[found] = known.ids[place[found]] == wanted[found]
    return place[found], [effects[each] for each in wanted[found].tolist()]


def _stage(known: _Known, at: np.ndarray[Any, Any], effects: Sequence[str]) -> Stage:
    counted = Counter(effects)
    severities = [known.severity[place] for place in at.tolist()]
    felonies = sum(effect == "sealed" and old == "felony" for effect, old in zip(effects, severities, strict=True))
    decided = figures.Decided(
        at=at,
        outcome=np.array([OUTCOMES.index(OUTCOME_OF[effect]) for effect in effects], dtype=np.int64),
        code_section=pa.array(["HS 11357"] * len(at), pa.string()),
        severity=pa.array([text or None for text in severities], pa.string()),
        new_severity=pa.array([effect if effect in LOWERED else None for effect in effects], pa.string()),
    )
    left = figures.of_decided(known.on_record, decided) if len(at) else None
    return Stage(
        convictions=len(at),
        people=len(np.unique(known.person[at])),
        sealed_felonies=felonies,
        sealed_misdemeanors=counted["sealed"] - felonies,
        dismissed=counted["dismissed"],
        to_misdemeanor=counted["misdemeanor"],
        to_infraction=counted["infraction"],
        resentenced=counted["resentenced"],
        no_felony=left.people_with_no_felony if left else 0,
        no_conviction=left.people_with_no_conviction if left else 0,
        no_recent=left.people_with_no_recent_conviction if left else 0,
    )


def _charts(known: _Known, places: Mapping[str, tuple[Any, Any]], day: date) -> list[Chart]:
    at = {stage: placed[0].tolist() for stage, placed in places.items()}
    people = {stage: np.unique(known.person[placed[0]]).tolist() for stage, placed in places.items()}

    def of_convictions(name: str, title: str, labels: Sequence[object]) -> Chart:
        counted = {stage: Counter(str(labels[place] or UNKNOWN) for place in all_) for stage, all_ in at.items()}
        return Chart(name, title, "convictions", _lines(counted))

    def of_people(name: str, title: str, label: Callable[[int], str], order: Sequence[str] = ()) -> Chart:
        counted = {stage: Counter(label(person) or UNKNOWN for person in all_) for stage, all_ in people.items()}
        return Chart(name, title, "people", kept_back(_lines(counted, order)))

    def told(person: int) -> Told:
        return known.told.get(person, Told("", ""))

    bands = [name for *_, name in AGES]
    return [
        of_convictions("year", "By year of conviction", known.years),
        of_convictions("section", "By section", known.sections),
        of_convictions("severity", "By severity as convicted", [text.capitalize() for text in known.severity]),
        of_people("race", "By race, as the DOJ record has it", lambda person: told(person).race),
        of_people("gender", "By gender, as the DOJ record has it", lambda person: told(person).gender),
        of_people("age", "By age today", lambda person: age_band(known.born[person], day), bands),
    ]


def age_band(born: date | None, day: date) -> str:
    """The band of somebody's age on a day."""
    if born is None:
        return UNKNOWN
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return next((name for least, most, name in AGES if least <= age <= most), UNKNOWN)


def _lines(counted: Mapping[str, Counter[str]], order: Sequence[str] = ()) -> list[Line]:
    labels = set().union(*counted.values())
    shown = [name for name in order if name in labels] if order else sorted(labels - {UNKNOWN})
    shown += [UNKNOWN] if UNKNOWN in labels else []
    return [Line(label, {stage: numbers[label] for stage, numbers in counted.items()}) for label in shown]


def kept_back(lines: Sequence[Line]) -> list[Line]:
    """The lines with small cells kept back, and a second cell of a stage where the total would give one away."""
    hidden = {stage: _hidden([line.numbers[stage] or 0 for line in lines]) for stage in STAGES}
    return [
        Line(line.label, {stage: None if place in hidden[stage] else line.numbers[stage] for stage in STAGES})
        for place, line in enumerate(lines)
    ]


def _hidden(numbers: Sequence[int]) -> set[int]:
    small = {place for place, number in enumerate(numbers) if 0 < number < SMALLEST_SHOWN}
    if small and sum(numbers[place] for place in small) < SMALLEST_SHOWN:
        others = [place for place, number in enumerate(numbers) if number and place not in small]
        small |= set(sorted(others, key=lambda place: numbers[place])[:1])
    return small


def _batches() -> list[tuple[int, str, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(BATCHES)
        return list(cursor.fetchall())


def _days_to_grant() -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(UPLOAD_TO_GRANT, [settings.TIME_ZONE])
        days = [each for (each,) in cursor.fetchall()]
    return statistics.median(days) if days else None
