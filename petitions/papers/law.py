"""What the law lets a paper say: checked on the data before a line is drafted, each rule with its source."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from petitions.papers import words
from petitions.papers.characters import named, unprintable_in
from petitions.papers.data import (
    HEARING_CHOICES,
    SERVING_STATUSES,
    Attorney,
    CaseFile,
    ConvictionLine,
    Court,
    Office,
    Route,
)
from petitions.wording import Wording

NO_OFFENSE_GROUND: Final = "no_offense_11361_8_a"  # serving only: H&S § 11361.8(a) names no section
LISTED_GROUND: Final = "treated_as_listed"  # the attorney's reading, with authority
DESTROYED: Final = "may have been destroyed under H&S § 11361.5: confirm that the court still has it."
RANK: Final = {"infraction": 1, "misdemeanor": 2, "felony": 3}

# What the old offense is today for an adult, and how severe that is (law.md 3.2; H&S § 11357 ff.).
NOW: Final = {
    "11357": {"11357(b)(2)": "misdemeanor", "11357(a)(2)": "infraction"},
    "11358": {"11358(c)": "misdemeanor", "11358(b)": "infraction"},
    "11359": {"11359(b)": "misdemeanor"},
    "11360": {"11360(a)(2)": "misdemeanor", "11360(b)": "infraction"},
}


def reasons(file: CaseFile) -> list[str]:
    """Every reason why the papers of this case can't be drafted, in plain English; empty when they can."""
    case = file.case
    found = [*file.wording.problems(), *unprintable(file, "")]
    found += office_reasons(file.office, file.attorney, case.court)
    if not case.convictions:
        return [*found, "The case has no conviction to ask relief for."]
    if not case.number.strip():
        found.append("The case has no case number.")
    elif case.court.case_number_pattern and not re.fullmatch(case.court.case_number_pattern, case.number):
        found.append(f"The case number {case.number} does not have the form of the court's case numbers.")
    if not case.defendant_name.strip(" ,"):
        found.append("The case has no defendant's name.")
    if not file.source_files:
        found.append("No record file is named that the declaration could rest on.")
    found += _route(file) + _indistinct(file)
    for line in case.convictions:
        found += conviction_reasons(line, case.route, file.as_of)
    return found


def unprintable(value: Any, where: str) -> Iterator[str]:
    """Characters the typeface lacks, or that reverse, hide or break text (Unicode categories C and Z, but blank)."""
    if isinstance(value, Wording):
        return  # has checks of its own
    if isinstance(value, str):
        for character in unprintable_in(value):
            yield f"{where or 'The text'} holds {named(character)}, which a court paper can't print."
    elif is_dataclass(value):
        for name, label in _labels(value.__class__):
            part = getattr(value, name)
            if not _needs_no_look(part):
                yield from unprintable(part, label)
    elif isinstance(value, tuple):
        for item in value:
            yield from unprintable(item, where)
    elif hasattr(value, "items"):
        for key, item in value.items():
            yield from unprintable(item, f"The stated {key.replace('_', ' ')}")


def _needs_no_look(value: Any) -> bool:
    """Thousands of cases share most of their texts: those are passed over, and so is what holds no text at all."""
    return not unprintable_in(value) if isinstance(value, str) else value is None or isinstance(value, (bool, date))


@cache
def _labels(kind: type) -> tuple[tuple[str, str], ...]:
    return tuple((part.name, f"The {part.name.replace('_', ' ')}") for part in fields(kind))


def office_reasons(office: Office, attorney: Attorney, court: Court) -> list[str]:
    """Rule 2.111(1) and section 8, point 10: what the attorney block and the title of the court may not lack."""
    needed = {
        "the attorney's name": attorney.name,
        "the attorney's State Bar number": attorney.bar_number,
        "the attorney's telephone number": attorney.phone or office.phone,
        "the office's address": "".join(office.address),
        "the district attorney's name": office.district_attorney,
        "the county": court.county,
        "the court's branch": court.branch,
    }
    return [f"The office page lacks {what}." for what, value in needed.items() if not value.strip()]


def _route(file: CaseFile) -> list[str]:
    case = file.case
    if case.route == "serving":
        form = case.serving
        if form is None:
            return ["The defendant is serving a sentence: status, controlling term, credits and hearing are not given."]
        told = {
            "status": form.status if form.status in SERVING_STATUSES else "",
            "controlling term": form.controlling_term,
            "credits": form.credits,
            "hearing choice": form.hearing if form.hearing in HEARING_CHOICES else "",
            "source": form.source,
        }
        return [
            f"The form for a person serving a sentence lacks the {what}." for what, value in told.items() if not value
        ]
    if case.route != "completed":
        return ["Whether the sentence is completed is not known; nothing is drafted before that."]
    return []


def _indistinct(file: CaseFile) -> list[str]:
    """Convictions alike on paper must get the same relief, or the court's own count numbers (section 5)."""
    groups: dict[tuple[object, ...], list[ConvictionLine]] = defaultdict(list)
    for line in file.case.convictions:
        groups[words.named_by(line)].append(line)
    found = []
    for lines in groups.values():
        reliefs = {(line.relief, line.new_section, line.new_severity) for line in lines}
        numbers = {line.court_count_number for line in lines}
        if len(reliefs) > 1 and (None in numbers or len(numbers) < len(lines)):
            found.append(
                f"{len(lines)} convictions of section {lines[0].section} of {words.long_date(lines[0].convicted_on)} "
                "get different relief and nothing tells them apart on paper: state the court's count numbers."
            )
    return found


def to_confirm(file: CaseFile) -> list[str]:
    """What somebody must answer before the papers are filed; it stops no draft.

    Courts destroy records of 11357 and 11360(b) after two years (H&S § 11361.5): a destroyed file can't be moved on.
    """
    return [
        f"Section {line.section} of {words.long_date(line.convicted_on)} {DESTROYED}"
        for line in file.case.convictions
        if may_be_destroyed(line, file.as_of) and not file.case.court_has_record
    ]


def may_be_destroyed(line: ConvictionLine, as_of: date) -> bool:
    """Whether it is a conviction of 11357 or 11360(b) more than two years old."""
    return record_may_be_destroyed(line.code, line.section, line.convicted_on, as_of)


def record_may_be_destroyed(code: str, section: str, convicted_on: date, as_of: date) -> bool:
    """Whether the court's record of such a conviction may be gone by `as_of`: kept two years only (H&S § 11361.5)."""
    short_lived = words.base_section(section) == "11357" or section.startswith("11360(b)")
    return code == "HS" and short_lived and _years_after(convicted_on, 2) < as_of


def conviction_reasons(line: ConvictionLine, route: Route, as_of: date) -> list[str]:
    """Every reason why no paper may ask this relief for this conviction on this route."""
    who = f"Section {line.section} of {words.long_date(line.convicted_on)}"
    found = []
    if line.code not in words.CODES:
        return [f"{who}: papers have no name for the code “{line.code}”."]
    if not words.base_section(line.section):
        return [f"{who}: the section is missing."]
    if line.convicted_on > as_of:
        found.append(f"{who}: the conviction date lies after the date of the run.")
    if line.sealing != (line.relief == "dismiss" and route == "completed"):
        found.append(
            f"{who}: sealing goes with dismissal of a completed sentence, nothing else (H&S § 11361.8(e), (f))."
        )
    if line.relief == "resentence" and route != "serving":
        found.append(f"{who}: only a sentence still being served is recalled for resentencing (H&S § 11361.8(a)).")
    if line.relief == "redesignate" and route != "completed":
        found.append(
            f"{who}: only a completed sentence is redesignated (H&S § 11361.8(e)); while serving, resentenced."
        )
    found += [f"{who}: {reason}" for reason in (*_ground(line, route), *_basis(line), *_completed(line, route, as_of))]
    if line.relief in ("redesignate", "resentence"):
        found += [f"{who}: {reason}" for reason in _lesser(line)]
    elif line.new_section or line.new_severity:
        found.append(f"{who}: a dismissal has no new section or severity.")
    if _has_exceptions(line) and not line.may_say_no_exception:
        found.append(f"{who}: a possible ground to oppose is open; an attorney must answer why it is no bar.")
    return found


def _completed(line: ConvictionLine, route: Route, as_of: date) -> Iterator[str]:
    """Why the sentence may be called completed: stated, computed before the run's date, or over five years ago."""
    if route != "completed" or "sentence_ended_on" in line.stated:
        return
    if line.sentence_end is None and not _years_after(line.convicted_on, 5) < as_of:
        yield "nothing shows that the sentence is completed: no sentence in the record, and not five years passed."
    if line.sentence_end and line.sentence_end >= as_of:
        yield "the sentence according to the DOJ record was not over by the date of the run."


def _years_after(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def _has_exceptions(line: ConvictionLine) -> bool:
    """Sections 11358, 11359 and 11360(a) know exceptions for priors; 11357 and 11360(b) none (law.md 3.3)."""
    return line.code == "HS" and (
        words.base_section(line.section) in ("11358", "11359")
        or (words.base_section(line.section) == "11360" and not line.section.startswith("11360(b)"))
    )


def has_exceptions(line: ConvictionLine) -> bool:
    """Whether the papers say that no exception applies to this conviction."""
    return _has_exceptions(line) and line.may_say_no_exception


def _ground(line: ConvictionLine, route: Route) -> Iterator[str]:
    """Section 11361.8(e) names four sections; anything else goes on no motion without an attorney's ground."""
    if line.attempt_text and line.attempt_text not in words.PARTS:
        yield "a conspiracy is no conviction of the listed section (People v. Medina (2018) 24 Cal.App.5th 61)."
    if words.is_listed(line):
        return
    if line.ground == NO_OFFENSE_GROUND:
        if route != "serving":
            yield "the ground H&S § 11361.8(a) reaches a person still serving the sentence only."
    elif line.ground == LISTED_GROUND:
        if not (line.ground_authority or "").strip():
            yield "the ground “treated as listed” needs its authority."
    else:
        yield "it needs a legal ground chosen by an attorney: H&S § 11361.8(e) does not name the offense."


def _basis(line: ConvictionLine) -> Iterator[str]:
    if line.relief == "dismiss" and line.basis == "statute" and not words.stated_facts(line):
        yield "a dismissal on the statute's own terms needs a stated fact (amount, plants, age); none is stated."


def _lesser(line: ConvictionLine) -> Iterator[str]:
    """Redesignation and resentencing name the present offense, lower than the old one (H&S § 11361.8(b), (f))."""
    if not line.new_section or not line.new_severity:
        yield "the new section and severity are missing."
        return
    known = NOW.get(words.base_section(line.section), {}) if line.code == "HS" else {}
    if known and known.get(line.new_section) != line.new_severity:
        yield f"{line.section} is not {words.a(line.new_severity)} under {line.new_section} today."
    if line.new_severity == "infraction" and not words.stated_facts(line):
        yield "an infraction depends on amount and age, and neither is stated."
    if line.severity and RANK[line.severity] <= RANK[line.new_severity]:
        yield f"it is {words.a(line.severity)} already: {words.a(line.new_severity)} would be no lesser offense."
    if line.severity is None and words.base_section(line.section) not in ("11358", "11359", "11360"):
        yield "the old severity is not stated, and the section alone does not show that the new one is lower."
    if line.severity is None and line.section.startswith("11360(b)"):
        yield "the old severity is not stated, and the section alone does not show that the new one is lower."
