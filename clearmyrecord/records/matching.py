"""Which reading is of which known conviction: one to one, and only where nothing contradicts it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class CountFacts:
    """What identifies a conviction within one subject's record."""

    county: str
    section: str  # normalised, else the text as read
    convicted_on: date | None
    case_numbers: frozenset[str]
    count_order: str


@dataclass(slots=True)
class Match:
    """Positions of readings and convictions: `pairs` are one, `near` may be one and differ in the field named."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    near: list[tuple[int, int, str]] = field(default_factory=list)


DIFFERENCES = {
    "county": "The county differs; everything else is the same.",
    "section": "The code section differs; everything else is the same.",
    "date": "The conviction date differs; everything else is the same.",
    "case": "The case numbers differ; everything else is the same.",
}


def differences(one: CountFacts, other: CountFacts) -> list[str]:
    """Which of the four identifying fields differ. Two blanks don't."""
    found = []
    if one.county != other.county:
        found.append("county")
    if one.section != other.section:
        found.append("section")
    if one.convicted_on != other.convicted_on:
        found.append("date")
    if (one.case_numbers or other.case_numbers) and not one.case_numbers & other.case_numbers:
        found.append("case")
    return found


def _nothing_blank(facts: CountFacts) -> bool:
    return bool(facts.county and facts.section and facts.convicted_on and facts.case_numbers)


def match(readings: Sequence[CountFacts], convictions: Sequence[Sequence[CountFacts]]) -> Match:
    """Pair new readings with the known convictions of the same subject.

    A conviction is given by the facts of each of its readings; one that fits is enough. All four fields must be the
    same, with the DOJ's own count number deciding among several that are; where a field is blank in both, the count
    number must be the same too, since nothing else tells two blanks apart. What is left and differs in one field is
    near.
    """
    result = Match()
    open_readings, open_convictions = list(range(len(readings))), list(range(len(convictions)))

    def take(fits: Callable[[CountFacts, CountFacts], bool]) -> list[tuple[int, int]]:
        taken = []
        for reading in list(open_readings):
            for conviction in open_convictions:
                if any(fits(readings[reading], facts) for facts in convictions[conviction]):
                    taken.append((reading, conviction))
                    open_readings.remove(reading)
                    open_convictions.remove(conviction)
                    break
        return taken

    result.pairs += take(lambda one, other: one.count_order == other.count_order and not differences(one, other))
    result.pairs += take(lambda one, other: _nothing_blank(one) and not differences(one, other))
    one_differs = take(lambda one, other: one.count_order == other.count_order and len(differences(one, other)) == 1)
    one_differs += take(lambda one, other: len(differences(one, other)) == 1)
    for reading, conviction in one_differs:
        least = min((differences(readings[reading], facts) for facts in convictions[conviction]), key=len)
        result.near.append((reading, conviction, least[0]))
    return result
