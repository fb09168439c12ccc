"""A life on a scale of years: dated marks and bars, laid out. Plain data in, plain shapes out; no database, no clock.

Across, places are per cent of the width: the drawing fits any screen while letters and marks keep their size. Down,
they are pixels. Nothing is placed by a guess: what has no date is listed apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

LEFT, WIDTH = 3.0, 94.0
"""Where the scale begins and how wide it is, per cent."""

ROW, ARREST, MIDDLE, BAR = 38, 7, 18, 29
"""Pixels: a row of cycles, and how far down in it arrests, other marks and sentences stand."""

ROOM, ROOM_FOR_A_NUMBER = 2.2, 4.0
"""Per cent left free beside a cycle; enough for a mark on a telephone."""

AXIS, APART, APART_ROW, APART_STEP = 30, 26, 22, 6.0
"""Pixels for the years, for the heading of what has no date and for each of its rows; per cent between its marks."""

MOST_LABELS = 6
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
YEARS_AHEAD = 5
"""A sentence that ends later is drawn so far beyond everything else, with an open end."""

KINDS = {
    "scope": ("conviction in scope", "convictions in scope"),
    "conviction": ("other conviction", "other convictions"),
    "arrest": ("arrest", "arrests"),
    "registration": ("registration", "registrations"),
    "death": ("death", "deaths"),
    "other": ("other event", "other events"),
    "sentence": ("sentence without a readable end", "sentences without a readable end"),
}
"""What can be marked: one, several. The first of two that fall on one day is drawn."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in a cycle, `number` times; `day` is None where the record gives none."""

    cycle: str
    kind: str
    day: date | None
    says: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a sentence. `ends` is None for life."""

    cycle: str
    kind: str  # custody, supervision
    begins: date
    ends: date | None
    says: str


@dataclass(frozen=True, slots=True)
class Mark:
    kind: str
    x: float
    y: int
    says: str
    number: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A sentence, or the line that holds a cycle together; `open` where it goes on beyond the drawing."""

    kind: str
    x: float
    width: float
    y: int
    says: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    x: float
    label: str  # empty where there is no room for it
    anchor: str


@dataclass
class Drawing:
    """What the page draws. `axis` is the pixel at which the years stand, None where nothing has a date."""

    height: int = 0
    axis: int | None = None
    today: float = 0.0
    years: list[Year] = field(default_factory=list)
    lines: list[Bar] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    apart: list[Mark] = field(default_factory=list)
    apart_heading: int = 0
    summary: str = ""
    kinds: list[str] = field(default_factory=list)

    @property
    def every_mark(self) -> list[Mark]:
        """Those on the years and those apart."""
        return self.marks + self.apart


@dataclass(frozen=True)
class Scale:
    """Whole years, from January 1 of the first to December 31 of the last."""

    first: int
    last: int

    def at(self, day: date) -> float:
        """The place of a day in per cent; a later day than the last is at the end."""
        begins, ends = date(self.first, 1, 1), date(self.last, 12, 31)
        return LEFT + WIDTH * (min(day, ends) - begins).days / max(1, (ends - begins).days)


def drawn(moments: Sequence[Moment], terms: Sequence[Term], *, today: date) -> Drawing | None:
    """The drawing; None where there is nothing to draw. The order of what is given does not matter."""
    if not moments and not terms:
        return None
    drawing = Drawing(summary=summary(moments), kinds=[kind for kind in KINDS if any(m.kind == kind for m in moments)])
    dated = [moment for moment in moments if moment.day is not None]
    if dated or terms:
        scale = _scale([moment.day for moment in dated if moment.day], terms, today)
        _place(drawing, scale, _merged(dated), sorted(terms, key=lambda term: (term.begins, term.says)))
        drawing.today = round(scale.at(today), 2)
        drawing.years = _years(scale)
    _set_apart(drawing, [moment for moment in moments if moment.day is None])
    return drawing


def summary(moments: Sequence[Moment]) -> str:
    """The drawing in a sentence or two, for whoever does not see it."""
    years = sorted(moment.day.year for moment in moments if moment.day is not None)
    dated = _counted([moment for moment in moments if moment.day is not None])
    undated = _counted([moment for moment in moments if moment.day is None])
    said = f"From {years[0]} to {years[-1]}: {dated}." if years else ""
    return " ".join(filter(None, (said, f"Without a date: {undated}." if undated else "")))


def _counted(moments: Sequence[Moment]) -> str:
    numbers: dict[str, int] = defaultdict(int)
    for moment in moments:
        numbers[moment.kind] += moment.number
    return ", ".join(f"{numbers[kind]} {words[numbers[kind] > 1]}" for kind, words in KINDS.items() if numbers[kind])


def _scale(days: Sequence[date], terms: Sequence[Term], today: date) -> Scale:
    days = [*days, *(term.begins for term in terms), today]
    latest = max(day.year for day in days)
    ends = [term.ends.year for term in terms if term.ends]
    last = min(max([latest, *ends]), latest + YEARS_AHEAD, date.max.year)
    return Scale(min(min(day.year for day in days), last - 4), last)


def _years(scale: Scale) -> list[Year]:
    """A stroke for every year or step of years, with at most so many labels as have room on a telephone."""
    span = scale.last - scale.first + 1
    step = next((step for step in STEPS if span / step <= MOST_LABELS), STEPS[-1])
    strokes = 1 if span <= 80 else step
    years = []
    for year in range(scale.first, scale.last + 1):
        if year % strokes == 0:
            x = scale.at(date(year, 1, 1))
            label = str(year) if year % step == 0 and x < LEFT + WIDTH - 2 else ""
            years.append(Year(round(x, 2), label, "start" if x < LEFT + 2 else "middle"))
    return years


def _merged(moments: Sequence[Moment]) -> list[Moment]:
    """Marks that would lie on one another (one cycle, one day) become one with a number; arrests stay apart."""
    order = list(KINDS)
    alike: dict[tuple[str, date | None, bool], list[Moment]] = defaultdict(list)
    for moment in moments:
        alike[moment.cycle, moment.day, moment.kind == "arrest"].append(moment)
    merged = []
    for (cycle, day, _), those in alike.items():
        those = sorted(those, key=lambda moment: (order.index(moment.kind), moment.says))
        number = sum(moment.number for moment in those)
        merged.append(Moment(cycle, those[0].kind, day, "\n".join(moment.says for moment in those), number))
    return merged


def _place(drawing: Drawing, scale: Scale, moments: Sequence[Moment], terms: Sequence[Term]) -> None:
    """Each cycle in the first row in which it finds room."""
    held: dict[str, tuple[list[Moment], list[Term]]] = defaultdict(lambda: ([], []))
    for moment in moments:
        held[moment.cycle][0].append(moment)
    for term in terms:
        held[term.cycle][1].append(term)
    extents = {cycle: _extent(scale, *parts) for cycle, parts in held.items()}
    rows: list[float] = []  # where each row is taken up to
    for cycle in sorted(held, key=lambda cycle: (extents[cycle], cycle)):
        begins, ends, room = extents[cycle]
        row = next((place for place, taken in enumerate(rows) if taken + ROOM < begins), len(rows))
        rows[row : row + 1] = [ends + room]
        _draw_cycle(drawing, scale, ROW * row, *held[cycle])
        drawing.lines.append(Bar("cycle", round(begins, 2), round(ends - begins, 2), ROW * row + MIDDLE))
    drawing.axis = ROW * len(rows) + 4
    drawing.height = drawing.axis + AXIS


def _extent(scale: Scale, moments: Sequence[Moment], terms: Sequence[Term]) -> tuple[float, float, float]:
    """From where to where a cycle reaches, and the room it needs beyond."""
    begins = [scale.at(moment.day) for moment in moments if moment.day] + [scale.at(term.begins) for term in terms]
    ends = begins + [scale.at(term.ends) if term.ends else LEFT + WIDTH for term in terms]
    numbered = any(moment.number > 1 for moment in moments)
    return min(begins), max(ends), ROOM_FOR_A_NUMBER if numbered else ROOM


def _draw_cycle(drawing: Drawing, scale: Scale, top: int, moments: Sequence[Moment], terms: Sequence[Term]) -> None:
    for term in terms:
        x = scale.at(term.begins)
        ends = LEFT + WIDTH if term.ends is None else scale.at(term.ends)
        beyond = term.ends is None or term.ends.year > scale.last
        width = round(max(0.3, ends - x), 2)
        drawing.bars.append(Bar(term.kind, round(x, 2), width, top + BAR, term.says, beyond))
    for moment in sorted(moments, key=lambda moment: list(KINDS).index(moment.kind), reverse=True):
        if moment.day is not None:
            y = top + (ARREST if moment.kind == "arrest" else MIDDLE)
            drawing.marks.append(Mark(moment.kind, round(scale.at(moment.day), 2), y, moment.says, moment.number))


def _set_apart(drawing: Drawing, moments: Sequence[Moment]) -> None:
    """What has no date, below the years, one mark after the other."""
    if not moments:
        return
    drawing.apart_heading = drawing.height + 14
    top = drawing.height + APART
    in_a_row = int(WIDTH // APART_STEP)
    order = list(KINDS)
    for place, moment in enumerate(sorted(moments, key=lambda moment: (order.index(moment.kind), moment.says))):
        row, column = divmod(place, in_a_row)
        x = round(LEFT + APART_STEP * column, 2)
        drawing.apart.append(Mark(moment.kind, x, top + APART_ROW * row + 10, moment.says, moment.number))
    drawing.height = top + APART_ROW * ((len(moments) - 1) // in_a_row + 1)
