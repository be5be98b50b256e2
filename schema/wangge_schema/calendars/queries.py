"""Root fields of the working calendar."""

import datetime
from typing import Annotated, cast

from wangge import Info, Query, authenticated, described, extends, query
from wangge_schema.calendars import services
from wangge_schema.calendars.types import CalendarDay, Deadline


@extends(Query)
class CalendarQueries:
    """The working calendar and deadlines counted in it."""

    @query(
        access=authenticated,
        description="Days of the working calendar (工作日历), both ends included; at most 400.",
    )
    async def calendar_days(
        self,
        info: Info,
        from_: Annotated[datetime.date, described("First day.", name="from")],
        to: Annotated[datetime.date, described("Last day.")],
    ) -> list[CalendarDay]:
        """Return the days."""
        return cast(list[CalendarDay], await services.days_between(info.context, first=from_, last=to))

    @query(
        access=authenticated,
        description=(
            "When a term ends (时限). Working days count from the day after `after` and end at the close of "
            "business; working hours run at once, within office hours. Give exactly one of them."
        ),
    )
    async def deadline(
        self,
        info: Info,
        after: Annotated[
            datetime.datetime, described("When the term starts, such as the moment of acceptance.")
        ],
        working_days: Annotated[int | None, described("Length in working days (工作日).")] = None,
        working_hours: Annotated[int | None, described("Length in working hours (工作时).")] = None,
    ) -> Deadline:
        """Return the end of the term."""
        due = await services.deadline(
            info.context, after=after, working_days=working_days, working_hours=working_hours
        )
        return cast(Deadline, due)
