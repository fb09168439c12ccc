"""The proposed order: what the court would order, paragraph by paragraph, one relief in each; no argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from petitions.papers import words
from petitions.papers.data import CaseFile
from petitions.papers.drafts import Draft, drafted
from petitions.papers.motion import subject_of
from petitions.papers.words import Alike

CONCEDED: Final = "; the People concede eligibility"


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
    key = "order.recital" if case.route == "completed" else "order.recital_serving"
    conceded = any(line.basis == "policy" for line in case.convictions)
    return file.wording.say(
        f"{key}_heard" if heard else key,
        conceded=CONCEDED if conceded else "",
        **(words.ended(words.all_alike(case)) if case.route == "completed" else {}),
    )


def _orders(file: CaseFile) -> list[Ordered]:
    told: list[Ordered] = []
    say = file.wording.say
    for relief in ("dismiss", "redesignate", "resentence"):
        groups = words.by_relief(file.case, relief)
        told += [Ordered(_relief(file, relief, group)) for group in groups]
        if groups and relief == "dismiss" and file.case.route == "completed":
            told.append(Ordered(say("order.seal", those=words.those(groups))))
        if groups and relief == "resentence":
            told.append(Ordered(say("order.new_sentence"), blank=True))
            told.append(Ordered(say("order.supervision"), blank=True))
    return [*told, Ordered(say("order.clerk_serving" if file.case.serving else "order.clerk"))]


def _relief(file: CaseFile, relief: str, group: Alike) -> str:
    line, one, say = group.first, len(group.lines) == 1, file.wording.say
    if relief == "dismiss" and file.case.route == "completed":
        return say("order.dismiss", convictions=group.phrase, are="is" if one else "are")
    if relief == "dismiss":
        noun = "the conviction" if one else "the convictions"
        return say("order.dismiss_serving", convictions=group.phrase, the_conviction=noun, are="is" if one else "are")
    if relief == "redesignate":
        change = words.change(line)
        return say("order.redesignate", convictions=group.phrase, are="is" if one else "are", change=change)
    return say("order.resentence", convictions=group.phrase, offense=words.new_offense(line))
