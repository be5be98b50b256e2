"""The working calendar against the State Council's notices, and the laws that deadlines obey."""

import datetime
from datetime import date, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge_schema.calendars import rules
from wangge_schema.calendars.errors import (
    CalendarRangeInvalid,
    CalendarRangeTooLong,
    DeadlineLengthInvalid,
    DeadlineUnitUnclear,
    TimeZoneMissing,
)
from wangge_schema.calendars.rules import Day, DayKind, Due, OfficeHours, WorkingCalendar

STATUTORY = WorkingCalendar({day.date: day for day in rules.statutory_days()})
HOURS = OfficeHours(((time(9), time(12)), (time(13, 30), time(17, 30))))


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=rules.LOCAL)


def span(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(days=step) for step in range((end - start).days + 1)}


moments = st.datetimes(
    min_value=datetime.datetime(2004, 1, 1),
    max_value=datetime.datetime(2030, 1, 1),
    timezones=st.just(rules.LOCAL),
)


def test_days_off_of_2026_on_weekdays_and_in_holidays_are_exactly_those_of_the_notice() -> None:
    off = {
        day.date
        for day in STATUTORY.days(date(2026, 1, 1), date(2026, 12, 31))
        if day.kind is DayKind.HOLIDAY
    }
    assert off == (
        span("2026-01-01", "2026-01-03")
        | span("2026-02-15", "2026-02-23")
        | span("2026-04-04", "2026-04-06")
        | span("2026-05-01", "2026-05-05")
        | span("2026-06-19", "2026-06-21")
        | span("2026-09-25", "2026-09-27")
        | span("2026-10-01", "2026-10-07")
    )


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2026, {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}),
        (2025, {"01-26", "02-08", "04-27", "09-28", "10-11"}),
    ],
)
def test_made_up_working_days_are_exactly_those_of_the_notice(year: int, expected: set[str]) -> None:
    days = STATUTORY.days(date(year, 1, 1), date(year, 12, 31))
    assert {f"{day.date:%m-%d}" for day in days if day.kind is DayKind.MADE_UP_WORKDAY} == expected


def test_2026_has_248_working_days_and_117_days_off() -> None:
    days = STATUTORY.days(date(2026, 1, 1), date(2026, 12, 31))
    assert [sum(day.working for day in days), sum(not day.working for day in days)] == [248, 117]


def test_a_day_says_why_it_is_off_or_worked() -> None:
    assert STATUTORY.day(date(2026, 1, 1)) == Day(
        date(2026, 1, 1), DayKind.HOLIDAY, "元旦", "chinesecalendar"
    )
    assert STATUTORY.day(date(2026, 1, 4)).reason == "元旦调休上班"
    assert STATUTORY.day(date(2026, 2, 23)).reason == "春节调休"
    assert STATUTORY.day(date(2026, 1, 10)).reason == "周末"
    assert STATUTORY.day(date(2026, 1, 5)).reason is None


def test_years_without_a_notice_follow_the_weekday_provisionally() -> None:
    assert rules.statutory_day(date(2027, 1, 1)) is None
    assert rules.statutory_day(date(2003, 12, 31)) is None
    assert STATUTORY.day(date(2027, 1, 1)) == Day(date(2027, 1, 1), DayKind.WORKDAY, None, None, True)
    assert STATUTORY.day(date(2027, 1, 2)) == Day(date(2027, 1, 2), DayKind.WEEKEND, "周末", None, True)


def test_the_notices_cover_2004_to_2026() -> None:
    days = rules.statutory_days()
    assert (days[0].date, days[-1].date, len(days)) == (date(2004, 1, 1), date(2026, 12, 31), 8401)
    later = rules.statutory_days(2020)
    assert (later[0].date, later[-1].date, len(later)) == (date(2020, 1, 1), date(2026, 12, 31), 2557)
    assert len(rules.statutory_days(1990)) == 8401
    assert rules.statutory_days(2027) == ()


def test_every_day_of_the_notices_is_worked_as_the_library_says() -> None:
    assert all(day.working == chinese_calendar.is_workday(day.date) for day in rules.statutory_days())
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 1))


def test_a_day_on_record_stands_before_the_notices() -> None:
    local = Day(date(2026, 1, 5), DayKind.HOLIDAY, "本区放假", "本区通知")
    calendar = WorkingCalendar({local.date: local})
    assert calendar.day(local.date) == local
    assert calendar.day(date(2026, 1, 4)) == rules.statutory_day(date(2026, 1, 4))


@pytest.mark.parametrize(
    ("after", "days", "expected"),
    [
        ("2026-11-20 10:00", 1, "2026-11-23 17:30"),  # Friday to Monday
        ("2026-11-16 08:00", 5, "2026-11-23 17:30"),  # the day of acceptance does not count
        ("2026-09-30 16:00", 1, "2026-10-08 17:30"),  # over the National Day week
        ("2026-09-30 16:00", 3, "2026-10-10 17:30"),  # Saturday 10 October is worked
        ("2026-02-13 23:59", 1, "2026-02-14 17:30"),  # made-up Saturday before the Spring Festival
        ("2026-02-14 09:00", 1, "2026-02-24 17:30"),
        ("2026-01-02 12:00", 1, "2026-01-04 17:30"),  # made-up Sunday
    ],
)
def test_working_days_count_from_the_next_day_to_the_close_of_business(
    after: str, days: int, expected: str
) -> None:
    assert rules.due_in_days(at(after), days, STATUTORY, HOURS) == Due(at(expected), False)


@pytest.mark.parametrize(
    ("after", "hours", "expected"),
    [
        ("2026-11-23 09:00", 3, "2026-11-23 12:00"),
        ("2026-11-23 09:00", 4, "2026-11-23 14:30"),  # the noon break does not count
        ("2026-11-23 11:30", 1, "2026-11-23 14:00"),
        ("2026-11-23 12:40", 1, "2026-11-23 14:30"),  # within the break: from the next opening
        ("2026-11-23 17:00", 1, "2026-11-24 09:30"),
        ("2026-11-23 20:00", 2, "2026-11-24 11:00"),
        ("2026-11-20 16:30", 2, "2026-11-23 10:00"),  # over the weekend
        ("2026-10-09 17:30", 7, "2026-10-10 17:30"),  # a made-up Saturday
        ("2026-09-30 15:30", 4, "2026-10-08 11:00"),
    ],
)
def test_working_hours_run_at_once_within_office_hours(after: str, hours: int, expected: str) -> None:
    assert rules.due_in_hours(at(after), timedelta(hours=hours), STATUTORY, HOURS) == Due(at(expected), False)


def test_a_start_in_another_zone_counts_from_its_local_day() -> None:
    late = datetime.datetime(2026, 11, 22, 17, 0, tzinfo=datetime.UTC)  # Monday 01:00 in Shanghai
    assert rules.due_in_days(late, 1, STATUTORY, HOURS).at == at("2026-11-24 17:30")
    assert rules.due_in_days(late, 1, STATUTORY, HOURS).at.isoformat() == "2026-11-24T17:30:00+08:00"


def test_a_deadline_that_passes_into_an_unknown_year_is_provisional() -> None:
    assert rules.due_in_days(at("2026-12-31 10:00"), 1, STATUTORY, HOURS) == Due(at("2027-01-01 17:30"), True)
    assert rules.due_in_days(at("2026-12-30 10:00"), 1, STATUTORY, HOURS) == Due(
        at("2026-12-31 17:30"), False
    )
    two_hours = timedelta(hours=2)
    assert rules.due_in_hours(at("2026-12-31 16:30"), two_hours, STATUTORY, HOURS) == Due(
        at("2027-01-01 10:00"), True
    )


@given(moments, st.integers(1, 40), st.integers(1, 40))
def test_terms_of_days_add_up(after: datetime.datetime, first: int, second: int) -> None:
    once = rules.due_in_days(after, first + second, STATUTORY, HOURS).at
    halfway = rules.due_in_days(after, first, STATUTORY, HOURS).at
    assert rules.due_in_days(halfway, second, STATUTORY, HOURS).at == once


@given(moments, st.integers(1, 200), st.integers(1, 200))
def test_terms_of_hours_add_up(after: datetime.datetime, first: int, second: int) -> None:
    once = rules.due_in_hours(after, timedelta(minutes=first + second), STATUTORY, HOURS).at
    halfway = rules.due_in_hours(after, timedelta(minutes=first), STATUTORY, HOURS).at
    assert rules.due_in_hours(halfway, timedelta(minutes=second), STATUTORY, HOURS).at == once


@given(moments, moments, st.integers(1, 30))
def test_a_later_start_never_ends_earlier(
    one: datetime.datetime, other: datetime.datetime, length: int
) -> None:
    early, late = sorted((one, other))
    assert (
        rules.due_in_days(early, length, STATUTORY, HOURS).at
        <= rules.due_in_days(late, length, STATUTORY, HOURS).at
    )
    hours = timedelta(hours=length)
    assert (
        rules.due_in_hours(early, hours, STATUTORY, HOURS).at
        <= rules.due_in_hours(late, hours, STATUTORY, HOURS).at
    )


@given(moments, st.integers(1, 60))
def test_a_term_ends_on_a_worked_day_after_its_start(after: datetime.datetime, length: int) -> None:
    days = rules.due_in_days(after, length, STATUTORY, HOURS).at
    hours = rules.due_in_hours(after, timedelta(hours=length), STATUTORY, HOURS).at
    assert STATUTORY.day(days.date()).working
    assert STATUTORY.day(hours.date()).working
    assert days.date() > after.date()
    assert hours > after
    assert any(opens < hours <= closes for opens, closes in HOURS.on(hours.date()))


@given(moments, st.integers(1, 1000))
def test_the_days_loaded_always_hold_the_term(after: datetime.datetime, length: int) -> None:
    end = rules.due_in_days(after, length, STATUTORY, HOURS).at
    assert (end.date() - after.date()).days <= rules.days_to_load(length)


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), CalendarRangeInvalid),
        (date(1999, 12, 31), date(2000, 1, 1), CalendarRangeInvalid),
        (date(2100, 12, 31), date(2101, 1, 1), CalendarRangeInvalid),
        (date(2026, 1, 1), date(2027, 2, 5), CalendarRangeTooLong),
    ],
)
def test_a_range_that_cannot_be_shown_is_refused(first: date, last: date, error: type[Exception]) -> None:
    with pytest.raises(error):
        rules.check_range(first, last)


def test_a_range_of_400_days_is_shown() -> None:
    rules.check_range(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=399))


@pytest.mark.parametrize(
    ("days", "hours", "error"),
    [
        (None, None, DeadlineUnitUnclear),
        (1, 1, DeadlineUnitUnclear),
        (0, None, DeadlineLengthInvalid),
        (-1, None, DeadlineLengthInvalid),
        (1001, None, DeadlineLengthInvalid),
        (None, 0, DeadlineLengthInvalid),
        (None, 2001, DeadlineLengthInvalid),
    ],
)
def test_a_term_needs_one_unit_and_a_sensible_length(
    days: int | None, hours: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rules.check_term(at("2026-11-22 10:00"), days, hours)


def test_a_term_needs_a_start_within_reach_and_with_its_zone() -> None:
    with pytest.raises(TimeZoneMissing):
        rules.check_term(datetime.datetime(2026, 11, 22, 10), 1, None)
    with pytest.raises(CalendarRangeInvalid):
        rules.check_term(datetime.datetime.max.replace(tzinfo=datetime.UTC), 1, None)
    rules.check_term(at("2026-11-22 10:00"), 1000, None)
    rules.check_term(at("2026-11-22 10:00"), None, 2000)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(12), time(9)),),
        ((time(9), time(12)), (time(11), time(17))),
        ((time(13), time(17)), (time(9), time(12))),
    ],
)
def test_office_hours_out_of_order_are_refused(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="Office hours"):
        OfficeHours(spans)


def test_a_day_has_seven_office_hours() -> None:
    assert (HOURS.length, HOURS.close) == (timedelta(hours=7), time(17, 30))
