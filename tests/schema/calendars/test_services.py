"""The district's calendar: loaded once, mended, never overriding what the district entered."""

from datetime import UTC, date, datetime, time

from sqlalchemy import func, select

from wangge.testing.districts import TestDistrict
from wangge_schema.calendars import rules, services
from wangge_schema.calendars.models import CalendarDay
from wangge_schema.calendars.rules import DayKind, Due
from wangge_schema.calendars.settings import CalendarSettings

FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # 16:30 in Shanghai


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=rules.LOCAL)


async def test_enabling_the_base_loads_the_statutory_days_once(district: TestDistrict) -> None:
    async with district.context() as ctx:
        assert await ctx.db.scalar(select(func.count(CalendarDay.date))) == 2557
        assert await services.load_calendar(ctx) == 0


async def test_loading_again_mends_the_rows_of_the_notices_and_adds_missing_ones(
    district: TestDistrict,
) -> None:
    async with district.context() as ctx:
        new_year = await ctx.db.scalar(select(CalendarDay).where(CalendarDay.date == date(2026, 1, 1)))
        new_year.kind, new_year.reason = DayKind.WORKDAY, None
        await ctx.db.delete(
            await ctx.db.scalar(select(CalendarDay).where(CalendarDay.date == date(2026, 1, 2)))
        )
        await ctx.db.flush()
        assert await services.load_calendar(ctx) == 2
        first, second = await services.days_between(ctx, first=date(2026, 1, 1), last=date(2026, 1, 2))
        assert (first.kind, first.reason, second.kind) == (DayKind.HOLIDAY, "元旦", DayKind.HOLIDAY)


async def test_a_day_that_the_district_entered_stays(district: TestDistrict) -> None:
    async with district.context() as ctx:
        day = date(2027, 1, 1)
        ctx.db.add(CalendarDay(date=day, kind=DayKind.HOLIDAY, reason="元旦", source="国办发明电〔2026〕1号"))
        known = await ctx.db.scalar(select(CalendarDay).where(CalendarDay.date == date(2026, 1, 5)))
        known.kind, known.source = DayKind.HOLIDAY, "本区通知"
        await ctx.db.flush()
        assert await services.load_calendar(ctx) == 0
        days = await services.days_between(ctx, first=date(2026, 1, 5), last=date(2026, 1, 5))
        assert [(one.working, one.source) for one in days] == [(False, "本区通知")]
        due = await services.deadline(ctx, after=local("2026-12-31 10:00"), working_days=1)
        assert due == Due(local("2027-01-04 17:30"), True)


async def test_deadlines_follow_the_districts_office_hours(district: TestDistrict) -> None:
    assert CalendarSettings().hours().close == time(17, 30)
    async with district.context() as ctx:
        assert await services.deadline(ctx, after=FRIDAY, working_days=5) == Due(
            local("2026-11-27 17:30"), False
        )
        assert await services.deadline(ctx, after=FRIDAY, working_hours=2) == Due(
            local("2026-11-23 10:00"), False
        )


async def test_a_district_sets_its_own_office_hours(district: TestDistrict) -> None:
    hours = {"office_hours": [{"opens": "08:30", "closes": "12:00"}, {"opens": "14:00", "closes": "18:00"}]}
    await district.server.catalog.set_settings(district.code, "base", hours)
    await district.server.reload()
    async with district.context() as ctx:
        assert await services.deadline(ctx, after=FRIDAY, working_days=1) == Due(
            local("2026-11-23 18:00"), False
        )
        assert await services.deadline(ctx, after=FRIDAY, working_hours=2) == Due(
            local("2026-11-23 09:00"), False
        )


async def test_the_longest_terms_are_answered(district: TestDistrict) -> None:
    async with district.context() as ctx:
        start = local("2020-01-01 09:00")
        calendar = rules.WorkingCalendar({day.date: day for day in rules.statutory_days()})
        hours = CalendarSettings().hours()
        days = await services.deadline(ctx, after=start, working_days=1000)
        assert days == rules.due_in_days(start, 1000, calendar, hours)
        worked = await services.deadline(ctx, after=start, working_hours=2000)
        assert worked == rules.due_in_hours(start, hours.length * 2000 / 7, calendar, hours)
