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
from typing import Final

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

TO_BE_ASSIGNED: Final = "(to be assigned by the Court)"
EXHIBITS: Final = {
    ("dismiss", None): ("A-1", "Dismiss and Seal Convictions"),
    ("redesignate", "misdemeanor"): ("A-2", "Redesignate Convictions as Misdemeanors"),
    ("redesignate", "infraction"): ("A-3", "Redesignate Convictions as Infractions"),
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
        key=lambda row: (
            [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", row.case_number)],
            row.defendant_name,
            row.line.convicted_on,
            row.line.section,
            row.line.key,
        ),
    )


def reasons(omnibus: Omnibus) -> list[str]:
    """Every reason why the omnibus papers can't be drafted, in plain English; empty when they can."""
    found = law.office_reasons(omnibus.office, omnibus.attorney, omnibus.court)
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
        memorandum=[motion.COMPLETED_LAW, *_why(omnibus)],
        closing=motion.CLOSING,
    )


def _notice(omnibus: Omnibus) -> str:
    listed, line = _listed(omnibus), omnibus.first
    if line.relief == "dismiss":
        asked = (
            f"dismissing as legally invalid, and sealing, {listed}, and sealing the record of arrest and conviction as "
            "to those convictions only (Health & Saf. Code, § 11361.8(e), (f))"
        )
    else:
        asked = (
            f"redesignating {listed}, each as {words.a(line.new_severity or '')} under the new section that its row "
            "names, for all purposes (Health & Saf. Code, § 11361.8(e), (f), (h))"
        )
    met = "met" if line.basis == "statute" else "presumed to be met"
    grounds = ["the sentences are completed", f"the criteria of Health and Safety Code section 11361.8(e) are {met}"]
    if line.basis == "policy":
        grounds.append("the People concede eligibility under the policy named below")
    return (
        f"To the Court, to the persons listed in Exhibit {omnibus.exhibit}, and to counsel: The People move for an "
        f"order {asked}. The ground is that {words.joined(grounds, 'and that')}."
    )


def _rests_on(omnibus: Omnibus, volumes: int) -> str:
    return (
        "The motion rests on this notice, the memorandum below, the declaration filed with it, Exhibit "
        f"{omnibus.exhibit} (in {_many(volumes, 'volume')}), and the Court’s files. "
        "No hearing is requested. (Health & Saf. Code, § 11361.8(g).)"
    )


def _facts(omnibus: Omnibus) -> str:
    given = ""
    if omnibus.defender_given_list_on:
        given = f" The public defender was given the list on {words.long_date(omnibus.defender_given_list_on)}."
    return (
        f"{motion.DOJ_SHOWS} those convictions: {omnibus.totals}. {_sentences(omnibus)} "
        f"The People challenge none of them.{given}"
    )


def _sentences(omnibus: Omnibus) -> str:
    """Why the sentences count as completed, with the number of convictions for each reason."""
    lines = [row.line for row in omnibus.rows]
    stated = sum("sentence_ended_on" in line.stated for line in lines)
    shown = sum("sentence_ended_on" not in line.stated and line.sentence_end is not None for line in lines)
    none = len(lines) - stated - shown
    said = []
    if shown:
        said.append(f"for {shown:,} the sentence imposed would have ended before {words.long_date(omnibus.as_of)}")
    if none:
        said.append(f"for {none:,} it shows no sentence, and more than five years have passed since the conviction")
    text = f"According to the DOJ record, {words.joined(said)}." if said else ""
    if stated:
        text += (
            f" For {stated:,} the sentence has ended according to a source that the office’s file of the case names."
        )
    return text.strip()


def _why(omnibus: Omnibus) -> list[str]:
    """Why relief is due, sections with the same reason together."""
    by_reason: dict[str, set[str]] = {}
    for row in omnibus.rows:
        text = motion.reason(row.line, "completed", omnibus.policy, omnibus.office.county)
        by_reason.setdefault(text.replace(motion.WITHIN_FACTS, WITHIN_FILES), set()).add(row.line.section)
    if len(by_reason) == 1:
        return list(by_reason)
    return [
        f"As to the listed convictions of {_sections(sections)}: {reason}" for reason, sections in by_reason.items()
    ]


WITHIN_FILES: Final = (
    "For each, a source that the office’s file of the case names states amount, plants, or age; within those facts the"
)


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
    )


def _method(omnibus: Omnibus, volumes: int) -> Sequence[str]:
    """Source, rules, numbers, review, exclusions, errors (5.5, paragraph 3)."""
    policy, approval = omnibus.policy, omnibus.approval
    signed = f", signed on {words.long_date(policy.signed_on)}" if policy.signed_on else ""
    out = "; ".join(f"{number:,}: {why}" for why, number in omnibus.left_out)
    looked = "each conviction singly" if approval.reviewed_singly else "the result"
    return [
        f"I, {omnibus.attorney.name}, deputy district attorney of {words.county_name(omnibus.office.county)} County, "
        "declare on information from the files named below, which I believe to be true, not on knowledge of the "
        "offenses:",
        f"1. The office received from the California Department of Justice (DOJ) {named_files(omnibus.source_files)}.",
        f"2. A program (engine version {omnibus.engine_version}) applied the office’s policy “{policy.name}”, version "
        f"{policy.version}{signed}, to the convictions in that record as of {words.long_date(omnibus.as_of)}. "
        f"Exhibit {omnibus.exhibit} lists what it found for this relief: {omnibus.totals}, in rows 1 to "
        f"{len(omnibus.rows):,}, in {_many(volumes, 'volume')}. The list that was approved has the SHA-256 "
        f"{in_eights(approval.list_hash)}.",
        f"3. Staff reviewed {looked}; it was approved on {words.long_date(approval.approved_on)}. "
        + (f"Left out of the list were convictions as follows. {out}. " if out else "")
        + "What the program could not read or decide was set aside for staff and is not in the list. An error found "
        "in a row will be brought to the Court’s attention, and the row withdrawn.",
    ]


def _order(omnibus: Omnibus, volumes: int) -> Draft:
    return composed(
        caption(omnibus),
        kind="order",
        title=f"[Proposed] Order on People’s Omnibus Motion to {omnibus.subject}",
        footer=f"[Proposed] Order on People’s Omnibus Motion to {omnibus.subject}",
        template="order.html",
        file_name=file_name(omnibus.number or "omnibus", f"exhibit-{omnibus.exhibit}-order"),
        must_say=(omnibus.totals,),
        source=(omnibus.office, omnibus.attorney, omnibus.court),
        hearing=[],
        recital="The Court, having read the People’s motion, memorandum, and declaration, without a hearing (Health & "
        "Saf. Code, § 11361.8(g)), finds that the sentences are completed and that the presumption that the criteria "
        "of Health and Safety Code section 11361.8(e) are met is not rebutted"
        + ("; the People concede eligibility" if omnibus.first.basis == "policy" else "")
        + ". The Court orders:",
        orders=[{"text": text, "blank": False} for text in _ordered(omnibus, volumes)],
    )


def _ordered(omnibus: Omnibus, volumes: int) -> list[str]:
    line, listed = omnibus.first, f"listed in Exhibit {omnibus.exhibit} to this order (in {_many(volumes, 'volume')})"
    if line.relief == "dismiss":
        told = [
            f"The convictions {listed}, {omnibus.totals}, are DISMISSED as legally invalid.",
            "The record of arrest and conviction is SEALED as to those convictions only, and open to no one without "
            "an order of the Court.",
        ]
    else:
        told = [
            f"The convictions {listed}, {omnibus.totals}, are REDESIGNATED, each as {words.a(line.new_severity or '')} "
            "under the section of the Health and Safety Code that its row names, for all purposes."
        ]
    return [
        *told,
        "A row that the Court strikes from the exhibit is not part of this order. This order changes no other "
        "conviction. The clerk shall file a copy of this order, or enter it in the register of actions, in each listed "
        "case, report it to the Department of Justice within 30 days (Pen. Code, § 13151), and send a copy to the "
        "arresting agency.",
    ]
