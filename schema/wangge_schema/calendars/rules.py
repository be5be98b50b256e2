"""Decide which days are worked, and when a term of working days or working hours ends.

Sources: the yearly notices of the State Council's General Office as `chinesecalendar` holds them (2004 to
2026); Civil Code articles 201 and 203 (a term of days starts on the next day, a term of hours at once; it
ends at 24:00 of its last day, or at the close of business where there are business hours).
"""

import datetime
import enum
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar.constants import holidays, in_lieu_days, workdays

from wangge_schema.calendars.errors import (
    CalendarRangeInvalid,
    CalendarRangeTooLong,
    DeadlineLengthInvalid,
    DeadlineUnitUnclear,
    TimeZoneMissing,
)

LOCAL = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 2000, 2100
MAX_DAYS_SHOWN = 400
MAX_WORKING_DAYS, MAX_WORKING_HOURS = 1000, 2000
LIBRARY = "chinesecalendar"
NOTICED_YEARS = range(min(holidays).year, max(holidays).year + 1)
"""Years whose notices are installed."""
_ONE_DAY = datetime.timedelta(days=1)


class DayKind(enum.Enum):
    """Why a day is worked or not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MADE_UP_WORKDAY = "made_up_workday"


class Day(NamedTuple):
    """One day of the calendar; `provisional` until the notice for its year is known."""

    date: datetime.date
    kind: DayKind
    reason: str | None = None
    source: str | None = None
    provisional: bool = False

    @property
    def working(self) -> bool:
        """Whether offices are open."""
        return self.kind in (DayKind.WORKDAY, DayKind.MADE_UP_WORKDAY)


class Due(NamedTuple):
    """When a term ends, in local time; provisional if it passes over a provisional day."""

    at: datetime.datetime
    provisional: bool


@dataclass(frozen=True)
class OfficeHours:
    """The hours of a working day, as spans from opening to closing in local time, in order."""

    spans: tuple[tuple[datetime.time, datetime.time], ...]

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError(
                "Office hours must be spans that follow each other, each with an end after its start."
            )

    @property
    def close(self) -> datetime.time:
        """The close of business."""
        return self.spans[-1][1]

    @property
    def length(self) -> datetime.timedelta:
        """The time worked in one day."""
        return sum(
            (end - start for start, end in self.on(datetime.date(FIRST_YEAR, 1, 1))), datetime.timedelta()
        )

    def on(self, day: datetime.date) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
        """Yield the spans of a given day in local time."""
        for start, end in self.spans:
            yield local(day, start), local(day, end)


class WorkingCalendar:
    """The days on record, then the installed notices; beyond them Monday to Friday, provisionally."""

    def __init__(self, known: Mapping[datetime.date, Day]) -> None:
        self._known = known

    def day(self, date: datetime.date) -> Day:
        """Return the day on record, by the notices, or as its weekday suggests."""
        return self._known.get(date) or statutory_day(date) or provisional_day(date)

    def days(self, first: datetime.date, last: datetime.date) -> list[Day]:
        """Return every day from `first` to `last`, both included."""
        return [self.day(first + _ONE_DAY * step) for step in range((last - first).days + 1)]


def local(day: datetime.date, time: datetime.time) -> datetime.datetime:
    """Return a time of day in the local zone."""
    return datetime.datetime.combine(day, time, LOCAL)


def statutory_day(date: datetime.date) -> Day | None:
    """Return the day as the State Council's notices have it, or None for years not known."""
    if date.year not in NOTICED_YEARS:
        return None
    if date in workdays:
        return Day(date, DayKind.MADE_UP_WORKDAY, f"{_title(workdays[date])}调休上班", LIBRARY)
    if date in holidays:
        suffix = "调休" if date in in_lieu_days else ""
        return Day(date, DayKind.HOLIDAY, f"{_title(holidays[date])}{suffix}", LIBRARY)
    return _by_weekday(date)._replace(source=LIBRARY)


def provisional_day(date: datetime.date) -> Day:
    """Return what the weekday alone suggests."""
    return _by_weekday(date)._replace(provisional=True)


@functools.cache
def statutory_days(first_year: int = NOTICED_YEARS.start) -> tuple[Day, ...]:
    """Return every day of the years that the installed notices cover, from `first_year` on; read once."""
    years = NOTICED_YEARS[max(0, first_year - NOTICED_YEARS.start) :]
    if not years:
        return ()
    first, last = datetime.date(years[0], 1, 1), datetime.date(years[-1], 12, 31)
    dates = (first + _ONE_DAY * step for step in range((last - first).days + 1))
    return tuple(day for date in dates if (day := statutory_day(date)))


def check_range(first: datetime.date, last: datetime.date) -> None:
    """Refuse a range of days that is reversed, out of reach or too long for one answer.

    Raises:
        CalendarRangeInvalid: when `last` is before `first`, or a year lies outside 2000 to 2100.
        CalendarRangeTooLong: when it has more than 400 days.
    """
    if last < first or first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise CalendarRangeInvalid(first=FIRST_YEAR, last=LAST_YEAR)
    if (last - first).days >= MAX_DAYS_SHOWN:
        raise CalendarRangeTooLong(limit=MAX_DAYS_SHOWN)


def check_term(after: datetime.datetime, working_days: int | None, working_hours: int | None) -> None:
    """Refuse a term that is in two units or none, has no sensible length, or starts out of reach.

    Raises:
        DeadlineUnitUnclear, DeadlineLengthInvalid, TimeZoneMissing, CalendarRangeInvalid: accordingly.
    """
    if (working_days is None) == (working_hours is None):
        raise DeadlineUnitUnclear
    if not (
        1 <= (working_days or 1) <= MAX_WORKING_DAYS and 1 <= (working_hours or 1) <= MAX_WORKING_HOURS
    ) or (0 in (working_days, working_hours)):
        raise DeadlineLengthInvalid(days=MAX_WORKING_DAYS, hours=MAX_WORKING_HOURS)
    if after.tzinfo is None:
        raise TimeZoneMissing
    if not FIRST_YEAR <= after.year < LAST_YEAR:
        raise CalendarRangeInvalid(first=FIRST_YEAR, last=LAST_YEAR)


def days_to_load(working_days: int) -> int:
    """Return how many calendar days surely hold that many working days (no rest is longer than a month)."""
    return 2 * working_days + 31


def due_in_days(after: datetime.datetime, days: int, calendar: WorkingCalendar, hours: OfficeHours) -> Due:
    """Return the close of business of the last of `days` working days, counted from the day after `after`."""
    date, provisional = after.astimezone(LOCAL).date(), False
    while days:
        date += _ONE_DAY
        day = calendar.day(date)
        provisional |= day.provisional
        days -= day.working
    return Due(local(date, hours.close), provisional)


def due_in_hours(
    after: datetime.datetime, length: datetime.timedelta, calendar: WorkingCalendar, hours: OfficeHours
) -> Due:
    """Return when `length` of office hours has passed; it runs at once, or from the next opening."""
    moment, provisional = after.astimezone(LOCAL), False
    date = moment.date()
    while True:
        day = calendar.day(date)
        provisional |= day.provisional
        for opens, closes in hours.on(date) if day.working else ():
            moment = max(moment, opens)
            if moment + length <= closes:
                return Due(moment + length, provisional)
            length -= max(closes - moment, datetime.timedelta())
        date += _ONE_DAY


def _by_weekday(date: datetime.date) -> Day:
    if date.weekday() >= 5:
        return Day(date, DayKind.WEEKEND, "周末")
    return Day(date, DayKind.WORKDAY)


def _title(name: str) -> str:
    return str(chinese_calendar.Holiday(name).chinese)
