"""The proposed order: what the court would order, paragraph by paragraph, one relief in each; no argument."""

from __future__ import annotations

from dataclasses import dataclass

from petitions.papers import words
from petitions.papers.data import CaseFile
from petitions.papers.drafts import Draft, drafted
from petitions.papers.motion import subject_of
from petitions.papers.words import Alike


@dataclass(frozen=True, slots=True)
class Ordered:
    """One numbered paragraph; with `blank` a line to fill in follows."""

    text: str
    blank: bool = False


def draft(file: CaseFile) -> Draft:
    """The proposed order on the motion of one case and route."""
    subject = subject_of(file)
    return drafted(
        file,
        kind="order",
        title=f"[Proposed] Order on People’s Motion to {subject}",
        footer=f"[Proposed] Order on People’s Motion to {subject}",
        template="order.html",
        recital=_recital(file),
        orders=_orders(file),
    )


def _recital(file: CaseFile) -> str:
    case = file.case
    heard = case.serving.hearing != "none" if case.serving else case.hearing_requested
    read = "read the People’s motion, memorandum, and declaration"
    how = f"having {read}," if not heard else f"having heard the People’s motion and {read},"
    if case.route == "completed":
        without = "" if heard else " without a hearing (Health & Saf. Code, § 11361.8(g)),"
        found = (
            "that the sentence is completed and that the presumption that the criteria of Health and Safety Code "
            "section 11361.8(e) are met is not rebutted"
        )
    else:
        without = ""
        found = (
            "that the defendant is serving a sentence, that the presumption that the criteria of Health and Safety "
            "Code section 11361.8(a) are met is not rebutted, and that the relief poses no unreasonable risk of danger "
            "to public safety"
        )
    conceded = "; the People concede eligibility" if any(line.basis == "policy" for line in case.convictions) else ""
    return f"The Court, {how}{without} finds {found}{conceded}. The Court orders:"


def _orders(file: CaseFile) -> list[Ordered]:
    told: list[Ordered] = []
    for relief in ("dismiss", "redesignate", "resentence"):
        groups = words.by_relief(file.case, relief)
        told += [Ordered(_relief(file, relief, group)) for group in groups]
        if groups and relief == "dismiss" and file.case.route == "completed":
            those = words.plural(groups, "that conviction", "those convictions")
            told.append(
                Ordered(
                    f"The record of arrest and conviction is SEALED as to {those} only, and open to no one without an "
                    "order of the Court."
                )
            )
        if groups and relief == "resentence":
            told += _sentence()
    told.append(
        Ordered(
            "This order changes no other conviction. The clerk shall enter it in the register of actions, report it "
            "to the Department of Justice within 30 days (Pen. Code, § 13151), and send a copy to the arresting agency."
        )
    )
    return told


def _relief(file: CaseFile, relief: str, group: Alike) -> str:
    line, one = group.first, len(group.lines) == 1
    named = group.phrase[0].upper() + group.phrase[1:]
    is_are = "is" if one else "are"
    if relief == "dismiss" and file.case.route == "completed":
        return f"{named} {is_are} DISMISSED as legally invalid."
    if relief == "dismiss":
        dismissed = f"the conviction{'' if one else 's'} {is_are} DISMISSED as legally invalid"
        return f"The sentence for {group.phrase} is RECALLED, and {dismissed}."
    new = f"{words.a(line.new_severity or '')} under Health and Safety Code section {line.new_section}"
    if relief == "redesignate":
        old = f"from {words.a(line.severity)} to " if line.severity else "as "
        return f"{named} {is_are} REDESIGNATED {old}{new} for all purposes."
    return f"The sentence for {group.phrase} is RECALLED, and the defendant is RESENTENCED for {new} for all purposes."


def _sentence() -> list[Ordered]:
    return [
        Ordered("The new sentence, no longer than the original one and with credit for time served, is:", blank=True),
        Ordered("Supervision (Health & Saf. Code, § 11361.8(c)):", blank=True),
    ]
