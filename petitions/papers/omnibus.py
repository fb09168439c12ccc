"""The omnibus motion: one motion, declaration and order for many cases of one outcome, route and basis (Exhibit A).

A sentence still being served is never in it: each needs its own hearing choice. A conviction outside sections 11357 to
11360 needs an attorney's ground of its own and so a motion of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from petitions.papers import law, motion, words
from petitions.papers.data import (
    Approval,
    Attorney,
    ConvictionLine,
    Court,
    Office,
    PolicyNote,
    Signature,
    SourceFile,
)
from petitions.papers.declaration import in_eights, named_files
from petitions.papers.drafts import Caption, Draft, composed, file_name
from petitions.papers.order import CONCEDED
from petitions.wording import STANDARD, Wording

TO_BE_ASSIGNED: Final = "(to be assigned by the Court)"
EXHIBITS: Final = {
    ("dismiss", None): ("A-1", "Dismiss and Seal Convictions"),
    ("redesignate", "misdemeanor"): ("A-2", "Redesignate as Misdemeanors the Convictions"),
    ("redesignate", "infraction"): ("A-3", "Redesignate as Infractions the Convictions"),
}


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """One conviction of one person in one case."""

    person: str  # the caller's identity of the person; never printed
    case_number: str
    defendant_name: str  # as the DOJ record writes it, or as stated
    name_is_stated: bool
    line: ConvictionLine


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What the court needs to find the person and no public paper may carry."""

    birth_date: date | None
    cii: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Omnibus:
    """Everything an omnibus motion, its declaration, order and exhibit are drafted from."""

    office: Office
    attorney: Attorney
    court: Court
    number: str  # the miscellaneous number the court assigned; empty before
    rows: tuple[ExhibitRow, ...]
    source_files: tuple[SourceFile, ...]
    policy: PolicyNote
    approval: Approval
    as_of: date
    engine_version: str
    left_out: tuple[tuple[str, int], ...] = ()  # why, and how many convictions
    defender_given_list_on: date | None = None
    identifiers: Mapping[str, Identifiers] = field(default_factory=dict)  # by person
    wording: Wording = STANDARD
    signature: Signature | None = None

    @property
    def first(self) -> ConvictionLine:
        return self.rows[0].line

    @property
    def exhibit(self) -> str:
        """A-1, A-2 or A-3."""
        return EXHIBITS[self.first.relief, self.first.new_severity][0]

    @property
    def subject(self) -> str:
        """What titles name: Dismiss and Seal Convictions Listed in Exhibit A-1."""
        return f"{EXHIBITS[self.first.relief, self.first.new_severity][1]} Listed in Exhibit {self.exhibit}"

    @property
    def totals(self) -> str:
        """3,264 convictions of 2,399 persons in 2,512 cases."""
        people, cases = len({row.person for row in self.rows}), len({row.case_number for row in self.rows})
        return f"{_many(len(self.rows), 'conviction')} of {_many(people, 'person')} in {_many(cases, 'case')}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_order(omnibus: Omnibus) -> list[ExhibitRow]:
    """The rows as the exhibit prints them: by case number, figures as numbers, then name, date and section."""
    return sorted(
        omnibus.rows,
        key=lambda row: place(
            row.case_number, row.defendant_name, row.line.convicted_on.isoformat(), row.line.section, row.line.key
        ),
    )


def place(case_number: str, defendant_name: str, convicted_on: str, section: str, key: str) -> tuple[Any, ...]:
    """Where a row stands in the exhibit, to sort by. `convicted_on`: year-month-day; `key`: the conviction's."""
    figures = [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", case_number)]
    return (figures, defendant_name, convicted_on, section, key)


def reasons(omnibus: Omnibus) -> list[str]:
    """Every reason why the omnibus papers can't be drafted, in plain English; empty when they can."""
    found = omnibus.wording.problems() + law.office_reasons(omnibus.office, omnibus.attorney, omnibus.court)
    if not omnibus.rows:
        return [*found, "The list has no conviction to ask relief for."]
    if not omnibus.source_files:
        found.append("No record file is named that the declaration could rest on.")
    found += [*law.unprintable((omnibus.office, omnibus.attorney, omnibus.court, omnibus.number), "")]
    found += [*law.unprintable((omnibus.policy, omnibus.source_files, omnibus.engine_version), "")]
    found += [*law.unprintable(tuple(why for why, _ in omnibus.left_out), "The reason for leaving out")]
    found += _one_of_each(omnibus)
    for row in omnibus.rows:
        found += [f"Case {row.case_number}: {reason}" for reason in _row(row, omnibus)]
    return found


def _one_of_each(omnibus: Omnibus) -> list[str]:
    """One outcome and basis (the route is the completed one), and no conviction twice."""
    first, found = omnibus.first, []
    kinds: dict[str, set[str | None]] = {
        "relief": {row.line.relief for row in omnibus.rows},
        "basis": {row.line.basis for row in omnibus.rows},
        "new severity": {row.line.new_severity for row in omnibus.rows},
    }
    for what, of in kinds.items():
        if len(of) > 1:
            found.append(f"An exhibit has one {what}; this list has {len(of)}: split it.")
    if (first.relief, first.new_severity) not in EXHIBITS:
        found.append("Only dismissals and redesignations of completed sentences go on an omnibus motion.")
    twice = [key for key, times in Counter(row.line.key for row in omnibus.rows).items() if times > 1]
    if twice:
        found.append(f"{len(twice)} convictions are listed more than once.")
    return found


def _row(row: ExhibitRow, omnibus: Omnibus) -> list[str]:
    found = law.conviction_reasons(row.line, "completed", omnibus.as_of)
    found += [*law.unprintable((row.case_number, row.defendant_name), "The row"), *law.unprintable(row.line, "")]
    if not row.case_number.strip():
        found.append("there is no case number.")
    elif omnibus.court.case_number_pattern and not re.fullmatch(omnibus.court.case_number_pattern, row.case_number):
        found.append("the number does not have the form of the court's case numbers.")
    if not row.defendant_name.strip(" ,"):
        found.append("there is no defendant's name.")
    if row.line.code in words.CODES and not words.is_listed(row.line):
        found.append("a conviction that rests on an attorney's ground needs a motion of its own.")
    return found


def drafts(omnibus: Omnibus, *, volumes: int) -> list[Draft]:
    """Motion, declaration and proposed order. The data has passed `reasons`; `volumes` as the exhibit was planned."""
    return [_motion(omnibus, volumes), _declaration(omnibus, volumes), _order(omnibus, volumes)]


def caption(omnibus: Omnibus) -> Caption:
    """The caption of every paper of the list."""
    return Caption(
        office=omnibus.office,
        attorney=omnibus.attorney,
        court=omnibus.court,
        case_number=omnibus.number or TO_BE_ASSIGNED,
        defendant=f"THE PERSONS LISTED IN EXHIBIT {omnibus.exhibit}",
        role="Defendants",
        wording_version=omnibus.wording.version,
        signature=omnibus.signature,
    )


def _listed(omnibus: Omnibus) -> str:
    return f"the {_many(len(omnibus.rows), 'conviction')} listed in Exhibit {omnibus.exhibit}"


def _motion(omnibus: Omnibus, volumes: int) -> Draft:
    return composed(
        caption(omnibus),
        kind="motion",
        title=f"People’s Omnibus Notice of Motion and Motion to {omnibus.subject}; Memorandum of Points and "
        "Authorities",
        footer=f"People’s Omnibus Motion to {omnibus.subject}",
        template="motion.html",
        file_name=file_name(omnibus.number or "omnibus", f"exhibit-{omnibus.exhibit}-motion"),
        must_say=(omnibus.totals,),
        source=(omnibus.office, omnibus.attorney, omnibus.court, omnibus.policy, omnibus.source_files),
        hearing=["No hearing requested (Health & Saf. Code, § 11361.8(g))"],
        apart=False,
        notice=[_notice(omnibus), _rests_on(omnibus, volumes), _facts(omnibus)],
        memorandum=[omnibus.wording.say("memorandum.completed_law", act=motion.ACT), *_why(omnibus)],
        closing=omnibus.wording.say("memorandum.closing"),
    )


def _notice(omnibus: Omnibus) -> str:
    listed, line, say = _listed(omnibus), omnibus.first, omnibus.wording.say
    if line.relief == "dismiss":
        asked = say("omnibus.ask_dismiss", listed=listed)
    else:
        asked = say("omnibus.ask_redesignate", listed=listed, severity=words.a(line.new_severity or ""))
    met = "motion.ground_met" if line.basis == "statute" else "motion.ground_presumed"
    grounds = [say("omnibus.ground_completed"), say(met, section="11361.8(e)")]
    if line.basis == "policy":
        grounds.append(say("motion.ground_policy"))
    opening = say("omnibus.opening", exhibit=omnibus.exhibit, order=asked)
    return f"{opening} {say('motion.grounds', grounds=words.joined(grounds, 'and that'))}"


def _rests_on(omnibus: Omnibus, volumes: int) -> str:
    say = omnibus.wording.say
    rests = say("omnibus.rests_on", exhibit=omnibus.exhibit, volumes=_many(volumes, "volume"))
    return f"{rests} {say('motion.no_hearing')}"


def _facts(omnibus: Omnibus) -> str:
    say = omnibus.wording.say
    said = [say("omnibus.record", totals=omnibus.totals), *_sentences(omnibus), say("omnibus.unchallenged")]
    if omnibus.defender_given_list_on:
        said.append(say("omnibus.defender", day=words.long_date(omnibus.defender_given_list_on)))
    return " ".join(said)


def _sentences(omnibus: Omnibus) -> list[str]:
    """Why the sentences count as completed, with the number of convictions for each reason."""
    lines, say = [row.line for row in omnibus.rows], omnibus.wording.say
    stated = sum("sentence_ended_on" in line.stated for line in lines)
    shown = sum("sentence_ended_on" not in line.stated and line.sentence_end is not None for line in lines)
    none = len(lines) - stated - shown
    ended = []
    if shown:
        ended.append(say("omnibus.sentence_computed", number=f"{shown:,}", day=words.long_date(omnibus.as_of)))
    if none:
        ended.append(say("omnibus.no_sentence", number=f"{none:,}"))
    said = [say("omnibus.sentences", ended=words.joined(ended))] if ended else []
    return [*said, say("omnibus.sentence_stated", number=f"{stated:,}")] if stated else said


def _why(omnibus: Omnibus) -> list[str]:
    """Why relief is due, sections with the same reason together."""
    by_reason: dict[str, set[str]] = {}
    county, wording = omnibus.office.county, omnibus.wording
    for row in omnibus.rows:
        text = motion.reason(
            row.line, "completed", omnibus.policy, county=county, wording=wording, lawful="omnibus.lawful"
        )
        by_reason.setdefault(text, set()).add(row.line.section)
    if len(by_reason) == 1:
        return list(by_reason)
    return [
        f"As to the listed convictions of {_sections(sections)}: {reason}" for reason, sections in by_reason.items()
    ]


def _sections(sections: set[str]) -> str:
    return f"section{'s' if len(sections) > 1 else ''} {words.joined(sorted(sections))}"


def _declaration(omnibus: Omnibus, volumes: int) -> Draft:
    return composed(
        caption(omnibus),
        kind="declaration",
        title=f"Declaration of {omnibus.attorney.name} in Support of People’s Omnibus Motion to {omnibus.subject}",
        footer=f"Declaration in Support of People’s Omnibus Motion, Exhibit {omnibus.exhibit}",
        template="declaration.html",
        file_name=file_name(omnibus.number or "omnibus", f"exhibit-{omnibus.exhibit}-declaration"),
        must_say=(omnibus.totals, in_eights(omnibus.approval.list_hash)),
        source=(omnibus.office, omnibus.attorney, omnibus.court, omnibus.policy, omnibus.source_files),
        hearing=[],
        paragraphs=_method(omnibus, volumes),
        oath=omnibus.wording.say("declaration.oath"),
    )


def _method(omnibus: Omnibus, volumes: int) -> Sequence[str]:
    """Source, rules, numbers, review, exclusions, errors (5.5, paragraph 3)."""
    approval, say = omnibus.approval, omnibus.wording.say
    method = say(
        "omnibus.method",
        engine=omnibus.engine_version,
        policy=words.policy_name(omnibus.policy),
        as_of=words.long_date(omnibus.as_of),
        exhibit=omnibus.exhibit,
        totals=omnibus.totals,
        rows=f"{len(omnibus.rows):,}",
        volumes=_many(volumes, "volume"),
        list_hash=in_eights(approval.list_hash),
    )
    looked = "each conviction singly" if approval.reviewed_singly else "the result"
    told = [say("omnibus.reviewed", reviewed=looked, approved=words.long_date(approval.approved_on))]
    if out := "; ".join(f"{number:,} ({why})" for why, number in omnibus.left_out):
        told.append(say("omnibus.left_out", left_out=out))
    told.append(say("omnibus.errors"))
    county = words.county_name(omnibus.office.county)
    return [
        say("omnibus.declaration", attorney=omnibus.attorney.name, county=county),
        f"1. {say('declaration.received', files=named_files(omnibus.source_files))}",
        f"2. {method}",
        f"3. {' '.join(told)}",
    ]


def _order(omnibus: Omnibus, volumes: int) -> Draft:
    return composed(
        caption(omnibus),
        kind="order",
        title=f"[Proposed] Order on People’s Omnibus Motion to {omnibus.subject}",
        footer=f"[Proposed] Order on People’s Omnibus Motion, Exhibit {omnibus.exhibit}",
        template="order.html",
        file_name=file_name(omnibus.number or "omnibus", f"exhibit-{omnibus.exhibit}-order"),
        must_say=(omnibus.totals,),
        source=(omnibus.office, omnibus.attorney, omnibus.court),
        hearing=[],
        recital=omnibus.wording.say("omnibus.recital", conceded=CONCEDED if omnibus.first.basis == "policy" else ""),
        orders=[{"text": text, "blank": False} for text in _ordered(omnibus, volumes)],
    )


def _ordered(omnibus: Omnibus, volumes: int) -> list[str]:
    line, say = omnibus.first, omnibus.wording.say
    listed = {"exhibit": omnibus.exhibit, "volumes": _many(volumes, "volume"), "totals": omnibus.totals}
    if line.relief == "dismiss":
        told = [say("omnibus.dismiss", **listed), say("order.seal", those="those convictions")]
    else:
        told = [say("omnibus.redesignate", severity=words.a(line.new_severity or ""), **listed)]
    return [*told, say("omnibus.clerk")]
