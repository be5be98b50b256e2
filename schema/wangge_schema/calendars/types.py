"""GraphQL types of the working calendar."""

import datetime

from wangge import authenticated, column, graphql_enum, object_type
from wangge_schema.calendars.rules import DayKind as DayKind

graphql_enum(
    DayKind,
    "Why a day is worked or not (日历日类型).",
    WORKDAY="Ordinary working day (工作日).",
    WEEKEND="Saturday or Sunday (周末).",
    HOLIDAY="Statutory day off, days moved to it included (法定节假日及调休).",
    MADE_UP_WORKDAY="Weekend day worked in exchange for a day off (调休上班).",
)


@object_type(access=authenticated, description="Calendar day (日历日): whether offices are open, and why.")
class CalendarDay:
    """One day, from the district's table or from its weekday."""

    date: datetime.date = column("The day.")
    working: bool = column("Whether offices are open.")
    kind: DayKind = column("Why it is worked or not.")
    reason: str | None = column("Name of the holiday or of its exchange, in Chinese.")
    source: str | None = column("Where the status comes from; null while it is only the weekday's.")
    provisional: bool = column("True while the notice for its year is not known: the status may change.")


@object_type(access=authenticated, description="Deadline (时限): when a term of working time ends.")
class Deadline:
    """The end of a term."""

    at: datetime.datetime = column("The end, in local time.")
    provisional: bool = column("True when it passes over provisional days: compute it again later.")
