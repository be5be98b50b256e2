"""Read the working calendar of a district, load it from the statutory notices, and compute deadlines."""

import datetime
from collections.abc import Iterable

from sqlalchemy import insert, select

from wangge import RequestContext
from wangge_schema.calendars import rules
from wangge_schema.calendars.models import CalendarDay
from wangge_schema.calendars.settings import CalendarSettings


async def load_calendar(ctx: RequestContext) -> int:
    """Bring the statutory days into the district's table; return how many rows were added or mended.

    Called when the base is enabled and whenever a newer release of the notices is installed. Rows that a
    district entered from another source are left alone. Harmless when repeated. The caller must act for the
    whole district.
    """
    known: dict[datetime.date, CalendarDay] = {
        row.date: row for row in await ctx.db.scalars(select(CalendarDay))
    }
    days = rules.statutory_days(ctx.settings(CalendarSettings).calendar_from_year)
    missing = [day for day in days if day.date not in known]
    if missing:
        await ctx.db.execute(insert(CalendarDay), [day._asdict() for day in missing])
    return len(missing) + sum(_mend(known[day.date], day) for day in days if day.date in known)


async def days_between(ctx: RequestContext, *, first: datetime.date, last: datetime.date) -> list[rules.Day]:
    """Return every day from `first` to `last`, both included.

    Raises:
        CalendarRangeInvalid, CalendarRangeTooLong: as `rules.check_range` says.
    """
    rules.check_range(first, last)
    return (await _calendar(ctx, first, last)).days(first, last)


async def deadline(
    ctx: RequestContext,
    *,
    after: datetime.datetime,
    working_days: int | None = None,
    working_hours: int | None = None,
) -> rules.Due:
    """Return when a term ends that starts at `after`, in exactly one of the two units.

    Raises:
        DeadlineUnitUnclear, DeadlineLengthInvalid, TimeZoneMissing, CalendarRangeInvalid: as
            `rules.check_term` says.
    """
    rules.check_term(after, working_days, working_hours)
    hours = ctx.settings(CalendarSettings).hours()
    length = datetime.timedelta(hours=working_hours or 0)
    needed = working_days or length // hours.length + 2
    first = after.astimezone(rules.LOCAL).date()
    calendar = await _calendar(ctx, first, first + datetime.timedelta(days=rules.days_to_load(needed)))
    if working_days is not None:
        return rules.due_in_days(after, working_days, calendar, hours)
    return rules.due_in_hours(after, length, calendar, hours)


async def _calendar(ctx: RequestContext, first: datetime.date, last: datetime.date) -> rules.WorkingCalendar:
    rows: Iterable[CalendarDay] = await ctx.db.scalars(
        select(CalendarDay).where(CalendarDay.date.between(first, last))
    )
    return rules.WorkingCalendar({row.date: row.as_day() for row in rows})


def _mend(row: CalendarDay, day: rules.Day) -> bool:
    """Bring a row of the same source up to date; say whether that changed it."""
    if row.source != rules.LIBRARY or row.as_day() == day:
        return False
    row.kind, row.reason, row.provisional = day.kind, day.reason, day.provisional
    return True
