"""When a schedule is due: patterns that can be said in words, and the instants they mean. Pure arithmetic, no clock.

A pattern names days of the office's calendar and one time of day. Where the clock is put forward over that time, it is
due at the next instant there is; where the clock is put back and the time comes twice, at the first.
"""

from __future__ import annotations

import calendar as months
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from clearmyrecord.errors import Invalid

WEEKDAYS = tuple(months.day_name)
MONTHS = tuple(months.month_name)[1:]
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
ORDINALS = ("first", "second", "third", "fourth", "last")
LAST_DAY = 0
"""Stands for the last day of a month, however long it is."""

LAST_COMMON_DAY = 28
"""Every month has it. The 29th to 31st can't be picked, since no pattern shall leave a month out unsaid."""

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pattern(ABC):
    """Some days at one time of day, in the office's time zone. `at` has whole minutes."""

    kind: ClassVar[str]
    at: time

    def __post_init__(self) -> None:
        _expect(self.at.second == self.at.microsecond == 0 and self.at.tzinfo is None, "A time in hours and minutes")

    @abstractmethod
    def days(self, year: int, month: int) -> list[int]:
        """The days of a month that it names, in order."""

    @abstractmethod
    def _words(self) -> str:
        """The days in words, without the time."""

    def __str__(self) -> str:
        """In words: "first Monday of the month at 6:00 AM"."""
        hour = self.at.hour % 12 or 12
        return f"{self._words()} at {hour}:{self.at:%M} {'AM' if self.at.hour < 12 else 'PM'}"

    def coded(self) -> dict[str, Any]:
        """As JSON holds it; `read` makes it a pattern again."""
        values = asdict(self) | {"at": f"{self.at:%H:%M}"}
        return {"kind": self.kind, **{name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}}


@dataclass(frozen=True)
class Weekly(Pattern):
    """On some weekdays of every week; Monday is 0."""

    kind = "weekly"
    weekdays: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect(_ascending(self.weekdays, 0, 6), "Weekdays")

    def days(self, year: int, month: int) -> list[int]:
        return [day for day in range(1, length(year, month) + 1) if date(year, month, day).weekday() in self.weekdays]

    def _words(self) -> str:
        if self.weekdays == MONDAY_TO_FRIDAY:
            return "every weekday"
        if len(self.weekdays) == len(WEEKDAYS):
            return "every day"
        return "every " + _and([WEEKDAYS[each] for each in self.weekdays])


@dataclass(frozen=True)
class MonthlyByWeekday(Pattern):
    """On the first, second, third, fourth or last such weekday of every month."""

    kind = "monthly_by_weekday"
    ordinal: str
    weekday: int

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect(self.ordinal in ORDINALS, "First, second, third, fourth or last")
        _expect(_ascending((self.weekday,), 0, 6), "A weekday")

    def days(self, year: int, month: int) -> list[int]:
        all_days = range(1, length(year, month) + 1)
        such = [day for day in all_days if date(year, month, day).weekday() == self.weekday]
        return [such[-1] if self.ordinal == "last" else such[ORDINALS.index(self.ordinal)]]

    def _words(self) -> str:
        return f"{self.ordinal} {WEEKDAYS[self.weekday]} of the month"


@dataclass(frozen=True)
class Monthly(Pattern):
    """On some days of every month, 1 to 28 or LAST_DAY."""

    kind = "monthly"
    days_of_month: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect(_ascending(self.days_of_month, LAST_DAY, LAST_COMMON_DAY), "Days from 1 to 28, or the last day")

    def days(self, year: int, month: int) -> list[int]:
        return sorted({day or length(year, month) for day in self.days_of_month})

    def _words(self) -> str:
        numbers = [f"{day}{_ending(day)}" for day in self.days_of_month if day != LAST_DAY]
        return "on the " + _and([*numbers, *(["last day of the month"] if LAST_DAY in self.days_of_month else [])])


@dataclass(frozen=True)
class Yearly(Pattern):
    """On one day of every year. February 29 can't be picked, since most years have none."""

    kind = "yearly"
    month: int
    day: int

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect(_ascending((self.month,), 1, 12), "A month")
        _expect(_ascending((self.day,), 1, length(2001, self.month)), f"A day that every {MONTHS[self.month - 1]} has")

    def days(self, year: int, month: int) -> list[int]:
        return [self.day] if month == self.month else []

    def _words(self) -> str:
        return f"every {MONTHS[self.month - 1]} {self.day}"


KINDS: dict[str, type[Pattern]] = {each.kind: each for each in (MonthlyByWeekday, Weekly, Monthly, Yearly)}


def read(coded: Mapping[str, Any]) -> Pattern:
    """The pattern that `coded` gave. Raises Invalid for anything else."""
    values = dict(coded)
    kind = KINDS.get(str(values.pop("kind", "")))
    try:
        _expect(kind is not None, "A kind of pattern")
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        return kind(**values | {"at": time.fromisoformat(str(values["at"]))})  # type: ignore[misc]
    except (KeyError, TypeError, ValueError):
        raise Invalid("These days and this time can't be used. Pick them again.") from None


def due_times(pattern: Pattern, zone: ZoneInfo, *, after: datetime, until: datetime) -> list[datetime]:
    """Every instant after `after` and not after `until` at which the pattern is due, in order, in UTC."""
    found = []
    for due in _from(pattern, zone, after):
        if due > until:
            break
        found.append(due)
    return found


def next_due(pattern: Pattern, zone: ZoneInfo, *, after: datetime, count: int = 1) -> list[datetime]:
    """The next instants after `after` at which the pattern is due, in UTC."""
    return list(islice(_from(pattern, zone, after), count))


def _from(pattern: Pattern, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Due instants after `after` without end. No instant twice, even if two days' times fall together on it."""
    last, day = after, (after - DAY).astimezone(zone).date()  # a day before may be due now: see `instant`
    year, month = day.year, day.month
    while year < date.max.year:
        for number in pattern.days(year, month):
            due = instant(date(year, month, number), pattern.at, zone)
            if due > last:
                last = due
                yield due
        year, month = (year + 1, 1) if month == len(MONTHS) else (year, month + 1)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a clock of the zone shows this day and time.

    Shown twice, when clocks are put back: the first of the two. Never shown, when they are put forward: the next one
    that is shown. Clocks have been put back and forward by whole minutes for longer than this product looks ahead.
    """
    wall = datetime.combine(day, at)
    while not _is_shown(wall, zone):
        wall += MINUTE
    return wall.replace(tzinfo=zone).astimezone(UTC)  # fold is 0: the first


def _is_shown(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def length(year: int, month: int) -> int:
    """The days of a month."""
    return months.monthrange(year, month)[1]


def _ascending(values: tuple[int, ...], low: int, high: int) -> bool:
    """At least one, each once and in order, all within the bounds."""
    return (
        bool(values)
        and all(type(value) is int and low <= value <= high for value in values)
        and list(values) == sorted(set(values))
    )


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} is expected.")


def _ending(number: int) -> str:
    if number in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
