"""When a schedule is due: a table that can be checked with a wall calendar, and what holds for every pattern."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearmyrecord.errors import Invalid
from clearmyrecord.schedules import calendar
from clearmyrecord.schedules.calendar import Monthly, MonthlyByWeekday, Pattern, Weekly, Yearly

OFFICE = ZoneInfo("America/Los_Angeles")
CASES = tomllib.loads((Path(__file__).parent / "cases" / "due_times.toml").read_text())["case"]

times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
some_of = lambda low, high: st.sets(st.integers(low, high), min_size=1).map(lambda found: tuple(sorted(found)))  # noqa: E731
days_of_year = st.dates(date(2001, 1, 1), date(2001, 12, 31))
patterns = st.one_of(
    st.builds(Weekly, times, some_of(0, 6)),
    st.builds(MonthlyByWeekday, times, st.sampled_from(calendar.ORDINALS), st.integers(0, 6)),
    st.builds(Monthly, times, some_of(0, 28)),
    st.builds(lambda at, day: Yearly(at, day.month, day.day), times, days_of_year),
)
zones = st.sampled_from(["America/Los_Angeles", "America/Phoenix", "Australia/Lord_Howe", "UTC"]).map(ZoneInfo)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
class TestTable:
    def test_it_is_due_then(self, case):
        zone = ZoneInfo(case.get("zone", OFFICE.key))
        after = datetime.fromisoformat(case["after"]).replace(tzinfo=zone)
        found = calendar.next_due(calendar.read(case["pattern"]), zone, after=after, count=len(case["due"]))
        assert [f"{due.astimezone(zone):%Y-%m-%d %H:%M}" for due in found] == case["due"]
        if "utc" in case:
            assert [f"{due:%Y-%m-%d %H:%M}" for due in found] == case["utc"]

    def test_it_is_said_so(self, case):
        assert str(calendar.read(case["pattern"])) == case["words"]


@pytest.mark.parametrize(
    "coded",
    [
        {},
        {"kind": "hourly", "at": "06:00"},
        {"kind": "weekly", "weekdays": [], "at": "06:00"},
        {"kind": "weekly", "weekdays": [7], "at": "06:00"},
        {"kind": "weekly", "weekdays": [1, 0], "at": "06:00"},
        {"kind": "weekly", "weekdays": [0, 0], "at": "06:00"},
        {"kind": "weekly", "weekdays": [True], "at": "06:00"},
        {"kind": "weekly", "weekdays": [0], "at": "25:00"},
        {"kind": "weekly", "weekdays": [0], "at": "06:00:30"},
        {"kind": "weekly", "weekdays": [0], "at": "06:00+01:00"},
        {"kind": "weekly", "weekdays": [0]},
        {"kind": "weekly", "weekdays": [0], "at": "06:00", "day": 3},
        {"kind": "monthly", "days_of_month": [31], "at": "06:00"},
        {"kind": "monthly_by_weekday", "ordinal": "fifth", "weekday": 0, "at": "06:00"},
        {"kind": "yearly", "month": 2, "day": 29, "at": "06:00"},
        {"kind": "yearly", "month": 13, "day": 1, "at": "06:00"},
    ],
)
def test_what_is_no_pattern_is_refused(coded):
    with pytest.raises(Invalid):
        calendar.read(coded)


steady = settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the same patterns in every run, however busy the machine is


class TestEveryPattern:
    @steady
    @given(patterns)
    def test_comes_back_from_its_code(self, pattern: Pattern):
        assert calendar.read(pattern.coded()) == pattern

    @steady
    @given(patterns, zones, moments)
    def test_is_due_in_order_each_instant_once_and_after_the_given_one(self, pattern, zone, after):
        found = calendar.next_due(pattern, zone, after=after, count=30)
        assert len(found) == 30
        assert all(earlier < later for earlier, later in zip([after, *found], found, strict=False))

    @steady
    @given(patterns, zones, moments)
    def test_is_due_on_a_day_it_names_not_before_its_time_and_within_the_gap_of_a_clock(self, pattern, zone, after):
        for due in calendar.next_due(pattern, zone, after=after, count=5):
            shown = due.astimezone(zone)
            wanted = datetime.combine(shown.date(), pattern.at)
            assert shown.day in pattern.days(shown.year, shown.month)
            assert timedelta(0) <= shown.replace(tzinfo=None) - wanted <= timedelta(hours=1)

    @steady
    @given(patterns, zones, moments, st.integers(0, 400), st.integers(0, 400))
    def test_two_stretches_of_time_have_together_what_the_whole_has(self, pattern, zone, start, first, second):
        middle = start + timedelta(days=first)
        end = middle + timedelta(days=second, minutes=1)
        whole = calendar.due_times(pattern, zone, after=start, until=end)
        parts = [
            *calendar.due_times(pattern, zone, after=start, until=middle),
            *calendar.due_times(pattern, zone, after=middle, until=end),
        ]
        assert whole == parts

    @steady
    @given(patterns, moments)
    def test_no_day_it_names_is_left_out(self, pattern, after):
        """Within a year every day it names comes once, whatever the clocks do; counted day by day."""
        start = after.astimezone(OFFICE).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        begin = calendar.instant(start.date(), time(0), OFFICE) - timedelta(minutes=1)
        until = calendar.instant(start.date() + timedelta(days=365), time(0), OFFICE) - timedelta(minutes=1)
        days = [start.date() + timedelta(days=number) for number in range(365)]
        named = [day for day in days if day.day in pattern.days(day.year, day.month)]
        found = calendar.due_times(pattern, OFFICE, after=begin, until=until)
        assert [due.astimezone(OFFICE).date() for due in found] == named
